//! Runs of base64 (RFC 4648, both alphabets) and of hex digits that stand for text.

use super::{BLOCK, STEP};
use crate::text::decode::{Decoded, decode};
use crate::text::{Pieces, Span};

/// Shorter runs are not looked at: these are 36 bytes in base64, and what is shorter holds hardly a name with a key. Wherever it begins, a
/// run of this length holds a block that is looked at.
const SHORTEST: usize = BLOCK + STEP;
/// Shorter texts are none.
const LEAST: usize = 12;
/// No digit of base64.
const NONE: u8 = 0xff;
/// What each byte stands for in base64, in both alphabets.
const SEXTETS: [u8; 256] = sextets();
/// Blanks at the beginning of a line that goes on.
const INDENT: usize = 64;

const fn sextets() -> [u8; 256] {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        table[digits[value as usize] as usize] = value;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

fn sextet(byte: u8) -> u8 {
    SEXTETS[usize::from(byte)]
}

fn is_digit(byte: u8) -> bool {
    sextet(byte) != NONE
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    Base64,
    Hex,
}

/// Where a run begins that seems to stand for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    start: usize,
    digits: Digits,
}

/// The place of a run of at least [`SHORTEST`] digits that begins at `at`, if it begins like text.
fn place(bytes: &[u8], at: usize) -> Option<Place> {
    // `\n` and `\x` in front of it, `0x`.
    let escaped = at > 0 && bytes[at - 1] == b'\\';
    let prefixed = matches!(bytes.get(at..), Some([b'0', b'x' | b'X', ..]));
    let start = at + if prefixed { 2 } else { usize::from(escaped) };
    let digits = digits(bytes.get(start..at + SHORTEST)?)?;
    Some(Place { start, digits })
}

/// Whether a block is all digits, and more than small letters, as most names and paths are: of text, every fourth digit of base64 is nearly
/// always a capital, and every second one in hex below eight.
pub(super) fn is_digits(block: &[u8; BLOCK]) -> bool {
    let (mut none, mut telling) = (0, 0);
    for &byte in block {
        let small = u8::from(byte.wrapping_sub(b'a') < 26);
        let more = u8::from(byte.wrapping_sub(b'A') < 26) | u8::from(byte.wrapping_sub(b'0') < 10);
        let sign = u8::from(byte == b'+') | u8::from(byte == b'-') | u8::from(byte == b'_');
        none |= (small | more | sign | u8::from(byte == b'/')) ^ 1;
        telling |= more;
    }
    none == 0 && telling != 0
}

/// The run of digits around `at`, if it begins like text, and not before `from`; where one `goes_on` there, it was looked at.
pub(super) fn beginning(bytes: &[u8], from: usize, at: usize, goes_on: bool) -> Option<Place> {
    let before = &bytes[from..at];
    let start = before.iter().rposition(|byte| !is_digit(*byte));
    let start = match start {
        Some(last) => from + last + 1,
        None if goes_on => return None,
        None => from,
    };
    let window = bytes.get(start..start + SHORTEST)?;
    place(bytes, start).filter(|_| window.iter().all(|byte| is_digit(*byte)))
}

/// What the run that begins with `head` is written in, if it begins like text. Most runs are names and paths, and fall with their
/// first letter: this looks at no more than it has to.
fn digits(head: &[u8]) -> Option<Digits> {
    let hex = |pair: &[u8]| Some(nibble(pair[0])? << 4 | nibble(pair[1])?);
    if begins_text(head.chunks_exact(2).map(hex)) {
        return Some(Digits::Hex);
    }
    let bytes = head.chunks_exact(4).flat_map(|four| {
        let [a, b, c, d] = [
            sextet(four[0]),
            sextet(four[1]),
            sextet(four[2]),
            sextet(four[3]),
        ];
        [
            Some(a << 2 | b >> 4),
            Some(b << 4 | c >> 2),
            Some(c << 6 | d),
        ]
    });
    begins_text(bytes).then_some(Digits::Base64)
}

