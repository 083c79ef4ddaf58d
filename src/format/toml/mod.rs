//! TOML 1.0, read line by line so that a broken value costs no more than itself.

mod cut;
mod inline;

use std::borrow::Cow;

use super::cut::{Cut, Mark};
use super::escape::{Style, unescape};
use super::nesting::{Nesting, Shape};
use super::rows::{closing, row, trim};
use super::scalar::Literal;
use super::{Entry, FileName, Format, Place, Slot, comment};
use crate::text::Span;

/// The format of `.toml` files.
#[derive(Debug)]
pub(super) struct Toml;

/// [`Toml`] for [`super::FORMATS`].
pub(super) static TOML: Toml = Toml;

impl Format for Toml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.base_extension() == "toml"
            || matches!(
                file.base_name(),
                "pipfile" | "poetry.lock" | "uv.lock" | "cargo.lock" | "pyproject"
            )
    }

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        read(text, Nesting::new(text, Place::Live), sink);
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        read(text, Nesting::part(text, &Mark::plain(0), spots, 0), sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::HASH)
    }
}

/// Tables nested deeper than this are given the parents up to here.
const PARTS: usize = 64;

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nesting: Nesting<'t>,
    /// Whether the end of a string over several lines was looked for in vain.
    unclosed: bool,
}

fn basic(raw: &str) -> Cow<'_, str> {
    unescape(raw, Style::Toml)
}

fn as_is(raw: &str) -> Cow<'_, str> {
    Cow::Borrowed(raw)
}

