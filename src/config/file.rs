//! The configuration file: `leakey.toml`, or the table `[tool.leakey]` of a `pyproject.toml`.
//!
//! `leakey-config.schema.json` describes the same for editors; a test holds them together.

use std::num::NonZeroUsize;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::layer::{Layer, Named};
use super::{ConfigError, Profile, suggest};
use crate::source::select::globs;
use crate::suppress::{Allow, Date};

/// Digits of a fingerprint.
const FINGERPRINT: usize = 32;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Mirror {
    profile: Option<Spanned<String>>,
    include: Option<Spanned<Vec<String>>>,
    exclude: Option<Spanned<Vec<String>>>,
    only_rules: Option<Vec<Spanned<String>>>,
    disable_rules: Option<Vec<Spanned<String>>>,
    fail_on: Option<Vec<Spanned<String>>>,
    rules: Option<Vec<String>>,
    builtin_rules: Option<bool>,
    baseline: Option<String>,
    strict_suppressions: Option<bool>,
    allow_shallow: Option<bool>,
    threads: Option<NonZeroUsize>,
    #[serde(default)]
    allow: Vec<Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    rule: List,
    #[serde(default)]
    path: List,
    #[serde(default)]
    key: List,
    #[serde(default)]
    fingerprint: List,
    #[serde(default)]
    history: bool,
    reason: String,
    until: Option<toml::Value>,
}

/// One word or several.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum List {
    One(String),
    Many(Vec<String>),
}

impl Default for List {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl List {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(word) => vec![word],
            Self::Many(words) => words,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Debug, Deserialize)]
struct Tool {
    leakey: Option<Mirror>,
}

/// Reads a configuration file; `name` is for messages. `None`: a `pyproject.toml` that does not speak of leakey.
pub fn read(path: &Path, name: &str) -> Result<Option<Layer>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(name, format!("cannot be read: {error}")))?;
    parse(path, name, &text)
}

/// The same for the text of the file.
pub fn parse(path: &Path, name: &str, text: &str) -> Result<Option<Layer>, ConfigError> {
    let place = Text { name, text };
    let mirror = if path
        .file_name()
        .is_some_and(|file| file == "pyproject.toml")
    {
        // A file that says nothing of leakey may be as broken as it likes.
        if !text.contains("leakey") {
            return Ok(None);
        }
        let file: Pyproject = toml::from_str(text).map_err(|error| place.complaint(&error))?;
        match file.tool.and_then(|tool| tool.leakey) {
            Some(mirror) => mirror,
            None => return Ok(None),
        }
    } else {
        toml::from_str(text).map_err(|error| place.complaint(&error))?
    };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    place.layer(mirror, folder).map(Some)
}

struct Text<'t> {
    name: &'t str,
    text: &'t str,
}

