//! HOCON, the syntax of Play's and Akka's `application.conf`: JSON with `=`, dotted keys, braces after keys and
//! `${?NAME}` overrides. Only files named so are claimed; other `.conf` files are [`ini`](super::ini).

use std::borrow::Cow;

use super::escape::{Style, unescape};
use super::nesting::{Nesting, Shape};
use super::rows::{closing, row, trim};
use super::scalar::{Literal, Scalar};
use super::{Entry, FileName, Format, Place, Value, comment};
use crate::text::Span;

/// The format of `application.conf`.
#[derive(Debug)]
pub(super) struct Hocon;

/// [`Hocon`] for [`super::FORMATS`].
pub(super) static HOCON: Hocon = Hocon;

impl Format for Hocon {
    fn name(&self) -> &'static str {
        "hocon"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        file.base_extension() == "hocon"
            || (file.base_extension() == "conf"
                && (name.starts_with("application") || name.starts_with("reference")))
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut nesting = Nesting::new(text, Place::Live);
        nesting.open(Shape::Map, 0, 0);
        let mut reader = Reader {
            text,
            at: 0,
            nesting,
        };
        while reader.step() {
            reader.nesting.flush(sink);
        }
        reader.nesting.close_all();
        reader.nesting.flush(sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::C)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nesting: Nesting<'t>,
}

fn decode(raw: &str) -> Cow<'_, str> {
    unescape(raw, Style::Toml)
}

impl Reader<'_> {
    /// Reads one token where a key or an item may stand; `false` at the end.
    fn step(&mut self) -> bool {
        let rest = &self.text[self.at..];
        self.at += rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                .len();
        let rest = &self.text[self.at..];
        let Some(&byte) = rest.as_bytes().first() else {
            return false;
        };
        match byte {
            b'#' => self.comment(),
            b'/' if rest.starts_with("//") => self.comment(),
            b'{' => self.open(Shape::Map),
            b'[' => self.open(Shape::List),
            b'}' | b']' => {
                if self.nesting.depth() > 1 {
                    self.nesting.close();
                }
                self.at += 1;
            }
            b',' => self.at += 1,
            _ if self
                .nesting
                .top()
                .is_some_and(|(shape, _)| shape == Shape::Map) =>
            {
                self.member();
            }
            _ => self.value(),
        }
        true
    }

    fn open(&mut self, shape: Shape) {
        self.nesting.open(shape, 0, self.at);
        self.at += 1;
    }

    fn comment(&mut self) {
        let (line, next) = row(self.text, self.at);
        let body = Span::new(self.at, line.end);
        self.at = next;
        let parents = self.nesting.path_open();
        let Self { text, nesting, .. } = self;
        comment::scan(text, body, &parents, &decode, &mut |entry| {
            nesting.push(entry);
        });
    }

    /// A key, the mark after it, and its value unless that is nested.
    fn member(&mut self) {
        let start = self.at;
        let (line, next) = row(self.text, start);
        let bytes = self.text.as_bytes();
        let mut at = start;
        // Quoted parts may hold what would end the key.
        while at < line.end {
            match bytes[at] {
                b'"' => {
                    at = closing(self.text, at + 1, line.end, b'"')
                        .map_or(line.end, |close| close + 1);
                }
                b'=' | b':' | b'{' | b'}' | b'[' | b',' | b'#' => break,
                b'+' if bytes.get(at + 1) == Some(&b'=') => break,
                _ => at += 1,
            }
        }
        let key = trim(self.text, Span::new(start, at));
        match bytes.get(at).filter(|_| at < line.end) {
            Some(b'=' | b':' | b'+') if !key.is_empty() => {
                self.set_key(key);
                self.at = at + if bytes[at] == b'+' { 2 } else { 1 };
                self.value();
            }
            Some(b'{' | b'[') if !key.is_empty() => {
                self.set_key(key);
                self.at = at;
            }
            // An include, or nothing of ours.
            Some(_) => self.at = at.max(start + 1),
            None => self.at = next,
        }
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn set_key(&mut self, key: Span) {
        let raw = key.of(self.text);
        let name = if raw.contains('"') {
            Cow::Owned(raw.replace('"', ""))
        } else {
            Cow::Borrowed(raw)
        };
        self.nesting.set_key(name, key.start);
    }

    /// A value; brackets are left to the next step.
    fn value(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let (line, _) = row(self.text, self.at);
        let rest = &self.text[self.at..];
        if rest.is_empty() || rest.starts_with(['{', '[', '}', ']', ',']) {
            return;
        }
        if rest.starts_with("\"\"\"") {
            let start = self.at + 3;
            let close = memchr::memmem::find(&self.text.as_bytes()[start..], b"\"\"\"");
            let end = close.map_or(line.end.max(start), |offset| start + offset);
            let literal = Literal {
                end: (end + 3).min(self.text.len()),
                ..Literal::quoted(Span::new(start, end))
            };
            self.at = literal.end;
            while !self.text.is_char_boundary(self.at) {
                self.at += 1;
            }
            let value = Value::text(literal.span.of(self.text));
            self.nesting.scalar(Scalar::given(literal, value));
            return;
        }
        if rest.starts_with('"')
            && let Some(close) = closing(self.text, self.at + 1, line.end, b'"')
        {
            let literal = Literal::quoted(Span::new(self.at + 1, close));
            self.at = literal.end;
            self.nesting.literal(self.text, literal, &decode);
            return;
        }
        self.bare(line.end);
    }

    fn bare(&mut self, line_end: usize) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut depth = 0_usize;
        let mut at = start;
        while at < line_end {
            match bytes[at] {
                b'{' if at > start && bytes[at - 1] == b'$' => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                b',' | b'}' | b']' | b'#' if depth == 0 => break,
                b'/' if bytes.get(at + 1) == Some(&b'/') && depth == 0 => break,
                _ => {}
            }
            at += 1;
        }
        let span = trim(self.text, Span::new(start, at));
        self.at = at.max(start + 1);
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        match span.of(self.text) {
            // A quote without its fellow.
            raw if raw.starts_with('"') => {
                let literal = Literal {
                    quoted: true,
                    ..Literal::bare(Span::new(span.start + 1, span.end))
                };
                self.nesting.literal(self.text, literal, &decode);
            }
            "" | "true" | "false" | "null" => {}
            raw if raw.starts_with("${") => self
                .nesting
                .scalar(Scalar::given(Literal::bare(span), Value::Opaque)),
            _ => self
                .nesting
                .literal(self.text, Literal::bare(span), &|raw| Cow::Borrowed(raw)),
        }
    }
}
