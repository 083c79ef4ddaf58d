//! Where the entries of a pack lie, in order.

/// Entries that lie in a block, on average.
const EACH: u64 = 8;

/// The places of entries. A pack is thought of as blocks of one size, so that an entry is found by looking at few others, and entries are
/// put in order block by block.
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
        let shift = (end * EACH / u64::from(count.max(1))).max(1).ilog2();
        let blocks = usize::try_from(end >> shift).unwrap_or(usize::MAX - 2) + 1;
        let mut places = Self {
            offsets: vec![0; count as usize],
            shift,
            blocks: vec![0; blocks + 1],
        };
        for at in 0..count {
            let block = places.block(offset(at));
            places.blocks[block + 1] += 1;
        }
        for block in 1..places.blocks.len() {
            places.blocks[block] += places.blocks[block - 1];
        }
        let (mut next, mut before) = (places.blocks.clone(), vec![0; count as usize]);
        for at in 0..count {
            let offset = offset(at);
            let place = &mut next[places.block(offset)];
            (places.offsets[*place as usize], before[*place as usize]) = (offset, at);
            *place += 1;
        }
        let mut pairs = Vec::new();
        for block in places.blocks.windows(2) {
            let block = block[0] as usize..block[1] as usize;
            let (offsets, before) = (&mut places.offsets[block.clone()], &mut before[block]);
            pairs.clear();
            pairs.extend(offsets.iter().copied().zip(before.iter().copied()));
            pairs.sort_unstable();
            for (pair, (offset, before)) in pairs.iter().zip(offsets.iter_mut().zip(before)) {
                (*offset, *before) = *pair;
            }
        }
        places.offsets.push(end);
        (places, before)
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

    fn block(&self, offset: u64) -> usize {
        let last = self.blocks.len() - 2;
        usize::try_from(offset >> self.shift).map_or(last, |block| block.min(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_put_in_order_and_found() {
        for (count, step) in [(0, 1), (1, 1), (1000, 1), (1000, 10), (1000, 999)] {
            // Some lie behind the end, or two at one place, as in no index that git writes.
            let offset = |at: u32| u64::from(at * 7919 % 1009) * step + 12;
            let end = 900 * step;
            let (places, before) = Places::sort(count, end, offset);
            let mut sorted: Vec<_> = (0..count).map(|at| (offset(at), at)).collect();
            sorted.sort_unstable();
            assert!(before.iter().eq(sorted.iter().map(|(_, at)| at)));
            assert_eq!(places.len(), sorted.len());
            let offsets: Vec<u64> = sorted.iter().map(|pair| pair.0).collect();
            assert_eq!(places.offsets[..offsets.len()], offsets);
            assert_eq!(places.end(), end);
            for offset in 0..1100 * step {
                let before = offsets.partition_point(|&start| start < offset);
                assert_eq!(places.before(offset) as usize, before);
                let found = places.find(offset).map(|entry| entry as usize);
                assert_eq!(found, offsets.binary_search(&offset).ok());
            }
        }
    }
}
