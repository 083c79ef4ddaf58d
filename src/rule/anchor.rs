//! Anchors: the literals without which no rule can apply, and how few of them will do.

use std::collections::{BTreeMap, BTreeSet};

use super::{Folded, Rule, RuleSet, Target, When};

/// A literal without which a rule cannot apply. Searched for in raw bytes, in any case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The literal, in lower case.
    pub text: String,
    /// Whether the identifier around a hit must be a name of some rule; otherwise any hit is enough.
    pub named: bool,
}

/// How functions are named in conditions on calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// By one word.
    pub alone: bool,
    /// As a member of something.
    pub member: bool,
}

impl RuleSet {
    /// Every anchor of every rule: a text without any of them holds nothing that a rule looks for, unless
    /// [`reads_always`](Self::reads_always) says so of its path.
    ///
    /// Few anchors make a fast search. So each name is covered by one of its words, and the words are chosen so that few
    /// cover all: `secret` and `key` stand in most names (a greedy set cover).
    pub fn anchors(&self) -> Vec<Anchor> {
        let mut anchors = BTreeSet::new();
        let mut names = Vec::new();
        let alone = names_alone(&self.rules);
        for when in self.rules.iter().flat_map(|rule| &rule.when) {
            match anchors_of(when, &alone) {
                Needs::Path | Needs::Pattern => {}
                Needs::Parent => {
                    names.extend(when.written_parents.iter().map(|name| Folded::of(name)));
                }
                Needs::OneOf(loose) => {
                    anchors.extend(loose.into_iter().map(|text| Anchor { text, named: false }));
                }
                Needs::Name => names.extend(when.written.iter().map(|name| Folded::of(name))),
            }
        }
        while let Some(word) = commonest_word(&names) {
            names.retain(|name| !name.words().any(|other| other == word));
            anchors.insert(Anchor {
                text: word,
                named: true,
            });
        }
        // A hit on a part of a name leads to the name around it: `secrets` needs no search beside `secret`. A hit on a
        // function's name leads to nothing but a call.
        let shorter: Vec<Anchor> = anchors.iter().filter(|a| a.named).cloned().collect();
        let covered = |anchor: &Anchor| {
            shorter
                .iter()
                .any(|other| other != anchor && anchor.text.contains(other.text.as_str()))
        };
        anchors.retain(|anchor| !anchor.named || !covered(anchor));
        anchors.into_iter().collect()
    }

    /// How the functions that are looked for by `anchor` are named: by it alone (`Signer`), or as members of it (`jwt.sign`).
    pub fn called_by(&self, anchor: &str) -> Called {
        let mut called = Called::default();
        for when in self.rules.iter().flat_map(|rule| &rule.when) {
            if matches!(when.target, Target::Calls(_)) {
                for call in when
                    .written
                    .iter()
                    .filter(|call| first_part(call) == anchor)
                {
                    let alone = call.split('#').next().unwrap_or(call).len() == anchor.len();
                    called.alone |= alone;
                    called.member |= !alone;
                }
            }
        }
        called
    }

    /// Whether a call that is looked for by `anchor` may stand in a file of this lower-cased path.
    pub fn may_call(&self, anchor: &str, path: &str) -> bool {
        self.rules.iter().flat_map(|rule| &rule.when).any(|when| {
            matches!(when.target, Target::Calls(_))
                && when.written.iter().any(|call| first_part(call) == anchor)
                && when.holds_for_path(path)
        })
    }
}

