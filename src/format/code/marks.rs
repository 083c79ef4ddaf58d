//! Where code can be cut: at lines that begin with a name, outside of brackets, literals and comments, with nothing before
//! them that goes on.
//!
//! The state of the lexer and the extractor at such a line is the one they begin with, save for the classes told by
//! indentation, which go with the mark. A literal whose end was looked for in vain depends on the text up to where it was
//! looked for, so no mark stands before that. What is left is names: a piece that asks for one which another piece gives a
//! value, a body or a class is not read alone, and neither is one with a function that may go on behind it.

use std::ops::ControlFlow;
use std::rc::Rc;

use super::function::{LONGEST_METHOD_HEAD, has_methods, is_defining, is_head};
use super::given::{REACH, adds, names_class, target};
use super::joined::joins;
use super::language::Language;
use super::parts;
use super::token::{Kind, Lexer, Op, Token, has_islands};
use crate::format::Entry;
use crate::format::cut::{Basis, Cut, Enclosing, Gift, Given, Mark, Step, Trail, hash};
use crate::format::spots::Spots;
use crate::text::Span;

impl Cut for Language {
    fn takes(&'static self, text: &str) -> bool {
        !has_islands(text, self) && !is_dense(text)
    }

    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let mut lexer = Lexer::new(text, self);
        lexer.at = from.at as usize;
        let mut state = State::new(text, self, from);
        let mut seen = 0;
        loop {
            let more = lexer.next();
            let far = (lexer.out.comments.last()).map_or(0, |comment| comment.end);
            let far = lexer.far.get().max(far);
            let list = &mut lexer.out.list;
            // Whether a line end joins its lines is told by the token behind it.
            while seen + usize::from(more) < list.len() {
                let before = seen.checked_sub(1).and_then(|last| list.get(last));
                if list[seen].kind == Kind::Newline
                    && self.continues
                    && joins(before, list.get(seen + 1))
                {
                    list.remove(seen);
                    continue;
                }
                seen += 1;
                if state.take(&list[..seen], far, sink).is_break() {
                    return true;
                }
            }
            if !more {
                return !lexer.gave_up();
            }
            if seen > 4 * REACH {
                list.drain(..seen - REACH);
                seen = REACH;
            }
        }
    }

    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        let pieces = trail.pieces(spots);
        parts::read(text, self, (&pieces, Spots::At(spots)), trail, sink)
    }

    fn line_decides(&self) -> bool {
        true
    }

    fn read_piece<'t>(
        &'static self,
        text: &'t str,
        piece: usize,
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        parts::read(text, self, (&[piece], Spots::All), trail, sink)
    }
}

/// Bytes of an average line in code that was written by a program, …
const DENSE: usize = 512;
/// … and of a text for which that is asked.
const LARGE: usize = 16 << 10;

/// Whether hardly a line begins in the text, as in minified code: finding the marks would cost as much as reading all of it.
pub(super) fn is_dense(text: &str) -> bool {
    text.len() >= LARGE && memchr::memchr_iter(b'\n', text.as_bytes()).count() < text.len() / DENSE
}

/// Words behind which an expression may go on in the next line.
pub(super) const GOING_ON: &[&str] = &[
    "or", "and", "not", "in", "is", "if", "unless", "return", "do",
];

/// The state of the extractor, as far as it decides what a mark is.
struct State<'t> {
    text: &'t str,
    language: &'static Language,
    /// Open brackets, with the name before each.
    open: Vec<(u8, Option<Span>)>,
    /// Whether one was closed by what closes another.
    crossed: bool,
    classes: Vec<Enclosing>,
    /// The classes as they go with marks, as long as they stay the same.
    within: Option<Rc<[Enclosing]>>,
    /// Whether the name of a function, or of what it is of, comes next.
    defines: bool,
    /// What may be the name of a function whose brackets were closed so many tokens ago.
    method: Option<(Span, usize)>,
    /// Where the last token that is no line end stands, and whether what it begins may go on in the next line.
    solid: Span,
    unfinished: Unfinished,
    /// Whether the next token may begin a line outside of brackets.
    begins: bool,
    /// The column of a class whose name comes next.
    class: Option<usize>,
    start: usize,
}

/// Whether an expression goes on behind a token.
#[derive(Clone, Copy)]
enum Unfinished {
    Yes,
    /// If it is one of some words.
    ByWord,
    No,
}

impl<'t> State<'t> {
    fn new(text: &'t str, language: &'static Language, from: &Mark) -> Self {
        Self {
            text,
            language,
            open: Vec::new(),
            crossed: false,
            classes: from.within.as_deref().unwrap_or_default().to_vec(),
            within: from.within.clone(),
            defines: false,
            method: None,
            solid: Span::default(),
            unfinished: Unfinished::No,
            begins: true,
            class: None,
            start: from.at as usize,
        }
    }

