//! The baseline: findings that were there when a team began, by fingerprint, in a file that can be committed.
//!
//! `docs/baseline.md` describes the file. It holds no secret, line or time: an entry stands for a value wherever it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use globset::GlobSet;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::date::Date;
use crate::finding::{Finding, Occurrence, fingerprint};
use crate::source::select::globs;

/// Its name where none is given: at the top of the repository.
pub const FILE: &str = ".leakey-baseline.json";

const VERSION: u64 = 1;
/// Digits of a fingerprint.
const FINGERPRINT: usize = 32;

/// A baseline that cannot be used. The message names the line, where there is one, and the remedy.
#[derive(Debug, thiserror::Error)]
#[error("{name}{}: {what}", .line.map_or_else(String::new, |line| format!(":{line}")))]
pub struct BaselineError {
    name: String,
    line: Option<usize>,
    what: String,
}

/// What a value is accepted for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Id of the rule, for readers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Only at places that match one of these globs, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Whether it was found in history alone, so that a scan of files says nothing of its use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds, as ISO 8601 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip)]
    pub(super) path_set: Option<GlobSet>,
    /// The same as `until`.
    #[serde(skip)]
    pub(super) last_day: Option<Date>,
    /// The line it stands on.
    #[serde(skip)]
    pub(super) line: usize,
}

impl Accepted {
    /// A value found by a rule, accepted everywhere and for good.
    pub fn new(rule: &str) -> Self {
        Self {
            rule: rule.to_owned(),
            ..Self::default()
        }
    }

    /// Whether it speaks of `path`, as seen from the folder of the file.
    pub fn holds_at(&self, path: Option<&str>) -> bool {
        self.path_set
            .as_ref()
            .is_none_or(|set| path.is_some_and(|path| set.is_match(path)))
    }

    /// Whether its time is over.
    pub fn is_over(&self, today: Date) -> bool {
        self.last_day.is_some_and(|last| today > last)
    }

    /// Makes what is written ready for use.
    fn prepare(&mut self) -> Result<(), String> {
        if !self.paths.is_empty() {
            self.path_set = Some(globs(&self.paths).map_err(|error| format!("paths: {error}"))?);
        }
        if let Some(until) = &self.until {
            let last = Date::parse(until)
                .ok_or_else(|| format!("until: `{until}` is no date; write it as 2026-12-31"))?;
            self.last_day = Some(last);
        }
        Ok(())
    }
}

/// Accepted values by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The file, for messages.
    pub name: String,
    entries: BTreeMap<String, Accepted>,
}

impl Baseline {
    /// An empty baseline; `name` is that of its file.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            entries: BTreeMap::new(),
        }
    }

    /// Reads the text of a file; `name` is for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, BaselineError> {
        let fail = |line: Option<usize>, what: String| BaselineError {
            name: name.to_owned(),
            line,
            what,
        };
        let text = text.trim_start_matches('\u{feff}');
        let marked = |line: &str| {
            let line = line.trim_end();
            line == "======="
                || ["<<<<<<<", ">>>>>>>", "|||||||"]
                    .iter()
                    .any(|mark| line.starts_with(mark))
        };
        if let Some(at) = text.lines().position(marked) {
            return Err(fail(
                Some(at + 1),
                "a merge left conflict markers here; take out the marked lines, keep the entries of both sides, and run \
                 `leakey baseline create`"
                    .to_owned(),
            ));
        }
        let raw: Raw = serde_json::from_str(text).map_err(|error| {
            let said = error.to_string();
            let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
            fail(
                Some(error.line().max(1)),
                format!("this is no baseline: {said}; restore the file from git, or remove it and run `leakey baseline create`"),
            )
        })?;
        let mut entries = raw.0;
        for (fingerprint, entry) in &mut entries {
            entry.line = line_of(text, fingerprint);
            let prepared = entry.prepare();
            prepared.map_err(|what| fail(Some(entry.line), what))?;
        }
        Ok(Self {
            name: name.to_owned(),
            entries,
        })
    }

    /// The file: an entry a line, sorted, each ending alike, so that branches that add entries merge.
    pub fn text(&self) -> String {
        let mut out = String::from("{\n");
        for (fingerprint, entry) in &self.entries {
            let entry = serde_json::to_string(entry).unwrap_or_default();
            let _ = writeln!(out, "  \"{fingerprint}\": {entry},");
        }
        let _ = write!(out, "  \"version\": {VERSION}\n}}\n");
        out
    }

    /// Its entries, sorted by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Accepted)> {
        (self.entries.iter()).map(|(fingerprint, entry)| (fingerprint.as_str(), entry))
    }

    /// The entry for a place that lies at `path` below the folder of the file.
    ///
    /// A file that is renamed may come under another rule, and its values get other fingerprints: those they had under the
    /// rules that entries name are looked for as well.
    pub fn entry(
        &self,
        finding: &Finding,
        occurrence: &Occurrence,
        path: Option<&str>,
    ) -> Option<(&str, &Accepted)> {
        let known = |fingerprint: &str| self.entries.get_key_value(fingerprint);
        let under_another_rule = || {
            let value = finding.secret.reveal();
            self.rules().into_iter().find_map(|rule| {
                // Whether it was worth enough bits is told by which of the two is there.
                [f64::INFINITY, 0.0].into_iter().find_map(|bits| {
                    let entry = known(&fingerprint(rule, &occurrence.key, value, bits))?;
                    (entry.1.rule == rule).then_some(entry)
                })
            })
        };
        let (fingerprint, entry) = known(&occurrence.fingerprint).or_else(under_another_rule)?;
        entry
            .holds_at(path)
            .then_some((fingerprint.as_str(), entry))
    }

    fn rules(&self) -> BTreeSet<&str> {
        let rules = self.entries.values().map(|entry| entry.rule.as_str());
        rules.filter(|rule| !rule.is_empty()).collect()
    }

    /// Accepts a value by `entry`; where one is there that says other places, at these as well. A reason stays.
    pub fn add(&mut self, fingerprint: &str, entry: Accepted) -> Result<(), BaselineError> {
        let known = self.entries.entry(fingerprint.to_owned());
        let entry = known
            .and_modify(|known| {
                known.history &= entry.history;
                let new = entry
                    .paths
                    .iter()
                    .filter(|path| !known.paths.contains(path));
                let new: Vec<String> = new.cloned().collect();
                known.paths.extend(new);
                known.paths.sort();
            })
            .or_insert(entry);
        entry.prepare().map_err(|what| BaselineError {
            name: self.name.clone(),
            line: None,
            what,
        })
    }

    /// Drops every entry that `keep` is false for; gives how many went.
    pub fn retain(&mut self, keep: impl Fn(&str, &Accepted) -> bool) -> usize {
        let before = self.entries.len();
        self.entries
            .retain(|fingerprint, entry| keep(fingerprint, entry));
        before - self.entries.len()
    }
}

