//! Scalars: quotes, folding, and blocks of text after `|` and `>` (YAML 1.2.2, chapters 7.3 and 8.1).

use std::borrow::Cow;

use super::super::Value;
use super::super::escape::{self, unescape};
use super::super::interpolation::{Whole, whole};
use super::super::scalar::{Literal, Scalar};
use super::Reader;
use super::block::Properties;
use crate::text::Span;

/// How a scalar in the line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
}

/// Undoes folding and escapes of what stands between the quotes.
pub(super) fn unquote(raw: &str, style: Style) -> Cow<'_, str> {
    let folded = if raw.contains('\n') {
        Cow::Owned(fold(raw, style))
    } else {
        Cow::Borrowed(raw)
    };
    match (style, folded) {
        (Style::Single, folded) if folded.contains("''") => Cow::Owned(folded.replace("''", "'")),
        (Style::Plain | Style::Single, folded) => folded,
        (Style::Double, Cow::Borrowed(raw)) => unescape(raw, escape::Style::Yaml),
        (Style::Double, Cow::Owned(text)) => {
            Cow::Owned(unescape(&text, escape::Style::Yaml).into_owned())
        }
    }
}

/// Joins lines: one line end is a blank, more are one less.
fn fold(raw: &str, style: Style) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut ends = 0;
    for (number, line) in raw.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = if number > 0 {
            line.trim_start_matches([' ', '\t'])
        } else {
            line
        };
        if number > 0 {
            ends += 1;
        }
        if line.is_empty() && number > 0 {
            continue;
        }
        if ends > 0 {
            let backslashes = out.bytes().rev().take_while(|byte| *byte == b'\\').count();
            if style == Style::Double && backslashes % 2 == 1 {
                out.pop();
            } else {
                out.truncate(out.trim_end_matches([' ', '\t']).len());
                if ends == 1 {
                    out.push(' ');
                }
            }
            (1..ends).for_each(|_| out.push('\n'));
            ends = 0;
        }
        out.push_str(line);
    }
    if ends == 1 {
        out.push(' ');
    }
    (1..ends).for_each(|_| out.push('\n'));
    out
}

/// The `'` that closes, at or after `at`; two stand for one.
pub(super) fn closing_single(text: &str, at: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(..end)?;
    let mut at = at;
    loop {
        at += memchr::memchr(b'\'', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'\'') {
            return Some(at);
        }
        at += 2;
    }
}

/// Words that are no text: nothing, true, false.
pub(super) fn is_nothing(word: &str) -> bool {
    matches!(
        word,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
    )
}

/// What `|` and `>` say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    folded: bool,
    /// `-` strips line ends, `+` keeps them, nothing keeps one.
    chomp: Option<u8>,
    indent: Option<usize>,
}

/// The header of a block scalar, when there is nothing else but a comment.
pub(super) fn header(raw: &str) -> Option<Header> {
    let mut header = Header {
        folded: raw.starts_with('>'),
        chomp: None,
        indent: None,
    };
    for (at, byte) in raw.bytes().enumerate().skip(1) {
        match byte {
            b'+' | b'-' => header.chomp = Some(byte),
            b'1'..=b'9' => header.indent = Some(usize::from(byte - b'0')),
            b' ' | b'\t' => {
                let rest = raw[at..].trim_start();
                return (rest.is_empty() || rest.starts_with('#')).then_some(header);
            }
            _ => return None,
        }
    }
    Some(header)
}

impl<'t> Reader<'t> {
    /// Reads the indented lines after `|` or `>`.
    pub(super) fn block_scalar(
        &mut self,
        mark: Span,
        parent: Option<usize>,
        properties: Properties<'t>,
    ) {
        let Some(header) = header(mark.of(self.text)) else {
            return;
        };
        let mut margin = header.indent.map(|indent| parent.unwrap_or(0) + indent);
        let body_start = self.at;
        let mut lines: Vec<Span> = Vec::new();
        while self.at < self.end {
            let line = self.line(self.at);
            if line.content.is_empty() {
                lines.push(Span::new(line.content.end, line.content.end));
            } else {
                if parent.is_some_and(|parent| line.indent <= parent) {
                    break;
                }
                let margin = *margin.get_or_insert(line.indent);
                // Blanks at the end of a line are text; its end is not.
                let end = super::row(self.text, self.at).0.end.min(self.end);
                lines.push(Span::new(self.at + margin.min(line.indent), end));
            }
            self.at = line.next;
        }
        let after = self.at;
        let blank_end = lines
            .iter()
            .rev()
            .take_while(|line| line.is_empty())
            .count();
        lines.truncate(lines.len() - blank_end);
        let (Some(first), Some(last)) = (lines.iter().find(|line| !line.is_empty()), lines.last())
        else {
            return;
        };
        let span = Span::new(first.start, last.end);
        if self.nesting.is_cold(span.start, after) {
            return;
        }
        let literal = Literal {
            span,
            end: span.end,
            quoted: true,
        };
        if properties.opaque {
            self.nesting.scalar(Scalar::given(literal, Value::Opaque));
            return;
        }
        let tail = match header.chomp {
            Some(b'-') => 0,
            Some(_) => blank_end + 1,
            None => 1,
        };
        let mut value = join(self.text, &lines, header.folded);
        (0..tail).for_each(|_| value.push('\n'));
        if self.compose {
            value = value.replace("$$", "$");
        }
        let scalar = if properties.binary {
            let bytes = super::super::encoded::base64(value.as_bytes());
            Scalar::given(literal, Value::owned(bytes.unwrap_or(value.into_bytes())))
        } else if lines.len() == 1 && whole(span.of(self.text)) != Whole::Literal {
            Scalar::read(self.text, literal, Cow::Borrowed)
        } else {
            Scalar::given(literal, Value::owned(value))
        };
        self.nesting.scalar(scalar);
        if lines.len() > 1 || self.nesting.key().is_some_and(|key| key.contains('.')) {
            self.embedded(Span::new(body_start, last.end.min(after)));
        }
    }
}

fn join(text: &str, lines: &[Span], folded: bool) -> String {
    let mut out = String::new();
    let mut ends = 0;
    let mut was_indented = true;
    for (number, line) in lines.iter().enumerate() {
        let line = line.of(text);
        if number > 0 {
            ends += 1;
        }
        if !folded {
            if number > 0 {
                out.push('\n');
            }
            out.push_str(line);
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if ends == 1 && !indented && !was_indented {
            out.push(' ');
        } else {
            let kept = if indented || was_indented {
                ends
            } else {
                ends - 1
            };
            (0..kept).for_each(|_| out.push('\n'));
        }
        ends = 0;
        was_indented = indented;
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Style, unquote};

    #[test]
    fn folding() {
        assert_eq!(unquote("a\n  b\n\n  c", Style::Plain), "a b\nc");
        assert_eq!(unquote("it''s\n  b", Style::Single), "it's b");
        assert_eq!(unquote("a\\\n  b\\n \n c", Style::Double), "ab\n c");
    }
}