/// The word that stands in most of these names; among equals the longest, then the first.
fn commonest_word(names: &[Folded]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        // Shorter words stand everywhere; a name of nothing else is searched for by the longest it has.
        let longest = name.words().map(str::len).max().unwrap_or(0);
        for word in name
            .words()
            .filter(|word| word.len() >= longest.min(SHORTEST_WORD))
        {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .max_by_key(|&(word, count)| (count, word.len(), std::cmp::Reverse(word)))
        .map(|(word, _)| word.to_owned())
}

/// Words from this length on can be anchors.
const SHORTEST_WORD: usize = 3;
/// A name shorter than this stands everywhere. Under something that is named as well it is looked for by that; bound to
/// a path, by the path.
const SHORT: usize = 7;

/// What must stand in a text for a condition to apply.
pub(super) enum Needs {
    /// Its name.
    Name,
    /// The name of something it stands in.
    Parent,
    /// One of these literals.
    OneOf(Vec<String>),
    /// Nothing that can be searched for: the path tells.
    Path,
    /// The anchors of its pattern, which are searched for apart.
    Pattern,
}

/// `jwt.encode`: the module's name, which is the rarer part.
fn first_part(call: &str) -> String {
    let first = call.split(['.', '#', ':']).next().unwrap_or(call);
    first.to_ascii_lowercase()
}

/// Names that some condition asks for wherever they stand. They are looked for anyhow, however short.
pub(super) fn names_alone(rules: &[Rule]) -> BTreeSet<&str> {
    rules
        .iter()
        .flat_map(|rule| &rule.when)
        .filter(|when| when.parents.is_empty() && !when.is_path_bound())
        .filter_map(|when| match &when.target {
            Target::Names(names) => Some(names),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
        .collect()
}

pub(super) fn anchors_of(when: &When, alone: &BTreeSet<&str>) -> Needs {
    match &when.target {
        Target::Armor(labels) => Needs::OneOf(
            labels
                .iter()
                .map(|label| format!("{}-----", label.to_ascii_lowercase()))
                .collect(),
        ),
        Target::WholeFile => Needs::Path,
        // Those of gitleaks are searched for apart as well.
        Target::Pattern(_) | Target::Gitleaks(_) => Needs::Pattern,
        Target::Calls(calls) => {
            if !when.parents.is_empty() && calls.iter().any(|(name, _)| name.len() < SHORT) {
                return Needs::Parent;
            }
            Needs::OneOf(when.written.iter().map(|call| first_part(call)).collect())
        }
        Target::Names(names) => {
            let common = |name: &String| name.len() < SHORT && !alone.contains(name.as_str());
            if !names.iter().any(common) {
                Needs::Name
            } else if when.is_bound_to_files() {
                Needs::Path
            } else if !when.parents.is_empty() {
                Needs::Parent
            } else if when.is_path_bound() {
                Needs::Path
            } else {
                Needs::Name
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::{builtin_files, load};

    /// The vector search takes no more literals than this.
    const MOST: usize = 64;

    #[test]
    fn few_anchors() {
        let anchors = load(builtin_files().iter().copied()).unwrap().anchors();
        assert!(anchors.len() <= MOST, "{}: {anchors:?}", anchors.len());
    }

    #[test]
    fn short_names_are_looked_for_by_what_they_stand_in() {
        const HEAD: &str = "[[rule]]\nid='a-b'\ntitle='t'\nclass='signing-key'\nseverity='high'\nimpact='i'\nremedy='r'\n";
        let with = |when: &str| {
            let text = format!("{HEAD}[[rule.when]]\n{when}\n");
            let rules = load([("x.toml", text.as_str())]).unwrap();
            let anchors: Vec<_> = rules.anchors().into_iter().map(|a| a.text).collect();
            (
                anchors.join(" "),
                rules.reads_always("config/app.php", 10_000),
            )
        };
        let parents = "names=['key']\nparents=['cookieSession']";
        assert_eq!(with(parents), ("session".to_owned(), false));
        let path = "names=['key']\nfiles=['**/app.php']";
        assert_eq!(with(path), (String::new(), true));
        let type_only = "names=['key']\nparents=['cookieSession']\nfiles=['**/*.js']";
        assert_eq!(with(type_only), ("session".to_owned(), false));
        let both = "names=['key']\nparents=['crypt']\nfiles=['**/app.php']";
        assert_eq!(with(both), (String::new(), true));
        let call = "calls=['key#0']\nparents=['rememberMe']";
        assert_eq!(with(call), ("remember".to_owned(), false));
    }
}
