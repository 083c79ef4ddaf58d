//! A place among tokens, and the small steps from it.

use super::fold::Folded;
use super::language::Language;
use super::scope::Scope;
use super::token::{Kind, Op, Token};
use crate::text::Span;

/// An expression that is skipped has at most so many tokens.
pub(super) const LONGEST_SKIP: usize = 2000;

/// A place among the tokens of a text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t, 'c> {
    pub source: &'t str,
    pub tokens: &'c [Token],
    /// For each opening bracket the index of the one that closes it.
    closers: &'c [u32],
    pub language: &'static Language,
    scope: Option<&'c Scope<'t, 'c>>,
    pub at: usize,
    /// Bracket depth below the place where folding began; newlines inside brackets end nothing.
    pub depth: usize,
    pub end: usize,
}

/// Whether `text` is one of these words.
pub(super) fn is_word(text: &str, words: &[&str]) -> bool {
    words.contains(&text)
}

/// For each opening bracket the index of the one that closes it, or the number of tokens.
pub(super) fn closers(tokens: &[Token]) -> Vec<u32> {
    let none = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let mut closers = vec![none; tokens.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open(bracket) => open.push((at, bracket)),
            Kind::Close(bracket) => {
                let opening = match bracket {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                // A bracket that does not match closes nothing; one that matches an outer one closes what is between.
                let near = open.len().saturating_sub(4);
                let found = open[near..].iter().rposition(|&(_, b)| b == opening);
                if let Some(found) = found.map(|found| near + found) {
                    let at = u32::try_from(at).unwrap_or(u32::MAX);
                    while open.len() > found
                        && let Some((index, _)) = open.pop()
                    {
                        closers[index] = at;
                    }
                }
            }
            _ => {}
        }
    }
    closers
}

impl<'t, 'c> Cursor<'t, 'c> {
    pub(super) fn new(
        source: &'t str,
        tokens: &'c [Token],
        closers: &'c [u32],
        language: &'static Language,
        scope: Option<&'c Scope<'t, 'c>>,
        at: usize,
        depth: usize,
    ) -> Self {
        let mut cursor = Self {
            source,
            tokens,
            closers,
            language,
            scope,
            at,
            depth,
            end: tokens.len(),
        };
        cursor.skip_newlines_inside();
        cursor
    }

    pub(super) fn source(&self) -> &'t str {
        self.source
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn token(&self) -> Option<&Token> {
        if self.at < self.end {
            self.tokens.get(self.at)
        } else {
            None
        }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.token().map(|token| token.kind)
    }

