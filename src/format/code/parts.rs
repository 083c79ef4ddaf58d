//! Pieces of a text, read together with the pieces that they ask for.
//!
//! The tokens of all pieces at hand stand in one row, but only those that were asked for are walked through; the others tell
//! what names stand for. Where a name that is asked for is given something in a piece that is not at hand, or a function may go
//! on behind one, that piece is fetched, and all is read again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, btree_map};
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

/// Calls `sink` for what can be found at `places` in some pieces of `text`, in comments and literals only where one of `near` stands; gives what that depends on. `None` where it is so much that the whole has to
/// be read, which everything in a piece never is.
pub(super) fn read<'t>(
    text: &'t str,
    language: &'static Language,
    (pieces, places, near): (&[usize], Spots<'_>, Spots<'_>),
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
                    inside(text, (list, comments), language, TOP, (places, near), sink);
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
        let &mut Self {
            text,
            language,
            trail,
            ..
        } = self;
        let mut waiting: Vec<usize> = wanted.into_iter().collect();
        while let Some(piece) = waiting.pop() {
            let Some(tokens) = self.tokens(piece) else {
                return false;
            };
            if !defines(text, tokens) {
                continue;
            }
            let (mut row, part, mut last) = (Cow::Borrowed(tokens), 0..tokens.len(), piece);
            while last + 1 < trail.len()
                && is_unfinished(
                    text,
                    &row,
                    &closers(&row),
                    language,
                    (part.clone(), row.len()),
                )
            {
                let mut all = row.into_owned();
                last += 1;
                if !self.lexed.contains_key(&last) {
                    waiting.push(last);
                }
                let Some(more) = self.tokens(last) else {
                    return false;
                };
                all.extend_from_slice(more);
                row = Cow::Owned(all);
            }
        }
        true
    }

    /// The tokens of a piece; `None` where it cannot be read alone, or with it too much would be at hand.
    fn tokens(&mut self, piece: usize) -> Option<&[Token]> {
        let tokens = match self.lexed.entry(piece) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(place) => {
                let span = self.trail.piece(piece);
                self.size += span.len();
                if !self.all && self.size * MUCH > self.text.len() {
                    return None;
                }
                let tokens = tokens_of(self.text, span, self.language);
                if tokens.cut.is_some() {
                    return None;
                }
                place.insert(tokens)
            }
        };
        Some(&tokens.list)
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
struct Row<'h> {
    tokens: Cow<'h, [Token]>,
    spans: Vec<Span>,
    /// The number of each piece and its tokens.
    pieces: Vec<(usize, Range<usize>)>,
}

impl<'h> Row<'h> {
    fn new(hand: &'h Hand<'_, '_>) -> Self {
        let mut row = Self {
            tokens: Cow::default(),
            spans: Vec::new(),
            pieces: Vec::new(),
        };
        for (&piece, tokens) in &hand.lexed {
            let from = row.tokens.len();
            if from == 0 {
                row.tokens = Cow::Borrowed(&tokens.list);
            } else {
                row.tokens.to_mut().extend_from_slice(&tokens.list);
            }
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
