//! Unpacks short streams with codes of their own (RFC 1950, RFC 1951): most commits are such, and many deltas.
//!
//! Most of the time that they take goes into the tables of their codes, which libdeflate makes for streams that are longer: so
//! these are smaller, and only what a stream uses is put into them. What is not told here, damage above all, is told by libdeflate.

use libdeflater::adler32;

use super::begins;
use super::code::{BAD, Code, END, LITERAL, OF_DISTANCES, OF_LENGTHS, following, low};

/// Symbols of the code in which the lengths of the others are written, in the order in which its own are (RFC 1951, 3.2.7).
const ORDER: [u8; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// Bytes that are copied at once.
const CHUNK: usize = 16;

/// Unpacks streams of one block.
pub(super) struct Short {
    literals: Code<512>,
    distances: Code<256>,
    /// The code of the lengths: a symbol and the bits it takes, by what comes next in the stream.
    lengths: [(u8, u8); 128],
    /// Symbols that are used, and how many bits they take.
    used: [(u16, u8); 512],
}

impl Default for Short {
    fn default() -> Self {
        Self {
            literals: Code::default(),
            distances: Code::default(),
            lengths: [(0, 0); 128],
            used: [(0, 0); 512],
        }
    }
}

/// What comes next in a stream, the lowest bit first.
struct Bits<'d> {
    data: &'d [u8],
    at: usize,
    next: u64,
    /// How many bits `next` has at least, in the lowest six bits.
    left: u32,
}

impl Bits<'_> {
    /// Sees to it that there are 56 bits at least; `None` near the end of the data.
    #[inline]
    fn refill(&mut self) -> Option<()> {
        let bytes = self.data.get(self.at..)?.first_chunk()?;
        self.next |= u64::from_le_bytes(*bytes).wrapping_shl(self.left);
        self.at += (63 - (self.left & 63)) as usize / 8;
        self.left |= 0x38;
        Some(())
    }

    /// Passes over as many bits as the lowest six of `bits` say.
    #[inline]
    fn pass(&mut self, bits: u32) {
        self.next = self.next.wrapping_shr(bits);
        self.left = self.left.wrapping_sub(bits);
    }

    #[inline]
    fn take(&mut self, bits: u32) -> usize {
        let taken = self.next & ((1 << bits) - 1);
        self.pass(bits);
        usize::from(low(taken))
    }

    /// The byte that a symbol stands for, which is passed over.
    #[inline]
    fn literal(&mut self, symbol: u32) -> u8 {
        self.pass(symbol);
        let [_, _, byte, _] = symbol.to_le_bytes();
        byte
    }

    /// What a symbol stands for with the bits behind it, which are passed over.
    #[inline]
    fn number(&mut self, symbol: u32) -> usize {
        let own = self.next & ((1 << (symbol & 63)) - 1);
        self.pass(symbol);
        (symbol >> 12) as usize + usize::from(low(own >> (symbol >> 8 & 15)))
    }
}

impl Short {
    /// Whether the first byte behind the head of a stream begins a block that may be known here: the last, which has codes of its own.
    pub(super) fn is_begun_by(first: u8) -> bool {
        first & 7 == 5
    }

    /// Unpacks a stream of zlib that is `size` bytes long then into `out`, where [`CHUNK`] bytes more are written to. `None` where it is none of
    /// those that are known here, or damaged, or ends where the data does; what is in `out` means nothing then.
    pub(super) fn unpack(&mut self, data: &[u8], size: usize, out: &mut [u8]) -> Option<()> {
        if !begins(data) {
            return None;
        }
        let mut bits = Bits {
            data,
            at: 2,
            next: 0,
            left: 0,
        };
        bits.refill()?;
        if bits.take(3) != 5 {
            return None;
        }
        self.codes(&mut bits)?;
        let (unpacked, bits) = self.block(bits, out)?;
        if unpacked != size {
            return None;
        }
        let end = bits.at.checked_sub((bits.left & 63) as usize / 8)?;
        let sum = data.get(end..)?.first_chunk()?;
        (adler32(out.get(..size)?) == u32::from_be_bytes(*sum)).then_some(())
    }

    /// Reads the codes of a block.
    fn codes(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let literals = 257 + bits.take(5);
        let all = literals + 1 + bits.take(5);
        self.code_of_lengths(4 + bits.take(4), bits)?;
        let (mut count, mut symbol, mut last) = (0, 0, 0);
        let mut first = None;
        while symbol < all {
            bits.refill()?;
            let (what, length) = self.lengths[usize::from(low(bits.next)) % 128];
            bits.pass(u32::from(length));
            if symbol >= literals && first.is_none() {
                first = Some(count);
            }
            let times = match what {
                0..16 => {
                    last = what;
                    1
                }
                16 => 3 + bits.take(2),
                17 | 18 => {
                    last = 0;
                    symbol += if what == 17 {
                        3 + bits.take(3)
                    } else {
                        11 + bits.take(7)
                    };
                    continue;
                }
                _ => return None,
            };
            for symbol in symbol..symbol + times {
                if symbol >= literals && first.is_none() {
                    first = Some(count);
                }
                *self.used.get_mut(count)? = (u16::try_from(symbol).ok()?, last);
                count += usize::from(last != 0);
            }
            symbol += times;
        }
        let used = self.used.get(..count)?;
        let (of_literals, of_distances) = used.split_at_checked(first.unwrap_or(count))?;
        if symbol != all {
            return None;
        }
        self.literals.build(of_literals, 0, &OF_LENGTHS)?;
        self.distances.build(of_distances, literals, &OF_DISTANCES)
    }

