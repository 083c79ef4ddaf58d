//! Where candidates stand, to each other and to what is of interest.

use crate::detect::Candidate;
use crate::judge::Verdict;
use crate::source::{Item, Scope};
use crate::text::Lines;

/// Whether another kept candidate holds the same text and says more.
pub(super) fn is_shadowed(
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
