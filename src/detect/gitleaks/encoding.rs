//! What in a text is encoded, and what it stands for: `%41`, `U+0041` and `\u0041`, hex, base64 (gitleaks 8.30, `detect/codec`).
//!
//! Only what decodes to printable ASCII counts, save for escapes of Unicode, which stand for whatever they stand for.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const SHORTEST_HEX: usize = 32;
const SHORTEST_BASE64: usize = 16;

/// With padding, as it has to be; what its last character says beyond the last byte is nobody's business.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);
/// Without any.
const URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// A piece of a text that is encoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) decoded: Vec<u8>,
}

/// How something is encoded; of two pieces that touch, the one of the greater kind is decoded first.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Base64,
    Hex,
    CodePoints,
    Escapes,
    Percent,
}

impl Kind {
    /// Both forms of Unicode are one encoding.
    fn rank(self) -> u8 {
        match self {
            Self::Base64 => 0,
            Self::Hex => 1,
            Self::CodePoints | Self::Escapes => 2,
            Self::Percent => 3,
        }
    }

    fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => from_base64(text),
            Self::Hex => from_hex(text),
            Self::CodePoints => Some(from_code_points(text)),
            Self::Escapes => Some(from_escapes(text)),
            Self::Percent => from_percent(text),
        }
    }
}

/// All encoded pieces of a text, in order.
pub(super) fn encoded(text: &[u8]) -> Vec<Encoded> {
    let all = candidates(text);
    let mut out = Vec::new();
    for (at, &(start, end, kind)) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let touched = before.is_some_and(|other| other.1 == start && other.2.rank() > kind.rank())
            || (all.get(at + 1))
                .is_some_and(|other| other.0 == end && other.2.rank() > kind.rank());
        if touched {
            continue;
        }
        if let Some(decoded) = kind
            .decode(&text[start..end])
            .filter(|decoded| !decoded.is_empty())
        {
            out.push(Encoded {
                start,
                end,
                decoded,
            });
        }
    }
    out
}

/// What looks encoded, in order: one after the other, none overlapping.
fn candidates(text: &[u8]) -> Vec<(usize, usize, Kind)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        let found = match CLASSES[usize::from(b)] {
            Class::Other => None,
            Class::Mark if b == b'%' => percent(text, at).map(|end| (end, Kind::Percent)),
            Class::Mark => escapes(text, at).map(|end| (end, Kind::Escapes)),
            Class::Word => {
                let length = words(&text[at..]);
                if length < SHORTEST_BASE64 {
                    // Nothing begins in a short run, save for a code point, which ends it.
                    let end = at + length;
                    let run = &text[at..end];
                    let found = memchr::memchr_iter(b'U', run)
                        .find_map(|by| Some((at + by, code_points(text, at + by)?)));
                    at = found.map_or(end, |(start, end)| {
                        out.push((start, end, Kind::CodePoints));
                        end
                    });
                    continue;
                }
                Some(run(text, at, length))
            }
        };
        match found {
            Some((end, kind)) => {
                out.push((at, end, kind));
                at = end;
            }
            None => at += 1,
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Stands in base64, and in hex.
    Word,
    /// Begins an escape.
    Mark,
    Other,
}

/// The class of each byte: every byte of every text is asked for it.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut b = 0_u8;
    loop {
        classes[b as usize] = match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'/' | b'+' | b'-' => Class::Word,
            b'%' | b'\\' => Class::Mark,
            _ => Class::Other,
        };
        if b == u8::MAX {
            break;
        }
        b += 1;
    }
    classes
};

/// How many bytes of base64 a text begins with.
fn words(text: &[u8]) -> usize {
    let is_word = |b: &&u8| CLASSES[usize::from(**b)] == Class::Word;
    text.iter().take_while(is_word).count()
}

fn is_printable(b: u8) -> bool {
    b > 8 && b < 127
}

/// The end of code points, hex or base64, whichever begins at `at`, in this order; `length` is that of base64.
fn run(text: &[u8], at: usize, length: usize) -> (usize, Kind) {
    if text[at] == b'U'
        && let Some(end) = code_points(text, at)
    {
        return (end, Kind::CodePoints);
    }
    let hex = text[at..]
        .iter()
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    if hex >= SHORTEST_HEX {
        return (at + hex, Kind::Hex);
    }
    let padding = text[at + length..]
        .iter()
        .take(2)
        .take_while(|b| **b == b'=')
        .count();
    (at + length + padding, Kind::Base64)
}