    /// Takes the last of `tokens`, which begin at least as far before it as decides what an `=` gives a value to.
    fn take(
        &mut self,
        tokens: &[Token],
        far: usize,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((token, before)) = tokens.split_last() else {
            return ControlFlow::Continue(());
        };
        let last = before.last().filter(|last| last.kind == Kind::Name);
        let last = last.map(|last| last.span);
        if let Some(column) = self.class.take()
            && token.kind == Kind::Name
        {
            let name = token.span.of(self.text).into();
            self.classes.push(Enclosing { column, name });
        }
        if self.begins && token.kind != Kind::Newline {
            self.line(token, far, sink)?;
        }
        self.begins = false;
        self.given(tokens, last, sink)?;
        if let Some((name, since)) = self.method {
            let stays = is_head(token.kind) && since < LONGEST_METHOD_HEAD;
            self.method = stays.then_some((name, since + 1));
        }
        self.unfinished = match token.kind {
            Kind::Newline => {
                self.begins = self.open.is_empty();
                return ControlFlow::Continue(());
            }
            Kind::Open(bracket) => {
                self.open.push((bracket, last));
                Unfinished::No
            }
            Kind::Close(bracket) => {
                let opening = match bracket {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                // Pairs that cross each other are told apart by where one looks from: nothing behind them stands alone.
                if let Some((open, named)) = self.open.pop() {
                    self.crossed |= open != opening;
                    self.method = named
                        .filter(|_| bracket == b')' && has_methods(self.language))
                        .map(|name| (name, 0));
                }
                Unfinished::No
            }
            Kind::Op(_) => Unfinished::Yes,
            Kind::Name => Unfinished::ByWord,
            _ => Unfinished::No,
        };
        self.solid = token.span;
        ControlFlow::Continue(())
    }

    /// At the first token of a line outside of brackets.
    fn line(
        &mut self,
        token: &Token,
        far: usize,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let start = self.text[..token.span.start]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let column = token.span.start - start;
        if self.language.indented_classes {
            self.classes.retain(|class| class.column < column);
        }
        let goes_on = match self.unfinished {
            Unfinished::Yes => true,
            Unfinished::ByWord => GOING_ON.contains(&self.solid.of(self.text)),
            Unfinished::No => false,
        };
        let blank = self.text[start..token.span.start].bytes();
        let alone = blank.into_iter().all(|b| b == b' ' || b == b'\t');
        if token.kind == Kind::Name
            // What it ends may be a value: `fetch('NAME') do … end`.
            && token.span.of(self.text) != "end"
            && start > self.start
            && !self.crossed
            && !goes_on
            && self.method.is_none()
            && alone
            && far <= start
            && let Ok(at) = u32::try_from(start)
        {
            if self.within.as_deref().unwrap_or_default() != self.classes {
                self.within = (!self.classes.is_empty()).then(|| self.classes.as_slice().into());
            }
            let within = self.within.clone();
            sink(Step::Mark(Mark { at, within }))?;
        }
        let class = matches!(token.span.of(self.text), "class" | "module" | "defmodule");
        self.class = (self.language.indented_classes
            && class
            && self.classes.len() < super::walk::MOST_PARENTS)
            .then_some(column);
        ControlFlow::Continue(())
    }

    /// A name that is given something at the last token, with the name that stands before that, if one does: what `Scope` looks at, and more.
    fn given(
        &mut self,
        tokens: &[Token],
        last: Option<Span>,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(at) = tokens.len().checked_sub(1) else {
            return ControlFlow::Continue(());
        };
        let token = &tokens[at];
        let mut tell = |start: usize, name: &str, what: Gift| {
            sink(Step::Given(Given {
                at: u32::try_from(start).unwrap_or(u32::MAX),
                name: hash(name),
                what,
            }))
        };
        match token.kind {
            Kind::Op(op) => {
                let added = op == Op::Other && adds(token.span.of(self.text));
                if (op == Op::Assign || added)
                    && let Some((key, name)) = target(self.text, tokens, self.language, at)
                {
                    let what = if added { Gift::More } else { Gift::Value };
                    tell(tokens[name].span.start, key, what)?;
                }
                // `string SecretKey => "v";`
                if op == Op::Arrow
                    && let Some(name) = last
                {
                    tell(name.start, name.of(self.text), Gift::Body)?;
                }
                // `def self.name`
                self.defines &= op == Op::Dot;
            }
            Kind::Name => {
                let word = last.map_or("", |last| last.of(self.text));
                let defined = self.defines || is_defining(word);
                if defined {
                    tell(token.span.start, token.span.of(self.text), Gift::Body)?;
                }
                if names_class(word) {
                    tell(token.span.start, token.span.of(self.text), Gift::Class)?;
                }
                self.defines = defined;
            }
            Kind::Open(b'{') => {
                if let Some((name, _)) = self.method {
                    tell(name.start, name.of(self.text), Gift::Body)?;
                }
                self.defines = false;
            }
            _ => self.defines = false,
        }
        ControlFlow::Continue(())
    }
}
