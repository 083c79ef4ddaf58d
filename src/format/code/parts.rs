//! Pieces of a text, read together with the pieces that they ask for.
//!
//! The tokens of all pieces at hand stand in one row, but only those that were asked for are walked through; the others tell
//! what names stand for. Where a name that is asked for is given something in a piece that is not at hand, or a function may go
//! on behind one, that piece is fetched, and all is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cursor::closers;
use super::extract::{Inset, extract, inside};
use super::foreign::Foreign;
use super::function::is_unfinished;
use super::language::Language;
use super::scope::Scope;
use super::token::{Token, Tokens, tokens_of};
use super::walk::Walker;
use crate::format::cut::Trail;
use crate::format::{Entry, Place};
use crate::text::Span;

/// Of a text of which no less than one part in so many is at hand the whole is read instead.
const MUCH: usize = 2;

/// The whole text, as it is.
const TOP: Inset = Inset {
    offset: 0,
    place: Place::Live,
    depth: 0,
};

/// Calls `sink` for each entry of `pieces` of `text`. `false` where they depend on so much that the whole has to be read.
pub(super) fn read<'t>(
    text: &'t str,
    language: &'static Language,
    pieces: &[usize],
    trail: &Trail,
    sink: &mut dyn FnMut(Entry<'t>),
) -> bool {
    if trail.len() == 1 {
        // A piece that is the whole text has nothing outside of it.
        extract(text, language, TOP, sink);
        return true;
    }
    let mut lexed: BTreeMap<usize, Tokens> = BTreeMap::new();
    let mut chosen: BTreeSet<usize> = pieces.iter().copied().collect();
    loop {
        let size: usize = (chosen.iter())
            .map(|&piece| trail.piece(piece).1.len())
            .sum();
        if size * MUCH > text.len() {
            return false;
        }
        for &piece in &chosen {
            let lex = || tokens_of(text, trail.piece(piece).1, language);
            lexed.entry(piece).or_insert_with(lex);
        }
        if lexed.values().any(|tokens| tokens.cut.is_some()) {
            return false;
        }
        let mut found = Vec::new();
        let row = Row::new(trail, &lexed);
        let missing = row.read(text, language, pieces, trail, &mut |entry| found.push(entry));
        if missing.is_empty() {
            for piece in pieces {
                if let Some(Tokens { list, comments, .. }) = lexed.get(piece) {
                    inside(text, list, comments, language, TOP, sink);
                }
            }
            found.into_iter().for_each(sink);
            return true;
        }
        chosen.extend(missing);
    }
}

/// The pieces at hand.
struct Row {
    tokens: Vec<Token>,
    spans: Vec<Span>,
    /// The number of each piece and its tokens.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Row {
    fn new(trail: &Trail, lexed: &BTreeMap<usize, Tokens>) -> Self {
        let mut row = Self {
            tokens: Vec::new(),
            spans: Vec::new(),
            pieces: Vec::new(),
        };
        for (&piece, tokens) in lexed {
            let from = row.tokens.len();
            row.tokens.extend_from_slice(&tokens.list);
            row.spans.push(trail.piece(piece).1);
            row.pieces.push((piece, from..row.tokens.len()));
        }
        row
    }

    /// Reads `walked`, of these pieces; gives the pieces that are missing.
    fn read<'t>(
        &self,
        text: &'t str,
        language: &'static Language,
        walked: &[usize],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> BTreeSet<usize> {
        let closers = closers(&self.tokens);
        let foreign = Foreign::new(text, &self.spans, trail.givens());
        let mut missing = self.unfinished(text, &closers, language, trail.len());
        let scope = Scope::new(text, &self.tokens, &closers, language, Some(&foreign));
        let mut walker = Walker::new(text, &self.tokens, &closers, &scope, language, TOP);
        for (piece, tokens) in &self.pieces {
            if walked.binary_search(piece).is_ok() {
                let within = trail.piece(*piece).0.within.as_deref().unwrap_or_default();
                walker.part(tokens.clone(), within, sink);
            }
        }
        let wanted = foreign.wanted();
        missing.extend(wanted.into_iter().map(|place| trail.at(place)));
        missing
    }

    /// The pieces behind those in which a function may not end; of a text with so many.
    fn unfinished(
        &self,
        text: &str,
        closers: &[u32],
        language: &'static Language,
        count: usize,
    ) -> BTreeSet<usize> {
        let mut missing = BTreeSet::new();
        for run in self.pieces.chunk_by(|a, b| a.0 + 1 == b.0) {
            let Some((last, tokens)) = run.last() else {
                continue;
            };
            let goes_on = |(_, part): &(usize, Range<usize>)| {
                let range = (part.clone(), tokens.end);
                is_unfinished(text, &self.tokens, closers, language, range)
            };
            if last + 1 < count && run.iter().any(goes_on) {
                missing.insert(last + 1);
            }
        }
        missing
    }
}
