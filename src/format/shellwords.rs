//! `NAME=value` words, as shells, Compose lists and `--env` options write them.

use std::borrow::Cow;

use super::rows::{closing, row};
use super::scalar::{Literal, Scalar};
use super::{Entry, Place, Slot};
use crate::text::Span;

/// Longer names are no names.
const NAME_LIMIT: usize = 100;

/// For `NAME=value`: the length of the name. A value that is empty or a second `=` is the padding of base64.
pub(super) fn pair(word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    if !bytes
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
    {
        return None;
    }
    let name = bytes
        .iter()
        .take(NAME_LIMIT)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
        .count();
    (bytes.get(name) == Some(&b'=') && !matches!(&bytes[name + 1..], b"" | b"=")).then_some(name)
}

/// Whether a name is written as variables of the environment are: without a small letter.
pub(super) fn is_variable(name: &str) -> bool {
    !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Calls `sink` for each `NAME=value` word of a script: assignments, `export`, `--env NAME=value`, `"NAME=value"`.
pub(super) fn scan<'t>(
    text: &'t str,
    span: Span,
    parents: &[Cow<'t, str>],
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let mut at = span.start;
    while at < span.end {
        let (line, next) = row(text, at);
        let end = line.end.min(span.end);
        line_words(text, Span::new(at, end), parents, place, sink);
        at = next;
    }
}

fn line_words<'t>(
    text: &'t str,
    line: Span,
    parents: &[Cow<'t, str>],
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let bytes = text.as_bytes();
    if memchr::memchr(b'=', line.of(text).as_bytes()).is_none() {
        return;
    }
    let mut at = line.start;
    while at < line.end {
        match bytes[at] {
            b' ' | b'\t' | b';' | b'&' | b'|' | b'(' | b')' | b'{' | b'}' => at += 1,
            // A comment: its words count as such.
            b'#' => {
                let body = Span::new(at + 1, line.end);
                if place == Place::Live {
                    line_words(text, body, parents, Place::Comment, sink);
                    return;
                }
                at += 1;
            }
            _ => at = word(text, at, line.end, parents, place, sink),
        }
    }
}

/// Reads the word that begins at `at`; gives where it ends, which is further on.
fn word<'t>(
    text: &'t str,
    at: usize,
    end: usize,
    parents: &[Cow<'t, str>],
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) -> usize {
    let bytes = text.as_bytes();
    let mut start = at;
    // `--from-literal=NAME=value`, `-eNAME=value` is left alone.
    if bytes[at] == b'-' {
        let option = text[at..end]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
            .count();
        if bytes.get(at + option) == Some(&b'=') && at + option + 1 < end {
            start = at + option + 1;
        }
    }
    // `"NAME=value"`: the quotes stand round both.
    let outer = (matches!(bytes[start], b'"' | b'\'') && pair(&text[start + 1..end]).is_some())
        .then(|| closing(text, start + 1, end, bytes[start]))
        .flatten();
    let name_start = if outer.is_some() { start + 1 } else { start };
    let mut name_start = name_start;
    // `--secret-key=value`: the option is the name.
    if start > at && outer.is_none() && pair(&text[start..end]).is_none() {
        name_start = at
            + text[at..end]
                .bytes()
                .take_while(|byte| *byte == b'-')
                .count();
    }
    let Some(length) = pair(&text[name_start..outer.unwrap_or(end)]) else {
        return skip(bytes, start, end).max(at + 1);
    };
    let value = name_start + length + 1;
    let (literal, after, plain) = if let Some(close) = outer {
        (
            Literal::quoted(Span::new(value, close)),
            close + 1,
            bytes[start] == b'\'',
        )
    } else if let Some(close) = matches!(bytes[value], b'"' | b'\'')
        .then(|| closing(text, value + 1, end, bytes[value]))
        .flatten()
    {
        (
            Literal::quoted(Span::new(value + 1, close)),
            close + 1,
            bytes[value] == b'\'',
        )
    } else {
        let close = if text[value..end].starts_with(['$', '`']) {
            reference_end(text, value, end)
        } else {
            skip(bytes, value, end)
        };
        (Literal::bare(Span::new(value, close)), close, false)
    };
    if !literal.span.is_empty() {
        let scalar = if plain {
            Scalar::given(literal, super::Value::text(literal.span.of(text)))
        } else {
            Scalar::read(text, literal, Cow::Borrowed)
        };
        let key = Cow::Borrowed(&text[name_start..name_start + length]);
        sink(scalar.entry(key, parents.to_vec(), Slot::Assign, place, name_start));
    }
    after.max(at + 1)
}

/// The end of the word at `at`.
fn skip(bytes: &[u8], at: usize, end: usize) -> usize {
    let rest = &bytes[at..end];
    at + rest
        .iter()
        .position(|byte| matches!(byte, b' ' | b'\t' | b';' | b'|'))
        .unwrap_or(rest.len())
}

/// The end of an unquoted `$(…)`, `${…}` or command in backticks, which may hold blanks.
fn reference_end(text: &str, at: usize, end: usize) -> usize {
    let slice = &text[at..end];
    let close = match slice.as_bytes() {
        [b'$', b'(', ..] => ")",
        [b'$', b'{', ..] => "}",
        [b'`', ..] => "`",
        _ => return skip(text.as_bytes(), at, end),
    };
    slice
        .get(1..)
        .and_then(|rest| rest.find(close))
        .map_or(end, |offset| skip(text.as_bytes(), at + 1 + offset, end))
}

#[cfg(test)]
mod tests {
    use super::{Span, scan};
    use crate::format::Place;

    #[test]
    fn words_of_a_script() {
        let text = "export A=1 B='two words'; docker run -e C=3 --env \"D=4 5\" --x=E=6 x # F=7\n\
                    G=$(cat a b) H=\"${H:-lit}\" aGk= ==";
        let mut found = Vec::new();
        scan(
            text,
            Span::new(0, text.len()),
            &[],
            Place::Live,
            &mut |entry| {
                found.push(format!("{}={}", entry.key, entry.span.of(text)));
            },
        );
        assert_eq!(
            found,
            [
                "A=1",
                "B=two words",
                "C=3",
                "D=4 5",
                "E=6",
                "F=7",
                "G=$(cat a b)",
                "H=lit"
            ]
        );
    }
}
