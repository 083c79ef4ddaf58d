//! Templates that are filled with constants: `'%s-%s' % (a, b)`, `'{}{x}'.format(a, x=b)`, `sprintf('%s', a)`.

use std::borrow::Cow;

use super::choice;
use super::cursor::Cursor;
use super::fold::{Constant, DEEPEST, Folded, Form, LONGEST_COMPUTED};
use super::operand::operand;
use super::token::Kind;
use crate::format::Limit;

/// What a place in a template asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Blank<'f> {
    /// The value after the last one.
    Next,
    /// The value of that index.
    At(usize),
    /// The value of that name.
    Named(&'f str),
}

/// At `%` behind a template: what the template is when filled (Python's Library Reference, printf-style formatting).
pub(super) fn percent<'t>(
    cursor: &mut Cursor<'t, '_>,
    template: &Folded<'t>,
    depth: usize,
) -> Folded<'t> {
    cursor.next();
    let mapping = (cursor.kind() == Some(Kind::Open(b'{'))).then(|| cursor.clone());
    let given = operand(cursor, depth + 1);
    let Some(template) = template.one_value() else {
        return Folded::opaque();
    };
    let named = |name: &str| {
        let picked = choice::pick(mapping.as_ref()?, Some(name), depth + 1);
        picked.one_value().cloned()
    };
    filled(template, printf, &given, named)
}

/// A template filled with `given`, which is one constant or a list of them, and with what `named` gives; opaque when one of
/// its places cannot be filled.
pub(super) fn filled<'t>(
    template: &Constant<'t>,
    syntax: Syntax,
    given: &Folded<'t>,
    named: impl Fn(&str) -> Option<Constant<'t>>,
) -> Folded<'t> {
    if !matches!(given.form, Form::One | Form::List) && !given.values.is_empty() {
        return Folded::opaque();
    }
    let Ok(text) = std::str::from_utf8(&template.bytes) else {
        return Folded::opaque();
    };
    let mut next = 0;
    let mut span = template.span;
    let whole = syntax(text, &mut |place, out| {
        let named_value;
        let value = match place {
            Blank::Next => {
                next += 1;
                given.values.get(next - 1)?
            }
            Blank::At(index) => given.values.get(index)?,
            Blank::Named(name) => {
                named_value = named(name)?;
                &named_value
            }
        };
        if value.origin.is_none() && template.origin.is_none() {
            span = span.join(value.span);
        }
        out.extend_from_slice(&value.bytes);
        (out.len() <= LONGEST_COMPUTED).then_some(())
    });
    match whole {
        Some(bytes) => Folded::one(Constant {
            bytes: Cow::Owned(bytes),
            span,
            token: template.token,
            lookup: None,
            origin: template.origin,
        }),
        None => Folded::opaque(),
    }
}

/// Reads a template: calls the function for each place, with what it is filled so far.
pub(super) type Syntax =
    fn(&str, &mut dyn FnMut(Blank<'_>, &mut Vec<u8>) -> Option<()>) -> Option<Vec<u8>>;

/// `%s`, `%v`, `%(name)s`, `%1$s`, `%%`; any other conversion makes text of something else.
pub(super) fn printf(
    template: &str,
    fill: &mut dyn FnMut(Blank<'_>, &mut Vec<u8>) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            out.push(b'%');
            rest = behind;
            continue;
        }
        let mut place = Blank::Next;
        if let Some(inner) = rest.strip_prefix('(') {
            let (name, behind) = inner.split_once(')')?;
            place = Blank::Named(name);
            rest = behind;
        } else if let Some((index, behind)) = rest.split_once('$')
            && let Ok(index) = index.parse::<usize>()
        {
            place = Blank::At(index.checked_sub(1)?);
            rest = behind;
        }
        rest = rest.strip_prefix(['s', 'v'])?;
        fill(place, &mut out)?;
    }
    out.extend_from_slice(rest.as_bytes());
    Some(out)
}

/// `{}`, `{0}`, `{name}`, `{{`, `}}`; conversions and specifications make something else.
pub(super) fn braces(
    template: &str,
    fill: &mut dyn FnMut(Blank<'_>, &mut Vec<u8>) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let mark = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if rest.as_bytes().first() == Some(&mark) {
            out.push(mark);
            rest = &rest[1..];
            continue;
        }
        if mark == b'}' {
            return None;
        }
        let (field, behind) = rest.split_once('}')?;
        rest = behind;
        let word = field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let place = match field.parse::<usize>() {
            _ if field.is_empty() => Blank::Next,
            Ok(index) => Blank::At(index),
            Err(_) if word => Blank::Named(field),
            Err(_) => return None,
        };
        fill(place, &mut out)?;
    }
    out.extend_from_slice(rest.as_bytes());
    Some(out)
}

/// The items of a whole list with `separator` between them.
pub(super) fn joined<'t>(separator: &[u8], list: Folded<'t>) -> Folded<'t> {
    if list.form != Form::List {
        return Folded {
            cut: list.cut,
            ..Folded::default()
        };
    }
    let size: usize = list
        .values
        .iter()
        .map(|value| value.bytes.len() + separator.len())
        .sum();
    let elsewhere = list.values.iter().any(|value| value.origin.is_some());
    let mut values = list.values.into_iter();
    let Some(mut whole) = values.next() else {
        return Folded::opaque();
    };
    if elsewhere && size > LONGEST_COMPUTED {
        return Folded::cut(Limit::Length(LONGEST_COMPUTED), whole.token);
    }
    for value in values {
        let bytes = whole.bytes.to_mut();
        bytes.extend_from_slice(separator);
        bytes.extend_from_slice(&value.bytes);
        if !elsewhere {
            whole.span = whole.span.join(value.span);
        }
    }
    Folded::one(whole)
}

/// At `*` behind a constant: the constant so many times.
pub(super) fn repeated<'t>(cursor: &mut Cursor<'t, '_>, folded: Folded<'t>) -> Folded<'t> {
    cursor.next();
    let times = cursor
        .number()
        .and_then(|times| usize::try_from(times).ok());
    if let Some(times) = times {
        return times_over(folded, times);
    }
    operand(cursor, DEEPEST);
    Folded::opaque()
}

/// Every constant so many times.
pub(super) fn times_over(mut folded: Folded<'_>, times: usize) -> Folded<'_> {
    for value in &mut folded.values {
        if value.bytes.len().saturating_mul(times) > LONGEST_COMPUTED {
            return Folded::cut(Limit::Length(LONGEST_COMPUTED), value.token);
        }
        value.bytes = Cow::Owned(value.bytes.repeat(times));
    }
    folded
}
