//! Assignments in comments: `# NAME=value`, `; key: value`, `// "key": "value",`.
//!
//! Most comments are prose. An unquoted value is taken only when it is a single word.

use std::borrow::Cow;

use super::rows::{before_comment, closing, row, trim};
use super::scalar::{Literal, Scalar};
use super::{Entry, Place, Slot};
use crate::text::Span;

/// Reads each line of the body of a comment.
pub(super) fn scan<'t>(
    text: &'t str,
    body: Span,
    parents: &[Cow<'t, str>],
    decode: &dyn Fn(&'t str) -> Cow<'t, str>,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let mut at = body.start;
    while at < body.end {
        let (line, next) = row(text, at);
        if let Some((key, start, scalar)) =
            assignment(text, Span::new(at, line.end.min(body.end)), decode)
        {
            sink(scalar.entry(key, parents.to_vec(), Slot::Assign, Place::Comment, start));
        }
        at = next;
    }
}

/// The assignment that a line of a comment holds: key, where it begins, value.
pub(super) fn assignment<'t>(
    text: &'t str,
    line: Span,
    decode: &dyn Fn(&'t str) -> Cow<'t, str>,
) -> Option<(Cow<'t, str>, usize, Scalar<'t>)> {
    let bytes = text.as_bytes();
    let mut at = line.start;
    let marks = |byte: &u8| b" \t#;/*!-+>".contains(byte);
    at += line.of(text).bytes().take_while(|byte| marks(byte)).count();
    if let Some(rest) = text.get(at..line.end)?.strip_prefix("export ") {
        at = line.end - rest.trim_start().len();
    }
    let start = at;
    let key = if let Some(&quote @ (b'"' | b'\'')) = bytes.get(at) {
        let close = closing(text, at + 1, line.end, quote)?;
        at = close + 1;
        Span::new(start + 1, close)
    } else {
        let length = text[at..line.end]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count();
        at += length;
        Span::new(start, at)
    };
    if key.is_empty() || key.len() > 200 {
        return None;
    }
    let rest = text.get(at..line.end)?;
    let separator = rest.trim_start_matches([' ', '\t']);
    let value = match separator.as_bytes() {
        [b'=', rest @ ..] if rest.first() != Some(&b'=') => rest,
        [b':', b'=', rest @ ..] | [b':', rest @ ..] => rest,
        _ => return None,
    };
    // `http://…` is no key with a value.
    if separator.starts_with("://") {
        return None;
    }
    let value = trim(text, Span::new(line.end - value.len(), line.end));
    let literal = match bytes.get(value.start).filter(|_| !value.is_empty()) {
        Some(&quote @ (b'"' | b'\'' | b'`')) => {
            let close = closing(text, value.start + 1, line.end, quote)?;
            Literal::quoted(Span::new(value.start + 1, close))
        }
        Some(_) => {
            let end = before_comment(text, value, b"#");
            let mut bare = trim(text, Span::new(value.start, end));
            if bare.of(text).ends_with(',') {
                bare.end -= 1;
            }
            let word = bare.of(text);
            let reference =
                word.starts_with("${") || word.starts_with("{{") || word.starts_with("<%");
            if bare.is_empty() || (word.contains(char::is_whitespace) && !reference) {
                return None;
            }
            Literal::bare(bare)
        }
        None => return None,
    };
    Some((
        Cow::Borrowed(key.of(text)),
        start,
        Scalar::read(text, literal, decode),
    ))
}
