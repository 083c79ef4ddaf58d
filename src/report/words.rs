//! Wording that more than one format for people uses.

use std::fmt::Write as _;

use super::time::date;
use crate::finding::{
    CommitInfo, Confidence, Finding, Kind, LifeStatus, Lifeline, Occurrence, Skip, SourceKind,
    Suppression,
};

/// The place to show first: accepted by nobody, as exposed as the finding says, still there, and in a file; the first
/// of those that have the most of it, in this order.
pub(super) fn primary(finding: &Finding) -> Option<usize> {
    let shortcomings = |occurrence: &Occurrence| {
        let origin = &occurrence.origin;
        (
            occurrence.suppressed.is_some(),
            occurrence.context != finding.context,
            origin.reachable == Some(false),
            origin.in_head == Some(false),
            matches!(
                origin.source,
                SourceKind::CommitMessage | SourceKind::TagMessage | SourceKind::Reflog
            ),
        )
    };
    let places = finding.occurrences.iter().enumerate();
    // Of equals, `min_by_key` takes the first.
    let best = places.min_by_key(|(_, occurrence)| shortcomings(occurrence));
    best.map(|(i, _)| i)
}

/// Title and name of the key: `Django secret key in SECRET_KEY`.
pub(super) fn headline(finding: &Finding) -> String {
    let mut line = finding.title.clone();
    if !finding.key.is_empty() {
        line.push_str(" in ");
        line.push_str(&finding.key);
    }
    line
}

/// Length and likely origin of the value: `50 characters, looks like Django's generator`.
pub(super) fn value(finding: &Finding) -> String {
    let length = finding.secret.length();
    let unit = match (finding.secret.reveal_text().is_some(), length) {
        (true, 1) => "character",
        (true, _) => "characters",
        (false, 1) => "byte",
        (false, _) => "bytes",
    };
    let looks = match finding.generator {
        "" | "unknown" => return format!("{length} {unit}"),
        "django" => "looks like Django's generator",
        "hex" => "looks like random hex",
        "laravel" => "looks like a key of Laravel's generator",
        "base62" => "looks like random letters and digits",
        "ascii" => "looks like random characters",
        "base64" => "looks like random base64",
        "base64url" => "looks like random base64url",
        "uuid" => "looks like a UUID",
        "human" => "looks chosen by a person",
        other => return format!("{length} {unit}, looks like the output of {other}"),
    };
    format!("{length} {unit}, {looks}")
}

/// What the key allows, with the facts that decide it.
pub(super) fn allows(finding: &Finding) -> String {
    format!("{} {}", finding.impact, finding.details)
        .trim()
        .to_owned()
}

/// What a kind other than leak means.
pub(super) fn kind(finding: &Finding) -> Option<String> {
    match (finding.kind, finding.published.as_deref()) {
        (Kind::Leak, _) => None,
        (Kind::Weak, _) => Some("weak: a placeholder, or easy to guess".into()),
        (Kind::Published, None) => Some("published: anyone can know this value".into()),
        (Kind::Published, Some(place)) => {
            Some(format!("published: anyone can know this value ({place})"))
        }
    }
}

/// What history says about a place that is not simply there.
pub(super) fn presence(occurrence: &Occurrence) -> Option<&'static str> {
    let origin = &occurrence.origin;
    match (origin.reachable, origin.in_tip, origin.in_head) {
        (Some(false), _, _) => Some("unreachable"),
        (_, Some(true), Some(false)) => Some("not in HEAD"),
        (_, _, Some(false)) => Some("in history only"),
        _ => None,
    }
}

/// `50 characters, looks like Django's generator; high confidence, production`
pub(super) fn judged(finding: &Finding) -> String {
    let confidence = match finding.confidence {
        Confidence::Confirmed => "confirmed by a token".to_owned(),
        other => format!("{} confidence", other.name()),
    };
    format!(
        "{}; {confidence}, {}",
        value(finding),
        finding.context.name()
    )
}

/// Who accepted a place or a finding.
pub(super) fn accepted(suppressed: &Suppression) -> String {
    match suppressed.by {
        "inline" => "accepted by a comment".into(),
        "config" => "accepted by the configuration".into(),
        by => format!("accepted by the {by}"),
    }
}

/// What is different at another place of a finding, not escaped.
pub(super) fn differences(place: &Occurrence, finding: &Finding) -> Vec<String> {
    let mut differences = Vec::new();
    if place.key != finding.key && !place.key.is_empty() {
        differences.push(format!("as {}", place.key));
    }
    if place.context != finding.context {
        differences.push(place.context.name().to_owned());
    }
    if let Some(commit) = &place.origin.commit {
        differences.push(commit_line(commit, false));
    }
    differences.extend(presence(place).map(str::to_owned));
    differences.extend(place.suppressed.as_ref().map(accepted));
    differences
}

/// Why a finding does not count.
pub(super) fn uncounted(finding: &Finding, profile: &str) -> String {
    let Some(suppressed) = &finding.suppressed else {
        return format!("does not count under profile {profile}");
    };
    let mut text = accepted(suppressed);
    match &suppressed.reason {
        Some(reason) => text = format!("{text}: {reason}"),
        None if suppressed.by == "inline" => text.push_str(", no reason given"),
        None => {}
    }
    if let Some(until) = &suppressed.until {
        text = format!("{text} (until {until})");
    }
    text
}

