//! Remarks on suppressions: those that were not obeyed, and those that are of no use.

/// Something in the scanned tree that asked to be obeyed and was not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The file, as reported.
    pub path: String,
    /// The line, where it is about one.
    pub line: Option<usize>,
    /// What was not obeyed, and why.
    pub what: String,
}

/// A comment that asks for findings to be accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file, as reported.
    pub path: String,
    /// The line.
    pub line: usize,
    /// Ids of the rules it is about; all when empty.
    pub rules: Vec<String>,
    /// Whether there is anything for it to accept.
    pub used: bool,
}

/// A suppression that accepts nothing, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// The file it stands in.
    pub path: String,
    /// The line it stands on.
    pub line: usize,
    /// What is wrong with it.
    pub kind: StaleKind,
    /// The same for people.
    pub what: String,
}

/// What is wrong with a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaleKind {
    /// There is nothing for it to accept.
    Unused,
    /// Its time is over; what it accepted counts again.
    Expired,
}

impl StaleKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Expired => "expired",
        }
    }
}
