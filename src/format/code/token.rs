//! Source text to tokens: enough of a lexer for any language with names, literals and brackets.
//!
//! It never fails. A literal that is not closed ends with its line, so that one broken line does not hide the rest.

use std::cell::Cell;

use super::begin::{Begin, Meaning};
use super::island::has_islands;
use super::joined::join_lines;
use super::language::{Escapes, Field, Language};
pub(super) use super::operator::Op;
use super::operator::{goes_on, operator};
use super::runs;
use crate::format::Limit;
use crate::text::Span;

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// What a token is; told by a byte of its own, which is asked for more often than anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Name,
    Number,
    Str(Literal),
    Open(u8),
    Close(u8),
    Op(Op),
    Newline,
    /// `:name`.
    Symbol,
}

/// A string literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Between the quotes.
    pub body: Span,
    pub escapes: Escapes,
    pub bytes: bool,
    /// The sort of the fields in it that are filled in at run time, where there are any.
    pub field: Field,
    pub multiline: bool,
    /// Delimiter, for [`Escapes::Doubled`] and [`Escapes::QuoteOnly`].
    pub quote: u8,
    /// So much white space at the beginning of each line is layout.
    pub indent: u32,
    /// A list of words.
    pub words: bool,
    /// Doubled braces stand for one.
    pub braces: bool,
}

impl Literal {
    /// Whether it holds a field that is filled in at run time.
    pub(super) fn is_filled(&self) -> bool {
        self.field != Field::None
    }
}

/// The tokens of a text, and its comments.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub list: Vec<Token>,
    pub comments: Vec<Span>,
    /// Where the end of a literal over several lines was looked for no more.
    pub cut: Option<(Limit, usize)>,
}

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str, language: &Language) -> Tokens {
    let mut lexer = Lexer::new(text, language);
    lexer.reserve(text.len() / BYTES[usize::from(text.len() >= LARGE)]);
    if has_islands(text, language) {
        lexer.island = Some("");
        lexer.next_island();
    }
    lexer.rest()
}

/// The tokens of a piece of `text` that can be read alone; they end in one that ends a line, save at the end of the text.
pub(super) fn tokens_of(text: &str, piece: Span, language: &Language) -> Tokens {
    let mut lexer = Lexer::new(&text[..piece.end], language);
    lexer.at = piece.start;
    lexer.reserve(piece.len() / BYTES[0]);
    let mut tokens = lexer.rest();
    let last = tokens.list.last();
    if piece.end < text.len() && last.is_some_and(|token| token.kind != Kind::Newline) {
        tokens.list.push(Token {
            kind: Kind::Newline,
            span: Span::new(piece.end, piece.end),
        });
    }
    tokens
}

/// The tokens of `text` without these parts of it, each of which begins and ends behind a semicolon.
pub(super) fn tokens_around(text: &str, without: &[Span], language: &Language) -> Tokens {
    let mut lexer = Lexer::new(text, language);
    let left_out: usize = without.iter().map(|span| span.len()).sum();
    lexer.reserve(text.len().saturating_sub(left_out) / BYTES[0]);
    for span in without {
        while lexer.at < span.start && lexer.step() {}
        lexer.at = span.end;
    }
    lexer.rest()
}

/// Bytes of an average token, with what stands before the next; of large texts, which may be dense: what is not used of so much room costs nothing.
const BYTES: [usize; 2] = [5, 2];
const LARGE: usize = 1 << 18;

/// Ends of literals over several lines are looked for in vain so often.
const MOST_UNCLOSED: usize = 50;

pub(super) struct Lexer<'t, 'l> {
    pub text: &'t str,
    pub bytes: &'t [u8],
    pub at: usize,
    pub language: &'l Language,
    pub out: Tokens,
    /// Where the text goes on after this line: behind the heredocs that began in it.
    pub resume: Option<usize>,
    /// So many literals over several lines that do not end may still come.
    pub unclosed: usize,
    /// How far a look ahead went that did not become a token.
    pub far: Cell<usize>,
    /// So many long fields that do not end may still come.
    pub fields: Cell<usize>,
    /// What bytes begin.
    pub begin: Begin,
    /// What ends the code, where it is an island in other text.
    pub island: Option<&'static str>,
    /// A place and the end of its line.
    line: Cell<(usize, usize)>,
}

