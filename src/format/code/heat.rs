//! Where in a text something can be found, where that is known: everything else is passed over by the walker.
//!
//! What a rule is about has a name of that rule: its own, that of the function called, or one of what it stands in. So only statements, items and
//! arguments are looked at in which a spot lies, and all that stands in brackets behind a head with one.

use super::marks::is_going_on;
use super::token::{Kind, Op};
use super::walk::Walker;
pub(super) use crate::format::spots::Spots;

/// Whether something can be found in a statement or an item, and the token that ends it; once that is known.
pub(super) type Known = Option<(bool, usize)>;

impl Walker<'_, '_> {
    /// Whether something can be found among these tokens, or anywhere in the bracket they stand in.
    pub(super) fn is_hot(&self, from: usize, to: usize) -> bool {
        if self.frames.last().is_some_and(|frame| frame.hot) || self.classes.iter().any(|c| c.2) {
            return true;
        }
        let last = to.min(self.tokens.len()).checked_sub(1);
        match (self.tokens.get(from), last.map(|last| self.tokens[last])) {
            (Some(first), Some(last)) => self.spots.any(first.span.start, last.span.end),
            _ => matches!(self.spots, Spots::All),
        }
    }

    /// Whether something can be found in the current statement, which goes on at `at`.
    pub(super) fn is_hot_statement(&mut self, at: usize) -> bool {
        let (known, hot) = self.told(self.known.0, self.statement, at, false);
        self.known.0 = known;
        hot
    }

    /// Whether something can be found in the current item or argument, which goes on at `at`; outside of brackets, in the current statement.
    pub(super) fn is_hot_item(&mut self, at: usize) -> bool {
        let alone = |bracket| bracket != b'{' || !self.language.continues;
        let item = (self.frames.last()).is_some_and(|frame| alone(frame.bracket));
        if item && !self.in_command() {
            let (known, hot) = self.told(self.known.1, self.segment, at, true);
            self.known.1 = known;
            hot
        } else {
            self.is_hot_statement(at)
        }
    }

    /// Whether something can be found in what begins at `from` and goes on at `at`, by what is `known` of that, and what is known
    /// then.
    fn told(&self, known: Known, from: usize, at: usize, item: bool) -> (Known, bool) {
        match known {
            _ if matches!(self.spots, Spots::All) => (known, true),
            Some((hot, end)) if hot || at < end => (known, hot),
            _ => {
                // Brackets that cross each other may seem to end it before.
                let end = self.end_from(from, item);
                let end = if end > at {
                    end
                } else {
                    self.end_from(at, item).max(at + 1)
                };
                let hot = self.is_hot(from, end);
                (Some((hot, end)), hot)
            }
        }
    }

    /// Where the bracket ends that opened at `at`, if nothing can be found in it.
    pub(super) fn behind_cold(&self, at: usize) -> Option<usize> {
        // What a call without brackets leaves behind is told by going through it.
        let skips = matches!(self.spots, Spots::At(_)) && !self.language.commands;
        let close = *self.closers.get(at).filter(|_| skips)? as usize;
        let inside = self.tokens.get(at..close)?;
        if inside.is_empty() || close >= self.tokens.len() || self.is_hot(at, close + 1) {
            return None;
        }
        // Brackets that cross each other close what they do not open.
        let mut depth = 0_usize;
        for token in inside {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) if depth < 2 => return None,
                Kind::Close(_) => depth -= 1,
                _ => {}
            }
        }
        (depth == 1).then_some(close)
    }

    /// Whether a spot lies in the calls, on lines before, on whose results the function with its bracket at `at` is called.
    pub(super) fn is_hot_chain(&self, at: usize) -> bool {
        let first = self.callers(self.chain(at.saturating_sub(1))).0;
        first < self.segment && self.is_hot(first, at)
    }

    /// The token that ends the statement which begins at `from`, or, where commas end it, the item.
    fn end_from(&self, from: usize, item: bool) -> usize {
        let bracket = self.frames.last().map(|frame| frame.bracket);
        let lines = bracket.is_none() || bracket == Some(b'{') && self.language.continues;
        let mut at = from;
        while let Some(kind) = self.kind(at) {
            match kind {
                Kind::Open(_) => {
                    let close = self.closers.get(at).map_or(at, |&close| close as usize);
                    at = close.max(at);
                }
                Kind::Close(_) | Kind::Op(Op::Semicolon) => return at,
                Kind::Op(Op::Comma) if item => return at,
                Kind::Newline if lines && at > from && !self.goes_on(at) => return at,
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// Whether a statement may go on over the line end at `at`.
    fn goes_on(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.kind(before));
        let word = at.checked_sub(1).map_or("", |before| self.source(before));
        match before {
            Some(Kind::Op(_)) => return true,
            Some(Kind::Name) if is_going_on(word) => return true,
            _ => {}
        }
        let next = self.next_on(at);
        self.source(next) == "end"
            || !matches!(self.kind(next), None | Some(Kind::Name | Kind::Close(_)))
    }
}
