//! `.gitleaksignore`: places that gitleaks is told to pass over, a line each (gitleaks 8, README, "gitleaks ignore").
//!
//! `path:rule:line` is about a line of a file in any version of it, `commit:path:rule:line` about the version of one commit.
//! Its rules are not ours and are not looked at.

use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Its name.
pub const FILE: &str = ".gitleaksignore";

/// The list.
#[derive(Clone, Debug, Default)]
pub struct IgnoreList {
    /// The file, for messages.
    pub name: String,
    /// By path: the line that is meant, the commit if one is named, and the line of the list.
    entries: HashMap<String, Vec<(usize, Option<String>, usize)>>,
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
            let (Some(line), Some(_), Some(place)) = (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let Ok(line) = line.parse() else { continue };
            let id = |id: &str| {
                matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            let (commit, path) = match place.split_once(':') {
                Some((commit, path)) if id(commit) => (Some(commit.to_owned()), path),
                _ => (None, place),
            };
            let path = path.trim_start_matches("./").to_owned();
            entries
                .entry(path)
                .or_default()
                .push((line, commit, number));
        }
        Self {
            name: name.to_owned(),
            entries,
        }
    }

    /// The line of the list that is about one of `lines` of `path`, which a commit brought in.
    pub fn line(
        &self,
        path: &str,
        lines: RangeInclusive<usize>,
        commit: Option<&str>,
    ) -> Option<usize> {
        let entries = self.entries.get(path)?.iter();
        let mut about = entries.filter(|(line, named, _)| {
            lines.contains(line) && named.as_deref().is_none_or(|named| commit == Some(named))
        });
        about.next().map(|&(_, _, number)| number)
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
        assert_eq!(list.line("a/b.py", 3..=3, None), Some(3));
        assert_eq!(list.line("a/b.py", 2..=4, Some(id)), Some(3));
        assert_eq!(list.line("a/b.py", 4..=4, None), None);
        assert_eq!(list.line("b.py", 3..=3, None), None);
        assert_eq!(list.line("c:d.py", 7..=7, Some(id)), Some(4));
        assert_eq!(list.line("c:d.py", 7..=7, None), None);
    }
}
