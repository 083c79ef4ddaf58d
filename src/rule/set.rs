//! All rules together, indexed by what they look for.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use globset::GlobSet;

use super::{Folded, Framework, Given, Prefix, Published, Rule, Target, When};
use crate::finding::hash128;

/// All rules, and indexes over them.
#[derive(Debug)]
pub struct RuleSet {
    /// The rules, in the order of their files.
    pub rules: Vec<Rule>,
    /// The frameworks.
    pub frameworks: Vec<Framework>,
    names: Option<AhoCorasick>,
    /// For each pattern of `names`: the conditions, as (rule, when).
    name_targets: Vec<Vec<(usize, usize)>>,
    calls: BTreeMap<String, Vec<(usize, usize, u8)>>,
    armor: Vec<(String, usize, usize)>,
    whole_files: Vec<(usize, usize)>,
    published: BTreeMap<Vec<u8>, Published>,
    hash: String,
    always: OnceLock<GlobSet>,
}

/// A rule's name found in a name under scan.
#[derive(Clone, Copy, Debug)]
pub struct NameHit<'f> {
    /// The rule, as an index.
    pub rule: usize,
    /// Its condition, as an index.
    pub when: usize,
    /// The words before the name.
    pub prefix: Prefix<'f>,
    /// How many letters and digits of the name were matched.
    pub length: usize,
}

/// A literal without which a rule cannot apply. Searched for in raw bytes, in any case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The literal, in lower case.
    pub text: String,
    /// Whether the identifier around a hit must be a name of some rule; otherwise any hit is enough.
    pub named: bool,
}

