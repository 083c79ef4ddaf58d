//! Ids of objects, numbered in the order in which they come, and found by their bytes.
//!
//! A history asks for millions of them, each somewhere else in memory. So a number is found by one look into a table and one at the id
//! itself, and ids that are asked for together are looked up side by side, so that memory is waited for once.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// No number.
pub(super) const NONE: u32 = u32::MAX;

/// Ids that are looked up side by side.
const TOGETHER: usize = 64;

/// Ids by number.
#[derive(Debug)]
pub(super) struct IdTable {
    /// Bytes of an id.
    width: usize,
    /// The ids, one after the other.
    bytes: Vec<u8>,
    /// How many.
    count: u32,
    /// Numbers where the hashes of their ids say, or in the next free place behind; there are at least twice as many places as numbers.
    /// The bits that no number needs tell more of the hash. Of two numbers with one id only the first is here.
    slots: Vec<u32>,
    seed: u64,
}

impl IdTable {
    /// None yet; ids will have `width` bytes, or as many as the first has if that is 0.
    pub(super) fn new(width: usize) -> Self {
        Self {
            width,
            bytes: Vec::new(),
            count: 0,
            slots: vec![NONE; 16],
            // Ids can be made to begin alike, but not so that they collide with a seed that nobody knows.
            seed: RandomState::new().hash_one(0_u8),
        }
    }

