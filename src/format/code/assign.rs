//! `target = value`, `name: value`, `'name' => value`.

use std::borrow::Cow;

use super::fold::expression;
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
        if values.len() > MOST_TARGETS {
            let begin = self.tokens[self.statement].span.start;
            let statement = Span::new(begin, self.tokens[at].span.end);
            self.give(Entry::unread(Limit::Count(MOST_TARGETS), statement), sink);
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
        let mut folded = expression(&mut cursor, 0);
        if chained {
            folded.cut = Some((Limit::Count(MOST_TARGETS), at));
        }
        // `${NAME:value}` in an annotation is no value of the name it is given to.
        folded.values.retain(|value| {
            !(self.annotated() && value.bytes.starts_with(b"${") && value.bytes.ends_with(b"}"))
        });
        let last = cursor.at().min(self.tokens.len()).saturating_sub(1);
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
}
