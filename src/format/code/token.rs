//! Source text to tokens: enough of a lexer for any language with names, literals and brackets.
//!
//! It never fails. A literal that is not closed ends with its line, so that one broken line does not hide the rest.

use super::language::{Escapes, Language, Quote};
use crate::text::Span;

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Str(Literal),
    Open(u8),
    Close(u8),
    Op(Op),
    Newline,
}

/// A string literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Between the quotes.
    pub body: Span,
    pub escapes: Escapes,
    pub bytes: bool,
    /// Holds a field filled in at run time.
    pub field: bool,
    pub multiline: bool,
    /// Delimiter, for [`Escapes::Doubled`] and [`Escapes::QuoteOnly`].
    pub quote: u8,
}

/// Operators that matter here; all others are [`Op::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `=` and `:=`.
    Assign,
    /// `||=`, `??=`, `?=`.
    OrAssign,
    /// `==`, `!=`, `<=` …: never gives a value to a name.
    Compare,
    /// `=>`.
    Arrow,
    /// `.`, `?.`, `&.`.
    Dot,
    /// `->` and `::`.
    Member,
    Colon,
    Comma,
    Semicolon,
    Plus,
    /// `||`, `??`, `?:`.
    Or,
    Question,
    /// `<>` (Elixir).
    Join,
    Other,
}

/// The tokens of a text, and its comments.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub tokens: Vec<Token>,
    pub comments: Vec<Span>,
}

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str, language: &Language) -> Tokens {
    Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        language,
        out: Tokens::default(),
    }
    .run()
}

struct Lexer<'t, 'l> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    language: &'l Language,
    out: Tokens,
}

