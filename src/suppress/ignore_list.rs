//! `.gitleaksignore`: places that gitleaks is told to pass over, a line each (gitleaks 8, README, "gitleaks ignore").
//!
//! `path:rule:line` is about a line of a file in any version of it, `commit:path:rule:line` about the version of one commit.
//! Its rules are not leakey's own, and are looked at only where a finding is of a rule of gitleaks.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

/// Its name.
pub const FILE: &str = ".gitleaksignore";

/// A place.
#[derive(Clone, Debug)]
struct Entry {
    line: usize,
    commit: Option<String>,
    rule: String,
    /// Its line in the list.
    number: usize,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct IgnoreList {
    /// The file, for messages.
    pub name: String,
    /// By path.
    entries: HashMap<String, Vec<Entry>>,
    /// Ids of the rules of gitleaks that are in force.
    pub rules: BTreeSet<String>,
}

impl IgnoreList {
    /// Reads the text of a list. What is no entry is passed over, as gitleaks does.
    pub fn parse(name: &str, text: &str) -> Self {
        let mut entries: HashMap<String, Vec<_>> = HashMap::new();
        let lines = text.trim_start_matches('\u{feff}').lines();
        for (entry, number) in lines.map(str::trim).zip(1..) {
            if entry.starts_with('#') {
                continue;
            }
            let mut parts = entry.rsplitn(3, ':');
            let (Some(line), Some(rule), Some(place)) = (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            // What is found by its path alone stands on line 0 there, and on the first here.
            let Ok(line) = line.parse().map(|line: usize| line.max(1)) else {
                continue;
            };
            let id = |id: &str| {
                matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            let (commit, path) = match place.split_once(':') {
                Some((commit, path)) if id(commit) => (Some(commit.to_owned()), path),
                _ => (None, place),
            };
            let path = path.trim_start_matches("./").to_owned();
            entries.entry(path).or_default().push(Entry {
                line,
                commit,
                rule: rule.to_owned(),
                number,
            });
        }
        Self {
            name: name.to_owned(),
            entries,
            rules: BTreeSet::new(),
        }
    }

    /// The line of the list that is about one of `lines` of `path`, which a commit brought in, and what `rule` finds there.
    pub fn line(
        &self,
        path: &str,
        lines: RangeInclusive<usize>,
        commit: Option<&str>,
        rule: &str,
    ) -> Option<usize> {
        let entries = self.entries.get(path)?.iter();
        let theirs = self.rules.contains(rule);
        let mut about = entries.filter(|entry| {
            lines.contains(&entry.line)
                && (entry.commit.as_deref()).is_none_or(|named| commit == Some(named))
                && (!theirs || entry.rule == rule)
        });
        about.next().map(|entry| entry.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_about_a_line_of_a_file_or_of_one_version_of_it() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("# c\n\na/b.py:generic-api-key:3\n{id}:c:d.py:r:7\nrubbish\nx:y:z\n");
        let list = IgnoreList::parse(FILE, &text);
        assert_eq!(list.line("a/b.py", 3..=3, None, "x"), Some(3));
        assert_eq!(list.line("a/b.py", 2..=4, Some(id), "x"), Some(3));
        assert_eq!(list.line("a/b.py", 4..=4, None, "x"), None);
        assert_eq!(list.line("b.py", 3..=3, None, "x"), None);
        assert_eq!(list.line("c:d.py", 7..=7, Some(id), "x"), Some(4));
        assert_eq!(list.line("c:d.py", 7..=7, None, "x"), None);
        // Of gitleaks' own rules each is meant by its name.
        let mut list = list;
        list.rules = BTreeSet::from(["x".to_owned(), "generic-api-key".to_owned()]);
        assert_eq!(list.line("a/b.py", 3..=3, None, "x"), None);
        assert_eq!(list.line("a/b.py", 3..=3, None, "generic-api-key"), Some(3));
    }
}
