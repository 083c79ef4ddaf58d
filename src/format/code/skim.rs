//! Where the brackets and the statements of a long text stand, told without its tokens, and what of it can be left out.
//!
//! The bytes are gone through once; only what may hold a bracket that is none is read as the lexer does: literals, comments, regular
//! expressions. Statements are told by their semicolons. One that is left out whole, with the semicolon behind it, leaves the state of the
//! lexer and of the extractor as it was.

use super::cursor::is_word;
use super::fold::DEEPEST;
use super::island::has_islands;
use super::language::{Delimited, Heredocs, Language};
use super::operator::Op;
use super::token::{Kind, Lexer, Token};
use crate::format::spots::inside;
use crate::text::Span;

/// Statements are left out where more brackets and semicolons stand in them.
const FEWEST: usize = 64;
/// So many stay before the bracket that closes: more than any limit of tokens that are looked back at, or that stand in a function or a
/// mapping that is looked into.
const LAST: usize = 520;

/// A bracket or the end of a statement.
#[derive(Clone, Copy)]
struct Event {
    at: u32,
    byte: u8,
    /// For an opening bracket the number of what closes it.
    close: u32,
}

/// The brackets of a text, and the semicolons between its statements.
pub(super) struct Skim {
    events: Vec<Event>,
    size: usize,
}

/// What has to be looked at more closely: quotes, what may begin a comment or a regular expression, brackets, semicolons.
const TELLING: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\"'`/(){}[];";
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = true;
        index += 1;
    }
    table
};

/// Whether nothing but these bytes tells brackets from others in the language.
fn takes(language: &Language) -> bool {
    let plain = ["//"] == *language.line_comments && [("/*", "*/")] == *language.block_comments;
    let quotes = language.quotes.iter();
    let mut quotes = quotes.map(|quote| quote.open);
    plain
        && quotes.all(|open| is_word(open, &["\"", "'", "`"]))
        && language.regex
        && language.continues
        && language.prefixes.is_empty()
        && language.ends.is_empty()
        && language.heredocs == Heredocs::No
        && language.delimited == Delimited::No
        && !language.hashed
        && !language.chars
        && !language.symbols
        && !language.commands
        && !language.block_default
        && !language.type_after
        && !language.indented_classes
}

impl Skim {
    /// The brackets of `text`; `None` where the language is not one for this, where brackets do not match, or where the
    /// end of a literal was looked for in vain.
    pub(super) fn new(text: &str, language: &'static Language) -> Option<Self> {
        if !takes(language) || has_islands(text, language) {
            return None;
        }
        u32::try_from(text.len()).ok()?;
        let bytes = text.as_bytes();
        let mut reader = Reader {
            lexer: Lexer::new(text, language),
            literal: 0,
        };
        let mut events: Vec<Event> = Vec::with_capacity(text.len() / 8);
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(by) = (bytes.get(at..)?)
            .iter()
            .position(|&b| TELLING[usize::from(b)])
        {
            at += by;
            let byte = bytes[at];
            if matches!(byte, b'"' | b'\'' | b'`' | b'/') {
                at = reader.step(at)?;
                continue;
            }
            match byte {
                b'(' | b'[' | b'{' => open.push(events.len()),
                b';' => {}
                _ => {
                    let number = u32::try_from(events.len()).ok()?;
                    let opening = events.get_mut(open.pop()?)?;
                    if !matches!(
                        (opening.byte, byte),
                        (b'(', b')') | (b'[', b']') | (b'{', b'}')
                    ) {
                        return None;
                    }
                    opening.close = number;
                }
            }
            // Where brackets nest too deep is told by all of them.
            if open.len() >= DEEPEST {
                return None;
            }
            events.push(Event {
                at: u32::try_from(at).ok()?,
                byte,
                close: 0,
            });
            at += 1;
        }
        (open.is_empty() && !reader.lexer.looked_in_vain()).then_some(Self {
            events,
            size: text.len(),
        })
    }

    /// The parts of the text that can be left out where nothing but `places` (sorted) matters, in order: whole statements, but for the first
    /// and the last ones between two brackets.
    pub(super) fn left_out(&self, places: &[u32]) -> Vec<Span> {
        let mut found = Vec::new();
        self.level((0, self.events.len()), b'{', places, &mut found);
        found
    }

    /// What stands between the opening bracket at `at` and its closing one, both included; `None` where none opens there.
    pub(super) fn bracket(&self, at: usize) -> Option<Span> {
        let at = u32::try_from(at).ok()?;
        let index = (self.events)
            .binary_search_by_key(&at, |event| event.at)
            .ok()?;
        let event = self.events[index];
        let close = self
            .events
            .get(event.close as usize)
            .filter(|_| event.close > 0)?;
        Some(Span::new(at as usize, close.at as usize + 1))
    }

