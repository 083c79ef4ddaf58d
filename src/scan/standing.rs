//! Where candidates stand, to each other and to what is of interest, and what they are worth.

use super::Scanner;
use crate::detect::Candidate;
use crate::finding::Reason;
use crate::judge::{Verdict, judge};
use crate::source::{Item, Scope};
use crate::text::Lines;

/// Whether another kept candidate holds the same text and says more.
fn is_shadowed(
    at: usize,
    candidates: &[Candidate<'_>],
    verdicts: &[Verdict],
    rank: impl Fn(&Candidate<'_>) -> u32,
) -> bool {
    let own = &candidates[at];
    // Sorted by where they begin: what overlaps stands near.
    let near = candidates.len().min(at + 16);
    (at.saturating_sub(16)..near).any(|other| {
        let that = &candidates[other];
        let overlaps = that.span.start < own.span.end && own.span.start < that.span.end;
        let better = (rank(that), std::cmp::Reverse(other)) > (rank(own), std::cmp::Reverse(at));
        other != at && overlaps && better && matches!(verdicts[other], Verdict::Keep(_))
    })
}

/// Whether any line of a candidate is of interest.
pub(super) fn in_scope(candidate: &Candidate<'_>, item: &Item<'_>, lines: &Lines<'_>) -> bool {
    if item.scope == Scope::Whole {
        return true;
    }
    let spans = candidate
        .statements
        .iter()
        .flatten()
        .chain(std::iter::once(&candidate.span));
    spans.into_iter().any(|&span| {
        let (first, last) = lines.range(span);
        item.scope.touches(first, last)
    })
}

impl Scanner {
    /// Sorts the candidates of one text by their places and judges each.
    pub(super) fn weigh(&self, candidates: &mut Vec<Candidate<'_>>, path: &str) -> Vec<Verdict> {
        candidates.retain(|candidate| self.policy.uses(&self.rules.rules[candidate.rule.0].id));
        let rank =
            |candidate: &Candidate<'_>| self.rules.when(candidate.rule.0, candidate.rule.1).rank();
        candidates.sort_by_key(|candidate| {
            (
                candidate.span.start,
                std::cmp::Reverse(rank(candidate)),
                candidate.span.end,
                candidate.rule,
            )
        });
        let mut verdicts: Vec<Verdict> = candidates
            .iter()
            .map(|candidate| judge(candidate, &self.rules, path))
            .collect();
        for at in 0..candidates.len() {
            if matches!(verdicts[at], Verdict::Keep(_))
                && is_shadowed(at, candidates, &verdicts, rank)
            {
                verdicts[at] = Verdict::Drop(Reason::Duplicate);
            }
        }
        verdicts
    }
}