    pub(super) fn text(&self) -> &'t str {
        self.token().map_or("", |token| token.span.of(self.source))
    }

    pub(super) fn next(&mut self) {
        self.at += 1;
        self.skip_newlines_inside();
    }

    pub(super) fn skip_newlines_inside(&mut self) {
        if self.depth > 0 {
            self.skip_newlines();
        }
    }

    pub(super) fn skip_newlines(&mut self) {
        while self.kind() == Some(Kind::Newline) {
            self.at += 1;
        }
    }

    /// Whether the token before the cursor ends a line.
    pub(super) fn after_newline(&self) -> bool {
        self.at > 0
            && self
                .tokens
                .get(self.at - 1)
                .is_some_and(|token| token.kind == Kind::Newline)
    }

    pub(super) fn op(&self, op: Op) -> bool {
        self.kind() == Some(Kind::Op(op))
    }

    pub(super) fn word(&self, word: &str) -> bool {
        self.kind() == Some(Kind::Name) && self.text() == word
    }

    /// Words that stand before an operand and do not change what it is here.
    pub(super) fn skip_prefixes(&mut self) {
        while self.kind() == Some(Kind::Name) && is_word(self.text(), &["await", "new", "return"]) {
            self.next();
        }
        // `&"x"`, `@"x"`, `*x`
        while self.kind() == Some(Kind::Op(Op::Other))
            && matches!(self.text(), "&" | "*" | "@" | "**")
        {
            self.next();
        }
    }

    /// Whether an operator follows that makes something else of the operand.
    pub(super) fn joins_on(&self) -> bool {
        match self.kind() {
            Some(Kind::Op(Op::Compare | Op::Other)) => {
                !matches!(self.text(), "@" | ">" | "!" | "\\" | "&&")
            }
            Some(Kind::Name) => is_word(self.text(), &["in", "is", "not"]),
            _ => false,
        }
    }

    fn ends_expression(&self) -> bool {
        match self.kind() {
            None
            | Some(
                Kind::Newline
                | Kind::Close(_)
                | Kind::Op(
                    Op::Comma
                    | Op::Semicolon
                    | Op::Colon
                    | Op::Or
                    | Op::Question
                    | Op::Assign
                    | Op::OrAssign
                    | Op::Arrow,
                ),
            ) => true,
            Some(Kind::Name) => is_word(
                self.text(),
                &["or", "and", "if", "else", "for", "unless", "do", "then"],
            ),
            Some(Kind::Op(Op::Other)) => self.text() == "&&",
            _ => false,
        }
    }

    /// Skips to the end of the expression; whether it was reached.
    pub(super) fn skip_expression(&mut self) -> bool {
        for _ in 0..LONGEST_SKIP {
            if self.ends_expression() {
                return true;
            }
            self.skip_one();
        }
        false
    }

    pub(super) fn skip_one(&mut self) {
        if matches!(self.kind(), Some(Kind::Open(_))) {
            self.skip_bracket();
        } else {
            self.next();
        }
    }

    /// Skips to the word or the end of the part; whether either was reached.
    pub(super) fn skip_until_word(&mut self, word: &str) -> bool {
        for _ in 0..LONGEST_SKIP {
            let ends = matches!(
                self.kind(),
                None | Some(Kind::Newline | Kind::Close(_) | Kind::Op(Op::Comma | Op::Semicolon))
            );
            if ends || self.word(word) {
                return true;
            }
            self.skip_one();
        }
        false
    }

    pub(super) fn skip_until_op(&mut self, op: Op) {
        for _ in 0..LONGEST_SKIP {
            let ends = matches!(self.kind(), None | Some(Kind::Newline | Kind::Close(_)));
            if ends || self.op(op) {
                return;
            }
            self.skip_one();
        }
    }

    /// Inside brackets: skips to the next comma or to the closing bracket.
    pub(super) fn skip_to_comma(&mut self) {
        while !matches!(
            self.kind(),
            None | Some(Kind::Close(_) | Kind::Op(Op::Comma))
        ) {
            self.skip_one();
        }
    }

    /// A cursor after the opening bracket just passed, for the text inside; see [`leave`](Self::leave).
    pub(super) fn inside(&self) -> Self {
        let mut inside = self.clone();
        inside.depth += 1;
        inside.skip_newlines();
        inside
    }

    pub(super) fn closed(&self, close: u8) -> bool {
        match self.kind() {
            None => true,
            Some(Kind::Close(bracket)) => bracket == close || self.depth > 0,
            _ => false,
        }
    }

    /// Goes on after the bracket at which `inside` stopped.
    pub(super) fn leave(&mut self, inside: &Self) {
        self.at = inside.at;
        self.at += usize::from(matches!(self.kind(), Some(Kind::Close(_))));
        self.skip_newlines_inside();
    }

    pub(super) fn closer(&self) -> usize {
        self.closers
            .get(self.at)
            .map_or(self.end, |&at| (at as usize).min(self.end))
    }

    /// At an opening bracket: goes on after the closing one.
    pub(super) fn skip_bracket(&mut self) {
        self.at = (self.closer() + 1).max(self.at + 1);
        self.skip_newlines_inside();
    }

    /// At a name: takes it and what is joined to it by `.`, `::` and `->`; gives the whole.
    pub(super) fn path(&mut self) -> Span {
        let Some(first) = self.token().map(|token| token.span) else {
            return Span::default();
        };
        let mut left = LONGEST_SKIP;
        let mut whole = first;
        loop {
            self.next();
            let dot = self.op(Op::Member) || (self.op(Op::Dot) && !self.language.dot_joins);
            let next = self
                .tokens
                .get(self.at + 1)
                .filter(|_| self.at + 1 < self.end);
            match next {
                Some(token) if dot && token.kind == Kind::Name && left > 0 => {
                    left -= 1;
                    // A method called on what stands before is left to the caller, unless it is the first call.
                    whole = whole.join(token.span);
                    self.at += 1;
                }
                _ => return whole,
            }
        }
    }

    /// The body of the literal that is all there is between the cursor and its end.
    pub(super) fn lone_literal(&self) -> Option<&'t str> {
        match self.kind() {
            Some(Kind::Str(_) | Kind::Symbol) => {
                let key = self.key()?;
                let mut ahead = self.clone();
                ahead.next();
                ahead.kind().is_none().then_some(key)
            }
            _ => None,
        }
    }

    /// For a call that began at token `start` and was just passed: the name it looks up.
    pub(super) fn lookup_of_call(&self, start: usize) -> Option<&'t str> {
        let mut back = self.clone();
        back.at = start;
        back.path();
        matches!(back.kind(), Some(Kind::Open(b'(')))
            .then(|| back.arguments().positional.first()?.lone_literal())
            .flatten()
    }

    /// At an opening bracket: whether it is closed at once.
    pub(super) fn is_empty_bracket(&self) -> bool {
        self.closer() == self.at + 1
    }

    /// The text from token `start` up to the cursor.
    pub(super) fn since(&self, start: usize) -> &'t str {
        let last = self.at.min(self.end).saturating_sub(1);
        match (self.tokens.get(start), self.tokens.get(last)) {
            (Some(first), Some(last)) if first.span.start <= last.span.end => {
                first.span.join(last.span).of(self.source)
            }
            _ => "",
        }
    }

    /// What the text gives to that name elsewhere.
    pub(super) fn constant(&self, name: &str, depth: usize) -> Option<Folded<'t>> {
        self.scope?.value(name, depth)
    }

    /// What the text gives to `$name`.
    pub(super) fn constant_with_dollar(&self, name: &str, depth: usize) -> Option<Folded<'t>> {
        self.language
            .name_extra
            .contains(&b'$')
            .then(|| self.constant(&format!("${name}"), depth))
            .flatten()
    }

    /// The names of this text, where the cursor stands among its tokens and not in a piece that was read by itself.
    pub(super) fn scope(&self) -> Option<&'c Scope<'t, 'c>> {
        self.scope
    }

    /// At an opening bracket: whether others nest too deep inside of it.
    pub(super) fn is_deep(&self) -> bool {
        self.scope
            .is_some_and(|scope| scope.is_of(self.tokens) && scope.is_deep(self.at))
    }

    /// A cursor over other tokens, with the same names.
    pub(super) fn over<'s>(
        &'s self,
        source: &'t str,
        tokens: &'s [Token],
        closers: &'s [u32],
    ) -> Cursor<'t, 's> {
        Cursor::new(source, tokens, closers, self.language, self.scope, 0, 1)
    }
}
