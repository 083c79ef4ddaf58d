//! What the trails of two texts have in common, one of which was made from the other.

use super::cut::{Given, Pieces, Trail};

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

    /// The number in the text made of a piece of the base; `None` where it stands there more than once, too.
    fn own(&self, number: usize) -> Option<usize> {
        let holds = |run: &&Run| (run.base..run.base + run.length).contains(&number);
        let mut runs = self.runs.iter().filter(holds);
        let run = runs.next().filter(|_| runs.next().is_none())?;
        Some(number - run.base + run.own)
    }

    /// The pieces of the text made that tell the same as these pieces of the base do: they are in common, stand to each other as they
    /// did, and the rest of neither text gives something to the names of which that matters. `None` where it need not be so.
    pub fn carry(&self, pieces: &Pieces, base: &Trail, own: &Trail) -> Option<Pieces> {
        let mut numbers: Vec<u32> = Vec::with_capacity(pieces.numbers.len());
        let mut last: Option<(usize, usize)> = None;
        for &number in &pieces.numbers {
            let number = number as usize;
            let here = self.own(number)?;
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
        let asked = |given: &Given| pieces.asked.binary_search(&given.name).is_ok();
        let (gone, twice) = self.apart(base, |run| (run.base, run.length));
        let (new, _) = self.apart(own, |run| (run.own, run.length));
        let mut changed = gone.into_iter().chain(twice).chain(new).flatten();
        (!changed.any(asked)).then(|| Pieces {
            numbers,
            asked: pieces.asked.clone(),
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
        runs.sort_unstable();
        let (mut out, mut twice, mut from) = (Vec::new(), Vec::new(), 0);
        for (first, length) in runs {
            let end = first + length;
            if from < first {
                out.push(trail.given_in(from..first));
            } else {
                twice.push(trail.given_in(first..end.min(from)));
            }
            from = from.max(end);
        }
        out.push(trail.given_in(from..trail.len()));
        (out, twice)
    }
}
