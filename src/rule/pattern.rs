//! Patterns: regular expressions for values that tell themselves, wherever they stand, and the literals they are looked for by.
//!
//! An expression is tried only where one of its anchors stands, and sees no more than [`LONGEST`] bytes from there: whether a
//! value is reported depends on the text next to an anchor and nothing else, as a history scan needs it.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};

use super::search::{Search, begun, one_case};
use super::{Rule, Target};
use crate::checksum::Checksum;

/// A match ends no further than so many bytes behind the place where its anchor begins …
pub const LONGEST: usize = 512;
/// … and begins no more than so many bytes before it.
pub const FURTHEST: usize = 100;
/// Shorter anchors stand everywhere.
const SHORTEST_ANCHOR: usize = 3;
/// Bytes of a compiled expression.
const LARGEST: usize = 1 << 20;

/// A regular expression with its anchors.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    anchors: Vec<String>,
    reach: usize,
    checksum: Option<Checksum>,
    regex: OnceLock<Option<Regex>>,
}

/// Where a pattern matched, in byte offsets. All ranges lie inside of `whole`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The whole match.
    pub whole: Range<usize>,
    /// The secret: the group `value`, or the whole match.
    pub value: Range<usize>,
    /// The part of the secret that is drawn at random: the group `body`, or the value.
    pub body: Range<usize>,
    /// The account that the secret opens: the group `user`.
    pub user: Option<Range<usize>>,
}

impl Pattern {
    /// Whether the expression can be compiled; the error says why not.
    pub(super) fn check(source: &str) -> Result<(), String> {
        compile(source)
            .map(|_| ())
            .map_err(|error| format!("pattern: {error}"))
    }

    /// A pattern, not compiled yet; the error says what is wrong with what goes with it.
    pub(super) fn new(
        source: &str,
        anchors: &[String],
        reach: usize,
        checksum: Option<&str>,
    ) -> Result<Self, String> {
        if anchors.is_empty() {
            return Err(
                "`pattern` needs `anchors`: literals, one of which is in every match".into(),
            );
        }
        if let Some(short) = anchors.iter().find(|a| a.len() < SHORTEST_ANCHOR) {
            return Err(format!(
                "anchors: `{short}` stands everywhere; take {SHORTEST_ANCHOR} characters or more"
            ));
        }
        if reach > FURTHEST {
            return Err(format!("reach: no more than {FURTHEST} bytes"));
        }
        let known = |name: &str| {
            let all = crate::checksum::CHECKSUMS.iter().map(|known| known.name);
            crate::checksum::named(name).ok_or_else(|| {
                let all: Vec<_> = all.collect();
                format!("checksum: `{name}` is none; known are: {}", all.join(", "))
            })
        };
        Ok(Self {
            source: source.to_owned(),
            anchors: anchors.to_vec(),
            reach,
            checksum: checksum.map(known).transpose()?,
            regex: OnceLock::new(),
        })
    }

    /// The literals one of which is in every match, in the case they are written in.
    pub fn anchors(&self) -> &[String] {
        &self.anchors
    }

    /// The checksum that a value must hold.
    pub fn checksum(&self) -> Option<Checksum> {
        self.checksum
    }

    /// The match that holds the anchor at `anchor`, if there is one. What stands before and after it must not make the match a
    /// part of a longer word.
    fn matches(&self, bytes: &[u8], anchor: usize) -> Option<Matched> {
        let regex = self.regex.get_or_init(|| compile(&self.source).ok());
        let regex = regex.as_ref()?;
        let end = bytes.len().min(anchor + LONGEST);
        let mut from = anchor.saturating_sub(self.reach);
        let anchored = if self.reach == 0 {
            Anchored::Yes
        } else {
            Anchored::No
        };
        let mut captures = regex.create_captures();
        while from <= anchor {
            let input = Input::new(bytes).range(from..end).anchored(anchored);
            regex.search_captures(&input, &mut captures);
            let whole = captures.get_match()?.range();
            if whole.start > anchor {
                return None;
            }
            let cut = whole.end == end && end < bytes.len();
            if whole.end > anchor && !cut && stands_alone(bytes, &whole) {
                return Some(told(&captures, whole));
            }
            from = whole.start + 1;
        }
        None
    }

    /// The pattern in words, for `leakey rules show`.
    pub(super) fn describe(&self) -> String {
        let checksum = self.checksum.map_or_else(String::new, |checksum| {
            format!("; with the checksum {}", checksum.name)
        });
        format!("anywhere, matching: {}{checksum}", self.source)
    }
}

fn compile(source: &str) -> Result<Regex, Box<regex_automata::meta::BuildError>> {
    Regex::builder()
        // Bytes, so that it comes to the same in raw bytes and in decoded text.
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(LARGEST)),
        )
        .build(source)
        .map_err(Box::new)
}