impl<'t, 'l> Lexer<'t, 'l> {
    /// A lexer at the beginning of `text`.
    pub(super) fn new(text: &'t str, language: &'l Language) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            language,
            out: Tokens::default(),
            resume: None,
            unclosed: MOST_UNCLOSED,
            far: Cell::new(0),
            fields: Cell::new(MOST_UNCLOSED),
            begin: Begin::new(language),
            island: None,
            line: Cell::new((1, 0)),
        }
    }
}

impl Lexer<'_, '_> {
    /// Begins anew at a place, as if nothing had been read.
    pub(super) fn restart(&mut self, at: usize) {
        self.out.list.clear();
        self.out.comments.clear();
        (self.out.cut, self.resume, self.island) = (None, None, None);
        (self.at, self.unclosed) = (at, MOST_UNCLOSED);
        (self.far, self.fields) = (Cell::new(0), Cell::new(MOST_UNCLOSED));
    }

    /// Makes room for so many tokens.
    pub(super) fn reserve(&mut self, tokens: usize) {
        self.out.list.reserve(tokens + 2);
    }

    /// Reads from the cursor to the end of the text.
    fn rest(mut self) -> Tokens {
        while self.next() {}
        if self.fields.get() == 0 {
            self.give_up();
        }
        if self.language.continues {
            join_lines(&mut self.out.list);
        }
        self.out
    }

    /// Reads what follows the blanks at the cursor: at most one token, or lines of comments. `false` at the end.
    #[expect(clippy::inline_always, reason = "each token is read by it")]
    #[inline(always)]
    pub(super) fn next(&mut self) -> bool {
        self.at = self.behind_blanks(self.at);
        self.step()
    }

    /// Reads what stands at the cursor: at most one token, or lines of comments. `false` at the end.
    #[expect(clippy::inline_always, reason = "each token is read by it")]
    #[inline(always)]
    pub(super) fn step(&mut self) -> bool {
        let Some(&byte) = self.bytes.get(self.at) else {
            return false;
        };
        let meaning = self.begin.of(byte);
        if !meaning.is_name_only()
            && meaning.is_mark()
            && let Some(more) = self.marked(byte, meaning)
        {
            return more;
        }
        if meaning.is_name() {
            self.word(byte);
            return true;
        }
        match byte {
            b'\n' => self.newline(),
            b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
            b'(' | b'[' | b'{' => self.push(Kind::Open(byte), 1),
            b')' | b']' | b'}' => self.push(Kind::Close(byte), 1),
            _ => self.operator(byte),
        }
        true
    }

    /// Reads what is neither name, number, bracket nor operator, if such a thing stands at the cursor; gives whether the code goes on behind
    /// it.
    #[inline(never)]
    fn marked(&mut self, byte: u8, meaning: Meaning) -> Option<bool> {
        if meaning.is_rare() {
            if let Some(close) = self.island
                && !close.is_empty()
                && self.starts(self.at, close)
            {
                self.next_island();
                return Some(true);
            }
            if byte == b'\\' && self.rest_is_line_end(1) {
                self.skip_line_end();
                return Some(true);
            }
            if !self.language.ends.is_empty() && self.at_line_start() && self.ends_here() {
                return Some(false);
            }
        }
        let found = meaning.is_comment() && self.comment()
            || (meaning.is_quote() || meaning.is_prefix()) && self.literal()
            || meaning.is_special() && self.special();
        found.then_some(true)
    }

    /// Notes that the end of a literal was looked for in vain up to the end of the text.
    pub(super) fn in_vain(&mut self) {
        self.unclosed -= 1;
        self.far.set(self.bytes.len());
    }

    /// Whether so much was looked for in vain that something was not looked for.
    pub(super) fn gave_up(&self) -> bool {
        self.out.cut.is_some() || self.fields.get() == 0
    }

    /// Whether the end of anything was looked for in vain.
    pub(super) fn looked_in_vain(&self) -> bool {
        self.gave_up() || self.unclosed < MOST_UNCLOSED || self.fields.get() < MOST_UNCLOSED
    }

