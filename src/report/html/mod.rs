//! The report as one web page: nothing is loaded, no script runs, and it prints.
//!
//! The page holds names and lines of a repository that may be hostile. Every text goes through [`escaped`], attributes
//! are always quoted, links lead to `https:` only, and a policy (`Content-Security-Policy`, CSP level 3) allows nothing
//! but the page's own style sheet.

mod finding;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::markup::escaped;
use super::{Reporter, View, figures, time, words};
use crate::finding::{Report, Severity};

/// Writes the page.
pub(super) struct Html;

const STYLE: &str = include_str!("style.css");

impl Reporter for Html {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>leakey: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>",
            escaped(&figures::findings(report))
        )?;
        out.write_all(head(report, view).as_bytes())?;
        out.write_all(issues(report).as_bytes())?;
        if report.findings.is_empty() {
            let text = if report.complete() {
                "No leaked keys were found."
            } else {
                "No leaked keys were found in what could be looked at."
            };
            writeln!(out, "<main>\n<p class=\"nothing\">{text}</p>\n</main>")?;
        } else {
            out.write_all(overview(report).as_bytes())?;
            writeln!(out, "<main>")?;
            for (number, finding) in report.findings.iter().enumerate() {
                out.write_all(finding::article(finding, number + 1, view).as_bytes())?;
            }
            writeln!(out, "</main>")?;
        }
        out.write_all(foot(report).as_bytes())?;
        writeln!(out, "</body>\n</html>")
    }
}

/// What the scan came to, and what it looked at.
fn head(report: &Report, view: &View) -> String {
    let (class, verdict) = match (report.counting(), report.complete()) {
        (0, true) => ("good", "clean"),
        (0, false) => ("bad", "not complete"),
        (_, true) => ("bad", "leaked keys"),
        (_, false) => ("bad", "leaked keys, and not complete"),
    };
    let mut out = format!(
        "<header>\n<h1>leakey <span class=\"verdict {class}\">{verdict}</span></h1>\n<p class=\"outcome\">{}</p>\n<p>Looked at: {}. Profile {}. {}</p>\n",
        escaped(&figures::findings(report)),
        escaped(&figures::looked_at(&report.coverage)),
        escaped(view.profile),
        moment(view.started)
    );
    if report.coverage.shallow {
        out.push_str("<p>History is shallow in this clone: what lies before its first commit was not looked at.</p>\n");
    }
    for note in &view.notes {
        let _ = writeln!(out, "<p>Note: {}</p>", escaped(note));
    }
    out.push_str("</header>\n");
    out
}

/// When the scan began.
fn moment(seconds: i64) -> String {
    let text = time::utc(seconds);
    format!(
        "<time datetime=\"{text}Z\">{} UTC</time>.",
        text.replace('T', " ")
    )
}

/// What could not be looked at.
fn issues(report: &Report) -> String {
    if report.issues.is_empty() {
        return String::new();
    }
    let count = figures::issues(report, "input was", "inputs were");
    let mut out = format!(
        "<section class=\"issues\" aria-label=\"Not scanned\">\n<h2>{count} not scanned</h2>\n<p>They may hold keys that were not looked for.</p>\n<ul>\n"
    );
    for issue in &report.issues {
        out.push_str("<li>");
        if !issue.path.is_empty() {
            let _ = write!(out, "<code>{}</code>: ", escaped(&issue.path));
        }
        let _ = writeln!(out, "{}</li>", escaped(&issue.what));
    }
    out.push_str("</ul>\n</section>\n");
    out
}

/// A table of all findings, and the boxes that hide some. The style sheet does the hiding: no script is needed.
fn overview(report: &Report) -> String {
    let mut out = String::from("<section class=\"overview\" aria-label=\"Overview\">\n<p>\n");
    for (id, label, any) in [
        (
            "uncounted",
            "Show what does not count",
            (report.findings.iter()).any(|f| !f.counts && f.suppressed.is_none()),
        ),
        (
            "accepted",
            "Show what is accepted",
            report.findings.iter().any(|f| f.suppressed.is_some()),
        ),
    ] {
        if any {
            let _ = writeln!(
                out,
                "<label><input type=\"checkbox\" id=\"{id}\" checked> {label}</label>"
            );
        }
    }
    out.push_str("</p>\n<table>\n<thead><tr><th>Severity</th><th>What</th><th>Where</th><th>Places</th></tr></thead>\n<tbody>\n");
    for (number, finding) in report.findings.iter().enumerate() {
        let place = words::primary(finding).map(|i| words::position(&finding.occurrences[i]));
        let _ = writeln!(
            out,
            "<tr class=\"{}\"><td>{}</td><td><a href=\"#f{}\">{}</a></td><td><code>{}</code></td><td>{}</td></tr>",
            finding::state(finding),
            badge(finding.severity),
            number + 1,
            escaped(&words::headline(finding)),
            escaped(&place.unwrap_or_default()),
            words::grouped(finding.occurrences.len() as u64)
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
    out
}

fn badge(severity: Severity) -> String {
    let name = severity.name();
    format!("<span class=\"badge {name}\">{name}</span>")
}

fn foot(report: &Report) -> String {
    format!(
        "<footer>{} {}, rules {}. Secrets are left out unless a note beside one says otherwise.</footer>\n",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        escaped(&report.rules_hash)
    )
}
