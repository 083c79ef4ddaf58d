//! What a scan says: plain, owned data, built in one place (`scan`) and read by the reports.
//!
//! Nothing here knows rules, formats or sources. Every word a user's script may compare is an enum in
//! `vocabulary` with a stable name.

mod fingerprint;
mod frame;
mod issue;
mod notice;
mod reason;
mod vocabulary;

pub use fingerprint::{fingerprint, hash128};
pub use frame::{Frame, FrameLine};
pub use issue::{Issue, Skip};
pub use notice::{Notice, Remark, Stale, StaleKind};
pub use reason::Reason;
pub use vocabulary::{Class, Confidence, Context, Kind, LifeStatus, Severity};

use std::collections::BTreeMap;

use crate::secret::Secret;
use crate::text::Position;

/// Everything one scan found, left out and could not do.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings, sorted by their first place.
    pub findings: Vec<Finding>,
    /// What could not be looked at. Not empty means: the scan is not complete.
    pub issues: Vec<Issue>,
    /// What was looked at and what was left out on purpose.
    pub coverage: Coverage,
    /// Candidates dropped, by reason.
    pub dropped: BTreeMap<Reason, u64>,
    /// Comments that ask for findings to be accepted, until it is decided which are obeyed: those of use, and of files and
    /// standard input those of no use.
    pub remarks: Vec<Remark>,
    /// What in the scanned tree, or in a rule file, asked to be obeyed and was not.
    pub ignored: Vec<Notice>,
    /// Suppressions that accept nothing, or no longer.
    pub stale: Vec<Stale>,
    /// Hash of the rule set, so that two reports can be compared.
    pub rules_hash: String,
}

impl Report {
    /// Whether everything in scope was looked at.
    pub fn complete(&self) -> bool {
        self.issues.is_empty()
    }

    /// Findings that make the exit code 1.
    pub fn counting(&self) -> usize {
        self.findings.iter().filter(|f| f.counts).count()
    }
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files read from disk (or documents from standard input).
    pub files: u64,
    /// Git objects read: blobs, and messages that were searched.
    pub blobs: u64,
    /// Commits whose changes were looked at.
    pub commits: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Things left out on purpose, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Whether history ends early in this clone.
    pub shallow: bool,
}

impl Coverage {
    /// Adds the figures of another part of the same scan.
    pub fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.bytes += other.bytes;
        self.shallow |= other.shallow;
        for (&skip, &count) in &other.skipped {
            *self.skipped.entry(skip).or_default() += count;
        }
    }
}

/// One secret value under one rule, with every place where it stands.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Identity across scans; see [`fingerprint()`].
    pub fingerprint: String,
    /// Id of the rule, for example `django-secret-key`.
    pub rule: String,
    /// What was found, for people.
    pub title: String,
    /// Id of the framework, where one is known.
    pub framework: Option<String>,
    /// What sort of secret it is.
    pub class: Class,
    /// What the value is worth.
    pub kind: Kind,
    /// The most exposed place.
    pub context: Context,
    /// Whether it makes the exit code 1 under the profile in force.
    pub counts: bool,
    /// How bad it is.
    pub severity: Severity,
    /// How sure leakey is.
    pub confidence: Confidence,
    /// The name the value goes under at its first most exposed place, as written.
    pub key: String,
    /// The value.
    pub secret: Secret,
    /// The generator whose output it looks like (`django`, `hex`, `base64`, `uuid`, `human` …).
    pub generator: &'static str,
    /// Where it was published, for kind `published`.
    pub published: Option<String>,
    /// Every place, sorted by path and position.
    pub occurrences: Vec<Occurrence>,
    /// Its story in history, where history was read.
    pub lifeline: Option<Lifeline>,
    /// What the key allows, in a sentence or two.
    pub impact: String,
    /// Which facts decide it.
    pub details: String,
    /// What to do, in order.
    pub remedy: String,
    /// Documentation of the rule.
    pub references: Vec<String>,
    /// Proofs by tokens.
    pub evidence: Vec<Evidence>,
    /// Set when every occurrence is suppressed.
    pub suppressed: Option<Suppression>,
}

/// One place where a value stands.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Path as reported: `/` between the parts, relative where it can be.
    pub path: String,
    /// First character of the value.
    pub start: Position,
    /// After the last character of the value.
    pub end: Position,
    /// The name it goes under here, as written.
    pub key: String,
    /// Identity of the value under this name. The same as that of the finding, save for guessable values with several
    /// names.
    pub fingerprint: String,
    /// What sort of place this is.
    pub context: Context,
    /// Where the text came from.
    pub origin: Origin,
    /// The lines around it, with every secret taken out.
    pub frame: Frame,
    /// Set when a comment, a baseline or the configuration accepts it.
    pub suppressed: Option<Suppression>,
}

/// Where the text of an occurrence came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The kind of input.
    pub source: SourceKind,
    /// The commit that brought it in, for git input.
    pub commit: Option<CommitInfo>,
    /// Whether a ref leads to it. `None` outside history.
    pub reachable: Option<bool>,
    /// Whether some ref points at a commit that still holds it. `None` outside history.
    pub in_tip: Option<bool>,
    /// Whether it stands in the commit that is checked out. `None` outside history.
    pub in_head: Option<bool>,
}

impl Origin {
    /// An origin without a commit.
    pub fn plain(source: SourceKind) -> Self {
        Self {
            source,
            commit: None,
            reachable: None,
            in_tip: None,
            in_head: None,
        }
    }
}

/// The kinds of input, by their names in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A file on disk.
    Worktree,
    /// A blob of the git index.
    Index,
    /// A blob of a commit.
    Commit,
    /// The message of a commit.
    CommitMessage,
    /// The message of a tag.
    TagMessage,
    /// A line of a reflog.
    Reflog,
    /// Standard input.
    Stdin,
}

impl SourceKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Worktree => "worktree",
            Self::Index => "index",
            Self::Commit => "commit",
            Self::CommitMessage => "commit-message",
            Self::TagMessage => "tag-message",
            Self::Reflog => "reflog",
            Self::Stdin => "stdin",
        }
    }
}

/// A commit, as far as reports tell of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommitInfo {
    /// Committer time, seconds since 1970.
    pub seconds: i64,
    /// Object id in hex.
    pub id: String,
    /// Offset of the committer's clock from UTC, minutes.
    pub offset_minutes: i32,
    /// Author as `Name <mail>`.
    pub author: String,
}

/// The story of a value in history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifeline {
    /// The earliest commit that held it.
    pub first: Option<CommitInfo>,
    /// The commit that took it out of the last tip, where known.
    pub removed: Option<CommitInfo>,
    /// Whether the commit that is checked out holds it.
    pub in_head: bool,
    /// What that comes to.
    pub status: LifeStatus,
    /// Fingerprints of the values that the commit in `removed` put in its place, under the same name in the same file; sorted.
    pub replaced_by: Vec<String>,
}

/// A proof that a key signs a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Scheme, for example `django.session_cookie`.
    pub scheme: String,
    /// Where the token stood.
    pub place: String,
}

/// Who accepted a finding, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// `inline`, `config` or `baseline`.
    pub by: &'static str,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// Date after which it no longer holds, if any.
    pub until: Option<String>,
}
