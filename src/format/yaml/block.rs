//! Block structure: keys, items and the values on their lines.

use std::borrow::Cow;

use super::super::nesting::Shape;
use super::super::rows::{before_comment, closing, row, trim};
use super::super::scalar::{Literal, Scalar};
use super::super::shellwords::pair;
use super::super::{Limit, Slot, Value};
use super::scalar::{Style, closing_single, header, is_nothing, unquote};
use super::{Anchor, Line, Reader};
use crate::text::Span;

/// Keys are shorter (YAML 1.2.2, section 7.4.2).
const KEY_LIMIT: usize = 1024;

/// Anchored scalars longer than this are not copied to their aliases, of which there may be many.
const ANCHOR_LIMIT: usize = 4096;

/// Tags that leave a scalar what it is.
const PLAIN_TAGS: &[&str] = &[
    "!!str",
    "!str",
    "!unsafe",
    "!",
    "!!int",
    "!!float",
    "!override",
    "!reset",
];

/// What stands before a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Properties<'t> {
    pub(super) anchor: Option<&'t str>,
    pub(super) opaque: bool,
    pub(super) binary: bool,
}

impl<'t> Reader<'t> {
    /// Reads a line that is no comment.
    pub(super) fn block(&mut self, line: Line) {
        let bytes = self.text.as_bytes();
        let end = line.content.end;
        let mut at = line.content.start;
        let mut column = line.indent;
        let mut parent = None;
        while bytes[at] == b'-' && (at + 1 == end || matches!(bytes[at + 1], b' ' | b'\t')) {
            self.dedent(column, true);
            if self.nesting.top() != Some((Shape::List, column)) && self.nesting.has_room(at) {
                self.nesting.open(Shape::List, column, at);
            }
            if column == line.indent {
                self.met = self.nesting.mark_item(at - column);
            }
            parent = Some(column);
            let rest = &self.text[at + 1..end];
            let skip = 1 + rest.len() - rest.trim_start_matches([' ', '\t']).len();
            at += skip;
            column += skip;
            if at >= end {
                self.waiting = true;
                return;
            }
        }
        if let Some((key, value)) = self.key(Span::new(at, end)) {
            self.dedent(column, false);
            if self.nesting.top() != Some((Shape::Map, column)) && self.nesting.has_room(at) {
                self.nesting.open(Shape::Map, column, at);
            }
            self.nesting.set_key(key, at);
            if parent.is_none() {
                self.met = self.nesting.mark_member(at - column);
            }
            self.waiting = false;
            self.value(Span::new(value, end), Some(column));
        } else if parent.is_some() {
            self.waiting = false;
            self.value(Span::new(at, end), parent);
        } else {
            self.stray(Span::new(at, end), column);
        }
    }

    /// A line without a key: the value of the key above, a document that is a flow map, or `NAME=value`.
    fn stray(&mut self, content: Span, column: usize) {
        let text = content.of(self.text);
        let below = self.nesting.top().map(|(_, indent)| indent);
        if self.waiting && below.is_some_and(|indent| indent < column) {
            self.waiting = false;
            self.value(content, below);
        } else if text.starts_with(['{', '[']) && !self.comment {
            self.dedent(column, false);
            self.flow(content.start, None);
        } else if let Some(length) = pair(text) {
            let end = before_comment(self.text, content, b"#");
            let span = trim(self.text, Span::new(content.start + length + 1, end));
            let literal = match span.of(self.text).as_bytes() {
                [quote @ (b'"' | b'\''), .., last] if quote == last => {
                    Literal::quoted(Span::new(span.start + 1, span.end - 1))
                }
                _ => Literal::bare(span),
            };
            let raw = literal.span.of(self.text);
            if raw.is_empty() || (!literal.quoted && raw.contains(char::is_whitespace)) {
                return;
            }
            let scalar = Scalar::read(self.text, literal, |raw| self.decode(raw, Style::Plain));
            let parents = self.nesting.path_above(column);
            let key = Cow::Borrowed(&text[..length]);
            let place = self.nesting.place();
            self.nesting
                .push(scalar.entry(key, parents, Slot::Assign, place, content.start));
        }
    }

    /// Closes what is indented more than `column`.
    fn dedent(&mut self, column: usize, item: bool) {
        while let Some((shape, indent)) = self.nesting.top() {
            if indent > column || (indent == column && shape == Shape::List && !item) {
                self.nesting.close();
            } else {
                break;
            }
        }
    }

