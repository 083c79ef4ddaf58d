//! String literals between quotes.

use super::language::{Escapes, Field, Layout, Quote};
use super::runs;
use super::token::{Kind, Lexer, Literal, Token};
use crate::text::Span;

/// So many letters at most stand before quotes.
const LONGEST_PREFIX: usize = 3;
/// A field filled in at run time is no longer than this.
const LONGEST_FIELD: usize = 1 << 16;
/// A field longer than this whose end was looked for in vain counts.
const SHORT_FIELD: usize = 4000;
/// A literal that is looked through some bytes at a time is hardly longer than this.
const SHORT: usize = 48;
/// Literals inside of fields of literals are told apart so deep.
const DEEPEST_FIELD: usize = 16;

impl Lexer<'_, '_> {
    /// A literal at the cursor, with its prefix.
    pub(super) fn literal(&mut self) -> bool {
        let letters = self.bytes.get(self.at..).unwrap_or_default().iter();
        let letters = letters.take(LONGEST_PREFIX);
        let prefix = letters
            .take_while(|&&b| self.begin.of(b).is_prefix())
            .count();
        // A prefix is no prefix in the middle of a name, and names are lexed whole; so it stands at their beginning here.
        for skip in [prefix, 0] {
            let at = self.at + skip;
            let first = self.bytes.get(at);
            if first.is_some_and(|&b| self.begin.of(b).is_quote()) {
                if self.language.hashed && self.hashed(at) {
                    return true;
                }
                let quotes = self.language.quotes;
                if let Some(quote) = quotes.iter().find(|quote| self.starts(at, quote.open)) {
                    self.quoted(quote, skip);
                    return true;
                }
            }
            if prefix == 0 {
                break;
            }
        }
        false
    }

    fn quoted(&mut self, quote: &Quote, prefix: usize) {
        if prefix == 0 && self.short(quote) {
            return;
        }
        let letters = &self.bytes[self.at..self.at + prefix];
        let has = |letter: u8| letters.iter().any(|b| b.eq_ignore_ascii_case(&letter));
        let mut escapes = quote.escapes;
        if has(b'r') {
            escapes = Escapes::Raw;
        } else if has(b'@') {
            escapes = Escapes::Doubled;
        }
        let from = self.at + prefix + quote.open.len();
        let mut line = self.line_end(from);
        // An escaped line end is part of the literal, as long as nothing before it ends that.
        let escaping = !matches!(
            escapes,
            Escapes::Raw | Escapes::Doubled | Escapes::QuoteOnly
        );
        let mut part = from;
        while escaping
            && line < self.bytes.len()
            && self.ends_escaped(part, line)
            && self.close_of(quote, escapes, part, line).is_none()
        {
            part = line + 1;
            line = self.line_end(part);
        }
        let block = quote.multiline || has(b'@');
        let (limit, mut multiline) = if block && self.unclosed > 0 {
            (self.bytes.len(), true)
        } else {
            (line, false)
        };
        let closed = self.close_of(quote, escapes, from, limit);
        if block && !multiline && closed.is_none() {
            self.give_up();
        }
        let (body_end, end) = if let Some(end) = closed {
            (end, end + quote.close.len())
        } else {
            // Not closed: it ends with its line.
            if multiline {
                self.in_vain();
            }
            multiline = false;
            let end = self.close_of(quote, escapes, from, line);
            let stop = line - usize::from(line > from && self.bytes.get(line - 1) == Some(&b'\r'));
            end.map_or((stop, line), |end| (end, end + quote.close.len()))
        };
        let mut body = Span::new(from, body_end);
        let mut indent = 0;
        if multiline && quote.layout != Layout::Verbatim {
            (body, indent) = self.laid_out(body, quote.layout);
        }
        let text = body.of(self.text);
        let filled = self.language.filled.iter();
        let filled = filled
            .filter(|(letter, _)| has(*letter))
            .map(|(_, field)| *field)
            .next();
        let braces = filled == Some(Field::Brace);
        let field = field_in(text, filled.unwrap_or(quote.field), escapes);
        let literal = Literal {
            body,
            escapes,
            bytes: has(b'b') && self.language.prefixes.contains(&b'b'),
            field,
            multiline,
            quote: quote.close.as_bytes().first().copied().unwrap_or(b'"'),
            indent,
            words: false,
            braces,
        };
        self.push_literal(literal, end);
    }