/// Entries are looked for by their key: it stands in the file once.
fn line_of(text: &str, fingerprint: &str) -> usize {
    let at = text.find(&format!("\"{fingerprint}\"")).unwrap_or(0);
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1
}

struct Raw(BTreeMap<String, Accepted>);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fingerprints and a version")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = BTreeMap::new();
        let mut version = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "version" {
                let number: serde_json::Value = map.next_value()?;
                if number.as_u64() != Some(VERSION) {
                    return Err(A::Error::custom(
                        "its version is not 1; a newer leakey may have written it",
                    ));
                }
                version = Some(VERSION);
                continue;
            }
            let digits = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            if key.len() != FINGERPRINT || !key.bytes().all(digits) {
                return Err(A::Error::custom("a key is no fingerprint of 32 hex digits"));
            }
            // Whatever the file holds: nothing of its values is repeated in a message.
            let value: serde_json::Value = map.next_value()?;
            let entry: Accepted = serde_json::from_value(value).map_err(|_| {
                A::Error::custom(format!(
                    "the entry {key} may have rule, paths (a list), history, reason, owner and until, and nothing else"
                ))
            })?;
            // A merge that keeps both sides may bring the same entry twice.
            let text = |entry: &Accepted| serde_json::to_string(entry).ok();
            let written = text(&entry);
            if let Some(known) = entries.insert(key.clone(), entry)
                && text(&known) != written
            {
                return Err(A::Error::custom(format!("two entries for {key}; keep one")));
            }
        }
        match version {
            Some(_) => Ok(Raw(entries)),
            None => Err(A::Error::custom("it has no version")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_written_can_be_read() {
        let mut baseline = Baseline::new(FILE);
        let entry = Accepted {
            rule: "r".into(),
            reason: Some("a \"reason\"".into()),
            until: Some("2026-12-31".into()),
            ..Accepted::default()
        };
        baseline
            .add(&ONE.replace('0', "f"), Accepted::default())
            .unwrap();
        baseline.add(ONE, entry).unwrap();
        let text = baseline.text();
        assert_eq!(text.lines().count(), 5);
        assert!(text.lines().nth(1).unwrap().contains(ONE));
        let again = Baseline::parse(FILE, &text).unwrap();
        assert_eq!(again.text(), text);
        assert_eq!(
            again.entries().map(|(_, e)| e.line).collect::<Vec<_>>(),
            [2, 3]
        );
    }

    #[test]
    fn bad_files_are_told_with_line_and_remedy() {
        let line = format!("  \"{ONE}\": {{}},\n");
        for (text, words) in [
            (
                format!("{{\n<<<<<<< HEAD\n{line}=======\n>>>>>>> b\n  \"version\": 1\n}}\n"),
                "b.json:2: a merge left conflict markers",
            ),
            (
                "{\n \"version\": 1,\n}".into(),
                "b.json:3: this is no baseline: ",
            ),
            (String::new(), "b.json:1: this is no baseline: "),
            ("{\"version\": 2}".into(), "newer leakey"),
            ("{}".into(), "no version"),
            (
                format!("{{\n{line}\"{ONE}\": {{\"rule\":\"r\"}},\n  \"version\": 1\n}}"),
                "b.json:3: this is no baseline: two entries",
            ),
            (
                format!("{{\n\"{ONE}\": {{\"line\": 3}},\n\"version\": 1}}"),
                "nothing else",
            ),
            (
                format!("{{\n\"{ONE}\": {{\"until\": \"soon\"}},\n\"version\": 1}}"),
                "b.json:2: until: `soon`",
            ),
        ] {
            let error = Baseline::parse("b.json", &text).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let secret = Baseline::parse("b.json", "{\"SECRET_KEY\": \"hunter2hunter2\"}").unwrap_err();
        assert!(!secret.to_string().contains("hunter"));
    }
}
