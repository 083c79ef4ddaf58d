//! One line: the entries in it, all of them or those whose names stand at some places.
//!
//! An entry is told by one byte, such as `=`, wherever that stands outside of the entries before. As these are not long, a line of
//! many megabytes need not be read from its beginning.

use std::borrow::Cow;

use crate::format::rows::row;
use crate::format::scalar::{Literal, Scalar};
use crate::format::{Entry, Limit, Place, Slot, Value};
use crate::text::Span;

/// Names are no longer than this.
pub(super) const NAME_LIMIT: usize = 100;
/// Longer values are not read.
const VALUE_LIMIT: usize = 8192;
/// No more blanks stand between a name and its value.
pub(super) const BLANK_LIMIT: usize = 512;

/// From the byte that tells an entry to its end are no more bytes than this.
pub(super) const LONGEST: usize = VALUE_LIMIT + NAME_LIMIT + 4 * BLANK_LIMIT;
/// That byte stands so far before a place in the name at most, …
const BEFORE_NAME: usize = NAME_LIMIT + 2 * BLANK_LIMIT;
/// … or so far behind it.
const BEHIND_NAME: usize = 3 * NAME_LIMIT + 4 * BLANK_LIMIT;

/// What begins a line that is a comment.
const COMMENTS: &[&str] = &["#", "//", ";", "/*", "* ", "-- ", "<!--", "::", "rem "];

