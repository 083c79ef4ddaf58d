//! Canonical codes of deflate (RFC 1951, 3.2.2): short ones by a table, the others by where those of each length end.
//!
//! What a code stands for is told as one number: the bits it takes with those that follow it and belong to it, from bit 8 on the bits it
//! takes alone, from bit 16 on the least of the lengths or distances it stands for, or a byte.

/// It stands for a byte.
pub(super) const LITERAL: u32 = 1 << 31;
/// It ends the block.
pub(super) const END: u32 = 1 << 30;
/// It stands for nothing.
pub(super) const BAD: u32 = 1 << 29;
/// The length before it is told again.
pub(super) const AGAIN: u32 = 1 << 31;
/// The code is longer than the table tells.
pub(super) const LONG: u32 = 1 << 15;

/// Bits of the longest code.
const LONGEST: usize = 15;

/// Numbers of symbols by the lengths of their codes.
pub(super) type Counts = [u32; LONGEST + 1];

/// What the symbols of bytes and lengths stand for (RFC 1951, 3.2.5).
pub(super) static OF_LENGTHS: [u32; 288] = {
    let mut of = [BAD; 288];
    let mut byte = 0;
    while byte < 256 {
        of[byte as usize] = LITERAL | byte << 16;
        byte += 1;
    }
    of[256] = END;
    let (mut number, mut least) = (0_u32, 3);
    while number < 28 {
        let bits = if number < 8 { 0 } else { number / 4 - 1 };
        of[257 + number as usize] = least << 16 | bits;
        least += 1 << bits;
        number += 1;
    }
    of[285] = 258 << 16;
    of
};

/// What the symbols of distances stand for (RFC 1951, 3.2.5): those that stand for nothing for 0, which is none.
pub(super) static OF_DISTANCES: [u32; 32] = {
    let mut of = [0; 32];
    let (mut number, mut least) = (0_u32, 1);
    while number < 30 {
        let bits = if number < 4 { 0 } else { number / 2 - 1 };
        of[number as usize] = least << 16 | bits;
        least += 1 << bits;
        number += 1;
    }
    of
};

/// What the symbols of lengths of codes stand for (RFC 1951, 3.2.7): how often a length is told, which stands from bit 24 on.
pub(super) static OF_CODES: [u32; 19] = {
    let mut of = [0; 19];
    let mut length = 0;
    while length < 16 {
        of[length as usize] = length << 24 | 1 << 16;
        length += 1;
    }
    of[16] = AGAIN | 3 << 16 | 2;
    of[17] = 3 << 16 | 3;
    of[18] = 11 << 16 | 7;
    of
};

/// A symbol in use, told as one number: itself, from bit 12 on the length of its code, and from bit 16 on how many symbols before it have
/// codes of that length, so that each is put in its place without waiting for the one before.
pub(super) fn used(symbol: u32, length: u32, before: u32) -> u32 {
    before << 16 | length << 12 | symbol
}

/// Added to a symbol in use, the next one, whose code is as long.
pub(super) const NEXT: u32 = 1 << 16 | 1;

/// The symbol of one that is in use.
pub(super) fn symbol(used: u32) -> u32 {
    used & 0xfff
}

/// The length of its code.
pub(super) fn length(used: u32) -> u32 {
    used >> 12 & 15
}

/// A code. `N` is two to the power of the bits that its table tells by, if it is `WIDE`, and else at most.
pub(super) struct Code<const N: usize, const WIDE: bool> {
    /// The bits that the table tells by, as ones.
    mask: u16,
    /// What stands for what by the bits that come next; [`LONG`] where a longer code begins.
    table: [u32; N],
    /// What the symbols in use stand for, in the order of their codes.
    sorted: [u32; 288],
    /// By length, where codes of no more than that end, as if all were [`LONGEST`] bits long.
    ends: [u32; LONGEST + 1],
    /// By length, what is to be added to a code to find it in `sorted`.
    offsets: [u32; LONGEST + 1],
}

impl<const N: usize, const WIDE: bool> Default for Code<N, WIDE> {
    fn default() -> Self {
        Self {
            mask: 0,
            table: [0; N],
            sorted: [0; 288],
            ends: [0; LONGEST + 1],
            offsets: [0; LONGEST + 1],
        }
    }
}

impl<const N: usize, const WIDE: bool> Code<N, WIDE> {
    /// Makes the code of symbols in use, in order, which stand for what `of` says. It is told by length how many
    /// codes there are, and how many symbols of another code were counted before the first. `None` where that is no code that is complete.
    #[inline(never)]
    pub(super) fn build(
        &mut self,
        symbols: &[u32],
        (counts, told): (&Counts, &Counts),
        of: &[u32],
    ) -> Option<()> {
        let mut places = [0_u32; LONGEST + 1];
        let (mut code, mut before) = (0_u32, 0_u32);
        for length in 1..=LONGEST {
            code <<= 1;
            places[length] = before.wrapping_sub(told[length]);
            self.offsets[length] = before.wrapping_sub(code);
            code += counts[length];
            before += counts[length];
            self.ends[length] = code << (LONGEST - length);
        }
        if code != 1 << LONGEST {
            return None;
        }
        for &used in symbols {
            let length = length(used);
            let place = places[length as usize].wrapping_add(used >> 16);
            let stands = of.get(symbol(used) as usize)?;
            // It takes these bits, and with them those that follow.
            *self.sorted.get_mut(place as usize)? = stands + length * 0x101;
        }
        let mut bits = N.ilog2();
        if !WIDE {
            let longest = counts.iter().rposition(|&count| count != 0)?;
            bits = bits.min(u32::try_from(longest).ok()?);
        }
        self.fill(symbols.len(), counts, bits)
    }

