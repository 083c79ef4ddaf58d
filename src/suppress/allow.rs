//! Entries of a configuration file that accept what they describe.

use globset::GlobSet;

use super::date::Date;
use crate::finding::{Finding, Occurrence};

/// An `[[allow]]` entry: all of its conditions have to hold, each by one of its values.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Ids of rules.
    pub rules: Vec<String>,
    /// Globs as written.
    pub paths: Vec<String>,
    /// The same, ready for use; `None` without globs.
    pub path_set: Option<GlobSet>,
    /// Names, as written in the file under scan.
    pub keys: Vec<String>,
    /// Fingerprints of values.
    pub fingerprints: Vec<String>,
    /// Whether it is about what only history holds, so that a scan of files says nothing of its use.
    pub history: bool,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The file it stands in, for messages.
    pub file: String,
    /// The line it stands on.
    pub line: usize,
}

impl Allow {
    /// Whether it describes an occurrence, which lies at `path` below the folder of the configuration file.
    pub(super) fn describes(
        &self,
        finding: &Finding,
        occurrence: &Occurrence,
        path: Option<&str>,
    ) -> bool {
        let among = |list: &[String], value: &str| {
            list.is_empty() || list.iter().any(|known| known == value)
        };
        among(&self.rules, &finding.rule)
            && among(&self.keys, &occurrence.key)
            && (among(&self.fingerprints, &finding.fingerprint)
                || among(&self.fingerprints, &occurrence.fingerprint))
            && self
                .path_set
                .as_ref()
                .is_none_or(|set| path.is_some_and(|path| set.is_match(path)))
    }
}
