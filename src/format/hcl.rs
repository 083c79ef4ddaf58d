//! HCL: Terraform, Packer, Nomad. Blocks and maps are parents; `name` and `value` attributes side by side are one entry,
//! and so is a `variable` block with its `default`. A value that is an expression other than a literal is not known.

use std::borrow::Cow;

use super::escape::{Style, unescape};
use super::inset::{Missing, part};
use super::lines::LINES;
use super::nesting::{Nesting, Shape};
use super::rows::row;
use super::scalar::{Literal, Scalar};
use super::shell::SHELL;
use super::{Entry, FileName, Format, Limit, Place, Value, comment};
use crate::text::Span;

/// The format of HCL files.
#[derive(Debug)]
pub(super) struct Hcl {
    /// Whether here-documents are read as any text.
    leaf: bool,
}

/// [`Hcl`] for [`super::FORMATS`].
pub(super) static HCL: Hcl = Hcl { leaf: false };

/// HCL inside of what may stand in HCL.
static LEAF: Hcl = Hcl { leaf: true };

/// Longer strings on one line are not read.
const STRING_LIMIT: usize = 65_536;

/// Functions that give a literal argument as it is, or so that it can be told.
const TRANSPARENT: &[&str] = &[
    "sensitive",
    "nonsensitive",
    "tostring",
    "trimspace",
    "base64encode",
    "jsonencode",
    "yamlencode",
    "merge",
    "tomap",
    "toset",
    "tolist",
];

impl Format for Hcl {
    fn name(&self) -> &'static str {
        "hcl"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        matches!(
            file.base_extension(),
            "tf" | "tfvars" | "hcl" | "nomad" | "tofu" | "pkr" | "sentinel"
        )
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut reader = Reader {
            text,
            at: 0,
            nesting: Nesting::new(text, Place::Live),
            opened: Vec::new(),
            state: State::Key,
            missing: Missing::default(),
            leaf: self.leaf,
        };
        let mut give = |mut entry: Entry<'t>| {
            entry.key = last_part(entry.key);
            sink(entry);
        };
        reader.nesting.open(Shape::Map, 0, 0);
        while reader.at < text.len() {
            reader.step(&mut give);
            reader.nesting.flush(&mut give);
        }
        reader.nesting.close_all();
        reader.nesting.flush(&mut give);
    }

    fn leaf(&'static self) -> Option<&'static dyn Format> {
        Some(&LEAF)
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::C)
    }
}

/// `/shop/SECRET_KEY` is `SECRET_KEY`.
fn last_part(key: Cow<'_, str>) -> Cow<'_, str> {
    match key.rfind('/') {
        Some(at) if at + 1 < key.len() => match key {
            Cow::Borrowed(key) => Cow::Borrowed(&key[at + 1..]),
            Cow::Owned(key) => Cow::Owned(key[at + 1..].to_owned()),
        },
        _ => key,
    }
}

/// What the next token can be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A key or the head of a block.
    Key,
    /// A value.
    Value,
    /// The rest of an expression.
    Rest,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nesting: Nesting<'t>,
    /// For each open bracket: how many frames it opened.
    opened: Vec<usize>,
    state: State,
    missing: Missing<'t>,
    leaf: bool,
}

fn decode(raw: &str) -> Cow<'_, str> {
    let text = unescape(raw, Style::Toml);
    if text.contains("$${") {
        Cow::Owned(text.replace("$${", "${"))
    } else {
        text
    }
}

impl<'t> Reader<'t> {
    fn is_list(&self) -> bool {
        matches!(self.nesting.top(), Some((Shape::List, _)))
    }

