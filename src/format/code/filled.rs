//! Literals with fields: `f'{a}b'`, `${a}b`, `#{a}b`. Where every field is a constant, the whole is one.

use super::cursor::{Cursor, closers};
use super::escape::unescape;
use super::fold::{Constant, DEEPEST, Folded, Form, expression, join};
use super::language::Field;
use super::token::{Kind, Literal, tokens};
use crate::text::Span;

/// A field that is longer is not read.
const LONGEST_FIELD: usize = 256;
/// A literal with more fields is not put together.
const MOST_FIELDS: usize = 16;

/// A literal whose fields are to be filled.
pub(super) fn filled<'t>(cursor: &Cursor<'t, '_>, literal: &Literal, depth: usize) -> Folded<'t> {
    let text = cursor.source();
    let body = literal.body;
    let mut whole: Option<Folded<'t>> = None;
    let mut at = body.start;
    for _ in 0..=MOST_FIELDS {
        let field = next_field(text, Span::new(at, body.end), literal);
        let before = Span::new(at, field.map_or(body.end, |field| field.whole.start));
        if !before.is_empty() {
            let piece = Literal {
                body: before,
                field: Field::None,
                ..*literal
            };
            let constant = Constant {
                bytes: unescape(text, &piece, cursor.language),
                span: before,
                token: cursor.at(),
                lookup: None,
                origin: None,
            };
            whole = Some(behind(whole, Folded::one(constant)));
        }
        let Some(field) = field else {
            return whole.unwrap_or_default();
        };
        let value = inner(cursor, literal, field.inner, depth);
        if value.values.is_empty() || value.form.is_list() {
            return Folded {
                cut: value.cut,
                ..Folded::default()
            };
        }
        whole = Some(behind(whole, value));
        at = field.whole.end;
    }
    Folded::opaque()
}

fn behind<'t>(whole: Option<Folded<'t>>, piece: Folded<'t>) -> Folded<'t> {
    match whole {
        Some(whole) => join(whole, piece),
        None => piece,
    }
}

/// A field of a literal.
#[derive(Clone, Copy)]
struct Place {
    /// With its marks.
    whole: Span,
    inner: Span,
}

/// The first field in a part of a literal.
fn next_field(text: &str, part: Span, literal: &Literal) -> Option<Place> {
    let bytes = text.as_bytes();
    let mut at = part.start;
    while at < part.end {
        let next = bytes.get(at + 1).filter(|_| at + 1 < part.end).copied();
        let named = next.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        match (bytes[at], literal.field) {
            (b'\\', Field::BackslashParen) if next == Some(b'(') => {
                return Some(place(text, at, at + 2, part.end));
            }
            (b'\\', _) => at += 1,
            (b'{', Field::Brace) if next == Some(b'{') => at += 1,
            (b'{', Field::Brace) => return Some(place(text, at, at + 1, part.end)),
            (b'{', Field::Dollar) if next == Some(b'$') => {
                return Some(place(text, at, at + 1, part.end));
            }
            (b'#', Field::HashBrace) | (b'$', Field::DollarBrace | Field::Dollar)
                if next == Some(b'{') =>
            {
                return Some(place(text, at, at + 2, part.end));
            }
            (b'$', Field::Dollar) if named => {
                let length = bytes[at + 1..part.end]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                    .count();
                let whole = Span::new(at, at + 1 + length);
                return Some(Place {
                    whole,
                    inner: whole,
                });
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The field that opens at `start` with what it holds from `inner` on; one without an end goes to the end.
fn place(text: &str, start: usize, inner: usize, end: usize) -> Place {
    let mut depth = 1_usize;
    for (at, byte) in text.as_bytes()[..end].iter().enumerate().skip(inner) {
        match byte {
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Place {
                whole: Span::new(start, at + 1),
                inner: Span::new(inner, at),
            };
        }
    }
    Place {
        whole: Span::new(start, end),
        inner: Span::new(inner, end),
    }
}

/// The value of a field.
fn inner<'t>(cursor: &Cursor<'t, '_>, literal: &Literal, field: Span, depth: usize) -> Folded<'t> {
    let mut text = field.of(cursor.source());
    if literal.braces {
        text = text.strip_suffix("!s").unwrap_or(text);
    }
    let start = field.start + text.len() - text.trim_ascii_start().len();
    let text = text.trim_ascii();
    let word = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'))
    };
    if word(text) {
        let name = text
            .strip_prefix('$')
            .filter(|_| !cursor.language.name_extra.contains(&b'$'));
        let name = name.unwrap_or(text);
        // `"${name}"` stands for `$name` where names begin with a dollar.
        return cursor
            .constant(name, depth + 1)
            .or_else(|| cursor.constant_with_dollar(name, depth + 1))
            .unwrap_or_default();
    }
    if text.len() > LONGEST_FIELD || depth >= DEEPEST {
        return Folded::opaque();
    }
    let inside = tokens(text, cursor.language);
    let closers = closers(&inside.list);
    let mut cursor = cursor.over(text, &inside.list, &closers);
    let mut folded = expression(&mut cursor, depth + 1);
    // What is left is a conversion or a way to write it.
    if cursor.kind().is_some_and(|kind| kind != Kind::Newline) {
        return Folded::opaque();
    }
    for value in &mut folded.values {
        if value.origin.is_none() {
            value.span = value.span.shift(start);
        }
        // Its token is none of the text's.
        value.token = usize::MAX;
    }
    if folded.form.is_list() {
        folded.form = Form::Items;
    }
    folded
}
