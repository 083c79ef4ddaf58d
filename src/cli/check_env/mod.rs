//! `leakey check-env`: whether keys in the environment are ones that the repository or its history ever held.
//!
//! Values stay in memory. What is said of one is its name, and where it stands.

mod answer;
mod variables;

use std::path::Path;

use anyhow::Context;

use self::answer::{Answer, Found, Given, State};
use super::args::{AnswerFormat, CheckEnv, Chosen, Extra, Input, Looked};
use super::setup::Setup;
use super::{Exit, output};
use crate::finding::Issue;
use crate::held::{Form, Held, Place, SHORTEST, Search};
use crate::scan::Scanner;
use crate::secret::Secret;
use crate::source::git::{History, enclosing};
use crate::source::paths::{Naming, normalized};
use crate::source::select::Selection;
use crate::source::unpack::Limits;
use crate::source::{Source, Tree};
use variables::{Variable, variables};

pub(super) fn run(command: &CheckEnv) -> anyhow::Result<Exit> {
    let looked = Looked {
        input: Input {
            history: true,
            ..Input::default()
        },
        extra: Extra {
            allow_shallow: command.allow_shallow,
            ..Extra::default()
        },
        chosen: Chosen::default(),
        ..Looked::default()
    };
    let setup = Setup::new(&looked)?;
    let (given, unset) = variables(command, setup.scanner.rules())?;
    let wanted: Vec<&Variable> = given.iter().filter(|given| given.is_searched()).collect();
    let values: Vec<Secret> = wanted.iter().map(|given| given.value.clone()).collect();
    let held = if values.is_empty() {
        Held::default()
    } else {
        look(command, &setup, &values)?
    };
    let mut places = held.places.into_iter();
    let mut answer = Answer::new(held.texts, held.issues);
    for variable in &given {
        let places = if variable.is_searched() {
            places.next().unwrap_or_default()
        } else {
            std::collections::BTreeMap::new()
        };
        let mut found: Vec<Found> = places.into_values().map(Found::new).collect();
        found.sort_by_key(Found::rank);
        let state = match variable.state {
            _ if !found.is_empty() => State::Held,
            Some(state) => state,
            None if answer.is_complete() => State::Clear,
            None => State::Unknown,
        };
        answer.add(Given {
            name: variable.name.clone(),
            part: variable.part,
            state,
            places: found,
        });
    }
    for name in unset {
        answer.add(Given::unset(name));
    }
    output::say(&match command.format {
        AnswerFormat::Text => answer.text(),
        AnswerFormat::Json => answer.json()?,
    })?;
    Ok(answer.exit())
}

/// Looks for the values in the history and, where there is one, in the work tree.
fn look(command: &CheckEnv, setup: &Setup<'_>, values: &[Secret]) -> anyhow::Result<Held> {
    let search = Search::new(values).map_err(anyhow::Error::msg)?;
    let history = History {
        path: command.repo.clone(),
        allow_shallow: command.allow_shallow,
        archives: Some(Limits::default()),
        threads: setup.threads(),
    };
    let mut held = both(&search, &setup.scanner, &history, values)
        .context("what the repository ever held cannot be told")?;
    let current = std::env::current_dir().context("the current directory cannot be told")?;
    let repo = normalized(&current.join(&command.repo));
    if let Some(own) = enclosing(&repo).filter(|_| !is_bare(&repo)) {
        let tree = Tree {
            paths: vec![own.root],
            naming: Naming::new(current.clone()),
            // What git ignores is not what the repository holds: it is where such keys belong.
            ignored_too: false,
            selection: Selection::new(Vec::new()),
            archives: Some(Limits::default()),
            threads: setup.threads(),
        };
        let mut found = both(&search, &setup.scanner, &tree, values)?;
        // The file the variables come from holds them, of course. If it was ever committed, history says so.
        if let Some(file) = &command.env_file {
            let name = Naming::new(current).reported(file);
            for places in &mut found.places {
                places.remove(&name);
            }
        }
        held.merge(found);
    }
    Ok(held)
}

/// Whether the folder is a repository itself, without a work tree.
fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir()
}

/// What a source holds, as written and as a scan puts it together.
fn both(
    search: &Search,
    scanner: &Scanner,
    source: &dyn Source,
    values: &[Secret],
) -> anyhow::Result<Held> {
    let mut held = search.run(source)?;
    let report = scanner.scan(source)?;
    for finding in &report.findings {
        let same = values.iter().enumerate();
        for (value, _) in same.filter(|(_, value)| **value == finding.secret) {
            for occurrence in &finding.occurrences {
                let place = Place {
                    path: occurrence.path.clone(),
                    line: occurrence.start.line,
                    form: Form::Escaped,
                    origin: occurrence.origin.clone(),
                };
                held.add(value, place);
            }
        }
    }
    let known: std::collections::BTreeSet<Issue> = held.issues.iter().cloned().collect();
    let more = report.issues.into_iter();
    held.issues
        .extend(more.filter(|issue| !known.contains(issue)));
    Ok(held)
}

/// Values shorter than what can be looked for are guessed.
fn is_short(value: &Secret) -> bool {
    value.reveal().len() < SHORTEST
}
