//! A finding as a `result` (§3.27).

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::{sanitize, time::rfc3339, words};
use super::{level, uri};
use crate::finding::{Finding, Frame, Occurrence, Suppression};

/// Locations GitHub takes for one result, related ones included; it refuses the file if there are more.
const MAX_LOCATIONS: usize = 1000;

/// Other places named in the message itself. GitHub shows a related location only where the message links to it.
const LINKED: usize = 5;

/// The name under which the fingerprint is stored, versioned as §3.27.17 recommends.
const FINGERPRINT: &str = "leakey/v1";

pub(super) fn result(finding: &Finding, rule_index: Option<usize>) -> Value {
    let primary = words::primary(finding);
    let others: Vec<&Occurrence> = finding
        .occurrences
        .iter()
        .enumerate()
        .filter(|&(i, _)| Some(i) != primary)
        .map(|(_, occurrence)| occurrence)
        .collect();
    let listed = &others[..others.len().min(MAX_LOCATIONS - 1)];

    let mut result = Map::new();
    let mut set = |name: &str, value: Value| result.insert(name.to_owned(), value);
    set("ruleId", finding.rule.as_str().into());
    if let Some(index) = rule_index {
        set("ruleIndex", index.into());
    }
    set("level", level(finding.severity).into());
    set(
        "message",
        json!({"text": text(finding, &others, listed.len())}),
    );
    let locations = primary.map(|i| location(&finding.occurrences[i], None));
    set("locations", locations.into_iter().collect());
    if !listed.is_empty() {
        let related = listed.iter().enumerate();
        set(
            "relatedLocations",
            related.map(|(i, o)| location(o, Some(i + 1))).collect(),
        );
    }
    set(
        "fingerprints",
        json!({FINGERPRINT: finding.fingerprint.as_str()}),
    );
    // GitHub tells alerts apart by `primaryLocationLineHash`. Left to itself, the upload action makes one from the
    // text of the line: two keys on a line are then one alert, and a key that moves is a new one.
    set(
        "partialFingerprints",
        json!({
            FINGERPRINT: finding.fingerprint.as_str(),
            "primaryLocationLineHash": format!("{}:1", finding.fingerprint),
        }),
    );
    // §3.27.23: where one result says whether it is suppressed, all have to. An empty list says that it is not.
    set(
        "suppressions",
        finding.suppressed.iter().map(suppression).collect(),
    );
    set("properties", properties(finding));
    Value::Object(result)
}

/// What a reader of the alert needs first. The places after it are links to related locations (§3.11.6).
fn text(finding: &Finding, others: &[&Occurrence], listed: usize) -> String {
    let mut text = format!(
        "{}: {}",
        message(&words::headline(finding)),
        words::value(finding)
    );
    if let Some(kind) = words::kind(finding) {
        text.push_str("; ");
        text.push_str(&message(&kind));
    }
    text.push('.');
    if !finding.impact.is_empty() {
        text.push(' ');
        text.push_str(&message(&words::sentence(&words::allows(finding))));
    }
    for (i, occurrence) in others.iter().take(LINKED).enumerate() {
        text.push_str(if i == 0 { " Also at " } else { ", " });
        let place = format!("{}:{}", occurrence.path, occurrence.start.line);
        let _ = write!(text, "[{}]({})", message(&place), i + 1);
    }
    if others.len() > LINKED {
        let more = (others.len() - LINKED) as u64;
        let more = words::count(more, "more place", "more places");
        let _ = write!(text, " and {more}");
    }
    if !others.is_empty() {
        text.push('.');
    }
    if others.len() > listed {
        let first = words::grouped(listed as u64 + 1);
        let _ = write!(text, " Only the first {first} places are listed here.");
    }
    text
}

