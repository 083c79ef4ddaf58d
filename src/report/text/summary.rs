//! The end of the report: what was not scanned, what was looked at, and whether the scan is complete.

use std::fmt::Write as _;

use super::super::{sanitize, words};
use super::Page;
use super::wrap::wrap;
use crate::finding::{Coverage, Report};

impl Page<'_> {
    /// Notes, issues, one line of figures and, if need be, the warning that the scan is not complete.
    pub(super) fn summary(&self, report: &Report) -> String {
        let mut out = String::new();
        for note in &self.view.notes {
            self.paragraph("note: ", &sanitize(note), &mut out, str::to_owned);
        }
        if !report.issues.is_empty() {
            out.push_str(&self.paint.bad("not scanned:"));
            out.push('\n');
            for issue in &report.issues {
                let mut text = sanitize(&issue.what).into_owned();
                if !issue.path.is_empty() {
                    text = format!("{}: {text}", sanitize(&issue.path));
                }
                self.paragraph("  ", &text, &mut out, str::to_owned);
            }
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let paint = self.paint;
        let findings = findings(report);
        let nothing = report.findings.is_empty() && report.complete();
        let line = format!("{findings}{}", looked_at(&report.coverage));
        self.paragraph("", &line, &mut out, |line| {
            match line.strip_prefix(&findings) {
                Some(rest) if nothing => paint.good(&findings) + rest,
                Some(rest) => paint.strong(&findings) + rest,
                None => line.to_owned(),
            }
        });
        if self.view.verbose && !report.dropped.is_empty() {
            let dropped = report.dropped.iter();
            let dropped =
                dropped.map(|(reason, &n)| format!("{} {}", words::grouped(n), reason.name()));
            let line = format!("candidates dropped: {}", joined(dropped));
            self.paragraph("", &line, &mut out, |s| paint.dim(s));
        }
        if report.coverage.shallow {
            let line = "History is shallow in this clone: what lies before its first commit was not looked at.";
            self.paragraph("", line, &mut out, str::to_owned);
        }
        if !report.complete() {
            let inputs = issues(report, "input", "inputs");
            let line = format!(
                "This scan is NOT complete: {inputs} named above may hold keys that were not looked for."
            );
            self.paragraph("", &line, &mut out, |s| paint.bad(s));
        }
        out
    }

    /// Wraps `text` behind `lead`; `color` is applied to each line after wrapping.
    fn paragraph(&self, lead: &str, text: &str, out: &mut String, color: impl Fn(&str) -> String) {
        let mut indent = lead.to_owned();
        for line in wrap(text, self.width.saturating_sub(lead.len())) {
            out.push_str(&indent);
            out.push_str(&color(&line));
            out.push('\n');
            indent = " ".repeat(lead.len().max(2));
        }
    }
}

/// `3 findings (2 count), 1 suppressed, 1 issue`
fn findings(report: &Report) -> String {
    let suppressed = report.findings.iter().filter(|f| f.suppressed.is_some());
    let suppressed = suppressed.count();
    let open = report.findings.len() - suppressed;
    let mut text = if open == 0 {
        "No leaked keys found".to_owned()
    } else {
        let counting = report.counting();
        let count = if counting == 1 { "counts" } else { "count" };
        let counting = match counting {
            0 => "none counts".to_owned(),
            n => format!("{} {count}", words::grouped(n as u64)),
        };
        format!(
            "{} ({counting})",
            words::count(open as u64, "finding", "findings")
        )
    };
    if suppressed > 0 {
        let _ = write!(text, ", {} suppressed", words::grouped(suppressed as u64));
    }
    if !report.issues.is_empty() {
        let _ = write!(text, ", {}", issues(report, "issue", "issues"));
    }
    text
}

/// `1 issue`, `2 issues`
fn issues(report: &Report, one: &str, many: &str) -> String {
    words::count(report.issues.len() as u64, one, many)
}

/// `; 120 files, 3.4 MB; skipped 14 binary, 3 dependency folders`
fn looked_at(coverage: &Coverage) -> String {
    let mut parts = Vec::new();
    if coverage.files > 0 || (coverage.blobs == 0 && coverage.commits == 0) {
        parts.push(words::count(coverage.files, "file", "files"));
    }
    if coverage.commits > 0 {
        parts.push(words::count(coverage.commits, "commit", "commits"));
    }
    if coverage.blobs > 0 {
        parts.push(words::count(coverage.blobs, "blob", "blobs"));
    }
    parts.push(words::bytes(coverage.bytes));
    let mut text = format!("; {}", parts.join(", "));
    if !coverage.skipped.is_empty() {
        let skipped = coverage.skipped.iter();
        let skipped = skipped.map(|(&skip, &n)| words::skipped(skip, n));
        let _ = write!(text, "; skipped {}", joined(skipped));
    }
    text
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
