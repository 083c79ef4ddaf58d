//! Which trees were met under which paths.

use super::inventory::{PairMap, halves, pair};

/// The visit of each pair of tree and path.
#[derive(Debug)]
pub(super) struct Met {
    /// By the number of a tree: the first path under which it was met, plus one, and its visit. Most trees are met under one path, and
    /// those met after each other lie side by side.
    first: Vec<u64>,
    /// The others.
    more: PairMap<u32>,
}

impl Met {
    /// No tree was met yet of so many objects, or of further ones.
    pub(super) fn new(count: usize) -> Self {
        Self {
            first: vec![0; count],
            more: PairMap::default(),
        }
    }

    /// Looks at trees that will be asked for soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, trees: &[u32]) {
        let marks = trees.iter().map(|&tree| self.first.get(tree as usize));
        std::hint::black_box(marks.flatten().fold(0, |all, mark| all ^ mark));
    }

    /// The visit of a tree under a path; `begin` gives one where there is none.
    pub(super) fn visit(&mut self, tree: u32, path: u32, begin: impl FnOnce() -> u32) -> u32 {
        let mark = path.saturating_add(1);
        match self.first.get_mut(tree as usize) {
            Some(first) if *first == 0 => {
                let visit = begin();
                *first = pair(mark, visit);
                visit
            }
            Some(first) if halves(*first).0 == mark => halves(*first).1,
            _ => *self.more.entry(pair(tree, path)).or_insert_with(begin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_visited_once_under_each_path() {
        let mut met = Met::new(2);
        for (tree, path, visit) in [(0, 0, 5), (0, 1, 6), (1, 0, 0), (9, 0, 7), (9, 1, 8)] {
            assert_eq!(met.visit(tree, path, || visit), visit);
        }
        for (tree, path, visit) in [(9, 1, 8), (9, 0, 7), (1, 0, 0), (0, 1, 6), (0, 0, 5)] {
            assert_eq!(met.visit(tree, path, || 99), visit);
        }
    }
}