/// Whether bytes are those of a text in UTF-8, whose last character may be cut, or in UTF-16 as Windows has it.
fn begins_text(mut bytes: impl Iterator<Item = Option<u8>>) -> bool {
    let mut missing = 0;
    let mut wide = false;
    for at in 0.. {
        let byte = match bytes.next() {
            None => return true,
            Some(None) => return false,
            Some(Some(byte)) => byte,
        };
        if at == 1 && byte == 0 {
            wide = true;
        }
        let fits = if wide && at % 2 == 1 {
            byte == 0
        } else if missing > 0 {
            missing -= 1;
            byte & 0xc0 == 0x80
        } else {
            match byte {
                b' '..=b'~' | b'\t' | b'\n' | b'\r' => true,
                0xc2..=0xf4 if !wide => {
                    missing = usize::from(byte >= 0xe0) + usize::from(byte >= 0xf0) + 1;
                    true
                }
                _ => false,
            }
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Reads the run at a place: where to go on, and the text it stands for.
pub(super) fn read(text: &str, place: Place) -> (usize, Option<Pieces>) {
    let bytes = text.as_bytes();
    let mut decoder = Decoder::new(place.digits);
    let mut at = place.start;
    let (mut end, mut line_end) = (at, None);
    loop {
        while let Some(&byte) = bytes.get(at)
            && decoder.push(byte)
        {
            at += 1;
        }
        end = end.max(at);
        line_end.get_or_insert(at);
        match next_line(bytes, at).filter(|next| is_line(bytes, *next)) {
            Some(next) => at = next,
            None => break,
        }
    }
    match readable(decoder.out) {
        Some(decoded) => {
            let mut pieces = Pieces::default();
            pieces.push_as(&decoded, Span::new(place.start, end));
            (end, Some(pieces))
        }
        // What was taken for more of it may be something of its own.
        None => (line_end.unwrap_or(end).max(place.start + 1), None),
    }
}

/// Where a run that ends at `at` goes on: at the end of the line, but for what joins strings, and behind what begins the next.
fn next_line(bytes: &[u8], mut at: usize) -> Option<usize> {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'');
    let next = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let blanks = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
        at + rest.iter().take(INDENT).take_while(blank).count()
    };
    // `\n`, `\r\n` as escapes in one string.
    if bytes[at..].starts_with(b"\\n") {
        return Some(at + 2);
    }
    if bytes[at..].starts_with(b"\\r\\n") {
        return Some(at + 4);
    }
    let quoted = is_quote(next(at));
    at = blanks(at + usize::from(quoted));
    if matches!(next(at), b'\\' | b'+' | b'.' | b',') {
        at = blanks(at + 1);
    }
    if next(at) == b'\r' {
        at += 1;
    }
    if next(at) != b'\n' {
        return None;
    }
    at = blanks(at + 1);
    let comment = match (next(at), next(at + 1)) {
        (b'#' | b'*' | b'>', b' ') => 1,
        (b'/', b'/') if next(at + 2) == b' ' => 2,
        _ => 0,
    };
    if comment > 0 {
        at = blanks(at + comment);
    }
    match (quoted, is_quote(next(at))) {
        (true, true) => Some(at + 1),
        (false, false) => Some(at),
        _ => None,
    }
}

/// Whether a line is digits up to what ends it: words that follow a run are no part of it.
fn is_line(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let length = rest.iter().take_while(|byte| is_digit(**byte)).count();
    let end = rest.get(length).copied().unwrap_or(b'\n');
    length > 0 && matches!(end, b'=' | b'\n' | b'\r' | b'"' | b'\'' | b'\\')
}

/// Takes digits and gives bytes.
struct Decoder {
    digits: Digits,
    held: u32,
    bits: u32,
    out: Vec<u8>,
}

impl Decoder {
    fn new(digits: Digits) -> Self {
        Self {
            digits,
            held: 0,
            bits: 0,
            out: Vec::new(),
        }
    }

    /// Takes one digit; `false` where it is none.
    fn push(&mut self, byte: u8) -> bool {
        let (value, width) = match self.digits {
            Digits::Base64 => (sextet(byte), 6),
            Digits::Hex => (nibble(byte).unwrap_or(NONE), 4),
        };
        if value == NONE {
            return false;
        }
        self.held = (self.held << width | u32::from(value)) & 0xffff;
        self.bits += width;
        if self.bits >= 8 {
            self.bits -= 8;
            self.out.push((self.held >> self.bits & 0xff) as u8);
        }
        true
    }
}

/// The text that bytes begin with: what follows it may be more than the run.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let mut text = if bytes.get(1) == Some(&0) {
        match decode(&bytes) {
            Decoded::Text(text) => text.into_owned(),
            Decoded::Binary => return None,
        }
    } else {
        String::from_utf8(bytes).unwrap_or_else(|error| {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        })
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c');
    if let Some(end) = text.find(control) {
        text.truncate(end);
    }
    (text.len() >= LEAST).then_some(text)
}
