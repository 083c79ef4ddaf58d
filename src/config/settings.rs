//! The layers of settings, seen as one.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::{ConfigError, Layer, Policy, Profile, suggest};
use crate::source::paths::{Base, slashes};
use crate::source::select::{self, Selection, globs};
use crate::suppress::Allow;

/// All settings of a run: layers, the lowest first.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    layers: Vec<Layer>,
}

impl Settings {
    /// Settings from layers, the lowest first.
    pub fn new(layers: Vec<Layer>) -> Self {
        Self { layers }
    }

    fn highest<'s, T>(&'s self, get: impl Fn(&'s Layer) -> Option<T>) -> Option<T> {
        self.layers.iter().rev().find_map(get)
    }

    /// The profile that was asked for.
    pub fn profile(&self) -> Option<Profile> {
        self.highest(|layer| layer.profile)
    }

    /// Whether the built-in rules are in force.
    pub fn builtin_rules(&self) -> bool {
        self.highest(|layer| layer.builtin_rules).unwrap_or(true)
    }

    /// Whether suppressions of no use make the exit code 1.
    pub fn strict_suppressions(&self) -> bool {
        self.highest(|layer| layer.strict_suppressions)
            .unwrap_or(false)
    }

    /// The baseline that was named, and the place that names it.
    pub fn baseline(&self) -> Option<(&Path, &str)> {
        self.highest(|layer| Some((layer.baseline.as_deref()?, layer.from.as_str())))
    }

    /// Whether a shallow clone counts as complete.
    pub fn allow_shallow(&self) -> bool {
        self.highest(|layer| layer.allow_shallow).unwrap_or(false)
    }

    /// Number of threads that was asked for.
    pub fn threads(&self) -> Option<NonZeroUsize> {
        self.highest(|layer| layer.threads)
    }

    /// Rule files and folders, of all layers.
    pub fn rules(&self) -> impl Iterator<Item = &Path> {
        self.layers
            .iter()
            .flat_map(|layer| layer.rules.iter().map(PathBuf::as_path))
    }

    /// What is accepted, of all layers.
    pub fn allow(&self) -> impl Iterator<Item = &Allow> {
        self.layers.iter().flat_map(|layer| &layer.allow)
    }

    /// What counts under `profile`, and which rules are in force; every rule that is named has to be among `known`.
    pub fn policy(&self, profile: Profile, known: &[&str]) -> Result<Policy, ConfigError> {
        let kinds = self
            .highest(|layer| layer.fail_on.clone())
            .unwrap_or_default();
        let mut policy = profile.policy(&kinds);
        let only = self.highest(|layer| layer.only_rules.as_ref());
        let disabled = self.layers.iter().flat_map(|layer| &layer.disable_rules);
        for named in only.into_iter().flatten().chain(disabled) {
            check(&named.place, &named.id, known)?;
        }
        for entry in self.allow() {
            for id in &entry.rules {
                check(
                    &format!("{}:{}: [[allow]]", entry.file, entry.line),
                    id,
                    known,
                )?;
            }
        }
        policy
            .only
            .extend(only.into_iter().flatten().map(|named| named.id.clone()));
        let disabled = self.layers.iter().flat_map(|layer| &layer.disable_rules);
        policy
            .disabled
            .extend(disabled.map(|named| named.id.clone()));
        Ok(policy)
    }

    /// Which files are wanted. Paths are reported relative to `from`; layers of `current` judge them as `--include` does.
    pub fn selection(&self, from: &Path, current: &Path) -> Result<Selection, ConfigError> {
        let include = self
            .layers
            .iter()
            .rposition(|layer| layer.include.is_some());
        let mut layers = Vec::new();
        for (at, layer) in self.layers.iter().enumerate() {
            let fail = |error: select::GlobError| ConfigError::new(&layer.from, error.to_string());
            let wanted = layer.include.as_ref().filter(|_| include == Some(at));
            layers.push(select::Layer {
                base: (layer.folder != current).then(|| Base::new(&layer.folder, from)),
                include: wanted.map(globs).transpose().map_err(fail)?,
                exclude: globs(&layer.exclude).map_err(fail)?,
            });
        }
        Ok(Selection::new(layers))
    }

