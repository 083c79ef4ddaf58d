//! The bits of a stream of deflate (RFC 1951, 3.1.1).

use super::code::low;

/// What comes next in a stream, the lowest bit first.
#[derive(Clone, Copy)]
pub(super) struct Bits<'d> {
    data: &'d [u8],
    at: usize,
    next: u64,
    /// How many bits `next` has at least, in the lowest six bits.
    left: u32,
}

impl<'d> Bits<'d> {
    /// The bits from a place on.
    pub(super) fn new(data: &'d [u8], at: usize) -> Self {
        let (next, left) = (0, 0);
        Self {
            data,
            at,
            next,
            left,
        }
    }

    /// The next 56 bits at least, right after [`Bits::refill`], and the fewer of them the more were passed over since.
    #[inline]
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Where the bytes begin of which no bit was passed over.
    pub(super) fn end(&self) -> Option<usize> {
        self.at.checked_sub((self.left & 63) as usize / 8)
    }

    /// Sees to it that there are 56 bits at least; `None` near the end of the data.
    #[inline]
    pub(super) fn refill(&mut self) -> Option<()> {
        let bytes = self.data.get(self.at..)?.first_chunk()?;
        self.next |= u64::from_le_bytes(*bytes).wrapping_shl(self.left);
        self.at += (63 - (self.left & 63)) as usize / 8;
        self.left |= 0x38;
        Some(())
    }

    /// Passes over as many bits as the lowest six of `bits` say.
    #[inline]
    pub(super) fn pass(&mut self, bits: u32) {
        self.next = self.next.wrapping_shr(bits);
        self.left = self.left.wrapping_sub(bits);
    }

    /// So many of the next bits as a number, which are passed over.
    #[inline]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        let taken = self.next & ((1 << bits) - 1);
        self.pass(bits);
        u32::from(low(taken))
    }

    /// The byte that a symbol stands for, which is passed over.
    #[inline]
    pub(super) fn literal(&mut self, symbol: u32) -> u8 {
        self.pass(symbol);
        let [_, _, byte, _] = symbol.to_le_bytes();
        byte
    }

    /// What a symbol stands for with the bits behind it, which are passed over.
    #[inline]
    pub(super) fn number(&mut self, symbol: u32) -> u32 {
        let own = self.next & ((1 << (symbol & 63)) - 1);
        self.pass(symbol);
        // Of the bits that tell how far to shift the lowest six count.
        (symbol >> 16) + u32::from(low(own.wrapping_shr(symbol >> 8)))
    }
}
