//! Reports: a [`Report`] in, bytes out.
//!
//! A format is one [`Reporter`] in one file (or folder) of its own, a variant of [`OutputFormat`] and an arm of its
//! `reporter`. Reporters read finished findings: they judge nothing, know neither rules nor sources, never print,
//! and hold a secret only where [`View::show_secrets`] asks for it. What comes from the scanned repository is made
//! harmless on the way out, by [`sanitize()`] for people and by JSON escapes for programs.

mod escape;
mod figures;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod markup;
mod record;
mod sanitize;
mod sarif;
mod text;
mod time;
mod words;

pub use sanitize::sanitize;
pub(crate) use words::{bytes, grouped};

use std::io::{self, Write};

use crate::finding::{Class, Report, Severity};

/// Version of the JSON report and of the JSON lines, raised when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes a report in one format.
pub trait Reporter {
    /// Writes the whole of `report` to `out`. The same report and view give the same bytes.
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()>;
}

/// How a report is shown; everything a reporter needs beside the report.
#[derive(Clone, Debug)]
pub struct View {
    /// Put the secrets in. Off unless the user asked for it.
    pub show_secrets: bool,
    /// Use ANSI colours (text only).
    pub color: bool,
    /// Columns to fill (text only).
    pub width: usize,
    /// Tell more: suppressed findings, references, what was dropped (text only).
    pub verbose: bool,
    /// Name of the profile in force.
    pub profile: &'static str,
    /// The rules that have a finding, in any order.
    pub rules: Vec<RuleInfo>,
    /// When the scan began and ended, seconds since 1970; formats that demand it or are kept as a record tell it.
    pub started: i64,
    /// See [`View::started`].
    pub finished: i64,
    /// Remarks about the run for the reader, such as configuration that was ignored.
    pub notes: Vec<String>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            show_secrets: false,
            color: false,
            width: 80,
            verbose: false,
            profile: "ci",
            rules: Vec::new(),
            started: 0,
            finished: 0,
            notes: Vec::new(),
        }
    }
}

/// What a report tells about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Stable id, for example `django-secret-key`.
    pub id: String,
    /// What it finds, in a few words.
    pub title: String,
    /// What sort of secret it is about.
    pub class: Class,
    /// Severity of a real leak in production.
    pub severity: Severity,
    /// What the key allows in general.
    pub impact: String,
    /// What to do, in order.
    pub remedy: String,
    /// Addresses of documentation.
    pub references: Vec<String>,
    /// What it finds, in a sentence or two.
    pub description: String,
}

/// The formats a report can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// JSON lines.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// GitLab's secret detection report.
    Gitlab,
    /// `JUnit` XML.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// A web page.
    Html,
}

impl OutputFormat {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Gitlab,
        Self::Junit,
        Self::Github,
        Self::Html,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Html => "html",
        }
    }

    /// The format of that name.
    ///
    /// ```
    /// use leakey::report::OutputFormat;
    /// assert_eq!(OutputFormat::parse("sarif"), Some(OutputFormat::Sarif));
    /// assert_eq!(OutputFormat::parse("xml"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What writes it.
    pub fn reporter(self) -> &'static dyn Reporter {
        match self {
            Self::Text => &text::Text,
            Self::Json => &json::Json,
            Self::Jsonl => &jsonl::Jsonl,
            Self::Sarif => &sarif::Sarif,
            Self::Gitlab => &gitlab::Gitlab,
            Self::Junit => &junit::Junit,
            Self::Github => &github::Github,
            Self::Html => &html::Html,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_parses_its_own_name() {
        for format in OutputFormat::ALL {
            assert_eq!(OutputFormat::parse(format.name()), Some(format));
        }
    }
}
