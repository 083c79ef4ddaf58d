//! Literals that begin like operators: delimiters of the author's choice, regular expressions, characters, symbols.

use super::language::{Delimited, Escapes, Field};
use super::literal::field_in;
use super::token::{Kind, Lexer, Literal, Op};
use crate::text::Span;

/// A regular expression is no longer than this.
const LONGEST_REGEX: usize = 2000;
/// Fewer than this stand around a literal (Rust Reference, raw string literals: at most 255).
const MOST_HASHES: usize = 256;

impl Lexer<'_, '_> {
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
    pub(super) fn operand_follows(&self) -> bool {
        let Some(last) = self.out.list.last() else {
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
        let length = self.name_end(self.at + 1) - self.at - 1;
        if length == 0 || self.bytes[self.at + 1].is_ascii_digit() {
            return false;
        }
        self.push(Kind::Symbol, length + 1);
        true
    }

    /// `r#"…"#`, `#"…"#`.
    pub(super) fn hashed(&mut self, at: usize) -> bool {
        let hashes = self.bytes[at..]
            .iter()
            .take(MOST_HASHES)
            .take_while(|&&b| b == b'#')
            .count();
        if hashes == 0 || hashes == MOST_HASHES || self.bytes.get(at + hashes) != Some(&b'"') {
            return false;
        }
        let from = at + hashes + 1;
        if self.unclosed == 0 {
            self.give_up();
            return false;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let Some(by) = memchr::memmem::find(&self.bytes[from..], close.as_bytes()) else {
            self.in_vain();
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
        let raw = match self.language.delimited {
            Delimited::Percent => matches!(kind, "q" | "w" | "i"),
            Delimited::Sigils => matches!(kind, "S" | "C" | "w" | "W"),
            _ => matches!(kind, "q" | "qw"),
        };
        let list = match self.language.delimited {
            Delimited::Percent => matches!(kind, "w" | "i"),
            Delimited::Sigils => matches!(kind, "w" | "W"),
            _ => kind == "qw",
        };
        let text = raw
            || match self.language.delimited {
                Delimited::Percent => matches!(kind, "Q" | ""),
                Delimited::Sigils => matches!(kind, "s" | "c"),
                _ => kind == "qq",
            };
        let known = match self.language.delimited {
            Delimited::Percent => matches!(kind, "r" | "x" | "W" | "I" | "s"),
            Delimited::Sigils => matches!(kind, "r" | "R"),
            _ => matches!(kind, "qr" | "qx" | "m" | "s" | "y" | "tr"),
        };
        if !text && !known {
            return false;
        }
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
        if self.unclosed == 0 {
            self.give_up();
            return false;
        }
        let Some(mut end) = self.delimiter_end(open, close, at + 1) else {
            self.in_vain();
            return false;
        };
        let body = Span::new(at + 1, end);
        if !text && words && matches!(kind, "s" | "y" | "tr") {
            let second = if open == close { end + 1 } else { end + 2 };
            let Some(found) = self.delimiter_end(open, close, second) else {
                self.in_vain();
                return false;
            };
            end = found;
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
            field: if raw {
                Field::None
            } else if words {
                field_in(body.of(self.text), Field::Dollar, escapes)
            } else {
                field_in(body.of(self.text), Field::HashBrace, escapes)
            },
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
            .list
            .last()
            .is_some_and(|token| matches!(token.kind, Kind::Op(Op::Member | Op::Dot)))
    }

    fn delimiter_end(&self, open: u8, close: u8, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = from;
        while at < self.bytes.len() {
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
}

fn raw(body: Span, bytes: bool) -> Literal {
    Literal {
        body,
        escapes: Escapes::Raw,
        bytes,
        field: Field::None,
        multiline: true,
        quote: b'"',
        indent: 0,
        words: false,
        braces: false,
    }
}
