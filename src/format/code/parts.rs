//! Pieces of a text, read together with the pieces that they ask for.
//!
//! The tokens of all pieces at hand stand in one row, but only those that were asked for are walked through; the others tell
//! what names stand for. Where a name that is asked for is given something in a piece that is not at hand, or a function may go
//! on behind one, that piece is fetched, and all is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::cursor::closers;
use super::extract::{TOP, inside, read_at};
use super::foreign::Foreign;
use super::function::{defines, is_unfinished};
use super::heat::Spots;
use super::language::Language;
use super::scope::Scope;
use super::token::{Token, Tokens, tokens_of};
use super::walk::Walker;
use crate::format::Entry;
use crate::format::cut::{Basis, Names, Pieces, Trail};
use crate::text::Span;

/// Of a text of which no less than one part in so many is at hand the whole is read instead.
const MUCH: usize = 2;

/// Calls `sink` for what can be found at `places` in some pieces of `text`; gives what that depends on. `None` where it is so much that the whole has to
/// be read, which everything in a piece never is.
pub(super) fn read<'t>(
    text: &'t str,
    language: &'static Language,
    (pieces, places): (&[usize], Spots<'_>),
    trail: &Trail,
    sink: &mut dyn FnMut(Entry<'t>),
) -> Option<Basis> {
    if trail.len() == 1 {
        // A piece that is the whole text has nothing outside of it.
        read_at(text, language, TOP, places, sink);
        return Some(Basis::Text);
    }
    let mut hand = Hand {
        text,
        language,
        trail,
        lexed: BTreeMap::new(),
        size: 0,
        all: matches!(places, Spots::All),
    };
    let mut wanted: BTreeSet<usize> = pieces.iter().copied().collect();
    loop {
        if !hand.fetch(wanted) {
            return None;
        }
        let mut found = Vec::new();
        let asked = Row::new(&hand).read(&hand, (pieces, places), &mut |entry| found.push(entry));
        wanted = asked.pieces;
        if wanted.is_empty() {
            for piece in pieces {
                if let Some(Tokens { list, comments, .. }) = hand.lexed.get(piece) {
                    inside(text, (list, comments), language, TOP, places, sink);
                }
            }
            found.into_iter().for_each(sink);
            let read = hand.lexed.into_keys().collect();
            return Some(Basis::Pieces(Pieces::new(read, asked.names)));
        }
    }
}

/// The pieces at hand.
struct Hand<'t, 'r> {
    text: &'t str,
    language: &'static Language,
    trail: &'r Trail,
    /// The tokens of each piece.
    lexed: BTreeMap<usize, Tokens>,
    /// Bytes of all pieces.
    size: usize,
    /// Whether the whole may be at hand.
    all: bool,
}

impl Hand<'_, '_> {
    /// Takes up these pieces, and those into which functions go on from them. `false` where that is too much.
    fn fetch(&mut self, wanted: BTreeSet<usize>) -> bool {
        let mut waiting: Vec<usize> = wanted.into_iter().collect();
        while let Some(piece) = waiting.pop() {
            let Some(tokens) = self.tokens(piece) else {
                return false;
            };
            if !defines(self.text, &tokens) {
                continue;
            }
            let (mut row, part, mut last) = (tokens.clone(), 0..tokens.len(), piece);
            loop {
                let closers = closers(&row);
                let range = (part.clone(), row.len());
                if last + 1 >= self.trail.len()
                    || !is_unfinished(self.text, &row, &closers, self.language, range)
                {
                    break;
                }
                last += 1;
                if !self.lexed.contains_key(&last) {
                    waiting.push(last);
                }
                let Some(more) = self.tokens(last) else {
                    return false;
                };
                row.extend_from_slice(&more);
            }
        }
        true
    }

    /// The tokens of a piece; `None` where it cannot be read alone, or with it too much would be at hand.
    fn tokens(&mut self, piece: usize) -> Option<Vec<Token>> {
        if let Some(known) = self.lexed.get(&piece) {
            return Some(known.list.clone());
        }
        let span = self.trail.piece(piece);
        self.size += span.len();
        if !self.all && self.size * MUCH > self.text.len() {
            return None;
        }
        let tokens = tokens_of(self.text, span, self.language);
        if tokens.cut.is_some() {
            return None;
        }
        let list = tokens.list.clone();
        self.lexed.insert(piece, tokens);
        Some(list)
    }
}

/// What was asked of the rest of a text while some pieces of it were read.
struct Asked {
    /// The pieces that are missing.
    pieces: BTreeSet<usize>,
    /// The names it was about.
    names: Names,
}

/// The pieces at hand, in a row.
struct Row {
    tokens: Vec<Token>,
    spans: Vec<Span>,
    /// The number of each piece and its tokens.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Row {
    fn new(hand: &Hand<'_, '_>) -> Self {
        let mut row = Self {
            tokens: Vec::new(),
            spans: Vec::new(),
            pieces: Vec::new(),
        };
        for (&piece, tokens) in &hand.lexed {
            let from = row.tokens.len();
            row.tokens.extend_from_slice(&tokens.list);
            row.spans.push(hand.trail.piece(piece));
            row.pieces.push((piece, from..row.tokens.len()));
        }
        row
    }

    /// Reads `walked`, of these pieces, at the spots in them.
    fn read<'t>(
        &self,
        hand: &Hand<'t, '_>,
        (walked, spots): (&[usize], Spots<'_>),
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Asked {
        let &Hand {
            text,
            language,
            trail,
            ..
        } = hand;
        let closers = closers(&self.tokens);
        let foreign = Foreign::new(text, &self.spans, trail.givens());
        let scope = Scope::new(text, &self.tokens, &closers, language, Some(&foreign));
        let mut walker = Walker::new(text, &self.tokens, &closers, &scope, language, TOP);
        walker.spots = spots;
        for (piece, tokens) in &self.pieces {
            if walked.binary_search(piece).is_ok() {
                let within = trail.within(*piece);
                walker.part(tokens.clone(), within, sink);
            }
        }
        let (wanted, names) = foreign.asked();
        Asked {
            pieces: wanted.into_iter().map(|place| trail.at(place)).collect(),
            names,
        }
    }
}
