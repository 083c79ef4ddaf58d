//! String literals of every sort: quotes, prefixes, heredocs, delimiters of the author's choice, regular expressions.

use super::language::{Delimited, Escapes, Field, Heredocs, Layout, Quote};
use super::token::{Kind, Lexer, Literal, Op, Token};
use crate::text::Span;

/// A field filled in at run time is no longer than this.
const LONGEST_FIELD: usize = 4000;
/// A regular expression is no longer than this.
const LONGEST_REGEX: usize = 2000;
/// Fewer than this stand around a literal.
const MOST_HASHES: usize = 16;
/// Lines of one literal joined by backslashes.
const MOST_JOINED_LINES: usize = 100;
/// Lines of a literal looked at for the indentation they share.
const MOST_LINES: usize = 10_000;

impl Lexer<'_, '_> {
    /// A literal at the cursor, with its prefix.
    pub(super) fn literal(&mut self) -> bool {
        let prefix = self.bytes[self.at..]
            .iter()
            .take(3)
            .take_while(|b| self.language.prefixes.contains(&b.to_ascii_lowercase()))
            .count();
        // A prefix is no prefix in the middle of a name, and names are lexed whole; so it stands at their beginning here.
        for skip in [prefix, 0] {
            let at = self.at + skip;
            if self.language.hashed && self.hashed(at) {
                return true;
            }
            let quotes = self.language.quotes;
            if let Some(quote) = quotes.iter().find(|quote| self.starts(at, quote.open)) {
                self.quoted(quote, skip);
                return true;
            }
            if prefix == 0 {
                break;
            }
        }
        false
    }

