//! The variables that are asked about, and what can be said of their values without looking anywhere.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use super::answer::State;
use super::is_short;
use crate::cli::args::CheckEnv;
use crate::detect::{Candidate, detect_given};
use crate::finding::{Kind, Reason};
use crate::format::{FileName, Place, Value, choose};
use crate::judge::{Verdict, judge};
use crate::rule::RuleSet;
use crate::secret::Secret;

/// Rules and contexts are those of this file.
const PATH: &str = ".env";

/// A value that is asked about.
pub(super) struct Variable {
    pub name: String,
    /// Which of several in a list, from 1.
    pub part: Option<usize>,
    pub value: Secret,
    /// What can be said at once.
    pub state: Option<State>,
}

impl Variable {
    /// Whether it is worth looking for.
    pub(super) fn is_searched(&self) -> bool {
        !matches!(
            self.state,
            Some(State::Guessable | State::Published | State::Unknown)
        )
    }
}

/// What is set, by name; `None` is known only when a file is loaded.
type Set = BTreeMap<String, Vec<Option<Vec<u8>>>>;

/// The variables asked for, and the names among them that are not set.
pub(super) fn variables(
    command: &CheckEnv,
    rules: &RuleSet,
) -> anyhow::Result<(Vec<Variable>, Vec<String>)> {
    let set = match &command.env_file {
        Some(file) => from_file(file)?,
        None => from_environment(),
    };
    if let Some(wrong) = command.names.iter().find(|name| name.contains('=')) {
        // What follows may be a key: it is not repeated.
        let name = wrong.split('=').next().unwrap_or_default();
        bail!(
            "{name}=…: give the name alone; its value is taken from the environment or from --env-file"
        );
    }
    let mut given = Vec::new();
    let mut unset = Vec::new();
    if command.names.is_empty() {
        for (name, values) in &set {
            given.extend(
                values
                    .iter()
                    .flat_map(|value| known(name, value.as_deref(), rules)),
            );
        }
    }
    for name in &command.names {
        let values = set.get(name).into_iter().flatten();
        let before = given.len();
        for value in values {
            let mut found = known(name, value.as_deref(), rules);
            if found.is_empty() {
                found = unknown(name, value.as_deref());
            }
            given.extend(found);
        }
        if given.len() == before {
            unset.push(name.clone());
        }
    }
    Ok((given, unset))
}

fn from_environment() -> Set {
    let mut set = Set::new();
    for (name, value) in std::env::vars_os() {
        if let Ok(name) = name.into_string() {
            let value = value.into_encoded_bytes();
            set.entry(name).or_default().push(Some(value));
        }
    }
    set
}

fn from_file(path: &Path) -> anyhow::Result<Set> {
    let name = path.display();
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|read| bytes = read)
    }
    .with_context(|| format!("{name}: cannot be read"))?;
    let text = match crate::text::decode(&bytes) {
        crate::text::Decoded::Text(text) => text,
        crate::text::Decoded::Binary => bail!("{name}: is no text"),
    };
    let mut set = Set::new();
    let Some(format) = choose(&FileName::new(PATH)) else {
        return Ok(set);
    };
    format.entries(&text, &mut |entry| {
        if entry.place != Place::Live || entry.outer.is_some() {
            return;
        }
        let value = match entry.value {
            Value::Literal(bytes) => Some(bytes.into_owned()),
            Value::Opaque | Value::Unread(_) => None,
        };
        set.entry(entry.key.into_owned()).or_default().push(value);
    });
    Ok(set)
}

/// The values of a name that some rule is about.
fn known(name: &str, value: Option<&[u8]>, rules: &RuleSet) -> Vec<Variable> {
    let text = String::from_utf8_lossy(value.unwrap_or_default());
    let mut found: Vec<(Secret, Option<State>)> = Vec::new();
    detect_given(rules, name, &text, &mut |candidate| {
        let state = said(&candidate, rules);
        let value = Secret::new(candidate.value.as_deref().unwrap_or_default());
        if state != Some(State::Unset) && found.iter().all(|(known, _)| *known != value) {
            found.push((value, state));
        }
    });
    if value.is_none() && !found.is_empty() {
        return unknown(name, None);
    }
    let several = found.len() > 1;
    let found = found.into_iter().zip(1..);
    found
        .map(|((value, state), part)| Variable {
            name: name.to_owned(),
            part: several.then_some(part),
            state,
            value,
        })
        .collect()
}

/// What a rule says of a value; [`State::Unset`] for what is no key.
fn said(candidate: &Candidate<'_>, rules: &RuleSet) -> Option<State> {
    let when = rules.when(candidate.rule.0, candidate.rule.1);
    let value = Secret::new(candidate.value.as_deref().unwrap_or_default());
    match judge(candidate, rules, PATH) {
        Verdict::Keep(judged) => match judged.kind {
            Kind::Leak => None,
            Kind::Weak => Some(State::Guessable),
            Kind::Published => Some(State::Published),
        },
        Verdict::Drop(Reason::Sample) => Some(State::Published),
        // A template that nothing filled in is what the program uses, and anyone can read it.
        Verdict::Drop(Reason::Template | Reason::SelfNamed) => Some(State::Guessable),
        Verdict::Drop(Reason::Shape) if !when.random && is_short(&value) => Some(State::Guessable),
        Verdict::Drop(_) => Some(State::Unset),
    }
}

/// The value of a name that no rule is about, and its parts where it is a list.
fn unknown(name: &str, value: Option<&[u8]>) -> Vec<Variable> {
    let variable = |value: &[u8], part, state| Variable {
        name: name.to_owned(),
        part,
        value: Secret::new(value),
        state,
    };
    let Some(value) = value else {
        return vec![variable(b"", None, Some(State::Unknown))];
    };
    let value = value.trim_ascii();
    if value.is_empty() {
        return Vec::new();
    }
    let parts: Vec<&[u8]> = value
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|part| part.len() < value.len() && !is_short(&Secret::new(*part)))
        .collect();
    let short = is_short(&Secret::new(value)).then_some(State::Guessable);
    let mut all = vec![variable(value, None, short)];
    let parts = parts.into_iter().zip(1..);
    all.extend(parts.map(|(part, number)| variable(part, Some(number), None)));
    all
}
