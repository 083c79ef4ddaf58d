//! One finding: headline, place, code frame, and what a reader should know and do.

use std::fmt::Write as _;

use super::super::{sanitize, words};
use super::Page;
use super::wrap::wrap;
use crate::finding::{Finding, Kind, Occurrence};

/// Other places listed with a finding.
const LISTED: usize = 5;

/// Begins the further lines of a headline.
const CONTINUED: &str = "  ";

/// Columns of a label with its colon.
const LABEL: usize = 8;

impl Page<'_> {
    /// The whole block, without an empty line after it; `advised` is an earlier one with the same advice.
    pub(super) fn finding(&self, finding: &Finding, advised: Option<&Finding>) -> String {
        let mut out = self.headline(finding);
        let primary = words::primary(finding);
        let place = primary.map(|i| &finding.occurrences[i]);
        let lines = place.map_or(&[][..], |place| &place.frame.lines);
        let last = lines.iter().map(|line| line.number).max().unwrap_or(1);
        let gutter = last.to_string().len();
        if let Some(place) = place {
            let arrow = self.paint.gutter(&format!("{:gutter$}-->", ""));
            let _ = writeln!(out, "{arrow} {}", sanitize(&words::position(place)));
            if !lines.is_empty() {
                self.frame(&place.frame, gutter, &mut out);
            }
        }
        let others = finding.occurrences.iter().enumerate();
        let others = others.filter(|&(i, _)| Some(i) != primary).map(|(_, o)| o);
        for (label, text) in self.facts(finding, place, &others.collect::<Vec<_>>()) {
            self.fact(gutter, label, &text, &mut out);
        }
        for (label, text) in advice(finding, advised) {
            self.fact(gutter, label, &text, &mut out);
        }
        if self.view.verbose {
            for reference in &finding.references {
                self.fact(gutter, "see", &sanitized(reference), &mut out);
            }
            self.fact(gutter, "id", &sanitized(&finding.fingerprint), &mut out);
        }
        out
    }

    /// `note: Django secret key in SECRET_KEY (weak, does not count) [django-secret-key]`
    fn headline(&self, finding: &Finding) -> String {
        let severity = finding.severity.name();
        let mut marks = Vec::new();
        if finding.kind != Kind::Leak {
            marks.push(finding.kind.name());
        }
        if finding.suppressed.is_some() {
            marks.push("suppressed");
        } else if !finding.counts {
            marks.push("does not count");
        }
        let marks = match marks.join(", ") {
            none if none.is_empty() => none,
            marks => format!(" ({marks})"),
        };
        let title = sanitize(&words::headline(finding)).into_owned();
        let rule = format!("[{}]", sanitize(&finding.rule));
        let plain = format!("{severity}: {title}{marks} {rule}");
        let mut lines = wrap(&plain, self.width);
        if lines.len() > 1 {
            lines = wrap(&plain, self.width - CONTINUED.len());
        }
        let mut lines = lines.into_iter();
        // Colours go in after wrapping, by what each line begins with.
        let first = lines.next().unwrap_or_default();
        let after = first.strip_prefix(severity).unwrap_or(&first);
        let mut out = self.paint.severity(finding.severity, severity);
        out.push_str(&self.paint.strong(after));
        out.push('\n');
        for line in lines {
            let _ = writeln!(out, "{CONTINUED}{}", self.paint.strong(&line));
        }
        out
    }

    /// A labelled paragraph below the frame, wrapped and aligned.
    fn fact(&self, gutter: usize, label: &str, text: &str, out: &mut String) {
        let indent = gutter + 3 + LABEL + 1;
        // A secret is there to be copied: it stays on one line.
        let room = match label {
            "secret" => usize::MAX,
            _ => self.width.saturating_sub(indent),
        };
        let mut label = Some(label);
        for line in wrap(text, room) {
            if let Some(label) = label.take() {
                let equals = self.paint.gutter(&format!("{:gutter$} =", ""));
                let label = self
                    .paint
                    .strong(&format!("{:LABEL$}", format!("{label}:")));
                let _ = writeln!(out, "{equals} {label} {line}");
            } else {
                let _ = writeln!(out, "{:indent$}{line}", "");
            }
        }
    }

    fn facts(
        &self,
        finding: &Finding,
        place: Option<&Occurrence>,
        others: &[&Occurrence],
    ) -> Vec<(&'static str, String)> {
        let mut facts = vec![("value", words::judged(finding))];
        let mut say = |label, text: String| facts.push((label, sanitized(&text)));
        if self.view.show_secrets {
            let (value, encoding) = finding.secret.reveal_encoded();
            let encoding = encoding.map_or(String::new(), |name| format!(" ({name})"));
            say("secret", format!("{}{encoding}", sanitize(&value)));
        }
        if let Some(kind) = words::kind(finding) {
            say("kind", kind);
        }
        if !finding.counts {
            say("note", words::uncounted(finding, self.view.profile));
        }
        if let Some(commit) = place.and_then(|place| place.origin.commit.as_ref()) {
            let presence = place.and_then(words::presence);
            let presence = presence.map_or(String::new(), |p| format!(" ({p})"));
            say(
                "commit",
                format!("{}{presence}", words::commit_line(commit, true)),
            );
        } else if let Some(presence) = place.and_then(words::presence) {
            say("note", presence.into());
        }
        if let Some(lifeline) = &finding.lifeline {
            say("history", words::history(lifeline));
        }
        let mut places: Vec<_> = others
            .iter()
            .take(LISTED)
            .map(|o| elsewhere(o, finding))
            .collect();
        if others.len() > LISTED {
            let more = (others.len() - LISTED) as u64;
            places.push(format!(
                "and {}",
                words::count(more, "more place", "more places")
            ));
        }
        if !places.is_empty() {
            facts.push(("also at", places.join("\n")));
        }
        let mut say = |label, text: String| facts.push((label, sanitized(&text)));
        for evidence in &finding.evidence {
            say(
                "proof",
                format!("it signs {} at {}", evidence.scheme, evidence.place),
            );
        }
        facts
    }
}

/// What the key allows and what to do, or where that has been said.
fn advice(finding: &Finding, advised: Option<&Finding>) -> Vec<(&'static str, String)> {
    let place = advised.and_then(|earlier| {
        let place = &earlier.occurrences[words::primary(earlier)?];
        Some(format!("as for {}, above", words::position(place)))
    });
    if let Some(place) = place {
        return vec![("advice", place)];
    }
    [("allows", &finding.impact), ("to do", &finding.remedy)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| (label, lines(text)))
        .collect()
}

/// Harmless text; line breaks become spaces, for a label begins a paragraph.
fn sanitized(text: &str) -> String {
    sanitize(&text.replace('\n', " ")).into_owned()
}

/// Harmless text whose line breaks stay: steps of a remedy may stand on lines of their own.
fn lines(text: &str) -> String {
    let lines = text.trim().lines().map(sanitize);
    lines.collect::<Vec<_>>().join("\n")
}

/// Another place, with what is different there.
fn elsewhere(place: &Occurrence, finding: &Finding) -> String {
    let differences = words::differences(place, finding);
    let position = sanitize(&words::position(place)).into_owned();
    if differences.is_empty() {
        position
    } else {
        format!("{position} ({})", sanitized(&differences.join(", ")))
    }
}
