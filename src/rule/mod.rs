//! Rules: data, read from TOML, compiled to what `detect` asks of them.
//!
//! A rule applies *when* one of its conditions holds; among the rules that apply to a value the one with the most
//! particular condition wins ([`When::rank`]). Whether a value is reported, and under which rule, depends only on the
//! name, the value, the path and the statement it stands in, so that a history scan which sees changed windows only
//! comes to the same result as one that reads every blob whole.

mod anchor;
mod evidence;
pub mod example;
mod files;
pub mod gitleaks;
mod load;
mod name;
mod pattern;
mod patterns;
pub mod schema;
mod search;
mod set;

pub use anchor::{Anchor, Called};
pub use evidence::Evidence;
pub use files::{RuleFile, load_files};
pub use load::{RuleError, builtin_files, load};
pub use name::{Folded, Prefix};
pub use pattern::{FURTHEST, LONGEST, Matched, Pattern};
pub use patterns::Patterns;
pub(crate) use patterns::{Around, Seed, TOLD, wider};
pub(crate) use search::{Search, by_first, one_case};
pub use set::{LARGEST_KEY_FILE, NameHit, Nearness, RuleSet};

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};

use crate::finding::{Class, Severity};

/// A rule, ready for use.
#[derive(Debug)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// What is found.
    pub title: String,
    /// The sort of secret.
    pub class: Class,
    /// How bad a leak is.
    pub severity: Severity,
    /// What it allows.
    pub impact: String,
    /// Which facts decide it.
    pub details: String,
    /// What to do.
    pub remedy: String,
    /// Further reading.
    pub references: Vec<String>,
    /// Framework of the file, as an index into [`RuleSet::frameworks`].
    pub framework: Option<usize>,
    /// Whether the framework is told by evidence in the file under scan.
    pub general: bool,
    /// Name of the rule file, for messages.
    pub file: String,
    /// When it applies.
    pub when: Vec<When>,
}

/// One condition of a [`Rule`], ready for use.
#[derive(Debug)]
pub struct When {
    /// What the value is given to.
    pub target: Target,
    /// Names or calls as the rule file writes them.
    written: Vec<String>,
    written_parents: Vec<String>,
    files: Vec<String>,
    file_set: OnceLock<GlobSet>,
    not_files: Vec<String>,
    not_file_set: OnceLock<GlobSet>,
    prefixes: Vec<String>,
    not_prefixes: Vec<String>,
    bare: bool,
    parents: Vec<String>,
    shapes: Vec<String>,
    value: Option<String>,
    value_regex: OnceLock<Option<Regex>>,
    live: bool,
    /// The value must be random.
    pub random: bool,
    /// The least number of characters.
    pub min_length: usize,
    /// Character at which the value is split.
    pub split: Option<char>,
}

/// The length from which a condition on random values is one on near values.
pub const NEAR_LENGTH: usize = 16;

/// What a value is given to.
#[derive(Debug)]
pub enum Target {
    /// One of these names, folded and joined.
    Names(Vec<String>),
    /// Positional arguments: folded name of the function (last parts), position.
    Calls(Vec<(String, u8)>),
    /// PEM blocks whose label ends with one of these.
    Armor(Vec<String>),
    /// Text that matches, wherever it stands.
    Pattern(Pattern),
    /// The whole file.
    WholeFile,
    /// What a rule of gitleaks finds, in words; the rule stands in [`RuleSet::gitleaks`].
    Gitleaks(String),
}

/// What is known of a value when rules are chosen.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The path, lower-cased.
    pub path: &'a str,
    /// Words before the name.
    pub prefix: Option<Prefix<'a>>,
    /// What the entry stands in, folded and joined, outermost first.
    pub parents: &'a [Folded],
    /// The value, for a literal.
    pub value: Option<&'a [u8]>,
    /// Name of the generator the value looks like.
    pub generator: &'a str,
    /// Whether the text takes effect.
    pub live: bool,
}

impl When {
    /// How particular the condition is; the highest wins.
    pub fn rank(&self) -> u32 {
        let target = match self.target {
            Target::Names(_) => 10,
            Target::Calls(_) => 14,
            Target::Armor(_) | Target::WholeFile => 20,
            // A value that tells itself is no other's, whatever its name.
            Target::Pattern(_) => 60,
            // Rules of leakey know more of what they are about.
            Target::Gitleaks(_) => 0,
        };
        target
            + u32::from(!self.files.is_empty()) * 4
            + u32::from(!self.prefixes.is_empty()) * 8
            + u32::from(!self.parents.is_empty()) * 6
            + u32::from(!self.shapes.is_empty()) * 3
            + u32::from(self.value.is_some()) * 3
            + u32::from(self.bare) * 2
    }

