//! What a place in code stands in, followed token by token: whether it is a mark, and which names are given something on the way.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::function::{LONGEST_METHOD_HEAD, has_methods, is_defining, is_head};
use super::given::{adds, names_class, target};
use super::language::Language;
use super::marks::is_going_on;
use super::token::{Kind, Op, Token};
use crate::format::cut::{Enclosing, Gift, Given, Mark, Step, hash};
use crate::text::Span;

/// The state of the extractor, as far as it decides what a mark is.
pub(super) struct State<'t> {
    text: &'t str,
    language: &'static Language,
    /// Open brackets, with the name before each.
    open: Vec<(u8, Option<Span>)>,
    /// Whether one was closed by what closes another.
    crossed: bool,
    /// The classes told by indentation, outermost first.
    classes: Cow<'t, [Enclosing]>,
    /// The classes as they went with the last mark, …
    within: Option<Rc<[Enclosing]>>,
    /// … and whether some were entered or left since then.
    moved: bool,
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
    /// The state at a mark.
    pub(super) fn new(text: &'t str, language: &'static Language, from: &'t Mark) -> Self {
        Self {
            text,
            language,
            open: Vec::new(),
            crossed: false,
            classes: Cow::Borrowed(from.within.as_deref().unwrap_or_default()),
            within: from.within.clone(),
            moved: false,
            defines: false,
            method: None,
            solid: Span::default(),
            unfinished: Unfinished::No,
            begins: true,
            class: None,
            start: from.at as usize,
        }
    }

    /// Takes a line end that joins nothing.
    pub(super) fn line_end(&mut self) {
        self.class = None;
        self.defines = false;
        self.grow_head(Kind::Newline);
        self.begins = self.open.is_empty();
    }

    /// Takes the last of `tokens`, which is no line end; they begin at least as far before it as decides what an `=` gives a value to. `far` tells up to
    /// where was looked.
    pub(super) fn take(
        &mut self,
        tokens: &[Token],
        far: impl Fn() -> usize,
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
            self.classes.to_mut().push(Enclosing { column, name });
            self.moved = true;
        }
        if self.begins {
            self.begins = false;
            self.line(token, far(), sink)?;
        }
        let method = self.method;
        self.grow_head(token.kind);
        self.unfinished = match token.kind {
            Kind::Name => {
                self.named(token.span, last, sink)?;
                Unfinished::ByWord
            }
            Kind::Op(op) => {
                self.operator((tokens, op), last, sink)?;
                Unfinished::Yes
            }
            Kind::Open(bracket) => {
                if bracket == b'{'
                    && let Some((name, _)) = method
                {
                    self.tell(name, name.of(self.text), Gift::Body, sink)?;
                }
                self.defines = false;
                self.open.push((bracket, last));
                Unfinished::No
            }
            Kind::Close(bracket) => {
                self.defines = false;
                self.close(bracket);
                Unfinished::No
            }
            _ => {
                self.defines = false;
                Unfinished::No
            }
        };
        self.solid = token.span;
        ControlFlow::Continue(())
    }

    /// Takes a token of what may stand between the brackets and the body of a function.
    fn grow_head(&mut self, kind: Kind) {
        if let Some((name, since)) = self.method {
            let stays = is_head(kind) && since < LONGEST_METHOD_HEAD;
            self.method = stays.then_some((name, since + 1));
        }
    }

    fn close(&mut self, bracket: u8) {
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

    /// At the first token of a line outside of brackets.
    fn line(
        &mut self,
        token: &Token,
        far: usize,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let first = token.span.start;
        let blank = self.text.as_bytes()[..first].iter().rev();
        let indent = blank.take_while(|&&b| b == b' ' || b == b'\t').count();
        let before = &self.text.as_bytes()[..first - indent];
        let alone = before.last().is_none_or(|&b| b == b'\n');
        let start = if alone {
            before.len()
        } else {
            memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
        };
        let column = first - start;
        if self.language.indented_classes {
            self.leave(column);
        }
        let word = if token.kind == Kind::Name {
            token.span.of(self.text)
        } else {
            ""
        };
        // What an `end` ends may be a value: `fetch('NAME') do … end`.
        if !matches!(word, "" | "end")
            && start > self.start
            && !self.crossed
            && self.method.is_none()
            && alone
            && far <= start
            && !self.goes_on()
            && let Ok(at) = u32::try_from(start)
        {
            sink(Step::Mark(Mark {
                at,
                within: self.within(),
            }))?;
        }
        let class = matches!(word, "class" | "module" | "defmodule");
        self.class = (self.language.indented_classes
            && class
            && self.classes.len() < super::walk::MOST_PARENTS)
            .then_some(column);
        ControlFlow::Continue(())
    }

    /// Whether the line before goes on in this one.
    fn goes_on(&self) -> bool {
        match self.unfinished {
            Unfinished::Yes => true,
            Unfinished::ByWord => is_going_on(self.solid.of(self.text)),
            Unfinished::No => false,
        }
    }

    /// Leaves the classes that a line which begins in that column is no part of: each begins further on than the one it stands in.
    fn leave(&mut self, column: usize) {
        let stays = self.classes.iter().rev();
        let left = stays.take_while(|class| class.column >= column).count();
        if left > 0 {
            let stay = self.classes.len() - left;
            match &mut self.classes {
                Cow::Borrowed(classes) => *classes = &classes[..stay],
                Cow::Owned(classes) => classes.truncate(stay),
            }
            self.moved = true;
        }
    }

    /// The classes, to go with a mark.
    fn within(&mut self) -> Option<Rc<[Enclosing]>> {
        if self.moved && self.within.as_deref().unwrap_or_default() != &*self.classes {
            self.within = (!self.classes.is_empty()).then(|| (&*self.classes).into());
        }
        self.moved = false;
        self.within.clone()
    }

    /// Tells `sink` that a name is given something.
    fn tell(
        &self,
        place: Span,
        name: &str,
        what: Gift,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        sink(Step::Given(Given {
            at: u32::try_from(place.start).unwrap_or(u32::MAX),
            name: hash(name),
            what,
        }))
    }

    /// At a name, behind another if there is one: tells what it is given by the word before it.
    fn named(
        &mut self,
        span: Span,
        last: Option<Span>,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let word = last.map_or("", |last| last.of(self.text));
        let defined = self.defines || is_defining(word);
        if defined {
            self.tell(span, span.of(self.text), Gift::Body, sink)?;
        }
        if names_class(word) {
            self.tell(span, span.of(self.text), Gift::Class, sink)?;
        }
        self.defines = defined;
        ControlFlow::Continue(())
    }

    /// At an operator, the last of `tokens`, behind a name if there is one: tells what gives a name something, which is what `Scope` looks at, and
    /// more.
    fn operator(
        &mut self,
        (tokens, op): (&[Token], Op),
        last: Option<Span>,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let at = tokens.len() - 1;
        let added = op == Op::Other && adds(tokens[at].span.of(self.text));
        if (op == Op::Assign || added)
            && let Some((key, name)) = target(self.text, tokens, self.language, at)
        {
            let what = if added { Gift::More } else { Gift::Value };
            self.tell(tokens[name].span, key, what, sink)?;
        }
        // `string SecretKey => "v";`
        if op == Op::Arrow
            && let Some(name) = last
        {
            self.tell(name, name.of(self.text), Gift::Body, sink)?;
        }
        // `def self.name`
        self.defines &= op == Op::Dot;
        ControlFlow::Continue(())
    }
}
