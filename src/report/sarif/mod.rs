//! SARIF 2.1.0, kept to what GitHub's code scanning takes.
//!
//! One run. One result per finding: its main place is the location, all others are related locations. Accepted
//! findings stay, as suppressed results, so that alerts do not flap. A scan that is not complete says
//! `executionSuccessful: false` with a notification for each reason. No part ever holds a secret.
//!
//! Sections are those of the specification
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>); limits are GitHub's
//! (<https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>).

mod result;
mod rule;
mod uri;

use std::cmp::Reverse;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Reporter, View, escape, record, words};
use crate::finding::{Finding, Report, Severity};

/// The schema of SARIF 2.1.0 with its errata, as OASIS publishes it.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Results GitHub takes in one run; it refuses the file if there are more.
const MAX_RESULTS: usize = 25_000;

/// Writes SARIF.
pub(super) struct Sarif;

impl Reporter for Sarif {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let kept = most_severe(&report.findings, MAX_RESULTS);
        let rules = rule::table(&kept, view);
        let results: Vec<_> = kept
            .iter()
            .map(|finding| result::result(finding, rules.index(&finding.rule)))
            .collect();
        let log = json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": driver(&rules)},
                "invocations": [invocation(report, view, report.findings.len() - kept.len())],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "complete": report.complete(),
                    "profile": view.profile,
                    "rulesHash": report.rules_hash,
                    "coverage": record::Coverage::new(&report.coverage),
                    "dropped": record::dropped(report),
                },
            }],
        });
        escape::pretty(&log, out)
    }
}

/// The tool (§3.19). Where to learn more is told once the package says where it lives.
fn driver(rules: &rule::Table<'_>) -> Value {
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
    });
    let homes = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    if let Some(home) = homes.into_iter().find(|home| !home.is_empty()) {
        driver["informationUri"] = home.into();
    }
    driver["rules"] = rules.descriptors();
    driver
}

/// How the run went (§3.20): one error for each input that could not be read.
fn invocation(report: &Report, view: &View, left_out: usize) -> Value {
    let mut notifications: Vec<_> = report
        .issues
        .iter()
        .map(|issue| {
            let mut notification = notification("error", &issue.what);
            if !issue.path.is_empty() {
                let artifact = uri::artifact(&issue.path);
                notification["locations"] =
                    json!([{"physicalLocation": {"artifactLocation": artifact}}]);
            }
            notification
        })
        .collect();
    if left_out > 0 {
        let text = format!(
            "{} left out: code scanning takes at most {} results. The most severe were kept; the JSON report has \
             all of them.",
            words::count(left_out as u64, "finding was", "findings were"),
            words::grouped(MAX_RESULTS as u64)
        );
        notifications.push(notification("warning", &text));
    }
    notifications.extend(view.notes.iter().map(|note| notification("note", note)));
    json!({
        "executionSuccessful": report.complete(),
        "toolExecutionNotifications": notifications,
    })
}

fn notification(level: &str, text: &str) -> Value {
    json!({"level": level, "message": {"text": result::message(text)}})
}

/// SARIF's level (§3.27.10) for a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Note => "note",
    }
}

/// At most `limit` findings: those that count before those that do not, then the most severe; in the order of the
/// report.
fn most_severe(findings: &[Finding], limit: usize) -> Vec<&Finding> {
    let mut indices: Vec<usize> = (0..findings.len()).collect();
    if indices.len() > limit {
        indices.sort_by_key(|&i| Reverse((findings[i].counts, findings[i].severity)));
        indices.truncate(limit);
        indices.sort_unstable();
    }
    indices.into_iter().map(|i| &findings[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Class, Confidence, Context, Kind};
    use crate::secret::Secret;

    fn finding(severity: Severity, counts: bool) -> Finding {
        Finding {
            fingerprint: "0".repeat(32),
            rule: "r".into(),
            title: "Key".into(),
            framework: None,
            class: Class::SigningKey,
            kind: Kind::Leak,
            context: Context::Production,
            counts,
            severity,
            confidence: Confidence::High,
            key: "K".into(),
            secret: Secret::new("x"),
            generator: "human",
            published: None,
            occurrences: Vec::new(),
            lifeline: None,
            impact: String::new(),
            details: String::new(),
            remedy: String::new(),
            references: Vec::new(),
            evidence: Vec::new(),
            suppressed: None,
        }
    }

    #[test]
    fn the_most_severe_are_kept_in_order() {
        let findings = [
            finding(Severity::Low, true),
            finding(Severity::Critical, false),
            finding(Severity::High, true),
            finding(Severity::Low, true),
        ];
        let kept = |limit| -> Vec<_> {
            let kept = most_severe(&findings, limit);
            kept.iter().map(|f| f.severity).collect()
        };
        assert_eq!(kept(4).len(), 4);
        assert_eq!(kept(2), [Severity::Low, Severity::High]);
        assert_eq!(kept(0), []);
    }

    #[test]
    fn a_cut_report_says_so() {
        let report = Report {
            findings: vec![finding(Severity::Low, true); MAX_RESULTS + 2],
            ..Report::default()
        };
        let mut out = Vec::new();
        Sarif.write(&report, &View::default(), &mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), MAX_RESULTS);
        let note = &run["invocations"][0]["toolExecutionNotifications"][0];
        let text = note["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("2 findings were left out"), "{text}");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    }
}
