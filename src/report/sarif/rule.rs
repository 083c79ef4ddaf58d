//! The rules of a run (`reportingDescriptor`, §3.49), as GitHub shows them beside an alert.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::{RuleInfo, View, words};
use super::level;
use crate::finding::{Class, Finding};

/// Characters GitHub shows of a rule's short and full description.
const MAX_DESCRIPTION: usize = 1024;

/// The rules with a result, sorted by id, each once.
pub(super) struct Table<'r>(Vec<Entry<'r>>);

enum Entry<'r> {
    Known(&'r RuleInfo),
    /// A rule the view says nothing about: what its first finding tells has to do.
    Guessed(&'r Finding),
}

impl Entry<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Known(rule) => &rule.id,
            Self::Guessed(finding) => &finding.rule,
        }
    }
}

/// Collects the rules of `findings`. GitHub refuses a run that describes a rule twice.
pub(super) fn table<'r>(findings: &[&'r Finding], view: &'r View) -> Table<'r> {
    let mut entries: Vec<_> = view.rules.iter().map(Entry::Known).collect();
    entries.extend(findings.iter().map(|finding| Entry::Guessed(finding)));
    // The sort is stable: what the view knows stays first and survives.
    entries.sort_by(|a, b| a.id().cmp(b.id()));
    entries.dedup_by(|a, b| a.id() == b.id());
    Table(entries)
}

impl Table<'_> {
    /// The index of a rule; every rule of the findings is in the table.
    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.0.binary_search_by(|entry| entry.id().cmp(id)).ok()
    }

    pub(super) fn descriptors(&self) -> Value {
        self.0.iter().map(descriptor).collect()
    }
}

fn descriptor(entry: &Entry<'_>) -> Value {
    let (title, description, impact, remedy, references, class, severity) = match *entry {
        Entry::Known(rule) => (
            &rule.title,
            &rule.description,
            &rule.impact,
            &rule.remedy,
            &rule.references,
            rule.class,
            rule.severity,
        ),
        Entry::Guessed(finding) => (
            &finding.title,
            &finding.title,
            &finding.impact,
            &finding.remedy,
            &finding.references,
            finding.class,
            finding.severity,
        ),
    };
    let description = if description.trim().is_empty() {
        title
    } else {
        description
    };
    let mut text = format!(
        "What it allows: {}\nWhat to do: {}",
        words::sentence(impact),
        words::sentence(remedy)
    );
    let mut markdown = format!(
        "**What it allows.** {}\n\n**What to do.** {}",
        words::sentence(impact),
        words::sentence(remedy)
    );
    for (i, reference) in references.iter().enumerate() {
        text.push_str("\nSee ");
        text.push_str(reference);
        markdown.push_str(if i == 0 { "\n\n- " } else { "\n- " });
        if is_address(reference) {
            let _ = write!(markdown, "<{reference}>");
        } else {
            markdown.push_str(reference);
        }
    }
    let mut descriptor = json!({
        "id": entry.id(),
        "name": pascal(entry.id()),
        "shortDescription": {"text": cut(title)},
        "fullDescription": {"text": cut(&words::sentence(description))},
        "help": {"text": text, "markdown": markdown},
    });
    if let Some(address) = references.iter().find(|reference| is_address(reference)) {
        descriptor["helpUri"] = address.as_str().into();
    }
    descriptor["defaultConfiguration"] = json!({"level": level(severity)});
    descriptor["properties"] = json!({
        "precision": precision(class),
        "problem.severity": level(severity).replace("note", "recommendation"),
        "security-severity": severity.score(),
        "tags": ["security", cwe(class)],
    });
    descriptor
}

/// The weakness, in the form GitHub reads:
/// <https://cwe.mitre.org/data/definitions/321.html> hard-coded cryptographic key, 798 hard-coded credentials.
fn cwe(class: Class) -> &'static str {
    match class {
        Class::SigningKey | Class::PrivateKey => "external/cwe/cwe-321",
        Class::Credential => "external/cwe/cwe-798",
    }
}

/// How often an alert is right, which GitHub sorts by. Of a rule, not of a finding: it must not change between runs.
fn precision(class: Class) -> &'static str {
    match class {
        Class::PrivateKey => "very-high",
        Class::SigningKey => "high",
        Class::Credential => "medium",
    }
}

/// A rule's id in Pascal case, which the specification asks of a name (§3.49.7).
fn pascal(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric());
    words
        .flat_map(|word| {
            let mut rest = word.chars();
            let first = rest.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(rest)
        })
        .collect()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_DESCRIPTION).collect()
}

/// Whether a reference can stand where a URI must.
fn is_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && text.len() > "https://".len()
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}[]%".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(pascal("django-secret-key"), "DjangoSecretKey");
        assert_eq!(pascal("aspnet.machine_key-2"), "AspnetMachineKey2");
        assert!(is_address("https://example.org/a#b"));
        assert!(!is_address("https://example.org/a b"));
        assert!(!is_address("RFC 6265"));
    }
}
