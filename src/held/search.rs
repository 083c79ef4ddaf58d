//! The search: one pass over a source for all values in all their forms (Aho-Corasick).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};

use super::forms::{Form, forms};
use crate::finding::{Issue, Origin, Skip};
use crate::generator::shape;
use crate::secret::Secret;
use crate::source::{
    Base, Counted, Item, Keepsake, NewVisitor, Sieve, Source, SourceError, Visitor,
};
use crate::text::{Margins, Word};

/// Looks for values.
pub struct Search {
    automaton: AhoCorasick,
    needles: Vec<Needle>,
    longest: usize,
    values: usize,
}

struct Needle {
    value: usize,
    form: Form,
    /// Whether it has to stand by itself, as a word of a language may be part of another.
    apart: bool,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path, as reported.
    pub path: String,
    /// The line.
    pub line: usize,
    /// How it is written there.
    pub form: Form,
    /// Where that text came from; the first commit of several that hold it under this path.
    pub origin: Origin,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// For each value: its places by path.
    pub places: Vec<BTreeMap<String, Place>>,
    /// What could not be looked at.
    pub issues: Vec<Issue>,
    /// Number of files and objects that were.
    pub texts: u64,
}

impl Search {
    /// A search for `values`. Those shorter than [`super::SHORTEST`] bytes are not looked for.
    pub fn new(values: &[Secret]) -> Result<Self, String> {
        let mut needles = Vec::new();
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let random = shape(value.reveal()).random;
            for (form, text) in forms(value.reveal()) {
                let apart = !random && matches!(form, Form::Plain | Form::Escaped);
                needles.push(Needle {
                    value: at,
                    form,
                    apart,
                });
                texts.push(text);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&texts)
            .map_err(|_| "the values are too many or too long to look for".to_owned())?;
        Ok(Self {
            automaton,
            needles,
            longest: texts.iter().map(Vec::len).max().unwrap_or(0),
            values: values.len(),
        })
    }

    /// Looks through everything a source has.
    pub fn run(&self, source: &dyn Source) -> Result<Held, SourceError> {
        let all = Mutex::new(self.nothing());
        let new_visitor: &NewVisitor<'_> = &|| {
            Box::new(Seeker {
                search: self,
                held: self.nothing(),
                all: &all,
            })
        };
        source.drive(new_visitor)?;
        let mut held = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        held.issues.sort();
        held.issues.dedup();
        Ok(held)
    }

    fn nothing(&self) -> Held {
        Held {
            places: vec![BTreeMap::new(); self.values],
            ..Held::default()
        }
    }

    /// Calls `sink` with each value in `bytes`, where it begins, and its form.
    fn each(&self, bytes: &[u8], mut sink: impl FnMut(usize, usize, Form)) {
        for found in self.automaton.find_overlapping_iter(bytes) {
            let Some(needle) = self.needles.get(found.pattern().as_usize()) else {
                continue;
            };
            if !needle.apart || stands_apart(bytes, found.start(), found.end()) {
                sink(needle.value, found.start(), needle.form);
            }
        }
    }
}

/// Whether what stands there is no part of a longer word. `\nword` is not one.
fn stands_apart(bytes: &[u8], start: usize, end: usize) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
    };
    let escape = start >= 2 && bytes[start - 2] == b'\\';
    let left = word(Some(start)) && word(start.checked_sub(1)) && !escape;
    let right = word(end.checked_sub(1)) && word(Some(end));
    !left && !right
}

impl Held {
    /// Adds a place; of several under one path the first stays, and what holds for one holds for all.
    pub fn add(&mut self, value: usize, place: Place) {
        let Some(places) = self.places.get_mut(value) else {
            return;
        };
        let rank = |place: &Place| {
            let commit = place.origin.commit.as_ref();
            (
                commit.map(|commit| (commit.seconds, commit.id.clone())),
                place.line,
                place.form,
            )
        };
        match places.get_mut(&place.path) {
            None => {
                places.insert(place.path.clone(), place);
            }
            Some(known) => {
                let reachable = known.origin.reachable.max(place.origin.reachable);
                let in_head = known.origin.in_head.max(place.origin.in_head);
                if rank(&place) < rank(known) {
                    *known = place;
                }
                known.origin.reachable = reachable;
                known.origin.in_head = in_head;
            }
        }
    }

