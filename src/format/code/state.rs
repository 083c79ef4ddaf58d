//! What a place in code stands in, followed token by token: whether it is a mark, and which names are given something on the way.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::function::{LONGEST_METHOD_HEAD, has_methods, is_defining, is_head};
use super::given::{adds, names_class, target};
use super::language::Language;
use super::marks::is_going_on;
use super::runs;
use super::token::{Kind, Op, Token};
use crate::format::cut::{Enclosing, Gift, Given, Mark, Step, hash};
use crate::text::Span;

/// The state of the extractor, as far as it decides what a mark is.
pub(super) struct State<'t, 'o> {
    text: &'t str,
    language: &'static Language,
    /// Open brackets, with the name before each.
    open: &'o mut Vec<(u8, Option<Span>)>,
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
    /// Whether what stands before the last line end may go on behind it.
    goes_on: bool,
    /// Whether the next token may begin a line outside of brackets.
    begins: bool,
    /// The word before the name of a class, with its column.
    class: Option<(Span, usize)>,
    start: usize,
}

impl<'t, 'o> State<'t, 'o> {
    /// The state at a mark. `open` is room for brackets.
    pub(super) fn new(
        text: &'t str,
        language: &'static Language,
        from: &'t Mark,
        open: &'o mut Vec<(u8, Option<Span>)>,
    ) -> Self {
        open.clear();
        Self {
            text,
            language,
            open,
            crossed: false,
            classes: Cow::Borrowed(from.within.as_deref().unwrap_or_default()),
            within: from.within.clone(),
            moved: false,
            defines: false,
            method: None,
            goes_on: false,
            begins: true,
            class: None,
            start: from.at as usize,
        }
    }

    /// Where it began.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Takes a line end that joins nothing, behind `before`.
    pub(super) fn line_end(&mut self, before: Option<&Token>) {
        match before.map(|before| before.kind) {
            Some(Kind::Newline) | None => {}
            Some(Kind::Op(_)) => self.goes_on = true,
            Some(Kind::Name) => {
                let word = before.map_or("", |word| word.span.of(self.text));
                self.goes_on = is_going_on(word);
            }
            Some(_) => self.goes_on = false,
        }
        self.defines = false;
        self.grow_head(Kind::Newline);
        self.begins = self.open.is_empty();
    }

    /// Whether a token changes nothing here, and nothing is told of it: most do not. `behind_name`: whether the one before it is a name.
    #[inline]
    pub(super) fn passes(&self, kind: &Kind, behind_name: bool) -> bool {
        if self.begins | self.defines | self.method.is_some() {
            return false;
        }
        match kind {
            Kind::Name => !behind_name,
            Kind::Op(op) => !matches!(op, Op::Assign | Op::Arrow | Op::Other),
            Kind::Number | Kind::Str(_) | Kind::Symbol => true,
            Kind::Open(_) | Kind::Close(_) | Kind::Newline => false,
        }
    }

    /// Takes a token, which is no line end; those `before` begin at least as far before it as decides what an `=` gives a value to. `far` tells up
    /// to where was looked.
    pub(super) fn take(
        &mut self,
        token: &Token,
        before: &[Token],
        far: impl Fn() -> usize,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.begins {
            self.begins = false;
            self.line(token, far(), sink)?;
        }
        let last = match before.last() {
            Some(last) if matches!(last.kind, Kind::Name) => Some(last.span),
            _ => None,
        };
        let method = self.method;
        if method.is_some() {
            self.grow_head(token.kind);
        }
        match token.kind {
            Kind::Name => {
                if self.defines || last.is_some() {
                    self.named(token.span, last, sink)?;
                }
            }
            Kind::Op(op) => {
                if matches!(op, Op::Assign | Op::Arrow | Op::Other) {
                    self.operator((token, op), before, sink)?;
                }
                // `def self.name`
                self.defines &= op == Op::Dot;
            }
            Kind::Open(bracket) => {
                if bracket == b'{'
                    && let Some((name, _)) = method
                {
                    tell(name, name.of(self.text), Gift::Body, sink)?;
                }
                self.defines = false;
                self.open.push((bracket, last));
            }
            Kind::Close(bracket) => {
                self.defines = false;
                self.close(bracket);
            }
            _ => self.defines = false,
        }
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
        let bytes = self.text.as_bytes();
        let first = token.span.start;
        let mut blanks = first;
        while let Some(b' ' | b'\t') = blanks.checked_sub(1).and_then(|last| bytes.get(last)) {
            blanks -= 1;
            blanks -= runs::spaces_before(bytes, blanks);
        }
        let before = bytes.get(..blanks).unwrap_or_default();
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
        let word = match token.kind {
            Kind::Name => bytes.get(token.span.start..token.span.end),
            _ => None,
        };
        // What an `end` ends may be a value: `fetch('NAME') do … end`.
        if !matches!(word, None | Some(b"end"))
            && start > self.start
            && !self.crossed
            && self.method.is_none()
            && alone
            && far <= start
            && !self.goes_on
            && let Ok(at) = u32::try_from(start)
        {
            sink(Step::Mark(Mark {
                at,
                within: self.within(),
            }))?;
        }
        let class = matches!(word, Some(b"class" | b"module" | b"defmodule"));
        self.class = (self.language.indented_classes
            && class
            && self.classes.len() < super::walk::MOST_PARENTS)
            .then_some((token.span, column));
        ControlFlow::Continue(())
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

    /// At a name, behind another if there is one: tells what it is given by the word before it.
    fn named(
        &mut self,
        span: Span,
        last: Option<Span>,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Some((word, column)) = self.class
            && last == Some(word)
        {
            let name = span.of(self.text).into();
            self.classes.to_mut().push(Enclosing { column, name });
            self.moved = true;
            self.class = None;
        }
        let word = last.map_or("", |last| last.of(self.text));
        let defined = self.defines || is_defining(word);
        if defined {
            tell(span, span.of(self.text), Gift::Body, sink)?;
        }
        if names_class(word) {
            tell(span, span.of(self.text), Gift::Class, sink)?;
        }
        self.defines = defined;
        ControlFlow::Continue(())
    }

    /// At an operator: tells what gives a name something, which is what `Scope` looks at, and more.
    fn operator(
        &mut self,
        (token, op): (&Token, Op),
        before: &[Token],
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let sign = self.text.as_bytes().get(token.span.start..token.span.end);
        let added = op == Op::Other && sign.is_some_and(adds);
        if (op == Op::Assign || added)
            && let Some((key, name)) = target(self.text, before, self.language, before.len())
            && let Some(given) = before.get(name)
        {
            let what = if added { Gift::More } else { Gift::Value };
            tell(given.span, key, what, sink)?;
        }
        // `string SecretKey => "v";`
        if op == Op::Arrow
            && let Some(name) = before.last()
            && name.kind == Kind::Name
        {
            tell(name.span, name.span.of(self.text), Gift::Body, sink)?;
        }
        ControlFlow::Continue(())
    }
}

/// Tells `sink` that a name is given something.
fn tell(
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
