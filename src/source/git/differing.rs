//! Two trees side by side: what differs.
//!
//! Most of two trees is the same, so what they begin with in common is passed over as bytes. Where an entry begins can only be told
//! from the one before it; so the places of the entries of a tree are kept, and those of the next one are made from them. So are the
//! numbers of their paths, which need not be found by their names then.

use std::rc::Rc;

use super::object::{Entries, Entry, EntryKind};
use super::paths::UNNUMBERED;

/// An entry of a tree: where it begins, and the number of its path, or [`UNNUMBERED`] where that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    at: u32,
    path: u32,
}

impl Start {
    fn new(at: usize, path: u32) -> Self {
        let at = number(at);
        Self { at, path }
    }
}

/// A tree, with the places of its entries.
#[derive(Debug)]
pub(super) struct Tree {
    bytes: Rc<Vec<u8>>,
    /// Where each entry begins, and where the last ends.
    starts: Vec<Start>,
}

impl Tree {
    /// No entry.
    pub(super) fn nothing() -> Self {
        Self {
            bytes: Rc::default(),
            starts: Vec::new(),
        }
    }

    /// A tree and the places that [`Differing`] found in it.
    pub(super) fn new(bytes: Rc<Vec<u8>>, starts: Vec<Start>) -> Self {
        Self { bytes, starts }
    }

    /// What it is made of.
    pub(super) fn into_parts(self) -> (Rc<Vec<u8>>, Vec<Start>) {
        (self.bytes, self.starts)
    }
}

/// What a tree holds that another did not, and the other way round; with the number of the path, where that was told of the tree before.
#[derive(Debug)]
pub(super) enum Difference<'a> {
    /// Nothing stands under that name any more.
    Gone(&'a [u8], Option<u32>),
    /// Something else stands there, or something new.
    There(Entry<'a>, Option<u32>),
}

/// The differences between two trees, in the order of their names.
pub(super) struct Differing<'a> {
    before: &'a Tree,
    /// The next entry of `before`.
    at: usize,
    after: Entries<'a>,
    /// The next entry of `after`, once it was read.
    next: Option<Entry<'a>>,
    /// Where the entries of `after` begin, as far as it was read.
    starts: Vec<Start>,
    /// Where the last of them ends.
    end: usize,
    /// Bytes of an id.
    width: usize,
}

impl<'a> Differing<'a> {
    /// From the tree `before` to the tree `after`, in a store whose ids have so many bytes. What `starts` held is lost. Of trees of
    /// more than four gigabytes nothing can be told.
    pub(super) fn new(
        before: &'a Tree,
        after: &'a [u8],
        width: usize,
        mut starts: Vec<Start>,
    ) -> Self {
        starts.clear();
        Self {
            before,
            at: 0,
            after: Entries::new(after, width),
            next: None,
            starts,
            end: 0,
            width,
        }
    }

    /// Whether the tree after held bytes that are no entry, or too many to be told apart.
    pub(super) fn broken(&self) -> bool {
        self.after.broken() || u32::try_from(self.end).is_err()
    }

    /// Notes the number of the path of the difference told last, which is [`Difference::There`].
    pub(super) fn note(&mut self, path: u32) {
        if let Some(last) = self.starts.last_mut() {
            last.path = path;
        }
    }

    /// The places of the entries of the tree after, once all differences were told.
    pub(super) fn into_starts(mut self) -> Vec<Start> {
        self.starts.push(Start::new(self.end, UNNUMBERED));
        self.starts
    }

    /// The number of the path of the next entry of the tree before.
    fn old_path(&self) -> Option<u32> {
        let old = self.before.starts.get(self.at)?;
        Some(old.path).filter(|&path| path != UNNUMBERED)
    }

    /// The next entry of the tree before.
    fn old(&self) -> Option<Entry<'a>> {
        let &[from, to] = self.before.starts.get(self.at..self.at + 2)? else {
            return None;
        };
        let entry = (self.before.bytes).get(from.at as usize..to.at as usize)?;
        let (head, id) = entry.split_at_checked(entry.len().checked_sub(self.width)?)?;
        Entry::new(head.split_last()?.1, id)
    }

    /// Passes over the entries that both go on with, and over the head of the next if they have that in common too: gives the entry
    /// then.
    fn skip_common(&mut self) -> Option<Difference<'a>> {
        let starts = self.before.starts.get(self.at..).unwrap_or_default();
        let from = starts.first().map_or(0, |start| start.at as usize);
        let old = self.before.bytes.get(from..).unwrap_or_default();
        let (new, to) = (self.after.rest(), self.after.at());
        let common = common(old, new);
        let all = common == old.len() && common == new.len();
        let whole = if all {
            starts.len()
        } else {
            starts.partition_point(|start| start.at as usize <= from + common)
        };
        let whole = whole.checked_sub(1)?;
        let passed = starts[whole].at as usize - from;
        let shift = number(to).wrapping_sub(number(from));
        let moved = starts[..whole].iter().map(|&Start { at, path }| Start {
            at: at.wrapping_add(shift),
            path,
        });
        self.starts.extend(moved);
        self.at += whole;
        self.after.pass(if all { common } else { passed });
        self.end = to + passed;
        // What follows begins alike: a name that stands for something else now.
        let length = starts
            .get(whole + 1)
            .map(|end| end.at as usize - from - passed)?;
        let head = length.checked_sub(self.width)?;
        if common - passed < head {
            return None;
        }
        let entry = new.get(passed..passed + length)?;
        let entry = Entry::new(&entry[..head.checked_sub(1)?], &entry[head..])?;
        let path = self.old_path();
        self.at += 1;
        self.starts.push(Start::new(self.end, UNNUMBERED));
        self.end += length;
        self.after.pass(length);
        Some(Difference::There(entry, path))
    }
}

