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

    /// The same in another text: in a piece that is the same as the only one it was looked for in, with these pieces in place of those it was
    /// read with.
    pub(super) fn again(&self, numbers: Vec<u32>, piece: usize) -> Option<Self> {
        let walked = u32::try_from(piece).ok()?;
        let names = Arc::clone(&self.group.pieces.names);
        Some(Self {
            group: Group {
                walked: vec![walked],
                pieces: Pieces { numbers, names },
            },
            found: Arc::clone(&self.found),
        })
    }

    /// The numbers of the pieces it was read with, sorted.
    pub(super) fn pieces(&self) -> &[u32] {
        &self.group.pieces.numbers
    }

    /// The names of which it matters what is given to them elsewhere.
    pub(super) fn names(&self) -> &Names {
        &self.group.pieces.names
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
            + self.found.len() * size_of::<Kept>()
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
