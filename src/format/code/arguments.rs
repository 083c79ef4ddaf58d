//! The arguments of a call.

use super::cursor::{Cursor, LONGEST_SKIP};
use super::language::Colon;
use super::token::{Kind, Op};
use crate::format::Limit;
use crate::text::Span;

/// Arguments beyond this are not looked at.
const MOST_ARGUMENTS: usize = 100_000;

/// The arguments of a call.
#[derive(Debug, Default)]
pub(super) struct Arguments<'t, 'c> {
    pub positional: Vec<Cursor<'t, 'c>>,
    pub keywords: Vec<(&'t str, Cursor<'t, 'c>)>,
    /// Where there are more, and the first token of those.
    pub cut: Option<(Limit, usize)>,
    /// The token of the bracket, where others nest too deep inside of it to be read.
    pub deep: Option<usize>,
}

impl<'t, 'c> Cursor<'t, 'c> {
    /// At the opening bracket of a call: its arguments.
    pub(super) fn arguments(&self) -> Arguments<'t, 'c> {
        let mut arguments = Arguments::default();
        let close = self.closer();
        arguments.deep = self.is_deep().then_some(self.at);
        let mut inside = self.clone();
        inside.at += 1;
        inside.depth += 1;
        inside.end = close;
        inside.skip_newlines();
        inside.split(&mut arguments);
        arguments
    }

    /// At the first argument of a call without parentheses: its arguments, up to the end of the line.
    pub(super) fn command_arguments(&self) -> Arguments<'t, 'c> {
        let mut arguments = Arguments::default();
        let mut ahead = self.clone();
        ahead.skip_line();
        let mut inside = self.clone();
        inside.end = ahead.at;
        inside.split(&mut arguments);
        arguments
    }

    /// Goes to the end of the line.
    pub(super) fn skip_line(&mut self) {
        for _ in 0..LONGEST_SKIP {
            if matches!(
                self.kind(),
                None | Some(Kind::Newline | Kind::Close(_) | Kind::Op(Op::Semicolon))
            ) || self.word("do")
            {
                return;
            }
            self.skip_one();
        }
    }

    /// From the cursor to the token before `end`.
    pub(super) fn span_to(&self, end: usize) -> Span {
        match (self.token(), self.tokens.get(end.saturating_sub(1))) {
            (Some(first), Some(last)) => first.span.join(last.span),
            _ => Span::default(),
        }
    }

    /// Splits what is between the cursor and its end at the commas.
    fn split(mut self, arguments: &mut Arguments<'t, 'c>) {
        while self.at < self.end {
            if arguments.positional.len() + arguments.keywords.len() >= MOST_ARGUMENTS {
                arguments.cut = Some((Limit::Count(MOST_ARGUMENTS), self.at));
                return;
            }
            let mut start = self.clone();
            let mut ahead = self.clone();
            ahead.next();
            let name = self.key();
            let colons = matches!(self.language.colon, Colon::Brackets | Colon::Anywhere);
            let named = ahead.op(Op::Assign) && self.kind() == Some(Kind::Name)
                || ahead.op(Op::Colon) && colons && name.is_some()
                || ahead.op(Op::Arrow) && self.language.arrow_pairs && name.is_some();
            self.skip_to_comma();
            if let (true, Some(name)) = (named, name) {
                start.next();
                start.next();
                start.end = self.at.min(self.end);
                arguments.keywords.push((name, start));
            } else {
                start.end = self.at.min(self.end);
                arguments.positional.push(start);
            }
            if self.op(Op::Comma) {
                self.next();
            } else {
                break;
            }
        }
    }

    /// The name a token stands for as a key.
    pub(super) fn key(&self) -> Option<&'t str> {
        match self.kind()? {
            Kind::Name => Some(self.text()),
            Kind::Symbol => self.text().get(1..),
            Kind::Str(literal) if !literal.is_filled() => Some(literal.body.of(self.source)),
            _ => None,
        }
    }
}
