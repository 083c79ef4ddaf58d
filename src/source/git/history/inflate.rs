//! Unpacks what follows the head of an entry.

mod bits;
mod code;
mod repeat;
mod short;
mod stored;

use short::Short;

use libdeflater::Decompressor;

use super::entry::{LARGEST, Packed};
use super::fault::Fault;

/// Deflate cannot shrink bytes to less than this fraction (RFC 1951: 258 bytes in 2 bits).
const BEST_RATIO: u64 = 1040;

/// Bytes behind a stream, and room behind what is made of it, that let libdeflate go fast up to the end: it does so only where it could read
/// or write as much as one step may take, and most entries are shorter than that.
pub(super) const BEHIND: u64 = 40;
const ROOM: usize = 304;

/// Streams of no more bytes than this are unpacked by [`Short`] where it can: of longer ones the tables of libdeflate are worth their while.
const SHORT: u64 = 1536 + BEHIND;

/// Unpacks entries.
#[derive(Default)]
pub(super) struct Inflater {
    /// Short streams of one block that has a code of its own.
    short: Short,
    /// Streams that begin with a block of the fixed code, as most short ones do. The tables of that code are built once.
    fixed: Decompressor,
    /// Streams that begin with anything else.
    other: Decompressor,
    /// What was unpacked last by [`Inflater::within`], and what is left of longer ones before it.
    space: Vec<u8>,
}

impl Inflater {
    /// Unpacks into `out`, whose former content is lost.
    pub(super) fn unpack(&mut self, packed: &Packed<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let size = size(packed)?;
        // Shrinking and growing by little costs no clearing of memory; all of it is overwritten.
        out.resize(size + ROOM, 0);
        let made = self.inflate(packed, size, out);
        out.truncate(size);
        made
    }

    /// Unpacks what is not needed for long.
    pub(super) fn within(&mut self, packed: &Packed<'_>) -> Result<&[u8], Fault> {
        let size = size(packed)?;
        let mut space = std::mem::take(&mut self.space);
        if space.len() < size + ROOM {
            space.resize(size + ROOM, 0);
        }
        let made = self.inflate(packed, size, &mut space);
        self.space = space;
        made?;
        Ok(&self.space[..size])
    }

    fn inflate(&mut self, packed: &Packed<'_>, size: usize, out: &mut [u8]) -> Result<(), Fault> {
        let first = packed.data.get(2).copied();
        if stored::unpack(packed.data, size, out).is_some() {
            return Ok(());
        }
        let is_short = packed.data.len() as u64 <= SHORT && first.is_some_and(Short::is_begun_by);
        if is_short && self.short.unpack(packed.data, size, out).is_some() {
            return Ok(());
        }
        let inflater = match first {
            Some(first) if first >> 1 & 3 == 1 => &mut self.fixed,
            _ => &mut self.other,
        };
        match inflater.zlib_decompress(packed.data, out) {
            Ok(length) if length == size => Ok(()),
            Ok(_) => Err(Fault::damaged("it is not as long as it says")),
            Err(_) => Err(Fault::damaged("its compressed bytes are damaged")),
        }
    }
}

/// Whether a stream of zlib begins here that needs no dictionary (RFC 1950, 2.2).
fn begins(data: &[u8]) -> bool {
    let Some(&[method, flags]) = data.first_chunk() else {
        return false;
    };
    let known = method & 15 == 8 && method >> 4 <= 7 && flags & 32 == 0;
    known && u16::from_be_bytes([method, flags]).is_multiple_of(31)
}

/// Bytes that an entry says are packed in it, if that can be.
fn size(packed: &Packed<'_>) -> Result<usize, Fault> {
    if packed.size > LARGEST {
        return Err(Fault::damaged("it is larger than what is read here"));
    }
    if packed.size / BEST_RATIO > packed.data.len() as u64 {
        return Err(Fault::damaged("it claims to be larger than it can be"));
    }
    usize::try_from(packed.size).map_err(|_| Fault::damaged("it is too large"))
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Form, Kind};
    use super::*;

    #[test]
    fn claims_that_cannot_be_true() {
        let claim = Packed {
            form: Form::Whole(Kind::Blob),
            size: 1 << 29,
            data: &[0; 9],
        };
        let mut out = Vec::new();
        let mut inflater = Inflater::default();
        assert!(inflater.unpack(&claim, &mut out).is_err());
        assert!(inflater.within(&claim).is_err());
        assert!(out.capacity().max(inflater.space.capacity()) < 1 << 20);
    }
}
