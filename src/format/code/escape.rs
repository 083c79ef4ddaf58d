//! What the characters between quotes stand for.

use std::borrow::Cow;

use super::language::{Escapes, Language};
use super::token::Literal;
use crate::text::Span;

/// The value of a literal: the bytes the program would see. Compilers read the end of a line in it as LF, however it is
/// stored, with few exceptions.
pub(super) fn unescape<'t>(text: &'t str, literal: &Literal, language: &Language) -> Cow<'t, [u8]> {
    let body = literal.body.of(text);
    if !language.keeps_line_ends && literal.multiline && body.contains("\r\n") {
        let body = body.replace("\r\n", "\n");
        let literal = Literal {
            body: Span::new(0, body.len()),
            ..*literal
        };
        return Cow::Owned(unescape(&body, &literal, language).into_owned());
    }
    if literal.braces && memchr::memchr2(b'{', b'}', body.as_bytes()).is_some() {
        let single = body.replace("{{", "{").replace("}}", "}");
        return Cow::Owned(unescape_body(&single, literal).into_owned());
    }
    if literal.indent == 0 {
        return unescape_body(body, literal);
    }
    let indent = literal.indent as usize;
    let mut flush = String::with_capacity(body.len());
    for line in body.split_inclusive('\n') {
        let layout = line
            .bytes()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        flush.push_str(&line[layout.min(indent)..]);
    }
    Cow::Owned(unescape_body(&flush, literal).into_owned())
}

fn unescape_body<'t>(body: &'t str, literal: &Literal) -> Cow<'t, [u8]> {
    let doubled = literal.escapes == Escapes::Doubled;
    let special = if doubled { literal.quote } else { b'\\' };
    if literal.escapes == Escapes::Raw || memchr::memchr(special, body.as_bytes()).is_none() {
        return Cow::Borrowed(body.as_bytes());
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memchr(special, rest.as_bytes()) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        rest = if doubled {
            out.push(literal.quote);
            rest.strip_prefix(literal.quote as char).unwrap_or(rest)
        } else if literal.escapes == Escapes::QuoteOnly {
            quote_only(rest, literal.quote, &mut out)
        } else {
            escape(rest, literal, &mut out)
        };
    }
    out.extend_from_slice(rest.as_bytes());
    Cow::Owned(out)
}

fn quote_only<'t>(rest: &'t str, quote: u8, out: &mut Vec<u8>) -> &'t str {
    match rest.as_bytes().first() {
        Some(&byte) if byte == b'\\' || byte == quote => {
            out.push(byte);
            &rest[1..]
        }
        _ => {
            out.push(b'\\');
            rest
        }
    }
}

/// Reads one escape, after its backslash; gives what follows it.
fn escape<'t>(rest: &'t str, literal: &Literal, out: &mut Vec<u8>) -> &'t str {
    let Some(first) = rest.chars().next() else {
        out.push(b'\\');
        return rest;
    };
    let after = &rest[first.len_utf8()..];
    let php = literal.escapes == Escapes::Php;
    let simple = match first {
        'n' => Some(b'\n'),
        't' => Some(b'\t'),
        'r' => Some(b'\r'),
        'a' if !php && literal.escapes != Escapes::Js => Some(7),
        'b' if !php => Some(8),
        'f' => Some(12),
        'v' => Some(11),
        's' if literal.escapes == Escapes::Ruby => Some(b' '),
        // Ruby, PHP and C compilers know ESC; Python keeps the two characters.
        'e' if !matches!(literal.escapes, Escapes::Python | Escapes::Js) => Some(27),
        '\\' | '$' if php => Some(first as u8),
        '\\' | '\'' | '"' if !php || first as u32 == u32::from(literal.quote) => Some(first as u8),
        _ => None,
    };
    if let Some(byte) = simple {
        out.push(byte);
        return after;
    }
    match first {
        '\n' => return after,
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        'x' => {
            if let Some((code, length)) = digits(after, 16, 2)
                && (length == 2 || literal.escapes != Escapes::Python)
            {
                push_unit(code, literal, out);
                return &after[length..];
            }
        }
        '0'..='9' if literal.escapes == Escapes::Lua => {
            if let Some((code, length)) = digits(rest, 10, 3) {
                push_unit(code, literal, out);
                return &rest[length..];
            }
        }
        '0'..='7' => {
            if let Some((code, length)) = digits(rest, 8, 3) {
                push_unit(code & 0x1ff, literal, out);
                return &rest[length..];
            }
        }
        'u' if after.starts_with('{') => {
            if let Some((hex, tail)) = after[1..].split_once('}')
                && let Some(character) = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
            {
                push_char(character, out);
                return tail;
            }
        }
        'u' | 'U' if !literal.bytes && !php => {
            let want = if first == 'u' { 4 } else { 8 };
            if let Some((code, length)) = digits(after, 16, want)
                && length == want
            {
                return unicode(code, &after[length..], out);
            }
        }
        _ => {}
    }
    // Unknown: Python keeps the backslash, C-like languages drop it.
    if php || literal.escapes == Escapes::Python {
        out.push(b'\\');
    }
    push_char(first, out);
    after
}

