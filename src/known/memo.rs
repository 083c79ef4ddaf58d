//! What was found in pieces that were met before, in whatever text: a line that comes back, or that a delta does not copy, is the same line.
//!
//! Only what a piece was read with alone is kept, under its path, and only where what it asks of the rest of its text is answered as it
//! was: a name that nothing else gives something still is one, and one with several values, too.

use std::collections::HashMap;

use super::told::Told;
use crate::format::cut::{Enclosing, Trail};

/// Longer pieces are read again.
const LONGEST: usize = 2 << 10;
/// So many bytes of pieces are kept, about; with more, all are forgotten.
const MOST: usize = 8 << 20;

/// Pieces that were met before.
#[derive(Default)]
pub(crate) struct Memo {
    /// By path and text.
    known: HashMap<Box<str>, HashMap<Box<str>, Vec<Met>>>,
    size: usize,
}

/// What was found in a piece.
struct Met {
    within: Box<[Enclosing]>,
    told: Told,
}

impl Memo {
    /// What was found in the pieces of `text` in which `hot` spots lie, where they were met before under that path; takes their spots
    /// out.
    pub(crate) fn recall(
        &self,
        path: &str,
        (text, trail): (&str, &Trail),
        hot: &mut Vec<u32>,
    ) -> Vec<Told> {
        let Some(known) = self.known.get(path) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut rest = Vec::new();
        let mut spots = &hot[..];
        while let Some(&first) = spots.first() {
            let piece = trail.at(first);
            let span = trail.piece(piece);
            let count = spots.partition_point(|&spot| (spot as usize) < span.end);
            let (mine, others) = spots.split_at(count.max(1));
            spots = others;
            let met = known.get(span.of(text)).into_iter().flatten();
            let mut same = met.filter(|met| *met.within == *trail.within(piece));
            match same.find_map(|met| met.told.again((text, trail), piece)) {
                Some(told) => found.push(told),
                None => rest.extend_from_slice(mine),
            }
        }
        *hot = rest;
        found
    }

    /// Keeps what was found in some pieces of `text`.
    pub(crate) fn keep(&mut self, path: &str, (text, trail): (&str, &Trail), told: &[Told]) {
        for told in told {
            let Some(piece) = told.alone((text, trail)) else {
                continue;
            };
            let span = trail.piece(piece);
            if span.len() > LONGEST {
                continue;
            }
            if self.size > MOST {
                (self.known, self.size) = (HashMap::new(), 0);
            }
            self.size += span.len() + size_of::<Met>();
            if !self.known.contains_key(path) {
                self.size += path.len();
                self.known.insert(path.into(), HashMap::new());
            }
            let Some(known) = self.known.get_mut(path) else {
                continue;
            };
            let met = Met {
                within: trail.within(piece).into(),
                told: told.clone(),
            };
            let all = known.entry(span.of(text).into()).or_default();
            all.retain(|known| known.within != met.within);
            all.push(met);
        }
    }
}
