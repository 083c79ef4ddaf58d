//! Rule files of gitleaks, taken as they are (gitleaks 8.30: `config/`, `detect/`).
//!
//! A file is a [`Set`]: rules that look for expressions where a keyword stands, and allowlists that drop what they find. Its rules
//! stand among all others in a [`RuleSet`](super::RuleSet), under their own ids; what is peculiar to them is here. How texts are
//! searched by them is in `detect/gitleaks`, what becomes of a match in `judge/gitleaks`.

mod allowlist;
mod expression;
mod keywords;
mod literal;
mod load;
mod read;
mod refused;
mod syntax;

pub use allowlist::{Allowlist, Tested};
pub use expression::Expression;
pub use keywords::{Hits, Keywords};
pub(crate) use literal::FOLDING;
pub(crate) use load::{Base, Loaded, Wrong, load};
pub(crate) use read::is_gitleaks;
pub(crate) use refused::Told;

/// One rule file with what it extends.
#[derive(Debug)]
pub struct Set {
    /// The file, as it was named.
    pub file: String,
    /// Its rules.
    pub rules: Vec<Detector>,
    /// What all of its rules leave out.
    pub allowlists: Vec<Allowlist>,
    /// The search for the keywords of its rules.
    pub keywords: Keywords,
}

/// A rule of gitleaks.
#[derive(Debug)]
pub struct Detector {
    /// Its id.
    pub id: String,
    /// What is found.
    pub description: String,
    /// Its place in [`RuleSet::rules`](super::RuleSet).
    pub rule: usize,
    /// What it looks for. Without one, the path alone tells.
    pub regex: Option<Expression>,
    /// The paths it is about.
    pub path: Option<Expression>,
    /// Which group holds the secret; 0: the first that holds anything.
    pub secret_group: usize,
    /// A secret has more bits a character than this, unless 0.
    pub entropy: f64,
    /// One of these stands in a text, in lower case; without any, all texts are searched.
    pub keywords: Vec<String>,
    /// What it leaves out.
    pub allowlists: Vec<Allowlist>,
    /// What has to be found beside it.
    pub required: Vec<Beside>,
    /// Whether it is only asked for by others.
    pub skip_report: bool,
}

impl Detector {
    /// Whether what it finds gives way to other rules.
    pub fn is_generic(&self) -> bool {
        self.id.to_lowercase().contains("generic")
    }

    /// Whether it asks for nothing but a path.
    pub fn is_about_paths(&self) -> bool {
        self.regex.is_none() && self.keywords.is_empty()
    }

    /// In words, for `leakey rules show`.
    pub(super) fn describe(&self) -> String {
        let mut out = String::from("a rule of gitleaks");
        let mut also = |what: &str, words: &str| {
            if !words.is_empty() {
                out.push_str("; ");
                out.push_str(what);
                out.push_str(words);
            }
        };
        also(
            "matching: ",
            self.regex.as_ref().map_or("", Expression::source),
        );
        also(
            "in files: ",
            self.path.as_ref().map_or("", Expression::source),
        );
        also("where one of these stands: ", &self.keywords.join(", "));
        if self.entropy != 0.0 {
            also(
                "with more bits a character than ",
                &self.entropy.to_string(),
            );
        }
        let beside: Vec<&str> = self
            .required
            .iter()
            .map(|beside| beside.id.as_str())
            .collect();
        also("beside what these find: ", &beside.join(", "));
        if !self.allowlists.is_empty() {
            also("allowlists: ", &self.allowlists.len().to_string());
        }
        if self.skip_report {
            also("not reported itself", " ");
        }
        out.trim_end().to_owned()
    }
}

/// What another rule has to find beside a match.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Id of the other rule.
    pub id: String,
    /// Its place in [`Set::rules`].
    pub rule: usize,
    /// How many lines away at most.
    pub lines: Option<i64>,
    /// How many columns away at most.
    pub columns: Option<i64>,
}
