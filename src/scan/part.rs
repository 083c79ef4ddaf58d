//! What one thread found, to be joined with what others found.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Coverage, Issue, Reason, Remark};
use crate::merge::Hit;
use crate::source::Past;

/// What one thread found.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) hits: Vec<Hit>,
    pub(super) issues: Vec<Issue>,
    pub(super) coverage: Coverage,
    pub(super) dropped: BTreeMap<Reason, u64>,
    pub(super) remarks: BTreeSet<Remark>,
    pub(super) past: Option<Box<dyn Past + Send>>,
}

impl Part {
    /// Adds what another thread found.
    pub(super) fn merge(&mut self, other: Self) {
        self.past = self.past.take().or(other.past);
        self.hits.extend(other.hits);
        self.issues.extend(other.issues);
        self.coverage.merge(&other.coverage);
        self.remarks.extend(other.remarks);
        for (reason, count) in other.dropped {
            *self.dropped.entry(reason).or_default() += count;
        }
    }
}