fn read<'t>(text: &'t str, nesting: Nesting<'t>, sink: &mut dyn FnMut(Entry<'t>)) {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader::new(text, at, nesting);
    while reader.at < text.len() {
        reader.line();
        reader.nesting.flush(sink);
    }
    reader.nesting.close_all();
    reader.nesting.flush(sink);
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, at: usize, mut nesting: Nesting<'t>) -> Self {
        nesting.open(Shape::Map, 0, 0);
        Self {
            text,
            at,
            nesting,
            unclosed: false,
        }
    }

    /// Reads what begins on this line; moves on to a later one.
    fn line(&mut self) {
        let (line, next) = row(self.text, self.at);
        self.row(trim(self.text, line), next);
    }

    /// The same for the content of the line, and where the next one begins.
    fn row(&mut self, content: Span, next: usize) {
        self.at = next;
        match self
            .text
            .as_bytes()
            .get(content.start)
            .filter(|_| !content.is_empty())
        {
            None => {}
            Some(b'#') => self.comment(Span::new(content.start, content.end)),
            Some(b'[') => self.table(content),
            Some(_) => {
                if let Some((key, value)) = self.key(content) {
                    self.nesting.set_key(key, content.start);
                    self.value(value);
                }
            }
        }
    }

    fn comment(&mut self, body: Span) {
        if self.nesting.is_cold(body.start, body.end) {
            return;
        }
        let parents = self.nesting.path_open();
        let Self { text, nesting, .. } = self;
        comment::scan(text, body, &parents, &basic, &mut |entry| {
            nesting.push(entry);
        });
    }

    fn table(&mut self, content: Span) {
        let inside = content.of(self.text).trim_start_matches('[');
        let mut at = content.end - inside.len();
        let mut path = Vec::new();
        while at < content.end {
            let (part, after) = self.part(Span::new(at, content.end));
            if let Some(part) = part.filter(|_| path.len() < PARTS) {
                path.push(part);
            }
            if self.text.as_bytes().get(after) != Some(&b'.') {
                break;
            }
            at = after + 1;
        }
        self.nesting.close_all();
        self.nesting.base = path;
        self.nesting.open(Shape::Map, 0, self.at);
        self.nesting.heat(content.start, content.end);
    }

    /// A key or a part of one, and what follows it.
    fn part(&self, span: Span) -> (Option<Cow<'t, str>>, usize) {
        let rest = span.of(self.text);
        let start = span.end - rest.trim_start().len();
        let (part, after) = if let Some(&quote @ (b'"' | b'\'')) =
            self.text.as_bytes().get(start).filter(|_| start < span.end)
        {
            match closing(self.text, start + 1, span.end, quote) {
                Some(close) => (Some(basic(&self.text[start + 1..close])), close + 1),
                None => (None, span.end),
            }
        } else {
            let length = self.text[start..span.end]
                .find(['.', ']', '=', ' ', '\t', '"', '\'', ',', '}'])
                .unwrap_or(span.end - start);
            let part = &self.text[start..start + length];
            (
                (!part.is_empty()).then_some(Cow::Borrowed(part)),
                start + length,
            )
        };
        let blanks =
            self.text[after..span.end].len() - self.text[after..span.end].trim_start().len();
        (part, after + blanks)
    }

    /// The key that a line or an item begins with (dots and all), and where its value begins.
    fn key(&self, span: Span) -> Option<(Cow<'t, str>, usize)> {
        let mut at = span.start;
        let mut key: Option<Cow<'t, str>> = None;
        loop {
            let (part, after) = self.part(Span::new(at, span.end));
            let part = part?;
            key = Some(match key {
                None => part,
                Some(mut whole) => {
                    let text = whole.to_mut();
                    text.push('.');
                    text.push_str(&part);
                    whole
                }
            });
            match self.text.as_bytes().get(after).filter(|_| after < span.end) {
                Some(b'.') => at = after + 1,
                Some(b'=') => return key.map(|key| (key, after + 1)),
                _ => return None,
            }
        }
    }

    /// Reads the value at `start`, with all that is nested in it.
    fn value(&mut self, start: usize) {
        let bottom = self.nesting.depth();
        let mut at = start;
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let Some(&byte) = self.text.as_bytes().get(at) else {
                break;
            };
            let nested = self.nesting.depth() > bottom;
            match byte {
                b'\n' | b'\r' if nested => at += 1,
                b'\n' | b'\r' => break,
                b'#' => {
                    let (line, _) = row(self.text, at);
                    if nested {
                        self.comment(Span::new(at, line.end));
                    }
                    at = line.end;
                }
                b'[' => {
                    // `[table]` at the beginning of a line inside of an unclosed array.
                    if nested && self.begins_line(at) && self.looks_like_table(at) {
                        break;
                    }
                    self.nesting.open(Shape::List, 0, at);
                    at += 1;
                }
                b'{' => {
                    if let Some(behind) = self.behind_cold(at) {
                        at = behind;
                    } else {
                        self.nesting.open(Shape::Map, 0, at);
                        at += 1;
                    }
                }
                b']' | b'}' if nested => {
                    self.nesting.close();
                    at += 1;
                }
                b',' => at += 1,
                // A key where an item should be: the array above was never closed.
                _ if nested
                    && !self
                        .nesting
                        .top()
                        .is_some_and(|(shape, _)| shape == Shape::Map)
                    && self.begins_line(at)
                    && self.key(row(self.text, at).0).is_some() =>
                {
                    break;
                }
                _ => {
                    let in_map = nested
                        && self
                            .nesting
                            .top()
                            .is_some_and(|(shape, _)| shape == Shape::Map);
                    let (line, _) = row(self.text, at);
                    let key = if in_map && self.nesting.key().is_none_or(|_| !self.after_equals(at))
                    {
                        self.key(Span::new(at, line.end))
                    } else {
                        None
                    };
                    if let Some((key, value)) = key {
                        self.nesting.set_key(key, at);
                        at = value;
                    } else {
                        self.nesting
                            .set_slot(if in_map { Slot::Member } else { Slot::Assign });
                        at = self.scalar(at).max(at + 1);
                        self.nesting.set_slot(Slot::Assign);
                    }
                }
            }
        }
        while self.nesting.depth() > bottom {
            self.nesting.close();
        }
        self.at = self.at.max(if self.begins_line(at) {
            at
        } else {
            row(self.text, at).1
        });
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    fn after_equals(&self, at: usize) -> bool {
        self.text[..at].trim_end_matches([' ', '\t']).ends_with('=')
    }

    fn looks_like_table(&self, at: usize) -> bool {
        let (line, _) = row(self.text, at);
        let line = Span::new(at, line.end).of(self.text).trim_end();
        line.ends_with(']') && !line.contains(['"', '\'', ',']) && line.len() > 2
    }

    /// Reads one string, number or word; gives where it ends.
    fn scalar(&mut self, at: usize) -> usize {
        let (line, _) = row(self.text, at);
        let rest = &self.text[at..];
        let literal = if rest.starts_with("\"\"\"") || rest.starts_with("'''") {
            let quote = rest.as_bytes()[0];
            self.long(at, quote)
        } else if rest.starts_with(['"', '\'']) {
            let quote = rest.as_bytes()[0];
            let close = if quote == b'"' {
                closing(self.text, at + 1, line.end, quote)
            } else {
                memchr::memchr(quote, &self.text.as_bytes()[at + 1..line.end])
                    .map(|offset| at + 1 + offset)
            };
            match close {
                Some(close) => Literal::quoted(Span::new(at + 1, close)),
                None => Literal {
                    quoted: true,
                    ..Literal::bare(Span::new(at + 1, line.end))
                },
            }
        } else {
            let slice = &self.text[at..line.end];
            let length = slice
                .find([',', ']', '}', '#', ' ', '\t'])
                .unwrap_or(slice.len());
            let span = Span::new(at, at + length);
            if matches!(span.of(self.text), "true" | "false") {
                return span.end;
            }
            Literal::bare(span)
        };
        if self.nesting.is_cold(at, literal.end) {
            return literal.end;
        }
        if rest.starts_with('"') {
            self.nesting.literal(self.text, literal, &basic);
        } else {
            self.nesting.literal(self.text, literal, &as_is);
        }
        literal.end
    }

    /// A string in three quotes; a line end right after the opening ones is none of it.
    fn long(&mut self, at: usize, quote: u8) -> Literal {
        let bytes = self.text.as_bytes();
        let mut start = at + 3;
        if self.text[start..].starts_with("\r\n") {
            start += 2;
        } else if self.text[start..].starts_with('\n') {
            start += 1;
        }
        let mut from = start;
        loop {
            let found = if quote == b'"' {
                closing(self.text, from, bytes.len(), quote)
            } else {
                bytes
                    .get(from..)
                    .and_then(|rest| memchr::memchr(quote, rest))
                    .map(|offset| from + offset)
            };
            let Some(mut close) = found else {
                self.unclosed = true;
                let (line, _) = row(self.text, at);
                let span = Span::new((at + 3).min(line.end), line.end);
                return Literal {
                    quoted: true,
                    ..Literal::bare(span)
                };
            };
            if bytes[close..].starts_with(&[quote; 3]) {
                // Up to two more quotes belong to the string.
                let more = bytes[close + 3..]
                    .iter()
                    .take(2)
                    .take_while(|byte| **byte == quote)
                    .count();
                close += more;
                return Literal {
                    end: close + 3,
                    ..Literal::quoted(Span::new(start, close))
                };
            }
            from = close + 1;
        }
    }
}