    fn quoted(&mut self, quote: &Quote, prefix: usize) {
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
        // An escaped line end is part of the literal.
        if !matches!(
            escapes,
            Escapes::Raw | Escapes::Doubled | Escapes::QuoteOnly
        ) {
            for _ in 0..MOST_JOINED_LINES {
                if line >= self.bytes.len()
                    || !self.text[from..line].trim_end_matches('\r').ends_with('\\')
                {
                    break;
                }
                line = self.line_end(line + 1);
            }
        }
        let (limit, mut multiline) = if quote.multiline || has(b'@') {
            (self.bytes.len(), true)
        } else {
            (line, false)
        };
        let closed = self.close_of(quote, escapes, from, limit);
        let (body_end, end) = match closed {
            Some(end) => (end, end + quote.close.len()),
            // Not closed: it ends with its line.
            None => {
                multiline = false;
                let end = self.close_of(quote, escapes, from, line);
                let stop =
                    line - usize::from(line > from && self.bytes.get(line - 1) == Some(&b'\r'));
                end.map_or((stop, line), |end| (end, end + quote.close.len()))
            }
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
        let field = has_field(text, filled.unwrap_or(quote.field), escapes);
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

    fn push_literal(&mut self, literal: Literal, end: usize) {
        self.out.tokens.push(Token {
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
            if field && let Some(end) = self.field_end(at + 1, limit, 0) {
                at = end;
                continue;
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
                    at = self.inner_close(quote, at + 1, limit, depth)?
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
                b'$' | b'#' if depth < 3 && self.bytes.get(at + 1) == Some(&b'{') => {
                    at = self.field_end(at + 1, limit, depth + 1)?;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Literals that begin like operators: heredocs, `%q()`, `~s()`, regular expressions, characters, symbols.
    pub(super) fn special(&mut self) -> bool {
        match self.bytes.get(self.at) {
            Some(b'<') => self.heredoc(),
            Some(b'/') => self.language.regex && self.operand_follows() && self.regex(),
            Some(b'\'') => self.language.chars && self.character(),
            Some(b'?') => self.language.symbols && self.question_character(),
            Some(b':') => self.language.symbols && self.symbol(),
            Some(b'%') if self.language.delimited == Delimited::Percent => {
                self.operand_follows() && self.delimited(1)
            }
            Some(b'~') if self.language.delimited == Delimited::Sigils => self.delimited(1),
            Some(b'q' | b'm' | b's' | b'y' | b't') => {
                self.language.delimited == Delimited::Words && self.delimited(0)
            }
            _ => false,
        }
    }

    /// Whether an operand may stand here, not an operator.
    fn operand_follows(&self) -> bool {
        let Some(last) = self.out.tokens.last() else {
            return true;
        };
        match last.kind {
            Kind::Number | Kind::Str(_) | Kind::Close(_) | Kind::Symbol => false,
            Kind::Name => {
                let spaced = last.span.end < self.at
                    && self.language.commands
                    && !matches!(self.bytes.get(self.at + 1), Some(b' ' | b'='));
                spaced
                    || matches!(
                        last.span.of(self.text),
                        "return"
                            | "typeof"
                            | "if"
                            | "unless"
                            | "when"
                            | "and"
                            | "or"
                            | "not"
                            | "case"
                            | "in"
                            | "of"
                            | "while"
                            | "until"
                            | "then"
                            | "else"
                            | "do"
                            | "yield"
                            | "await"
                            | "void"
                            | "delete"
                    )
            }
            Kind::Op(_) | Kind::Open(_) | Kind::Newline => true,
        }
    }

    fn regex(&mut self) -> bool {
        let limit = self.line_end(self.at).min(self.at + LONGEST_REGEX);
        let mut class = false;
        let mut at = self.at + 1;
        while at < limit {
            match self.bytes[at] {
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    let flags = self.bytes[at + 1..]
                        .iter()
                        .take_while(|b| b.is_ascii_lowercase())
                        .count();
                    self.push(Kind::Number, at + 1 + flags - self.at);
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// `'c'`, which is a number here.
    fn character(&mut self) -> bool {
        let rest = &self.text[self.at + 1..];
        let length = match rest.chars().next() {
            Some('\\') => rest
                .bytes()
                .skip(2)
                .take(10)
                .position(|b| b == b'\'')
                .map(|at| at + 2),
            Some(character) if rest[character.len_utf8()..].starts_with('\'') => {
                Some(character.len_utf8())
            }
            _ => None,
        };
        let Some(length) = length else {
            return false;
        };
        if !self.text.is_char_boundary(self.at + length + 2) {
            return false;
        }
        self.push(Kind::Number, length + 2);
        true
    }

    /// `?"`: a quote that begins nothing.
    fn question_character(&mut self) -> bool {
        let quote = matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\'' | b'`'));
        let follows = self.bytes.get(self.at + 2);
        if quote && self.operand_follows() && !follows.is_some_and(u8::is_ascii_alphanumeric) {
            self.push(Kind::Number, 2);
            return true;
        }
        false
    }

    fn symbol(&mut self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
        if before.is_some_and(|&b| {
            b == b':' || self.is_name(b) || matches!(b, b'"' | b'\'' | b')' | b']')
        }) {
            return false;
        }
        let length = self.bytes[self.at + 1..]
            .iter()
            .take_while(|&&b| self.is_name(b))
            .count();
        if length == 0 || self.bytes[self.at + 1].is_ascii_digit() {
            return false;
        }
        self.push(Kind::Symbol, length + 1);
        true
    }

    /// `r#"…"#`, `#"…"#`.
    fn hashed(&mut self, at: usize) -> bool {
        let hashes = self.bytes[at..]
            .iter()
            .take(MOST_HASHES)
            .take_while(|&&b| b == b'#')
            .count();
        if hashes == 0 || hashes == MOST_HASHES || self.bytes.get(at + hashes) != Some(&b'"') {
            return false;
        }
        let from = at + hashes + 1;
        if self.heredocs == 0 {
            return false;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let Some(by) = memchr::memmem::find(&self.bytes[from..], close.as_bytes()) else {
            self.heredocs -= 1;
            return false;
        };
        let body = Span::new(from, from + by);
        let bytes = self.bytes[self.at..at].contains(&b'b');
        self.push_literal(raw(body, bytes), from + by + close.len());
        true
    }

    /// A literal between delimiters of the author's choice; its letters begin `skip` bytes on.
    fn delimited(&mut self, skip: usize) -> bool {
        let from = self.at + skip;
        let letters = self.bytes[from..]
            .iter()
            .take(4)
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        let kind = &self.text[from..from + letters];
        let words = self.language.delimited == Delimited::Words;
        let (text, list, raw) = match (self.language.delimited, kind) {
            (Delimited::Percent, "q")
            | (Delimited::Sigils, "S" | "C")
            | (Delimited::Words, "q") => (true, false, true),
            (Delimited::Percent, "Q" | "")
            | (Delimited::Sigils, "s" | "c")
            | (Delimited::Words, "qq") => (true, false, false),
            (Delimited::Percent, "w" | "i")
            | (Delimited::Sigils, "w" | "W")
            | (Delimited::Words, "qw") => (true, true, true),
            (Delimited::Percent, "r" | "x" | "W" | "I" | "s")
            | (Delimited::Sigils, "r" | "R")
            | (Delimited::Words, "qr" | "qx" | "m" | "s" | "y" | "tr") => (false, false, true),
            _ => return false,
        };
        let mut at = from + letters;
        if words {
            at += self.bytes[at..]
                .iter()
                .take(2)
                .take_while(|&&b| b == b' ')
                .count();
        }
        let Some(&open) = self.bytes.get(at) else {
            return false;
        };
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            b'/' | b'|' | b'!' | b'^' | b'~' | b'"' | b'\'' | b'#' | b'@' => open,
            _ => return false,
        };
        // `m / 2`, `s = 1`: a name and an operator.
        if words
            && (close == open && at > from + letters
                || !self.operand_follows()
                || self.after_member())
        {
            return false;
        }
        let Some(mut end) = self.delimiter_end(open, close, at + 1) else {
            return false;
        };
        let body = Span::new(at + 1, end);
        if !text && words && matches!(kind, "s" | "y" | "tr") {
            let second = if open == close { end + 1 } else { end + 2 };
            match self.delimiter_end(open, close, second) {
                Some(found) => end = found,
                None => return false,
            }
        }
        end += 1;
        if !text {
            self.push(Kind::Number, end - self.at);
            return true;
        }
        let escapes = match (raw, words) {
            (true, _) => Escapes::QuoteOnly,
            (false, _) => Escapes::Ruby,
        };
        let literal = Literal {
            body,
            escapes,
            bytes: false,
            field: !raw
                && has_field(
                    body.of(self.text),
                    if words {
                        Field::Dollar
                    } else {
                        Field::HashBrace
                    },
                    escapes,
                ),
            multiline: true,
            quote: close,
            indent: 0,
            words: list,
            braces: false,
        };
        self.push_literal(literal, end);
        true
    }

    fn after_member(&self) -> bool {
        self.out
            .tokens
            .last()
            .is_some_and(|token| matches!(token.kind, Kind::Op(Op::Member | Op::Dot)))
    }

    fn delimiter_end(&self, open: u8, close: u8, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = from;
        let limit = self.bytes.len().min(from + LONGEST_FIELD);
        while at < limit {
            match self.bytes[at] {
                b'\\' => at += 1,
                byte if byte == close => {
                    if depth == 0 {
                        return Some(at);
                    }
                    depth -= 1;
                }
                byte if byte == open => depth += 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn heredoc(&mut self) -> bool {
        let php = match self.language.heredocs {
            Heredocs::No => return false,
            Heredocs::Php => true,
            Heredocs::Ruby => false,
        };
        let mark = if php { "<<<" } else { "<<" };
        if !self.starts(self.at, mark) || self.heredocs == 0 {
            return false;
        }
        let mut at = self.at + mark.len();
        let style = self.bytes.get(at).copied();
        if php {
            at += self.bytes[at..].iter().take_while(|&&b| b == b' ').count();
        } else if matches!(style, Some(b'~' | b'-')) {
            at += 1;
        } else if !self.operand_follows() {
            return false;
        }
        let quote = self
            .bytes
            .get(at)
            .copied()
            .filter(|b| matches!(b, b'"' | b'\''));
        at += usize::from(quote.is_some());
        let length = self.bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let label = &self.text[at..at + length];
        // `1 << x` and `list << item`: a heredoc without a mark or quotes has a shouted name.
        if label.is_empty()
            || label.as_bytes()[0].is_ascii_digit()
            || !php && quote.is_none() && !label.as_bytes()[0].is_ascii_uppercase()
        {
            return false;
        }
        at += length;
        if let Some(quote) = quote {
            if self.bytes.get(at) != Some(&quote) {
                return false;
            }
            at += 1;
        }
        let first = self
            .resume
            .unwrap_or_else(|| self.line_end(at) + 1)
            .min(self.bytes.len());
        let Some((end, close)) = self.heredoc_end(first, label, php) else {
            self.heredocs -= 1;
            return false;
        };
        let mut body = Span::new(first, end);
        let mut indent = 0;
        if php {
            indent = u32::try_from(close - label.len() - end).unwrap_or(0);
            // The last line's end belongs to the mark.
            body.end = body.end.saturating_sub(1).max(body.start);
            if body.of(self.text).ends_with('\r') {
                body.end -= 1;
            }
        } else if style == Some(b'~') {
            indent = shared_indent(body.of(self.text), false);
        }
        let raw = quote == Some(b'\'');
        let (escapes, field) = match (raw, php) {
            (true, _) => (Escapes::Raw, Field::None),
            (false, true) => (Escapes::Php, Field::Dollar),
            (false, false) if self.language.delimited == Delimited::Words => {
                (Escapes::Ruby, Field::Dollar)
            }
            (false, false) => (Escapes::Ruby, Field::HashBrace),
        };
        let literal = Literal {
            body,
            escapes,
            bytes: false,
            field: has_field(body.of(self.text), field, escapes),
            multiline: true,
            quote: b'"',
            indent,
            words: false,
            braces: false,
        };
        let behind = if php { close } else { at };
        self.push_literal(literal, behind);
        if !php {
            self.resume = Some((self.line_end(close) + 1).min(self.bytes.len()));
        }
        true
    }

    /// The beginning of the line that ends a heredoc, and the end of its label.
    fn heredoc_end(&self, first: usize, label: &str, php: bool) -> Option<(usize, usize)> {
        let mut line = first;
        while line < self.bytes.len() {
            let end = self.line_end(line);
            let text = &self.text[line..end];
            let trimmed = text.trim_ascii_start();
            if let Some(rest) = trimmed.strip_prefix(label)
                && (rest.trim_ascii_end().is_empty()
                    || php && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            {
                return Some((line, line + text.len() - trimmed.len() + label.len()));
            }
            line = end + 1;
        }
        None
    }
}

fn raw(body: Span, bytes: bool) -> Literal {
    Literal {
        body,
        escapes: Escapes::Raw,
        bytes,
        field: false,
        multiline: true,
        quote: b'"',
        indent: 0,
        words: false,
        braces: false,
    }
}

/// The white space all lines begin with; blank lines do not count, save the last where `last` says so.
fn shared_indent(text: &str, last: bool) -> u32 {
    let mut least = usize::MAX;
    let mut lines = text.split('\n').take(MOST_LINES).peekable();
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
