//! What was found in some pieces of a text, and where it stands as long as they do.

use std::sync::Arc;

use crate::detect::{Candidate, Group};
use crate::format::common::Common;
use crate::format::cut::{Names, Pieces, Trail};
use crate::judge::Verdict;
use crate::text::Span;

/// What was found in pieces that were read together.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// All that it depends on.
    pieces: Pieces,
    read: Arc<Read>,
}

/// What stays the same wherever the pieces stand.
#[derive(Debug)]
struct Read {
    /// Which of the pieces it was looked for in.
    walked: Vec<usize>,
    found: Vec<Kept>,
}

/// A candidate that is reported or has to be kept secret.
#[derive(Debug)]
struct Kept {
    /// Its spans are those of the text it was found in.
    candidate: Candidate<'static>,
    verdict: Verdict,
    /// Where it and its statements lie.
    places: [Option<[Place; 2]>; 3],
}

/// A place in a piece.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Which of the pieces of the group.
    piece: usize,
    /// Bytes from its beginning.
    offset: usize,
}

impl Told {
    /// What was found in a group of pieces of a text with this trail. `None` where a part of it lies outside of them.
    pub(crate) fn new(
        group: Group,
        found: Vec<(Candidate<'static>, Verdict)>,
        trail: &Trail,
    ) -> Option<Self> {
        let Group { walked, pieces } = group;
        let own = |number: &u32| pieces.numbers.binary_search(number).ok();
        let walked: Option<Vec<usize>> = walked.iter().map(own).collect();
        let place = |at: usize, byte: usize| {
            let number = trail.at(u32::try_from(byte).ok()?);
            let piece = u32::try_from(number).ok()?;
            Some(Place {
                piece: own(&piece)?,
                offset: at - trail.piece(number).start,
            })
        };
        let places = |span: Span| {
            // An end is that of the last byte.
            let last = span.end.saturating_sub(1).max(span.start);
            Some([place(span.start, span.start)?, place(span.end, last)?])
        };
        let mut kept = Vec::with_capacity(found.len());
        for (candidate, verdict) in found {
            let mut all = [None; 3];
            let [first, second] = candidate.statements;
            for (all, span) in all.iter_mut().zip([Some(candidate.span), first, second]) {
                if let Some(span) = span {
                    *all = Some(places(span)?);
                }
            }
            kept.push(Kept {
                candidate,
                verdict,
                places: all,
            });
        }
        let read = Read {
            walked: walked?,
            found: kept,
        };
        Some(Self {
            pieces,
            read: Arc::new(read),
        })
    }

    /// The same in a text that was made from the one it was found in, where what it depends on stands there; `changed` are hashes of
    /// the names that are given something else.
    pub(super) fn carry(
        &self,
        common: &Common,
        changed: &[u32],
        both: (&Trail, &Trail),
        text: &str,
    ) -> Option<Self> {
        Some(Self {
            pieces: common.carry(&self.pieces, changed, both, text)?,
            read: Arc::clone(&self.read),
        })
    }

    /// The same in another text, with these pieces in place of those it was read with.
    pub(super) fn again(&self, numbers: Vec<u32>) -> Self {
        let names = Arc::clone(&self.pieces.names);
        Self {
            pieces: Pieces { numbers, names },
            read: Arc::clone(&self.read),
        }
    }

    /// The numbers of the pieces it was read with, sorted.
    pub(super) fn pieces(&self) -> &[u32] {
        &self.pieces.numbers
    }

    /// The names of which it matters what is given to them elsewhere.
    pub(super) fn names(&self) -> &Names {
        &self.pieces.names
    }

    /// Bytes of what is kept, about.
    pub(super) fn size(&self) -> usize {
        let (pieces, names) = (self.pieces(), self.names());
        let several = names
            .several
            .iter()
            .map(|name| name.len() + size_of::<Box<str>>());
        (pieces.len() + names.asked.len()) * size_of::<u32>()
            + several.sum::<usize>()
            + self.read.walked.len() * size_of::<usize>()
            + self.read.found.len() * size_of::<Kept>()
    }

    /// The numbers of the pieces in which it was looked for, sorted.
    pub(crate) fn walked(&self) -> impl Iterator<Item = usize> {
        let number = |&place: &usize| self.pieces.numbers.get(place);
        let numbers = self.read.walked.iter().filter_map(number);
        numbers.map(|&number| number as usize)
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.read.found.is_empty()
    }

    /// What was found, where it stands in the text with this trail.
    pub(crate) fn found(
        &self,
        trail: &Trail,
    ) -> impl Iterator<Item = (Candidate<'static>, Verdict)> {
        self.read.found.iter().map(|kept| {
            let at = |place: Place| {
                let number = self.pieces.numbers.get(place.piece);
                let piece = number.map_or(0, |&number| number as usize);
                trail.piece(piece).start + place.offset
            };
            let span = |places: Option<[Place; 2]>| {
                places.map(|[start, end]| Span::new(at(start), at(end)))
            };
            let [own, first, second] = kept.places;
            let mut candidate = kept.candidate.clone();
            candidate.span = span(own).unwrap_or(candidate.span);
            candidate.statements = [span(first), span(second)];
            (candidate, kept.verdict.clone())
        })
    }
}
