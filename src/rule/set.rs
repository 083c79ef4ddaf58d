//! All rules together, indexed by what they look for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use globset::GlobSet;

use super::anchor::{Needs, anchors_of, names_alone};
use super::gitleaks;
use super::{
    Around, Evidence, Folded, Framework, Given, Matched, Patterns, Prefix, Published, Rule, Seed,
    Target, When,
};
use crate::finding::{Issue, Notice, hash128};

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
    /// For each pattern of `names`: those of its conditions that are looked for by it.
    searched: Vec<Vec<(usize, usize)>>,
    /// What conditions on short names are looked for by: folded names of what the value stands in.
    parents: Vec<String>,
    calls: BTreeMap<String, Vec<(usize, usize, u8)>>,
    armor: Vec<(String, usize, usize)>,
    whole_files: Vec<(usize, usize)>,
    patterns: Patterns,
    published: BTreeMap<Vec<u8>, Published>,
    hash: String,
    /// Rule files of gitleaks.
    gitleaks: Vec<gitleaks::Set>,
    told: gitleaks::Told,
    /// Globs of files that are always read: of any size, and those that are nothing but a key.
    always: [OnceLock<GlobSet>; 2],
    evidence: OnceLock<Option<Evidence>>,
}

/// Bytes of the largest file that is nothing but a key, in any encoding.
pub const LARGEST_KEY_FILE: usize = 2048;

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

