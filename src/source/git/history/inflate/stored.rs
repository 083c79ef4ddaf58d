//! Unpacks streams of one block that was left as it was (RFC 1950, RFC 1951): every third delta is so short that it is one.

use libdeflater::adler32;

use super::begins;

/// The block is the last, and stored.
const LAST: u8 = 1;
/// Where the block's length stands: behind the head of the stream and what tells of the block.
const LENGTHS: usize = 3;

/// Unpacks a stream of zlib that is `size` bytes long then into `out`. `None` where it is none of those that are known here, or damaged.
pub(super) fn unpack(data: &[u8], size: usize, out: &mut [u8]) -> Option<()> {
    if !begins(data) || data.get(LENGTHS - 1) != Some(&LAST) {
        return None;
    }
    let (&[a, b, c, d], rest) = data.get(LENGTHS..)?.split_first_chunk()?;
    let (length, complement) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
    if usize::from(length) != size || complement != !length {
        return None;
    }
    let (stored, rest) = rest.split_at_checked(size)?;
    if adler32(stored) != u32::from_be_bytes(*rest.first_chunk()?) {
        return None;
    }
    out.get_mut(..size)?.copy_from_slice(stored);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(plain: &[u8]) -> Vec<u8> {
        let length = u16::try_from(plain.len()).unwrap();
        let mut data = vec![0x78, 0x01, LAST];
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend(plain);
        data.extend(adler32(plain).to_be_bytes());
        data
    }

    #[test]
    fn what_was_stored_is_unpacked() {
        for plain in [&b""[..], b"a", b"some more bytes", &[7; 9_000]] {
            let mut data = stream(plain);
            let mut out = vec![9; plain.len() + 1];
            let made = libdeflater::Decompressor::new().zlib_decompress(&data, &mut out);
            assert_eq!(made, Ok(plain.len()));
            data.extend(b"what follows");
            assert_eq!(unpack(&data, plain.len(), &mut out), Some(()));
            assert_eq!(out.split_last(), Some((&9, plain)));
            assert_eq!(unpack(&data, plain.len() + 1, &mut out), None);
        }
        // More blocks follow.
        let mut data = stream(b"a");
        data[LENGTHS - 1] = 0;
        assert_eq!(unpack(&data, 1, &mut [0; 9]), None);
    }

    #[test]
    fn what_is_damaged_is_not() {
        let data = stream(b"some bytes");
        for at in 0..data.len() {
            assert_eq!(unpack(&data[..at], 10, &mut [0; 10]), None, "{at}");
            for bit in 0..8 {
                let mut data = data.clone();
                data[at] ^= 1 << bit;
                assert_eq!(unpack(&data, 10, &mut [0; 10]), None, "{at} {bit}");
            }
        }
    }
}