    /// Takes the literal at the cursor if it ends close by and nothing in it has a meaning of its own, as with most.
    fn short(&mut self, quote: &Quote) -> bool {
        let (&[_], &[close]) = (quote.open.as_bytes(), quote.close.as_bytes()) else {
            return false;
        };
        let from = self.at + 1;
        let mut end = from;
        while end < from + SHORT {
            let run = runs::plain(self.bytes, end, close);
            end += run;
            if run < runs::WIDE {
                match self.bytes.get(end) {
                    Some(&byte) if byte != close && !self.begin.of(byte).is_sign() => end += 1,
                    _ => break,
                }
            }
        }
        let doubled = quote.escapes == Escapes::Doubled;
        if doubled || self.bytes.get(end) != Some(&close) {
            return false;
        }
        let literal = Literal {
            body: Span::new(from, end),
            escapes: quote.escapes,
            bytes: false,
            field: Field::None,
            multiline: quote.multiline && self.unclosed > 0,
            quote: close,
            indent: 0,
            words: false,
            braces: false,
        };
        self.push_literal(literal, end + 1);
        true
    }

    /// Whether the line end at `line` is escaped by what stands before it, from `part` on.
    fn ends_escaped(&self, part: usize, line: usize) -> bool {
        match self.bytes[part..line].last() {
            Some(b'\r') => self.text[part..line].trim_end_matches('\r').ends_with('\\'),
            last => last == Some(&b'\\'),
        }
    }

    pub(super) fn push_literal(&mut self, literal: Literal, end: usize) {
        self.out.list.push(Token {
            kind: Kind::Str(literal),
            span: Span::new(self.at, end),
        });
        self.at = end;
    }

    /// The lines of a block: without the rest of the first line, and the indentation they share.
    fn laid_out(&self, body: Span, layout: Layout) -> (Span, u32) {
        let text = body.of(self.text);
        let Some(first) = text.find('\n').filter(|&at| text[..at].trim().is_empty()) else {
            return (body, 0);
        };
        let mut inner = Span::new(body.start + first + 1, body.end);
        let indent = shared_indent(inner.of(self.text), true);
        if layout == Layout::Enclosed
            && let Some(last) = inner.of(self.text).rfind('\n')
        {
            inner.end = inner.start + last;
            if inner.of(self.text).ends_with('\r') {
                inner.end -= 1;
            }
        }
        (inner, indent)
    }

    /// Where the closing quote stands, before `limit`.
    fn close_of(
        &self,
        quote: &Quote,
        escapes: Escapes,
        from: usize,
        limit: usize,
    ) -> Option<usize> {
        let first = *quote.close.as_bytes().first()?;
        let opener = match quote.field {
            Field::DollarBrace | Field::Dollar => b'$',
            Field::HashBrace => b'#',
            Field::BackslashParen | Field::Brace | Field::None => b'\\',
        };
        let mut at = from;
        while at < limit {
            let by = memchr::memchr3(first, b'\\', opener, self.bytes.get(at..limit)?)?;
            at += by;
            if self.starts(at, quote.close) {
                if escapes == Escapes::Doubled && self.bytes.get(at + 1) == Some(&first) {
                    at += 2;
                    continue;
                }
                return Some(at);
            }
            let field = match quote.field {
                Field::BackslashParen => self.starts(at, "\\("),
                Field::None | Field::Brace => false,
                _ => self.bytes[at] == opener && self.bytes.get(at + 1) == Some(&b'{'),
            };
            let left = self.fields.get();
            if field && left > 0 {
                if let Some(end) = self.field_end(at + 1, limit, 0) {
                    at = end;
                    continue;
                }
                if limit - at > SHORT_FIELD {
                    self.fields.set(left - 1);
                    self.far.set(self.bytes.len());
                } else {
                    self.far.set(self.far.get().max(limit));
                }
            }
            if self.bytes[at] == b'\\' {
                // Python's raw strings too cannot end after an odd number of backslashes.
                let plain = match escapes {
                    Escapes::Doubled => true,
                    Escapes::Raw => !self.language.prefixes.contains(&b'u') || quote.open == "`",
                    _ => false,
                };
                at += if plain { 1 } else { 2 };
                continue;
            }
            at += 1;
        }
        None
    }

