//! What was not looked at: by accident ([`Issue`]) or on purpose ([`Skip`]).

/// Something in scope that could not be looked at. Any issue makes the scan incomplete (exit code 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    /// The file, object or ref; a path as reported, or a name such as `:commit/<id>`.
    pub path: String,
    /// What went wrong and what to do, in a sentence without a secret in it.
    pub what: String,
}

impl Issue {
    /// An issue with `path`.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
        }
    }
}

/// Documented exclusions; counted in the report, and no reason to call a scan incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// No text, and no decoder for it.
    Binary,
    /// An archive, which is opened only in the profile audit.
    Archive,
    /// Left out by a git ignore rule (profiles hook and ci).
    GitIgnored,
    /// A symbolic link.
    SymbolicLink,
    /// A folder of dependencies, such as `node_modules`.
    DependencyFolder,
    /// A `.git` folder or file.
    GitFolder,
    /// Left out by `--exclude` or not named by `--include`.
    Filtered,
    /// A socket, device or pipe.
    Special,
    /// A submodule, which is a repository of its own.
    Submodule,
}

impl Skip {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Archive => "archive",
            Self::GitIgnored => "git-ignored",
            Self::SymbolicLink => "symbolic-link",
            Self::DependencyFolder => "dependency-folder",
            Self::GitFolder => "git-folder",
            Self::Filtered => "filtered",
            Self::Special => "special-file",
            Self::Submodule => "submodule",
        }
    }
}