    /// The settings as a configuration file, each with the place it comes from.
    pub fn dump(&self, profile: Profile) -> String {
        let mut out = String::from("# What holds here, and where it comes from.\n");
        let mut line = |key: &str, value: String, from: &str| {
            let _ = writeln!(out, "{key} = {value}  # {from}");
        };
        let from = |says: &dyn Fn(&Layer) -> bool| {
            let layers = self.layers.iter().rev();
            let mut found = layers.filter(|layer| says(layer));
            found.next().map_or("default", |layer| layer.from.as_str())
        };
        let all = |says: &dyn Fn(&Layer) -> bool| {
            let places: Vec<&str> = self
                .layers
                .iter()
                .filter(|layer| says(layer))
                .map(|layer| layer.from.as_str())
                .collect();
            if places.is_empty() {
                "default".to_owned()
            } else {
                places.join(", ")
            }
        };
        line(
            "profile",
            quoted(profile.name()),
            from(&|l| l.profile.is_some()),
        );
        if let Some(include) = self.highest(|layer| layer.include.as_ref()) {
            line("include", list(include), from(&|l| l.include.is_some()));
        }
        let every = |get: &dyn Fn(&Layer) -> Vec<String>| -> Vec<String> {
            self.layers.iter().flat_map(get).collect()
        };
        line(
            "exclude",
            list(&every(&|l| l.exclude.clone())),
            &all(&|l| !l.exclude.is_empty()),
        );
        if let Some(only) = self.highest(|layer| layer.only_rules.as_ref()) {
            let only: Vec<String> = only.iter().map(|named| named.id.clone()).collect();
            line("only-rules", list(&only), from(&|l| l.only_rules.is_some()));
        }
        let disabled = every(&|l| {
            l.disable_rules
                .iter()
                .map(|named| named.id.clone())
                .collect()
        });
        line(
            "disable-rules",
            list(&disabled),
            &all(&|l| !l.disable_rules.is_empty()),
        );
        let kinds = self
            .highest(|layer| layer.fail_on.clone())
            .unwrap_or_default();
        let kinds: Vec<String> = profile
            .policy(&kinds)
            .kinds
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect();
        line("fail-on", list(&kinds), from(&|l| l.fail_on.is_some()));
        let rules: Vec<String> = self.rules().map(slashes).collect();
        line("rules", list(&rules), &all(&|l| !l.rules.is_empty()));
        line(
            "builtin-rules",
            self.builtin_rules().to_string(),
            from(&|l| l.builtin_rules.is_some()),
        );
        if let Some((path, from)) = self.baseline() {
            line("baseline", quoted(&slashes(path)), from);
        }
        line(
            "strict-suppressions",
            self.strict_suppressions().to_string(),
            from(&|l| l.strict_suppressions.is_some()),
        );
        line(
            "allow-shallow",
            self.allow_shallow().to_string(),
            from(&|l| l.allow_shallow.is_some()),
        );
        if let Some(threads) = self.threads() {
            line(
                "threads",
                threads.to_string(),
                from(&|l| l.threads.is_some()),
            );
        }
        for entry in self.allow() {
            let _ = writeln!(out, "\n[[allow]]  # {}:{}", entry.file, entry.line);
            let lists = [
                ("rule", &entry.rules),
                ("path", &entry.paths),
                ("key", &entry.keys),
                ("fingerprint", &entry.fingerprints),
            ];
            for (key, words) in lists.iter().filter(|(_, words)| !words.is_empty()) {
                let _ = writeln!(out, "{key} = {}", list(words));
            }
            if entry.history {
                out.push_str("history = true\n");
            }
            let _ = writeln!(out, "reason = {}", quoted(&entry.reason));
            if let Some(until) = entry.until {
                let _ = writeln!(out, "until = {until}");
            }
        }
        out
    }
}

fn check(place: &str, id: &str, known: &[&str]) -> Result<(), ConfigError> {
    if known.contains(&id) {
        return Ok(());
    }
    let near = suggest::nearest(id, known.iter().copied())
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(ConfigError::new(
        place,
        format!("no rule is called `{id}`{near}; `leakey rules list` shows all"),
    ))
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}
