//! JSON (RFC 8259) and what is written in its place: JSON5, JSON with comments, JSON lines, cut and templated files.
//!
//! Any bracket closes what is open, a string ends at the end of its line at the latest, and what makes no sense is
//! passed over; so a broken line costs that line only.

mod cut;

use std::borrow::Cow;

use super::cut::{Cut, Mark};
use super::escape::{Style, unescape};
use super::nesting::{Nesting, Shape, has_secrets};
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

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let nesting = Nesting::new(text, Place::Live);
        Reader::new(text, Span::new(0, text.len()), nesting).read(sink);
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let nesting = Nesting::part(text, &Mark::plain(0), spots, 0);
        Reader::new(text, Span::new(0, text.len()), nesting).read(sink);
    }

    fn looks_around(&self, text: &str) -> bool {
        // Words anywhere in the text say that values are encoded.
        has_secrets(text)
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::C)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    nesting: Nesting<'t>,
    /// The mark that was met last, where marks are looked for.
    met: Option<Mark>,
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
    fn new(text: &'t str, span: Span, mut nesting: Nesting<'t>) -> Self {
        if nesting.depth() == 0 {
            // A cut file may begin inside of an object.
            nesting.open(Shape::Map, 0, span.start);
        }
        Self {
            text,
            at: span.start,
            end: span.end,
            nesting,
            met: None,
        }
    }

    fn read(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        while self.at < self.end && self.step(sink) {
            self.nesting.flush(sink);
        }
        self.nesting.close_all();
        self.nesting.flush(sink);
    }

    /// Reads one token; `false` at the end.
    fn step(&mut self, sink: &mut dyn FnMut(Entry<'t>)) -> bool {
        let bytes = self.text.as_bytes();
        self.skip_blanks();
        let Some(&byte) = bytes.get(self.at).filter(|_| self.at < self.end) else {
            return false;
        };
        match byte {
            b'{' => {
                self.met = self.nesting.mark_item(self.at);
                self.nesting.open(Shape::Map, 0, self.at);
            }
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
        let rest = self.text.as_bytes()[self.at..].iter();
        self.at += rest
            .take_while(|b| matches!(b, b'\t'..=b'\r' | b' '))
            .count();
        if self.text.as_bytes().get(self.at).is_none_or(u8::is_ascii) {
            return;
        }
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
            self.met = self.nesting.mark_member(start);
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
            self.met = self.nesting.mark_member(start);
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
        if !self.nesting.is_hot(body.start, body.end) {
            return;
        }
        let parents = self.nesting.path_open();
        comment::scan(self.text, body, &parents, &decode, &mut |entry| {
            self.nesting.push(entry);
        });
    }
}
