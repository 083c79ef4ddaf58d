//! What was found in pieces that were met before, in whatever text: a line that comes back, or that a delta does not copy, is the same line.
//!
//! What a piece told is kept under its path, and told again where it stands with the same pieces that it was read with, and what it asks of
//! the rest of its text is answered as it was (`known/place`).

use std::collections::HashMap;

use super::place::{Givers, Places, Print, Prints};
use super::told::Told;
use crate::format::cut::Trail;

/// So many bytes are kept, about; with more, all are forgotten.
const MOST: usize = 8 << 20;
/// Of a piece that was read with others, and with other ones each time, so many times are kept.
const MOST_ALIKE: usize = 8;

/// Pieces that were met before.
#[derive(Default)]
pub(crate) struct Memo {
    /// By path and piece.
    known: HashMap<Box<str>, HashMap<Print, Vec<Met>>>,
    prints: Prints,
    size: usize,
}

/// What was found in a piece.
struct Met {
    /// Where it stands, and those it was read with.
    places: Places,
    told: Told,
}

impl Memo {
    /// What was found in the pieces of `text` in which `hot` spots lie, where they were met before under that path; takes their spots
    /// out.
    pub(crate) fn recall(&self, path: &str, both: (&str, &Trail), hot: &mut Vec<u32>) -> Vec<Told> {
        let Some(known) = self.known.get(path) else {
            return Vec::new();
        };
        let (_, trail) = both;
        let mut found = Vec::new();
        let mut rest = Vec::new();
        let mut spots = &hot[..];
        let mut givers = Givers::default();
        while let Some(&first) = spots.first() {
            let piece = trail.at(first);
            let span = trail.piece(piece);
            let count = spots.partition_point(|&spot| (spot as usize) < span.end);
            let (mine, others) = spots.split_at(count.max(1));
            spots = others;
            let met = known.get(&self.prints.of(both, piece));
            // The text is more like one that was met lately.
            let mut met = met.into_iter().flatten().rev();
            let again = met.find_map(|Met { places, told }| {
                let numbers = places.again(&self.prints, told, both, piece, &mut givers)?;
                Some(told.again(numbers))
            });
            match again {
                Some(told) => found.push(told),
                None => rest.extend_from_slice(mine),
            }
        }
        *hot = rest;
        found
    }

    /// Keeps what was found in some pieces of `text`.
    pub(crate) fn keep<'a>(
        &mut self,
        path: &str,
        both: (&str, &Trail),
        told: impl Iterator<Item = &'a Told>,
    ) {
        for told in told {
            let Some((piece, places)) = Places::new(&self.prints, told, both) else {
                continue;
            };
            if self.size > MOST {
                (self.known, self.size) = (HashMap::new(), 0);
            }
            self.size += size_of::<Print>() + size_of::<Met>() + places.size() + told.size();
            if !self.known.contains_key(path) {
                self.size += path.len();
                self.known.insert(path.into(), HashMap::new());
            }
            let Some(known) = self.known.get_mut(path) else {
                continue;
            };
            let all = known.entry(self.prints.of(both, piece)).or_default();
            if all.len() == MOST_ALIKE {
                all.remove(0);
            }
            let told = told.clone();
            all.push(Met { places, told });
        }
    }
}
