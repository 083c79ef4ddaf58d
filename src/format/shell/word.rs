//! Words of a shell: literals in any quotes, joined, with what is filled in when the script runs.

use std::borrow::Cow;

use crate::format::scalar::{Literal, Scalar};
use crate::format::{Value, interpolation::is_name};
use crate::text::Span;

/// A quotation or command that is not closed within so many bytes is not one.
const REACH: usize = 8192;

/// How a piece of a word is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Quoting {
    /// Not at all.
    Bare,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `$'…'`
    Ansi,
}

/// One piece of a word.
#[derive(Clone, Copy, Debug)]
pub(in crate::format) struct Piece {
    /// Without quotes.
    pub(in crate::format) body: Span,
    pub(in crate::format) quoting: Quoting,
}

/// A word.
#[derive(Debug)]
pub(in crate::format) struct Word {
    pub(in crate::format) end: usize,
    pub(in crate::format) pieces: Vec<Piece>,
}

impl Word {
    /// Reads the word that begins at `at`. `marks` says whether `;`, `|` and the like end it.
    pub(in crate::format) fn read(text: &str, at: usize, end: usize, marks: bool) -> Self {
        let bytes = text.as_bytes();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut at = at;
        while at < end {
            let quoting = match bytes[at] {
                b'\'' => Quoting::Single,
                b'"' => Quoting::Double,
                b'$' if bytes.get(at + 1) == Some(&b'\'') => Quoting::Ansi,
                byte if is_end(bytes, at, end, marks, byte) => break,
                _ => Quoting::Bare,
            };
            let open = at + usize::from(quoting == Quoting::Ansi) + 1;
            let close = match quoting {
                Quoting::Bare => None,
                Quoting::Single => {
                    memchr::memchr(b'\'', &bytes[open.min(end)..end.min(open + REACH)])
                        .map(|length| open + length)
                }
                Quoting::Double => double_end(text, open, end.min(open + REACH)),
                Quoting::Ansi => escaped_end(bytes, open, end.min(open + REACH), b'\''),
            };
            if let Some(close) = close {
                pieces.push(Piece {
                    body: Span::new(open, close),
                    quoting,
                });
                at = close + 1;
                continue;
            }
            let next = bare_end(text, at, end);
            match pieces.last_mut() {
                Some(last) if last.quoting == Quoting::Bare && last.body.end == at => {
                    last.body.end = next;
                }
                _ => pieces.push(Piece {
                    body: Span::new(at, next),
                    quoting: Quoting::Bare,
                }),
            }
            at = next;
        }
        Self { end: at, pieces }
    }

    /// The only piece.
    pub(in crate::format) fn single(&self) -> Option<Piece> {
        match self.pieces.as_slice() {
            [piece] => Some(*piece),
            _ => None,
        }
    }

    /// The value; `skip` bytes at the beginning of the first piece are a name.
    pub(in crate::format) fn scalar<'t>(&self, text: &'t str, skip: usize) -> Option<Scalar<'t>> {
        let (first, last) = (self.pieces.first()?, self.pieces.last()?);
        let span = Span::new(first.body.start + skip, last.body.end);
        let literal = Literal {
            span,
            end: self.end,
            quoted: self
                .pieces
                .iter()
                .any(|piece| piece.quoting != Quoting::Bare),
        };
        if let [piece] = self.pieces.as_slice() {
            let raw = span.of(text);
            let scalar = match piece.quoting {
                Quoting::Single => Scalar::given(literal, Value::text(raw)),
                _ if is_filled(raw) => Scalar::read(text, literal, Cow::Borrowed).opaque_literal(),
                quoting => Scalar::read(text, literal, move |raw| decode(raw, quoting)),
            };
            return Some(scalar);
        }
        let mut joined = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let mut body = piece.body;
            if index == 0 {
                body.start += skip;
            }
            let raw = body.of(text);
            let is_reference = raw.strip_prefix('$').is_some_and(is_name) || raw.starts_with(['`']);
            if piece.quoting != Quoting::Single && (is_reference || is_filled(raw)) {
                return Some(Scalar::given(literal, Value::Opaque));
            }
            joined.push_str(&decode(raw, piece.quoting));
        }
        Some(Scalar::given(literal, Value::owned(joined)))
    }
}

