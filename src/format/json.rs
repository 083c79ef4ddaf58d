//! JSON (RFC 8259) and what is written in its place: JSON5, JSON with comments, JSON lines, cut and templated files.
//!
//! Any bracket closes what is open, a string ends at the end of its line at the latest, and what makes no sense is
//! passed over; so a broken line costs that line only.

use std::borrow::Cow;

use super::escape::{Style, unescape};
use super::nesting::{Nesting, Shape};
use super::rows::row;
use super::scalar::Literal;
use super::{Entry, FileName, Format, Place, comment};
use crate::text::Span;

/// The format of `.json` files and their kin.
#[derive(Debug)]
pub(super) struct Json;

/// [`Json`] for [`super::FORMATS`].
pub(super) static JSON: Json = Json;

const EXTENSIONS: &[&str] = &[
    "json",
    "json5",
    "jsonc",
    "jsonl",
    "ndjson",
    "geojson",
    "webmanifest",
    "tfstate",
    "code-workspace",
    "code-settings",
    "har",
    "hjson",
    "arb",
    "avsc",
    "postman_collection",
    "postman_environment",
];

const NAMES: &[&str] = &[
    ".babelrc",
    ".eslintrc",
    ".jshintrc",
    ".prettierrc",
    ".stylelintrc",
    ".swcrc",
    ".firebaserc",
    "composer.lock",
    "pipfile.lock",
];

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        EXTENSIONS.contains(&file.base_extension()) || NAMES.contains(&file.base_name())
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut reader = Reader {
            text,
            at: 0,
            nesting: Nesting::new(text, Place::Live),
        };
        // A cut file may begin inside of an object.
        reader.nesting.open(Shape::Map, 0, 0);
        while reader.step(sink) {
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
    unescape(raw, Style::Json)
}

/// A literal whose closing quote is missing.
fn unclosed(span: Span) -> Literal {
    Literal {
        quoted: true,
        ..Literal::bare(span)
    }
}

impl<'t> Reader<'t> {
    /// Reads one token; `false` at the end.
    fn step(&mut self, sink: &mut dyn FnMut(Entry<'t>)) -> bool {
        let bytes = self.text.as_bytes();
        self.skip_blanks();
        let Some(&byte) = bytes.get(self.at) else {
            return false;
        };
        match byte {
            b'{' => self.nesting.open(Shape::Map, 0, self.at),
            b'[' => self.nesting.open(Shape::List, 0, self.at),
            // The outermost map is ours.
            b'}' | b']' if self.nesting.depth() > 1 => self.nesting.close(),
            b'"' | b'\'' => {
                self.string(byte);
                return true;
            }
            b'/' if matches!(bytes.get(self.at + 1), Some(b'/' | b'*')) => {
                self.comment(sink);
                return true;
            }
            b'#' => {
                self.comment(sink);
                return true;
            }
            b'}' | b']' | b',' | b':' => {}
            _ => {
                self.word();
                return true;
            }
        }
        self.at += 1;
        true
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                .len();
    }

    /// Whether the token just read is a key: in a map, before a colon.
    fn is_key(&mut self) -> bool {
        self.skip_blanks();
        let colon = self.text.as_bytes().get(self.at) == Some(&b':');
        colon
            && self
                .nesting
                .top()
                .is_some_and(|(shape, _)| shape == Shape::Map)
    }

    fn string(&mut self, quote: u8) {
        let start = self.at;
        let literal = self.string_literal(quote);
        if self.is_key() {
            self.nesting
                .set_key(decode(literal.span.of(self.text)), start);
        } else {
            self.nesting.literal(self.text, literal, &decode);
        }
    }

    /// Passes over the string that begins here.
    fn string_literal(&mut self, quote: u8) -> Literal {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        while let Some(offset) = bytes
            .get(at..)
            .and_then(|rest| memchr::memchr3(quote, b'\\', b'\n', rest))
        {
            at += offset;
            match bytes[at] {
                b'\\' if bytes.get(at + 1) == Some(&b'\r') => at += 3,
                b'\\' => at += 2,
                b'\n' => {
                    // No closing quote on this line: take what is there.
                    self.at = at;
                    let rest = self.text[start..at].trim_end().trim_end_matches(',');
                    return unclosed(Span::new(start, start + rest.len()));
                }
                _ => {
                    self.at = at + 1;
                    return Literal::quoted(Span::new(start, at));
                }
            }
        }
        self.at = bytes.len();
        unclosed(Span::new(start.min(bytes.len()), bytes.len()))
    }

    /// A bare word: a JSON5 key, a number, or nothing of ours.
    fn word(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest
            .find(|c: char| c.is_whitespace() || "{}[],:\"'/#".contains(c))
            .unwrap_or(rest.len());
        if length == 0 {
            // A slash by itself.
            self.at += rest.chars().next().map_or(1, char::len_utf8);
            return;
        }
        let span = Span::new(start, start + length);
        self.at = span.end;
        let word = span.of(self.text);
        if self.is_key() {
            self.nesting.set_key(Cow::Borrowed(word), start);
        } else if word.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
            self.nesting
                .literal(self.text, Literal::bare(span), &|raw| Cow::Borrowed(raw));
        }
    }

    fn comment(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let start = self.at;
        let body = if self.text[start..].starts_with("/*") {
            let end = memchr::memmem::find(&self.text.as_bytes()[start + 2..], b"*/");
            let end = end.map_or(self.text.len(), |offset| start + 2 + offset);
            self.at = (end + 2).min(self.text.len());
            Span::new(start + 2, end)
        } else {
            let (line, next) = row(self.text, start);
            self.at = next;
            Span::new(start + 1, line.end)
        };
        self.nesting.flush(sink);
        let parents = self.nesting.path_open();
        comment::scan(self.text, body, &parents, &decode, &mut |entry| {
            self.nesting.push(entry);
        });
    }
}
