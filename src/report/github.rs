//! Annotations of GitHub Actions: workflow commands, a line each, that show findings beside the lines of a pull request.
//!
//! Commands and their escapes are those of GitHub's documentation
//! (<https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>) and of `@actions/core`.
//! GitHub shows ten errors, ten warnings and ten notices of a step: the most severe come first.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Reporter, View, figures, sanitize, words};
use crate::finding::{Finding, Issue, Report, Severity};

/// Writes workflow commands.
pub(super) struct Github;

impl Reporter for Github {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let shown = report.findings.iter().filter(|f| f.suppressed.is_none());
        let mut shown: Vec<_> = shown.collect();
        shown.sort_by_key(|finding| Reverse((finding.counts, finding.severity)));
        for issue in &report.issues {
            writeln!(out, "{}", trouble(issue))?;
        }
        for finding in shown {
            writeln!(out, "{}", annotation(finding, view))?;
        }
        writeln!(out, "{}", figures::findings(report))
    }
}

/// What GitHub calls a finding of that weight. Only what fails the step is an error or a warning.
fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if !finding.counts => "notice",
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low | Severity::Note => "warning",
    }
}

fn annotation(finding: &Finding, view: &View) -> String {
    let mut properties = Vec::new();
    let place = words::primary(finding).map(|i| &finding.occurrences[i]);
    if let Some(place) = place.filter(|place| words::is_file(place)) {
        properties.push(("file", place.path.clone()));
        properties.push(("line", place.start.line.to_string()));
        properties.push(("endLine", place.end.line.to_string()));
        // GitHub takes columns on a single line only.
        if place.start.line == place.end.line {
            properties.push(("col", place.start.column.to_string()));
            properties.push(("endColumn", place.end.column.to_string()));
        }
    }
    properties.push((
        "title",
        format!("{}: {}", finding.severity.name(), words::headline(finding)),
    ));
    let mut lines = vec![format!("{} [{}]", words::value(finding), finding.rule)];
    if let Some(place) = place.filter(|place| !words::is_file(place)) {
        lines.push(format!("At {}", words::position(place)));
    }
    lines.extend(words::kind(finding));
    if !finding.counts {
        lines.push(words::uncounted(finding, view.profile));
    }
    let allows = words::sentence(&words::allows(finding));
    if !allows.is_empty() {
        lines.push(format!("Allows: {allows}"));
    }
    let remedy = finding.remedy.trim().lines();
    lines.extend(remedy.map(|line| format!("To do: {}", line.trim())));
    command(level(finding), &properties, &lines)
}

fn trouble(issue: &Issue) -> String {
    let mut properties = Vec::new();
    if !issue.path.is_empty() && !issue.path.starts_with(':') {
        properties.push(("file", issue.path.clone()));
    }
    properties.push(("title", "leakey: not complete".into()));
    let text = if issue.path.is_empty() {
        issue.what.clone()
    } else {
        format!("{}: {}", issue.path, issue.what)
    };
    command("error", &properties, &[text])
}

/// `::error file=a.py,line=3::text`, with line breaks in the text.
fn command(name: &str, properties: &[(&str, String)], lines: &[String]) -> String {
    let mut out = format!("::{name}");
    for (i, (key, value)) in properties.iter().enumerate() {
        let between = if i == 0 { ' ' } else { ',' };
        let value = data(value).replace(':', "%3A").replace(',', "%2C");
        let _ = write!(out, "{between}{key}={value}");
    }
    let lines: Vec<_> = lines.iter().map(|line| data(line)).collect();
    let _ = write!(out, "::{}", lines.join("%0A"));
    out
}

/// Text of a command. Line breaks are gone once it is harmless, so that only `%` is left to escape.
fn data(text: &str) -> String {
    sanitize(text).replace('%', "%25")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_end_neither_property_nor_command() {
        let properties = [("file", "a,b:c%0A::d\n::error::x".to_owned())];
        assert_eq!(
            command("notice", &properties, &["1%\n2".into(), "3::".into()]),
            "::notice file=a%2Cb%3Ac%250A%3A%3Ad\\n%3A%3Aerror%3A%3Ax::1%25\\n2%0A3::"
        );
    }
}
