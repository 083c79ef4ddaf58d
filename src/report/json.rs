//! The JSON report: one indented document, `schema_version` 1, described by `leakey.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::record::{self, Coverage, Finding, Issue, Notice, Stale, Tool};
use super::{Reporter, SCHEMA_VERSION, View, escape};
use crate::finding::Report;

/// Writes the JSON report.
pub(super) struct Json;

#[derive(Serialize)]
struct Document<'r> {
    schema_version: u32,
    tool: Tool<'r>,
    complete: bool,
    coverage: Coverage,
    issues: Vec<Issue<'r>>,
    findings: Vec<Finding<'r>>,
    dropped: BTreeMap<&'static str, u64>,
    ignored: Vec<Notice<'r>>,
    stale: Vec<Stale<'r>>,
}

impl Reporter for Json {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let findings = report.findings.iter();
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: Tool::new(report),
            complete: report.complete(),
            coverage: Coverage::new(&report.coverage),
            issues: report.issues.iter().map(Issue::new).collect(),
            findings: findings.map(|f| Finding::new(f, view)).collect(),
            dropped: record::dropped(report),
            ignored: record::ignored(report),
            stale: record::stale(report),
        };
        escape::pretty(&document, out)
    }
}