    /// Reads one token.
    fn step(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let bytes = self.text.as_bytes();
        let byte = bytes[self.at];
        match byte {
            b'\n' | b',' => {
                self.state = if self.is_list() {
                    State::Value
                } else {
                    State::Key
                };
                self.at += 1;
            }
            b'#' => self.comment(sink),
            b'/' if matches!(bytes.get(self.at + 1), Some(b'/' | b'*')) => self.comment(sink),
            b'{' | b'[' => {
                let shape = if byte == b'{' {
                    Shape::Map
                } else {
                    Shape::List
                };
                self.nesting.open(shape, 0, self.at);
                self.opened.push(1);
                self.state = if byte == b'{' {
                    State::Key
                } else {
                    State::Value
                };
                self.at += 1;
            }
            b'}' | b']' => {
                for _ in 0..self.opened.pop().unwrap_or(0) {
                    self.nesting.close();
                }
                self.state = State::Rest;
                self.at += 1;
            }
            b'"' => self.string(),
            b'<' if self.text[self.at..].starts_with("<<") && self.state == State::Value => {
                self.document(sink);
            }
            _ if byte.is_ascii_alphanumeric() || byte == b'_' => self.word(),
            _ => {
                let rest = &self.text[self.at..];
                self.at += rest.chars().next().map_or(1, char::len_utf8);
            }
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
            self.state = if self.is_list() {
                State::Value
            } else {
                State::Key
            };
            Span::new(start + 1, line.end)
        };
        self.nesting.flush(sink);
        let parents = self.nesting.path_open();
        comment::scan(self.text, body, &parents, &decode, &mut |entry| {
            self.nesting.push(entry);
        });
    }

    /// The next byte on this line that is no blank.
    fn peek(&self, at: usize) -> u8 {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let next = rest
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        next.copied().unwrap_or(b'\n')
    }

    /// After a key: whether `=` or `:` follows, and where the value begins.
    fn given(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let sign = rest.trim_start_matches([' ', '\t']);
        let value = sign.strip_prefix(['=', ':'])?;
        (!value.starts_with(['=', '>'])).then_some(self.text.len() - value.len())
    }

    fn string(&mut self) {
        let start = self.at + 1;
        let (end, closed) = string_end(self.text, start);
        let span = Span::new(start, end);
        self.at = if closed { end + 1 } else { end };
        if self.state == State::Key
            && let Some(value) = self.given(self.at)
        {
            self.nesting.set_key(decode(span.of(self.text)), start - 1);
            self.at = value;
            self.state = State::Value;
            return;
        }
        let after = self.peek(self.at);
        if self.state == State::Value
            && matches!(after, b'\n' | b',' | b'}' | b']' | b')' | b'#' | b'/')
        {
            let literal = if closed {
                Literal::quoted(span)
            } else {
                Literal {
                    quoted: true,
                    ..Literal::bare(span)
                }
            };
            let raw = span.of(self.text);
            if span.len() >= STRING_LIMIT - 4 {
                let cut = Value::Unread(Limit::Length(STRING_LIMIT));
                self.nesting.scalar(Scalar::given(literal, cut));
            } else if is_template(raw) {
                self.nesting.scalar(Scalar::given(literal, Value::Opaque));
            } else {
                self.nesting.literal(self.text, literal, &decode);
            }
        }
        self.state = State::Rest;
    }

    fn word(&mut self) {
        let start = self.at;
        let length = self.text[start..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count();
        let span = Span::new(start, start + length);
        let word = span.of(self.text);
        self.at = span.end;
        match self.state {
            State::Key => {
                if let Some(value) = self.given(span.end) {
                    self.nesting.set_key(Cow::Borrowed(word), start);
                    self.at = value;
                    self.state = State::Value;
                } else {
                    self.block(span);
                }
            }
            State::Value if self.peek(span.end) == b'(' && TRANSPARENT.contains(&word) => {}
            State::Value => {
                let is_number = word.as_bytes()[0].is_ascii_digit();
                if is_number {
                    self.nesting
                        .literal(self.text, Literal::bare(span), &|raw| Cow::Borrowed(raw));
                } else if !self.is_list() {
                    self.nesting
                        .scalar(Scalar::given(Literal::bare(span), Value::Opaque));
                }
                self.state = State::Rest;
            }
            State::Rest => {}
        }
    }

    /// The head of a block: `resource "type" "name" {`.
    fn block(&mut self, first: Span) {
        let (line, _) = row(self.text, first.start);
        let mut names = vec![first];
        let mut at = first.end;
        while at < line.end && names.len() < 6 {
            match self.text.as_bytes()[at] {
                b' ' | b'\t' => at += 1,
                b'{' => {
                    for name in &names {
                        self.nesting
                            .set_key(Cow::Borrowed(name.of(self.text)), name.start);
                        self.nesting.open(Shape::Map, 0, name.start);
                    }
                    self.opened.push(names.len());
                    self.at = at + 1;
                    return;
                }
                b'"' => {
                    let (end, _) = string_end(self.text, at + 1);
                    names.push(Span::new(at + 1, end));
                    at = end + 1;
                }
                byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                    let length = self.text[at..line.end]
                        .bytes()
                        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
                        .count();
                    names.push(Span::new(at, at + length));
                    at += length;
                }
                _ => break,
            }
        }
        self.state = State::Rest;
    }

