//! One place that settings come from.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::Profile;
use crate::finding::Kind;
use crate::suppress::Allow;

/// Settings of one place: a file, the environment, or the command line. What it does not say is `None` or empty.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// The place, for messages.
    pub from: String,
    /// What relative paths and globs are relative to.
    pub folder: PathBuf,
    /// What is looked at and what counts.
    pub profile: Option<Profile>,
    /// Only files that match one of these globs.
    pub include: Option<Vec<String>>,
    /// No files or folders that match one of these globs.
    pub exclude: Vec<String>,
    /// Only these rules.
    pub only_rules: Option<Vec<Named>>,
    /// Not these rules.
    pub disable_rules: Vec<Named>,
    /// Kinds that count.
    pub fail_on: Option<Vec<Kind>>,
    /// Rule files and folders of them.
    pub rules: Vec<PathBuf>,
    /// Whether the built-in rules are in force.
    pub builtin_rules: Option<bool>,
    /// Whether suppressions of no use make the exit code 1.
    pub strict_suppressions: Option<bool>,
    /// The baseline.
    pub baseline: Option<PathBuf>,
    /// Whether a shallow clone counts as complete.
    pub allow_shallow: Option<bool>,
    /// Number of threads.
    pub threads: Option<NonZeroUsize>,
    /// What is accepted.
    pub allow: Vec<Allow>,
}

/// The id of a rule, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The place, for messages: `leakey.toml:3: disable-rules`.
    pub place: String,
}
