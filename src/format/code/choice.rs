//! Parts of constants, and constants chosen among others: `{'dev': 'a', 'prod': 'b'}[x]`, `['a', 'b'][0]`, `'abc'[:2]`.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::fold::{Constant, Folded, Form, expression};
use super::methods::{blank, trim};
use super::token::{Kind, Op};
use crate::text::Span;

/// A mapping of more tokens is not one that is chosen from.
const LONGEST_MAPPING: usize = 512;

/// What stands between the brackets behind an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscript<'t> {
    Index(i64),
    Range(Option<i64>, Option<i64>, Option<i64>),
    /// From an index on, so many.
    Length(i64, i64),
    Key(&'t str),
    Unknown,
}

impl<'t> Cursor<'t, '_> {
    /// An integer, with its sign.
    pub(super) fn number(&mut self) -> Option<i64> {
        let mut ahead = self.clone();
        let negative = ahead.kind() == Some(Kind::Op(Op::Other)) && ahead.text() == "-";
        if negative {
            ahead.next();
        }
        if ahead.kind() != Some(Kind::Number) {
            return None;
        }
        let number: i64 = ahead.text().replace('_', "").parse().ok()?;
        ahead.next();
        *self = ahead;
        Some(if negative { -number } else { number })
    }

    /// At the opening bracket of a subscript, which is passed.
    pub(super) fn subscript(&mut self) -> Subscript<'t> {
        let mut inside = self.clone();
        inside.end = self.closer();
        inside.depth += 1;
        inside.next();
        self.skip_bracket();
        if let Some(key) = inside.lone_literal() {
            return Subscript::Key(key);
        }
        let from = inside.number();
        let found = match inside.text() {
            "" => return from.map_or(Subscript::Unknown, Subscript::Index),
            ":" => {
                inside.next();
                let to = inside.number();
                let step = inside.op(Op::Colon).then(|| {
                    inside.next();
                    inside.number()
                });
                Subscript::Range(from, to, step.flatten())
            }
            "::" => {
                inside.next();
                Subscript::Range(from, None, inside.number())
            }
            "," => {
                inside.next();
                match (from, inside.number()) {
                    (Some(from), Some(length)) => Subscript::Length(from, length),
                    _ => return Subscript::Unknown,
                }
            }
            dots @ (".." | "...") => {
                inside.next();
                let to = inside.number();
                let inclusive = self.language.symbols && dots == "..";
                let to = match to {
                    Some(-1) if inclusive => None,
                    to => to.map(|to| to + i64::from(inclusive)),
                };
                Subscript::Range(from, to, None)
            }
            _ => return Subscript::Unknown,
        };
        if inside.kind().is_some() {
            return Subscript::Unknown;
        }
        found
    }
}

/// What a subscript leaves of an expression.
pub(super) fn chosen<'t>(folded: Folded<'t>, subscript: Subscript<'t>) -> Folded<'t> {
    if folded.form.is_list() {
        let index = match subscript {
            Subscript::Index(index) if folded.form == Form::List => index,
            Subscript::Key(_) => return Folded::opaque(),
            Subscript::Index(_) | Subscript::Unknown => {
                return Folded {
                    form: Form::Any,
                    ..folded
                };
            }
            Subscript::Range(..) | Subscript::Length(..) => {
                return Folded {
                    form: Form::Items,
                    ..folded
                };
            }
        };
        let at = position(index, folded.values.len());
        let mut values = folded.values;
        return if at < values.len() {
            Folded::one(values.swap_remove(at))
        } else {
            Folded::opaque()
        };
    }
    let (from, to) = match subscript {
        Subscript::Range(from, to, None | Some(1)) => (from, to),
        Subscript::Range(None, None, Some(-1)) => return reversed(folded),
        Subscript::Length(from, length) => (Some(from), from.checked_add(length)),
        _ => return Folded::opaque(),
    };
    part(folded, from, to)
}

