//! Whether bytes can hold anything that a rule looks for: the one test made on every byte of every input.
//!
//! One search (`rule/search`) looks for the anchors of all rules, in any case. Where an anchor is part of a name, the
//! identifier around the hit must be a name of some rule: `secret` alone stands in every tenth source file,
//! `secret_key` does not. Patterns are tried where their own anchors stand. What passes is decoded and parsed; what does not holds no candidate, whatever its format.

mod names;
mod words;

use std::ops::Range;

use super::position;
use crate::rule::{
    Anchor, Around, Called, FURTHEST, LONGEST, RuleSet, Search, TOLD, by_first, one_case, wider,
};
use names::{Names, is_name};

/// Identifiers are extended by at most so many bytes to either side.
const REACH: usize = 64;
/// What stands so close to a pattern's match has a say in whether it is a word of its own.
const PATTERN_EDGE: usize = 8;
/// So many bytes of a literal are searched for; the others are compared where these stand. Where a text was made from another, the ends of what was
/// copied are searched again, that far.
const WORD: usize = 8;
// What is told of a pattern where such a beginning stands is told by no more.
const _: () = assert!(TOLD <= WORD);

/// The prefilter of a rule set.
#[derive(Debug)]
pub struct Prefilter {
    /// For the first bytes of literals, each once: [`WORD`] at most.
    search: Search,
    /// For each of these beginnings: the literals that may stand where it does. The search tells of the longest only.
    begun: Vec<Vec<usize>>,
    /// What literals are; the anchors come first.
    kinds: Vec<Kind>,
    anchors: Vec<Anchor>,
    /// What follows the beginnings of literals, in one case.
    rests: Vec<Box<[u8]>>,
    /// The beginnings of literals, by their numbers.
    beginnings: Vec<usize>,
    /// The anchors by the byte, in one case, that they begin with, the longest first.
    by_first: Vec<Vec<usize>>,
    /// Bytes of the longest anchor, those of patterns among them.
    longest: usize,
}

/// Space used again from one text to the next, by one prefilter: what its rules say of names is kept here.
#[derive(Debug, Default)]
pub struct Scratch {
    judge: Judge,
}

/// What judging one literal after the other needs.
#[derive(Debug, Default)]
struct Judge {
    names: Names,
    /// The path of the last file, and whether calls may stand in a file of it, for each anchor that was met.
    path: String,
    callable: Vec<Option<bool>>,
    /// Whether one of the other words was met.
    met: bool,
    /// How many bytes before the last word, and from where it begins on, decide that nothing is told of it under any path, where that is known.
    around: Option<(usize, usize)>,
}

impl Judge {
    /// Forgets what it knows of a file, and of another path.
    fn begin(&mut self, anchors: usize, path: Option<&str>) {
        self.met = false;
        if let Some(path) = path
            && (self.path != path || self.callable.len() != anchors)
        {
            path.clone_into(&mut self.path);
            self.callable.clear();
            self.callable.resize(anchors, None);
        }
    }
}

impl Scratch {
    /// Whether one of the words that no rule is about seemed to stand in what was searched last.
    pub fn met_word(&self) -> bool {
        self.judge.met
    }
}

/// What a hit of an anchor has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Part of a name.
    Name,
    /// A function or what it is a member of.
    Call(Called),
    /// Nothing more.
    Text,
    /// A word that no rule is about.
    Word,
    /// What anchors of patterns are found by, by its number.
    Seed(usize),
}

impl Kind {
    fn of(anchor: &Anchor, rules: &RuleSet) -> Self {
        match (anchor.named, anchor.text.ends_with('-')) {
            (true, _) => Self::Name,
            (false, true) => Self::Text,
            (false, false) => Self::Call(rules.called_by(&anchor.text)),
        }
    }
}

