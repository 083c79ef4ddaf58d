//! Commits that hold something, and the newest that holds it no more.

use std::ops::Range;

/// Commits by their places, each with others.
#[derive(Debug, Default)]
struct Links {
    /// Where the others of each end in `all`.
    ends: Vec<u32>,
    all: Vec<u32>,
}

impl Links {
    fn of(&self, at: usize) -> &[u32] {
        let from = at.checked_sub(1).map_or(Some(&0), |at| self.ends.get(at));
        let range = from.zip(self.ends.get(at));
        let others = range.and_then(|(&from, &to)| self.all.get(from as usize..to as usize));
        others.unwrap_or_default()
    }

    /// The same the other way round.
    fn turned(&self) -> Self {
        let mut next = vec![0; self.ends.len()];
        for &other in &self.all {
            if let Some(next) = next.get_mut(other as usize) {
                *next += 1;
            }
        }
        let mut end = 0;
        for next in &mut next {
            (*next, end) = (end, end + *next);
        }
        let mut all = vec![0; self.all.len()];
        for (at, place) in (0..self.ends.len()).zip(0..) {
            for &other in self.of(at) {
                if let Some(next) = next.get_mut(other as usize) {
                    all[*next as usize] = place;
                    *next += 1;
                }
            }
        }
        // What begins with one ends with all of it.
        Self { ends: next, all }
    }
}

/// Commits in the order of their places, each behind its parents.
#[derive(Debug, Default)]
pub(super) struct Line {
    parents: Links,
    children: Links,
    /// Which of them hold what is asked about; none, while nothing is asked.
    held: Vec<bool>,
}

impl Line {
    /// So many commits; `parents` puts the places of the parents of one, of those that have places, behind what it is given.
    pub(super) fn new(count: usize, mut parents: impl FnMut(usize, &mut Vec<u32>)) -> Self {
        let (mut ends, mut all) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for at in 0..count {
            parents(at, &mut all);
            // More links than numbers do not fit into memory either.
            ends.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
        }
        let parents = Links { ends, all };
        Self {
            children: parents.turned(),
            parents,
            held: vec![false; count],
        }
    }

    /// The newest commit that holds nothing and has a parent that does, where those in `spans` hold something.
    pub(super) fn newest_without(&mut self, spans: &[Range<usize>]) -> Option<usize> {
        let count = self.held.len();
        let spans = || {
            spans
                .iter()
                .map(|span| span.start.min(count)..span.end.min(count))
        };
        spans().for_each(|span| self.held[span].fill(true));
        let holds = |&at: &u32| self.held.get(at as usize) == Some(&true);
        // Those that hold it and those that do not are asked, whichever are fewer.
        let newest = if spans().map(|span| span.len()).sum::<usize>() < count / 2 {
            let below = spans().flatten().flat_map(|at| self.children.of(at));
            let below = below.filter(|&child| !holds(child)).max();
            below.map(|&child| child as usize)
        } else {
            let mut others = (0..count).rev().filter(|&at| !self.held[at]);
            others.find(|&at| self.parents.of(at).iter().any(holds))
        };
        spans().for_each(|span| self.held[span].fill(false));
        newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dice::Dice;

    #[test]
    fn the_newest_without_is_told_whoever_is_asked() {
        let mut dice = Dice(7);
        let mut told = 0;
        for round in 0..300 {
            let count = round % 40;
            let parents: Vec<Vec<u32>> = (0..count)
                .map(|at| {
                    let any = (0..dice.below(4)).map(|_| dice.below(at.max(1)));
                    let any = any.filter(|&parent| parent < at);
                    any.map(|parent| u32::try_from(parent).unwrap()).collect()
                })
                .collect();
            let mut line = Line::new(count, |at, all| all.extend(&parents[at]));
            for _ in 0..5 {
                let spans: Vec<_> = (0..dice.below(4))
                    .map(|_| {
                        let from = dice.below(count + 1);
                        from..from + dice.below(count + 1 - from + 1)
                    })
                    .collect();
                let holds = |at: usize| spans.iter().any(|span| span.contains(&at));
                let mut others = (0..count).rev().filter(|&at| !holds(at));
                let expected =
                    others.find(|&at| parents[at].iter().any(|&parent| holds(parent as usize)));
                assert_eq!(line.newest_without(&spans), expected);
                told += usize::from(expected.is_some());
            }
        }
        assert!(told > 300, "{told}");
    }
}