    /// Goes through the events `from..to`, which stand in one bracket.
    fn level(
        &self,
        (from, to): (usize, usize),
        bracket: u8,
        places: &[u32],
        found: &mut Vec<Span>,
    ) {
        let place = |event: usize| {
            let event = self.events.get(event);
            event.map_or(self.size, |event| event.at as usize)
        };
        // The event behind the last statement that is kept, that behind the last one, and the brackets in this one.
        let (mut kept, mut begin) = (from, from);
        let mut brackets: Vec<(usize, usize)> = Vec::new();
        let mut at = from;
        loop {
            let event = self.events.get(at).filter(|_| at < to);
            match event {
                Some(event) if event.close > 0 => {
                    let close = event.close as usize;
                    if close - at > FEWEST {
                        brackets.push((at, close));
                    }
                    at = close + 1;
                    continue;
                }
                Some(event) if event.byte != b';' || bracket != b'{' => {
                    at += 1;
                    continue;
                }
                _ => {}
            }
            let start = begin.checked_sub(1).map_or(0, place);
            let own = inside(places, Span::new(start, place(at)));
            let last = from > 0 && to - at <= LAST;
            if event.is_none() || begin == from || last || !own.is_empty() {
                if begin - kept > FEWEST && kept > from {
                    found.push(Span::new(place(kept - 1) + 1, place(begin - 1) + 1));
                }
                for (open, close) in brackets.drain(..) {
                    let held = inside(own, Span::new(place(open), place(close)));
                    self.level((open + 1, close), self.events[open].byte, held, found);
                }
                kept = at + 1;
            }
            brackets.clear();
            if event.is_none() {
                return;
            }
            at += 1;
            begin = at;
        }
    }
}

/// What reads literals, comments and regular expressions.
struct Reader<'t> {
    lexer: Lexer<'t, 'static>,
    /// Where the last literal or regular expression ended.
    literal: usize,
}

impl Reader<'_> {
    /// Behind what begins at `at`.
    fn step(&mut self, at: usize) -> Option<usize> {
        let bytes = self.lexer.bytes;
        let quote = bytes[at];
        if matches!(quote, b'"' | b'\'') {
            let rest = &bytes[at + 1..];
            let by = memchr::memchr3(quote, b'\\', b'\n', rest).filter(|&by| rest[by] == quote);
            if let Some(by) = by {
                self.literal = at + by + 2;
                return Some(self.literal);
            }
        }
        self.lexer.out.list.clear();
        if quote == b'/' {
            let last = self.before(at)?;
            self.lexer.out.list.push(last);
        }
        self.lexer.at = at;
        let comments = self.lexer.out.comments.len();
        self.lexer.step();
        if self.lexer.out.comments.len() == comments
            && let Some(Kind::Str(_) | Kind::Number) = self.lexer.out.list.last().map(|t| t.kind)
        {
            self.literal = self.lexer.at;
        }
        Some(self.lexer.at)
    }

    /// The token before `at`, as far as it decides whether an operand follows, which one does where a line begins; `None` where that
    /// cannot be told.
    fn before(&self, at: usize) -> Option<Token> {
        let bytes = self.lexer.bytes;
        let mut comments = self.lexer.out.comments.iter().rev();
        let mut comment = comments.next();
        let mut end = at;
        loop {
            let token = |kind, from: usize| {
                Some(Token {
                    kind,
                    span: Span::new(from, end),
                })
            };
            if end == self.literal && end > 0 {
                return token(Kind::Number, end);
            }
            if let Some(last) = comment.filter(|last| last.end == end) {
                end = last.start;
                comment = comments.next();
                continue;
            }
            let Some(last) = end.checked_sub(1) else {
                return token(Kind::Newline, 0);
            };
            match bytes[last] {
                b' ' | b'\t' | b'\r' | 0x0c => end -= 1,
                b'\n' => {
                    let line = bytes[..last].strip_suffix(b"\r").unwrap_or(&bytes[..last]);
                    return if line.ends_with(b"\\") {
                        None
                    } else {
                        token(Kind::Newline, last)
                    };
                }
                bracket @ (b')' | b']' | b'}') => return token(Kind::Close(bracket), last),
                byte if self.lexer.is_name(byte) => {
                    let first = self.literal.max(comment.map_or(0, |last| last.end));
                    let name = bytes[first..end].iter().rev();
                    let from = end - name.take_while(|&&b| self.lexer.is_name(b)).count();
                    let number = bytes[from].is_ascii_digit();
                    return token(if number { Kind::Number } else { Kind::Name }, from);
                }
                _ => return token(Kind::Op(Op::Other), last),
            }
        }
    }
}
