//! Unpacks short streams with codes of their own (RFC 1950, RFC 1951): most commits are such, and many deltas.
//!
//! Most of the time that they take goes into the tables of their codes, which libdeflate makes for streams that are longer: so
//! these are smaller, and only what a stream uses is put into them. What is not told here, damage above all, is told by libdeflate.

use libdeflater::adler32;

use super::begins;
use super::bits::Bits;
use super::code::{
    self, AGAIN, BAD, Code, Counts, END, LITERAL, LONG, NEXT, OF_CODES, OF_DISTANCES, OF_LENGTHS,
    length, used,
};
use super::repeat::repeat;

/// Symbols of the code in which the lengths of the others are written, in the order in which its own are (RFC 1951, 3.2.7).
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// Unpacks streams of one block.
pub(super) struct Short {
    literals: Code<1024, true>,
    distances: Code<512, false>,
    /// The code in which the lengths of both are written.
    lengths: Code<128, true>,
    /// Symbols that are used, of both codes.
    used: [u32; 512],
}

impl Default for Short {
    fn default() -> Self {
        Self {
            literals: Code::default(),
            distances: Code::default(),
            lengths: Code::default(),
            used: [0; 512],
        }
    }
}

impl Short {
    /// Whether the first byte behind the head of a stream begins a block that may be known here: the last, which has codes of its own.
    pub(super) fn is_begun_by(first: u8) -> bool {
        first & 7 == 5
    }

    /// Unpacks a stream of zlib that is `size` bytes long then into `out`, where some bytes more are written to. `None` where it is none of
    /// those that are known here, or damaged, or ends where the data does; what is in `out` means nothing then.
    pub(super) fn unpack(&mut self, data: &[u8], size: usize, out: &mut [u8]) -> Option<()> {
        if !begins(data) {
            return None;
        }
        let mut bits = Bits::new(data, 2);
        bits.refill()?;
        if bits.take(3) != 5 {
            return None;
        }
        let bits = self.codes(bits)?;
        let (unpacked, end) = self.block(&bits, out)?;
        if unpacked != size {
            return None;
        }
        let sum = data.get(end..)?.first_chunk()?;
        (adler32(out.get(..size)?) == u32::from_be_bytes(*sum)).then_some(())
    }