/// What stands in the `$(…)` of a word outside of single quotes, and whether each is closed.
pub(super) fn substitutions(text: &str, word: Span) -> Vec<(Span, bool)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut double = false;
    let mut at = word.start;
    while at < word.end {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => double = !double,
            b'\'' if !double => {
                let rest = &bytes[at + 1..word.end];
                at += 1 + memchr::memchr(b'\'', rest).unwrap_or(rest.len());
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                let closed = matching(bytes, at + 1, word.end, b'(', b')');
                let close = closed.unwrap_or(word.end);
                if close > at + 2 {
                    found.push((Span::new(at + 2, close), closed.is_some()));
                }
                at = close;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Whether a word ends before this byte.
fn is_end(bytes: &[u8], at: usize, end: usize, marks: bool, byte: u8) -> bool {
    let next = if at + 1 < end { bytes[at + 1] } else { b'\n' };
    match byte {
        b' ' | b'\t' | b'\n' => true,
        b'\r' => next == b'\n',
        b'\\' => next == b'\n' || (next == b'\r' && bytes.get(at + 2) == Some(&b'\n')),
        b';' | b'|' => marks,
        // An unquoted key may hold these; a command ends where a blank or another one follows.
        b'&' | b')' => marks && matches!(next, b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b')'),
        _ => false,
    }
}

/// Where a piece without quotes that begins at `at` ends: after one character, or after a whole `$(…)`, `${…}`, `` `…` ``.
fn bare_end(text: &str, at: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let nested = match (bytes[at], bytes.get(at + 1)) {
        (b'$', Some(b'(')) => matching(bytes, at + 1, end, b'(', b')'),
        (b'$', Some(b'{')) => matching(bytes, at + 1, end, b'{', b'}'),
        (b'`', _) => memchr::memchr(b'`', &bytes[at + 1..end.min(at + 1 + REACH).max(at + 1)])
            .map(|length| at + 1 + length),
        (b'\\', Some(_)) => {
            let escaped = text[at + 1..].chars().next().map_or(0, char::len_utf8);
            return (at + 1 + escaped).min(end);
        }
        _ => None,
    };
    if let Some(close) = nested {
        return close + 1;
    }
    let length = text[at..].chars().next().map_or(1, char::len_utf8);
    (at + length).min(end)
}

/// Where the bracket at `at` is closed.
fn matching(bytes: &[u8], at: usize, end: usize, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    let reach = end.min(at + 1024);
    for offset in memchr::memchr2_iter(open, close, bytes.get(at..reach)?) {
        if bytes[at + offset] == open {
            depth += 1;
        } else {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at + offset);
            }
        }
    }
    None
}

/// The quote that ends `"…"`; quotes inside of `$(…)` do not.
fn double_end(text: &str, at: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = at;
    loop {
        at += memchr::memchr3(b'"', b'\\', b'$', bytes.get(at..end)?)?;
        at = match bytes[at] {
            b'"' => return Some(at),
            b'\\' => at + 2,
            _ => expansion_end(bytes, at, end).unwrap_or(at + 1),
        };
    }
}

/// After a `$(command …)` or `${name…}` at `at`, on one line: quotes inside are its own. Keys hold `$(`, too.
fn expansion_end(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let close = match (bytes.get(at + 1)?, bytes.get(at + 2)?) {
        (b'(', b'a'..=b'z' | b'<') => matching(bytes, at + 1, end, b'(', b')')?,
        (b'{', first) if is_name(first) => matching(bytes, at + 1, end, b'{', b'}')?,
        _ => return None,
    };
    memchr::memchr(b'\n', &bytes[at..close])
        .is_none()
        .then_some(close + 1)
}

fn escaped_end(bytes: &[u8], at: usize, end: usize, quote: u8) -> Option<usize> {
    let mut at = at;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..end)?)?;
        if bytes[at] == quote {
            return Some(at);
        }
        at += 2;
    }
}

/// Whether a part of the text, but not all of it, is surely filled in when the script runs. A lone `$` is not: keys hold
/// such.
fn is_filled(raw: &str) -> bool {
    memchr::memchr2_iter(b'$', b'`', raw.as_bytes()).any(|at| {
        let rest = &raw[at + 1..];
        if raw.as_bytes()[at] == b'`' || rest.starts_with('(') {
            // A command has a blank or nothing after its first word.
            let name = rest.trim_start_matches('(');
            let length = name
                .bytes()
                .take_while(|byte| byte.is_ascii_lowercase() || b"-_./".contains(byte))
                .count();
            return length > 1
                && matches!(name.as_bytes().get(length), Some(b' ' | b')' | b'`'))
                && !is_whole(raw);
        }
        let (name, braces) = match rest.strip_prefix('{') {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let length = name
            .bytes()
            .take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_' || byte.is_ascii_digit())
            .count();
        if braces {
            length > 1 && name.as_bytes().get(length) == Some(&b'}') && !is_whole(raw)
        } else {
            length > 3 && length < name.len()
        }
    })
}

/// Whether one `$(…)` or `${…}` is all of the text.
fn is_whole(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    match bytes {
        [b'$', b'(', ..] => matching(bytes, 1, bytes.len(), b'(', b')') == Some(bytes.len() - 1),
        [b'$', b'{', ..] => matching(bytes, 1, bytes.len(), b'{', b'}') == Some(bytes.len() - 1),
        _ => false,
    }
}

/// Undoes the escapes of a piece.
fn decode(raw: &str, quoting: Quoting) -> Cow<'_, str> {
    if quoting == Quoting::Single || memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    if quoting == Quoting::Ansi {
        return crate::format::escape::unescape(raw, crate::format::escape::Style::Json);
    }
    let mut out = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match (letters.next(), quoting) {
            (Some('\n'), _) => {}
            (Some(next), Quoting::Double) if !matches!(next, '$' | '`' | '"' | '\\') => {
                out.push('\\');
                out.push(next);
            }
            (Some(next), _) => out.push(next),
            (None, _) => out.push('\\'),
        }
    }
    Cow::Owned(out)
}