    /// Fills the table, for so many bits, from the symbols in the order of their codes.
    #[inline]
    fn fill(&mut self, symbols: usize, counts: &Counts, bits: u32) -> Option<()> {
        self.mask = (1 << bits) - 1;
        let mut rest = self.sorted.get(..symbols)?;
        // The same code with its last bit lowest, and with its first one.
        let (mut code, mut at) = (0_u32, 0_u32);
        let mut size = 1;
        for length in 1..=bits {
            // All that is told by fewer bits is told whatever the next one is.
            if code != 0 {
                self.table.copy_within(..size, size);
            }
            code <<= 1;
            size *= 2;
            let (of_length, longer) = rest.split_at_checked(counts[length as usize] as usize)?;
            for &stands in of_length {
                self.table[at as usize % N] = stands;
                at = following(at, code, length);
                code += 1;
            }
            rest = longer;
        }
        while code < 1 << bits {
            self.table[at as usize % N] = LONG;
            at = following(at, code, bits);
            code += 1;
        }
        Some(())
    }

    /// What the code that comes next stands for; [`LONG`] where it is longer than the table tells.
    #[inline]
    pub(super) fn of(&self, next: u64) -> u32 {
        let mask = if WIDE { u16::MAX } else { self.mask };
        self.table[usize::from(low(next) & mask) % N]
    }

    /// The same for any code that the table does not tell.
    #[cold]
    #[inline(never)]
    pub(super) fn long(&self, next: u64) -> Option<u32> {
        let code = u32::from(low(next).reverse_bits() >> 1);
        let mut lengths = N.ilog2() as usize + 1..=LONGEST;
        let length = lengths.find(|&length| code < self.ends[length])?;
        let place = self.offsets[length].wrapping_add(code >> (LONGEST - length));
        self.sorted.get(place as usize).copied()
    }
}

/// The code behind `code`, which has so many bits, with the first one lowest as in `at`: those that it takes to count on change.
#[inline]
fn following(at: u32, code: u32, length: u32) -> u32 {
    let all = (1 << length) - 1;
    at ^ all ^ all >> (code.trailing_ones() + 1)
}

/// The lowest sixteen bits.
#[inline]
pub(super) fn low(bits: u64) -> u16 {
    let [low, high, ..] = bits.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dice::Dice;

    /// Lengths of a code that is complete, for no more symbols than these.
    fn lengths(dice: &mut Dice, symbols: usize) -> Vec<u32> {
        let mut lengths = vec![1, 1];
        while lengths.len() < symbols && dice.below(40) > 0 {
            let at = dice.below(lengths.len());
            if lengths[at] < 15 {
                lengths[at] += 1;
                lengths.push(lengths[at]);
            }
        }
        lengths
    }

    #[test]
    fn every_code_is_known() {
        known::<true>();
        known::<false>();
    }

    fn known<const WIDE: bool>() {
        let mut dice = Dice(3);
        let of: Vec<u32> = (0..32).map(|symbol| symbol << 16).collect();
        for _ in 0..300 {
            let lengths = lengths(&mut dice, 32);
            let mut counts = Counts::default();
            // As if some were told of another code before.
            let told: Counts = std::array::from_fn(|_| u32::try_from(dice.below(9)).unwrap());
            let symbols: Vec<u32> = (0..)
                .zip(&lengths)
                .map(|(symbol, &length)| {
                    let before = &mut counts[length as usize];
                    *before += 1;
                    used(symbol, length, *before - 1 + told[length as usize])
                })
                .collect();
            let mut code = Code::<64, WIDE>::default();
            code.build(&symbols, (&counts, &told), &of).unwrap();
            let mut next = 0_u32;
            for length in 1..=15 {
                next <<= 1;
                for symbol in (0..).zip(&lengths).filter(|known| *known.1 == length) {
                    let first_lowest = u64::from(next.reverse_bits() >> (32 - length));
                    let bits = first_lowest | u64::MAX << length;
                    let mut stands = code.of(bits);
                    assert_eq!(stands == LONG, length > 6);
                    if stands == LONG {
                        stands = code.long(bits).unwrap();
                    }
                    assert_eq!(stands, symbol.0 << 16 | length << 8 | length);
                    next += 1;
                }
            }
            // Without one of its codes none is complete.
            let (last, others) = symbols.split_last().unwrap();
            counts[length(*last) as usize] -= 1;
            assert!(code.build(others, (&counts, &told), &of).is_none());
        }
    }
}