impl Prefilter {
    /// Compiles the anchors of `rules`, and other `words` to be looked for on the way; see [`Scratch::met_word`].
    pub fn new(rules: &RuleSet, words: &[&str]) -> Self {
        let mut anchors = rules.anchors();
        let mut kinds: Vec<Kind> = anchors.iter().map(|a| Kind::of(a, rules)).collect();
        anchors.extend(words.iter().map(|word| Anchor {
            text: word.to_ascii_lowercase(),
            named: false,
        }));
        kinds.resize(anchors.len(), Kind::Word);
        let of_one_case = |text: &str| text.bytes().map(one_case).collect();
        let texts: Vec<Vec<u8>> = anchors.iter().map(|a| of_one_case(&a.text)).collect();
        let mut texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        texts.extend(rules.seeds().iter().map(|seed| &*seed.text));
        kinds.extend((0..rules.seeds().len()).map(Kind::Seed));
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let cut = |text: &[u8]| text.len().min(WORD);
        let mut parts: Vec<&[u8]> = texts.iter().map(|text| &text[..cut(text)]).collect();
        parts.sort_unstable();
        parts.dedup();
        let begun = parts.iter().map(|part| {
            let all = texts.iter().enumerate();
            let those = all.filter(|(_, text)| part.starts_with(&text[..cut(text)]));
            those.map(|(literal, _)| literal).collect()
        });
        let number = |text: &&[u8]| parts.partition_point(|part| *part < &text[..cut(text)]);
        Self {
            search: Search::new(&parts),
            begun: begun.collect(),
            beginnings: texts.iter().map(number).collect(),
            rests: texts.iter().map(|text| text[cut(text)..].into()).collect(),
            by_first: by_first(&texts[..anchors.len()]),
            longest: longest.max(rules.longest_pattern_anchor()),
            kinds,
            anchors,
        }
    }

    /// Whether `bytes` (in any encoding that keeps ASCII as it is), found under the lower-cased `path`, can hold a candidate.
    pub fn is_interesting(
        &self,
        bytes: &[u8],
        path: &str,
        rules: &RuleSet,
        scratch: &mut Scratch,
    ) -> bool {
        let mut found = false;
        let all = 0..bytes.len();
        self.each_spot(bytes, all, Some(path), rules, scratch, &mut |_| {
            found = true;
            false
        });
        found
    }

    /// Pushes the places where an anchor stands that makes `bytes` (in any encoding that keeps ASCII as it is), found under the
    /// lower-cased `path`, interesting, in order; without any they hold no candidate.
    pub fn spots_in(
        &self,
        bytes: &[u8],
        path: &str,
        rules: &RuleSet,
        scratch: &mut Scratch,
        spots: &mut Vec<u32>,
    ) {
        let all = 0..bytes.len();
        self.each_spot(bytes, all, Some(path), rules, scratch, &mut |at| {
            spots.extend(u32::try_from(at));
            true
        });
        spots.sort_unstable();
        spots.dedup();
    }

    /// Those of `spots` that make `bytes` interesting under the lower-cased `path`.
    pub fn spots_under(
        &self,
        path: &str,
        bytes: &[u8],
        spots: &[u32],
        rules: &RuleSet,
        scratch: &mut Scratch,
    ) -> Vec<u32> {
        let judge = &mut scratch.judge;
        judge.begin(self.anchors.len(), Some(path));
        let mut is_spot = |at: usize| {
            let (zone, mut found) = (at..at + 1, false);
            if let Some(anchor) = self.anchor_at(bytes, at) {
                let mut sink = |_| {
                    found = true;
                    false
                };
                let hit = (self.beginnings[anchor], at);
                self.tell(bytes, hit, &zone, Some(path), rules, judge, &mut sink);
            }
            if !found {
                rules.patterns(bytes, zone, Some(path), &mut |_, _, _| {
                    found = true;
                    false
                });
            }
            found
        };
        let spots = spots.iter().copied();
        spots.filter(|&spot| is_spot(spot as usize)).collect()
    }