/// Where the value of a name may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// Anywhere, in any form.
    Any,
    /// In one unbroken literal close behind the name; see [`When::is_near`].
    Near,
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
                        armor.extend(list.iter().map(|label| (label.clone(), r, w)));
                    }
                    Target::WholeFile => whole_files.push((r, w)),
                    Target::Pattern(_) | Target::Gitleaks(_) => {}
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(names.keys())
            .ok();
        let name_targets: Vec<Vec<(usize, usize)>> = names.into_values().collect();
        let alone = names_alone(&rules);
        let by_name = |&(rule, when): &(usize, usize)| {
            matches!(anchors_of(&rules[rule].when[when], &alone), Needs::Name)
        };
        let searched = name_targets
            .iter()
            .map(|targets| targets.iter().copied().filter(by_name).collect())
            .collect();
        let parents: BTreeSet<String> = rules
            .iter()
            .flat_map(|rule| &rule.when)
            .filter(|when| matches!(anchors_of(when, &alone), Needs::Parent))
            .flat_map(|when| when.parents.iter().cloned())
            .collect();
        let parts: Vec<&[u8]> = texts
            .iter()
            .flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()])
            .collect();
        Self {
            hash: hash128(&parts),
            always: [OnceLock::new(), OnceLock::new()],
            evidence: OnceLock::new(),
            names: automaton,
            name_targets,
            searched,
            parents: parents.into_iter().collect(),
            calls,
            armor,
            whole_files,
            patterns: Patterns::new(&rules),
            published: published.into_iter().collect(),
            rules,
            frameworks,
            gitleaks: Vec::new(),
            told: gitleaks::Told::default(),
        }
    }

    /// Adds rule files of gitleaks, whose rules stand among the others.
    pub(super) fn with_gitleaks(mut self, sets: Vec<gitleaks::Set>, told: gitleaks::Told) -> Self {
        (self.gitleaks, self.told) = (sets, told);
        self
    }

    /// Rule files of gitleaks. Their rules look at whole texts: where there are any, no part of a text tells that nothing is in it.
    pub fn gitleaks(&self) -> &[gitleaks::Set] {
        &self.gitleaks
    }

    /// Whether a rule of gitleaks is about paths alone.
    pub fn has_names(&self) -> bool {
        let mut detectors = self.gitleaks.iter().flat_map(|set| &set.rules);
        detectors.any(gitleaks::Detector::is_about_paths)
    }

    /// What rule files asked for and did not get, so that findings may be missing.
    pub fn issues(&self) -> &[Issue] {
        &self.told.issues
    }

    /// What rule files say that nothing reads.
    pub fn notices(&self) -> &[Notice] {
        &self.told.notices
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

    /// Whether the name of a condition that is looked for by its name stands in `folded`, with the words before it that the
    /// condition asks for, in a file it is about (`None`: any file); and if so, whether all such conditions ask for a near value.
    pub fn knows(&self, folded: &Folded, path: Option<&str>) -> Option<Nearness> {
        let names = self.names.as_ref()?;
        let mut known = None;
        for found in names.find_overlapping_iter(folded.text()) {
            let targets = &self.searched[found.pattern().as_usize()];
            if targets.is_empty() {
                continue;
            }
            let Some(prefix) = folded.judge(found.range()) else {
                continue;
            };
            for &(rule, when) in targets {
                let when = self.when(rule, when);
                if when.is_near() && known.is_some()
                    || !when.admits(prefix)
                    || !path.is_none_or(|path| when.holds_for_path(path))
                {
                    continue;
                }
                if !when.is_near() {
                    return Some(Nearness::Any);
                }
                known = Some(Nearness::Near);
            }
        }
        known
    }

    /// Whether `folded` is the name of something that a short name is looked for by.
    pub fn knows_parent(&self, folded: &Folded) -> bool {
        self.parents.iter().any(|parent| folded.ends_with(parent))
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

    /// Calls `sink` for each match of a pattern whose anchor begins in `zone`, with the place of the anchor, until it says
    /// `false`. Without a lower-cased `path`, patterns of any path are tried.
    pub fn patterns(
        &self,
        bytes: &[u8],
        zone: Range<usize>,
        path: Option<&str>,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) {
        let admits = |when: &When| path.is_none_or(|path| when.holds_for_path(path));
        self.patterns.each(&self.rules, bytes, zone, &admits, sink);
    }

    /// What the anchors of patterns are found by.
    pub(crate) fn seeds(&self) -> &[Seed] {
        self.patterns.seeds()
    }

    /// Bytes of the longest anchor of a pattern.
    pub(crate) fn longest_pattern_anchor(&self) -> usize {
        self.patterns.longest()
    }

    /// The same as [`patterns`](Self::patterns) for the anchors that a seed, by its number, leads to where it stands; whether to go on. `around`, what
    /// decides other things about that place, is made what also decides that there is no match, as far as that is known.
    pub(crate) fn patterns_by(
        &self,
        bytes: &[u8],
        found: (usize, usize),
        within: (&Range<usize>, &mut Option<Around>),
        path: Option<&str>,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) -> bool {
        let admits = |when: &When| path.is_none_or(|path| when.holds_for_path(path));
        (self.patterns).by_seed(&self.rules, bytes, found, within, &admits, sink)
    }

    /// Whether a seed, by its number, where it stands may be part of an anchor.
    pub(crate) fn may_begin(&self, bytes: &[u8], found: (usize, usize)) -> bool {
        self.patterns.may_begin(bytes, found)
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
    pub fn reads_always(&self, path: &str, size: usize) -> bool {
        self.always_up_to(path).is_some_and(|most| size <= most)
    }

    /// Bytes up to which files of this lower-cased path are always read. One of more than [`LARGEST_KEY_FILE`] bytes is no file that is
    /// nothing but a key.
    pub fn always_up_to(&self, path: &str) -> Option<usize> {
        let [any, whole] = &self.always;
        let set = |of_whole_files: bool| {
            let alone = names_alone(&self.rules);
            let bound = self
                .rules
                .iter()
                .flat_map(|rule| &rule.when)
                .filter(|when| {
                    when.is_path_bound()
                        && matches!(anchors_of(when, &alone), Needs::Path)
                        && matches!(when.target, Target::WholeFile) == of_whole_files
                });
            super::globs(bound.flat_map(|when| &when.files))
        };
        let path = globset::Candidate::new(path);
        let holds = |globs: &GlobSet| globs.is_match_candidate(&path);
        if holds(any.get_or_init(|| set(false))) {
            return Some(usize::MAX);
        }
        holds(whole.get_or_init(|| set(true))).then_some(LARGEST_KEY_FILE)
    }

    /// The words that tell of frameworks, if there are any.
    pub fn evidence(&self) -> Option<&Evidence> {
        let evidence = || Evidence::new(&self.frameworks);
        self.evidence.get_or_init(evidence).as_ref()
    }

    /// The framework that the words of a text tell of, as an index.
    pub fn framework_of(&self, text: &str) -> Option<usize> {
        let (evidence, mut words) = (self.evidence()?, Vec::new());
        evidence.words(text, std::slice::from_ref(&(0..text.len())), &mut words);
        evidence.framework(&words)
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
}
