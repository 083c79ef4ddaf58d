//! What the trails of two texts have in common, one of which was made from the other.

use std::ops::Range;
use std::sync::Arc;

use super::cut::{Given, Pieces, Trail, hash, is_several};
use super::sought::Sought;

/// Pieces that stand in both texts, the same and cut the same, as runs in the order of the text made.
#[derive(Clone, Debug, Default)]
pub struct Common {
    runs: Vec<Run>,
}

/// Pieces that follow each other in both texts.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The number of the first in the base.
    base: usize,
    /// The number of the first in the text made.
    own: usize,
    length: usize,
}

impl Common {
    /// Notes that the pieces of the base from `base` on are the pieces from `own` on.
    pub(super) fn push(&mut self, base: usize, own: usize, length: usize) {
        self.runs.push(Run { base, own, length });
    }

    /// The numbers in the text made at which a piece of the base stands.
    pub fn images(&self, number: usize) -> impl Iterator<Item = usize> {
        let holds = move |run: &&Run| (run.base..run.base + run.length).contains(&number);
        let runs = self.runs.iter().filter(holds);
        runs.map(move |run| number - run.base + run.own)
    }

    /// The pieces of the text made, which has so many, that are not in common.
    pub fn new_pieces(&self, count: usize) -> Vec<Range<usize>> {
        let (mut found, mut from) = (Vec::new(), 0);
        for run in &self.runs {
            if from < run.own {
                found.push(from..run.own);
            }
            from = run.own + run.length;
        }
        if from < count {
            found.push(from..count);
        }
        found
    }

    /// Hashes of the names among `asked` (sorted) that are given something else, sorted, each once: those given something in what is not in
    /// common, or stands in the text made more than once.
    pub fn changed(&self, base: &Trail, own: &Trail, asked: &[u32]) -> Vec<u32> {
        let sought = Sought::new(asked);
        let (gone, twice) = self.apart(base, |run| (run.base, run.length));
        let (new, _) = self.apart(own, |run| (run.own, run.length));
        let given = gone.into_iter().chain(twice).chain(new).flatten();
        let names = given.map(|given| given.name);
        let mut names: Vec<u32> = names.filter(|&name| sought.holds(name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The pieces of the text made that tell the same as these pieces of the base do: they are in common, stand to each other as they
    /// did, and none of the names of which that matters is among those [`changed`](Self::changed), but that it has several values. `text` is the
    /// text made. `None` where it need not be so.
    pub fn carry(
        &self,
        pieces: &Pieces,
        changed: &[u32],
        (base, own): (&Trail, &Trail),
        text: &str,
    ) -> Option<Pieces> {
        let mut numbers: Vec<u32> = Vec::with_capacity(pieces.numbers.len());
        let mut last: Option<(usize, usize)> = None;
        for &number in &pieces.numbers {
            let number = number as usize;
            let mut images = self.images(number);
            let here = images.next().filter(|_| images.next().is_none())?;
            // A function may go on in the next piece, or up to the end of the text.
            let stays = last.is_none_or(|(before, there)| {
                here > there && (number > before + 1 || here == there + 1)
            });
            if !stays || number + 1 == base.len() && here + 1 != own.len() {
                return None;
            }
            last = Some((number, here));
            numbers.push(u32::try_from(here).ok()?);
        }
        let is_changed = |name: &u32| changed.binary_search(name).is_ok();
        let names = &pieces.names;
        // What else a name of several values is given does not matter.
        let stay = |name: &str| !is_changed(&hash(name)) || is_several(name, text, own.givens());
        let same =
            !names.asked.iter().any(is_changed) && names.several.iter().all(|name| stay(name));
        same.then(|| Pieces {
            numbers,
            names: Arc::clone(names),
        })
    }

    /// What is given to names in pieces of one of the texts that are not in common, and in those that stand in the other more than
    /// once.
    fn apart<'t>(
        &self,
        trail: &'t Trail,
        part: impl Fn(&Run) -> (usize, usize),
    ) -> (Vec<&'t [Given]>, Vec<&'t [Given]>) {
        let mut runs: Vec<_> = self.runs.iter().map(part).collect();
        // Nearly all are in order.
        runs.sort_by_key(|&(first, _)| first);
        let (mut out, mut twice, mut from) = (Vec::new(), Vec::new(), 0);
        let mut near = 0;
        for (first, length) in runs {
            let end = first + length;
            if from < first {
                out.push(trail.given_in(from..first, &mut near));
            } else if first < from {
                twice.push(trail.given_in(first..end.min(from), &mut near));
            }
            from = from.max(end);
        }
        out.push(trail.given_in(from..trail.len(), &mut near));
        (out, twice)
    }
}
