//! A search for any of many literals at once: Teddy, vectorised, from the `aho-corasick` crate.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Span};

/// Searches for literals; of those that begin at one place it tells of the longest.
#[derive(Debug)]
pub(crate) enum Search {
    /// With vector instructions.
    Vector(Searcher),
    /// Where the processor has none that would do, or there are too many literals.
    Automaton(AhoCorasick),
    /// No literals.
    Nothing,
}

impl Search {
    /// Compiles literals. A hit tells which one by its place in `texts`.
    pub(crate) fn new(texts: &[&[u8]]) -> Self {
        if texts.is_empty() {
            return Self::Nothing;
        }
        let packed = Config::new()
            .match_kind(MatchKind::LeftmostLongest)
            .heuristic_pattern_limits(false)
            .builder()
            .extend(texts)
            .build();
        if let Some(searcher) = packed {
            return Self::Vector(searcher);
        }
        AhoCorasick::builder()
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(texts)
            .map_or(Self::Nothing, Self::Automaton)
    }

    /// The first hit that begins at or after `from`: which literal, and where.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<(usize, Span)> {
        let span = Span {
            start: from,
            end: text.len(),
        };
        let found = match self {
            Self::Vector(searcher) => searcher.find_in(text, span),
            Self::Automaton(automaton) => automaton.find(Input::new(text).range(from..)),
            Self::Nothing => None,
        }?;
        Some((found.pattern().as_usize(), found.span()))
    }
}

/// For each literal: those that begin it, itself among them. A search tells of the longest only.
pub(crate) fn begun(texts: &[&[u8]]) -> Vec<Vec<usize>> {
    let begins = |text: &[u8]| {
        let all = texts.iter().enumerate();
        all.filter(|(_, other)| text.starts_with(other))
            .map(|(at, _)| at)
            .collect()
    };
    texts.iter().map(|text| begins(text)).collect()
}
