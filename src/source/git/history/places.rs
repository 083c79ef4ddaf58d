//! Where the entries of a pack lie, in order.

use std::ops::Range;

/// Entries that lie in a block, on average.
const EACH: u64 = 8;

/// Bits of places by which entries are put in order at a time.
const DIGIT: u32 = 11;

/// The places of entries. A pack is thought of as blocks of one size, so that an entry is found by looking at few others.
pub(super) struct Places {
    /// Where each entry begins, and where the last ends.
    offsets: Vec<u64>,
    /// The logarithm of the size of a block.
    shift: u32,
    /// The first entry that begins in each block, and the number of all entries. What begins behind the last block counts as in it.
    blocks: Vec<u32>,
}

impl Places {
    /// Puts entries in order, of which each begins where `offset` tells; `end` is where the last ends. Gives the number that each had
    /// before, too.
    pub(super) fn sort(count: u32, end: u64, offset: impl Fn(u32) -> u64) -> (Self, Vec<u32>) {
        let (offsets, before) = sorted(count, offset);
        (Self::new(count, end, offsets), before)
    }

    /// The same of entries that are said to lie in this order; `None` where they do not.
    pub(super) fn ordered(
        before: &[u32],
        count: u32,
        end: u64,
        offset: impl Fn(u32) -> u64,
    ) -> Option<Self> {
        let mut offsets = Vec::with_capacity(before.len() + 1);
        for &at in before {
            let here = Some(at).filter(|&at| at < count).map(&offset)?;
            // Where each lies behind the one before it, none is there twice.
            if offsets.last().is_some_and(|&last| last >= here) {
                return None;
            }
            offsets.push(here);
        }
        (before.len() == count as usize).then(|| Self::new(count, end, offsets))
    }

    fn new(count: u32, end: u64, mut offsets: Vec<u64>) -> Self {
        let shift = (end * EACH / u64::from(count.max(1))).max(1).ilog2();
        let size = usize::try_from(end >> shift).unwrap_or(usize::MAX - 2) + 1;
        let mut blocks = Vec::with_capacity(size + 1);
        for (&offset, entry) in offsets.iter().zip(0..) {
            let block = usize::try_from(offset >> shift).map_or(size - 1, |at| at.min(size - 1));
            if blocks.len() <= block {
                blocks.resize(block + 1, entry);
            }
        }
        blocks.resize(size + 1, count);
        offsets.push(end);
        Self {
            offsets,
            shift,
            blocks,
        }
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Where an entry begins and ends.
    pub(super) fn get(&self, entry: u32) -> Option<(u64, u64)> {
        let at = entry as usize;
        let (&start, &end) = (self.offsets.get(at)?, self.offsets.get(at + 1)?);
        Some((start, end.max(start)))
    }

    /// Where some entries begin, and where the last of them ends.
    pub(super) fn some(&self, entries: Range<u32>) -> &[u64] {
        let some = self
            .offsets
            .get(entries.start as usize..=entries.end as usize);
        some.unwrap_or_default()
    }

    /// Where the last entry ends.
    pub(super) fn end(&self) -> u64 {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// How many entries begin before an offset.
    pub(super) fn before(&self, offset: u64) -> u32 {
        let entries = &self.offsets[..self.len()];
        let before = entries.partition_point(|&start| start < offset);
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    /// The entry that begins at an offset.
    pub(super) fn find(&self, offset: u64) -> Option<u32> {
        let block = self.block(offset);
        let (from, to) = (self.blocks[block], self.blocks[block + 1]);
        let some = &self.offsets[from as usize..to as usize];
        let before = some.partition_point(|&start| start < offset);
        (some.get(before) == Some(&offset)).then_some(from + u32::try_from(before).ok()?)
    }

    /// Looks at where entries are found that begin at these offsets and will be asked for soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, offsets: impl Iterator<Item = u64>) {
        let seen = offsets.map(|offset| {
            let first = self.blocks[self.block(offset)] as usize;
            self.offsets.get(first).copied().unwrap_or(0)
        });
        std::hint::black_box(seen.fold(0, |all, one| all ^ one));
    }

    fn block(&self, offset: u64) -> usize {
        let last = self.blocks.len() - 2;
        usize::try_from(offset >> self.shift).map_or(last, |block| block.min(last))
    }
}

/// The places of entries in order, with space for one more, and the number that each had before.
fn sorted(count: u32, offset: impl Fn(u32) -> u64) -> (Vec<u64>, Vec<u32>) {
    let all = || (0..count).map(&offset);
    let (bits, used) = (
        width(count.into()),
        width(all().fold(0, |most, at| most | at)),
    );
    let (mut keys, mut before) = (
        Vec::with_capacity(count as usize + 1),
        Vec::with_capacity(count as usize),
    );
    if bits + used > u64::BITS {
        let mut pairs: Vec<_> = all().zip(0_u32..).collect();
        pairs.sort_unstable();
        keys.extend(pairs.iter().map(|pair| pair.0));
        before.extend(pairs.iter().map(|pair| pair.1));
        return (keys, before);
    }
    // Both numbers in one, so that they are moved together. Those of one place are in order from the beginning, and stay so.
    keys.extend(all().zip(0_u64..).map(|(offset, at)| offset << bits | at));
    let mut spare = Vec::with_capacity(count as usize + 1);
    spare.resize(count as usize, 0);
    for digit in (bits..bits + used).step_by(DIGIT as usize) {
        by_digit(&keys, &mut spare, digit);
        std::mem::swap(&mut keys, &mut spare);
    }
    drop(spare);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number is no larger than `count`"
    )]
    let number = |key: u64| (key & ((1 << bits) - 1)) as u32;
    before.extend(keys.iter().map(|&key| number(key)));
    for key in &mut keys {
        *key >>= bits;
    }
    (keys, before)
}