/// `path:line:column`, as editors and terminals understand it.
pub(super) fn position(place: &Occurrence) -> String {
    format!("{}:{}:{}", place.path, place.start.line, place.start.column)
}

/// Whether a place is in a file, not in a message, a log or standard input.
pub(super) fn is_file(place: &Occurrence) -> bool {
    matches!(
        place.origin.source,
        SourceKind::Worktree | SourceKind::Index | SourceKind::Commit
    ) && !place.path.starts_with(':')
}

/// `1a2b3c4d5e of 2024-02-29 by Ann <ann@example.org>`
pub(super) fn commit_line(commit: &CommitInfo, author: bool) -> String {
    let mut text = short(&commit.id).to_owned();
    if let Some(date) = date(commit.seconds, commit.offset_minutes) {
        let _ = write!(text, " of {date}");
    }
    if author && !commit.author.is_empty() {
        let _ = write!(text, " by {}", commit.author);
    }
    text
}

/// `first in 1a2b3c4d5e of 2024-02-29; removed in …; in its place: 0f1e2d3c4b; …`, with fingerprints in their first digits
pub(super) fn history(lifeline: &Lifeline) -> String {
    let mut parts = Vec::new();
    if let Some(first) = &lifeline.first {
        parts.push(format!("first in {}", commit_line(first, false)));
    }
    if let Some(removed) = &lifeline.removed {
        parts.push(format!("removed in {}", commit_line(removed, false)));
    }
    if !lifeline.replaced_by.is_empty() {
        let others: Vec<_> = lifeline.replaced_by.iter().map(|id| short(id)).collect();
        parts.push(format!("in its place: {}", others.join(", ")));
    }
    let known = lifeline.removed.is_some() || !lifeline.replaced_by.is_empty();
    parts.push(match (lifeline.status, lifeline.in_head) {
        (LifeStatus::Exposed, true) => "still in HEAD".into(),
        (LifeStatus::Exposed, false) => "not in HEAD, but some ref holds it".into(),
        (LifeStatus::Fallback, _) => "kept as a key that is still accepted".into(),
        (LifeStatus::NearVariant, _) => {
            "what took its place can be told from it, so it counts as known".into()
        }
        (LifeStatus::Replaced, _) => "what took its place leaked too".into(),
        (LifeStatus::Removed, _) if known => {
            "removed is not replaced: until it is, where it is used, it is lost".into()
        }
        (LifeStatus::Removed, _) => "no ref holds it, but earlier commits do".into(),
        (LifeStatus::Staged, _) => "staged; no commit that a ref leads to holds it".into(),
        (LifeStatus::Unreachable, _) => "no ref leads to it, but the objects are there".into(),
    });
    parts.join("; ")
}

/// The first digits of an object id, as git abbreviates it in large repositories.
pub(super) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// `text` as a sentence: with a capital where it begins with a plain word, and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let word = text.split([' ', ',', ';']).next().unwrap_or_default();
    let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let mut out = String::with_capacity(text.len() + 1);
    match text.chars().next().filter(|_| plain) {
        Some(first) => {
            out.push(first.to_ascii_uppercase());
            out.push_str(&text[1..]);
        }
        None => out.push_str(text),
    }
    if !text.is_empty() && !text.ends_with(['.', '!', '?', ':']) {
        out.push('.');
    }
    out
}

/// `1 file`, `2 files`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// A number with a comma every three digits.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes in decimal units.
pub(crate) fn bytes(n: u64) -> String {
    let mut value = n as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if value < 999.5 {
            return match unit {
                "bytes" => format!("{n} {}", if n == 1 { "byte" } else { "bytes" }),
                _ if value < 9.95 => format!("{value:.1} {unit}"),
                _ => format!("{value:.0} {unit}"),
            };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

/// A reason to leave something out, after a number.
pub(super) fn skipped(skip: Skip, n: u64) -> String {
    let (one, many) = match skip {
        Skip::Binary => ("binary", "binary"),
        Skip::Archive => ("archive", "archives"),
        Skip::GitIgnored => ("git-ignored", "git-ignored"),
        Skip::SymbolicLink => ("symbolic link", "symbolic links"),
        Skip::DependencyFolder => ("dependency folder", "dependency folders"),
        Skip::GitFolder => (".git folder", ".git folders"),
        Skip::Filtered => ("excluded", "excluded"),
        Skip::Special => ("special file", "special files"),
        Skip::Submodule => ("submodule", "submodules"),
    };
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(3_400_000), "3.4 MB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert_eq!(bytes(12_345_678_901), "12 GB");
        assert_eq!(bytes(u64::MAX), "18446744.1 TB");
    }

    #[test]
    fn sentences_end() {
        assert_eq!(sentence("rotate it"), "Rotate it.");
        assert_eq!(
            sentence("secret_key_base, a key"),
            "secret_key_base, a key."
        );
        assert_eq!(sentence("über"), "über.");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence("Rotate it. "), "Rotate it.");
        assert_eq!(short("abc"), "abc");
    }
}
