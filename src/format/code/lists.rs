//! Lists of literals and nothing else.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::escape::unescape;
use super::fold::{Constant, Folded, Form, MOST_VALUES};
use super::token::{Kind, Literal, Op};
use crate::text::Span;

/// The words of a list in one literal.
pub(super) fn words<'t>(cursor: &Cursor<'t, '_>, literal: &Literal) -> Vec<Constant<'t>> {
    let body = literal.body.of(cursor.source());
    let mut values = Vec::new();
    let mut at = 0;
    for word in body.split_ascii_whitespace().take(MOST_VALUES + 1) {
        let by = body[at..].find(word).unwrap_or(0);
        let start = literal.body.start + at + by;
        at += by + word.len();
        if !word.contains('\\') {
            values.push(Constant {
                bytes: Cow::Borrowed(word.as_bytes()),
                span: Span::new(start, start + word.len()),
                token: cursor.at(),
                lookup: None,
                origin: None,
            });
        }
    }
    values
}

/// `{'a', 'b'}`: a set; anything with a colon or an arrow in it is left to the extractor.
pub(super) fn group_of_literals<'t>(cursor: &mut Cursor<'t, '_>) -> Folded<'t> {
    let mut values = Vec::new();
    let mut inside = cursor.clone();
    inside.next();
    loop {
        inside.skip_newlines();
        match inside.kind() {
            Some(Kind::Str(literal)) if !literal.is_filled() && values.len() <= MOST_VALUES => {
                values.push(Constant {
                    bytes: unescape(inside.source(), &literal, inside.language),
                    span: literal.body,
                    token: inside.at(),
                    lookup: None,
                    origin: None,
                });
                inside.next();
                inside.skip_newlines();
                if inside.op(Op::Comma) {
                    inside.next();
                }
            }
            Some(Kind::Close(b'}')) => break,
            Some(Kind::Str(literal)) if !literal.is_filled() => break,
            _ => {
                values.clear();
                break;
            }
        }
    }
    cursor.skip_bracket();
    let form = if values.is_empty() {
        Form::Any
    } else {
        Form::List
    };
    Folded::list(values, form)
}
