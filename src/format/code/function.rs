//! Functions of a text, and where in them stands what they return.

use std::cell::Cell;
use std::ops::Range;

use super::cursor::Cursor;
use super::language::Language;
use super::token::{Kind, Op, Token};
use crate::text::Span;

/// Between the name of a function and its body stand no more tokens, brackets aside.
const LONGEST_HEAD: usize = 16;
/// A function with a longer body does more than give a constant.
const LONGEST_BODY: usize = 256;
/// A function that returns in more places is no constant.
const MOST_RETURNS: usize = 8;

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    /// The token of its name.
    pub name: usize,
    /// The tokens of its body.
    from: usize,
    to: usize,
    /// Whether the last statement is what it returns.
    last: bool,
}

impl Function {
    /// The token behind its body.
    pub(super) fn end(&self) -> usize {
        self.to
    }

    /// The first tokens of the expressions it returns.
    pub(super) fn returned(&self, cursor: &Cursor<'_, '_>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut statement = self.from;
        let mut beginning = true;
        for at in self.from..self.to {
            let Some(token) = cursor.tokens.get(at) else {
                break;
            };
            match token.kind {
                Kind::Newline | Kind::Op(Op::Semicolon) => {
                    beginning = true;
                    continue;
                }
                Kind::Name if token.span.of(cursor.source()) == "return" => found.push(at + 1),
                _ => {}
            }
            if beginning {
                statement = at;
                beginning = false;
            }
        }
        if self.last && !found.contains(&(statement + 1)) {
            found.push(statement);
        }
        if found.len() > MOST_RETURNS {
            found.clear();
        }
        found
    }
}

/// Whether a word stands before the name of a function.
pub(super) fn is_defining(word: &str) -> bool {
    matches!(
        word,
        "def" | "defp" | "fn" | "func" | "function" | "fun" | "sub"
    )
}

/// Whether the word at `span` stands before the name of a function; the first letter of most tells that it does not.
fn defines_at(text: &str, span: Span) -> bool {
    let first = text.as_bytes().get(span.start);
    matches!(first, Some(b'd' | b'f' | b's')) && is_defining(span.of(text))
}

/// Whether a word before brackets and a block names no function.
fn is_of_block(word: &str) -> bool {
    matches!(
        word,
        "if" | "for"
            | "while"
            | "switch"
            | "catch"
            | "match"
            | "with"
            | "using"
            | "lock"
            | "synchronized"
            | "foreach"
            | "unless"
            | "until"
            | "elsif"
            | "elseif"
            | "when"
            | "return"
            | "function"
            | "func"
            | "fn"
            | "guard"
    )
}

/// The functions among `tokens`, in order of their names.
pub(super) fn functions(
    text: &str,
    tokens: &[Token],
    closers: &[u32],
    language: &'static Language,
) -> Vec<Function> {
    let reader = Reader::new(text, tokens, closers, language);
    let mut found: Vec<Function> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // The brackets closed last.
    let mut closed = None;
    for (at, token) in tokens.iter().enumerate() {
        let function = match token.kind {
            Kind::Name if defines_at(text, token.span) => reader.defined(at),
            Kind::Open(b'{') => {
                open.push(at);
                closed.and_then(|(from, to)| reader.method(from, to, at))
            }
            Kind::Open(_) => {
                open.push(at);
                None
            }
            Kind::Close(bracket) => {
                if let Some(from) = open.pop().filter(|_| bracket == b')') {
                    closed = Some((from, at));
                }
                None
            }
            // `string SecretKey => "v";`
            Kind::Op(Op::Arrow) if !language.arrow_pairs && at >= 2 => {
                let typed = reader.kind(at - 1) == Some(Kind::Name)
                    && reader.kind(at - 2) == Some(Kind::Name)
                    && !matches!(reader.source(at - 2), "async" | "case" | "return");
                typed.then(|| Function {
                    name: at - 1,
                    from: at + 1,
                    to: reader.line_end(at + 1),
                    last: true,
                })
            }
            _ => None,
        };
        if let Some(function) = function
            && function.to.saturating_sub(function.from) <= LONGEST_BODY
            && found.last().is_none_or(|last| last.name < function.name)
        {
            found.push(function);
        }
    }
    found
}

/// Whether any of the tokens begins a function by a word.
pub(super) fn defines(text: &str, tokens: &[Token]) -> bool {
    let mut names = (tokens.iter()).filter(|token| matches!(token.kind, Kind::Name));
    names.any(|token| defines_at(text, token.span))
}

/// Whether a function that is defined by one of the tokens `part` may go on behind the first `end` of them, where something is left out.
pub(super) fn is_unfinished(
    text: &str,
    tokens: &[Token],
    closers: &[u32],
    language: &'static Language,
    (part, end): (Range<usize>, usize),
) -> bool {
    let reader = Reader::new(text, tokens, closers, language);
    part.into_iter().any(|at| {
        reader.far.set(0);
        let token = reader.token(at).filter(|token| token.kind == Kind::Name);
        let begins = token.is_some_and(|token| defines_at(text, token.span))
            && matches!(reader.kind(at + 1), Some(Kind::Name) | None);
        begins && {
            let function = reader.defined(at);
            reader.far.get() >= end || function.is_some_and(|function| function.to + 1 >= end)
        }
    })
}

/// Whether a function may be a name, brackets and a block, without a word before.
pub(super) fn has_methods(language: &Language) -> bool {
    !language.block_default && (!language.indented_classes || language.continues)
}

