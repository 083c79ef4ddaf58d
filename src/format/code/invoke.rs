//! Calls: defaults of look-ups, positional arguments, setters, calls without parentheses, annotations.

use std::borrow::Cow;

use super::arguments::Arguments;
use super::calls;
use super::cursor::Cursor;
use super::fold::{Constant, expression};
use super::token::{Kind, Op};
use super::walk::Walker;
use crate::format::{Entry, Limit, Slot, Value};
use crate::text::Span;

/// Positional arguments beyond this give no entries.
const MOST_ARGUMENTS: usize = 16;
/// Calls looked at in the chain before a call.
const MOST_CALLERS: usize = 4;
/// Tokens in the brackets of such a call.
const LONGEST_CALLER: usize = 200;

/// A call without parentheses, up to the end of its line.
pub(super) struct Command<'t> {
    /// The function, and the constants among its arguments.
    pub names: Vec<Cow<'t, str>>,
    /// Brackets open where it stands.
    pub depth: usize,
}

impl<'t> Walker<'t, '_> {
    /// Defaults and positional arguments of a call that no assignment has given already.
    pub(super) fn call(&mut self, at: usize, function: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let cursor = self.cursor(at);
        let arguments = cursor.arguments();
        let close = self
            .closers
            .get(at)
            .map_or(at, |&close| close as usize)
            .min(self.tokens.len() - 1);
        let (first, callers) = self.callers(self.chain(at.saturating_sub(1)));
        let statement = Span::new(
            self.tokens[first].span.start,
            self.tokens[close].span.end.max(self.tokens[at].span.end),
        );
        self.invocation(&arguments, function, &callers, statement, sink);
    }

    /// The functions on whose results the name at token `first` is called, and the token all that begins at: `rememberMe` in
    /// `http.rememberMe().key("x")`.
    pub(super) fn callers(&self, first: usize) -> (usize, Vec<&'t str>) {
        let mut names = Vec::new();
        let mut at = first;
        while names.len() < MOST_CALLERS {
            let Some(close) = self.joined_to(at) else {
                break;
            };
            let mut depth = 0_usize;
            let open = (close.saturating_sub(LONGEST_CALLER)..=close)
                .rev()
                .find(|&index| {
                    match self.kind(index) {
                        Some(Kind::Close(_)) => depth += 1,
                        Some(Kind::Open(_)) => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    depth == 0
                });
            let Some(name) = open.and_then(|open| open.checked_sub(1)) else {
                break;
            };
            if self.kind(name) != Some(Kind::Name) {
                break;
            }
            names.push(self.source(name));
            at = self.chain(name);
        }
        (at, names)
    }

    /// The closing bracket that the name at token `at` is a member of.
    fn joined_to(&self, at: usize) -> Option<usize> {
        let before = |at: usize| {
            (0..at)
                .rev()
                .find(|&index| self.kind(index) != Some(Kind::Newline))
        };
        let dot = before(at).filter(|&dot| match self.kind(dot) {
            Some(Kind::Op(Op::Dot)) => !self.language.dot_joins,
            Some(Kind::Op(Op::Member)) => true,
            _ => false,
        })?;
        before(dot).filter(|&close| self.kind(close) == Some(Kind::Close(b')')))
    }

    /// Entries of a call: its default, what it sets, its positional arguments.
    fn invocation(
        &mut self,
        arguments: &Arguments<'t, '_>,
        function: &'t str,
        callers: &[&'t str],
        statement: Span,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let mut parents = self.parents();
        parents.extend(callers.iter().rev().map(|&name| Cow::Borrowed(name)));
        let mut found: Vec<(Entry<'t>, Constant<'t>)> = Vec::new();
        let begin = |key: Cow<'t, str>, slot| {
            let mut entry = Entry::assign(key, Value::Opaque, Span::default(), statement);
            entry.slot = slot;
            entry.parents.clone_from(&parents);
            entry
        };
        let set = match arguments.positional.as_slice() {
            [name, value] | [name, value, _] if calls::is_setter(calls::last_part(function)) => {
                name.lone_literal()
                    .filter(|name| calls::is_setting_name(name))
                    .map(|name| (name, expression(&mut value.clone(), 0)))
            }
            _ => None,
        };
        let mut cuts: Vec<(Entry<'t>, (Limit, usize))> = Vec::new();
        if let Some((name, folded)) = set {
            let cut = folded.cut;
            cuts.extend(cut.map(|cut| (begin(Cow::Borrowed(name), Slot::Assign), cut)));
            for constant in folded.values {
                let mut entry = begin(Cow::Borrowed(name), Slot::Assign);
                if let Some(lookup) = constant.lookup.clone() {
                    entry.outer = Some(entry.key);
                    entry.key = lookup;
                    entry.slot = Slot::Default;
                }
                entry.parents.push(Cow::Borrowed(function));
                self.uses(&constant);
                found.push((entry, constant));
            }
        } else if let Some(folded) = calls::default_of(arguments, function, 0) {
            let name = arguments.positional.first().and_then(Cursor::lone_literal);
            if let (Some(cut), Some(name)) = (folded.cut, name) {
                cuts.push((begin(Cow::Borrowed(name), Slot::Default), cut));
            }
            for constant in folded.values {
                if let Some(lookup) = constant.lookup.clone()
                    && self.uses(&constant)
                {
                    let mut entry = begin(lookup, Slot::Default);
                    entry.parents.push(Cow::Borrowed(function));
                    found.push((entry, constant));
                }
            }
        }
        for (position, argument) in arguments.positional.iter().enumerate().take(MOST_ARGUMENTS) {
            let Ok(position) = u8::try_from(position) else {
                break;
            };
            let mut argument = argument.clone();
            let folded = expression(&mut argument, 0);
            // A parameter with a type, or what is not understood.
            if argument.kind().is_some() {
                continue;
            }
            let cut = folded.cut;
            // `KEYS.append('v')`
            if let Some((list, method)) = function.rsplit_once('.')
                && super::known::adds(method)
            {
                cuts.extend(cut.map(|cut| (begin(Cow::Borrowed(list), Slot::Assign), cut)));
                for constant in &folded.values {
                    let mut entry = begin(Cow::Borrowed(list), Slot::Assign);
                    if let Some(lookup) = constant.lookup.clone() {
                        entry.outer = Some(entry.key);
                        entry.key = lookup;
                        entry.slot = Slot::Default;
                    }
                    found.push((entry, constant.clone()));
                }
            }
            cuts.extend(cut.map(|cut| {
                let slot = Slot::Argument(position);
                (begin(Cow::Borrowed(function), slot), cut)
            }));
            for constant in folded.values {
                let mut entry = begin(Cow::Borrowed(function), Slot::Argument(position));
                entry.outer.clone_from(&constant.lookup);
                if let Some(lookup) = constant.lookup.clone()
                    && self.uses(&constant)
                {
                    let mut entry = begin(lookup, Slot::Default);
                    entry.parents.push(Cow::Borrowed(function));
                    found.push((entry, constant.clone()));
                }
                found.push((entry, constant));
            }
        }
        for (entry, constant) in found {
            self.constant(entry, constant, sink);
        }
        for (entry, cut) in cuts {
            self.unread(entry, cut, sink);
        }
    }

    /// A call without parentheses that begins at `at`: `set :name, 'value'`, `JWT.encode payload, 'key'`.
    pub(super) fn command(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let begins = at == self.statement
            || matches!(
                at.checked_sub(1).and_then(|before| self.kind(before)),
                Some(Kind::Op(Op::Assign | Op::OrAssign))
            );
        if !begins || is_keyword(self.source(at)) {
            return;
        }
        let mut cursor = self.cursor(at);
        let name = cursor.path();
        let argument = cursor.kind().is_some_and(|kind| match kind {
            Kind::Str(_) | Kind::Symbol | Kind::Number => true,
            Kind::Name => !is_keyword(cursor.text()),
            _ => false,
        });
        let spaced = self
            .text
            .as_bytes()
            .get(name.end)
            .is_some_and(|b| matches!(b, b' ' | b'\t'));
        if !argument || !spaced {
            return;
        }
        let function = name.of(self.text);
        let arguments = cursor.command_arguments();
        if self.is_hot_statement(at) {
            let mut end = cursor.clone();
            end.skip_line();
            let statement = Span::new(name.start, cursor.span_to(end.at()).end.max(name.end));
            self.invocation(&arguments, function, &[], statement, sink);
        }
        let mut names = vec![Cow::Borrowed(function)];
        for argument in arguments.positional.iter().take(4) {
            let mut argument = argument.clone();
            if argument.kind() == Some(Kind::Name) {
                let constant = argument.path().of(self.text);
                if argument.kind().is_none() && constant.starts_with(|c: char| c.is_uppercase()) {
                    names.push(Cow::Borrowed(constant));
                }
            }
        }
        self.enter_command(names);
    }

    /// `@name "value"`: a module's attribute.
    pub(super) fn attribute(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        if at != self.segment || self.kind(at + 1) != Some(Kind::Name) {
            return;
        }
        if matches!(
            self.kind(at + 2),
            Some(Kind::Str(_) | Kind::Name | Kind::Open(_))
        ) && let Some(target) = self.target(at + 2)
        {
            self.value(at + 2, &target, Slot::Assign, sink);
        }
    }

    /// `@Value("${name:value}")`.
    pub(super) fn placeholders(
        &mut self,
        at: usize,
        function: &'t str,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        for index in at + 1..(at + 4).min(self.tokens.len()) {
            let Some(Kind::Str(literal)) = self.kind(index) else {
                continue;
            };
            let body = literal.body.of(self.text);
            let mark = if body.starts_with("\\${") { 3 } else { 2 };
            let Some(inner) = body
                .strip_prefix(if mark == 3 { "\\${" } else { "${" })
                .and_then(|inner| inner.strip_suffix('}'))
            else {
                continue;
            };
            let Some((name, value)) = inner.split_once(':') else {
                continue;
            };
            if value.contains(['{', '}', '\\']) || !calls::is_setting_name(name) {
                continue;
            }
            let start = literal.body.start + mark + name.len() + 1;
            let mut entry = Entry::assign(
                name,
                Value::text(value),
                Span::new(start, start + value.len()),
                self.tokens[at - 1].span.join(self.tokens[index].span),
            );
            entry.slot = Slot::Default;
            entry.parents = self.parents();
            entry.parents.push(Cow::Borrowed(function));
            self.give(entry, sink);
            return;
        }
    }

    /// Whether it stands in a call without parentheses.
    pub(super) fn in_command(&self) -> bool {
        self.command.is_some()
    }

    /// Enters a call without parentheses.
    pub(super) fn enter_command(&mut self, names: Vec<Cow<'t, str>>) {
        self.command = Some(Command {
            names,
            depth: self.frames.len(),
        });
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "if" | "unless"
            | "while"
            | "until"
            | "do"
            | "then"
            | "else"
            | "elsif"
            | "end"
            | "and"
            | "or"
            | "not"
            | "in"
            | "when"
            | "case"
            | "def"
            | "class"
            | "module"
            | "return"
            | "begin"
            | "rescue"
            | "ensure"
            | "alias"
            | "defp"
            | "defmodule"
            | "my"
            | "our"
            | "local"
            | "for"
            | "foreach"
            | "sub"
            | "use_ok"
            | "fn"
            | "rescue!"
    )
}
