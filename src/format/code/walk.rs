//! Tokens to entries: finds the places where a name is given a value.
//!
//! One pass over the tokens with a stack of open brackets. Each place is one of: `target = expression`, `name: value`
//! and `'name' => value`, a keyword argument (which is the first), the default of a look-up, a positional argument.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::cursor::Cursor;
use super::extract::Inset;
use super::fold::Constant;
use super::heat::{Known, Spots};
use super::invoke::Command;
use super::language::Language;
use super::scope::Scope;
use super::token::{Kind, Op, Token};
use crate::format::cut::Enclosing;
use crate::format::{Entry, Limit, Value};
use crate::text::Span;

/// Only the innermost of what an entry stands in are told.
pub(super) const MOST_PARENTS: usize = 64;

/// An open bracket.
pub(super) struct Frame<'t> {
    pub bracket: u8,
    /// The function called, for the bracket of a call.
    function: Option<&'t str>,
    /// The name whose value the bracket is, or that heads the block.
    label: Option<Cow<'t, str>>,
    /// Whether it is an annotation's.
    annotation: bool,
    /// Whether something may be found in it, whatever it holds.
    pub hot: bool,
    /// Where the current part and statement begin, and what is known of that, saved for when the bracket closes.
    segment: usize,
    statement: usize,
    known: (Known, Known),
}

pub(super) struct Walker<'t, 'c> {
    pub text: &'t str,
    pub tokens: &'c [Token],
    pub closers: &'c [u32],
    pub scope: &'c Scope<'t, 'c>,
    pub language: &'static Language,
    inset: Inset,
    pub frames: Vec<Frame<'t>>,
    /// Classes told by indentation: column, name, and whether something may be found in them whatever they hold.
    pub classes: Vec<(usize, Cow<'t, str>, bool)>,
    pub command: Option<Command<'t>>,
    /// Index of the first token of the current statement, argument or item.
    pub segment: usize,
    /// Index of the first token of the current statement or item; commas outside of brackets do not end it.
    pub statement: usize,
    /// What is known of the current statement, and of the current item.
    pub known: (Known, Known),
    /// Where something can be found.
    pub spots: Spots<'c>,
    /// Literals already given as a value.
    used: BTreeSet<usize>,
}

impl<'t, 'c> Walker<'t, 'c> {
    pub(super) fn new(
        text: &'t str,
        tokens: &'c [Token],
        closers: &'c [u32],
        scope: &'c Scope<'t, 'c>,
        language: &'static Language,
        inset: Inset,
    ) -> Self {
        Self {
            text,
            tokens,
            closers,
            scope,
            language,
            inset,
            frames: Vec::new(),
            classes: Vec::new(),
            command: None,
            segment: 0,
            statement: 0,
            known: (None, None),
            spots: Spots::All,
            used: BTreeSet::new(),
        }
    }
}

impl<'t, 'c> Walker<'t, 'c> {
    /// Walks through all tokens.
    pub(super) fn run(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        self.part(0..self.tokens.len(), &[], sink);
    }

