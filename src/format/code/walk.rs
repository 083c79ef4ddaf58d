//! Tokens to entries: finds the places where a name is given a value.
//!
//! One pass over the tokens with a stack of open brackets. Each place is one of: `target = expression`, `name: value`
//! and `'name' => value`, a keyword argument (which is the first), the default of a look-up, a positional argument.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::cursor::{Constants, Cursor};
use super::extract::Inset;
use super::fold::{Constant, expression};
use super::language::{Colon, Language};
use super::target::Target;
use super::token::{Kind, Op, Token};
use crate::format::{Entry, Slot, Value};
use crate::text::Span;

/// Only the innermost of what an entry stands in are told.
const MOST_PARENTS: usize = 24;
/// Targets of one assignment beyond this are not looked at.
const MOST_TARGETS: usize = 8;

/// An open bracket.
struct Frame<'t> {
    bracket: u8,
    /// The function called, for the bracket of a call.
    function: Option<&'t str>,
    /// The name whose value the bracket is, or that heads the block.
    label: Option<Cow<'t, str>>,
    /// Whether it is an annotation's.
    annotation: bool,
    /// Where the current part and statement begin, saved for when the bracket closes.
    segment: usize,
    statement: usize,
}

/// A call without parentheses, up to the end of its line.
struct Command<'t> {
    /// The function, and the constants among its arguments.
    names: Vec<Cow<'t, str>>,
    /// Brackets open where it stands.
    depth: usize,
}

