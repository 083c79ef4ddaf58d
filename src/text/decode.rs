//! Bytes to text: byte order marks, UTF-16 and UTF-32 with and without a mark, and a single-byte fallback.
//!
//! UTF-8 is the rule. What is not valid UTF-8 and holds no NUL byte is read as Windows-1252 (a superset of
//! printable Latin-1), so that every byte maps to one character and nothing is lost. Text with NUL bytes is
//! either UTF-16 or UTF-32, told by where the NULs stand, or text with a few stray ones, or binary. Lines that end in CR
//! alone end in LF here, and the marks of a merge are blanks.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memchr;

pub use super::conflict::OURS as MERGE;
use super::conflict::without_marks;

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
    /// UTF-32.
    Little32,
    Big32,
}

/// Whether the first bytes of an input say that it is binary: a NUL, and no sign of UTF-16.
pub fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(SNIFF)];
    memchr(0, head).is_some() && wide(head).is_none() && !has_few_nuls(head)
}

/// Whether bytes with a NUL are text for all that: valid UTF-8 without other control characters, no two NULs beside each
/// other, and at least so many other bytes to each. A list that NULs divide, such as an environment, is one.
fn has_few_nuls(head: &[u8]) -> bool {
    const TO_EACH: usize = 12;
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character is cut.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let nuls = text.bytes().filter(|&b| b == 0).count();
    let control = |c: char| c.is_control() && !matches!(c, '\0' | '\t' | '\n' | '\r' | '\x0c');
    nuls * TO_EACH < text.len() && !text.contains("\0\0") && !text.contains(control)
}

/// UTF-16 told by its mark or, without one, by where its zero bytes stand: mostly Latin text has them
/// in every second byte and in (nearly) no other.
fn wide(head: &[u8]) -> Option<Wide> {
    if let Some(order) = wider(head) {
        return Some(order);
    }
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    // A mark of UTF-16 before text that is none.
    if marked && memchr(0, head).is_none() && is_utf8(&head[2..]) {
        return None;
    }
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
    // Binary files have them, and most of them soon.
    if head.chunks_exact(2).any(|pair| pair == [0, 0]) {
        return None;
    }
    let zeros = |odd: usize| {
        head.chunks_exact(2)
            .filter(|pair| {
                pair[odd] == 0 && (pair[1 - odd] >= 0x20 || pair[1 - odd].is_ascii_whitespace())
            })
            .count()
    };
    let (high, low) = (zeros(1), zeros(0));
    if high * 10 >= pairs * 7 && low == 0 {
        Some(Wide::Little)
    } else if low * 10 >= pairs * 7 && high == 0 {
        Some(Wide::Big)
    } else {
        None
    }
}

/// UTF-32 told by its mark or by its zero bytes: three of four in characters of the Latin alphabets.
fn wider(head: &[u8]) -> Option<Wide> {
    let marked = head.starts_with(&[0xff, 0xfe, 0, 0]);
    if marked || head.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Some(if marked { Wide::Little32 } else { Wide::Big32 });
    }
    let units = head.len() / 4;
    if units < 4 {
        return None;
    }
    let share = |low: usize, high: [usize; 3]| {
        let other = head.chunks_exact(4).filter(|unit| {
            (unit[low] < 0x20 && !unit[low].is_ascii_whitespace())
                || high.iter().any(|&at| unit[at] != 0)
        });
        // One in ten may be another; to find one more in what is none takes few.
        other.take(units / 10 + 1).count() <= units / 10
    };
    if share(0, [1, 2, 3]) {
        Some(Wide::Little32)
    } else if share(3, [0, 1, 2]) {
        Some(Wide::Big32)
    } else {
        None
    }
}

