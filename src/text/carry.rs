//! Where a text that was made from another by a delta has to be searched again.
//!
//! Whether something at a place is of interest depends on the bytes around it, up to a margin on either side. At a place
//! whose surroundings were copied as a whole the answer is the one given for the base; everywhere else it is asked anew.

use std::ops::Range;

use super::{Copied, Word};

/// Bytes around a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    /// Before it.
    pub before: usize,
    /// From it on.
    pub after: usize,
}

/// Something that begins at a place of a text.
pub trait Placed: Copy {
    /// The place.
    fn place(self) -> usize;
    /// The same at another place.
    #[must_use]
    fn moved(self, place: u32) -> Self;
}

impl Placed for u32 {
    fn place(self) -> usize {
        self as usize
    }

    fn moved(self, place: u32) -> Self {
        place
    }
}

impl Placed for Word {
    fn place(self) -> usize {
        self.at as usize
    }

    fn moved(self, at: u32) -> Self {
        Self { at, ..self }
    }
}

/// So many are passed over one by one before they are searched.
const NEXT: usize = 8;

/// Carries what stands in a base over to what was made from it, and says where to look for more.
///
/// `all` stands in the base, of `base` bytes, sorted; the result has `size` bytes. What is pushed to `kept` is in order.
pub fn carry<T: Placed>(
    copied: &[Copied],
    (base, size): (usize, usize),
    margins: Margins,
    all: &[T],
    kept: &mut Vec<T>,
    zones: &mut Vec<Range<usize>>,
) {
    zones.clear();
    let mut next = 0;
    let mut open = 0;
    for copy in copied {
        let end = copy.to + copy.length;
        let at_start = copy.from == 0 && copy.to == 0;
        let at_end = copy.from + copy.length == base && end == size;
        let low = copy.to + if at_start { 0 } else { margins.before };
        let high = if at_end {
            end
        } else {
            (end + 1).saturating_sub(margins.after).min(end)
        };
        if low >= high {
            continue;
        }
        if open < low {
            zones.push(open..low);
        }
        open = high;
        if all.is_empty() {
            continue;
        }
        let first = copy.from + (low - copy.to);
        // Copies mostly stand in the order of the base, one close behind the other.
        let passed = next == 0 || all[next - 1].place() < first;
        if !passed || all.get(next + NEXT).is_some_and(|one| one.place() < first) {
            next = all.partition_point(|one| one.place() < first);
        }
        while all.get(next).is_some_and(|one| one.place() < first) {
            next += 1;
        }
        let last = copy.from + (high - copy.to);
        while let Some(&one) = all.get(next).filter(|one| one.place() < last) {
            let place = u32::try_from(one.place() - copy.from + copy.to);
            kept.extend(place.map(|place| one.moved(place)));
            next += 1;
        }
    }
    if open < size {
        zones.push(open..size);
    }
}

#[cfg(test)]
#[expect(
    clippy::single_range_in_vec_init,
    reason = "zones are ranges, and there may be one"
)]
mod tests {
    use super::*;

    const MARGINS: Margins = Margins {
        before: 2,
        after: 3,
    };

    fn run(
        copied: &[(usize, usize, usize)],
        sizes: (usize, usize),
        spots: &[u32],
    ) -> (Vec<u32>, Vec<Range<usize>>) {
        let copied: Vec<_> = copied
            .iter()
            .map(|&(from, to, length)| Copied { from, to, length })
            .collect();
        let (mut kept, mut zones) = (Vec::new(), Vec::new());
        carry(&copied, sizes, MARGINS, spots, &mut kept, &mut zones);
        (kept, zones)
    }

    #[test]
    fn seams_are_searched_and_the_rest_is_carried() {
        // 20 bytes of which 8..10 were replaced by four.
        let copied = [(0, 0, 8), (10, 12, 10)];
        let all: Vec<u32> = (0..20).collect();
        let (kept, zones) = run(&copied, (20, 22), &all);
        assert_eq!(zones, [6..14]);
        assert_eq!(kept, [0, 1, 2, 3, 4, 5, 14, 15, 16, 17, 18, 19, 20, 21]);
    }

    #[test]
    fn short_copies_are_searched() {
        assert_eq!(run(&[(0, 2, 4)], (20, 9), &[1, 2]), (vec![], vec![0..9]));
        // As long as the margins together: what surrounds one place.
        let around = (vec![4], vec![0..4, 5..9]);
        assert_eq!(run(&[(0, 2, 5)], (20, 9), &[1, 2]), around);
        assert_eq!(run(&[], (20, 0), &[1, 2]), (vec![], vec![]));
        // Cut at the end: the surroundings of the last bytes are not what they were.
        assert_eq!(
            run(&[(0, 0, 10)], (20, 10), &[7, 8]),
            (vec![7], vec![8..10])
        );
    }
}