fn told(captures: &Captures, whole: Range<usize>) -> Matched {
    let group = |name: &str| {
        let at = captures.group_info().to_index(PatternID::ZERO, name)?;
        captures.get_group(at).map(|span| span.range())
    };
    let value = group("value").unwrap_or_else(|| whole.clone());
    Matched {
        body: group("body").unwrap_or_else(|| value.clone()),
        user: group("user"),
        value,
        whole,
    }
}

/// Whether no letter or digit before or after makes the match a part of a word. The letter of an escape (`\n`, `%3D`, `\u003d`)
/// is no letter.
fn stands_alone(bytes: &[u8], whole: &Range<usize>) -> bool {
    let in_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let begins = !in_word(bytes.get(whole.start))
        || !in_word(whole.start.checked_sub(1).and_then(|at| bytes.get(at)))
        || ends_an_escape(&bytes[whole.start.saturating_sub(6)..whole.start]);
    let ends = !in_word(whole.end.checked_sub(1).and_then(|at| bytes.get(at)))
        || !in_word(bytes.get(whole.end));
    begins && ends
}

fn ends_an_escape(before: &[u8]) -> bool {
    let hex = |digits: usize, head: &[u8]| {
        before
            .len()
            .checked_sub(digits + head.len())
            .is_some_and(|at| {
                before[at..].starts_with(head)
                    && before[at + head.len()..].iter().all(u8::is_ascii_hexdigit)
            })
    };
    matches!(before, [.., b'\\', b'n' | b'r' | b't' | b'v' | b'f' | b'0'])
        || hex(2, b"%")
        || hex(2, b"\\x")
        || hex(4, b"\\u")
}

/// All patterns of a rule set, looked for at once.
#[derive(Debug)]
pub struct Patterns {
    /// For the seeds, in a copy in [`one_case`].
    search: Search,
    /// For each seed: those that begin it, itself among them.
    begun: Vec<Vec<usize>>,
    /// The anchors, sorted.
    anchors: Vec<Box<[u8]>>,
    /// For each anchor: the conditions that are tried where it stands, as (rule, when).
    targets: Vec<Vec<(usize, usize)>>,
    longest: usize,
    seeds: Vec<Seed>,
}

/// A part of anchors by which these can be found.
#[derive(Debug)]
pub(crate) struct Seed {
    /// In [`one_case`].
    pub text: Vec<u8>,
    /// The numbers of its anchors, the longest first, and how far it stands from where each begins.
    anchors: Vec<(usize, usize)>,
}

/// Addresses are told by what follows their schemes, of which there are many.
const SCHEME: &[u8] = b"://";
/// Anchors that share so many of their first bytes are found by what they share.
const SHARED: usize = 3;

/// The seeds of sorted anchors.
fn seeds(anchors: &[Box<[u8]>]) -> Vec<Seed> {
    let folded = |text: &[u8]| text.iter().map(|&byte| one_case(byte)).collect::<Vec<u8>>();
    let (mut schemes, mut others) = (Vec::new(), Vec::new());
    for (number, anchor) in anchors.iter().enumerate() {
        match memchr::memmem::find(anchor, SCHEME) {
            Some(offset) => schemes.push((number, offset)),
            None => others.push((folded(anchor), number)),
        }
    }
    others.sort();
    let alike = |a: &(Vec<u8>, usize), b: &(Vec<u8>, usize)| {
        a.0.get(..SHARED).is_some() && a.0.get(..SHARED) == b.0.get(..SHARED)
    };
    let mut all: Vec<Seed> = Vec::new();
    for alike in others.chunk_by(alike) {
        let (Some((first, _)), Some((last, _))) = (alike.first(), alike.last()) else {
            continue;
        };
        let same = first.iter().zip(last).take_while(|(a, b)| a == b).count();
        all.push(Seed {
            text: first[..same].to_vec(),
            anchors: alike.iter().map(|&(_, number)| (number, 0)).collect(),
        });
    }
    if !schemes.is_empty() {
        all.push(Seed {
            text: folded(SCHEME),
            anchors: schemes,
        });
    }
    for seed in &mut all {
        seed.anchors
            .sort_by_key(|&(number, _)| Reverse(anchors[number].len()));
    }
    all
}

