//! Rule files of users, leakey's and gitleaks' alike, beside the built-in ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use toml::Table;

use super::gitleaks::{self, Base, Loaded, Told, Wrong};
use super::load::Parts;
use super::{Rule, RuleError, RuleSet, Target, When, builtin_files};
use crate::finding::{Class, Notice, Severity};

/// The title of gitleaks' default configuration, by which it is known where another file extends it.
const DEFAULT_TITLE: &str = "gitleaks config";
const IMPACT: &str =
    "Whatever the credential opens. The rule comes from a file of gitleaks, which says no more.";
const REMEDY: &str =
    "Revoke it where it was issued; issue another and keep it out of the repository.";

/// A rule file, read.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// Its name without `.toml`. A file takes the place of a built-in one of its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The path as reports give it.
    pub shown: String,
}

impl RuleFile {
    /// Reads the file at `path`, which reports call `shown`.
    pub fn read(path: &Path, shown: String) -> std::io::Result<Self> {
        Ok(Self {
            text: std::fs::read_to_string(path)?,
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            path: path.to_owned(),
            shown,
        })
    }

    /// Whether it is a file of gitleaks.
    pub fn is_gitleaks(&self) -> bool {
        self.table().is_some()
    }

    /// The tables of a file of gitleaks.
    fn table(&self) -> Option<Table> {
        let table: Table = toml::from_str(&self.text).ok()?;
        gitleaks::is_gitleaks(&table).then_some(table)
    }
}

/// Compiles rule files of users, and the `builtin` ones if they are wanted.
pub fn load_files(files: &[RuleFile], builtin: bool) -> Result<RuleSet, RuleError> {
    let tables: Vec<Option<Table>> = files.iter().map(RuleFile::table).collect();
    let mut own: Vec<(&str, &str)> = Vec::new();
    if builtin {
        own.extend(builtin_files());
    }
    for (file, table) in files.iter().zip(&tables) {
        if table.is_none() {
            own.retain(|(known, _)| *known != file.name);
            own.push((&file.name, &file.text));
        }
    }
    let loaded = load_gitleaks(files, tables)?;
    let mut taken = BTreeSet::new();
    for loaded in &loaded {
        for rule in &loaded.set.rules {
            if !taken.insert(rule.id.as_str()) {
                return Err(RuleError::Rule {
                    file: loaded.set.file.clone(),
                    rule: rule.id.clone(),
                    message: "the id is used twice; ids are unique across all rule files".into(),
                });
            }
        }
    }
    let mut parts = Parts::read(own.iter().copied(), &taken)?;
    let (mut sets, mut told) = (Vec::new(), Told::default());
    for mut loaded in loaded {
        let file = loaded.set.file.clone();
        for detector in &mut loaded.set.rules {
            detector.rule = parts.rules.len();
            parts.rules.push(rule(detector, &file));
        }
        parts.texts.extend(loaded.bases);
        told.issues.append(&mut loaded.told.issues);
        told.notices.append(&mut loaded.told.notices);
        sets.push(loaded.set);
    }
    for file in files.iter().filter(|file| file.is_gitleaks()) {
        parts.texts.push((file.name.clone(), file.text.clone()));
    }
    if let (Some(set), false) = (sets.first(), parts.replaced.is_empty()) {
        told.notices.push(Notice {
            path: set.file.clone(),
            line: None,
            what: format!(
                "takes the place of built-in rules with the same ids: {}",
                parts.replaced.join(", ")
            ),
        });
    }
    Ok(parts.build().with_gitleaks(sets, told))
}

/// Loads the files of gitleaks. The default configuration, named beside a file that extends it, is no file of its own.
fn load_gitleaks(files: &[RuleFile], tables: Vec<Option<Table>>) -> Result<Vec<Loaded>, RuleError> {
    let extends_default = |table: &Table| {
        let extend = table
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("extend"));
        let extend = extend.and_then(|(_, value)| value.as_table());
        let field = |table: &Table| {
            table.iter().any(|(key, value)| {
                key.eq_ignore_ascii_case("useDefault") && value.as_bool() == Some(true)
            })
        };
        extend.is_some_and(field)
    };
    let is_default = |table: &Table| {
        table.get("title").and_then(|title| title.as_str()) == Some(DEFAULT_TITLE)
            && !extends_default(table)
    };
    let wanted = tables.iter().flatten().any(&extends_default);
    let default = tables
        .iter()
        .position(|table| table.as_ref().is_some_and(is_default))
        .filter(|_| wanted);
    let mut out = Vec::new();
    for (at, (file, table)) in files.iter().zip(tables).enumerate() {
        let (Some(table), false) = (table, default == Some(at)) else {
            continue;
        };
        let find = |base: Base<'_>| match base {
            Base::Default => {
                Ok(default.map(|at| (files[at].shown.clone(), files[at].text.clone())))
            }
            Base::Path(path) => beside(file, path).map(Some),
        };
        let failed = |wrong: Wrong| match wrong.rule {
            Some(rule) => RuleError::Rule {
                file: wrong.file,
                rule,
                message: wrong.what,
            },
            None => RuleError::Syntax {
                file: wrong.file,
                message: wrong.what,
            },
        };
        out.push(gitleaks::load(&file.shown, table, &find).map_err(failed)?);
    }
    Ok(out)
}

/// The file of a path in `extend.path`: seen from the folder of the file that names it, else from the current directory, as
/// gitleaks does.
fn beside(file: &RuleFile, path: &str) -> Result<(String, String), String> {
    let near = file.path.parent().unwrap_or(Path::new("")).join(path);
    let path = if near.is_file() {
        near
    } else {
        PathBuf::from(path)
    };
    let shown = path.to_string_lossy().replace('\\', "/");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("path: {shown} cannot be read: {error}"))?;
    Ok((shown, text))
}

/// What there is to say of a rule of gitleaks beside what it looks for.
fn rule(detector: &gitleaks::Detector, file: &str) -> Rule {
    let title = if detector.description.trim().is_empty() {
        &detector.id
    } else {
        detector.description.trim()
    };
    Rule {
        id: detector.id.clone(),
        title: title.trim_end_matches('.').to_owned(),
        class: Class::Credential,
        severity: if detector.is_generic() {
            Severity::Medium
        } else {
            Severity::High
        },
        impact: IMPACT.to_owned(),
        details: String::new(),
        remedy: REMEDY.to_owned(),
        references: Vec::new(),
        framework: None,
        general: false,
        file: file.to_owned(),
        when: vec![When::of(Target::Gitleaks(detector.describe()))],
    }
}

impl When {
    /// A condition on nothing but its target.
    fn of(target: Target) -> Self {
        Self {
            target,
            written: Vec::new(),
            written_parents: Vec::new(),
            files: Vec::new(),
            file_set: OnceLock::new(),
            not_files: Vec::new(),
            not_file_set: OnceLock::new(),
            prefixes: Vec::new(),
            not_prefixes: Vec::new(),
            bare: false,
            parents: Vec::new(),
            shapes: Vec::new(),
            value: None,
            value_regex: OnceLock::new(),
            live: false,
            random: false,
            min_length: 0,
            split: None,
        }
    }
}