    /// Reads the code in which the lengths of the others are written.
    fn code_of_lengths(&mut self, count: usize, bits: &mut Bits<'_>) -> Option<()> {
        let mut lengths = [0_u8; ORDER.len()];
        for &symbol in ORDER.iter().take(count) {
            bits.refill()?;
            *lengths.get_mut(usize::from(symbol))? = u8::try_from(bits.take(3)).ok()?;
        }
        let (mut code, mut size, mut full) = (0, 1, 0);
        for length in 1..8 {
            self.lengths.copy_within(..size, size);
            size *= 2;
            for (symbol, _) in (0..).zip(lengths).filter(|known| known.1 == length) {
                self.lengths[code as usize % 128] = (symbol, length);
                code = following(code, u32::from(length));
                full += 128 >> length;
            }
        }
        (full == 128).then_some(())
    }

    /// Unpacks a block; gives how much it was, and where the bits behind it are. As a part of another function it is slower.
    #[inline(never)]
    fn block<'d>(&self, mut bits: Bits<'d>, out: &mut [u8]) -> Option<(usize, Bits<'d>)> {
        let (literals, distances) = (&self.literals, &self.distances);
        let mut size = 0;
        loop {
            // Enough for three literals, or a length and a distance.
            bits.refill()?;
            let mut symbol = literals.of(bits.next);
            if symbol & LITERAL != 0 {
                let [first, second, third] = out.get_mut(size..)?.first_chunk_mut()?;
                *first = bits.literal(symbol);
                symbol = literals.of(bits.next);
                if symbol & LITERAL != 0 {
                    *second = bits.literal(symbol);
                    symbol = literals.of(bits.next);
                    if symbol & LITERAL != 0 {
                        *third = bits.literal(symbol);
                        size += 3;
                        continue;
                    }
                    size += 1;
                }
                size += 1;
                bits.refill()?;
            }
            if symbol == 0 {
                symbol = literals.long(bits.next);
            }
            if symbol & LITERAL != 0 {
                *out.get_mut(size)? = bits.literal(symbol);
                size += 1;
                continue;
            }
            if symbol & (END | BAD) != 0 {
                bits.pass(symbol);
                return (symbol & BAD == 0).then_some((size, bits));
            }
            let length = bits.number(symbol);
            let mut symbol = distances.of(bits.next);
            if symbol == 0 {
                symbol = distances.long(bits.next);
            }
            if symbol & BAD != 0 {
                return None;
            }
            let distance = bits.number(symbol);
            repeat(out, size, distance, length)?;
            size += length;
        }
    }
}

/// Puts `length` bytes to `at` that stand so far before it; some behind them may be overwritten.
#[inline]
fn repeat(out: &mut [u8], at: usize, distance: usize, length: usize) -> Option<()> {
    let from = at.checked_sub(distance)?;
    let room = out.get_mut(from..at + length + CHUNK)?;
    if distance < CHUNK && distance < length {
        for at in 0..length {
            room[at + distance] = room[at];
        }
        return Some(());
    }
    for at in (0..length).step_by(CHUNK) {
        let chunk = *room.get(at..)?.first_chunk::<CHUNK>()?;
        *room.get_mut(at + distance..)?.first_chunk_mut()? = chunk;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};
    use libdeflater::Decompressor;

    use super::*;
    use crate::text::dice::Dice;

    const BEHIND: usize = 40;

    /// A stream with something behind it, and what is packed in it.
    fn stream(dice: &mut Dice) -> (Vec<u8>, Vec<u8>) {
        let words = [
            "secret", "key", "commit", "author", "\n", " ", "0", "7f", "e", "\u{e4}",
        ];
        let mut plain = Vec::new();
        for _ in 0..dice.below(300) {
            if dice.below(4) == 0 {
                plain.push(u8::try_from(dice.below(256)).unwrap());
            } else {
                plain.extend_from_slice(words[dice.below(words.len())].as_bytes());
            }
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(6));
        packed.write_all(&plain).unwrap();
        let mut packed = packed.finish().unwrap();
        packed.extend((0..BEHIND).map(|_| u8::try_from(dice.below(256)).unwrap()));
        (packed, plain)
    }

    #[test]
    fn what_libdeflate_tells_is_told() {
        let (mut dice, mut short, mut told) = (Dice(7), Short::default(), 0);
        for _ in 0..2000 {
            let (mut packed, plain) = stream(&mut dice);
            let mut out = vec![0; plain.len() + CHUNK];
            let known = short.unpack(&packed, plain.len(), &mut out).is_some();
            assert!(!known || out[..plain.len()] == plain);
            told += usize::from(known);
            assert!(known || !Short::is_begun_by(packed[2]));
            // Damage is never taken for anything that libdeflate does not take it for.
            let at = dice.below(packed.len() - BEHIND);
            packed[at] ^= 1 << dice.below(8);
            if short.unpack(&packed, plain.len(), &mut out).is_some() {
                let mut other = vec![0; plain.len()];
                let length = Decompressor::new().zlib_decompress(&packed, &mut other);
                assert_eq!(length, Ok(plain.len()));
                assert_eq!(other, out[..plain.len()]);
            }
            // Where there is no room, or the data end, nothing is told.
            packed[at] ^= 1;
            let few = dice.below(packed.len());
            let _ = short.unpack(&packed[..few], plain.len(), &mut out);
            let _ = short.unpack(&packed, plain.len(), &mut out[..plain.len()]);
        }
        assert!(told > 1000, "{told}");
    }
}
