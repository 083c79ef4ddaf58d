//! What counts, and which rules are in force.

use std::collections::BTreeSet;

use crate::finding::{Context, Kind};

/// What counts, and which rules are in force.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Kinds that count.
    pub kinds: Vec<Kind>,
    /// The least exposed context that counts.
    pub least_context: Context,
    /// Only these rules, unless empty.
    pub only: BTreeSet<String>,
    /// Not these rules.
    pub disabled: BTreeSet<String>,
    /// Whether what stands encoded in texts is looked at, and texts in binary files.
    pub deep: bool,
}

impl Policy {
    /// Whether a value of that kind in such a place makes the exit code 1.
    pub fn counts(&self, kind: Kind, context: Context) -> bool {
        self.kinds.contains(&kind) && context <= self.least_context
    }

    /// Whether a rule is in force.
    pub fn uses(&self, rule: &str) -> bool {
        (self.only.is_empty() || self.only.contains(rule)) && !self.disabled.contains(rule)
    }
}