impl Patterns {
    /// Indexes the patterns of `rules`.
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut all: Vec<(&[u8], (usize, usize))> = Vec::new();
        for (r, rule) in rules.iter().enumerate() {
            for (w, when) in rule.when.iter().enumerate() {
                if let Target::Pattern(pattern) = &when.target {
                    all.extend(pattern.anchors.iter().map(|a| (a.as_bytes(), (r, w))));
                }
            }
        }
        let mut texts: Vec<&[u8]> = all.iter().map(|(text, _)| *text).collect();
        texts.sort_unstable();
        texts.dedup();
        let targets = begun(&texts)
            .into_iter()
            .map(|begun| {
                let of = |text: &[u8]| {
                    let all = all.iter().filter(move |(other, _)| *other == text);
                    all.map(|(_, target)| *target).collect::<Vec<_>>()
                };
                // The longer anchor speaks of the more particular pattern.
                let mut begun: Vec<&[u8]> = begun.into_iter().map(|at| texts[at]).collect();
                begun.sort_by_key(|text| Reverse(text.len()));
                begun.into_iter().flat_map(of).collect()
            })
            .collect();
        let anchors: Vec<Box<[u8]>> = texts.iter().map(|&text| text.into()).collect();
        let seeds = seeds(&anchors);
        let parts: Vec<&[u8]> = seeds.iter().map(|seed| &*seed.text).collect();
        Self {
            search: Search::new(&parts),
            begun: begun(&parts),
            seeds,
            anchors,
            targets,
            longest: texts.iter().map(|text| text.len()).max().unwrap_or(0),
        }
    }

    /// What the anchors can be found by in a copy of a text in [`one_case`].
    pub(crate) fn seeds(&self) -> &[Seed] {
        &self.seeds
    }

    /// Bytes of the longest anchor.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `sink` for each match whose anchor begins in `zone`, with the place of the anchor, until it says `false`. `admits`
    /// says which conditions are tried.
    pub(crate) fn each(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        zone: Range<usize>,
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) {
        let mut found = Vec::new();
        if zone.len() == 1 {
            // Places that are known need no search.
            for seed in 0..self.seeds.len() {
                self.starts(bytes, seed, &zone, |_| Some(zone.start), &mut found);
            }
        } else {
            let end = bytes.len().min(zone.end + self.longest);
            let copy: Vec<u8> = bytes[zone.start..end]
                .iter()
                .map(|&byte| one_case(byte))
                .collect();
            let (mut hits, mut from) = (self.search.hits(&copy), 0);
            while let Some((longest, hit)) = hits.find(from) {
                for &seed in &self.begun[longest] {
                    let hit = zone.start + hit.start;
                    self.starts(
                        bytes,
                        seed,
                        &zone,
                        |offset| hit.checked_sub(offset),
                        &mut found,
                    );
                }
                from = hit.start + 1;
            }
        }
        found.sort_unstable_by_key(|&(start, anchor)| (start, Reverse(self.anchors[anchor].len())));
        // Of those that begin at one place the longest tries the others' patterns, too.
        found.dedup_by_key(|(start, _)| *start);
        for (start, anchor) in found {
            if !self.at(rules, bytes, (anchor, start), admits, sink) {
                return;
            }
        }
    }

    /// The same for the anchors that begin in `zone` and are found by a seed that stands at `hit`; whether to go on.
    pub(crate) fn by_seed(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        (seed, hit): (usize, usize),
        zone: &Range<usize>,
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) -> bool {
        let mut found = Vec::new();
        self.starts(
            bytes,
            seed,
            zone,
            |offset| hit.checked_sub(offset),
            &mut found,
        );
        found.dedup_by_key(|(start, _)| *start);
        found
            .into_iter()
            .all(|(start, anchor)| self.at(rules, bytes, (anchor, start), admits, sink))
    }

    /// The anchors with a seed that begin in `zone`, the longest first, where they stand by how far the seed stands from where they
    /// begin.
    fn starts(
        &self,
        bytes: &[u8],
        seed: usize,
        zone: &Range<usize>,
        start: impl Fn(usize) -> Option<usize>,
        found: &mut Vec<(usize, usize)>,
    ) {
        for &(anchor, offset) in self.seeds.get(seed).map_or(&[][..], |seed| &seed.anchors) {
            if let Some(start) = start(offset).filter(|start| zone.contains(start))
                && bytes.get(start) == self.anchors[anchor].first()
                && bytes[start..].starts_with(&self.anchors[anchor])
            {
                found.push((start, anchor));
            }
        }
    }

    /// Tries the conditions of an anchor where it stands; whether to go on.
    fn at(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        (anchor, start): (usize, usize),
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) -> bool {
        for &(rule, when) in &self.targets[anchor] {
            let condition = &rules[rule].when[when];
            if let Target::Pattern(pattern) = &condition.target
                && admits(condition)
                && let Some(matched) = pattern.matches(bytes, start)
            {
                return sink(start, (rule, when), matched);
            }
        }
        true
    }
}