    /// Walks through the tokens of a piece, which stands in these classes.
    pub(super) fn part(
        &mut self,
        tokens: Range<usize>,
        within: &[Enclosing],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let classes = within.iter();
        self.classes = classes
            .map(|class| (class.column, Cow::Owned(class.name.to_string()), false))
            .collect();
        self.begin(tokens.start);
        self.indent(tokens.start);
        let functions = &self.scope.functions;
        let mut function = functions.partition_point(|function| function.name < tokens.start);
        let mut next = tokens.start;
        while next < tokens.end {
            let at = next;
            next += 1;
            while let Some(known) = self.scope.functions.get(function).filter(|f| f.name <= at) {
                if known.name == at {
                    self.function(function, sink);
                }
                function += 1;
            }
            let kind = self.tokens[at].kind;
            match kind {
                Kind::Newline => self.line_end(at),
                Kind::Op(Op::Semicolon) => {
                    self.begin(at + 1);
                    self.command = None;
                }
                Kind::Op(Op::Comma) => {
                    self.segment = self.next_on(at + 1);
                    self.known.1 = None;
                }
                Kind::Op(Op::Assign | Op::OrAssign) if self.is_hot_item(at) => {
                    self.assignment(at, sink);
                }
                Kind::Op(Op::Colon) if self.is_hot_item(at) => self.pair(at, sink),
                Kind::Op(Op::Arrow) if self.language.arrow_pairs && self.is_hot_item(at) => {
                    self.pair_at(at, sink);
                }
                Kind::Open(bracket) => {
                    self.open(at, bracket, sink);
                    next = self.behind_cold(at).unwrap_or(next);
                }
                Kind::Close(_) => {
                    // Only a bracket that closes something closes it here, too.
                    if let Some(found) = self.frames.pop() {
                        self.segment = found.segment;
                        self.statement = found.statement;
                        self.known = found.known;
                    }
                }
                Kind::Name if self.language.commands => self.command(at, sink),
                Kind::Op(Op::Other) if self.is_hot_statement(at) => {
                    if self.language.symbols && self.source(at) == "@" {
                        self.attribute(at, sink);
                    } else {
                        self.addition(at, sink);
                    }
                }
                _ => {}
            }
        }
    }

    /// The next token that ends no line.
    pub(super) fn next_on(&self, mut at: usize) -> usize {
        while self.kind(at) == Some(Kind::Newline) {
            at += 1;
        }
        at
    }

    fn begin(&mut self, at: usize) {
        self.segment = at;
        self.statement = at;
        self.known = (None, None);
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
        let before = &self.text.as_bytes()[..token.span.start];
        let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let column = token.span.start - line;
        self.classes.retain(|(outer, ..)| *outer < column);
        if matches!(self.source(at), "class" | "module" | "defmodule")
            && self.kind(at + 1) == Some(Kind::Name)
            && self.classes.len() < MOST_PARENTS
        {
            let name = self.tokens[at + 1].span;
            let hot = self.spots.any(name.start, name.end);
            let name = Cow::Borrowed(name.of(self.text));
            self.classes.push((column, name, hot));
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

    /// Whether a constant stands here and was not given as a value before. What a name stands for is told where the name
    /// is given it.
    pub(super) fn uses(&mut self, constant: &Constant<'t>) -> bool {
        constant.origin.is_none() && self.used.insert(constant.token)
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
            Some(self.scope),
            at,
            depth,
        )
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

    /// Gives an entry whose value is not read from a token on.
    pub(super) fn unread(
        &self,
        mut entry: Entry<'t>,
        (limit, at): (Limit, usize),
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let end = entry.statement.end;
        entry.span = self
            .tokens
            .get(at)
            .map_or(Span::new(end, end), |token| token.span);
        entry.value = Value::Unread(limit);
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
        let classes = self.classes.iter().map(|(_, name, _)| name.clone());
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
    pub(super) fn annotated(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.annotation)
    }

    fn open(&mut self, at: usize, bracket: u8, sink: &mut dyn FnMut(Entry<'t>)) {
        let before = at.checked_sub(1).filter(|&before| before >= self.segment);
        let first = match before.and_then(|before| self.kind(before)) {
            Some(Kind::Name) if bracket == b'(' => before.map(|before| self.chain(before)),
            _ => None,
        };
        let function = first.zip(before).map(|(first, before)| {
            let name = self.tokens[first].span.join(self.tokens[before].span);
            name.of(self.text)
        });
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
        if let Some(function) = function
            && (self.is_hot_item(at) || self.is_hot_chain(at))
        {
            self.call(at, function, sink);
            if annotation {
                self.placeholders(at, function, sink);
            }
        }
        // `var ( … )` holds statements.
        let hot = match first {
            _ if label.is_some() || self.language.commands => self.is_hot(self.segment, at + 1),
            // Without a label nothing else names what it holds.
            first => self.is_hot(first.unwrap_or(at), at + 1),
        };
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
            hot,
            segment: self.segment,
            statement: self.statement,
            known: self.known,
        });
        let first = self.next_on(at + 1);
        self.begin(first);
    }
}
