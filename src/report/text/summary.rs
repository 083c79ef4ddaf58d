//! The end of the report: what was not scanned, what was looked at, and whether the scan is complete.

use super::super::{figures, sanitize, words};
use super::Page;
use super::wrap::wrap;
use crate::finding::Report;

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
        let findings = figures::findings(report);
        let nothing = report.findings.is_empty() && report.complete();
        let line = format!("{findings}; {}", figures::looked_at(&report.coverage));
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
            let dropped: Vec<_> = dropped.collect();
            let line = format!("candidates dropped: {}", dropped.join(", "));
            self.paragraph("", &line, &mut out, |s| paint.dim(s));
        }
        if report.coverage.shallow {
            let line = "History is shallow in this clone: what lies before its first commit was not looked at.";
            self.paragraph("", line, &mut out, str::to_owned);
        }
        if !report.complete() {
            let inputs = figures::issues(report, "input", "inputs");
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
