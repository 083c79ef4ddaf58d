//! Allowlists: what rules leave out, by path, commit, expression and stop words.

use super::expression::Expression;

/// What an expression of an allowlist is tried on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// An allowlist.
#[derive(Debug)]
pub struct Allowlist {
    /// Whether all that it names must hold, or any.
    pub(super) all: bool,
    /// Object ids, in lower case.
    pub(super) commits: Vec<String>,
    /// Joined: any of them.
    pub(super) paths: Option<Expression>,
    pub(super) target: Target,
    /// Joined: any of them.
    pub(super) regexes: Option<Expression>,
    /// In lower case.
    pub(super) stopwords: Vec<String>,
}

/// A match, as allowlists see it.
#[derive(Clone, Copy, Debug)]
pub struct Tested<'t> {
    /// The path, as written.
    pub path: &'t str,
    /// The commit it stands in.
    pub commit: Option<&'t str>,
    /// The secret.
    pub secret: &'t [u8],
    /// The whole match.
    pub matched: &'t [u8],
    /// Its line.
    pub line: &'t [u8],
}

impl Allowlist {
    /// Whether it leaves out whatever stands in a file.
    pub fn allows_file(&self, path: &str, commit: Option<&str>) -> bool {
        if self.all {
            let asks_more = self.regexes.is_some() || !self.stopwords.is_empty();
            return !asks_more
                && (self.commits.is_empty() || self.allows_commit(commit))
                && (self.paths.is_none() || self.allows_path(path));
        }
        self.allows_commit(commit) || self.allows_path(path)
    }

    /// Whether one of its paths matches.
    pub fn allows_path(&self, path: &str) -> bool {
        let paths = self.paths.as_ref().filter(|_| !path.is_empty());
        paths.is_some_and(|paths| paths.is_match(path.as_bytes()))
    }

    fn allows_commit(&self, commit: Option<&str>) -> bool {
        commit.is_some_and(|id| {
            self.commits
                .iter()
                .any(|commit| id.eq_ignore_ascii_case(commit))
        })
    }

    /// Whether it leaves out a match.
    pub fn allows(&self, tested: &Tested<'_>) -> bool {
        let text = match self.target {
            Target::Secret => tested.secret,
            Target::Match => tested.matched,
            Target::Line => tested.line,
        };
        let by_regex = || {
            let regexes = self.regexes.as_ref().filter(|_| !text.is_empty());
            regexes.is_some_and(|regexes| regexes.is_match(text))
        };
        let by_word = || self.holds_stopword(tested.secret);
        if self.all {
            return (self.commits.is_empty() || self.allows_commit(tested.commit))
                && (self.paths.is_none() || self.allows_path(tested.path))
                && (self.regexes.is_none() || by_regex())
                && (self.stopwords.is_empty() || by_word());
        }
        by_regex() || by_word()
    }

    fn holds_stopword(&self, secret: &[u8]) -> bool {
        if self.stopwords.is_empty() || secret.is_empty() {
            return false;
        }
        let lower = String::from_utf8_lossy(secret).to_lowercase();
        let mut words = self.stopwords.iter();
        words.any(|word| {
            !word.is_empty() && memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some()
        })
    }
}
