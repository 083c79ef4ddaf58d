//! `target = value`, `name: value`, `'name' => value`.

use std::borrow::Cow;

use super::fold::{Form, expression, join};
use super::language::Colon;
use super::target::Target;
use super::token::{Kind, Op};
use super::walk::Walker;
use crate::format::{Entry, Limit, Slot, Value};
use crate::text::Span;

/// Targets of one assignment beyond this are not looked at.
const MOST_TARGETS: usize = 64;

impl<'t> Walker<'t, '_> {
    pub(super) fn assignment(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let slot = match self.frames.last() {
            Some(frame) if frame.bracket == b'(' => Slot::Keyword,
            _ => Slot::Assign,
        };
        let targets = self.targets(at);
        if targets.len() < 2 {
            if let Some(target) = self.target(at) {
                self.value(at + 1, &target, slot, sink);
            }
            return;
        }
        // `a, b = 'x', 'y'`, `a, b = ('x', 'y')`
        let mut cursor = self.cursor(at + 1);
        if matches!(cursor.kind(), Some(Kind::Open(b'(' | b'['))) {
            let mut behind = cursor.clone();
            behind.skip_bracket();
            if matches!(
                behind.kind(),
                None | Some(Kind::Newline | Kind::Op(Op::Semicolon))
            ) {
                let close = cursor.closer();
                cursor.next();
                cursor = cursor.inside();
                cursor.end = close;
            }
        }
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
        if values.len() > MOST_TARGETS {
            let begin = self.tokens[self.statement].span.start;
            let statement = Span::new(begin, self.tokens[at].span.end);
            self.give(Entry::unread(Limit::Count(MOST_TARGETS), statement), sink);
        }
        // `var a, b = 'x'` gives one of them a value.
        if values.len() == 1 && self.language.continues {
            if let Some(target) = self.target(at) {
                self.value(at + 1, &target, slot, sink);
            }
            return;
        }
        if values.len() != targets.len() {
            return;
        }
        let segment = self.segment;
        for (value, (begin, end)) in values.into_iter().zip(targets) {
            self.segment = begin;
            if let Some(target) = self.target(end) {
                self.value(value, &target, slot, sink);
            }
        }
        self.segment = segment;
    }

    /// Where the targets of the assignment at `at` begin and end, when there are several: `a, b =`, `(a, b) =`, `list(a, b) =`.
    fn targets(&self, at: usize) -> Vec<(usize, usize)> {
        let separate = self
            .frames
            .last()
            .is_some_and(|frame| frame.bracket != b'{' || !self.language.continues);
        let mut from = self.statement;
        let mut to = at;
        if separate || at.saturating_sub(from) > MOST_TARGETS * 4 || at == from {
            return Vec::new();
        }
        if self.kind(at - 1) == Some(Kind::Close(b')')) {
            from += usize::from(self.source(from) == "list");
            if self.kind(from) != Some(Kind::Open(b'(')) {
                return Vec::new();
            }
            from += 1;
            to -= 1;
        }
        let mut targets = Vec::new();
        let mut index = from;
        while index < to {
            match self.tokens[index].kind {
                Kind::Op(Op::Comma) => {
                    targets.push((from, index));
                    from = index + 1;
                }
                Kind::Name | Kind::Op(Op::Dot | Op::Member) => {}
                _ => return Vec::new(),
            }
            index += 1;
        }
        if from < to && !targets.is_empty() {
            targets.push((from, to));
        }
        targets
    }

    /// `keys += ['v']`, `keys << 'v'`: a value among others. What is added to text is read where the text is given.
    pub(super) fn addition(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let text = self.source(at);
        let shovel = text == "<<" && self.language.commands;
        if !shovel && !matches!(text, "+=" | "|=") {
            return;
        }
        let Some(target) = self.target(at) else {
            return;
        };
        if shovel || expression(&mut self.cursor(at + 1), 0).form.is_list() {
            self.value(at + 1, &target, Slot::Assign, sink);
        }
    }

    /// What a function named like a key returns is its value; `get` before the name says no more than that it is one.
    pub(super) fn function(&mut self, index: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let Some(&function) = self.scope.functions.get(index) else {
            return;
        };
        let name = function.name;
        // Within a command it stands in what that names.
        let hot =
            self.is_hot(name, function.end()) || self.in_command() && self.is_hot_statement(name);
        if !hot {
            return;
        }
        let text = self.source(name);
        let bare = ["get_", "_get_", "get"].iter().find_map(|word| {
            let rest = text.strip_prefix(word)?;
            let begins = word.ends_with('_') || rest.starts_with(|c: char| c.is_ascii_uppercase());
            (begins && !rest.is_empty()).then_some(rest)
        });
        let key = bare.unwrap_or(text);
        let start = self.tokens[name].span;
        let folded = self.scope.returned(index, 0);
        for mut constant in folded.values {
            constant.origin = None;
            let statement = start.join(constant.span);
            let mut entry = Entry::assign(key, Value::Opaque, Span::default(), statement);
            if let Some(lookup) = constant.lookup.clone() {
                entry.outer = Some(entry.key);
                entry.key = lookup;
                entry.slot = Slot::Default;
            }
            entry.parents = self.parents();
            self.constant(entry, constant, sink);
        }
    }

    /// `name: value`, where the language writes pairs so.
    pub(super) fn pair(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
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

    pub(super) fn pair_at(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
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
        let mut chained = false;
        // `a = b = 'x'`
        for left in (0..=MOST_TARGETS).rev() {
            let mut ahead = cursor.clone();
            if ahead.kind() == Some(Kind::Name) {
                ahead.path();
                if ahead.op(Op::Assign) && left > 0 {
                    ahead.next();
                    cursor = ahead;
                    continue;
                }
                chained = ahead.op(Op::Assign);
            }
            break;
        }
        let begin = cursor.at();
        let mut folded = expression(&mut cursor, 0);
        let mut end_at = cursor.at();
        let column = |at: usize| {
            let start = self.tokens[at].span.start;
            start - self.text[..start].rfind('\n').map_or(0, |end| end + 1)
        };
        // `a = 'x'`, and below it `a += 'y'`
        for &plus in self
            .scope
            .added(&target.key, begin)
            .iter()
            .take(MOST_TARGETS)
        {
            if folded.form != Form::One || column(plus - 1) != column(target.first) {
                break;
            }
            let mut more = self.cursor(plus + 1);
            let right = expression(&mut more, 0);
            folded = join(folded, right);
            end_at = more.at();
        }
        if chained {
            folded.cut = Some((Limit::Count(MOST_TARGETS), at));
        }
        // `${NAME:value}` in an annotation is no value of the name it is given to.
        folded.values.retain(|value| {
            !(self.annotated() && value.bytes.starts_with(b"${") && value.bytes.ends_with(b"}"))
        });
        let last = end_at.min(self.tokens.len()).saturating_sub(1);
        let end = self.tokens.get(last).map_or(start, |token| token.span.end);
        // A value whose end is far off (a bracket never closed) is still one whose beginning is known.
        let mut parents = self.parents();
        parents.extend(target.object.map(Cow::Borrowed));
        if let Some(cut) = folded.cut {
            let whole = Span::new(start, end);
            let mut entry = Entry::assign(target.key.clone(), Value::Opaque, whole, whole);
            entry.parents.clone_from(&parents);
            entry.slot = slot;
            self.unread(entry, cut, sink);
        } else if folded.values.is_empty() {
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
            self.uses(&constant);
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
}
