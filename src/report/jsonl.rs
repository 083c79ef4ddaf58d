//! JSON lines: the JSON report in pieces, for tools that read a line at a time.
//!
//! Each line is one object with a `type`:
//!
//! 1. `meta`, first: `schema_version`, `tool`.
//! 2. `finding`, any number, in the order of the report: the same fields as an element of `findings` there.
//! 3. `issue`, any number: `path`, `what`.
//! 4. `summary`, last: `complete`, `coverage`, `dropped`, `ignored`, `stale` as in the JSON report, and `counts` (`findings`, `counting`,
//!    `suppressed`, `issues`). A reader that never sees it knows that the output was cut short.
//!
//! The lines are described by `$defs/line` in `leakey.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::record::{self, Coverage, Finding, Issue, Notice, Stale, Tool};
use super::{Reporter, SCHEMA_VERSION, View, escape};
use crate::finding::Report;

/// Writes JSON lines.
pub(super) struct Jsonl;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Meta {
        schema_version: u32,
        tool: Tool<'r>,
    },
    Finding(Box<Finding<'r>>),
    Issue(Issue<'r>),
    Summary {
        complete: bool,
        coverage: Coverage,
        dropped: BTreeMap<&'static str, u64>,
        counts: Counts,
        ignored: Vec<Notice<'r>>,
        stale: Vec<Stale<'r>>,
    },
}

#[derive(Serialize)]
struct Counts {
    findings: usize,
    counting: usize,
    suppressed: usize,
    issues: usize,
}

impl Reporter for Jsonl {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let meta = Line::Meta {
            schema_version: SCHEMA_VERSION,
            tool: Tool::new(report),
        };
        escape::compact(&meta, out)?;
        for finding in &report.findings {
            let line = Line::Finding(Box::new(Finding::new(finding, view)));
            escape::compact(&line, out)?;
        }
        for issue in &report.issues {
            escape::compact(&Line::Issue(Issue::new(issue)), out)?;
        }
        let findings = report.findings.iter();
        let summary = Line::Summary {
            complete: report.complete(),
            coverage: Coverage::new(&report.coverage),
            dropped: record::dropped(report),
            counts: Counts {
                findings: report.findings.len(),
                counting: report.counting(),
                suppressed: findings.filter(|f| f.suppressed.is_some()).count(),
                issues: report.issues.len(),
            },
            ignored: record::ignored(report),
            stale: record::stale(report),
        };
        escape::compact(&summary, out)
    }
}