/// Between the brackets and the block of such a function stand no more tokens.
pub(super) const LONGEST_METHOD_HEAD: usize = LONGEST_HEAD / 2;

/// Whether a token may stand there.
pub(super) fn is_head(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Name | Kind::Newline | Kind::Op(Op::Colon | Op::Dot | Op::Other)
    )
}

struct Reader<'t, 'c> {
    text: &'t str,
    tokens: &'c [Token],
    closers: &'c [u32],
    language: &'static Language,
    /// The furthest token that was looked at.
    far: Cell<usize>,
}

impl<'t, 'c> Reader<'t, 'c> {
    fn new(
        text: &'t str,
        tokens: &'c [Token],
        closers: &'c [u32],
        language: &'static Language,
    ) -> Self {
        Self {
            text,
            tokens,
            closers,
            language,
            far: Cell::new(0),
        }
    }

    fn token(&self, at: usize) -> Option<&'c Token> {
        self.far.set(self.far.get().max(at));
        self.tokens.get(at)
    }

    fn source(&self, at: usize) -> &'t str {
        self.token(at).map_or("", |token| token.span.of(self.text))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|token| token.kind)
    }

    fn closer(&self, at: usize) -> usize {
        self.closers
            .get(at)
            .map_or(self.tokens.len(), |&close| close as usize)
    }

    fn column(&self, at: usize) -> usize {
        let start = self.tokens[at].span.start;
        start - self.text[..start].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The tokens of a body that begins with `from`, as far as they are looked at.
    fn body(&self, from: usize) -> impl Iterator<Item = usize> {
        (from..from + LONGEST_BODY).take_while(|&at| self.kind(at).is_some())
    }

    fn line_end(&self, from: usize) -> usize {
        self.body(from)
            .find(|&at| matches!(self.kind(at), Some(Kind::Newline | Kind::Op(Op::Semicolon))))
            .unwrap_or(from)
    }

    /// The function that is defined by the word at `at`.
    fn defined(&self, at: usize) -> Option<Function> {
        let mut name = at + 1;
        // `def self.name`
        while self.kind(name) == Some(Kind::Name) && self.kind(name + 1) == Some(Kind::Op(Op::Dot))
        {
            name += 2;
        }
        if self.kind(name) != Some(Kind::Name) {
            return None;
        }
        let body = |from: usize, to: usize, last: bool| {
            Some(Function {
                name,
                from,
                to,
                last,
            })
        };
        let indented = self.language.indented_classes && !self.language.continues;
        let mut next = name + 1;
        for _ in 0..LONGEST_HEAD {
            match self.kind(next)? {
                Kind::Open(b'{') => {
                    return body(next + 1, self.closer(next), self.language.last_returns);
                }
                Kind::Open(_) => next = self.closer(next),
                Kind::Op(Op::Colon) if indented => {
                    return body(next + 1, self.indented(at, next + 1), false);
                }
                // `fun name() = "v"`, `def name, do: "v"`
                Kind::Op(Op::Assign) => return body(next + 1, self.line_end(next + 1), true),
                Kind::Op(Op::Colon) if self.source(next - 1) == "do" => {
                    return body(next + 1, self.line_end(next + 1), true);
                }
                Kind::Newline if self.language.indented_classes && !indented => {
                    return body(
                        next + 1,
                        self.ended(at, next + 1)?,
                        self.language.last_returns,
                    );
                }
                Kind::Newline | Kind::Op(Op::Semicolon) | Kind::Close(_) => return None,
                _ => {}
            }
            next += 1;
        }
        None
    }

    /// `name(…) {`, `name(…): Type {`.
    fn method(&self, from: usize, to: usize, at: usize) -> Option<Function> {
        let head = to + 1..at;
        let plain = head.len() <= LONGEST_METHOD_HEAD
            && head.clone().all(|at| self.kind(at).is_some_and(is_head));
        let name = from.checked_sub(1)?;
        let named = self.kind(name) == Some(Kind::Name)
            && !is_of_block(self.source(name))
            && !matches!(
                name.checked_sub(1).and_then(|before| self.kind(before)),
                Some(Kind::Op(Op::Dot | Op::Member))
            );
        (plain && named && has_methods(self.language)).then(|| Function {
            name,
            from: at + 1,
            to: self.closer(at),
            last: self.language.last_returns,
        })
    }

    /// Where the block ends that stands deeper than the word at `at`.
    fn indented(&self, at: usize, from: usize) -> usize {
        let column = self.column(at);
        let most = from + LONGEST_BODY;
        let mut next = from;
        while next < most && self.kind(next).is_some() {
            match self.kind(next) {
                Some(Kind::Open(_)) => next = self.closer(next),
                Some(Kind::Newline) => {
                    let behind = self.kind(next + 1);
                    let text = behind.is_some_and(|kind| kind != Kind::Newline);
                    if text && self.column(next + 1) <= column {
                        return next;
                    }
                }
                _ => {}
            }
            next += 1;
        }
        next.min(self.tokens.len())
    }

    /// The `end` that closes the block of the word at `at`: the one below it.
    fn ended(&self, at: usize, from: usize) -> Option<usize> {
        let column = self.column(at);
        self.body(from).find(|&next| {
            self.source(next) == "end"
                && self.kind(next - 1) == Some(Kind::Newline)
                && self.column(next) <= column
        })
    }
}