pub(super) struct Walker<'t, 'c> {
    pub text: &'t str,
    pub tokens: &'c [Token],
    pub closers: &'c [u32],
    constants: &'c Constants<'t>,
    pub language: &'static Language,
    inset: Inset,
    frames: Vec<Frame<'t>>,
    /// Classes told by indentation: column and name.
    classes: Vec<(usize, &'t str)>,
    command: Option<Command<'t>>,
    /// Index of the first token of the current statement, argument or item.
    pub segment: usize,
    /// Index of the first token of the current statement or item; commas outside of brackets do not end it.
    statement: usize,
    /// Literals already given as a value.
    pub used: BTreeSet<usize>,
}

impl<'t, 'c> Walker<'t, 'c> {
    pub(super) fn new(
        text: &'t str,
        tokens: &'c [Token],
        closers: &'c [u32],
        constants: &'c Constants<'t>,
        language: &'static Language,
        inset: Inset,
    ) -> Self {
        Self {
            text,
            tokens,
            closers,
            constants,
            language,
            inset,
            frames: Vec::new(),
            classes: Vec::new(),
            command: None,
            segment: 0,
            statement: 0,
            used: BTreeSet::new(),
        }
    }
}

impl<'t, 'c> Walker<'t, 'c> {
    pub(super) fn run(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        self.indent(0);
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Newline => self.line_end(at),
                Kind::Op(Op::Semicolon) => {
                    self.begin(at + 1);
                    self.command = None;
                }
                Kind::Op(Op::Comma) => self.segment = self.next_on(at + 1),
                Kind::Op(Op::Assign | Op::OrAssign) => self.assignment(at, sink),
                Kind::Op(Op::Colon) => self.pair(at, sink),
                Kind::Op(Op::Arrow) if self.language.arrow_pairs => self.pair_at(at, sink),
                Kind::Open(bracket) => self.open(at, bracket, sink),
                Kind::Close(_) => {
                    // Only a bracket that closes something closes it here, too.
                    if let Some(found) = self.frames.pop() {
                        self.segment = found.segment;
                        self.statement = found.statement;
                    }
                }
                Kind::Name if self.language.commands => self.command(at, sink),
                Kind::Op(Op::Other) if self.language.symbols && self.source(at) == "@" => {
                    self.attribute(at, sink);
                }
                _ => {}
            }
        }
    }

    /// The next token that ends no line.
    fn next_on(&self, mut at: usize) -> usize {
        while self.kind(at) == Some(Kind::Newline) {
            at += 1;
        }
        at
    }

    fn begin(&mut self, at: usize) {
        self.segment = at;
        self.statement = at;
    }

    fn line_end(&mut self, at: usize) {
        let bracket = self.frames.last().map(|frame| frame.bracket);
        let ends = match bracket {
            None => true,
            Some(b'{') => self.language.continues,
            Some(_) => false,
        };
        if !ends {
            return;
        }
        self.begin(at + 1);
        if bracket.is_none() {
            self.indent(at + 1);
        }
        if self
            .command
            .as_ref()
            .is_some_and(|command| command.depth >= self.frames.len())
        {
            self.command = None;
        }
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn source(&self, at: usize) -> &'t str {
        self.tokens
            .get(at)
            .map_or("", |token| token.span.of(self.text))
    }

    /// At the beginning of a line: leaves classes the line is no longer part of, and enters one it begins.
    fn indent(&mut self, at: usize) {
        if !self.language.indented_classes {
            return;
        }
        let Some(token) = self
            .tokens
            .get(at)
            .filter(|token| token.kind != Kind::Newline)
        else {
            return;
        };
        let line = self.text[..token.span.start]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let column = token.span.start - line;
        self.classes.retain(|&(outer, _)| outer < column);
        if matches!(self.source(at), "class" | "module" | "defmodule")
            && self.kind(at + 1) == Some(Kind::Name)
            && self.classes.len() < MOST_PARENTS
        {
            self.classes.push((column, self.source(at + 1)));
        }
    }

    /// The name a token stands for as a key.
    pub(super) fn key(&self, at: usize) -> Option<&'t str> {
        match self.kind(at)? {
            Kind::Name => Some(self.source(at)),
            Kind::Symbol => self.source(at).get(1..),
            Kind::Str(literal) => Some(literal.body.of(self.text)),
            _ => None,
        }
    }

    pub(super) fn cursor(&self, at: usize) -> Cursor<'t, 'c> {
        let depth = usize::from(
            self.frames
                .last()
                .is_some_and(|frame| frame.bracket != b'{' || !self.language.continues),
        );
        Cursor::new(
            self.text,
            self.tokens,
            self.closers,
            self.language,
            Some(self.constants),
            at,
            depth,
        )
    }

    fn assignment(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let slot = match self.frames.last() {
            Some(frame) if frame.bracket == b'(' => Slot::Keyword,
            _ => Slot::Assign,
        };
        let several = self.several(at);
        if several == 0 {
            if let Some(target) = self.target(at) {
                self.value(at + 1, &target, slot, sink);
            }
            return;
        }
        // `a, b = 'x', 'y'`
        let mut cursor = self.cursor(at + 1);
        let mut values = Vec::new();
        loop {
            values.push(cursor.at());
            let before = cursor.at();
            expression(&mut cursor, 0);
            if !cursor.op(Op::Comma) || cursor.at() == before || values.len() > MOST_TARGETS {
                break;
            }
            cursor.next();
        }
        if values.len() != several + 1 {
            return;
        }
        let commas = (self.statement..at).filter(|&i| self.kind(i) == Some(Kind::Op(Op::Comma)));
        let ends: Vec<usize> = commas.chain([at]).collect();
        let segment = std::mem::replace(&mut self.segment, self.statement);
        for (value, end) in values.into_iter().zip(ends) {
            if let Some(target) = self.target(end) {
                self.value(value, &target, slot, sink);
            }
            self.segment = end + 1;
        }
        self.segment = segment;
    }

    /// How many targets stand before the last one of the assignment at `at`.
    fn several(&self, at: usize) -> usize {
        let separate = self
            .frames
            .last()
            .is_some_and(|frame| frame.bracket != b'{' || !self.language.continues);
        if separate || self.segment == self.statement || at - self.statement > MOST_TARGETS * 4 {
            return 0;
        }
        let mut commas = 0;
        for token in &self.tokens[self.statement..at] {
            match token.kind {
                Kind::Op(Op::Comma) => commas += 1,
                Kind::Name | Kind::Op(Op::Dot | Op::Member) => {}
                _ => return 0,
            }
        }
        commas
    }

    /// `name: value`, where the language writes pairs so.
    fn pair(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let bracket = self.frames.last().map(|frame| frame.bracket);
        let first = at == self.segment + 1;
        let pairs = match self.language.colon {
            Colon::Never => false,
            Colon::Braces => bracket == Some(b'{') && first,
            Colon::Brackets => bracket.is_some() && first,
            // `a ? b : c` has space before its colon.
            Colon::Anywhere => at > 0 && self.tokens[at - 1].span.end == self.tokens[at].span.start,
        };
        // A statement cannot begin with a literal and a colon: this is a piece of a mapping.
        let piece =
            first && bracket.is_none() && matches!(self.kind(self.segment), Some(Kind::Str(_)));
        // A piece of an object: `name: 'value',`
        let member = first
            && bracket.is_none()
            && self.language.colon == Colon::Braces
            && self.language.continues
            && matches!(self.kind(at + 1), Some(Kind::Str(_) | Kind::Open(_)));
        if pairs || piece || member {
            self.pair_at(at, sink);
        }
    }

    fn pair_at(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let Some(before) = at.checked_sub(1) else {
            return;
        };
        let target = match (self.key(before), self.kind(before)) {
            (Some(key), _) => Target {
                key: Cow::Borrowed(key),
                object: None,
                first: before,
            },
            // `["name"]: value`
            (None, Some(Kind::Close(b']'))) => match self.target(at) {
                Some(target) if target.object.is_none() => target,
                _ => return,
            },
            _ => return,
        };
        // `name: Type = value` is an assignment.
        let mut ahead = self.cursor(at + 1);
        ahead.path();
        if ahead.op(Op::Assign) {
            return;
        }
        self.value(at + 1, &target, Slot::Member, sink);
    }

    /// Folds the value that begins at `at` and gives it to `target`.
    pub(super) fn value(
        &mut self,
        at: usize,
        target: &Target<'t>,
        slot: Slot,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let start = self.tokens[target.first].span.start;
        let mut cursor = self.cursor(at);
        // `a = b = 'x'`
        for _ in 0..MOST_TARGETS {
            let mut ahead = cursor.clone();
            if ahead.kind() == Some(Kind::Name) {
                ahead.path();
                if ahead.op(Op::Assign) {
                    ahead.next();
                    cursor = ahead;
                    continue;
                }
            }
            break;
        }
        let mut folded = expression(&mut cursor, 0);
        // `${NAME:value}` in an annotation is no value of the name it is given to.
        folded.values.retain(|value| {
            !(self.annotated() && value.bytes.starts_with(b"${") && value.bytes.ends_with(b"}"))
        });
        let last = cursor.at().min(self.tokens.len()).saturating_sub(1);
        let end = self.tokens.get(last).map_or(start, |token| token.span.end);
        // A value whose end is far off (a bracket never closed) is still one whose beginning is known.
        let mut parents = self.parents();
        parents.extend(target.object.map(Cow::Borrowed));
        if folded.values.is_empty() {
            let from = self.tokens.get(at).map_or(end, |token| token.span.start);
            let mut entry = Entry::assign(
                target.key.clone(),
                Value::Opaque,
                Span::new(from, end),
                Span::new(start, end),
            );
            entry.parents = parents;
            entry.slot = slot;
            self.give(entry, sink);
            return;
        }
        for constant in folded.values {
            self.used.insert(constant.token);
            let mut entry = Entry::assign(
                target.key.clone(),
                Value::Opaque,
                Span::default(),
                Span::new(start, end),
            );
            if let Some(lookup) = constant.lookup.clone() {
                entry.outer = Some(target.key.clone());
                entry.key = lookup;
                entry.slot = Slot::Default;
            } else {
                entry.slot = slot;
            }
            entry.parents.clone_from(&parents);
            self.constant(entry, constant, sink);
        }
    }

    pub(super) fn constant(
        &mut self,
        mut entry: Entry<'t>,
        constant: Constant<'t>,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        entry.span = constant.span;
        entry.constant = constant.origin;
        entry.value = Value::Literal(constant.bytes);
        self.give(entry, sink);
    }

    pub(super) fn give(&self, mut entry: Entry<'t>, sink: &mut dyn FnMut(Entry<'t>)) {
        entry.span = entry.span.shift(self.inset.offset);
        entry.statement = entry.statement.shift(self.inset.offset);
        entry.constant = entry.constant.map(|span| span.shift(self.inset.offset));
        entry.place = self.inset.place;
        sink(entry);
    }

    pub(super) fn parents(&self) -> Vec<Cow<'t, str>> {
        let classes = self.classes.iter().map(|&(_, name)| Cow::Borrowed(name));
        let command = self.command.iter();
        let command = command.flat_map(|command| command.names.iter().cloned());
        let from = self.frames.len().saturating_sub(MOST_PARENTS);
        let frames = self.frames[from..]
            .iter()
            .flat_map(|frame| [frame.label.clone(), frame.function.map(Cow::Borrowed)])
            .flatten();
        classes.chain(command).chain(frames).collect()
    }

    /// Whether the bracket the walker is in is an annotation's.
    fn annotated(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.annotation)
    }

    fn open(&mut self, at: usize, bracket: u8, sink: &mut dyn FnMut(Entry<'t>)) {
        let before = at.checked_sub(1).filter(|&before| before >= self.segment);
        let function = match before.and_then(|before| self.kind(before)) {
            Some(Kind::Name) if bracket == b'(' => before.map(|before| {
                let first = self.chain(before);
                self.tokens[first]
                    .span
                    .join(self.tokens[before].span)
                    .of(self.text)
            }),
            _ => None,
        };
        let label = match before.and_then(|before| self.kind(before)) {
            Some(Kind::Op(Op::Assign | Op::Colon | Op::Arrow | Op::OrAssign)) => before
                .and_then(|before| self.target(before))
                .map(|target| target.key),
            // `class X {`, `resource "a" "b" {`, `session {`
            Some(Kind::Name | Kind::Str(_)) if bracket == b'{' => {
                before.and_then(|before| self.heading(before))
            }
            _ => None,
        };
        let annotation = function.is_some()
            && before.is_some_and(|before| {
                let first = self.chain(before);
                first > 0 && self.source(first - 1) == "@"
            });
        if let Some(function) = function {
            self.call(at, function, sink);
            if annotation {
                self.placeholders(at, function, sink);
            }
        }
        // `var ( … )` holds statements.
        let block = self.language.type_after
            && bracket == b'('
            && before.is_some_and(|before| matches!(self.source(before), "var" | "const"));
        let (bracket, function) = if block {
            (b'{', None)
        } else {
            (bracket, function)
        };
        self.frames.push(Frame {
            bracket,
            function,
            label,
            annotation,
            segment: self.segment,
            statement: self.statement,
        });
        let first = self.next_on(at + 1);
        self.begin(first);
    }

    /// The name that heads the block that opens behind token `before`.
    fn heading(&self, before: usize) -> Option<Cow<'t, str>> {
        let begin = self.segment.max(before.saturating_sub(16));
        let class = (begin..before).find(|&at| {
            matches!(
                self.source(at),
                "class"
                    | "interface"
                    | "struct"
                    | "object"
                    | "module"
                    | "enum"
                    | "trait"
                    | "record"
                    | "namespace"
            ) && self.kind(at + 1) == Some(Kind::Name)
        });
        let name = self.key(class.map_or(before, |class| class + 1))?;
        let keyword = matches!(
            name,
            "default"
                | "return"
                | "else"
                | "try"
                | "do"
                | "finally"
                | "of"
                | "in"
                | "then"
                | "begin"
                | "export"
                | "async"
                | "static"
                | "loop"
                | "unsafe"
                | "get"
                | "set"
                | "const"
                | "new"
        );
        (!keyword).then_some(Cow::Borrowed(name))
    }

    /// Enters a call without parentheses.
    pub(super) fn enter_command(&mut self, names: Vec<Cow<'t, str>>) {
        self.command = Some(Command {
            names,
            depth: self.frames.len(),
        });
    }
}
