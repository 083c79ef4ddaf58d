//! What a limit kept from being looked at, by place.

use std::collections::BTreeMap;

use crate::detect::Cut;
use crate::format::Limit;
use crate::source::Item;
use crate::text::Lines;

/// A place that was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The limit that was reached.
    pub limit: Limit,
    /// The line on which it was.
    pub line: usize,
}

impl Shortfall {
    /// What is missing and what to do, for an [`Issue`].
    pub fn what(&self) -> String {
        format!(
            "line {} was not read to its end: {}; look at it by hand, or write it more plainly",
            self.line, self.limit
        )
    }
}

/// The first place in scope for each limit.
pub(crate) fn shortfalls(cuts: &[Cut], item: &Item<'_>, lines: &Lines<'_>) -> Vec<Shortfall> {
    let mut firsts: BTreeMap<Limit, usize> = BTreeMap::new();
    for cut in cuts {
        let in_scope = [cut.span, cut.statement].into_iter().any(|span| {
            let (first, last) = lines.range(span);
            item.scope.touches(first, last)
        });
        if in_scope {
            let line = lines.position(cut.span.start).line;
            let first = firsts.entry(cut.limit).or_insert(line);
            *first = line.min(*first);
        }
    }
    let firsts = firsts.into_iter();
    firsts
        .map(|(limit, line)| Shortfall { limit, line })
        .collect()
}