/// Moves `keys` to `to` in the order of the digit that begins at a bit; those with the same stay in order.
fn by_digit(keys: &[u64], to: &mut [u64], bit: u32) {
    let digit = |key: u64| (key >> bit & ((1 << DIGIT) - 1)) as usize;
    let mut next = [0_u32; 1 << DIGIT];
    for &key in keys {
        next[digit(key)] += 1;
    }
    let mut sum = 0;
    for next in &mut next {
        sum += std::mem::replace(next, sum);
    }
    for &key in keys {
        let place = &mut next[digit(key)];
        to[*place as usize] = key;
        *place += 1;
    }
}

/// How many bits a number takes.
fn width(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_put_in_order_and_found() {
        let steps = [1, 1, 1, 10, 999, 999];
        for (count, step) in [0, 1, 1000, 1000, 1000, 2000].into_iter().zip(steps) {
            // Some lie behind the end, or two at one place, as in no index that git writes.
            let far = |at: u32| if at % 1009 == 7 { 1 << 60 } else { 0 };
            let offset = |at: u32| {
                u64::from(at * 7919 % 1009) * step + 12 + u64::from(count > 1000) * far(at)
            };
            let end = 900 * step;
            let (places, before) = Places::sort(count, end, offset);
            let mut sorted: Vec<_> = (0..count).map(|at| (offset(at), at)).collect();
            sorted.sort_unstable();
            assert!(before.iter().eq(sorted.iter().map(|(_, at)| at)));
            assert_eq!(places.len(), sorted.len());
            let offsets: Vec<u64> = sorted.iter().map(|pair| pair.0).collect();
            assert_eq!(places.offsets[..offsets.len()], offsets);
            assert_eq!(places.end(), end);
            let again = Places::ordered(&before, count, end, offset);
            let twice = offsets.windows(2).any(|pair| pair[0] == pair[1]);
            assert_eq!(again.is_none(), twice);
            assert!(again.is_none_or(|again| again.offsets == places.offsets));
            let mut wrong = before.clone();
            wrong.reverse();
            assert!(count < 2 || Places::ordered(&wrong, count, end, offset).is_none());
            wrong.fill(count);
            assert!(count < 1 || Places::ordered(&wrong, count, end, offset).is_none());
            assert_eq!(places.some(0..count).len(), offsets.len() + 1);
            for offset in 0..1100 * step {
                let before = offsets.partition_point(|&start| start < offset);
                assert_eq!(places.before(offset) as usize, before);
                let found = places.find(offset).map(|entry| entry as usize);
                assert_eq!(
                    found,
                    (offsets.get(before) == Some(&offset)).then_some(before)
                );
            }
        }
    }
}
