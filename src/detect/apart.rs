//! A text of which only some pieces are read, each on its own: what is found in one depends on what that was read with, and on
//! nothing else.

use super::{Document, Found, Group, Parts, keyed, pattern};
use crate::format::cut::{Basis, Cut, Trail};
use crate::format::spots_inside;
use crate::rule::{Folded, RuleSet};

/// Of so many pieces each is read on its own.
const MOST: usize = 256;

/// What is found at the spots of `document`, piece by piece. `None` where it has to be read in another way.
pub(super) fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
) -> Option<Vec<(Vec<Found<'t>>, Group)>> {
    let Parts { spots, trail } = document.parts?;
    let (trail, cut) = trail.zip(document.format?.cut())?;
    // A piece that is the whole text tells the same in the other way, and would be read twice.
    if trail.len() == 1 && cut.alone().is_none() {
        return None;
    }
    let pieces = trail.pieces(spots);
    if cut.reads_enclosed() || pieces.len() > MOST || keyed::in_a_parent(rules, trail) {
        return None;
    }
    let mut scratch = (Folded::default(), Folded::default());
    let (mut all, mut read) = (Vec::with_capacity(pieces.len()), 0);
    for piece in pieces {
        let (found, group) = one(rules, document, (piece, trail, cut), &mut scratch)?;
        // Pieces that others are read with are read again and again.
        let sizes = group.pieces.numbers.iter();
        read += sizes
            .map(|&number| trail.piece(number as usize).len())
            .sum::<usize>();
        if read > document.text.len() {
            return None;
        }
        all.push((found, group));
    }
    Some(all)
}

fn one<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    (piece, trail, cut): (usize, &Trail, &'static dyn Cut),
    scratch: &mut (Folded, Folded),
) -> Option<(Vec<Found<'t>>, Group)> {
    let (text, span) = (document.text, trail.piece(piece));
    let spots = spots_inside(document.parts?.spots, span);
    let mut matches = pattern::matches(rules, document, Some(spots));
    if !(matches.iter()).all(|found| pattern::lies_in(found, trail, piece)) {
        return None;
    }
    let mut found = Vec::new();
    let basis = if matches.is_empty() {
        cut.read(text, spots, trail, &mut |entry| {
            keyed::read(rules, document, entry, scratch, &mut |told| {
                found.push(told);
            });
        })
    } else {
        // What stands around a match is named whatever its name is.
        let spots = pattern::with_matches(spots, &matches);
        cut.read_piece(text, (piece, &spots), trail, &mut |entry| {
            pattern::place(&mut matches, &entry);
            keyed::read(rules, document, entry, scratch, &mut |told| {
                found.push(told);
            });
        })
    };
    let Basis::Pieces(pieces) = basis? else {
        return None;
    };
    pattern::tell(rules, document, matches, &mut |told| {
        found.push(Found::Candidate(told));
    });
    let group = Group {
        walked: vec![u32::try_from(piece).ok()?],
        pieces,
    };
    Some((found, group))
}
