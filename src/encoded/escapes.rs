//! Escapes: `%3D` of addresses (RFC 3986), `\u003d` and `\x3d` of strings, `&#39;` and `&quot;` of HTML.
//!
//! A line with an escape that may be part of a name, or of what gives it a value, is decoded as a whole: what stands in it is told by
//! what it says when nothing is escaped.

use memchr::{memchr, memchr3_iter, memrchr};

use super::BLOCK;
use crate::text::{Pieces, Span};

/// Entities with a name that matter here.
const ENTITIES: &[(&str, char)] = &[
    ("quot", '"'),
    ("apos", '\''),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("nbsp", ' '),
    ("equals", '='),
    ("colon", ':'),
    ("lowbar", '_'),
];
/// The longest of them, with its marks.
const LONGEST: usize = 10;

/// The next escape from `at` on that tells of a name or a value.
pub(super) fn first(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    memchr3_iter(b'%', b'\\', b'&', rest)
        .map(|offset| at + offset)
        .find(|&place| tells(bytes, place))
}

/// Whether a block holds what escapes begin with.
pub(super) fn begins(block: &[u8; BLOCK]) -> bool {
    let marks = block.iter().fold(0, |marks, &byte| {
        marks | u8::from(byte == b'%') | u8::from(byte == b'&') | u8::from(byte == b'\\')
    });
    marks != 0
}

/// Whether a run of escapes of letters, as of a name, begins among the first `length` bytes.
pub(super) fn is_run(bytes: &[u8], length: usize) -> bool {
    const IN_A_ROW: usize = 3;
    let head = &bytes[..bytes.len().min(length)];
    memchr3_iter(b'%', b'\\', b'&', head).any(|first| {
        let mut at = first;
        (0..IN_A_ROW).all(|_| match read(&bytes[at..]) {
            Some((c, length)) if c.is_ascii_alphanumeric() || c == '_' => {
                at += length;
                true
            }
            _ => false,
        })
    })
}

/// Whether the escape at a place, if it is one, tells of a name or a value.
fn tells(bytes: &[u8], at: usize) -> bool {
    match read(&bytes[at..]) {
        // An arrow, as in `'key' => 'value'`; else a bracket is only part of the page.
        Some(('>', _)) => at > 0 && bytes[at - 1] == b'=',
        Some((c, _)) => c.is_ascii_alphanumeric() || matches!(c, '=' | ':' | '"' | '\'' | '_'),
        None => false,
    }
}

/// The ASCII character that an escape stands for, and its length.
fn read(bytes: &[u8]) -> Option<(char, usize)> {
    let code = |from: usize, to: usize| {
        let digits = std::str::from_utf8(bytes.get(from..to)?).ok()?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| plain)
    };
    let (code, length) = match (bytes.first()?, bytes.get(1)?) {
        (b'%', _) => (code(1, 3)?, 3),
        (b'\\', b'x') => (code(2, 4)?, 4),
        (b'\\', b'u') => (code(2, 6)?, 6),
        (b'&', next) => {
            let name = &bytes[1..bytes.len().min(LONGEST)];
            let name = std::str::from_utf8(&name[..memchr(b';', name)?]).ok()?;
            let code = match (next, name.as_bytes().get(1)) {
                (b'#', Some(b'x' | b'X')) => code(3, name.len() + 1)?,
                (b'#', _) => name[1..].parse().ok()?,
                _ => {
                    let known = ENTITIES.iter().find(|(known, _)| *known == name)?;
                    u32::from(known.1)
                }
            };
            (code, name.len() + 2)
        }
        _ => return None,
    };
    let character = char::from_u32(code).filter(char::is_ascii)?;
    (!character.is_ascii_control() || matches!(character, '\t' | '\n' | '\r'))
        .then_some((character, length))
}

/// The lines with such escapes, decoded, one after the other.
pub(super) fn lines(text: &str) -> Pieces {
    let bytes = text.as_bytes();
    let mut pieces = Pieces::default();
    let mut at = 0;
    while let Some(place) = first(bytes, at) {
        let start = memrchr(b'\n', &bytes[..place])
            .map_or(0, |at| at + 1)
            .max(at);
        let end = memchr(b'\n', &bytes[place..]).map_or(bytes.len(), |by| place + by);
        let mut push = |span: Span| {
            decoded(text, span, &mut pieces);
            pieces.push_as("\n", Span::new(span.end, span.end));
        };
        push(Span::new(start, end));
        // What is escaped in a part of an address, a string or an element has nothing to do with what that is given to.
        let mut from = start;
        while let Some(place) = first(&bytes[..end], from) {
            let word = word(bytes, place, Span::new(from, end));
            if word != Span::new(start, end) {
                push(word);
            }
            from = word.end.max(place + 1);
        }
        at = end;
    }
    pieces
}

/// The part of an address, the string or the text of an element around a place.
fn word(bytes: &[u8], at: usize, line: Span) -> Span {
    let inside = |byte: &&u8| match bytes[at] {
        b'%' => {
            byte.is_ascii_alphanumeric()
                || matches!(**byte, b'%' | b'.' | b'_' | b'~' | b'-' | b'+')
        }
        b'&' => !matches!(**byte, b'"' | b'<' | b'>'),
        _ => **byte != b'"',
    };
    let before = bytes[line.start..at]
        .iter()
        .rev()
        .take_while(inside)
        .count();
    let after = bytes[at..line.end].iter().take_while(inside).count();
    Span::new(at - before, at + after)
}

/// Adds a part of the text, decoded.
fn decoded(text: &str, line: Span, pieces: &mut Pieces) {
    let bytes = &text.as_bytes()[..line.end];
    let mut from = line.start;
    for place in memchr3_iter(b'%', b'\\', b'&', &bytes[line.start..]) {
        let place = line.start + place;
        if place < from {
            continue;
        }
        if let Some((character, length)) = read(&bytes[place..]) {
            if place > from {
                pieces.push(text, Span::new(from, place));
            }
            let mut buffer = [0; 4];
            let decoded = character.encode_utf8(&mut buffer);
            pieces.push_as(decoded, Span::new(place, place + length));
            from = place + length;
        }
    }
    if from < line.end {
        pieces.push(text, Span::new(from, line.end));
    }
}
