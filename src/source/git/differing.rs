//! Two trees side by side: what differs.
//!
//! Most of two trees is the same, so what they begin with in common is passed over as bytes. Where an entry begins can only be told
//! from the one before it; so for each tree the places of some are kept, and handed on to the next one.

use std::rc::Rc;

use memchr::memchr;

use super::object::{Entries, Entry, EntryKind};

/// Bytes between entries whose places are kept, at least.
const STEP: usize = 512;

/// A tree, with the places of some of its entries.
#[derive(Debug)]
pub(super) struct Tree {
    bytes: Rc<Vec<u8>>,
    /// Byte offsets, sorted.
    places: Vec<u32>,
}

impl Tree {
    /// No entry.
    pub(super) fn nothing() -> Self {
        Self {
            bytes: Rc::default(),
            places: Vec::new(),
        }
    }
}

/// What a tree holds that another did not, and the other way round.
#[derive(Debug)]
pub(super) enum Difference<'a> {
    /// Nothing stands under that name any more.
    Gone(&'a [u8]),
    /// Something else stands there, or something new.
    There(Entry<'a>),
}

/// The differences between two trees, in the order of their names.
pub(super) struct Differing<'a> {
    before: Entries<'a>,
    after: Entries<'a>,
    /// The next entry of `after`, once it was read.
    next: Option<Entry<'a>>,
    /// Places of entries of the tree before, and of the one after as far as it was read.
    places: (&'a [u32], Vec<u32>),
    /// Bytes of an id.
    width: usize,
}

impl<'a> Differing<'a> {
    /// From the tree `before` to the tree `after`, in a store whose ids have so many bytes.
    pub(super) fn new(before: &'a Tree, after: &'a [u8], width: usize) -> Self {
        Self {
            before: Entries::new(&before.bytes, width),
            after: Entries::new(after, width),
            next: None,
            places: (&before.places, Vec::with_capacity(before.places.len())),
            width,
        }
    }

    /// Whether the tree after held bytes that are no entry.
    pub(super) fn broken(&self) -> bool {
        self.after.broken()
    }

    /// The places of some entries of the tree after, once all differences were told.
    pub(super) fn into_places(self) -> Vec<u32> {
        self.places.1
    }

    fn place(&mut self, at: usize) {
        let last = self.places.1.last().map_or(0, |&last| last as usize);
        if at >= last + STEP {
            self.places.1.extend(u32::try_from(at));
        }
    }

    /// Passes over the entries that both go on with.
    fn skip_common(&mut self) {
        let (old, new) = (self.before.rest(), self.after.rest());
        let (from, to) = (self.before.at(), self.after.at());
        let common = common(old, new);
        let places = self.places.0;
        let mut at = 0;
        if common == old.len() && common == new.len() {
            at = common;
        } else {
            let known = places.partition_point(|&place| place as usize <= from + common);
            if let Some(&place) = known.checked_sub(1).and_then(|last| places.get(last)) {
                at = (place as usize).saturating_sub(from);
            }
            while let Some(nul) = memchr(0, &old[at..common]) {
                let next = at + nul + 1 + self.width;
                if next > common {
                    break;
                }
                at = next;
            }
        }
        let first = places.partition_point(|&place| place as usize <= from);
        for &place in &places[first..] {
            let place = place as usize - from;
            if place >= at {
                break;
            }
            self.place(to + place);
        }
        self.before.pass(at);
        self.after.pass(at);
    }
}

impl<'a> Iterator for Differing<'a> {
    type Item = Difference<'a>;

    fn next(&mut self) -> Option<Difference<'a>> {
        loop {
            let entry = self.next.take().or_else(|| {
                self.skip_common();
                let at = self.after.at();
                let entry = self.after.next()?;
                self.place(at);
                Some(entry)
            });
            let Some(entry) = entry else {
                return Some(Difference::Gone(self.before.next()?.name));
            };
            let mut ahead = self.before.clone();
            let old = ahead.next();
            if let Some(old) = old
                && earlier(&old, &entry)
            {
                self.before = ahead;
                self.next = Some(entry);
                return Some(Difference::Gone(old.name));
            }
            if old.is_some_and(|old| old.name == entry.name) {
                self.before = ahead;
            }
            if old != Some(entry) {
                return Some(Difference::There(entry));
            }
        }
    }
}

/// A tree and the places of some of its entries.
impl From<(Rc<Vec<u8>>, Vec<u32>)> for Tree {
    fn from((bytes, places): (Rc<Vec<u8>>, Vec<u32>)) -> Self {
        Self { bytes, places }
    }
}

/// How many bytes both begin with.
fn common(left: &[u8], right: &[u8]) -> usize {
    const STEP: usize = 32;
    let (lefts, rights) = (left.as_chunks::<STEP>().0, right.as_chunks::<STEP>().0);
    let same = lefts
        .iter()
        .zip(rights)
        .take_while(|(left, right)| left == right);
    let same = same.count() * STEP;
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
        let (mut known, mut told): (BTreeMap<Vec<u8>, u8>, usize) = (BTreeMap::new(), 0);
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
            let mut differing = Differing::new(&last, &after, 20);
            for difference in differing.by_ref() {
                told += 1;
                match difference {
                    Difference::Gone(name) => assert!(known.remove(name).is_some()),
                    Difference::There(entry) => {
                        let id = entry.id[0];
                        assert_ne!(known.insert(entry.name.to_vec(), id), Some(id));
                    }
                }
            }
            assert_eq!(known, names);
            assert!(!differing.broken());
            let places = differing.into_places();
            for &place in &places {
                assert!(after[place as usize..].starts_with(b"100644 file-"));
            }
            assert!(after.len() < 2 * STEP || !places.is_empty());
            last = Tree::from((Rc::new(after), places));
        }
        assert!(told > 3_000);
    }
}
