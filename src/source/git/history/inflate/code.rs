//! Canonical codes of deflate (RFC 1951, 3.2.2): short ones by a table, the others by where those of each length end.
//!
//! What a code stands for is told as one number: the bits it takes with those that follow it and belong to it, from bit 8 on the bits it
//! takes alone, from bit 12 on the least of the lengths or distances it stands for, or from bit 16 on a byte.

/// It stands for a byte.
pub(super) const LITERAL: u32 = 1 << 31;
/// It ends the block.
pub(super) const END: u32 = 1 << 30;
/// There is no such code.
pub(super) const BAD: u32 = 1 << 29;

/// Bits of the longest code.
const LONGEST: usize = 15;

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
        of[257 + number as usize] = least << 12 | bits;
        least += 1 << bits;
        number += 1;
    }
    of[285] = 258 << 12;
    of
};

/// What the symbols of distances stand for (RFC 1951, 3.2.5).
pub(super) static OF_DISTANCES: [u32; 32] = {
    let mut of = [BAD; 32];
    let (mut number, mut least) = (0_u32, 1);
    while number < 30 {
        let bits = if number < 4 { 0 } else { number / 2 - 1 };
        of[number as usize] = least << 12 | bits;
        least += 1 << bits;
        number += 1;
    }
    of
};

/// The code behind one of `length` bits, both with the first bit lowest; 0 behind the last.
#[inline]
pub(super) fn following(code: u32, length: u32) -> u32 {
    let free = code ^ ((1 << length) - 1);
    let Some(highest) = free.checked_ilog2() else {
        return 0;
    };
    code & ((1 << highest) - 1) | 1 << highest
}

/// A code. `N` is two to the power of the bits that its table tells by.
pub(super) struct Code<const N: usize> {
    /// What stands for what by the bits that come next; 0 where a longer code begins.
    table: [u32; N],
    /// What the symbols in use stand for, in the order of their codes.
    sorted: [u32; 288],
    /// By length, where codes of no more than that end, as if all were [`LONGEST`] bits long.
    ends: [u32; LONGEST + 1],
    /// By length, what is to be added to a code to find it in `sorted`.
    offsets: [u32; LONGEST + 1],
}

impl<const N: usize> Default for Code<N> {
    fn default() -> Self {
        Self {
            table: [0; N],
            sorted: [0; 288],
            ends: [0; LONGEST + 1],
            offsets: [0; LONGEST + 1],
        }
    }
}

impl<const N: usize> Code<N> {
    /// Makes the code of symbols from `first` on, in order, of which it is told how many bits they take, and what they stand `for_`. `None`
    /// where that is no code that is complete.
    pub(super) fn build(&mut self, used: &[(u16, u8)], first: usize, of: &[u32]) -> Option<()> {
        let mut counts = [0_u32; LONGEST + 1];
        for &(_, length) in used {
            *counts.get_mut(usize::from(length))? += 1;
        }
        let mut places = [0_usize; LONGEST + 1];
        let (mut code, mut before) = (0_u32, 0_u32);
        for length in 1..=LONGEST {
            code <<= 1;
            places[length] = before as usize;
            self.offsets[length] = before.wrapping_sub(code);
            code += counts[length];
            before += counts[length];
            self.ends[length] = code << (LONGEST - length);
        }
        if code != 1 << LONGEST {
            return None;
        }
        for &(symbol, length) in used {
            let place = places.get_mut(usize::from(length))?;
            let stands = of.get(usize::from(symbol).checked_sub(first)?)?;
            // It takes these bits, and with them those that follow.
            *self.sorted.get_mut(*place)? = stands + u32::from(length) * 0x101;
            *place += 1;
        }
        let bits = N.ilog2();
        let mut rest = self.sorted.get(..used.len())?;
        let (mut code, mut size) = (0, 1);
        for length in 1..=bits {
            // All that is told by fewer bits is told whatever the next one is.
            self.table.copy_within(..size, size);
            size *= 2;
            let (of_length, longer) = rest.split_at_checked(counts[length as usize] as usize)?;
            for &stands in of_length {
                self.table[code as usize % N] = stands;
                code = following(code, length);
            }
            rest = longer;
        }
        while !rest.is_empty() && code != 0 {
            self.table[code as usize % N] = 0;
            code = following(code, bits);
        }
        Some(())
    }

    /// What the code that comes next stands for; 0 where it is longer than the table tells.
    #[inline]
    pub(super) fn of(&self, next: u64) -> u32 {
        self.table[usize::from(low(next)) % N]
    }

    /// The same for any code that the table does not tell.
    #[cold]
    #[inline(never)]
    pub(super) fn long(&self, next: u64) -> u32 {
        let code = u32::from(low(next).reverse_bits() >> 1);
        let lengths = N.ilog2() as usize + 1..=LONGEST;
        let found = lengths.clone().find(|&length| code < self.ends[length]);
        let place =
            found.map(|length| self.offsets[length].wrapping_add(code >> (LONGEST - length)));
        let stands = place.and_then(|place| self.sorted.get(place as usize));
        stands.copied().unwrap_or(BAD)
    }
}

/// The lowest sixteen bits.
#[inline]
pub(super) fn low(bits: u64) -> u16 {
    let [low, high, ..] = bits.to_le_bytes();
    u16::from_le_bytes([low, high])
}
