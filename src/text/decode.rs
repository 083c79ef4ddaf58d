//! Bytes to text: byte order marks, UTF-16 with and without a mark, and a single-byte fallback.
//!
//! UTF-8 is the rule. What is not valid UTF-8 and holds no NUL byte is read as Windows-1252 (a superset of
//! printable Latin-1), so that every byte maps to one character and nothing is lost. Text with NUL bytes is
//! either UTF-16, told by where the NULs stand, or binary.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr;

/// How many bytes decide whether an input is binary: the same as git's heuristic.
pub const SNIFF: usize = 8000;

/// The outcome of [`decode`].
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// Text, without its byte order mark.
    Text(Cow<'a, str>),
    /// No text in any encoding known here.
    Binary,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wide {
    Little,
    Big,
}

/// Whether the first bytes of an input say that it is binary: a NUL, and no sign of UTF-16.
pub fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(SNIFF)];
    memchr(0, head).is_some() && wide(head).is_none()
}

/// UTF-16 told by its mark or, without one, by where its zero bytes stand: mostly Latin text has them
/// in every second byte and in (nearly) no other.
fn wide(head: &[u8]) -> Option<Wide> {
    if head.starts_with(&[0xff, 0xfe]) {
        return Some(Wide::Little);
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return Some(Wide::Big);
    }
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |odd: usize| {
        head.chunks_exact(2)
            .filter(|pair| {
                pair[odd] == 0 && (pair[1 - odd] >= 0x20 || pair[1 - odd].is_ascii_whitespace())
            })
            .count()
    };
    let nul = head.chunks_exact(2).filter(|pair| pair == &[0, 0]).count();
    let (high, low) = (zeros(1), zeros(0));
    if nul > 0 {
        None
    } else if high * 10 >= pairs * 7 && low == 0 {
        Some(Wide::Little)
    } else if low * 10 >= pairs * 7 && high == 0 {
        Some(Wide::Big)
    } else {
        None
    }
}

/// Decodes an input; never fails and never panics. Malformed UTF-16 units become U+FFFD.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let head = &bytes[..bytes.len().min(SNIFF)];
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if (marked || memchr(0, head).is_some())
        && let Some(order) = wide(head)
    {
        let encoding = if order == Wide::Little {
            UTF_16LE
        } else {
            UTF_16BE
        };
        let (text, _) = encoding.decode_with_bom_removal(bytes);
        return Decoded::Text(text);
    }
    if memchr(0, head).is_some() {
        return Decoded::Binary;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        Decoded::Text(Cow::Borrowed(text))
    } else {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        Decoded::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        match decode(bytes) {
            Decoded::Text(text) => text.into_owned(),
            Decoded::Binary => "<binary>".into(),
        }
    }

    fn utf16(s: &str, mark: bool, big: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(s.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_utf16_flavour() {
        for mark in [true, false] {
            for big in [true, false] {
                assert_eq!(
                    text(&utf16("SECRET_KEY=x\r\n", mark, big)),
                    "SECRET_KEY=x\r\n"
                );
            }
        }
    }

    #[test]
    fn utf8_mark_is_dropped_and_latin1_is_read() {
        assert_eq!(text(b"\xef\xbb\xbfA=1"), "A=1");
        assert_eq!(text(b"caf\xe9"), "café");
    }

    #[test]
    fn binary_is_binary() {
        assert_eq!(text(b"\x7fELF\0\0\0\x01"), "<binary>");
        assert!(is_binary(b"PK\x03\x04\0\0"));
        assert!(!is_binary(b"plain"));
    }
}