/// Text for a message: harmless, and with no brackets that would read as a link (§3.11.6).
pub(super) fn message(text: &str) -> Cow<'_, str> {
    let text = sanitize(text);
    if text.contains(['[', ']']) {
        Cow::Owned(text.replace('[', "\\[").replace(']', "\\]"))
    } else {
        text
    }
}

/// A `location` (§3.28); related ones have an `id` to be linked to.
fn location(occurrence: &Occurrence, id: Option<usize>) -> Value {
    let mut region = json!({
        "startLine": occurrence.start.line,
        "startColumn": occurrence.start.column,
        "endLine": occurrence.end.line,
        "endColumn": occurrence.end.column,
    });
    if let Some(text) = snippet(&occurrence.frame) {
        region["snippet"] = json!({"text": text});
    }
    let mut location = Map::new();
    if let Some(id) = id {
        location.insert("id".into(), id.into());
    }
    let artifact = uri::artifact(&occurrence.path);
    location.insert(
        "physicalLocation".into(),
        json!({"artifactLocation": artifact, "region": region}),
    );
    if id.is_some() {
        let text = format!("also here, as {}", occurrence.key);
        location.insert("message".into(), json!({"text": message(&text)}));
    }
    location.insert("properties".into(), place(occurrence));
    Value::Object(location)
}

/// The lines of the frame, which are redacted.
fn snippet(frame: &Frame) -> Option<String> {
    let lines: Vec<_> = frame.lines.iter().map(|line| line.text.as_str()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What SARIF has no field for, per place.
fn place(occurrence: &Occurrence) -> Value {
    let origin = &occurrence.origin;
    let mut bag = json!({
        "key": occurrence.key,
        "context": occurrence.context.name(),
        "origin": origin.source.name(),
    });
    if let Some(commit) = &origin.commit {
        bag["commit"] = commit.id.as_str().into();
        if let Some(time) = rfc3339(commit.seconds, commit.offset_minutes) {
            bag["time"] = time.into();
        }
        bag["author"] = commit.author.as_str().into();
    }
    if let Some(reachable) = origin.reachable {
        bag["reachable"] = reachable.into();
    }
    if let Some(in_head) = origin.in_head {
        bag["inHead"] = in_head.into();
    }
    if let Some(suppressed) = &occurrence.suppressed {
        bag["suppressed"] = suppressed.by.into();
    }
    bag
}

/// A `suppression` (§3.35).
fn suppression(suppressed: &Suppression) -> Value {
    let kind = match suppressed.by {
        "inline" => "inSource",
        _ => "external",
    };
    let mut value = json!({"kind": kind, "status": "accepted"});
    if let Some(reason) = &suppressed.reason {
        value["justification"] = sanitize(reason).into();
    }
    value["properties"] = json!({"by": suppressed.by});
    if let Some(until) = &suppressed.until {
        value["properties"]["until"] = until.as_str().into();
    }
    value
}

/// What SARIF has no field for, per finding.
fn properties(finding: &Finding) -> Value {
    let mut bag = json!({
        "kind": finding.kind.name(),
        "context": finding.context.name(),
        "class": finding.class.name(),
        "severity": finding.severity.name(),
        "confidence": finding.confidence.name(),
        "counts": finding.counts,
        "key": finding.key,
        "length": finding.secret.length(),
        "generator": finding.generator,
        "remedy": finding.remedy,
    });
    if let Some(framework) = &finding.framework {
        bag["framework"] = framework.as_str().into();
    }
    if let Some(lifeline) = &finding.lifeline {
        bag["status"] = lifeline.status.name().into();
    }
    let proofs = finding.evidence.iter().map(|e| e.scheme.as_str());
    let proofs: Vec<_> = proofs.collect();
    if !proofs.is_empty() {
        bag["evidence"] = proofs.into();
    }
    bag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_no_links() {
        assert_eq!(message("config['KEY'](1)"), "config\\['KEY'\\](1)");
        assert!(matches!(message("plain (1)"), Cow::Borrowed(_)));
    }
}