/// The characters from `from` up to `to`, both counted from the end where negative.
pub(super) fn part(mut folded: Folded<'_>, from: Option<i64>, to: Option<i64>) -> Folded<'_> {
    for value in &mut folded.values {
        let offsets = offsets(&value.bytes);
        let last = offsets.len() - 1;
        let start = from.map_or(0, |from| position(from, last));
        let end = to.map_or(last, |to| position(to, last)).max(start);
        cut_out(value, offsets[start], offsets[end]);
    }
    folded
}

/// Where an index lies among so many.
fn position(index: i64, count: usize) -> usize {
    let by = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 {
        count.saturating_sub(by)
    } else {
        by.min(count)
    }
}

/// Where the characters of a text, or the bytes of what is no text, begin; and its end.
fn offsets(bytes: &[u8]) -> Vec<usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect(),
        Err(_) => (0..=bytes.len()).collect(),
    }
}

/// Leaves a part of a value; its span follows where the literal stands in the text as it is.
pub(super) fn cut_out(value: &mut Constant<'_>, start: usize, end: usize) {
    let verbatim = value.span.len() == value.bytes.len();
    value.bytes = match &value.bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[start..end]),
        Cow::Owned(bytes) => Cow::Owned(bytes[start..end].to_vec()),
    };
    if verbatim {
        value.span = Span::new(value.span.start + start, value.span.start + end);
    }
}

fn reversed(mut folded: Folded<'_>) -> Folded<'_> {
    for value in &mut folded.values {
        value.bytes = match std::str::from_utf8(&value.bytes) {
            Ok(text) => Cow::Owned(text.chars().rev().collect::<String>().into_bytes()),
            Err(_) => Cow::Owned(value.bytes.iter().rev().copied().collect()),
        };
    }
    folded
}

/// The values of the mapping that opens at the cursor: of that key, or of all.
pub(super) fn pick<'t>(cursor: &Cursor<'t, '_>, key: Option<&str>, depth: usize) -> Folded<'t> {
    let mut inside = cursor.clone();
    inside.end = cursor.closer();
    inside.depth += 1;
    let mut found = Folded::opaque();
    if inside.end.saturating_sub(cursor.at()) > LONGEST_MAPPING {
        return found;
    }
    inside.next();
    while inside.kind().is_some() {
        let before = inside.at();
        let name = inside.key();
        inside.next();
        let given = inside.op(Op::Colon) || inside.op(Op::Arrow) || inside.op(Op::Assign);
        if given && name.is_some() && (key.is_none() || key == name) {
            inside.next();
            let mut item = inside.clone();
            let value = expression(&mut item, depth + 1);
            if key.is_some() {
                return value;
            }
            found.also(value);
        }
        inside.skip_to_comma();
        if inside.op(Op::Comma) {
            inside.next();
        }
        if inside.at() == before {
            break;
        }
    }
    found
}

/// Arguments that are all constants, as a list.
pub(super) fn given<'t>(arguments: &[Cursor<'t, '_>], depth: usize) -> Option<Folded<'t>> {
    let mut values: Vec<Constant<'t>> = Vec::new();
    for argument in arguments {
        let mut argument = argument.clone();
        let folded = expression(&mut argument, depth + 1);
        values.push(
            folded
                .one_value()
                .filter(|_| argument.kind().is_none())?
                .clone(),
        );
    }
    Some(Folded::list(values, Form::List))
}

/// What a comprehension `f(x) for x in list` gives, behind its first part: the items, where `f` takes only blanks off.
pub(super) fn comprehension<'t>(
    first: &Cursor<'t, '_>,
    cursor: &mut Cursor<'t, '_>,
    depth: usize,
) -> Folded<'t> {
    cursor.next();
    let variable = cursor.text();
    cursor.skip_until_word("in");
    cursor.next();
    let list = expression(cursor, depth + 1);
    let mut item = first.clone();
    let same = item.kind() == Some(Kind::Name) && item.text() == variable;
    item.next();
    let method = item.op(Op::Dot).then(|| {
        item.next();
        item.text()
    });
    if !same || !method.is_none_or(|method| matches!(method, "strip" | "encode")) {
        return Folded::opaque();
    }
    let mut items = list.or_else();
    trim(&mut items, true, true, &blank);
    Folded {
        form: Form::Items,
        ..items
    }
}