impl RuleSet {
    /// Indexes the rules. `texts` are the files they came from, for the hash.
    pub(super) fn new(
        rules: Vec<Rule>,
        frameworks: Vec<Framework>,
        published: Vec<(Vec<u8>, Published)>,
        texts: &[(String, String)],
    ) -> Self {
        let mut names: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        let mut calls: BTreeMap<String, Vec<(usize, usize, u8)>> = BTreeMap::new();
        let mut armor = Vec::new();
        let mut whole_files = Vec::new();
        for (r, rule) in rules.iter().enumerate() {
            for (w, when) in rule.when.iter().enumerate() {
                match &when.target {
                    Target::Names(list) => {
                        for name in list {
                            names.entry(name).or_default().push((r, w));
                        }
                    }
                    Target::Calls(list) => {
                        for (name, at) in list {
                            calls.entry(name.clone()).or_default().push((r, w, *at));
                        }
                    }
                    Target::Armor(list) => {
                        armor.extend(list.iter().map(|label| (label.clone(), r, w)))
                    }
                    Target::WholeFile => whole_files.push((r, w)),
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(names.keys())
            .ok();
        let name_targets = names.into_values().collect();
        let parts: Vec<&[u8]> = texts
            .iter()
            .flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()])
            .collect();
        Self {
            hash: hash128(&parts),
            always: OnceLock::new(),
            names: automaton,
            name_targets,
            calls,
            armor,
            whole_files,
            published: published.into_iter().collect(),
            rules,
            frameworks,
        }
    }

    /// Hash of the rule files, in 32 hex digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The condition a hit is about.
    pub fn when(&self, rule: usize, when: usize) -> &When {
        &self.rules[rule].when[when]
    }

    /// Calls `sink` for each condition whose name stands in `folded`.
    pub fn identify<'f>(&self, folded: &'f Folded, mut sink: impl FnMut(NameHit<'f>)) {
        let Some(names) = &self.names else { return };
        for found in names.find_overlapping_iter(folded.text()) {
            let Some(prefix) = folded.judge(found.range()) else {
                continue;
            };
            for &(rule, when) in &self.name_targets[found.pattern().as_usize()] {
                sink(NameHit {
                    rule,
                    when,
                    prefix,
                    length: found.len(),
                });
            }
        }
    }

    /// Whether any rule's name stands in `folded`, whatever its other conditions say.
    pub fn knows(&self, folded: &Folded) -> bool {
        self.names.as_ref().is_some_and(|names| {
            names
                .find_overlapping_iter(folded.text())
                .any(|found| folded.judge(found.range()).is_some())
        })
    }

    /// The conditions on the argument at `position` of a call of `function`, which is matched by its last parts.
    pub fn calls(&self, function: &Folded, position: u8) -> impl Iterator<Item = (usize, usize)> {
        let text = function.text();
        self.calls
            .iter()
            .filter(move |(name, _)| {
                text.ends_with(name.as_str())
                    && function
                        .judge(text.len() - name.len()..text.len())
                        .is_some()
            })
            .flat_map(|(_, targets)| targets)
            .filter(move |&&(_, _, at)| at == position)
            .map(|&(rule, when, _)| (rule, when))
    }

    /// The conditions on PEM blocks with this label.
    pub fn armor(&self, label: &str) -> Option<(usize, usize)> {
        self.armor
            .iter()
            .find(|(known, ..)| label.ends_with(known.as_str()))
            .map(|&(_, rule, when)| (rule, when))
    }

    /// The conditions on whole files of this lower-cased path.
    pub fn whole_files(&self, path: &str) -> impl Iterator<Item = (usize, usize)> {
        self.whole_files
            .iter()
            .copied()
            .filter(move |&(rule, when)| self.when(rule, when).holds_for_path(path))
    }

    /// Whether some condition that no anchor speaks for is bound to this lower-cased path: such files are always read.
    pub fn reads_always(&self, path: &str) -> bool {
        self.always
            .get_or_init(|| {
                let when = self.rules.iter().flat_map(|rule| &rule.when);
                let bound = when.filter(|when| when.is_path_bound() && anchors_of(when).is_empty());
                super::globs(bound.flat_map(|when| &when.files))
            })
            .is_match(path)
    }

    /// The framework that the words of a text tell of: the one with the most of its evidence.
    pub fn evidence(&self, text: &str) -> Option<usize> {
        let count = |framework: &Framework| {
            framework
                .evidence
                .iter()
                .filter(|word| text.contains(word.as_str()))
                .count()
        };
        self.frameworks
            .iter()
            .enumerate()
            .map(|(at, framework)| (count(framework), std::cmp::Reverse(at)))
            .filter(|&(count, _)| count > 0)
            .max()
            .map(|(_, at)| at.0)
    }

    /// Where a value was published, if it was.
    pub fn published(&self, value: &[u8]) -> Option<&Published> {
        self.published.get(value)
    }

    /// Among conditions that hold for what is given: the most particular, as (rule, when).
    pub fn choose(&self, hits: &[NameHit<'_>], given: &Given<'_>) -> Option<(usize, usize)> {
        hits.iter()
            .filter(|hit| {
                let given = Given {
                    prefix: Some(hit.prefix),
                    ..*given
                };
                self.when(hit.rule, hit.when).holds(&given)
            })
            .max_by_key(|hit| {
                (
                    hit.length,
                    self.when(hit.rule, hit.when).rank(),
                    std::cmp::Reverse((hit.rule, hit.when)),
                )
            })
            .map(|hit| (hit.rule, hit.when))
    }

    /// Every anchor of every rule: a text without any of them holds nothing that a rule looks for, unless
    /// [`reads_always`](Self::reads_always) says so of its path.
    pub fn anchors(&self) -> Vec<Anchor> {
        let all: BTreeSet<_> = self
            .rules
            .iter()
            .flat_map(|rule| &rule.when)
            .flat_map(anchors_of)
            .collect();
        // `secret` finds whatever `session_secret` would.
        let shorter = |anchor: &Anchor| {
            all.iter().any(|other| {
                other != anchor && other.named == anchor.named && anchor.text.contains(&other.text)
            })
        };
        all.iter()
            .filter(|&anchor| !shorter(anchor))
            .cloned()
            .collect()
    }
}

/// Letters from which a word alone is rare enough to be searched for.
const RARE: usize = 5;

/// The literals one of which must stand in a text for the condition to apply; empty when only the path tells.
fn anchors_of(when: &When) -> Vec<Anchor> {
    let loose = |text: String| Anchor { text, named: false };
    match &when.target {
        Target::Armor(labels) => {
            let line = |label: &String| loose(format!("{}-----", label.to_ascii_lowercase()));
            labels.iter().map(line).collect()
        }
        Target::WholeFile => Vec::new(),
        // `jwt.encode`: the module's name, which is the rarer part.
        Target::Calls(_) => when
            .written
            .iter()
            .flat_map(|call| call.split(['.', '#', ':']).next())
            .map(|first| loose(first.to_ascii_lowercase()))
            .collect(),
        Target::Names(names) => {
            let short = names.iter().any(|name| name.len() < RARE);
            if short && !when.parents.is_empty() {
                when.written_parents
                    .iter()
                    .flat_map(|parent| spellings(parent))
                    .map(loose)
                    .collect()
            } else if short && when.is_path_bound() {
                Vec::new()
            } else {
                when.written
                    .iter()
                    .flat_map(|name| spellings(name))
                    .map(|text| Anchor { text, named: true })
                    .collect()
            }
        }
    }
}

/// The literals one of which stands in every spelling of `name`: its longest word if that is rare enough, else the
/// whole in every usual joining.
fn spellings(name: &str) -> Vec<String> {
    let folded = Folded::of(name);
    let words: Vec<&str> = folded.words().collect();
    match words.iter().max_by_key(|word| word.len()) {
        Some(longest) if longest.len() >= RARE => vec![(*longest).to_owned()],
        _ => ["", "_", "-", ".", "__", " ", ":"]
            .iter()
            .map(|by| words.join(by))
            .collect(),
    }
}
