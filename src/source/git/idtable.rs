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
    /// Numbers where the hashes of their ids say, or in the next free place behind; no more than two of three places are taken: fewer
    /// would be no faster, since the table would be larger than what is near at hand. The bits that no number needs tell more of the hash. Of two numbers with one id only the first is here.
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
        self.make_room(count);
    }

    /// The number of an id, which is entered unless it is there.
    pub(super) fn enter(&mut self, id: &[u8]) -> u32 {
        if self.width == 0 {
            self.width = id.len();
        }
        self.make_room(1);
        let hash = self.hash(id);
        let place = match self.seek(id, hash, self.place(hash)) {
            Ok(number) => return number,
            Err(free) => free,
        };
        let (next, tag) = (self.count, self.tag(hash));
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = tag | next;
        }
        self.bytes.extend_from_slice(id);
        if id.len() != self.width {
            // Whoever names such an id names nothing.
            let end = (self.count as usize + 1) * self.width;
            self.bytes.resize(end, 0);
        }
        // More objects than numbers do not fit into memory either.
        self.count = self.count.saturating_add(1);
        next
    }

    /// Gives each of `ids`, which stand one after the other, the next number. `again` is told those that had one, with the first they have.
    pub(super) fn append(&mut self, ids: &[u8], mut again: impl FnMut(u32, u32)) {
        let width = self.width.max(1);
        for ids in ids.chunks(width * TOGETHER) {
            let each = || ids.chunks_exact(width);
            self.make_room(each().len());
            let hashes = self.look(each());
            let whole = ids.get(..each().len() * width);
            self.bytes.extend_from_slice(whole.unwrap_or_default());
            for (&hash, id) in hashes.iter().zip(each()) {
                let (next, tag) = (self.count, self.tag(hash));
                match self.seek(id, hash, self.place(hash)) {
                    Ok(first) => again(next, first),
                    Err(free) => {
                        if let Some(slot) = self.slots.get_mut(free) {
                            *slot = tag | next;
                        }
                    }
                }
                // More objects than numbers do not fit into memory either.
                self.count = self.count.saturating_add(1);
            }
        }
    }

    /// The hashes of some ids; looks at their places, so that memory is waited for once and not for each.
    fn look<'i>(&self, ids: impl Iterator<Item = &'i [u8]>) -> [u64; TOGETHER] {
        let (mut hashes, mut seen) = ([0; TOGETHER], 0);
        for (hash, id) in hashes.iter_mut().zip(ids) {
            *hash = self.hash(id);
            seen ^= self.slots.get(self.place(*hash)).copied().unwrap_or(0);
        }
        std::hint::black_box(seen);
        hashes
    }

    /// The number of an id, the first if it has several.
    pub(super) fn find(&self, id: &[u8]) -> Option<u32> {
        let hash = self.hash(id);
        self.seek(id, hash, self.place(hash)).ok()
    }

    /// The numbers of `ids`, or [`NONE`]; `numbers` is cleared and filled.
    pub(super) fn find_all<'i>(
        &self,
        mut ids: impl Iterator<Item = &'i [u8]>,
        numbers: &mut Vec<u32>,
    ) {
        numbers.clear();
        let mut some: [&[u8]; TOGETHER] = [&[]; TOGETHER];
        loop {
            let mut count = 0;
            for (place, id) in some.iter_mut().zip(&mut ids) {
                (*place, count) = (id, count + 1);
            }
            let some = some.get(..count).unwrap_or_default();
            let hashes = self.look(some.iter().copied());
            let mut likely = [NONE; TOGETHER];
            for (likely, &hash) in likely.iter_mut().zip(&hashes[..count]) {
                *likely = self.likely(hash);
            }
            numbers.extend(likely.iter().zip(some).map(|(&number, id)| {
                if same(self.get(number), id) {
                    return number;
                }
                self.find(id).unwrap_or(NONE)
            }));
            if count < TOGETHER {
                return;
            }
        }
    }

    /// The number that an id of that hash most likely has, or [`NONE`].
    fn likely(&self, hash: u64) -> u32 {
        let (mut place, low, tag) = (self.place(hash), self.low(), self.tag(hash));
        while let Some(&slot) = self.slots.get(place).filter(|&&slot| slot != NONE) {
            if slot & !low == tag {
                return slot & low;
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
        NONE
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

    /// The bits that a number can have: no more than two thirds of what they can tell are numbers, so that none is [`NONE`] with its tag.
    fn low(&self) -> u32 {
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    /// What is told of a hash beside a number.
    fn tag(&self, hash: u64) -> u32 {
        let upper = (hash >> 32) as u32;
        upper & !self.low()
    }

    /// Makes the table larger where it has no room for so many more.
    fn make_room(&mut self, count: usize) {
        let places = (self.count as usize + count) * 3 / 2 + 1;
        if places > self.slots.len() {
            self.grow(places.next_power_of_two());
        }
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
            let strange = [vec![9; width], vec![7; 3]];
            let (mut numbers, mut all) = (vec![5], ids.iter().chain(&strange));
            table.find_all(all.by_ref().map(Vec::as_slice), &mut numbers);
            assert!(numbers.iter().copied().eq((0..999).chain([NONE; 2])));
            // Some that are there, some that are not, and one twice.
            let more = [ids[5..8].concat(), vec![9; 2 * width], vec![8; 90 * width]].concat();
            let mut again = Vec::new();
            table.append(&more, |number, first| again.push((number, first)));
            assert_eq!(again[..4], [(999, 5), (1000, 6), (1001, 7), (1003, 1002)]);
            assert!(
                again[4..]
                    .iter()
                    .copied()
                    .eq((1005..1094).map(|number| (number, 1004)))
            );
            assert_eq!((table.len(), table.find(&ids[5])), (1094, Some(5)));
            assert_eq!(table.get(999), ids[5]);
            assert!(table.get(1094).is_empty());
        }
    }
}
