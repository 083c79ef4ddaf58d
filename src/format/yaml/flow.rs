//! Flow structure: `{a: b, c: [d, e]}`, over as many lines as it takes.

use std::borrow::Cow;

use super::super::nesting::Shape;
use super::super::rows::{closing, row, trim};
use super::super::scalar::{Literal, Scalar};
use super::super::{Slot, Value};
use super::Reader;
use super::block::Properties;
use super::scalar::{Style, closing_single, is_nothing, unquote};
use crate::text::Span;

impl Reader<'_> {
    /// Reads the flow map or list that begins at `at`, and moves on to the line after it.
    pub(super) fn flow(&mut self, at: usize, parent: Option<usize>) {
        let bottom = self.nesting.depth();
        let mut at = at;
        while at < self.end {
            let byte = self.text.as_bytes()[at];
            match byte {
                b' ' | b'\t' | b'\r' | b',' | b':' => at += 1,
                b'\n' => {
                    at += 1;
                    if at < self.end && self.ends_flow(at, parent) {
                        break;
                    }
                }
                b'#' => at = row(self.text, at).0.end,
                b'{' if self.text[at..].starts_with("{{") || self.text[at..].starts_with("{%") => {
                    at = self.template(at);
                }
                b'{' | b'[' => {
                    self.nesting.open(
                        if byte == b'{' {
                            Shape::Map
                        } else {
                            Shape::List
                        },
                        usize::MAX,
                        at,
                    );
                    at += 1;
                }
                b'}' | b']' => {
                    self.nesting.close();
                    at += 1;
                    if self.nesting.depth() <= bottom {
                        break;
                    }
                }
                b'"' | b'\'' => at = self.flow_quoted(at, byte),
                _ => at = self.flow_plain(at),
            }
        }
        while self.nesting.depth() > bottom {
            self.nesting.close();
        }
        let begins_line = at > 0 && self.text.as_bytes()[at - 1] == b'\n';
        self.at = self
            .at
            .max(if begins_line {
                at
            } else {
                row(self.text, at).1
            })
            .min(self.end);
    }

    /// Whether an unclosed flow ends here: at a key of the block that holds it.
    fn ends_flow(&self, at: usize, parent: Option<usize>) -> bool {
        let line = self.line(at);
        let content = line.content.of(self.text);
        parent.is_some_and(|parent| line.indent <= parent)
            && !content.starts_with(['"', '\'', '}', ']'])
            && (content.starts_with("- ")
                || content.starts_with("---")
                || self.key(line.content).is_some())
    }

    fn is_map(&self) -> bool {
        self.nesting
            .top()
            .is_some_and(|(shape, _)| shape == Shape::Map)
    }

    fn flow_give(&mut self, literal: Literal, style: Style, properties: Properties<'_>) {
        let slot = if self.is_map() {
            Slot::Member
        } else {
            Slot::Assign
        };
        self.nesting.set_slot(slot);
        self.give(
            literal,
            style,
            Properties {
                anchor: None,
                ..properties
            },
        );
        self.nesting.set_slot(Slot::Assign);
    }

    fn template(&mut self, at: usize) -> usize {
        let (line, _) = row(self.text, at);
        let slice = &self.text[at..line.end.min(self.end)];
        let close = slice.find("}}").or_else(|| slice.find("%}"));
        let end = at + close.map_or(slice.len(), |close| close + 2);
        let literal = Literal::bare(Span::new(at, end));
        self.flow_give(literal, Style::Plain, Properties::default());
        end
    }

    fn flow_quoted(&mut self, at: usize, quote: u8) -> usize {
        let style = if quote == b'"' {
            Style::Double
        } else {
            Style::Single
        };
        let find = |to: usize| match style {
            Style::Double => closing(self.text, at + 1, to, quote),
            _ => closing_single(self.text, at + 1, to),
        };
        let (line, _) = row(self.text, at);
        let close = find(line.end.min(self.end)).or_else(|| find(self.end));
        let Some(close) = close else {
            self.unclosed = true;
            return line.end.max(at + 1);
        };
        let rest = &self.text[close + 1..self.end];
        let is_key = self.is_map() && rest.trim_start_matches([' ', '\t']).starts_with(':');
        if is_key {
            self.nesting
                .set_key(unquote(&self.text[at + 1..close], style), at);
        } else {
            let literal = Literal::quoted(Span::new(at + 1, close));
            self.flow_give(literal, style, Properties::default());
        }
        close + 1
    }

    fn flow_plain(&mut self, at: usize) -> usize {
        let (line, _) = row(self.text, at);
        let limit = line.end.min(self.end);
        let bytes = self.text.as_bytes();
        let mut end = at;
        let mut braces = 0_usize;
        let mut is_key = false;
        while end < limit {
            match bytes[end] {
                // `${NAME:-default}` is one word.
                b'{' if end > at && bytes[end - 1] == b'$' => braces += 1,
                b'}' if braces > 0 => braces -= 1,
                b',' | b'[' | b']' | b'{' | b'}' if braces == 0 => break,
                b':' if braces == 0
                    && bytes
                        .get(end + 1)
                        .is_none_or(|next| b" \t\r\n,]}[{\"'".contains(next)) =>
                {
                    is_key = self.is_map();
                    if is_key {
                        break;
                    }
                }
                b'#' if end > at && matches!(bytes[end - 1], b' ' | b'\t') => break,
                _ => {}
            }
            end += 1;
        }
        let mut span = trim(self.text, Span::new(at, end));
        let next = if is_key { end + 1 } else { end.max(at + 1) };
        let next = (next..=self.end)
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(self.end);
        if is_key {
            self.nesting.set_key(Cow::Borrowed(span.of(self.text)), at);
            return next;
        }
        let properties = self.properties(&mut span);
        let raw = span.of(self.text);
        if raw.starts_with('*') {
            self.nesting
                .scalar(Scalar::given(Literal::bare(span), Value::Opaque));
        } else if span.is_empty() {
            // A tag or anchor before quotes: what follows is read by itself.
        } else if !is_nothing(raw) {
            self.flow_give(Literal::bare(span), Style::Plain, properties);
        }
        next
    }
}
