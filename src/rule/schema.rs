//! Rule files as written. One TOML file a framework or vendor; see `rules/README.md`.

use serde::Deserialize;

use crate::finding::{Class, Severity};

/// A rule file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// The framework the rules are about, if one.
    pub framework: Option<Framework>,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// Values known to the public.
    #[serde(default)]
    pub published: Vec<Published>,
}

/// A framework: gives findings their name and, where its rules are silent, their advice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Framework {
    /// Stable id, as in reports.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its documentation on signing keys.
    pub docs: String,
    /// Words in a file that tell that it belongs to the framework. They choose the framework of a finding of a general
    /// rule and its advice, never whether there is a finding.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What a signing key of this framework allows, in a sentence or two.
    pub impact: Option<String>,
    /// Which facts decide it.
    pub details: Option<String>,
    /// What to do when one leaked.
    pub remedy: Option<String>,
    /// How bad a leaked signing key of this framework is.
    pub severity: Option<Severity>,
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Stable id in kebab-case.
    pub id: String,
    /// What is found, for people.
    pub title: String,
    /// The sort of secret.
    pub class: Class,
    /// How bad a leak is.
    pub severity: Severity,
    /// What the secret allows, in a sentence or two.
    pub impact: String,
    /// Which facts decide it.
    #[serde(default)]
    pub details: String,
    /// What to do, in order.
    pub remedy: String,
    /// Further reading.
    #[serde(default)]
    pub references: Vec<String>,
    /// A general rule takes framework, advice and severity from the file's evidence.
    #[serde(default)]
    pub general: bool,
    /// When it applies: any of these.
    pub when: Vec<When>,
    /// Examples that must be reported as leak, exactly at `«…»`.
    #[serde(default)]
    pub leak: Vec<Example>,
    /// Examples that must be reported as weak or published.
    #[serde(default)]
    pub weak: Vec<Example>,
    /// Examples in which this rule must stay silent.
    #[serde(default)]
    pub clean: Vec<Example>,
}

/// One way for a rule to apply: exactly one of `names`, `calls`, `armor`, `pattern` and `whole-file`, and every condition given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// The value is given to one of these names (folded, with prefixes and suffixes).
    #[serde(default)]
    pub names: Vec<String>,
    /// The value is a positional argument: `jwt.encode#1`, counted from 0.
    #[serde(default)]
    pub calls: Vec<String>,
    /// The value is a PEM block whose label ends with one of these.
    #[serde(default)]
    pub armor: Vec<String>,
    /// The value is what this regular expression matches, wherever it stands. The groups `value` (the secret), `body` (what is
    /// random in it) and `user` (whose it is) may be in it.
    pub pattern: Option<String>,
    /// Literals one of which is in every match of `pattern`: what is searched for, in this case.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// A match of `pattern` may begin so many bytes before its anchor.
    #[serde(default)]
    pub reach: usize,
    /// The checksum that a match of `pattern` must hold.
    pub checksum: Option<String>,
    /// The value is the whole text of the file.
    #[serde(default)]
    pub whole_file: bool,
    /// Globs on the path, one of which must match.
    #[serde(default)]
    pub files: Vec<String>,
    /// Globs on the path, none of which may match.
    #[serde(default)]
    pub not_files: Vec<String>,
    /// One of these must be among the words before the name.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// None of these may be among the words before the name.
    #[serde(default)]
    pub not_prefixes: Vec<String>,
    /// Only the bare name, without any word before it.
    #[serde(default)]
    pub bare: bool,
    /// One of these must be the name of something the entry stands in.
    #[serde(default)]
    pub parents: Vec<String>,
    /// The value must look like the output of one of these generators.
    #[serde(default)]
    pub shapes: Vec<String>,
    /// The value must match this regular expression as a whole.
    pub value: Option<String>,
    /// The value must take effect: no comment, no documentation.
    #[serde(default)]
    pub live: bool,
    /// The value must be random.
    #[serde(default)]
    pub random: bool,
    /// The value must have this many characters or more.
    #[serde(default)]
    pub min_length: usize,
    /// The value is a list, split at this character.
    pub split: Option<char>,
}

/// An example: text as it would stand in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    /// Path of the file.
    pub file: String,
    /// Its text, with `«…»` around each value and `{{hex:64}}`-like fields for random parts.
    pub text: String,
    /// What is special here.
    pub note: Option<String>,
}

/// A value known to the public.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Published {
    /// The value, after unescaping.
    pub value: String,
    /// Where it was published, for people.
    pub place: String,
    /// Address or package where it was seen.
    pub source: String,
    /// When it was seen: year and month.
    pub seen: String,
    /// The vendor's sample text, which its software refuses or replaces: not reported.
    #[serde(default)]
    pub sample: bool,
}
