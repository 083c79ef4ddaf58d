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
    /// The same so many bytes further, where these bytes of the base, which it is one of, were copied. What goes over the end begins anew, so that it can be
    /// moved back, too.
    #[must_use]
    fn moved(self, by: u32, copied: &Range<usize>) -> Self;
}

impl Placed for u32 {
    fn place(self) -> usize {
        self as usize
    }

    fn moved(self, by: u32, _: &Range<usize>) -> Self {
        self.wrapping_add(by)
    }
}

impl Placed for Word {
    fn place(self) -> usize {
        self.at as usize
    }

    fn moved(self, by: u32, copied: &Range<usize>) -> Self {
        // What decided about it must have been copied as well.
        let (before, after) = self.around();
        let stays = self.place() >= copied.start + before && self.place() + after <= copied.end;
        Self {
            at: self.at.wrapping_add(by),
            around: if stays { self.around } else { (0, 0) },
            ..self
        }
    }
}

/// So many are passed over one by one before they are searched.
const NEXT: usize = 8;
/// Where fewer places than these could be carried over between two zones, to search there costs less than to begin anew behind them.
const FEW: usize = 32;

/// What stands in a text, asked for range by range; the ranges are mostly in the order of the text, and most are empty.
struct Row<'a, T> {
    all: &'a [T],
    /// The first that stands behind what was asked for last.
    next: usize,
    /// Around that, where nothing stands.
    bare: Range<usize>,
}

impl<'a, T: Placed> Row<'a, T> {
    /// All, which are sorted.
    fn new(all: &'a [T]) -> Self {
        let mut row = Self {
            all,
            next: 0,
            bare: 0..0,
        };
        row.stand(0);
        row
    }

    /// Notes that `next` is the first of those to come.
    fn stand(&mut self, next: usize) {
        let before = next.checked_sub(1).and_then(|last| self.all.get(last));
        let behind = self.all.get(next);
        self.bare =
            before.map_or(0, |one| one.place() + 1)..behind.map_or(usize::MAX, |one| one.place());
        self.next = next;
    }

    /// Those in a range.
    #[inline]
    fn within(&mut self, range: Range<usize>) -> &'a [T] {
        if self.bare.start <= range.start && range.end <= self.bare.end {
            return &[];
        }
        self.seek(&range)
    }

    fn seek(&mut self, range: &Range<usize>) -> &'a [T] {
        let is_before = |one: &T| one.place() < range.start;
        let first = if range.start < self.bare.start {
            self.all[..self.next].partition_point(is_before)
        } else {
            let rest = &self.all[self.next..];
            let passed = if rest.get(NEXT).is_some_and(is_before) {
                rest.partition_point(is_before)
            } else {
                rest.iter().take_while(|one| is_before(one)).count()
            };
            self.next + passed
        };
        let rest = &self.all[first..];
        let inside = |one: &&T| one.place() < range.end;
        let inside = &rest[..rest.iter().take_while(inside).count()];
        self.stand(first + inside.len());
        inside
    }
}

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
    let mut row = Row::new(all);
    let mut open = 0;
    let least = margins.before + margins.after.max(1) - 1 + FEW;
    for copy in copied {
        let end = copy.to + copy.length;
        // Most of many copies are as short as this.
        if copy.length < least && copy.to != 0 && end != size {
            continue;
        }
        let at_start = copy.to == 0 && copy.from == 0;
        let at_end = end == size && copy.from + copy.length == base;
        let low = copy.to + if at_start { 0 } else { margins.before };
        let high = if at_end {
            end
        } else {
            (end + 1).saturating_sub(margins.after).min(end)
        };
        if low + FEW > high {
            continue;
        }
        if open < low {
            zones.push(open..low);
        }
        open = high;
        let inside = row.within(low - copy.to + copy.from..high - copy.to + copy.from);
        // Places are told by 32 bits.
        if !inside.is_empty()
            && let (Ok(from), Ok(_)) = (u32::try_from(copy.from), u32::try_from(end))
        {
            let by = u32::try_from(copy.to).map_or(0, |to| to.wrapping_sub(from));
            let copied = copy.from..copy.from + copy.length;
            kept.extend(inside.iter().map(|one| one.moved(by, &copied)));
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
        // 90 bytes of which 48..50 were replaced by four.
        let copied = [(0, 0, 48), (50, 52, 40)];
        let all: Vec<u32> = (0..90).collect();
        let (kept, zones) = run(&copied, (90, 92), &all);
        assert_eq!(zones, [46..54]);
        assert_eq!(kept, (0..46).chain(54..92).collect::<Vec<u32>>());
    }

    #[test]
    fn short_copies_are_searched() {
        let around = MARGINS.before + MARGINS.after - 1;
        let all: Vec<u32> = (0..99).collect();
        let short = around + FEW - 1;
        let end = short + 4;
        assert_eq!(
            run(&[(5, 2, short)], (99, end), &all),
            (vec![], vec![0..end])
        );
        // As long as the margins together, and the places between them.
        let (kept, zones) = run(&[(5, 2, short + 1)], (99, end + 1), &all);
        assert_eq!(zones, [0..4, 4 + FEW..end + 1]);
        assert_eq!(kept, (4..36).collect::<Vec<u32>>());
        assert_eq!(run(&[], (20, 0), &[1, 2]), (vec![], vec![]));
        // Cut at the end: the surroundings of the last bytes are not what they were.
        assert_eq!(
            run(&[(0, 0, 40)], (50, 40), &[37, 38]),
            (vec![37], vec![38..40])
        );
    }

    #[test]
    fn what_was_copied_is_found_in_any_order() {
        let all: Vec<u32> = (0..300).filter(|at| at % 7 == 0 || at % 50 < 12).collect();
        let mut copied = Vec::new();
        let mut to = 0;
        // Forwards by steps of many sizes, and backwards again.
        for step in 0..60 {
            let from = step * step * 13 % 250;
            copied.push((from, to, 40 + step % 10));
            to += 40 + step % 10;
        }
        let (kept, _) = run(&copied, (300, to), &all);
        let expected = copied.iter().flat_map(|&(from, to, length)| {
            let low = to + if to == 0 { 0 } else { MARGINS.before };
            let high = to + length + 1 - MARGINS.after;
            (low..high)
                .filter_map(move |at| u32::try_from(at).ok().map(|own| (own, at - to + from)))
        });
        let is_there = |at: usize| all.iter().any(|&one| one as usize == at);
        let expected: Vec<u32> = expected
            .filter(|&(_, there)| is_there(there))
            .map(|(own, _)| own)
            .collect();
        assert!(expected.len() > 500, "{}", expected.len());
        assert_eq!(kept, expected);
    }
}