    /// Behind the bracket that closes the field whose opening one stands at `at`.
    fn field_end(&self, at: usize, limit: usize, depth: usize) -> Option<usize> {
        let limit = limit.min(at + LONGEST_FIELD);
        let mut open = 0_usize;
        let mut at = at;
        while at < limit {
            match self.bytes[at] {
                b'{' | b'(' => open += 1,
                b'}' | b')' => {
                    open = open.checked_sub(1)?;
                    if open == 0 {
                        return Some(at + 1);
                    }
                }
                b'\\' => at += 1,
                quote @ (b'"' | b'\'' | b'`') => {
                    at = self.inner_close(quote, at + 1, limit, depth)?;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The end of a literal inside a field.
    fn inner_close(&self, quote: u8, from: usize, limit: usize, depth: usize) -> Option<usize> {
        let mut at = from;
        while at < limit {
            match self.bytes[at] {
                b'\\' => at += 1,
                b'\n' if quote != b'`' => return None,
                byte if byte == quote => return Some(at),
                b'$' | b'#' if depth < DEEPEST_FIELD && self.bytes.get(at + 1) == Some(&b'{') => {
                    at = self.field_end(at + 1, limit, depth + 1)?;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// The white space all lines begin with; blank lines do not count, save the last where `last` says so.
pub(super) fn shared_indent(text: &str, last: bool) -> u32 {
    let mut least = usize::MAX;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let blank = line.trim_ascii().is_empty();
        if blank && !(last && lines.peek().is_none()) {
            continue;
        }
        let indent = line
            .bytes()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        least = least.min(indent);
    }
    u32::try_from(least)
        .ok()
        .filter(|&least| least < 1000)
        .unwrap_or(0)
}

/// The sort of the fields a literal holds, where it holds any.
pub(super) fn field_in(body: &str, field: Field, escapes: Escapes) -> Field {
    if has_field(body, field, escapes) {
        field
    } else {
        Field::None
    }
}

/// Whether a literal holds a field filled in at run time.
fn has_field(body: &str, field: Field, escapes: Escapes) -> bool {
    let bytes = body.as_bytes();
    let mark = match field {
        Field::None => return false,
        Field::Brace => return has_braces(body),
        Field::DollarBrace | Field::Dollar => b'$',
        Field::HashBrace => b'#',
        Field::BackslashParen => return memchr::memmem::find(bytes, b"\\(").is_some(),
    };
    let mut at = 0;
    while let Some(by) = memchr::memchr2(mark, b'\\', bytes.get(at..).unwrap_or_default()) {
        at += by;
        if bytes[at] == b'\\' {
            at += if escapes == Escapes::Raw { 1 } else { 2 };
            continue;
        }
        let next = bytes.get(at + 1);
        let name = next.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
        if next == Some(&b'{') || (field == Field::Dollar && name) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether an f-string holds a replacement field; doubled braces are none.
fn has_braces(body: &str) -> bool {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(by) = memchr::memchr(b'{', &bytes[at..]) {
        at += by + 1;
        if bytes.get(at) != Some(&b'{') {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests;
