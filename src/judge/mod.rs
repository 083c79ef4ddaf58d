//! Judgement: what a candidate is worth, with the reason.
//!
//! An ordered list of tests, one file for each sort of reason; the first that speaks decides. Templates and references are
//! recognised by the whole value, never by a part of it: one random Django key in ten holds `$(`, `%(` or `}}` somewhere.

mod context;
mod gitleaks;
mod placeholder;
mod prose;
mod reference;
mod words;

pub use context::context;
pub use gitleaks::settle;

use crate::detect::Candidate;
use crate::finding::{Class, Confidence, Context, Kind, Reason};
use crate::format::{Place, Slot};
use crate::rule::{Folded, RuleSet, Target};

/// What a candidate turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Report it.
    Keep(Judged),
    /// Do not, because.
    Drop(Reason),
}

/// A candidate that is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What the value is worth.
    pub kind: Kind,
    /// What sort of place it stands in.
    pub context: Context,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where the value was published.
    pub published: Option<String>,
}

/// What the tests look at.
pub(crate) struct Case<'c, 't> {
    pub candidate: &'c Candidate<'t>,
    /// The value as text, if it is.
    pub text: Option<&'c str>,
    pub path: &'c str,
    pub class: Class,
}

/// Judges a candidate of the document at the lower-cased `path`.
pub fn judge(candidate: &Candidate<'_>, rules: &RuleSet, path: &str) -> Verdict {
    if let Some(found) = &candidate.gitleaks {
        return gitleaks::judge(candidate, found, rules, path);
    }
    let Some(value) = candidate.value.as_deref() else {
        return Verdict::Drop(Reason::Reference);
    };
    let rule = &rules.rules[candidate.rule.0];
    let when = rules.when(candidate.rule.0, candidate.rule.1);
    let case = Case {
        candidate,
        text: std::str::from_utf8(value).ok(),
        path,
        class: rule.class,
    };
    let nothing = |word: &str| {
        matches!(
            word,
            "none" | "null" | "nil" | "undefined" | "false" | "true"
        )
    };
    if value.trim_ascii().is_empty()
        || (!candidate.quoted
            && case
                .text
                .is_some_and(|text| nothing(&text.trim().to_ascii_lowercase())))
    {
        return Verdict::Drop(Reason::Empty);
    }
    let published = rules.published(value);
    if published.is_some_and(|published| published.sample) || fills_a_field(candidate) {
        return Verdict::Drop(Reason::Sample);
    }
    let context = context(path, candidate);
    let kept = |kind, confidence| {
        Verdict::Keep(Judged {
            kind,
            context,
            confidence,
            published: published.map(|published| published.place.clone()),
        })
    };
    if published.is_some() {
        return kept(Kind::Published, Confidence::High);
    }
    if let Some(reason) = reference::reason(&case).or_else(|| prose::reason(&case)) {
        return Verdict::Drop(reason);
    }
    if case.text.map_or(value.len(), |text| text.chars().count()) < when.min_length
        && (when.random || !placeholder::is_weak(&case))
    {
        return Verdict::Drop(Reason::Shape);
    }
    let told = matches!(when.target, Target::Pattern(_));
    if told && case.text.is_some_and(says_example) {
        return kept(Kind::Weak, Confidence::Medium);
    }
    if let Target::Pattern(pattern) = &when.target
        && let Some(checksum) = pattern.checksum()
    {
        let holds = case.text.is_some_and(|text| checksum.holds(text));
        return if holds {
            kept(Kind::Leak, confidence(candidate, rule.class))
        } else {
            Verdict::Drop(Reason::Checksum)
        };
    }
    if when.random {
        return if candidate.shape.random {
            kept(Kind::Leak, confidence(candidate, rule.class))
        } else {
            Verdict::Drop(Reason::NotRandom)
        };
    }
    if rule.class == Class::PrivateKey && !candidate.shape.random {
        return Verdict::Drop(Reason::Elided);
    }
    if placeholder::is_weak(&case) || names_its_user(&case) {
        return kept(Kind::Weak, Confidence::Medium);
    }
    kept(Kind::Leak, confidence(candidate, rule.class))
}

/// `<input placeholder="…">`: what is shown where nothing was entered yet.
fn fills_a_field(candidate: &Candidate<'_>) -> bool {
    let last = Folded::of(&candidate.key);
    last.words().last() == Some("placeholder")
}

/// `AKIA…EXAMPLE`: documentation writes so. Seven letters drawn at random never read like that.
fn says_example(text: &str) -> bool {
    text.to_ascii_lowercase().contains("example")
}

/// `shop:shop@`: the first guess there is.
fn names_its_user(case: &Case<'_, '_>) -> bool {
    let user = case.candidate.user.as_deref();
    user.zip(case.text)
        .is_some_and(|(user, text)| user.eq_ignore_ascii_case(text))
}

/// High for values that look generated, medium for what people choose, one less where the text takes no effect.
fn confidence(candidate: &Candidate<'_>, class: Class) -> Confidence {
    let length = candidate.value.as_deref().map_or(0, <[u8]>::len);
    let base = if candidate.shape.random || class == Class::PrivateKey {
        Confidence::High
    } else if length >= 8 {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    match (candidate.place, base) {
        (Place::Live, base) => base,
        (_, Confidence::High) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// Whether a value is given in a way that also gives labels and messages: items and arguments, not assignments.
pub(crate) fn is_loose(candidate: &Candidate<'_>) -> bool {
    matches!(
        candidate.slot,
        Slot::Member | Slot::Keyword | Slot::Argument(_)
    )
}
