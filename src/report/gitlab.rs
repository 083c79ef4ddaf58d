//! GitLab's secret detection report, version 15.1.4 of its schema, as `artifacts:reports:secret_detection` takes it.
//!
//! One vulnerability per finding, at its main place; the other places are in its details. Accepted findings are left
//! out: the format cannot say that something was accepted, and GitLab would open them again. The value of a secret is
//! in no field (GitLab's own analyser fills `raw_source_code_extract` with it).
//!
//! Schema: <https://gitlab.com/gitlab-org/security-products/security-report-schemas>.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Reporter, View, escape, sanitize, time, words};
use crate::finding::{Finding, Occurrence, Report, Severity};

/// The schema this report keeps to.
const VERSION: &str = "15.1.4";
const SCHEMA: &str = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.1.4/dist/secret-detection-report-format.json";

/// What GitLab's own analyser writes for a file that is in no commit yet; the schema demands a commit.
const NO_COMMIT: &str = "0000000";

/// Lengths in characters that the schema allows.
const LONGEST_NAME: usize = 255;
const LONGEST_SOLUTION: usize = 7000;
const LONGEST_DESCRIPTION: usize = 1_048_576;

/// Writes the report.
pub(super) struct Gitlab;

impl Reporter for Gitlab {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let shown = report.findings.iter().filter(|f| f.suppressed.is_none());
        let vulnerabilities: Vec<_> = shown
            .map(|finding| vulnerability(finding, view.profile))
            .collect();
        let document = json!({
            "version": VERSION,
            "schema": SCHEMA,
            "scan": scan(report, view),
            "vulnerabilities": vulnerabilities,
        });
        escape::pretty(&document, out)
    }
}

/// The run: what did it, when, and whether it looked at everything.
fn scan(report: &Report, view: &View) -> Value {
    let tool = json!({
        "id": env!("CARGO_PKG_NAME"),
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "vendor": {"name": env!("CARGO_PKG_NAME")},
    });
    let mut messages: Vec<_> = report
        .issues
        .iter()
        .map(|issue| {
            let text = if issue.path.is_empty() {
                issue.what.clone()
            } else {
                format!("{}: {}", issue.path, issue.what)
            };
            json!({"level": "warn", "value": sanitize(&text)})
        })
        .collect();
    let notes = view.notes.iter();
    messages.extend(notes.map(|note| json!({"level": "info", "value": sanitize(note)})));
    json!({
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": time::utc(view.started),
        "end_time": time::utc(view.finished),
        "status": if report.complete() { "success" } else { "failure" },
        "messages": messages,
    })
}

fn vulnerability(finding: &Finding, profile: &str) -> Value {
    let primary = words::primary(finding);
    let mut value = Map::new();
    let mut set = |name: &str, field: Value| value.insert(name.to_owned(), field);
    set("id", uuid(&finding.fingerprint).into());
    // GitLab groups by name: it is to say nothing of the single finding.
    set("name", cut(&sanitize(&finding.title), LONGEST_NAME).into());
    set(
        "description",
        cut(&description(finding, profile), LONGEST_DESCRIPTION).into(),
    );
    set("severity", severity(finding.severity).into());
    let remedy: Vec<_> = finding.remedy.trim().lines().map(markdown).collect();
    if !finding.remedy.is_empty() {
        set("solution", cut(&remedy.join("\n"), LONGEST_SOLUTION).into());
    }
    set(
        "identifiers",
        json!([{
            "type": "leakey_rule_id",
            "name": format!("leakey rule {}", finding.rule),
            "value": finding.rule,
        }]),
    );
    let links = finding.references.iter();
    let links = links.filter(|link| link.starts_with("https://") || link.starts_with("http://"));
    set("links", links.map(|link| json!({"url": link})).collect());
    if let Some(place) = primary.map(|i| &finding.occurrences[i]) {
        set("tracking", tracking(finding, place));
        set("location", location(place));
    } else {
        set("location", json!({"commit": {"sha": NO_COMMIT}}));
    }
    let others: Vec<Value> = finding
        .occurrences
        .iter()
        .enumerate()
        .filter(|&(i, place)| Some(i) != primary && words::is_file(place))
        .map(|(_, place)| {
            json!({
                "type": "file-location",
                "file_name": sanitize(&place.path),
                "line_start": place.start.line,
                "line_end": place.end.line,
            })
        })
        .collect();
    if !others.is_empty() {
        set(
            "details",
            json!({"places": {"name": "Also at", "type": "list", "items": others}}),
        );
    }
    Value::Object(value)
}

/// What was found and what it allows, in GitLab Flavored Markdown.
fn description(finding: &Finding, profile: &str) -> String {
    let mut parts = vec![format!(
        "{} under the name {}: {}; {} confidence, {}.",
        markdown(&finding.title),
        code(&finding.key),
        markdown(&words::value(finding)),
        finding.confidence.name(),
        finding.context.name(),
    )];
    parts.extend(words::kind(finding).map(|kind| markdown(&words::sentence(&kind))));
    if !finding.counts {
        parts.push(markdown(&words::sentence(&words::uncounted(
            finding, profile,
        ))));
    }
    let allows = words::sentence(&words::allows(finding));
    if !allows.is_empty() {
        parts.push(format!("What it allows: {}", markdown(&allows)));
    }
    let elsewhere = finding.occurrences.iter().filter(|o| !words::is_file(o));
    parts.extend(elsewhere.map(|place| format!("At {}.", code(&words::position(place)))));
    parts.join("\n\n")
}

/// GitLab knows a finding again by this, whatever its line.
fn tracking(finding: &Finding, place: &Occurrence) -> Value {
    json!({
        "type": "source",
        "items": [{
            "file": sanitize(&place.path),
            "start_line": place.start.line,
            "end_line": place.end.line,
            "signatures": [{"algorithm": "hash", "value": finding.fingerprint}],
        }],
    })
}

fn location(place: &Occurrence) -> Value {
    let mut commit = json!({"sha": NO_COMMIT});
    if let Some(info) = &place.origin.commit {
        commit["sha"] = info.id.as_str().into();
        commit["author"] = sanitize(&info.author).into();
        if let Some(date) = time::rfc3339(info.seconds, info.offset_minutes) {
            commit["date"] = date.into();
        }
    }
    json!({
        "file": sanitize(&place.path),
        "start_line": place.start.line,
        "end_line": place.end.line,
        "commit": commit,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Note => "Info",
    }
}

/// A fingerprint in the form of a UUID of version 8 (RFC 9562, section 5.8): the digits for version and variant give way.
fn uuid(fingerprint: &str) -> String {
    let part = |from, to| fingerprint.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// Text in which nothing is markup, mention or reference.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in sanitize(text).chars() {
        // CommonMark lets every ASCII punctuation be escaped; these mean something somewhere inside a line.
        if "\\`*_{}[]<>#!@|~$&^%".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span (`CommonMark` 0.31, section 6.1), in which nothing is markup, fenced with more backticks than stand inside.
fn code(text: &str) -> String {
    let text = sanitize(text);
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

/// At most `most` characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 3).collect();
    format!("{kept}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_repository_stay_text() {
        assert_eq!(markdown("a_b @all <b> #1"), "a\\_b \\@all \\<b\\> \\#1");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code("K"), "` K `");
    }

    #[test]
    fn fingerprints_become_uuids() {
        assert_eq!(
            uuid("00112233445566778899aabbccddeeff"),
            "00112233-4455-8677-8899-aabbccddeeff"
        );
        assert_eq!(cut("abcdef", 5), "ab...");
        assert_eq!(cut("abcde", 5), "abcde");
    }
}
