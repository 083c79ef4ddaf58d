//! One finding on the page.

use std::fmt::Write as _;

use super::super::markup::escaped;
use super::super::{View, words};
use super::badge;
use crate::finding::{Finding, Frame, FrameLine, Kind, Occurrence};

/// Places listed; beyond, the JSON report has them.
const LISTED: usize = 200;

/// The class that says whether it counts.
pub(super) fn state(finding: &Finding) -> &'static str {
    match (finding.counts, &finding.suppressed) {
        (true, _) => "counts",
        (false, Some(_)) => "accepted",
        (false, None) => "uncounted",
    }
}

/// Headline, code frame and facts of the finding with that number.
pub(super) fn article(finding: &Finding, number: usize, view: &View) -> String {
    let primary = words::primary(finding);
    let place = primary.map(|i| &finding.occurrences[i]);
    let mut out = format!(
        "<article id=\"f{number}\" class=\"{}\">\n<h2>{} {}{}</h2>\n",
        state(finding),
        badge(finding.severity),
        escaped(&words::headline(finding)),
        marks(finding)
    );
    if let Some(place) = place {
        let _ = writeln!(
            out,
            "<p class=\"place\"><code>{}</code> <span class=\"rule\">{}</span></p>",
            escaped(&words::position(place)),
            escaped(&finding.rule)
        );
        out.push_str(&frame(&place.frame));
    }
    out.push_str("<dl>\n");
    for (label, text) in facts(finding, place, view) {
        let _ = writeln!(out, "<dt>{label}</dt><dd>{text}</dd>");
    }
    let others: Vec<_> = (finding.occurrences.iter().enumerate())
        .filter(|&(i, _)| Some(i) != primary)
        .map(|(_, place)| place)
        .collect();
    if !others.is_empty() {
        let _ = writeln!(out, "<dt>Also at</dt><dd>{}</dd>", places(&others, finding));
    }
    out.push_str("</dl>\n</article>\n");
    out
}

/// What the headline says of kind and weight.
fn marks(finding: &Finding) -> String {
    let mut out = String::new();
    if finding.kind != Kind::Leak {
        let _ = write!(out, " <span class=\"mark\">{}</span>", finding.kind.name());
    }
    if finding.suppressed.is_some() {
        out.push_str(" <span class=\"mark\">accepted</span>");
    } else if !finding.counts {
        out.push_str(" <span class=\"mark\">does not count</span>");
    }
    out
}

/// The redacted lines, with what stands for the secret marked.
fn frame(frame: &Frame) -> String {
    if frame.lines.is_empty() {
        return String::new();
    }
    let mut out = String::from("<pre>");
    for line in &frame.lines {
        let _ = writeln!(
            out,
            "<span class=\"number\">{:>5}</span> {}",
            line.number,
            marked(line)
        );
    }
    out.push_str("</pre>\n");
    out
}

fn marked(line: &FrameLine) -> String {
    let parts = line.mark.and_then(|(start, end)| {
        Some((
            line.text.get(..start)?,
            line.text.get(start..end)?,
            line.text.get(end..)?,
        ))
    });
    match parts {
        Some((before, secret, after)) => format!(
            "{}<mark>{}</mark>{}",
            shown(before),
            shown(secret),
            shown(after)
        ),
        None => shown(&line.text),
    }
}

/// A part of a line; tabs become spaces, since escapes of them would be read as text of the file.
fn shown(text: &str) -> String {
    escaped(&text.replace('\t', "    "))
}

fn facts(
    finding: &Finding,
    place: Option<&Occurrence>,
    view: &View,
) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Value", escaped(&words::judged(finding)))];
    if view.show_secrets {
        let (value, encoding) = finding.secret.reveal_encoded();
        let encoding = encoding.map_or(String::new(), |name| format!(" ({name})"));
        facts.push((
            "Secret",
            format!("<code>{}</code>{encoding}", escaped(&value)),
        ));
    }
    let mut say = |label, text: &str| {
        if !text.is_empty() {
            facts.push((label, paragraphs(text)));
        }
    };
    say("Kind", &words::kind(finding).unwrap_or_default());
    if !finding.counts {
        say(
            "Note",
            &words::sentence(&words::uncounted(finding, view.profile)),
        );
    }
    if let Some(place) = place {
        let mut parts = Vec::new();
        if let Some(commit) = &place.origin.commit {
            parts.push(words::commit_line(commit, true));
        }
        parts.extend(words::presence(place).map(str::to_owned));
        say("Commit", &parts.join(", "));
    }
    if let Some(lifeline) = &finding.lifeline {
        say("History", &words::history(lifeline));
    }
    for evidence in &finding.evidence {
        let text = format!("it signs {} at {}", evidence.scheme, evidence.place);
        say("Proof", &text);
    }
    say("Allows", &words::sentence(&words::allows(finding)));
    say("To do", &finding.remedy);
    for reference in &finding.references {
        let text = escaped(reference);
        let link = if reference.starts_with("https://") {
            format!("<a href=\"{text}\" rel=\"noreferrer\">{text}</a>")
        } else {
            text
        };
        facts.push(("See", link));
    }
    facts.push((
        "Fingerprint",
        format!("<code>{}</code>", escaped(&finding.fingerprint)),
    ));
    facts
}

/// Lines of a text, each escaped, with breaks between them.
fn paragraphs(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(escaped).collect();
    lines.join("<br>")
}

fn places(others: &[&Occurrence], finding: &Finding) -> String {
    let mut out = String::from("<ul>\n");
    for place in others.iter().take(LISTED) {
        let _ = write!(out, "<li><code>{}</code>", escaped(&words::position(place)));
        let differences = words::differences(place, finding);
        if !differences.is_empty() {
            let _ = write!(out, " ({})", escaped(&differences.join(", ")));
        }
        out.push_str("</li>\n");
    }
    if others.len() > LISTED {
        let more = (others.len() - LISTED) as u64;
        let more = words::count(more, "more place", "more places");
        let _ = writeln!(out, "<li>and {more}, which the JSON report lists</li>");
    }
    out.push_str("</ul>");
    out
}
