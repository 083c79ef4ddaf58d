//! Profiles: one dial for what is looked at and what counts.

use std::collections::BTreeSet;

use super::Policy;
use crate::finding::{Context, Kind};

/// A profile, as `docs/output.md` and `--help` describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Before a commit.
    Hook,
    /// In continuous integration.
    Ci,
    /// Everything on, everything counts.
    Audit,
}

impl Profile {
    /// The names of all.
    pub const NAMES: [&'static str; 3] = ["hook", "ci", "audit"];

    /// The name used in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Ci => "ci",
            Self::Audit => "audit",
        }
    }

    /// The profile of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Hook, Self::Ci, Self::Audit]
            .into_iter()
            .find(|profile| profile.name() == name)
    }

    /// Whether files that git ignores are looked at.
    pub fn reads_ignored(self) -> bool {
        self == Self::Audit
    }

    /// Whether archives are opened.
    pub fn opens_archives(self) -> bool {
        self == Self::Audit
    }

    /// What counts under this profile. `fail_on`, if not empty, takes the place of its kinds.
    pub fn policy(self, fail_on: &[Kind]) -> Policy {
        let (kinds, least_context) = match self {
            Self::Hook | Self::Ci => (vec![Kind::Leak, Kind::Published], Context::Example),
            Self::Audit => (vec![Kind::Leak, Kind::Published, Kind::Weak], Context::Test),
        };
        Policy {
            kinds: if fail_on.is_empty() {
                kinds
            } else {
                fail_on.to_vec()
            },
            least_context,
            only: BTreeSet::new(),
            disabled: BTreeSet::new(),
            deep: self == Self::Audit,
        }
    }
}
