//! What was found in some pieces of a text, and where it stands as long as they do.

use std::sync::Arc;

use crate::detect::{Candidate, Group};
use crate::format::common::Common;
use crate::format::cut::{Given, Pieces, Trail, is_several};
use crate::judge::Verdict;
use crate::text::Span;

/// What was found in pieces that were read together.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    group: Group,
    found: Arc<[Kept]>,
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
        let place = |at: usize, byte: usize| {
            let number = trail.at(u32::try_from(byte).ok()?);
            let piece = u32::try_from(number).ok()?;
            Some(Place {
                piece: group.pieces.numbers.binary_search(&piece).ok()?,
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
        Some(Self {
            group,
            found: kept.into(),
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
        let pieces = common.carry(&self.group.pieces, changed, both, text)?;
        let own = |number: &u32| {
            let at = self.group.pieces.numbers.binary_search(number).ok()?;
            pieces.numbers.get(at).copied()
        };
        let walked: Option<Vec<u32>> = self.group.walked.iter().map(own).collect();
        Some(Self {
            group: Group {
                walked: walked?,
                pieces,
            },
            found: Arc::clone(&self.found),
        })
    }

    /// The number of its piece in the text and trail it was found in, where it depends on no other, nor on what that is given elsewhere.
    pub(super) fn alone(&self, (text, trail): (&str, &Trail)) -> Option<usize> {
        let [piece] = self.group.pieces.numbers[..] else {
            return None;
        };
        let piece = piece as usize;
        self.is_free((text, trail), piece).then_some(piece)
    }

    /// Whether of the names it asks for nothing is given outside of that piece, or still several values.
    fn is_free(&self, (text, trail): (&str, &Trail), piece: usize) -> bool {
        let names = &self.group.pieces.names;
        let span = trail.piece(piece);
        let outside = |given: &Given| !(span.start..span.end).contains(&(given.at as usize));
        let given = |name: u32| {
            let mut all = trail.givens().iter();
            all.any(|given| given.name == name && outside(given))
        };
        // A function may go on up to the end of the text.
        piece + 1 < trail.len()
            && !names.asked.iter().any(|&name| given(name))
            && (names.several.iter()).all(|name| is_several(name, text, trail.givens()))
    }

    /// The same in another text, in a piece that is the same as the one it was found in alone.
    pub(super) fn again(&self, both: (&str, &Trail), piece: usize) -> Option<Self> {
        if !self.is_free(both, piece) {
            return None;
        }
        let number = u32::try_from(piece).ok()?;
        let names = Arc::clone(&self.group.pieces.names);
        let pieces = Pieces {
            numbers: vec![number],
            names,
        };
        Some(Self {
            group: Group {
                walked: vec![number],
                pieces,
            },
            found: Arc::clone(&self.found),
        })
    }

    /// The numbers of the pieces in which it was looked for, sorted.
    pub(crate) fn walked(&self) -> &[u32] {
        &self.group.walked
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What was found, where it stands in the text with this trail.
    pub(crate) fn found(
        &self,
        trail: &Trail,
    ) -> impl Iterator<Item = (Candidate<'static>, Verdict)> {
        self.found.iter().map(|kept| {
            let at = |place: Place| {
                let number = self.group.pieces.numbers.get(place.piece);
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
