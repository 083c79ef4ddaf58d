//! What is said, as text and as JSON (`leakey-check-env.schema.json`). No value takes part.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::Exit;
use crate::finding::Issue;
use crate::held::Place;
use crate::report::sanitize;

/// Places told of a value; the rest are counted.
const MOST_PLACES: usize = 5;

/// What is known of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// The repository holds it, or did.
    Held,
    /// It need not leak to be known.
    Guessable,
    /// It is known to the public.
    Published,
    /// It was looked for everywhere and is nowhere.
    Clear,
    /// It cannot be said.
    Unknown,
    /// There is none.
    Unset,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Held => "held by the repository or its history",
            Self::Guessable => "weak: a placeholder or guessable; it need not leak to be known",
            Self::Published => "published: known to the public",
            Self::Clear => "not held",
            Self::Unknown => "cannot say",
            Self::Unset => "not set",
        }
    }
}

/// A variable, or one value of its list.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    pub state: State,
    pub places: Vec<Found>,
}

impl Given {
    pub(super) fn unset(name: String) -> Self {
        Self {
            name,
            part: None,
            state: State::Unset,
            places: Vec::new(),
        }
    }
}

/// Where a value stands.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    path: String,
    line: usize,
    written: &'static str,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reachable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_head: Option<bool>,
}

impl Found {
    pub(super) fn new(place: Place) -> Self {
        Self {
            path: place.path,
            line: place.line,
            written: place.form.name(),
            origin: place.origin.source.name(),
            commit: place.origin.commit.map(|commit| commit.id),
            reachable: place.origin.reachable,
            in_head: place.origin.in_head,
        }
    }

    /// What is there now comes first, then what some ref leads to.
    pub(super) fn rank(&self) -> u8 {
        match (self.in_head, self.reachable) {
            (None | Some(true), None | Some(true)) => 0,
            (_, Some(false)) => 2,
            _ => 1,
        }
    }

    fn words(&self) -> String {
        let mut text = format!("{}:{}", sanitize(&self.path), self.line);
        let mut more = Vec::new();
        if self.written != "plain" {
            more.push(self.written.to_owned());
        }
        if let Some(commit) = &self.commit {
            more.push(format!("commit {}", commit.get(..12).unwrap_or(commit)));
        }
        match (self.in_head, self.reachable) {
            (Some(true), _) => more.push("still in HEAD".to_owned()),
            (_, Some(false)) => more.push("no ref leads to it".to_owned()),
            _ => {}
        }
        if !more.is_empty() {
            let _ = write!(text, " ({})", more.join(", "));
        }
        text
    }
}

/// The whole answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    schema_version: u32,
    complete: bool,
    texts: u64,
    issues: Vec<Trouble>,
    variables: Vec<Given>,
}

#[derive(Debug, Serialize)]
struct Trouble {
    path: String,
    what: String,
}

impl Answer {
    pub(super) fn new(texts: u64, issues: Vec<Issue>) -> Self {
        let issues = issues.into_iter().map(|issue| Trouble {
            path: issue.path,
            what: issue.what,
        });
        let issues: Vec<Trouble> = issues.collect();
        Self {
            schema_version: 1,
            complete: issues.is_empty(),
            texts,
            issues,
            variables: Vec::new(),
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn add(&mut self, given: Given) {
        self.variables.push(given);
    }

    /// 1 for a value that others know or can guess; 0 when every value that is set is known to be none; else 2.
    pub(super) fn exit(&self) -> Exit {
        let any =
            |test: &dyn Fn(State) -> bool| self.variables.iter().any(|given| test(given.state));
        if any(&|state| matches!(state, State::Held | State::Guessable | State::Published)) {
            Exit::Findings
        } else if any(&|state| state == State::Clear) && !any(&|state| state == State::Unknown) {
            Exit::Clean
        } else {
            Exit::Trouble
        }
    }

    pub(super) fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for given in &self.variables {
            let _ = write!(out, "{}", sanitize(&given.name));
            if let Some(part) = given.part {
                let _ = write!(out, ", value {part}");
            }
            let _ = writeln!(out, ": {}", given.state.words());
            for place in given.places.iter().take(MOST_PLACES) {
                let _ = writeln!(out, "  {}", place.words());
            }
            if given.places.len() > MOST_PLACES {
                let _ = writeln!(
                    out,
                    "  and in {} more files",
                    given.places.len() - MOST_PLACES
                );
            }
        }
        for issue in &self.issues {
            let _ = writeln!(
                out,
                "not looked at: {}: {}",
                sanitize(&issue.path),
                sanitize(&issue.what)
            );
        }
        if self
            .variables
            .iter()
            .all(|given| given.state == State::Unset)
        {
            out.push_str(
                "nothing that could be looked for is set; name the variables, or give --env-file\n",
            );
        }
        out
    }
}