/// Whether this is valid UTF-8, but for a last character that is cut.
fn is_utf8(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// UTF-32 as text, without its mark; what is no character becomes U+FFFD.
fn utf32(bytes: &[u8], little: bool) -> String {
    bytes
        .chunks_exact(4)
        .map(|unit| {
            let unit = [unit[0], unit[1], unit[2], unit[3]];
            let code = if little {
                u32::from_le_bytes(unit)
            } else {
                u32::from_be_bytes(unit)
            };
            char::from_u32(code).unwrap_or('\u{fffd}')
        })
        .skip_while(|&character| character == '\u{feff}')
        .collect()
}

/// The text that bytes are in UTF-8, if they are.
pub fn utf8(bytes: &[u8]) -> Option<&str> {
    simdutf8::basic::from_utf8(bytes).ok()
}

/// The text with the ends of its lines as the rest of the program knows them, and without the marks of a merge.
fn lines(text: Cow<'_, str>) -> Cow<'_, str> {
    without_marks(line_ends(text))
}

/// The text with the ends of its lines as the rest of the program knows them.
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // Most texts tell by their first line.
    if memchr(b'\n', bytes).is_none() && memchr(b'\r', bytes).is_some() {
        return Cow::Owned(text.replace('\r', "\n"));
    }
    text
}

/// The same as [`decode`], of bytes that are known to be this text in UTF-8 without a mark, if they are; `unmarked`: and to hold no
/// [`MERGE`].
pub fn decode_known<'a>(bytes: &'a [u8], utf8: Option<&'a str>, unmarked: bool) -> Decoded<'a> {
    let plain = utf8.filter(|_| memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_none());
    match plain {
        Some(text) if unmarked => Decoded::Text(line_ends(Cow::Borrowed(text))),
        Some(text) => Decoded::Text(lines(Cow::Borrowed(text))),
        None => decode(bytes),
    }
}

/// Decodes an input; never fails and never panics. Malformed UTF-16 units become U+FFFD.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let head = &bytes[..bytes.len().min(SNIFF)];
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let nul = memchr(0, head).is_some();
    if (marked || nul)
        && let Some(order) = wide(head)
    {
        return Decoded::Text(lines(match order {
            Wide::Little => UTF_16LE.decode_with_bom_removal(bytes).0,
            Wide::Big => UTF_16BE.decode_with_bom_removal(bytes).0,
            Wide::Little32 => Cow::Owned(utf32(bytes, true)),
            Wide::Big32 => Cow::Owned(utf32(bytes, false)),
        }));
    }
    if nul && !has_few_nuls(head) {
        return Decoded::Binary;
    }
    let bytes = if marked { &bytes[2..] } else { bytes };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match utf8(bytes) {
        Some(text) => Cow::Borrowed(text),
        None => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    let text = if nul && text.contains('\0') {
        // NULs divide; a value ends at one as at the end of a line.
        Cow::Owned(text.replace('\0', "\n"))
    } else {
        text
    };
    Decoded::Text(lines(text))
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
    fn every_utf32_flavour() {
        for big in [true, false] {
            for mark in ["\u{feff}", ""] {
                let text_of = format!("{mark}SECRET_KEY=é\n");
                let bytes: Vec<u8> = text_of
                    .chars()
                    .flat_map(|c| {
                        if big {
                            u32::from(c).to_be_bytes()
                        } else {
                            u32::from(c).to_le_bytes()
                        }
                    })
                    .collect();
                assert!(!is_binary(&bytes));
                assert_eq!(text(&bytes), "SECRET_KEY=é\n");
            }
        }
    }

    #[test]
    fn stray_marks_and_nuls_hide_nothing() {
        assert_eq!(text(b"\xff\xfeSECRET_KEY=x\n"), "SECRET_KEY=x\n");
        assert_eq!(
            text(b"# a comment\0\nSECRET_KEY=x\n"),
            "# a comment\n\nSECRET_KEY=x\n"
        );
        assert!(!is_binary(b"# a comment\0\nSECRET_KEY=x\n"));
        assert!(is_binary(
            b"\0\0\x01\x02 a little text, and some more of it"
        ));
        assert!(is_binary(
            b"a long enough text with a pair \0\0 in it, as tables have"
        ));
    }

    #[test]
    fn carriage_returns_alone_end_lines() {
        assert_eq!(text(b"A=1\rB=2\r"), "A=1\nB=2\n");
        assert_eq!(text(b"A=1\rB=2\r\n"), "A=1\rB=2\r\n");
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