    /// The key that the content begins with, and where its value begins.
    pub(super) fn key(&self, content: Span) -> Option<(Cow<'t, str>, usize)> {
        let text = content.of(self.text);
        let bytes = text.as_bytes();
        let is_mark = |at: usize| {
            bytes
                .get(at + 1)
                .is_none_or(|next| matches!(next, b' ' | b'\t'))
        };
        match *bytes.first()? {
            quote @ (b'"' | b'\'') => {
                let close = if quote == b'"' {
                    closing(self.text, content.start + 1, content.end, quote)?
                } else {
                    closing_single(self.text, content.start + 1, content.end)?
                };
                let style = if quote == b'"' {
                    Style::Double
                } else {
                    Style::Single
                };
                let key = unquote(self.text.get(content.start + 1..close)?, style);
                let rest = &self.text[close + 1..content.end];
                let colon = content.end - rest.trim_start().len();
                let colon = Some(colon)
                    .filter(|at| *at < content.end && self.text.as_bytes()[*at] == b':')?;
                is_mark(colon - content.start).then_some((key, colon + 1))
            }
            b'[' | b'{' | b'|' | b'>' | b'#' | b',' => None,
            _ => {
                let limit = bytes.len().min(KEY_LIMIT);
                let colon = memchr::memchr_iter(b':', &bytes[..limit]).find(|at| is_mark(*at))?;
                let mut key = trim(self.text, Span::new(content.start, content.start + colon));
                // `&anchor key: value`
                if bytes[0] == b'&'
                    && let Some(blank) = key.of(self.text).find(' ')
                {
                    key = trim(self.text, Span::new(key.start + blank, key.end));
                }
                let name = key.of(self.text);
                (!name.is_empty() && !name.contains(" #"))
                    .then_some((Cow::Borrowed(name), content.start + colon + 1))
            }
        }
    }

    /// Reads the value of the last key or item; `parent` is the column of that.
    fn value(&mut self, rest: Span, parent: Option<usize>) {
        let mut span = trim(self.text, rest);
        let properties = self.properties(&mut span);
        let raw = span.of(self.text);
        let Some(&first) = raw.as_bytes().first().filter(|first| **first != b'#') else {
            self.waiting = true;
            return;
        };
        match first {
            b'|' | b'>' if !self.comment && header(raw).is_some() => {
                self.block_scalar(span, parent, properties);
            }
            b'"' | b'\'' => self.quoted(span, parent, properties),
            b'*' if self.alias(span) => {}
            b'[' if !self.comment => {
                self.flow(span.start, parent);
            }
            b'{' if !self.comment && !raw.starts_with("{{") && !raw.starts_with("{%") => {
                self.flow(span.start, parent);
            }
            _ => self.plain(span, parent, properties),
        }
    }