impl Lexer<'_, '_> {
    fn run(mut self) -> Tokens {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.push(Kind::Newline, 1),
                b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
                b'\\' if self.rest_is_line_end(1) => self.skip_line_end(),
                _ if self.comment() || self.literal() => {}
                b'0'..=b'9' => self.word(Kind::Number),
                _ if self.is_name(byte) => self.word(Kind::Name),
                b'(' | b'[' | b'{' => self.push(Kind::Open(byte), 1),
                b')' | b']' | b'}' => self.push(Kind::Close(byte), 1),
                _ => self.operator(),
            }
        }
        self.out
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.out.tokens.push(Token {
            kind,
            span: Span::new(self.at, self.at + length),
        });
        self.at += length;
    }

    fn starts(&self, at: usize, what: &str) -> bool {
        self.bytes
            .get(at..)
            .is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    fn is_name(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte >= 0x80
            || self.language.name_extra.contains(&byte)
    }

    fn rest_is_line_end(&self, by: usize) -> bool {
        matches!(self.bytes.get(self.at + by), Some(b'\n')) || self.starts(self.at + by, "\r\n")
    }

    fn skip_line_end(&mut self) {
        self.at += 2 + usize::from(self.bytes.get(self.at + 1) == Some(&b'\r'));
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |by| from + by)
    }

    fn comment(&mut self) -> bool {
        for (open, close) in self.language.block_comments {
            if self.starts(self.at, open) {
                let from = self.at + open.len();
                let end = memchr::memmem::find(&self.bytes[from..], close.as_bytes())
                    .map_or(self.bytes.len(), |by| from + by + close.len());
                self.out.comments.push(Span::new(self.at, end));
                self.at = end;
                return true;
            }
        }
        for open in self.language.line_comments {
            if self.starts(self.at, open) {
                let mut end = self.line_end(self.at);
                if end > self.at && self.bytes.get(end - 1) == Some(&b'\r') {
                    end -= 1;
                }
                self.out.comments.push(Span::new(self.at, end));
                self.at = end;
                return true;
            }
        }
        false
    }

    /// A literal at the cursor, with its prefix.
    fn literal(&mut self) -> bool {
        let prefix = self.bytes[self.at..]
            .iter()
            .take(3)
            .take_while(|b| self.language.prefixes.contains(&b.to_ascii_lowercase()))
            .count();
        // A prefix is no prefix in the middle of a name, and names are lexed whole; so it stands at their beginning here.
        for skip in [prefix, 0] {
            let at = self.at + skip;
            for quote in self.language.quotes {
                if self.starts(at, quote.open) {
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
        let letters = &self.bytes[self.at..self.at + prefix];
        let has = |letter: u8| letters.iter().any(|b| b.eq_ignore_ascii_case(&letter));
        let mut escapes = quote.escapes;
        if has(b'r') {
            escapes = Escapes::Raw;
        } else if has(b'@') {
            escapes = Escapes::Doubled;
        }
        let from = self.at + prefix + quote.open.len();
        let line = self.line_end(from);
        let (limit, multiline) = if quote.multiline || has(b'@') {
            (self.bytes.len(), true)
        } else {
            (line, false)
        };
        let closed = self.close_of(quote, escapes, from, limit);
        let (body_end, end) = match closed {
            Some(end) => (end, end + quote.close.len()),
            // Not closed: it ends with its line.
            None => {
                let end = self.close_of(quote, escapes, from, line);
                let stop =
                    line - usize::from(line > from && self.bytes.get(line - 1) == Some(&b'\r'));
                end.map_or((stop, line), |end| (end, end + quote.close.len()))
            }
        };
        let body = Span::new(from, body_end);
        let field = quote
            .field
            .is_some_and(|open| body.of(self.text).contains(open))
            || (has(b'f') || has(b'$') || has(b't')) && has_field(body.of(self.text));
        let literal = Literal {
            body,
            escapes,
            bytes: has(b'b'),
            field,
            multiline,
            quote: quote.close.as_bytes().first().copied().unwrap_or(b'"'),
        };
        self.out.tokens.push(Token {
            kind: Kind::Str(literal),
            span: Span::new(self.at, end),
        });
        self.at = end;
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
        let mut at = from;
        while at < limit {
            let by = memchr::memchr2(first, b'\\', &self.bytes[at..limit])?;
            at += by;
            if self.bytes[at] == b'\\' && first != b'\\' {
                // Python's raw strings too cannot end after an odd number of backslashes.
                let literal = matches!(escapes, Escapes::Doubled)
                    || (escapes == Escapes::Raw && quote.open == "`");
                at += if literal { 1 } else { 2 };
                continue;
            }
            if self.starts(at, quote.close) {
                if escapes == Escapes::Doubled && self.bytes.get(at + 1) == Some(&first) {
                    at += 2;
                    continue;
                }
                return Some(at);
            }
            at += 1;
        }
        None
    }

    fn word(&mut self, kind: Kind) {
        let length = self.bytes[self.at..]
            .iter()
            .take_while(|&&b| self.is_name(b))
            .count();
        self.push(kind, length.max(1));
    }

    fn operator(&mut self) {
        const OPERATORS: &[(&str, Op)] = &[
            ("===", Op::Compare),
            ("!==", Op::Compare),
            ("||=", Op::OrAssign),
            ("??=", Op::OrAssign),
            ("<=>", Op::Compare),
            ("?->", Op::Member),
            ("...", Op::Other),
            ("&&=", Op::Other),
            ("<<=", Op::Other),
            (">>=", Op::Other),
            ("**=", Op::Other),
            ("==", Op::Compare),
            ("!=", Op::Compare),
            ("<=", Op::Compare),
            (">=", Op::Compare),
            ("=~", Op::Compare),
            ("!~", Op::Compare),
            (":=", Op::Assign),
            ("?=", Op::OrAssign),
            ("=>", Op::Arrow),
            ("->", Op::Member),
            ("::", Op::Member),
            ("?.", Op::Dot),
            ("&.", Op::Dot),
            ("||", Op::Or),
            ("??", Op::Or),
            ("?:", Op::Or),
            ("<>", Op::Join),
            ("+=", Op::Other),
            ("-=", Op::Other),
            ("*=", Op::Other),
            ("/=", Op::Other),
            ("|=", Op::Other),
            ("&=", Op::Other),
            ("%=", Op::Other),
            ("^=", Op::Other),
            (".=", Op::Other),
            ("<<", Op::Other),
            ("&&", Op::Other),
            ("++", Op::Other),
            ("=", Op::Assign),
            (".", Op::Dot),
            (":", Op::Colon),
            (",", Op::Comma),
            (";", Op::Semicolon),
            ("+", Op::Plus),
            ("?", Op::Question),
        ];
        let found = OPERATORS
            .iter()
            .find(|(text, _)| self.starts(self.at, text));
        match found {
            Some((text, op)) => self.push(Kind::Op(*op), text.len()),
            None => self.push(Kind::Op(Op::Other), 1),
        }
    }
}

/// Whether an f-string holds a replacement field; doubled braces are none.
fn has_field(body: &str) -> bool {
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
