//! `JUnit` XML, for CI servers that show tests.
//!
//! A finding is a test case: one that counts has failed, any other is skipped and says why. An issue is a test case
//! with an error. A scan that found nothing is one case that passed, since servers take an empty suite for a mistake.
//! There is no standard; elements and attributes are those that Jenkins, GitLab, Azure and `CircleCI` read in common
//! (the schema of Jenkins' xUnit plugin, `junit-10.xsd`).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::markup::escaped;
use super::{Reporter, View, words};
use crate::finding::{Finding, Issue, Report};

/// Writes `JUnit` XML.
pub(super) struct Junit;

/// The suite, and the class of cases that are about no rule.
const NAME: &str = env!("CARGO_PKG_NAME");

impl Reporter for Junit {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let failures = report.counting();
        let errors = report.issues.len();
        let skipped = report.findings.len() - failures;
        let cases = (report.findings.len() + errors).max(1);
        let totals = format!(
            "name=\"{NAME}\" tests=\"{cases}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\""
        );
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        // Jenkins' schema has no `skipped` on the outermost element.
        let outer = totals.replace(&format!(" skipped=\"{skipped}\""), "");
        writeln!(out, "<testsuites {outer}>\n  <testsuite {totals}>")?;
        for finding in &report.findings {
            out.write_all(case(finding, view).as_bytes())?;
        }
        for issue in &report.issues {
            out.write_all(error(issue).as_bytes())?;
        }
        if report.findings.is_empty() && report.issues.is_empty() {
            writeln!(
                out,
                "    <testcase classname=\"{NAME}\" name=\"no leaked key found\" time=\"0\"/>"
            )?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

/// A finding.
fn case(finding: &Finding, view: &View) -> String {
    let place = words::primary(finding).map(|i| &finding.occurrences[i]);
    let mut name = words::headline(finding);
    let mut file = String::new();
    if let Some(place) = place {
        let _ = write!(name, " at {}:{}", place.path, place.start.line);
        if words::is_file(place) {
            file = format!(
                " file=\"{}\" line=\"{}\"",
                escaped(&place.path),
                place.start.line
            );
        }
    }
    let mut out = format!(
        "    <testcase classname=\"{NAME}.{}\" name=\"{}\"{file} time=\"0\">\n",
        escaped(&finding.rule),
        escaped(&name)
    );
    if finding.counts {
        let _ = writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            escaped(&finding.rule),
            escaped(&format!(
                "{}: {}, {}",
                finding.severity.name(),
                words::headline(finding),
                words::value(finding)
            )),
            body(finding)
        );
    } else {
        let _ = writeln!(
            out,
            "      <skipped message=\"{}\"/>",
            escaped(&words::uncounted(finding, view.profile))
        );
    }
    out.push_str("    </testcase>\n");
    out
}

/// Every place, what the key allows and what to do, a line each.
fn body(finding: &Finding) -> String {
    let mut lines: Vec<String> = finding.occurrences.iter().map(words::position).collect();
    lines.extend(words::kind(finding));
    let allows = words::sentence(&words::allows(finding));
    if !allows.is_empty() {
        lines.push(format!("Allows: {allows}"));
    }
    let remedy = finding.remedy.trim().lines();
    lines.extend(remedy.map(|line| format!("To do: {}", line.trim())));
    let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("\n")
}

/// An input that could not be looked at.
fn error(issue: &Issue) -> String {
    let name = if issue.path.is_empty() {
        "not complete".to_owned()
    } else {
        format!("not complete: {}", issue.path)
    };
    format!(
        "    <testcase classname=\"{NAME}\" name=\"{}\" time=\"0\">\n      <error type=\"incomplete\" message=\"{}\"/>\n    </testcase>\n",
        escaped(&name),
        escaped(&issue.what)
    )
}
