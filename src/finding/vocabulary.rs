//! The closed sets of words in a report. Their names are API.

use serde::{Deserialize, Serialize};

/// What sort of secret a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Any key that signs, derives or encrypts an application's tokens, cookies or data.
    SigningKey,
    /// Any other credential.
    Credential,
    /// An asymmetric private key.
    PrivateKey,
}

impl Class {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SigningKey => "signing-key",
            Self::Credential => "credential",
            Self::PrivateKey => "private-key",
        }
    }
}

/// What the value alone is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Can be the real secret.
    Leak,
    /// Known to the public: a default or a documented example that runs.
    Published,
    /// A placeholder, or trivially guessable.
    Weak,
}

impl Kind {
    /// The name used in reports and by `--fail-on`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Published => "published",
            Self::Weak => "weak",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Leak, Self::Published, Self::Weak]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// What sort of place a value stands in; most exposed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Anything not told to be one of the others.
    Production,
    /// Named as development or local.
    Development,
    /// An example, sample or template file.
    Example,
    /// Documentation.
    Docs,
    /// Tests, fixtures and continuous integration.
    Test,
}

impl Context {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
            Self::Example => "example",
            Self::Docs => "docs",
            Self::Test => "test",
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Little can be done with it.
    Low,
    /// Something can be forged.
    Medium,
    /// Data or sessions can be forged.
    High,
    /// Accounts or code execution.
    Critical,
}

impl Severity {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity `steps` lower, [`Severity::Note`] at the least.
    #[must_use]
    pub fn lowered(self, steps: usize) -> Self {
        const ORDER: [Severity; 5] = [
            Severity::Note,
            Severity::Low,
            Severity::Medium,
            Severity::High,
            Severity::Critical,
        ];
        ORDER[(self as usize).saturating_sub(steps)]
    }

    /// Score for SARIF's `security-severity`: a number from 0.0 to 10.0 in the bands GitHub documents
    /// (over 9.0 critical, 7.0 high, 4.0 medium, 0.1 low).
    pub fn score(self) -> &'static str {
        match self {
            Self::Note => "0.1",
            Self::Low => "3.0",
            Self::Medium => "5.5",
            Self::High => "8.0",
            Self::Critical => "9.5",
        }
    }
}

/// How sure leakey is that the value is what the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Little but the name speaks for it.
    Low,
    /// The name is right, the value could be anything.
    Medium,
    /// Name and value fit.
    High,
    /// A token proves it.
    Confirmed,
}

impl Confidence {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Confirmed => "confirmed",
        }
    }
}

/// What became of a value in history. None of it says that the value is no longer in use: only the one who replaced it
/// where it is used can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifeStatus {
    /// A tip of some ref holds it.
    Exposed,
    /// Tips hold it, but only under names of keys that are still accepted, such as `SECRET_KEY_FALLBACKS`.
    Fallback,
    /// It was taken out, and a value near to it (a few edits, a shared run, turned around, another case) put in its place.
    NearVariant,
    /// It was taken out, and another value put in its place.
    Replaced,
    /// It was taken out; only earlier commits hold it.
    Removed,
    /// It is staged, and no commit that a ref leads to holds it.
    Staged,
    /// No ref leads to it, but its objects are there.
    Unreachable,
}

impl LifeStatus {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exposed => "exposed",
            Self::Fallback => "fallback",
            Self::NearVariant => "near-variant",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Staged => "staged",
            Self::Unreachable => "unreachable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowering_stops_at_note() {
        assert_eq!(Severity::Critical.lowered(2), Severity::Medium);
        assert_eq!(Severity::Low.lowered(9), Severity::Note);
    }

    #[test]
    fn kinds_parse_their_own_names() {
        for kind in [Kind::Leak, Kind::Published, Kind::Weak] {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
        }
    }
}