    /// A here-document: its text is the value, and may hold values of its own.
    fn document(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        self.state = State::Rest;
        let (line, next) = row(self.text, self.at);
        let head = Span::new(self.at + 2, line.end).of(self.text);
        let delimiter = head.trim_start_matches('-').trim();
        self.at += 2;
        let is_word = !delimiter.is_empty()
            && delimiter
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_word || self.missing.knows(delimiter) {
            return;
        }
        if self.missing.is_full() {
            self.nesting.push(Missing::cut(line));
            return;
        }
        let mut at = next;
        while at < self.text.len() {
            let (line, after) = row(self.text, at);
            if line.of(self.text).trim() == delimiter {
                let body = Span::new(next, at);
                self.at = line.end;
                self.inside(body, sink);
                return;
            }
            at = after;
        }
        self.missing.add(delimiter);
    }

    fn inside(&mut self, body: Span, sink: &mut dyn FnMut(Entry<'t>)) {
        let raw = body.of(self.text);
        let trimmed = super::rows::trim(self.text, body);
        let literal = Literal {
            quoted: true,
            ..Literal::bare(trimmed)
        };
        if is_template(raw) {
            self.nesting.scalar(Scalar::given(literal, Value::Opaque));
        } else {
            let value = Value::text(trimmed.of(self.text));
            self.nesting.scalar(Scalar::given(literal, value));
        }
        self.nesting.flush(sink);
        let parents = self.nesting.path();
        let format: &'static dyn Format = if !self.leaf && raw.trim_start().starts_with("#!") {
            &SHELL
        } else {
            &LINES
        };
        part(format, self.text, body, Place::Live, &mut |mut entry| {
            entry.parents.splice(0..0, parents.iter().cloned());
            self.nesting.push(entry);
        });
    }
}

/// Whether `${…}` fills in something.
fn is_template(raw: &str) -> bool {
    memchr::memmem::find_iter(raw.as_bytes(), b"${").any(|at| {
        let rest = &raw[at + 2..];
        let is_name = rest.starts_with(|c: char| c.is_ascii_lowercase());
        let near = &rest.as_bytes()[..rest.len().min(300)];
        is_name && !raw[..at].ends_with('$') && memchr::memchr(b'}', near).is_some()
    })
}

/// Where the string ends whose first character is at `at`, and whether it has a closing quote on its line. Quotes inside
/// of `${…}` are the expression's.
fn string_end(text: &str, at: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let reach = text.floor_char_boundary(at + STRING_LIMIT);
    let near = bytes.get(at..reach).unwrap_or_default();
    let end = memchr::memchr(b'\n', near).map_or(reach, |length| at + length);
    let line = Span::new(at, end);
    let mut depth = 0_usize;
    let mut first = None;
    let mut at = at;
    while at < line.end {
        match bytes[at] {
            b'\\' => at += 1,
            b'$' | b'%' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'}' if depth > 0 => depth -= 1,
            b'"' if depth == 0 => return (at, true),
            b'"' => first = first.or(Some(at)),
            _ => {}
        }
        at += 1;
    }
    // A `${` that is not closed means nothing.
    first.map_or((line.end, false), |at| (at, true))
}