/// `%41…%42`: to the last escape of the line.
fn percent(text: &[u8], at: usize) -> Option<usize> {
    let is_one = |at: usize| {
        text[at] == b'%'
            && text
                .get(at + 1..at + 3)
                .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    if !is_one(at) {
        return None;
    }
    let rest = at + 3;
    let line = memchr::memchr(b'\n', &text[rest..]).map_or(text.len(), |by| rest + by);
    let last = memchr::memrchr_iter(b'%', &text[rest..line]).find(|by| is_one(rest + by));
    Some(last.map_or(rest, |by| rest + by + 3))
}

fn from_percent(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'%'
            && let Some(b) = text.get(at + 1..at + 3).and_then(byte)
        {
            if !is_printable(b) {
                return None;
            }
            out.push(b);
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    Some(out)
}

/// The byte of two hex digits.
fn byte(two: &[u8]) -> Option<u8> {
    let digit = |b: u8| {
        (b as char)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(two[0])? << 4 | digit(*two.get(1)?)?)
}

fn four_digits(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    (digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
}

/// `U+0041 U+0042 `: each with a blank behind it, or at the end of the text.
fn code_points(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while text.get(end..end + 2) == Some(b"U+") && four_digits(text, end + 2).is_some() {
        match text.get(end + 6) {
            Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0c) => end += 7,
            None => end += 6,
            Some(_) => break,
        }
    }
    (end > at).then_some(end)
}

fn from_code_points(text: &[u8]) -> Vec<u8> {
    let mut at = 0;
    let mut out = String::new();
    while let Some(code) = four_digits(text, at + 2) {
        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        at += 7;
    }
    out.into_bytes()
}

/// The end of one escape, `\u0041` or `\\u0041`, and what it stands for.
fn escape(text: &[u8], at: usize) -> Option<(usize, u32)> {
    let slashes = text[at..]
        .iter()
        .take(2)
        .take_while(|b| **b == b'\\')
        .count();
    let letter = at + slashes;
    let is_one = slashes > 0 && text.get(letter).is_some_and(|b| matches!(b, b'u' | b'U'));
    let code = is_one.then(|| four_digits(text, letter + 1))??;
    Some((letter + 5, code))
}

fn escapes(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while let Some((next, _)) = escape(text, end).filter(|_| end < text.len()) {
        end = next;
    }
    (end > at).then_some(end)
}

fn from_escapes(text: &[u8]) -> Vec<u8> {
    let mut at = 0;
    let mut out = String::new();
    while at < text.len()
        && let Some((end, code)) = escape(text, at)
    {
        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        at = end;
    }
    out.into_bytes()
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let pairs = text.chunks_exact(2);
    pairs
        .map(|two| byte(two).filter(|b| is_printable(*b)))
        .collect()
}

fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    // Words without any of these are hardly base64.
    let likely = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'/' | b'-' | b'_');
    if !text.iter().any(likely) {
        return None;
    }
    let printable = |decoded: Vec<u8>| decoded.iter().all(|b| is_printable(*b)).then_some(decoded);
    [&STANDARD, &URL].into_iter().find_map(|engine| {
        // The first bytes tell of most that there is no text in them.
        let head = text.len().min(SHORTEST_BASE64) / 4 * 4;
        let mut first = [0; SHORTEST_BASE64];
        if head < text.len() {
            let length = engine.decode_slice(&text[..head], &mut first).ok()?;
            if !first[..length].iter().all(|b| is_printable(*b)) {
                return None;
            }
        }
        engine.decode(text).ok().and_then(printable)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let found = encoded(text.as_bytes()).into_iter();
        found
            .map(|one| {
                (
                    text[one.start..one.end].to_owned(),
                    String::from_utf8_lossy(&one.decoded).into_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn each_encoding_is_read() {
        let one = |text: &str| {
            found(text)
                .into_iter()
                .map(|(_, decoded)| decoded)
                .collect::<Vec<_>>()
                .join("|")
        };
        assert_eq!(one("a=%41b%42 c\n%43"), "AbB|C");
        assert_eq!(one("x U+0041 U+0042\ny U+0043"), "AB|C");
        assert_eq!(one(r"\u0041\\u0042 \U0043"), "AB|C");
        assert_eq!(one("6162636465666768696a6b6c6d6e6f70"), "abcdefghijklmnop");
        assert_eq!(one("aGVsbG8gd29ybGQhIQ=="), "hello world!!");
        assert_eq!(one("aGVsbG8gd29ybGQhIQ"), "hello world!!");
        assert_eq!(one("aGVsbG8_d29ybGQ_IQ"), "hello?world?!");
        assert_eq!(one("ajustanidentifierthatislong some_other_identifier"), "");
        assert_eq!(one("%00%41 %zz"), "");
        assert_eq!(one("aGVsbG8gd29y"), "");
        // What touches a piece that is decoded before it waits for the next pass.
        assert_eq!(one("%41aGVsbG8gd29ybGQhIQ=="), "A");
    }
}