/// A `\u` escape, joined with a second one when the two are a surrogate pair.
fn unicode<'t>(code: u32, rest: &'t str, out: &mut Vec<u8>) -> &'t str {
    if (0xd800..0xdc00).contains(&code)
        && let Some(second) = rest.strip_prefix("\\u")
        && let Some((low, 4)) = digits(second, 16, 4)
        && (0xdc00..0xe000).contains(&low)
    {
        let joined = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        push_char(char::from_u32(joined).unwrap_or('\u{fffd}'), out);
        return &second[4..];
    }
    push_char(char::from_u32(code).unwrap_or('\u{fffd}'), out);
    rest
}

/// Up to `most` digits at the beginning of `text`: their value and number.
fn digits(text: &str, radix: u32, most: usize) -> Option<(u32, usize)> {
    let length = text
        .chars()
        .take(most)
        .take_while(|c| c.is_digit(radix))
        .count();
    let value = u32::from_str_radix(text.get(..length)?, radix).ok()?;
    (length > 0).then_some((value, length))
}

/// A code below 512 given by `\x` or `\ooo`: a byte in a bytes literal, a character in text.
fn push_unit(code: u32, literal: &Literal, out: &mut Vec<u8>) {
    let bytes = literal.bytes || !matches!(literal.escapes, Escapes::Python | Escapes::Js);
    match u8::try_from(code) {
        Ok(byte) if bytes => out.push(byte),
        _ => push_char(char::from_u32(code).unwrap_or('\u{fffd}'), out),
    }
}

fn push_char(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::language::{Field, PLAIN};
    use super::*;

    fn value(body: &str, escapes: Escapes, bytes: bool) -> Vec<u8> {
        let literal = Literal {
            body: Span::new(0, body.len()),
            escapes,
            bytes,
            field: Field::None,
            multiline: false,
            quote: b'\'',
            indent: 0,
            words: false,
            braces: false,
        };
        unescape(body, &literal, &PLAIN).into_owned()
    }

    #[test]
    fn python() {
        let text = |body| String::from_utf8(value(body, Escapes::Python, false)).unwrap();
        assert_eq!(
            text(r"\2\1this\e\y\x41\u00e9\\\'"),
            "\u{2}\u{1}this\\e\\yA\u{e9}\\'"
        );
        assert_eq!(text("a\\\nb"), "ab");
        assert_eq!(text(r"\ud83d\ude00"), "😀");
        assert_eq!(
            value(r"\xff\x00\377", Escapes::Python, true),
            [0xff, 0, 0xff]
        );
        assert_eq!(text("end\\"), "end\\");
    }

    #[test]
    fn others() {
        assert_eq!(value(r"it\'s \n", Escapes::QuoteOnly, false), br"it's \n");
        assert_eq!(value(r"\$a\q", Escapes::C, false), b"$aq");
        assert_eq!(value("a''b", Escapes::Doubled, false), b"a'b");
    }
}