    /// Adds what another search for the same values found.
    pub fn merge(&mut self, other: Self) {
        for (value, places) in other.places.into_iter().enumerate() {
            for place in places.into_values() {
                self.add(value, place);
            }
        }
        self.issues.extend(other.issues);
        self.texts += other.texts;
    }
}

struct Seeker<'s> {
    search: &'s Search,
    held: Held,
    all: &'s Mutex<Held>,
}

impl Visitor for Seeker<'_> {
    fn visit(&mut self, item: Item<'_>) {
        let mut counted = 0;
        let mut line = item.first_line;
        let held = &mut self.held;
        self.search.each(item.bytes, |value, at, form| {
            // Places come in the order of their ends: one may begin before the last.
            if at >= counted {
                line += memchr::memchr_iter(b'\n', &item.bytes[counted..at]).count();
            } else {
                line -= memchr::memchr_iter(b'\n', &item.bytes[at..counted]).count();
            }
            counted = at;
            let place = Place {
                path: item.path.to_owned(),
                line,
                form,
                origin: item.origin.origin().clone(),
            };
            held.add(value, place);
        });
    }

    fn count(&mut self, what: Counted, _: u64) {
        self.held.texts += u64::from(what != Counted::Commit);
    }

    fn count_bytes(&mut self, _: u64) {}

    fn skip(&mut self, _: Skip) {}

    fn issue(&mut self, issue: Issue) {
        self.held.issues.push(issue);
    }

    fn shallow(&mut self) {}

    fn sieve(&mut self) -> Option<&mut dyn Sieve> {
        Some(self)
    }

    fn takes_binary(&self, _: &[u8]) -> bool {
        true
    }

    fn takes_raw(&self) -> bool {
        true
    }
}

impl Sieve for Seeker<'_> {
    fn margins(&self) -> Margins {
        Margins {
            before: 0,
            after: self.search.longest,
        }
    }

    fn longest_word(&self) -> usize {
        self.search.longest
    }

    fn words(&mut self, bytes: &[u8], zones: &[Range<usize>], words: &mut Vec<Word>) {
        let from = words.len();
        for zone in zones {
            let end = (zone.end + self.search.longest).min(bytes.len());
            let part = bytes.get(zone.start..end).unwrap_or_default();
            let all = self.search.automaton.find_overlapping_iter(part);
            let places = all.map(|found| zone.start + found.start());
            let inside = places.filter(|&at| at < zone.end);
            words.extend(inside.filter_map(|at| Word::new(at, 0)));
        }
        words[from..].sort_unstable();
    }

    fn spots(
        &mut self,
        _: &[u8],
        zones: &[Range<usize>],
        words: &mut [Word],
        spots: &mut Vec<u32>,
    ) {
        for zone in zones {
            let places = words.iter().map(|word| word.at);
            spots.extend(places.filter(|&at| zone.contains(&(at as usize))));
        }
    }

    fn always_up_to(&self, _: &str) -> Option<usize> {
        None
    }

    fn visit_spots(
        &mut self,
        item: Item<'_>,
        _: &[u32],
        _: Option<Base<'_>>,
        _: Option<&Keepsake>,
    ) -> Option<Keepsake> {
        self.visit(item);
        None
    }
}

impl Drop for Seeker<'_> {
    fn drop(&mut self) {
        let held = std::mem::take(&mut self.held);
        (self.all.lock())
            .unwrap_or_else(PoisonError::into_inner)
            .merge(held);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_apart_and_random_values_need_not() {
        let told = |value: &str, text: &str| {
            let search = Search::new(&[Secret::new(value)]).unwrap();
            let mut found = 0;
            search.each(text.as_bytes(), |_, _, _| found += 1);
            found > 0
        };
        assert!(told("correct-horse", "KEY=correct-horse\n"));
        assert!(told("correct-horse", r#""a\ncorrect-horse\nb""#));
        assert!(!told("correct-horse", "incorrect-horse"));
        assert!(!told("correct-horse", "correct-horses"));
        assert!(told("qN7rTz2VbX9mKcWd4LpY", "xqN7rTz2VbX9mKcWd4LpYx"));
        assert!(!told("abc", "abc"));
    }
}