    /// The longest anchor that begins at a place, by its number.
    fn anchor_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let stands = |&&anchor: &&usize| {
            let text = self.anchors[anchor].text.as_bytes();
            let same = |(one, other): (&u8, &u8)| one_case(*one) == one_case(*other);
            text.len() <= rest.len() && text.iter().zip(rest).all(same)
        };
        let first = usize::from(one_case(*rest.first()?));
        self.by_first[first].iter().find(stands).copied()
    }

    /// Whether a literal stands at a place, where its beginning does.
    fn stands(&self, bytes: &[u8], (literal, at): (usize, usize)) -> bool {
        let rest = &self.rests[literal];
        let same = |(one, other): (&u8, &u8)| *one == one_case(*other);
        let there = || bytes.get(at + WORD..at + WORD + rest.len());
        rest.is_empty() || there().is_some_and(|there| rest.iter().zip(there).all(same))
    }

    /// How many bytes before a place, and from it on, decide whether it is a spot.
    pub fn margins(&self) -> (usize, usize) {
        let around = 2 * REACH + 1;
        (
            (around + position::BEFORE).max(FURTHEST + PATTERN_EDGE),
            (self.longest + around + position::AFTER).max(LONGEST + PATTERN_EDGE),
        )
    }

    fn each_spot(
        &self,
        bytes: &[u8],
        zone: Range<usize>,
        path: Option<&str>,
        rules: &RuleSet,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(usize) -> bool,
    ) {
        let judge = &mut scratch.judge;
        judge.begin(self.anchors.len(), path);
        let zones = std::slice::from_ref(&zone);
        self.search.each(bytes, zones, &mut |word, at| {
            self.tell(bytes, (word, at), &zone, path, rules, judge, sink)
        });
    }

    /// Calls `sink` for each spot in `zone` that literals tell of where the beginning of one stands, until it says `false`; whether to go on.
    #[expect(clippy::too_many_arguments, reason = "it is the inside of two loops")]
    fn tell(
        &self,
        bytes: &[u8],
        (word, at): (usize, usize),
        zone: &Range<usize>,
        path: Option<&str>,
        rules: &RuleSet,
        judge: &mut Judge,
        sink: &mut dyn FnMut(usize) -> bool,
    ) -> bool {
        judge.around = None;
        let mut told = false;
        let mut around = Some((0, WORD));
        let further = |around: Option<Around>, other| around.map(|around| wider(around, other));
        for &literal in &self.begun[word] {
            if !self.stands(bytes, (literal, at)) {
                around = further(around, (0, WORD + self.rests[literal].len()));
                continue;
            }
            let kind = self.kinds[literal];
            if let Kind::Seed(seed) = kind {
                let mut sink = |at, _, _| sink(at);
                let within = (zone, &mut around);
                if !rules.patterns_by(bytes, (seed, at), within, path, &mut sink) {
                    return false;
                }
                continue;
            }
            // What begins behind the zone is no place of it.
            if told || at >= zone.end {
                around = None;
                continue;
            }
            let text = &self.anchors[literal].text;
            let end = at + text.len();
            told = match kind {
                Kind::Name => {
                    let names = &mut judge.names;
                    let told = is_name(bytes, at..end, path, rules, names);
                    around = names.around.and_then(|names| further(around, names));
                    told
                }
                Kind::Call(called) => {
                    let is_called = is_called(bytes, at, end, called);
                    around = around.filter(|_| !is_called);
                    around = further(around, (1, text.len() + REACH));
                    is_called
                        && path.is_none_or(|path| {
                            *judge.callable[literal]
                                .get_or_insert_with(|| rules.may_call(text, path))
                        })
                }
                Kind::Text => true,
                Kind::Word => {
                    judge.met = true;
                    false
                }
                Kind::Seed(_) => false,
            };
            if !matches!(kind, Kind::Name | Kind::Call(_)) {
                around = None;
            }
            if told && !sink(at) {
                return false;
            }
        }
        judge.around = around;
        true
    }
}

/// Whether what stands at `start..end` begins a word and is called, or has a member that may be.
fn is_called(bytes: &[u8], start: usize, end: usize, called: Called) -> bool {
    let begins = start == 0
        || !bytes[start - 1].is_ascii_alphanumeric()
        || bytes[start].is_ascii_uppercase();
    if !begins {
        return false;
    }
    let rest = &bytes[end..bytes.len().min(end + REACH)];
    let blanks = (rest.iter())
        .take_while(|b| b.is_ascii_whitespace())
        .count();
    let broken = rest[..blanks].contains(&b'\n');
    let next = rest.get(blanks).copied();
    let second = rest.get(blanks + 1).copied();
    match next {
        None => blanks > 0,
        Some(b'(') => called.alone,
        Some(b'.') => called.member || broken,
        Some(b':') => second == Some(b':') && called.member || blanks > 0 && called.alone,
        Some(b'-') => second == Some(b'>') && called.member,
        Some(b'?') => matches!(second, Some(b'.' | b'-')) && called.member,
        // `Signer[str](…)`, `new Signer<T>(…)`
        Some(b'[' | b'<') => called.alone && blanks == 0,
        // Ruby needs no brackets.
        Some(b) => {
            let begins =
                b.is_ascii_alphanumeric() || matches!(b, b'"' | b'\'' | b'`' | b'_' | b'@');
            called.alone && blanks > 0 && !broken && begins
        }
    }
}
