//! The figures of a report in words, for every format that people read.

use std::fmt::Write as _;

use super::words;
use crate::finding::{Coverage, Report};

/// `3 findings (2 count), 1 suppressed, 1 issue`
pub(super) fn findings(report: &Report) -> String {
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
pub(super) fn issues(report: &Report, one: &str, many: &str) -> String {
    words::count(report.issues.len() as u64, one, many)
}

/// `120 files, 3.4 MB; skipped 14 binary, 3 dependency folders`
pub(super) fn looked_at(coverage: &Coverage) -> String {
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
    let mut text = parts.join(", ");
    if !coverage.skipped.is_empty() {
        let skipped = coverage.skipped.iter();
        let skipped: Vec<_> = skipped.map(|(&skip, &n)| words::skipped(skip, n)).collect();
        let _ = write!(text, "; skipped {}", skipped.join(", "));
    }
    text
}