    /// Bytes of an id.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Number of ids, which is the number of the next.
    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// The id with that number; empty where there is none.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let at = number as usize * self.width;
        self.bytes.get(at..at + self.width).unwrap_or_default()
    }

    /// Takes memory for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.bytes.reserve_exact(count * self.width);
        let places = (2 * (self.count as usize + count)).next_power_of_two();
        if places > self.slots.len() {
            self.grow(places);
        }
    }

    /// The number of an id, which is entered unless it is there.
    pub(super) fn enter(&mut self, id: &[u8]) -> u32 {
        if self.width == 0 {
            self.width = id.len();
        }
        if 2 * (self.count as usize + 1) > self.slots.len() {
            self.grow(2 * self.slots.len());
        }
        let hash = self.hash(id);
        let place = match self.seek(id, hash, self.place(hash)) {
            Ok(number) => return number,
            Err(free) => free,
        };
        let (next, tag) = (self.count, self.tag(hash));
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = tag | next;
        }
        self.repeat(id);
        next
    }

    /// Gives an id that may be there a further number.
    pub(super) fn repeat(&mut self, id: &[u8]) {
        self.bytes.extend_from_slice(id);
        if id.len() != self.width {
            // Whoever names such an id names nothing.
            let end = (self.count as usize + 1) * self.width;
            self.bytes.resize(end, 0);
        }
        // More objects than numbers do not fit into memory either.
        self.count = self.count.saturating_add(1);
    }

    /// Looks at the places of `ids`, which stand one after the other and are to be entered soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, ids: &[u8]) {
        let ids = ids.chunks_exact(self.width.max(1));
        let slots = ids.map(|id| self.slots.get(self.place(self.hash(id))));
        std::hint::black_box(slots.flatten().fold(0, |all, slot| all ^ slot));
    }

    /// The number of an id, the first if it has several.
    pub(super) fn find(&self, id: &[u8]) -> Option<u32> {
        let hash = self.hash(id);
        self.seek(id, hash, self.place(hash)).ok()
    }

    /// The numbers of `ids`, which stand one after the other, or [`NONE`]; `numbers` is cleared and filled.
    pub(super) fn find_all(&self, ids: &[u8], numbers: &mut Vec<u32>) {
        numbers.clear();
        for ids in ids.chunks(self.width.max(1) * TOGETHER) {
            let each = || ids.chunks_exact(self.width.max(1));
            let mut likely = [NONE; TOGETHER];
            for (likely, id) in likely.iter_mut().zip(each()) {
                let hash = self.hash(id);
                let slot = self.slots.get(self.place(hash));
                let slot = slot.filter(|&slot| slot & !self.low() == self.tag(hash));
                *likely = slot.map_or(NONE, |slot| slot & self.low());
            }
            numbers.extend(likely.iter().zip(each()).map(|(&number, id)| {
                if same(self.get(number), id) {
                    return number;
                }
                self.find(id).unwrap_or(NONE)
            }));
        }
    }

    /// The number of an id, or the free place where it belongs, from this place on.
    fn seek(&self, id: &[u8], hash: u64, mut place: usize) -> Result<u32, usize> {
        let (low, tag) = (self.low(), self.tag(hash));
        while let Some(&slot) = self.slots.get(place).filter(|&&slot| slot != NONE) {
            if slot & !low == tag && same(self.get(slot & low), id) {
                return Ok(slot & low);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
        Err(place)
    }

    fn hash(&self, id: &[u8]) -> u64 {
        let start = id
            .first_chunk()
            .map_or(0, |first| u64::from_le_bytes(*first));
        let product = u128::from(start ^ self.seed) * 0x9e37_79b9_7f4a_7c15;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
        let folded = product as u64 ^ (product >> 64) as u64;
        folded
    }

    /// Where an id of that hash is looked for first.
    fn place(&self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer places")]
        let hash = hash as usize;
        hash & (self.slots.len() - 1)
    }

    /// The bits that a number can have: fewer than half of what they can tell are numbers, so that none is [`NONE`] with its tag.
    fn low(&self) -> u32 {
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    /// What is told of a hash beside a number.
    fn tag(&self, hash: u64) -> u32 {
        let upper = (hash >> 32) as u32;
        upper & !self.low()
    }

    fn grow(&mut self, places: usize) {
        let low = self.low();
        let old = std::mem::replace(&mut self.slots, vec![NONE; places]);
        for number in old.into_iter().filter(|&slot| slot != NONE) {
            let number = number & low;
            let hash = self.hash(self.get(number));
            let mut place = self.place(hash);
            while self.slots.get(place).is_some_and(|&other| other != NONE) {
                place = (place + 1) & (places - 1);
            }
            let tag = self.tag(hash);
            if let Some(slot) = self.slots.get_mut(place) {
                *slot = tag | number;
            }
        }
    }
}

impl Default for IdTable {
    fn default() -> Self {
        Self::new(0)
    }
}

/// Whether two ids are the same. Most are of twenty bytes, which are compared without asking how many there are.
fn same(left: &[u8], right: &[u8]) -> bool {
    match (
        left.split_first_chunk::<20>(),
        right.split_first_chunk::<20>(),
    ) {
        // As numbers, of which none is asked for by a call.
        (Some((left, [])), Some((right, []))) => {
            let halves = |id: &[u8; 20]| {
                let (first, last) = (id.first_chunk(), id.last_chunk());
                (
                    first.copied().map(u128::from_le_bytes),
                    last.copied().map(u32::from_le_bytes),
                )
            };
            halves(left) == halves(right)
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_their_bytes() {
        for width in [20, 32] {
            let mut table = IdTable::new(width);
            // Ids that begin alike too.
            let ids: Vec<Vec<u8>> = (0..999_u32)
                .map(|at| {
                    let mut id = vec![7; width];
                    id[..4].copy_from_slice(&(at / 3).to_le_bytes());
                    id[width - 4..].copy_from_slice(&at.to_le_bytes());
                    id
                })
                .collect();
            table.reserve(10);
            for (id, number) in ids.iter().zip(0..) {
                assert_eq!(table.find(id), None);
                assert_eq!(table.enter(id), number);
                assert_eq!(table.enter(id), number);
                assert_eq!(table.get(number), id);
            }
            table.repeat(&ids[5]);
            assert_eq!((table.len(), table.find(&ids[5])), (1000, Some(5)));
            assert_eq!(table.get(999), ids[5]);
            assert!(table.get(1000).is_empty());
            let mut numbers = Vec::new();
            let mut flat: Vec<u8> = ids.concat();
            flat.extend(vec![9; width]);
            table.find_all(&flat, &mut numbers);
            assert!(numbers.iter().copied().eq((0..999).chain([NONE])));
        }
    }
}