    /// Tells that the literal at the cursor may go on beyond its line.
    pub(super) fn give_up(&mut self) {
        let first = (Limit::Unclosed(MOST_UNCLOSED), self.at);
        self.out.cut.get_or_insert(first);
    }

    fn newline(&mut self) {
        self.push(Kind::Newline, 1);
        if let Some(resume) = self.resume.take() {
            self.at = resume.max(self.at);
        }
        // Comments that begin with a line: `=begin`, `=pod`.
        let first = self.bytes.get(self.at);
        if first.is_some_and(|&b| self.begin.of(b).is_line_comment()) {
            self.at -= 1;
            if !(self.bytes.get(self.at) == Some(&b'\n') && self.comment()) {
                self.at += 1;
            }
        }
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n')
    }

    fn ends_here(&self) -> bool {
        let line = &self.text[self.at..self.line_end(self.at)];
        self.language.ends.contains(&line.trim_ascii_end())
    }

    pub(super) fn push(&mut self, kind: Kind, length: usize) {
        let end = self.at + length;
        self.out.list.push(Token {
            kind,
            span: Span {
                start: self.at,
                end,
            },
        });
        self.at = end;
    }

    pub(super) fn starts(&self, at: usize, what: &str) -> bool {
        let what = what.as_bytes();
        // Asked of every character: the first byte decides nearly always.
        self.bytes.get(at) == what.first() && self.bytes[at..].starts_with(what)
    }

    pub(super) fn is_name(&self, byte: u8) -> bool {
        self.begin.is_name(byte)
    }

    fn rest_is_line_end(&self, by: usize) -> bool {
        matches!(self.bytes.get(self.at + by), Some(b'\n')) || self.starts(self.at + by, "\r\n")
    }

    fn skip_line_end(&mut self) {
        self.at += 2 + usize::from(self.bytes.get(self.at + 1) == Some(&b'\r'));
    }

    pub(super) fn line_end(&self, from: usize) -> usize {
        let (start, end) = self.line.get();
        if (start..=end).contains(&from) {
            return end;
        }
        let end =
            memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |by| from + by);
        self.line.set((from, end));
        end
    }

    /// A name or a number that begins with `first`.
    #[expect(clippy::inline_always, reason = "each token is read by it")]
    #[inline(always)]
    fn word(&mut self, first: u8) {
        let end = self.name_end(self.at + 1);
        let kind = if first.is_ascii_digit() {
            Kind::Number
        } else {
            Kind::Name
        };
        self.push(kind, end - self.at);
    }

    /// Where a name ends that goes on at `at`, or ends there.
    #[expect(clippy::inline_always, reason = "each token is read by it")]
    #[inline(always)]
    pub(super) fn name_end(&self, at: usize) -> usize {
        let plain = self.language.name_extra.is_empty();
        let mut end = at;
        loop {
            match runs::named(self.bytes, end) {
                Some(runs::WIDE) => end += runs::WIDE,
                Some(run) if plain => return end + run,
                run => {
                    end += run.unwrap_or(0);
                    if !self.bytes.get(end).is_some_and(|&b| self.is_name(b)) {
                        return end;
                    }
                    end += 1;
                }
            }
        }
    }

    /// Behind the spaces and tabs at `at`.
    #[inline]
    pub(super) fn behind_blanks(&self, at: usize) -> usize {
        let mut at = at;
        while let Some(b' ' | b'\t') = self.bytes.get(at) {
            at += 1;
            at += runs::spaces(self.bytes, at);
        }
        at
    }

    fn operator(&mut self, first: u8) {
        match self.bytes.get(self.at + 1) {
            Some(&second) if goes_on(second) => self.long_operator(first, second),
            _ => self.push(Kind::Op(Op::of_one(first)), 1),
        }
    }

    /// An operator that may have several characters.
    fn long_operator(&mut self, first: u8, second: u8) {
        let third = self.bytes.get(self.at + 2).copied().unwrap_or(b' ');
        let (mut op, length) = operator([first, second, third]);
        if self.language.range_joins && length == 2 && self.starts(self.at, "..") {
            op = Op::Join;
        }
        self.push(Kind::Op(op), length);
    }
}