    /// Reads the codes of a block; gives what is behind them.
    #[inline(never)]
    fn codes<'d>(&mut self, mut bits: Bits<'d>) -> Option<Bits<'d>> {
        let literals = 257 + bits.take(5);
        let all = literals + 1 + bits.take(5);
        let of_lengths = 4 + bits.take(4) as usize;
        let mut bits = self.code_of_lengths(of_lengths, bits)?;
        let (mut count, mut symbol) = (0, 0);
        // No code has so many bits, so that a stream is refused that begins with the length before.
        let mut last = 16;
        let mut counts = Counts::default();
        while symbol < all {
            bits.refill()?;
            // There are bits for four of them. Which lengths are told how often is hard to foresee: so nothing is branched on.
            for _ in 0..4 {
                let what = self.lengths.of(bits.next());
                let times = bits.number(what) & 0xff;
                last = if what & AGAIN == 0 { what >> 24 } else { last };
                let known = counts.get_mut(last as usize)?;
                let first = used(symbol, last, *known);
                *known += times;
                // No length but 0 is told more than six times at once.
                let room: &mut [u32; 6] = self.used.get_mut(count..)?.first_chunk_mut()?;
                *room = [0, 1, 2, 3, 4, 5].map(|at| first + at * NEXT);
                count += if last == 0 { 0 } else { times as usize };
                symbol += times;
                if symbol >= all {
                    break;
                }
            }
        }
        if symbol != all {
            return None;
        }
        let used = self.used.get_mut(..count)?;
        let of_distances = used.iter().rev();
        let of_distances = of_distances.take_while(|&&used| code::symbol(used) >= literals);
        let of_literals = count - of_distances.count();
        let (of_literals, of_distances) = used.split_at_mut_checked(of_literals)?;
        let mut distances = Counts::default();
        for used in of_distances.iter_mut() {
            distances[length(*used) as usize] += 1;
            *used -= literals;
        }
        for (count, distances) in counts.iter_mut().zip(distances) {
            *count -= distances;
        }
        let none = Counts::default();
        self.literals
            .build(of_literals, (&counts, &none), &OF_LENGTHS)?;
        self.distances
            .build(of_distances, (&distances, &counts), &OF_DISTANCES)?;
        Some(bits)
    }

    /// Reads the code in which the lengths of the others are written; gives what is behind it.
    fn code_of_lengths<'d>(&mut self, count: usize, mut bits: Bits<'d>) -> Option<Bits<'d>> {
        let mut lengths = [0; ORDER.len()];
        for symbols in ORDER.get(..count)?.chunks(16) {
            bits.refill()?;
            for &symbol in symbols {
                *lengths.get_mut(symbol)? = bits.take(3);
            }
        }
        let (mut symbols, mut count) = ([0; ORDER.len() + 1], 0);
        let mut counts = Counts::default();
        for (symbol, length) in (0..).zip(lengths) {
            let known = counts.get_mut(length as usize)?;
            *symbols.get_mut(count)? = used(symbol, length, *known);
            *known += 1;
            count += usize::from(length != 0);
        }
        let symbols = symbols.get(..count)?;
        self.lengths
            .build(symbols, (&counts, &Counts::default()), &OF_CODES)?;
        Some(bits)
    }

    /// Unpacks a block; gives how much it was, and where the bytes behind it are. As a part of another function it is slower.
    ///
    /// What comes next is looked up before bits are refilled, so that it does not wait for them.
    #[inline(never)]
    fn block(&self, bits: &Bits<'_>, out: &mut [u8]) -> Option<(usize, usize)> {
        let mut bits = *bits;
        let (literals, distances) = (&self.literals, &self.distances);
        let mut size = 0;
        bits.refill()?;
        let mut symbol = literals.of(bits.next());
        loop {
            // Enough for three literals, or for two and a length, and to look up what is behind them.
            if symbol & LITERAL != 0 {
                let [first, second, third] = out.get_mut(size..)?.first_chunk_mut()?;
                *first = bits.literal(symbol);
                symbol = literals.of(bits.next());
                if symbol & LITERAL != 0 {
                    *second = bits.literal(symbol);
                    symbol = literals.of(bits.next());
                    if symbol & LITERAL != 0 {
                        *third = bits.literal(symbol);
                        symbol = literals.of(bits.next());
                        bits.refill()?;
                        size += 3;
                        continue;
                    }
                    size += 1;
                }
                size += 1;
            }
            if symbol & (END | BAD | LONG) != 0 {
                if symbol & LONG != 0 {
                    symbol = literals.long(bits.next())?;
                }
                if symbol & LITERAL != 0 {
                    *out.get_mut(size)? = bits.literal(symbol);
                    size += 1;
                    symbol = literals.of(bits.next());
                    bits.refill()?;
                    continue;
                }
                if symbol & (END | BAD) != 0 {
                    bits.pass(symbol);
                    return (symbol & BAD == 0).then_some((size, bits.end()?));
                }
            }
            let length = bits.number(symbol) as usize;
            symbol = distances.of(bits.next());
            bits.refill()?;
            if symbol & LONG != 0 {
                symbol = distances.long(bits.next())?;
            }
            let distance = bits.number(symbol) as usize;
            symbol = literals.of(bits.next());
            bits.refill()?;
            repeat(out, size, distance, length)?;
            size += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};
    use libdeflater::Decompressor;

    use super::super::repeat::CHUNK;
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
            match dice.below(8) {
                0 | 1 => plain.push(u8::try_from(dice.below(256)).unwrap()),
                // Bytes that stand close by or far away, few or many of them.
                2 if !plain.is_empty() => {
                    let near = [4, 20, 40, plain.len()][dice.below(4)];
                    let distance = 1 + dice.below(near.min(plain.len()));
                    let most = [20, 20, 20, 300][dice.below(4)];
                    for _ in 0..dice.below(most) {
                        plain.push(plain[plain.len() - distance]);
                    }
                }
                _ => plain.extend_from_slice(words[dice.below(words.len())].as_bytes()),
            }
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::new([4, 6, 9][dice.below(3)]));
        packed.write_all(&plain).unwrap();
        let mut packed = packed.finish().unwrap();
        packed.extend((0..BEHIND).map(|_| u8::try_from(dice.below(256)).unwrap()));
        (packed, plain)
    }

    #[test]
    fn what_libdeflate_tells_is_told() {
        let (mut dice, mut short, mut told) = (Dice(7), Short::default(), 0);
        for _ in 0..4000 {
            let (mut packed, plain) = stream(&mut dice);
            let mut out = vec![0; plain.len() + 2 * CHUNK];
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

    #[test]
    fn the_first_length_is_none_that_is_told_again() {
        let mut bits = Vec::new();
        let mut put = |value: usize, count| bits.extend((0..count).map(|at| value >> at & 1));
        put(5, 3);
        put(0, 5 + 5);
        put(15, 4);
        // Lengths are told again, or 0 many times.
        for symbol in ORDER {
            put(usize::from(symbol == 16 || symbol == 18), 3);
        }
        for again in [0, 1, 1] {
            put(again, 1);
            put(
                if again == 0 { 3 } else { 127 },
                if again == 0 { 2 } else { 7 },
            );
        }
        let mut packed = vec![0x78, 0x9c];
        for bits in bits.chunks(8) {
            let byte = (0..).zip(bits).fold(0, |all, (at, bit)| all | bit << at);
            packed.push(u8::try_from(byte).unwrap());
        }
        packed.extend([0; BEHIND]);
        let bits = &mut Bits::new(&packed, 2);
        bits.refill().unwrap();
        assert_eq!(bits.take(3), 5);
        assert!(Short::default().codes(*bits).is_none());
        let made = Decompressor::new().zlib_decompress(&packed, &mut [0; 9]);
        assert!(made.is_err());
    }
}
