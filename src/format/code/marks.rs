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
            let more = lexer.step();
            // Whether a line end joins its lines is told by the token behind it.
            let ready = lexer.out.list.len().saturating_sub(usize::from(more));
            while seen < ready {
                let token = lexer.out.list[seen];
                let after = lexer.out.list.get(seen + 1);
                seen += 1;
                if token.kind == Kind::Newline
                    && self.continues
                    && joins(state.last.as_ref(), after)
                {
                    continue;
                }
                let far = lexer
                    .far
                    .get()
                    .max(lexer.out.comments.last().map_or(0, |comment| comment.end));
                if state.take(token, far, sink).is_break() {
                    return true;
                }
            }
            if !more {
                return !lexer.gave_up();
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
    open: Vec<(u8, Option<Token>)>,
    /// Whether one was closed by what closes another.
    crossed: bool,
    classes: Vec<Enclosing>,
    /// The classes as they go with marks, as long as they stay the same.
    within: Option<Rc<[Enclosing]>>,
    /// The last token.
    last: Option<Token>,
    /// The last tokens, at least those that decide what an `=` gives a value to.
    recent: Vec<Token>,
    /// Whether the name of a function, or of what it is of, comes next.
    defines: bool,
    /// What may be the name of a function whose brackets were closed so many tokens ago.
    method: Option<(Token, usize)>,
    /// The last token that is no line end.
    solid: Option<Token>,
    /// Whether the next token may begin a line outside of brackets.
    begins: bool,
    /// The column of a class whose name comes next.
    class: Option<usize>,
    start: usize,
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
            last: None,
            recent: Vec::new(),
            defines: false,
            method: None,
            solid: None,
            begins: true,
            class: None,
            start: from.at as usize,
        }
    }

    fn take(
        &mut self,
        token: Token,
        far: usize,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Some(column) = self.class.take()
            && token.kind == Kind::Name
        {
            let name = token.span.of(self.text).into();
            self.classes.push(Enclosing { column, name });
        }
        if std::mem::take(&mut self.begins) && token.kind != Kind::Newline {
            self.line(token, far, sink)?;
        }
        if self.recent.len() > 4 * REACH {
            self.recent.drain(..3 * REACH);
        }
        self.recent.push(token);
        self.given(token, sink)?;
        self.method = (self.method)
            .map(|(name, since)| (name, since + 1))
            .filter(|&(_, since)| is_head(token.kind) && since <= LONGEST_METHOD_HEAD);
        match token.kind {
            Kind::Newline => self.begins |= self.open.is_empty(),
            Kind::Open(bracket) => {
                let named = self.last.filter(|last| last.kind == Kind::Name);
                self.open.push((bracket, named));
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
            }
            _ => {}
        }
        self.last = Some(token);
        if token.kind != Kind::Newline {
            self.solid = self.last;
        }
        ControlFlow::Continue(())
    }

    /// At the first token of a line outside of brackets.
    fn line(
        &mut self,
        token: Token,
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
        let goes_on = self.solid.is_some_and(|token| match token.kind {
            Kind::Op(_) => true,
            Kind::Name => GOING_ON.contains(&token.span.of(self.text)),
            _ => false,
        });
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

    /// A name that is given something at the last token: what `Scope` looks at, and more.
    fn given(
        &mut self,
        token: Token,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let last = self.last.filter(|last| last.kind == Kind::Name);
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
                let at = self.recent.len() - 1;
                if (op == Op::Assign || added)
                    && let Some((key, name)) = target(self.text, &self.recent, self.language, at)
                {
                    let what = if added { Gift::More } else { Gift::Value };
                    tell(self.recent[name].span.start, key, what)?;
                }
                // `string SecretKey => "v";`
                if op == Op::Arrow
                    && let Some(name) = last
                {
                    tell(name.span.start, name.span.of(self.text), Gift::Body)?;
                }
                // `def self.name`
                self.defines &= op == Op::Dot;
            }
            Kind::Name => {
                let word = last.map_or("", |last| last.span.of(self.text));
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
                    tell(name.span.start, name.span.of(self.text), Gift::Body)?;
                }
                self.defines = false;
            }
            _ => self.defines = false,
        }
        ControlFlow::Continue(())
    }
}