fn place(line: &str) -> Place {
    let line = line.trim_start();
    let starts = |mark: &&str| {
        line.get(..mark.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(mark))
    };
    if COMMENTS.iter().any(starts) {
        Place::Comment
    } else {
        Place::Live
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_name_part(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b'.' | b'-' | b'$')
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// A line of a text.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub bytes: &'t [u8],
    pub line: Span,
    place: Place,
}

impl<'t> Reader<'t> {
    /// A reader of the line that begins at `at`, and where the next one begins.
    pub(super) fn new(text: &'t str, at: usize) -> (Self, usize) {
        let (line, next) = row(text, at);
        let reader = Self {
            text,
            bytes: text.as_bytes(),
            line,
            place: place(line.of(text)),
        };
        (reader, next)
    }

    /// Reads from `at` on up to what begins at `to`; tells where it goes on.
    pub(super) fn read(&self, at: usize, to: usize, sink: &mut dyn FnMut(Entry<'t>)) -> usize {
        let mut at = at;
        while let Some(next) = self.telling(at, to) {
            at = next + 1;
            if let Some(entry) = self.entry_at(next) {
                at = at.max(entry.statement.end);
                sink(entry);
            }
        }
        at.max(to)
    }

    /// Reads what may have its name at one of these places, which lie in the line.
    pub(super) fn read_at(&self, spots: &[u32], sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = self.line.start;
        for &spot in spots {
            let from = (spot as usize).saturating_sub(BEFORE_NAME);
            let to = self.line.end.min(spot as usize + BEHIND_NAME);
            if from > at + 3 * LONGEST {
                at = self.free_before(from.min(to)).unwrap_or(at);
            }
            at = self.read(at, to, sink);
        }
    }

    /// The entry that is told by the byte at `at`.
    pub(super) fn entry_at(&self, at: usize) -> Option<Entry<'t>> {
        match self.bytes[at] {
            b'=' => self.equals(at),
            b':' => self.colon(at),
            b',' => self.comma(at),
            b'-' => self.option(at),
            b's' | b'S' => self.setx(at),
            _ => None,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        if at < self.line.end {
            self.bytes[at]
        } else {
            b'\n'
        }
    }

    fn before(&self, at: usize) -> u8 {
        if at > self.line.start {
            self.bytes[at - 1]
        } else {
            b'\n'
        }
    }

    fn equals(&self, at: usize) -> Option<Entry<'t>> {
        let mut name_end = at;
        match self.before(at) {
            b'=' | b'!' | b'<' | b'>' | b'~' => return None,
            // `:=`, `?=`, `+=`, `.=`, `||=`
            b':' | b'?' | b'+' | b'.' => name_end -= 1,
            b'|' if at >= self.line.start + 2 && self.bytes[at - 2] == b'|' => name_end -= 2,
            _ => {}
        }
        let mut value = at + 1;
        match self.byte(value) {
            b'=' | b'~' => return None,
            b'>' => value += 1,
            _ => {}
        }
        let mut name = self.name_before(name_end)?;
        // `NAME: type = value`; PowerShell's `$env:NAME = value`
        let before = self.skip_blanks_back(name.start);
        if before > self.line.start
            && self.bytes[before - 1] == b':'
            && let Some(typed) = self.name_before(before - 1)
            && !typed.of(self.text).eq_ignore_ascii_case("env")
        {
            name = typed;
        }
        let tight = name.end == at && value == at + 1 && !is_blank(self.byte(value));
        let literal = self
            .quoted(value)
            .or_else(|| tight.then(|| self.bare(name, value)).flatten())?;
        Some(self.entry(name, literal, Slot::Assign))
    }

    fn colon(&self, at: usize) -> Option<Entry<'t>> {
        let name = self.name_before(at)?;
        let literal = self.quoted(at + 1)?;
        Some(self.entry(name, literal, Slot::Assign))
    }

    /// `define('NAME', 'v')`, `getenv("NAME", "v")`.
    fn comma(&self, at: usize) -> Option<Entry<'t>> {
        let end = self.skip_blanks_back(at);
        if !is_quote(self.before(end)) {
            return None;
        }
        let name = self.name_before(at)?;
        let open = self.skip_blanks_back(name.start - 1);
        if self.before(open) != b'(' {
            return None;
        }
        let called = self.name_before(open - 1)?.of(self.text);
        let called = called
            .rsplit('.')
            .next()
            .unwrap_or(called)
            .to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| called.contains(word));
        let slot = if has(&["define", "set", "put"]) {
            Slot::Assign
        } else if has(&["env", "get", "fetch", "lookup", "default", "config"]) {
            Slot::Default
        } else {
            return None;
        };
        let literal = self.quoted(at + 1)?;
        Some(self.entry(name, literal, slot))
    }

    /// `--name v`; `--name=v` is read at its `=`.
    fn option(&self, at: usize) -> Option<Entry<'t>> {
        let starts = self.byte(at + 1) == b'-'
            && self.byte(at + 2).is_ascii_alphabetic()
            && matches!(
                self.before(at),
                b'\n' | b' ' | b'\t' | b'"' | b'\'' | b'`' | b'('
            );
        if !starts {
            return None;
        }
        let start = at + 2;
        let end = start + self.run(start, NAME_LIMIT, |byte| is_name(byte) || byte == b'-');
        if !is_blank(self.byte(end)) {
            return None;
        }
        let name = Span::new(start, end);
        let value = end + self.run(end, BLANK_LIMIT, is_blank);
        if matches!(
            self.byte(value),
            b'-' | b'<' | b'[' | b'|' | b'&' | b'>' | b'\\' | b'='
        ) {
            return None;
        }
        let literal = self.quoted(end).or_else(|| self.bare(name, value))?;
        Some(self.entry(name, literal, Slot::Assign))
    }

    /// `setx NAME value`, `setx NAME "value" /M` (Windows).
    fn setx(&self, at: usize) -> Option<Entry<'t>> {
        let word = self.bytes.get(at..at + 4)?;
        let begins = matches!(self.before(at), b'\n' | b' ' | b'\t' | b'&' | b'(' | b'@');
        if !begins || !word.eq_ignore_ascii_case(b"setx") || !is_blank(self.byte(at + 4)) {
            return None;
        }
        let start = at + 4 + self.run(at + 4, BLANK_LIMIT, is_blank);
        let end = start + self.run(start, NAME_LIMIT, is_name);
        if end == start || !is_blank(self.byte(end)) {
            return None;
        }
        let name = Span::new(start, end);
        let value = end + self.run(end, BLANK_LIMIT, is_blank);
        if self.byte(value) == b'%' {
            return None;
        }
        let literal = self.quoted(end).or_else(|| self.bare(name, value))?;
        Some(self.entry(name, literal, Slot::Assign))
    }

    fn entry(&self, name: Span, literal: Literal, slot: Slot) -> Entry<'t> {
        let scalar = if literal.span.len() >= VALUE_LIMIT {
            Scalar::given(literal, Value::Unread(Limit::Length(VALUE_LIMIT)))
        } else {
            Scalar::read(self.text, literal, Cow::Borrowed)
        };
        let key = Cow::Borrowed(name.of(self.text));
        scalar.entry(key, Vec::new(), slot, self.place, name.start)
    }

    /// How many bytes from `at` on are of a kind, up to a limit.
    fn run(&self, at: usize, limit: usize, is: impl Fn(u8) -> bool) -> usize {
        let end = self.line.end.min(at + limit);
        let bytes = self.bytes.get(at..end).unwrap_or_default();
        bytes.iter().take_while(|byte| is(**byte)).count()
    }

    fn run_back(&self, at: usize, limit: usize, is: impl Fn(u8) -> bool) -> usize {
        let start = self.line.start.max(at.saturating_sub(limit));
        let bytes = self.bytes.get(start..at).unwrap_or_default();
        bytes.iter().rev().take_while(|byte| is(**byte)).count()
    }

    fn skip_blanks_back(&self, at: usize) -> usize {
        at - self.run_back(at, BLANK_LIMIT, is_blank)
    }

    /// The name that ends at `at`, but for blanks, a quote and a bracket: `NAME`, `'NAME'`, `config["NAME"]`.
    fn name_before(&self, at: usize) -> Option<Span> {
        let mut end = self.skip_blanks_back(at);
        if self.before(end) == b']' && end >= self.line.start + 2 && is_quote(self.bytes[end - 2]) {
            end -= 1;
        }
        let quote = is_quote(self.before(end)).then(|| self.bytes[end - 1]);
        if quote.is_some() {
            end -= 1;
            if self.before(end) == b'\\' {
                end -= 1;
            }
        }
        let length = self.run_back(end, NAME_LIMIT + 1, is_name_part);
        let mut name = Span::new(end - length, end);
        let lead = name
            .of(self.text)
            .bytes()
            .take_while(|byte| matches!(byte, b'-' | b'.' | b'$'))
            .count();
        if let Some(quote) = quote
            && (lead > 0 || self.before(name.start) != quote)
        {
            return None;
        }
        name.start += lead;
        let first = *name.of(self.text).as_bytes().first()?;
        (length <= NAME_LIMIT && !first.is_ascii_digit()).then_some(name)
    }

    /// The literal in quotes that begins at `at`, but for blanks and one or two letters.
    fn quoted(&self, at: usize) -> Option<Literal> {
        let mut open = at + self.run(at, BLANK_LIMIT, is_blank);
        if !is_quote(self.byte(open)) {
            open += self.run(open, 2, |byte| {
                b"bBrRuULNf@$&s".contains(&byte) || byte == b'\\'
            });
        }
        let quote = self.byte(open);
        if !is_quote(quote) {
            return None;
        }
        let start = open + 1;
        let limit = self.line.end.min(start + VALUE_LIMIT);
        let near = self.bytes.get(start..limit)?;
        let Some(length) = memchr::memchr(quote, near) else {
            // The end is too far off, or there is none on this line.
            return (limit < self.line.end)
                .then(|| Literal::bare(Span::new(start, self.text.ceil_char_boundary(limit))));
        };
        let mut span = Span::new(start, start + length);
        let escaped = self.before(open) == b'\\';
        if escaped && span.of(self.text).ends_with('\\') {
            span.end -= 1;
        }
        Some(Literal {
            end: start + length + 1,
            ..Literal::quoted(span)
        })
    }

    /// The literal without quotes at `at`, in `NAME=v`.
    fn bare(&self, name: Span, at: usize) -> Option<Literal> {
        let before = self.before(name.start);
        let free = matches!(before, b'\n' | b'-' | b'/' | b'$') || is_blank(before);
        let query = matches!(before, b'?' | b'&');
        if !free && !query && !is_quote(before) && !matches!(before, b'(' | b'>' | b'*' | b':') {
            return None;
        }
        if is_quote(self.byte(at)) {
            return None;
        }
        let ends = |byte: u8| {
            is_blank(byte) || (byte == before && is_quote(byte)) || (query && byte == b'&')
        };
        let length = self.run(at, VALUE_LIMIT, |byte| !ends(byte));
        let end = self.text.floor_char_boundary(at + length);
        let span = Span::new(at.min(end), end);
        if length >= VALUE_LIMIT {
            return Some(Literal::bare(Span::new(
                span.start,
                self.text.ceil_char_boundary(at + length),
            )));
        }
        let word = span.of(self.text);
        let word = word.strip_suffix("\\n").unwrap_or(word);
        // `echo NAME=v>> file`
        let word = word.strip_suffix(">>").unwrap_or(word);
        let trimmed = word.trim_end_matches([',', ';', '"', '\'', '`', '\\']);
        // `def name=(value)`, `name=[…]` are code.
        let brackets = matches!(trimmed.as_bytes(), [b'(', .., b')'] | [b'[', .., b']']);
        if trimmed.is_empty() || trimmed.starts_with('=') || brackets {
            return None;
        }
        let span = Span::new(at, at + trimmed.len());
        Some(Literal::bare(span))
    }
}
