//! The records of the JSON report and of the JSON lines, field by field as `docs/output.md` and
//! `leakey.schema.json` publish them.
//!
//! They are written out here, apart from the types of `finding`, so that a change inside the program cannot change
//! what scripts read. The order of the fields is the order in the output.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{View, time::rfc3339};
use crate::finding;

#[derive(Serialize)]
pub(super) struct Tool<'r> {
    name: &'static str,
    version: &'static str,
    rules_hash: &'r str,
}

impl<'r> Tool<'r> {
    pub(super) fn new(report: &'r finding::Report) -> Self {
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            rules_hash: &report.rules_hash,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Coverage {
    files: u64,
    blobs: u64,
    commits: u64,
    bytes: u64,
    skipped: BTreeMap<&'static str, u64>,
    shallow: bool,
}

impl Coverage {
    pub(super) fn new(coverage: &finding::Coverage) -> Self {
        let skipped = coverage.skipped.iter().map(|(skip, &n)| (skip.name(), n));
        Self {
            files: coverage.files,
            blobs: coverage.blobs,
            commits: coverage.commits,
            bytes: coverage.bytes,
            skipped: skipped.collect(),
            shallow: coverage.shallow,
        }
    }
}

/// Candidates dropped, by reason.
pub(super) fn dropped(report: &finding::Report) -> BTreeMap<&'static str, u64> {
    let dropped = report.dropped.iter();
    dropped.map(|(reason, &n)| (reason.name(), n)).collect()
}

#[derive(Serialize)]
pub(super) struct Issue<'r> {
    path: &'r str,
    what: &'r str,
}

impl<'r> Issue<'r> {
    pub(super) fn new(issue: &'r finding::Issue) -> Self {
        Self {
            path: &issue.path,
            what: &issue.what,
        }
    }
}

/// Something that asked to be obeyed and was not.
#[derive(Serialize)]
pub(super) struct Notice<'r> {
    path: &'r str,
    line: Option<usize>,
    what: &'r str,
}

/// All of them.
pub(super) fn ignored(report: &finding::Report) -> Vec<Notice<'_>> {
    let ignored = report.ignored.iter();
    ignored
        .map(|notice| Notice {
            path: &notice.path,
            line: notice.line,
            what: &notice.what,
        })
        .collect()
}

/// A suppression of no use.
#[derive(Serialize)]
pub(super) struct Stale<'r> {
    path: &'r str,
    line: usize,
    kind: &'static str,
    what: &'r str,
}

/// All of them.
pub(super) fn stale(report: &finding::Report) -> Vec<Stale<'_>> {
    let stale = report.stale.iter();
    stale
        .map(|stale| Stale {
            path: &stale.path,
            line: stale.line,
            kind: stale.kind.name(),
            what: &stale.what,
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct Finding<'r> {
    fingerprint: &'r str,
    rule: &'r str,
    title: &'r str,
    framework: Option<&'r str>,
    class: &'static str,
    kind: &'static str,
    context: &'static str,
    counts: bool,
    severity: &'static str,
    confidence: &'static str,
    key: &'r str,
    secret: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<&'r str>,
    occurrences: Vec<Occurrence<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifeline: Option<Lifeline<'r>>,
    impact: String,
    remedy: &'r str,
    evidence: Vec<Evidence<'r>>,
    suppressed: Option<Suppression<'r>>,
}

impl<'r> Finding<'r> {
    pub(super) fn new(finding: &'r finding::Finding, view: &View) -> Self {
        let published = (finding.kind == finding::Kind::Published)
            .then_some(finding.published.as_deref())
            .flatten();
        let evidence = finding.evidence.iter().map(|evidence| Evidence {
            scheme: &evidence.scheme,
            place: &evidence.place,
        });
        Self {
            fingerprint: &finding.fingerprint,
            rule: &finding.rule,
            title: &finding.title,
            framework: finding.framework.as_deref(),
            class: finding.class.name(),
            kind: finding.kind.name(),
            context: finding.context.name(),
            counts: finding.counts,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            key: &finding.key,
            secret: Secret::new(finding, view),
            published,
            occurrences: finding.occurrences.iter().map(Occurrence::new).collect(),
            lifeline: finding.lifeline.as_ref().map(Lifeline::new),
            impact: super::words::allows(finding),
            remedy: &finding.remedy,
            evidence: evidence.collect(),
            suppressed: finding.suppressed.as_ref().map(Suppression::new),
        }
    }
}

#[derive(Serialize)]
struct Secret {
    length: usize,
    generator: &'static str,
    redacted: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Told even where the value is not: it also says that `length` counts bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

impl Secret {
    fn new(finding: &finding::Finding, view: &View) -> Self {
        let secret = &finding.secret;
        let (value, encoding) = secret.reveal_encoded();
        Self {
            length: secret.length(),
            generator: finding.generator,
            redacted: secret.redacted(),
            value: view.show_secrets.then_some(value),
            encoding,
        }
    }
}

#[derive(Serialize)]
struct Occurrence<'r> {
    path: &'r str,
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    key: &'r str,
    context: &'static str,
    suppressed: Option<Suppression<'r>>,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reachable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_head: Option<bool>,
}

impl<'r> Occurrence<'r> {
    fn new(occurrence: &'r finding::Occurrence) -> Self {
        let origin = &occurrence.origin;
        let commit = origin.commit.as_ref();
        Self {
            path: &occurrence.path,
            start_line: occurrence.start.line,
            start_column: occurrence.start.column,
            end_line: occurrence.end.line,
            end_column: occurrence.end.column,
            key: &occurrence.key,
            context: occurrence.context.name(),
            suppressed: occurrence.suppressed.as_ref().map(Suppression::new),
            origin: origin.source.name(),
            commit: commit.map(|commit| commit.id.as_str()),
            time: commit.and_then(|commit| rfc3339(commit.seconds, commit.offset_minutes)),
            author: commit.map(|commit| commit.author.as_str()),
            reachable: origin.reachable,
            in_head: origin.in_head,
        }
    }
}

#[derive(Serialize)]
struct Lifeline<'r> {
    first: Option<Event<'r>>,
    removed: Option<Event<'r>>,
    in_head: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    replaced_by: &'r [String],
}

impl<'r> Lifeline<'r> {
    fn new(lifeline: &'r finding::Lifeline) -> Self {
        Self {
            first: lifeline.first.as_ref().map(Event::new),
            removed: lifeline.removed.as_ref().map(Event::new),
            in_head: lifeline.in_head,
            status: lifeline.status.name(),
            replaced_by: &lifeline.replaced_by,
        }
    }
}

#[derive(Serialize)]
struct Event<'r> {
    commit: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

impl<'r> Event<'r> {
    fn new(commit: &'r finding::CommitInfo) -> Self {
        Self {
            commit: &commit.id,
            time: rfc3339(commit.seconds, commit.offset_minutes),
        }
    }
}

#[derive(Serialize)]
struct Evidence<'r> {
    scheme: &'r str,
    #[serde(rename = "where")]
    place: &'r str,
}

#[derive(Serialize)]
struct Suppression<'r> {
    by: &'static str,
    reason: Option<&'r str>,
    until: Option<&'r str>,
}

impl<'r> Suppression<'r> {
    fn new(suppression: &'r finding::Suppression) -> Self {
        Self {
            by: suppression.by,
            reason: suppression.reason.as_deref(),
            until: suppression.until.as_deref(),
        }
    }
}
