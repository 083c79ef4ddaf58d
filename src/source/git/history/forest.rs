//! The entries of a pack as a forest: each below the one it was made from.

use super::entry::Kind;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// What the entries of a pack were made from.
pub(super) struct Bases {
    /// What each entry is, of those that are whole.
    pub(super) kinds: Vec<Kind>,
    /// What each entry was made from, or [`NONE`].
    pub(super) parents: Vec<u32>,
    /// Entries that are whole.
    pub(super) roots: Vec<u32>,
}

/// Entries below each other.
#[derive(Default)]
pub(super) struct Forest {
    /// What each entry was made from, or [`NONE`].
    bases: Vec<u32>,
    /// What each entry is, by what it was made from in the end.
    kinds: Vec<Kind>,
    /// Entries made from another in this pack, grouped by it; the heaviest of a group last.
    children: Vec<u32>,
    /// Where the group of each entry begins in `children`, and where the last ends.
    groups: Vec<u32>,
    /// Entries that are whole.
    roots: Vec<u32>,
}

impl Forest {
    /// Puts every entry below the one it was made from.
    pub(super) fn new(bases: Bases) -> Self {
        let mut forest = Self {
            bases: bases.parents,
            kinds: bases.kinds,
            children: Vec::new(),
            groups: Vec::new(),
            roots: bases.roots,
        };
        forest.group();
        forest.weigh();
        forest
    }

    /// What an entry was made from, where that is in this pack.
    pub(super) fn base(&self, entry: u32) -> Option<u32> {
        let base = self.bases.get(entry as usize);
        base.copied().filter(|&base| base != NONE)
    }

    /// What an entry is.
    pub(super) fn kind(&self, entry: u32) -> Kind {
        let kind = self.kinds.get(entry as usize);
        kind.copied().unwrap_or(Kind::Unknown)
    }

    /// Entries that are whole.
    pub(super) fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// Entries made from this one.
    pub(super) fn children(&self, entry: u32) -> &[u32] {
        let at = entry as usize;
        match self.groups.get(at..at + 2) {
            Some(&[from, to]) => self
                .children
                .get(from as usize..to as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    fn group(&mut self) {
        let mut groups = vec![0_u32; self.bases.len() + 1];
        for &base in self.bases.iter().filter(|&&base| base != NONE) {
            groups[base as usize + 1] += 1;
        }
        for at in 1..groups.len() {
            groups[at] += groups[at - 1];
        }
        let mut next = groups.clone();
        let mut children = vec![0; groups.last().map_or(0, |&count| count as usize)];
        for (&base, entry) in self.bases.iter().zip(0_u32..) {
            if base != NONE {
                let at = &mut next[base as usize];
                children[*at as usize] = entry;
                *at += 1;
            }
        }
        (self.groups, self.children) = (groups, children);
    }

    /// Hands kinds down, and puts the heaviest child of each entry last: when it is visited, its base is needed no more, so
    /// that no more contents are held than the logarithm of the number of entries.
    fn weigh(&mut self) {
        let order = self.order();
        for &entry in &order {
            let base = self.bases[entry as usize];
            if base != NONE {
                self.kinds[entry as usize] = self.kinds[base as usize];
            }
        }
        let mut weights = vec![1_u32; self.bases.len()];
        for &entry in order.iter().rev() {
            let base = self.bases[entry as usize];
            if base != NONE {
                weights[base as usize] += weights[entry as usize];
            }
        }
        for group in self.groups.windows(2) {
            let group = &mut self.children[group[0] as usize..group[1] as usize];
            group.sort_by_key(|&child| weights[child as usize]);
        }
    }

    /// The entries, each behind the one it was made from. Most packs hold them in such an order.
    fn order(&self) -> Vec<u32> {
        let mut entries = self.bases.iter().zip(0_u32..);
        if entries.all(|(&base, entry)| base == NONE || base < entry) {
            return (0..).take(self.bases.len()).collect();
        }
        let mut order = self.roots.clone();
        let mut at = 0;
        while let Some(&entry) = order.get(at) {
            order.extend_from_slice(self.children(entry));
            at += 1;
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_order_every_entry_is_what_it_was_made_from() {
        let forest = |parents: &[u32]| {
            let roots = (0_u32..).zip(parents);
            let roots: Vec<u32> = roots
                .filter(|root| *root.1 == NONE)
                .map(|root| root.0)
                .collect();
            let mut kinds = vec![Kind::Unknown; parents.len()];
            for (&root, kind) in roots.iter().zip([Kind::Blob, Kind::Tree]) {
                kinds[root as usize] = kind;
            }
            Forest::new(Bases {
                kinds,
                parents: parents.to_vec(),
                roots,
            })
        };
        let ahead = forest(&[NONE, 0, 1, 0, NONE, 4]);
        assert_eq!(ahead.children(0), [3, 1]);
        assert_eq!((ahead.kind(2), ahead.kind(5)), (Kind::Blob, Kind::Tree));
        assert_eq!((ahead.base(2), ahead.base(0)), (Some(1), None));
        // The last two were made from each other.
        let behind = forest(&[2, 0, NONE, 2, 5, 4]);
        assert_eq!(behind.children(2), [3, 0]);
        assert_eq!(
            (behind.kind(1), behind.kind(4)),
            (Kind::Blob, Kind::Unknown)
        );
    }
}