    /// The condition in words, for `leakey rules show`.
    pub fn describe(&self) -> String {
        let list = |words: &[String]| words.join(", ");
        let mut out = match &self.target {
            Target::Names(_) => format!("given to: {}", list(&self.written)),
            Target::Calls(_) => format!("argument of: {}", list(&self.written)),
            Target::Armor(labels) => format!("PEM block: {}", list(labels)),
            Target::Pattern(pattern) => pattern.describe(),
            Target::WholeFile => "the whole file".to_owned(),
            Target::Gitleaks(words) => words.clone(),
        };
        let mut also = |what: &str, words: &[String]| {
            if !words.is_empty() {
                out = format!("{out}; {what} {}", list(words));
            }
        };
        also("in files", &self.files);
        also("not in files", &self.not_files);
        also("with one of these words before it:", &self.prefixes);
        also("without these words before it:", &self.not_prefixes);
        also("inside", &self.written_parents);
        also("shaped like", &self.shapes);
        if let Some(value) = &self.value {
            also("matching", std::slice::from_ref(value));
        }
        if self.bare {
            out.push_str("; with no word before it");
        }
        if self.live {
            out.push_str("; not in comments");
        }
        if self.random {
            out.push_str("; random values only");
        }
        out
    }

    /// Whether only one unbroken random literal near the name will do: names of everyday things (`password`, `token`) are
    /// given so much that a cheaper test must come before the others.
    pub fn is_near(&self) -> bool {
        self.random && self.min_length >= NEAR_LENGTH && matches!(self.target, Target::Names(_))
    }

    /// Whether the path conditions hold for the lower-cased `path`.
    pub fn holds_for_path(&self, path: &str) -> bool {
        let any = |files: &[String], set: &OnceLock<GlobSet>| {
            !files.is_empty() && set.get_or_init(|| globs(files)).is_match(path)
        };
        (self.files.is_empty() || any(&self.files, &self.file_set))
            && !any(&self.not_files, &self.not_file_set)
    }

    /// Whether the condition names paths.
    pub fn is_path_bound(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether the condition names files, not merely their type: such files are few.
    fn is_bound_to_files(&self) -> bool {
        let named = |glob: &String| !glob.rsplit('/').next().unwrap_or(glob).starts_with('*');
        !self.files.is_empty() && self.files.iter().all(named)
    }

    /// Whether the conditions on the words before the name hold.
    pub fn admits(&self, prefix: Prefix<'_>) -> bool {
        let holds = |words: &[String]| words.iter().any(|word| prefix.holds(word));
        (self.prefixes.is_empty() || holds(&self.prefixes))
            && !holds(&self.not_prefixes)
            && (!self.bare || prefix.is_empty())
    }

    /// Whether every condition but the target holds. Conditions on the value hold for a value that is not known.
    pub fn holds(&self, given: &Given<'_>) -> bool {
        let shaped = |value: &[u8]| {
            (self.shapes.is_empty() || self.shapes.iter().any(|shape| shape == given.generator))
                && self.value.as_deref().is_none_or(|source| {
                    let regex = self.value_regex.get_or_init(|| whole(source).ok());
                    regex.as_ref().is_some_and(|regex| regex.is_match(value))
                })
        };
        given
            .prefix
            .map_or(self.prefixes.is_empty(), |prefix| self.admits(prefix))
            && (!self.live || given.live)
            && (self.parents.is_empty()
                || given
                    .parents
                    .iter()
                    .any(|parent| self.parents.iter().any(|name| parent.ends_with(name))))
            && given.value.is_none_or(shaped)
            && self.holds_for_path(given.path)
    }
}

/// Compiles globs that were checked when the rules were loaded.
fn globs<'g>(sources: impl IntoIterator<Item = &'g String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for source in sources {
        if let Ok(glob) = GlobBuilder::new(source).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

/// A regular expression for the whole value, limited in size.
fn whole(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?s:{source})$"))
        .size_limit(1 << 20)
        .build()
}

/// A framework, ready for use.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Words that tell a file of it.
    pub evidence: Vec<String>,
    /// What its signing key allows.
    pub impact: Option<String>,
    /// Which facts decide it.
    pub details: Option<String>,
    /// What to do when it leaked.
    pub remedy: Option<String>,
    /// How bad that is.
    pub severity: Option<Severity>,
    /// Its documentation.
    pub docs: String,
}

/// A value known to the public.
#[derive(Clone, Debug)]
pub struct Published {
    /// Where it was published.
    pub place: String,
    /// Whether it is the vendor's sample text.
    pub sample: bool,
}