impl<'a> Iterator for Differing<'a> {
    type Item = Difference<'a>;

    fn next(&mut self) -> Option<Difference<'a>> {
        loop {
            let mut entry = self.next.take();
            if entry.is_none() {
                if let Some(changed) = self.skip_common() {
                    return Some(changed);
                }
                entry = self.after.next();
                if entry.is_some() {
                    self.starts.push(Start::new(self.end, UNNUMBERED));
                    self.end = self.after.at();
                }
            }
            let (old, mut path) = (self.old(), self.old_path());
            let Some(entry) = entry else {
                self.at += 1;
                return Some(Difference::Gone(old?.name, path));
            };
            if let Some(old) = old
                && earlier(&old, &entry)
            {
                self.at += 1;
                self.next = Some(entry);
                return Some(Difference::Gone(old.name, path));
            }
            if old.is_some_and(|old| old.name == entry.name) {
                self.at += 1;
            } else {
                path = None;
            }
            if old != Some(entry) {
                return Some(Difference::There(entry, path));
            }
            self.note(path.unwrap_or(UNNUMBERED));
        }
    }
}

/// A place in a tree as it is kept.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many bytes both begin with.
fn common(left: &[u8], right: &[u8]) -> usize {
    const STEP: usize = 32;
    let (lefts, rights) = (left.as_chunks::<STEP>().0, right.as_chunks::<STEP>().0);
    let same = lefts
        .iter()
        .zip(rights)
        .take_while(|(left, right)| left == right);
    let mut same = same.count() * STEP;
    let (lefts, rights) = (&left[same..], &right[same..]);
    for (&left, &right) in lefts.as_chunks().0.iter().zip(rights.as_chunks().0) {
        let unlike = u64::from_le_bytes(left) ^ u64::from_le_bytes(right);
        if unlike != 0 {
            return same + unlike.trailing_zeros() as usize / 8;
        }
        same += 8;
    }
    let rest = left[same..].iter().zip(&right[same..]);
    same + rest.take_while(|(left, right)| left == right).count()
}

/// Whether `left` stands before `right` in a tree: folders sort as if their names ended in `/`.
fn earlier(left: &Entry<'_>, right: &Entry<'_>) -> bool {
    let common = left.name.len().min(right.name.len());
    let end = |entry: &Entry<'_>| match entry.name.get(common) {
        Some(&byte) => byte,
        None if entry.kind == EntryKind::Tree => b'/',
        None => 0,
    };
    let order = left.name[..common].cmp(&right.name[..common]);
    order.then_with(|| end(left).cmp(&end(right))).is_lt()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn bytes(names: &BTreeMap<Vec<u8>, u8>) -> Vec<u8> {
        let mut all = Vec::new();
        for (name, id) in names {
            all.extend_from_slice(b"100644 ");
            all.extend_from_slice(name);
            all.push(0);
            all.extend_from_slice(&[*id; 20]);
        }
        all
    }

    #[test]
    fn trees_differ_as_their_entries_do() {
        let mut state = 1_u64;
        let mut below = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % most
        };
        let (mut names, mut last) = (BTreeMap::new(), Tree::nothing());
        let mut known: BTreeMap<Vec<u8>, u8> = BTreeMap::new();
        let (mut told, mut carried) = (0_usize, 0);
        let path_of = |name: &[u8]| name.iter().fold(0, |sum, &byte| sum * 11 + u32::from(byte));
        for round in 0..3_000 {
            for _ in 0..below(4) {
                let name = format!("file-{}", below(if round < 300 { 9 } else { 400 }));
                match below(3) {
                    0 => drop(names.remove(name.as_bytes())),
                    // An id of spaces and NULs reads like the head of an entry.
                    id => drop(names.insert(name.into_bytes(), [0, b' '][usize::from(id == 1)])),
                }
            }
            let after = bytes(&names);
            let unused = vec![Start::new(7, 7); 3];
            let mut differing = Differing::new(&last, &after, 20, unused);
            while let Some(difference) = differing.next() {
                told += 1;
                match difference {
                    Difference::Gone(name, path) => {
                        assert!(path.is_none_or(|path| path == path_of(name)));
                        assert!(known.remove(name).is_some());
                    }
                    Difference::There(entry, path) => {
                        let id = entry.id[0];
                        assert_ne!(known.insert(entry.name.to_vec(), id), Some(id));
                        assert!(path.is_none_or(|path| path == path_of(entry.name)));
                        carried += usize::from(path.is_some());
                        // Now and then a path has no number.
                        if told % 9 > 0 {
                            differing.note(path_of(entry.name));
                        }
                    }
                }
            }
            assert_eq!(known, names);
            assert!(!differing.broken());
            let starts = differing.into_starts();
            let mut entries = Entries::new(&after, 20);
            let mut places = vec![0];
            for start in &starts[..names.len()] {
                let entry = entries.next().unwrap();
                assert!([path_of(entry.name), UNNUMBERED].contains(&start.path));
                places.push(number(entries.at()));
            }
            assert!(entries.next().is_none());
            assert!(starts.iter().map(|start| start.at).eq(places));
            last = Tree::new(Rc::new(after), starts);
        }
        assert!(told > 3_000 && carried > 300);
    }
}
