//! Which trees were met under which paths.

use super::inventory::{PairMap, halves, pair};

/// No tree was met.
const UNMET: u64 = u64::MAX;

/// The visit of each pair of tree and path.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// By the number of a tree: the first path under which it was met, and its visit, or [`UNMET`]. Most trees are met under one path,
    /// and those met after each other lie side by side.
    first: Vec<u64>,
    /// The others.
    more: PairMap<u32>,
}

impl Met {
    /// Forgets everything: no tree was met of so many objects, or of further ones. Memory that was used before is used again, and none of
    /// it is still to be had from the system when it is first looked at.
    pub(super) fn clear(&mut self, count: usize) {
        self.first.clear();
        self.first.resize(count, UNMET);
        self.more.clear();
    }

    /// Looks at trees that will be asked for soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, trees: &[u32]) {
        let marks = trees.iter().map(|&tree| self.first.get(tree as usize));
        std::hint::black_box(marks.flatten().fold(0, |all, mark| all ^ mark));
    }

    /// The visit of a tree under a path; `begin` gives one where there is none.
    pub(super) fn visit(&mut self, tree: u32, path: u32, begin: impl FnOnce() -> u32) -> u32 {
        match self.first.get_mut(tree as usize) {
            Some(first) if *first == UNMET => {
                let visit = begin();
                *first = pair(path, visit);
                visit
            }
            Some(first) if halves(*first).0 == path => halves(*first).1,
            _ => *self.more.entry(pair(tree, path)).or_insert_with(begin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_visited_once_under_each_path() {
        let mut met = Met::default();
        for count in [2, 1, 2] {
            met.clear(count);
            for (tree, path, visit) in [(0, 0, 5), (0, 1, 6), (1, 0, 0), (9, 0, 7), (9, 1, 8)] {
                assert_eq!(met.visit(tree, path, || visit + 1), visit + 1);
            }
            for (tree, path, visit) in [(9, 1, 8), (9, 0, 7), (1, 0, 0), (0, 1, 6), (0, 0, 5)] {
                assert_eq!(met.visit(tree, path, || 99), visit + 1);
            }
        }
    }
}