    /// Takes anchors and tags off the beginning.
    pub(super) fn properties(&self, span: &mut Span) -> Properties<'t> {
        let mut properties = Properties::default();
        loop {
            let raw = span.of(self.text);
            if !raw.starts_with(['&', '!']) {
                return properties;
            }
            let length = raw.find([' ', '\t']).unwrap_or(raw.len());
            let word = &raw[..length];
            let mut letters = word.bytes().skip(1);
            // A key that begins with `!` or `&`, written without the quotes it needs.
            if !letters.all(|byte| byte.is_ascii_alphanumeric() || b"_-./:!<>,".contains(&byte)) {
                return properties;
            }
            if let Some(anchor) = word.strip_prefix('&') {
                properties.anchor = Some(&self.text[span.start + 1..span.start + 1 + anchor.len()]);
            } else if word == "!!binary" {
                properties.binary = true;
            } else {
                properties.opaque |= !PLAIN_TAGS.contains(&word);
            }
            *span = trim(self.text, Span::new(span.start + length, span.end));
        }
    }

    /// Gives a scalar to the last key.
    pub(super) fn give(&mut self, literal: Literal, style: Style, properties: Properties<'t>) {
        if properties.opaque {
            self.nesting.scalar(Scalar::given(literal, Value::Opaque));
            return;
        }
        let (text, compose) = (self.text, self.compose);
        if properties.binary {
            let raw = literal.span.of(text);
            let value = super::super::encoded::base64(raw.as_bytes())
                .map_or(Value::text(raw), Value::owned);
            self.nesting.scalar(Scalar::given(literal, value));
            return;
        }
        if let Some(anchor) = properties.anchor {
            let start = self.nesting.key_start().unwrap_or(literal.span.start);
            let statement = Span::new(start, literal.end);
            self.anchors.insert(
                anchor,
                Anchor {
                    literal,
                    style,
                    statement,
                },
            );
        }
        let decode = |raw| {
            let plain = unquote(raw, style);
            if compose && plain.contains("$$") {
                Cow::Owned(plain.replace("$$", "$"))
            } else {
                plain
            }
        };
        self.nesting.literal(text, literal, &decode);
    }

    fn alias(&mut self, span: Span) -> bool {
        let raw = span.of(self.text);
        let name = raw[1..].split([' ', '\t', ',']).next().unwrap_or_default();
        let literal = Literal::bare(span);
        if self.nesting.is_cold(span.start, span.end) && self.anchors.contains_key(name) {
            return true;
        }
        match self.anchors.get(name) {
            Some(anchor) if anchor.literal.span.len() > ANCHOR_LIMIT => {
                let cut = Value::Unread(Limit::Length(ANCHOR_LIMIT));
                self.nesting.scalar(Scalar::given(literal, cut));
                true
            }
            Some(anchor) => {
                let mut scalar = Scalar::read(self.text, anchor.literal, |raw| {
                    self.decode(raw, anchor.style)
                });
                scalar.end = span.start + 1 + name.len();
                scalar.constant = Some(anchor.statement);
                self.nesting.scalar(scalar);
                true
            }
            None if name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) =>
            {
                // Of a part the anchor may stand outside.
                self.nesting.outside |= !self.nesting.is_cold(span.start, span.end);
                self.nesting.scalar(Scalar::given(literal, Value::Opaque));
                true
            }
            None => false,
        }
    }

    fn quoted(&mut self, span: Span, parent: Option<usize>, properties: Properties<'t>) {
        let quote = self.text.as_bytes()[span.start];
        let style = if quote == b'"' {
            Style::Double
        } else {
            Style::Single
        };
        let find = |from: usize, to: usize| match style {
            Style::Double => closing(self.text, from, to, quote),
            _ => closing_single(self.text, from, to),
        };
        let mut close = find(span.start + 1, span.end);
        // Over several lines: as long as they are indented.
        if close.is_none() && !self.comment {
            let mut at = self.at;
            let mut last = span.end;
            while at < self.end {
                let line = self.line(at);
                if !line.content.is_empty() && parent.is_some_and(|parent| line.indent <= parent) {
                    break;
                }
                last = line.content.end;
                if line.content.of(self.text).as_bytes().contains(&quote) {
                    close = find(line.content.start, last);
                    if close.is_some() {
                        break;
                    }
                }
                at = line.next;
            }
            if close.is_some() {
                self.at = row(self.text, last).1.min(self.end);
            } else {
                self.unclosed |= last > span.end;
            }
        }
        let literal = if let Some(close) = close {
            Literal::quoted(Span::new(span.start + 1, close))
        } else {
            let inside = Span::new(span.start + 1, span.end);
            let end = before_comment(self.text, inside, b"#");
            Literal {
                quoted: true,
                ..Literal::bare(trim(self.text, Span::new(inside.start, end)))
            }
        };
        self.give(literal, style, properties);
    }

    fn plain(&mut self, span: Span, parent: Option<usize>, properties: Properties<'t>) {
        let raw = span.of(self.text);
        // A template may hold what would begin a comment.
        let closer = [("${{", "}}"), ("{{", "}}"), ("<%", "%>"), ("${", "}")]
            .iter()
            .find(|(open, _)| raw.starts_with(open))
            .and_then(|(_, close)| raw.rfind(close).map(|at| at + close.len()));
        let mark = closer.unwrap_or(0);
        let mut end = before_comment(self.text, Span::new(span.start + mark, span.end), b"#");
        if mark > 0 && end == span.start + mark && end < span.end {
            end = span.end;
        }
        let mut value = trim(self.text, Span::new(span.start, end));
        let word = value.of(self.text);
        if is_nothing(word) {
            return;
        }
        if self.comment {
            if closer.is_some() || !word.contains(char::is_whitespace) {
                let word = word.strip_suffix(',').unwrap_or(word);
                value.end = value.start + word.len();
                self.give(Literal::bare(value), Style::Plain, properties);
            }
            return;
        }
        if end == span.end && closer.is_none() {
            value.end = self.continued(value.end, parent);
        }
        self.give(Literal::bare(value), Style::Plain, properties);
    }

    /// The end of a plain scalar that may go on in the lines that follow.
    fn continued(&mut self, end: usize, parent: Option<usize>) -> usize {
        let mut end = end;
        while self.at < self.end {
            let line = self.line(self.at);
            let content = line.content.of(self.text);
            if content.is_empty()
                || parent.is_none_or(|parent| line.indent <= parent)
                || content.starts_with(['#', '-', '{', '<', '['])
                || content.contains(" #")
                || self.key(line.content).is_some()
                || pair(content).is_some()
            {
                break;
            }
            end = line.content.end;
            self.at = line.next;
        }
        end
    }
}