impl Text<'_> {
    fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        memchr::memchr_iter(b'\n', before).count() + 1
    }

    fn error(&self, at: usize, what: impl Into<String>) -> ConfigError {
        ConfigError::new(format!("{}:{}", self.name, self.line(at)), what)
    }

    /// What the parser says, with the key and a remedy.
    fn complaint(&self, error: &toml::de::Error) -> ConfigError {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message();
        let mut words = message.split('`').skip(1).step_by(2);
        if message.starts_with("unknown field") {
            let unknown = words.next().unwrap_or_default();
            let known: Vec<&str> = words.collect();
            let remedy = suggest::remedy(unknown, known.iter().copied());
            return self.error(at, format!("unknown key `{unknown}`{remedy}"));
        }
        if message == "missing field `reason`" {
            return self.error(
                at,
                "this [[allow]] entry has no `reason`; say why what it describes may stay: reason = \"…\"",
            );
        }
        let line = self.text.lines().nth(self.line(at) - 1).unwrap_or_default();
        let key = line.split_once('=').map(|(key, _)| key.trim());
        match key {
            Some(key) if !key.is_empty() && !key.contains(['"', '#', '[']) => {
                self.error(at, format!("{key}: {message}"))
            }
            _ => self.error(at, message),
        }
    }

    fn layer(&self, mirror: Mirror, folder: std::path::PathBuf) -> Result<Layer, ConfigError> {
        let named = |key: &str, list: Vec<Spanned<String>>| {
            let named = |id: Spanned<String>| Named {
                place: format!("{}:{}: {key}", self.name, self.line(id.span().start)),
                id: id.into_inner(),
            };
            list.into_iter().map(named).collect::<Vec<_>>()
        };
        let checked = |key: &str, list: Spanned<Vec<String>>| {
            let at = list.span().start;
            match globs(list.get_ref()) {
                Ok(_) => Ok(list.into_inner()),
                Err(error) => Err(self.error(at, format!("{key}: {error}"))),
            }
        };
        let profile = mirror
            .profile
            .map(|name| {
                Profile::parse(name.get_ref()).ok_or_else(|| {
                    let remedy = suggest::remedy(name.get_ref(), Profile::NAMES);
                    self.error(
                        name.span().start,
                        format!("profile: `{}` is no profile{remedy}", name.get_ref()),
                    )
                })
            })
            .transpose()?;
        let kind = |name: Spanned<String>| {
            super::kind(name.get_ref())
                .map_err(|what| self.error(name.span().start, format!("fail-on: {what}")))
        };
        Ok(Layer {
            from: self.name.to_owned(),
            profile,
            include: mirror
                .include
                .map(|list| checked("include", list))
                .transpose()?,
            exclude: mirror
                .exclude
                .map(|list| checked("exclude", list))
                .transpose()?
                .unwrap_or_default(),
            only_rules: mirror.only_rules.map(|list| named("only-rules", list)),
            disable_rules: named("disable-rules", mirror.disable_rules.unwrap_or_default()),
            fail_on: mirror
                .fail_on
                .map(|list| list.into_iter().map(kind).collect())
                .transpose()?,
            rules: mirror
                .rules
                .unwrap_or_default()
                .into_iter()
                .map(|path| folder.join(path))
                .collect(),
            builtin_rules: mirror.builtin_rules,
            baseline: mirror.baseline.map(|path| folder.join(path)),
            strict_suppressions: mirror.strict_suppressions,
            allow_shallow: mirror.allow_shallow,
            threads: mirror.threads,
            allow: mirror
                .allow
                .into_iter()
                .map(|entry| self.allow(entry))
                .collect::<Result<_, _>>()?,
            folder,
        })
    }

    fn allow(&self, entry: Spanned<Entry>) -> Result<Allow, ConfigError> {
        let at = entry.span().start;
        let entry = entry.into_inner();
        let fail = |what: String| self.error(at, format!("[[allow]]: {what}"));
        let until = match entry.until {
            None => None,
            Some(value) => {
                let text = match &value {
                    toml::Value::Datetime(date) => date.to_string(),
                    toml::Value::String(text) => text.clone(),
                    other => other.type_str().to_owned(),
                };
                Some(Date::parse(&text).ok_or_else(|| {
                    fail(format!(
                        "until: `{text}` is no date; write it as 2026-12-31"
                    ))
                })?)
            }
        };
        let (paths, fingerprints) = (entry.path.into_vec(), entry.fingerprint.into_vec());
        let wrong = |text: &&String| {
            text.len() != FINGERPRINT
                || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        if let Some(wrong) = fingerprints.iter().find(wrong) {
            return Err(fail(format!(
                "fingerprint: `{wrong}` is none; it has 32 hex digits, as reports give them"
            )));
        }
        let allow = Allow {
            rules: entry.rule.into_vec(),
            path_set: if paths.is_empty() {
                None
            } else {
                Some(globs(&paths).map_err(|error| fail(format!("path: {error}")))?)
            },
            paths,
            keys: entry.key.into_vec(),
            fingerprints,
            history: entry.history,
            reason: entry.reason.trim().to_owned(),
            until,
            file: self.name.to_owned(),
            line: self.line(at),
        };
        if allow.reason.is_empty() {
            return Err(fail(
                "`reason` is empty; say why what it describes may stay".to_owned(),
            ));
        }
        if [&allow.rules, &allow.paths, &allow.keys, &allow.fingerprints]
            .iter()
            .all(|list| list.is_empty())
        {
            return Err(fail(
                "describes nothing, which would accept everything; give a rule, path, key or fingerprint".to_owned(),
            ));
        }
        Ok(allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        match parse(Path::new("leakey.toml"), "leakey.toml", text) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn errors_name_file_line_key_and_remedy() {
        let at = |text: &str, expected: &[&str]| {
            let said = complaint(text);
            assert!(expected.iter().all(|word| said.contains(word)), "{said}");
        };
        at(
            "\nprofil = 'ci'",
            &["leakey.toml:2: ", "`profil`", "did you mean `profile`?"],
        );
        at(
            "profile = 'cy'",
            &["leakey.toml:1: profile: ", "known are: hook, ci, audit"],
        );
        at("threads = 'two'", &["leakey.toml:1: threads: ", "expected"]);
        at("exclude = ['a', '[']", &["leakey.toml:1: exclude: `[`"]);
        at(
            "fail-on = ['leek']",
            &["leakey.toml:1: fail-on: ", "did you mean `leak`?"],
        );
        at("[[allow]]\nkey = 'A'", &["leakey.toml:1: ", "reason"]);
        at(
            "[[allow]]\nreason = 'all'",
            &["leakey.toml:1: [[allow]]", "accept everything"],
        );
        at(
            "[[allow]]\nkey = 'A'\nreason = 'x'\nuntil = 'soon'",
            &["until: `soon`", "2026-12-31"],
        );
        at(
            "[[allow]]\nfingerprint = 'abc'\nreason = 'x'",
            &["`abc`", "32 hex digits"],
        );
        at(
            "[[allow]]\nkeys = 'A'\nreason = 'x'",
            &["did you mean `key`?"],
        );
        at("profile = ", &["leakey.toml:1: "]);
    }

    #[test]
    fn a_pyproject_file_may_be_about_something_else() {
        let read = |text| parse(Path::new("a/pyproject.toml"), "pyproject.toml", text);
        assert!(read("[tool.other]\nx = 1").unwrap().is_none());
        assert!(read("broken [").unwrap().is_none());
        let layer = read("[tool.leakey]\nprofile = 'audit'\nrules = ['r.toml']")
            .unwrap()
            .unwrap();
        assert_eq!(layer.profile, Some(Profile::Audit));
        assert_eq!(layer.rules, [Path::new("a/r.toml")]);
        assert!(
            read("[tool.leakey]\nx = 1")
                .unwrap_err()
                .to_string()
                .starts_with("pyproject.toml:2: ")
        );
    }
}
