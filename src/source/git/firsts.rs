//! Which commit brought each file: the first, in the order of history, whose tree holds a blob under a path.
//!
//! Trees are walked in the order that is cheapest, so what brought a file is found out afterwards. Every root has a rank. The rank of a
//! visit of a folder is the lowest of the roots it lies below, and that of a file is the lowest of the visits at which it stands.

use super::differences::{Differences, Standing};
use super::paths::{Paths, TOP};

/// No root.
pub(super) const NO_RANK: u32 = u32::MAX;

/// Ranks that are looked at one by one.
const BLOCK: usize = 16;

/// A blob under a path, and the rank of the root that brought it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct First {
    pub(super) blob: u32,
    pub(super) path: u32,
    pub(super) rank: u32,
}

/// All files below `roots`, the visits of the top by rank; each blob once under a path, those of one path together.
pub(super) fn firsts(
    differences: &Differences,
    paths: &Paths,
    roots: impl Iterator<Item = u32>,
) -> Vec<First> {
    let count = u32::try_from(paths.len()).unwrap_or(u32::MAX);
    let of = |path: u32| vec![NO_RANK; differences.visits(path) as usize];
    let mut ranks: Vec<Vec<u32>> = (0..count).map(of).collect();
    for (visit, rank) in roots.zip(0..) {
        lower(&mut ranks[TOP as usize], visit, rank);
    }
    let mut inner: Vec<u32> = (1..count).collect();
    inner.sort_by_key(|&path| paths.folder(path));
    let (mut found, mut here) = (Vec::new(), Vec::new());
    // A folder has a lower number than what stands in it, so all its ranks are known when its turn comes.
    for group in inner.chunk_by(|&a, &b| paths.folder(a) == paths.folder(b)) {
        let folder = group.first().map_or(TOP, |&path| paths.folder(path));
        let least = Least::new(std::mem::take(&mut ranks[folder as usize]));
        for &path in group {
            let changes = differences.changes(path);
            let ends = (changes.iter().skip(1).map(|change| change.0)).chain([least.len()]);
            let runs =
                (changes.iter().zip(ends)).map(|(&(from, standing), to)| (from, to, standing));
            let doubles = differences.doubles(path).iter().map(|&(from, standing)| {
                let next = changes.partition_point(|change| change.0 <= from);
                let to = changes.get(next).map_or(least.len(), |change| change.0);
                (from, to, standing)
            });
            for (from, to, standing) in runs.chain(doubles) {
                if standing == Standing::NOTHING {
                    continue;
                }
                let rank = least.of(from as usize, to as usize);
                if let Some(visit) = standing.visit() {
                    lower(&mut ranks[path as usize], visit, rank);
                } else if let Some(blob) = standing.file() {
                    here.push(First { blob, path, rank });
                }
            }
            here.sort_unstable();
            here.dedup_by_key(|first| first.blob);
            found.append(&mut here);
        }
    }
    found
}

fn lower(ranks: &mut [u32], visit: u32, rank: u32) {
    if let Some(known) = ranks.get_mut(visit as usize) {
        *known = rank.min(*known);
    }
}

/// Numbers, of which the least in any range is known without looking at all of them.
struct Least {
    numbers: Vec<u32>,
    /// The least of each block, then of two blocks from each one on, then of four, and so on.
    levels: Vec<Vec<u32>>,
}

impl Least {
    fn new(numbers: Vec<u32>) -> Self {
        let least = |block: &[u32]| block.iter().copied().min().unwrap_or(NO_RANK);
        let mut levels = Vec::new();
        if numbers.len() > 2 * BLOCK {
            levels.push(numbers.chunks(BLOCK).map(least).collect::<Vec<u32>>());
        }
        while let Some(last) = levels.last()
            && let Some(ahead) = last
                .get(1 << (levels.len() - 1)..)
                .filter(|ahead| !ahead.is_empty())
        {
            let pairs = last.iter().zip(ahead);
            levels.push(pairs.map(|(&a, &b)| a.min(b)).collect());
        }
        Self { numbers, levels }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.numbers.len()).unwrap_or(u32::MAX)
    }

    /// The least of the numbers in a range.
    fn of(&self, from: usize, to: usize) -> u32 {
        let plain = |from: usize, to: usize| {
            let some = self.numbers.get(from..to).unwrap_or_default();
            some.iter().copied().min().unwrap_or(NO_RANK)
        };
        let (first, last) = (from.div_ceil(BLOCK), to / BLOCK);
        let Some(level) = last.checked_sub(first).and_then(usize::checked_ilog2) else {
            return plain(from, to);
        };
        let Some(blocks) = self.levels.get(level as usize) else {
            return plain(from, to);
        };
        let ends = [blocks.get(first), blocks.get(last - (1 << level))];
        let ends = ends.into_iter().flatten().copied();
        (ends.min().unwrap_or(NO_RANK))
            .min(plain(from, first * BLOCK))
            .min(plain(last * BLOCK, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_any_range() {
        for size in [0, 1, 15, 16, 17, 33, 100, 300] {
            let numbers: Vec<u32> = (0..size).map(|at| at * 7919 % 1009).collect();
            let least = Least::new(numbers.clone());
            for from in 0..numbers.len() {
                for to in from + 1..=numbers.len() {
                    assert_eq!(Some(&least.of(from, to)), numbers[from..to].iter().min());
                }
            }
        }
    }

    #[test]
    fn the_lowest_rank_counts_in_whatever_order_trees_are_walked() {
        let mut paths = Paths::default();
        let folder = paths.number(b"folder").unwrap();
        let file = paths.number(b"folder/file").unwrap();
        let mut differences = Differences::default();
        let blob = |number| Standing::blob(number, false).unwrap();
        for (number, changes) in [(5, true), (6, true), (6, false)] {
            let top = differences.begin(TOP);
            if changes {
                let visit = differences.begin(folder);
                differences.change(top, folder, Standing::tree(visit));
                differences.change(visit, file, blob(number));
            }
        }
        let found = firsts(&differences, &paths, [2, 0, 1].into_iter());
        let first = |blob, rank| First {
            blob,
            path: file,
            rank,
        };
        assert_eq!(found, [first(5, 1), first(6, 0)]);
    }
}
