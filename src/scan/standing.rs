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
    all: &[(Candidate<'_>, Verdict)],
    rank: impl Fn(&Candidate<'_>) -> u32,
) -> bool {
    let own = &all[at].0;
    // Sorted by where they begin: what overlaps stands near.
    let near = all.len().min(at + 16);
    (at.saturating_sub(16)..near).any(|other| {
        let (that, verdict) = &all[other];
        let overlaps = that.span.start < own.span.end && own.span.start < that.span.end;
        let better = (rank(that), std::cmp::Reverse(other)) > (rank(own), std::cmp::Reverse(at));
        other != at && overlaps && better && matches!(verdict, Verdict::Keep(_))
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
        let mut judged = self.judged(std::mem::take(candidates), path);
        self.settle(&mut judged);
        let (sorted, verdicts) = judged.into_iter().unzip();
        *candidates = sorted;
        verdicts
    }

    /// Whether the rule of a candidate is used at all.
    pub(super) fn uses(&self, candidate: &Candidate<'_>) -> bool {
        self.policy.uses(&self.rules.rules[candidate.rule.0].id)
    }

    /// Judges each candidate whose rule is used for itself.
    pub(super) fn judged<'t>(
        &self,
        candidates: Vec<Candidate<'t>>,
        path: &str,
    ) -> Vec<(Candidate<'t>, Verdict)> {
        let used = candidates
            .into_iter()
            .filter(|candidate| self.uses(candidate));
        used.map(|candidate| {
            let verdict = judge(&candidate, &self.rules, path);
            (candidate, verdict)
        })
        .collect()
    }

    /// Sorts the candidates of one text by their places; of those that hold the same text one is kept.
    pub(super) fn settle(&self, all: &mut [(Candidate<'_>, Verdict)]) {
        let rank =
            |candidate: &Candidate<'_>| self.rules.when(candidate.rule.0, candidate.rule.1).rank();
        all.sort_by_key(|(candidate, _)| {
            (
                candidate.span.start,
                std::cmp::Reverse(rank(candidate)),
                candidate.span.end,
                candidate.rule,
                candidate.statements[0].map(|statement| statement.start),
            )
        });
        for at in 0..all.len() {
            if matches!(all[at].1, Verdict::Keep(_)) && is_shadowed(at, all, rank) {
                all[at].1 = Verdict::Drop(Reason::Duplicate);
            }
        }
    }
}

/// Whether the value of a candidate has to be kept secret where what stands around it is shown.
pub(super) fn is_secret(candidate: &Candidate<'_>, verdict: &Verdict) -> bool {
    let told = matches!(
        verdict,
        Verdict::Keep(_)
            | Verdict::Drop(
                Reason::NotRandom
                    | Reason::Unchanged
                    | Reason::Duplicate
                    | Reason::Required
                    | Reason::Entropy
                    | Reason::Shape
            )
    );
    told && candidate.value.is_some()
}
