//! Tokens to entries: finds the places where a name is given a value.
//!
//! One pass over the tokens with a stack of open brackets. Each place is one of: `target = expression`, `name: value`
//! and `'name' => value`, a keyword argument (which is the first), the default of a look-up, a positional argument.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::calls;
use super::cursor::{Constants, Cursor, closers};
use super::fold::{Constant, expression};
use super::language::{Colon, Language};
use super::token::{Kind, Op, Token, Tokens, tokens};
use crate::format::{Entry, Place, Slot, Value};
use crate::text::Span;

/// Code inside comments and strings is looked into so deep.
const DEEPEST: usize = 2;
/// Longer strings are not looked into.
const LONGEST_NESTED: usize = 200_000;

/// Where a text stands inside the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inset {
    pub offset: usize,
    pub place: Place,
    pub depth: usize,
}

/// Calls `sink` for each entry of `text`.
pub(super) fn extract<'t>(
    text: &'t str,
    language: &'static Language,
    inset: Inset,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let Tokens { tokens, comments } = tokens(text, language);
    let closers = closers(&tokens);
    let constants = constants(text, &tokens, &closers, language);
    let mut extractor = Extractor {
        text,
        tokens: &tokens,
        closers: &closers,
        constants: &constants,
        language,
        inset,
        frames: Vec::new(),
        classes: Vec::new(),
        segment: 0,
        used: BTreeSet::new(),
    };
    extractor.run(sink);
    if inset.depth >= DEEPEST {
        return;
    }
    for block in comment_blocks(text, &comments, language) {
        let inner = Inset {
            offset: inset.offset,
            place: Place::Comment,
            depth: inset.depth + 1,
        };
        nested(block.0, block.1, language, inner, sink);
    }
    for token in &tokens {
        if let Kind::Str(literal) = token.kind
            && literal.multiline
            && literal.body.len() <= LONGEST_NESTED
        {
            let body = literal.body.of(text);
            if memchr::memchr(b'\n', body.as_bytes()).is_some()
                && memchr::memchr2(b'=', b':', body.as_bytes()).is_some()
            {
                let place = inset.place.max(Place::Text);
                let inner = Inset {
                    offset: inset.offset + literal.body.start,
                    place,
                    depth: inset.depth + 1,
                };
                extract(body, language, inner, sink);
            }
        }
    }
}

/// Entries of text that had to be copied; their strings are copied in turn.
fn nested<'t>(
    copy: String,
    start: usize,
    language: &'static Language,
    inset: Inset,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let inset = Inset {
        offset: inset.offset + start,
        ..inset
    };
    extract(&copy, language, inset, &mut |entry| {
        sink(entry.into_owned())
    });
}

/// Comments as text of the same length without their marks; comments on consecutive lines are one, so that a commented-out
/// statement over several lines is seen as one.
fn comment_blocks(text: &str, comments: &[Span], language: &Language) -> Vec<(String, usize)> {
    let mut blocks: Vec<(String, usize)> = Vec::new();
    let mut last_end = 0;
    for comment in comments {
        let body = comment.of(text);
        let mark = language
            .line_comments
            .iter()
            .copied()
            .chain(language.block_comments.iter().map(|(open, _)| *open))
            .filter(|open| body.starts_with(open))
            .map(str::len)
            .max()
            .unwrap_or(0);
        let marks = mark
            + body[mark..]
                .bytes()
                .take_while(|b| matches!(b, b'#' | b'/' | b'!' | b'*'))
                .count();
        let blank = " ".repeat(marks) + &body[marks..];
        let between = text.get(last_end..comment.start).unwrap_or("x");
        match blocks.last_mut() {
            Some((block, _)) if between.trim().is_empty() && between.matches('\n').count() == 1 => {
                block.push_str(between);
                block.push_str(&blank);
            }
            _ => blocks.push((blank, comment.start)),
        }
        last_end = comment.end;
    }
    blocks.retain(|(block, _)| memchr::memchr3(b'=', b':', b'(', block.as_bytes()).is_some());
    blocks
}

/// Names that are given one plain literal, for look-ups inside the text. A name given two different ones is left out.
fn constants<'t>(
    text: &'t str,
    tokens: &[Token],
    closers: &[u32],
    language: &'static Language,
) -> Constants<'t> {
    let mut constants = Constants::new();
    let mut twice = BTreeSet::new();
    for at in 1..tokens.len().saturating_sub(1) {
        let [name, assign, value] = [tokens[at - 1], tokens[at], tokens[at + 1]];
        let literal = matches!(value.kind, Kind::Str(literal) if !literal.field)
            || value.kind == Kind::Open(b'(');
        if name.kind != Kind::Name || assign.kind != Kind::Op(Op::Assign) || !literal {
            continue;
        }
        // A keyword argument (`f(key='x')`) is no constant.
        let before = at
            .checked_sub(2)
            .and_then(|before| tokens.get(before))
            .map(|token| token.kind);
        if matches!(
            before,
            Some(Kind::Open(b'(') | Kind::Op(Op::Comma | Op::Dot | Op::Member))
        ) {
            continue;
        }
        let mut cursor = Cursor::new(text, tokens, closers, language, None, at + 1, 0);
        let folded = expression(&mut cursor, 0);
        if let (true, Some(mut constant)) = (folded.pure, folded.values.into_iter().next()) {
            let key = name.span.of(text);
            constant.origin = Some(name.span.join(constant.span));
            if constants.insert(key, constant).is_some() {
                twice.insert(key);
            }
        }
    }
    for name in twice {
        constants.remove(name);
    }
    constants
}

/// An open bracket.
struct Frame<'t> {
    bracket: u8,
    /// The function called, for the bracket of a call.
    function: Option<Cow<'t, str>>,
    /// The name whose value the bracket is, or that heads the block.
    label: Option<Cow<'t, str>>,
    /// Where the current part begins, saved for when the bracket closes.
    segment: usize,
}

struct Extractor<'t, 'c> {
    text: &'t str,
    tokens: &'c [Token],
    closers: &'c [u32],
    constants: &'c Constants<'t>,
    language: &'static Language,
    inset: Inset,
    frames: Vec<Frame<'t>>,
    /// Classes told by indentation: column and name.
    classes: Vec<(usize, &'t str)>,
    /// Index of the first token of the current statement, argument or item.
    segment: usize,
    /// Literals already given as a value.
    used: BTreeSet<usize>,
}

impl<'t> Extractor<'t, '_> {
    fn run(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        for at in 0..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Newline => {
                    let ends = self.language.newline_ends || self.frames.is_empty();
                    if ends && self.frames.last().is_none_or(|frame| frame.bracket == b'{') {
                        self.segment = at + 1;
                        self.indent(at + 1);
                    }
                }
                Kind::Op(Op::Semicolon | Op::Comma) => self.segment = at + 1,
                Kind::Op(Op::Assign | Op::OrAssign) => self.assignment(at, sink),
                Kind::Op(Op::Colon) => self.pair(at, sink),
                Kind::Op(Op::Arrow) if self.language.arrow_pairs => self.pair_at(at, sink),
                Kind::Open(bracket) => self.open(at, bracket, sink),
                Kind::Close(_) => {
                    // Only a bracket that closes something closes it here, too.
                    if let Some(found) = self.frames.pop() {
                        self.segment = found.segment;
                    }
                }
                _ => {}
            }
        }
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn source(&self, at: usize) -> &'t str {
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
        if self.source(at) == "class" && self.kind(at + 1) == Some(Kind::Name) {
            self.classes.push((column, self.source(at + 1)));
        }
    }

    /// The last token of a target that ends before `at`, and the name it stands for.
    fn target(&self, at: usize) -> Option<Target<'t>> {
        let mut last = at.checked_sub(1)?;
        // `name: Annotation = value`
        if let Some(colon) = (self.segment..at).find(|&i| self.kind(i) == Some(Kind::Op(Op::Colon)))
            && colon > self.segment
            && self.kind(colon - 1) == Some(Kind::Name)
            && self.language.colon != Colon::Anywhere
        {
            last = colon - 1;
        }
        // `let name String =`, `name!:` and the like end with a name; a generic ends with `>`.
        match self.kind(last)? {
            Kind::Name => {
                let first = self.chain(last);
                Some(Target {
                    key: Cow::Borrowed(
                        self.tokens[first]
                            .span
                            .join(self.tokens[last].span)
                            .of(self.text),
                    ),
                    object: None,
                    first,
                })
            }
            Kind::Str(literal) => Some(Target {
                key: Cow::Borrowed(literal.body.of(self.text)),
                object: None,
                first: last,
            }),
            Kind::Close(b']') => {
                let open = (self.segment..last).rev().find(|&i| {
                    self.kind(i) == Some(Kind::Open(b'[')) && self.closers[i] as usize == last
                })?;
                let (Kind::Str(literal), true) = (self.kind(open + 1)?, open + 2 == last) else {
                    return None;
                };
                let first = if open > self.segment {
                    self.chain(open - 1)
                } else {
                    open
                };
                let object = self.tokens[first].span.join(self.tokens[open].span);
                let object = Span::new(object.start, object.end - 1).of(self.text);
                Some(Target {
                    key: Cow::Borrowed(literal.body.of(self.text)),
                    object: Some(object),
                    first,
                })
            }
            _ => None,
        }
    }

    /// The first token of the dotted name that ends at `last`; calls and subscripts in it are passed.
    fn chain(&self, last: usize) -> usize {
        let mut first = last;
        while first > self.segment {
            let before = first - 1;
            match self.kind(before) {
                Some(Kind::Op(Op::Dot | Op::Member)) if before > self.segment => {
                    if self.kind(before - 1) == Some(Kind::Name) {
                        first = before - 1;
                    } else {
                        return first;
                    }
                }
                _ => return first,
            }
        }
        first
    }

    fn cursor(&self, at: usize) -> Cursor<'t, '_> {
        let depth = usize::from(
            self.frames
                .last()
                .is_some_and(|frame| frame.bracket != b'{' || !self.language.newline_ends),
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
        let Some(target) = self.target(at) else {
            return;
        };
        let slot = match self.frames.last() {
            Some(frame) if frame.bracket == b'(' => Slot::Keyword,
            _ => Slot::Assign,
        };
        self.value(at + 1, &target, slot, sink);
    }

    /// `name: value`, where the language writes pairs so.
    fn pair(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let bracket = self.frames.last().map(|frame| frame.bracket);
        let pairs = match self.language.colon {
            Colon::Never => false,
            Colon::Braces => bracket == Some(b'{'),
            Colon::Brackets => bracket.is_some(),
            Colon::Anywhere => true,
        };
        // A statement cannot begin with a literal and a colon: this is a piece of a mapping.
        let piece = at == self.segment + 1 && matches!(self.kind(self.segment), Some(Kind::Str(_)));
        if (pairs && at > 0) || (piece && bracket.is_none()) {
            self.pair_at(at, sink);
        }
    }

    fn pair_at(&mut self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let Some(before) = at.checked_sub(1) else {
            return;
        };
        let key = match self.kind(before) {
            Some(Kind::Str(literal)) => Cow::Borrowed(literal.body.of(self.text)),
            Some(Kind::Name) => Cow::Borrowed(self.source(before)),
            _ => return,
        };
        let target = Target {
            key,
            object: None,
            first: before,
        };
        self.value(at + 1, &target, Slot::Member, sink);
    }

    /// Folds the value that begins at `at` and gives it to `target`.
    fn value(
        &mut self,
        at: usize,
        target: &Target<'t>,
        slot: Slot,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let start = self.tokens[target.first].span.start;
        let mut cursor = self.cursor(at);
        let folded = expression(&mut cursor, 0);
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

    fn constant(
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

    fn give(&self, mut entry: Entry<'t>, sink: &mut dyn FnMut(Entry<'t>)) {
        entry.span = entry.span.shift(self.inset.offset);
        entry.statement = entry.statement.shift(self.inset.offset);
        entry.constant = entry.constant.map(|span| span.shift(self.inset.offset));
        entry.place = self.inset.place;
        sink(entry);
    }

    fn parents(&self) -> Vec<Cow<'t, str>> {
        let classes = self.classes.iter().map(|&(_, name)| Cow::Borrowed(name));
        let frames = self
            .frames
            .iter()
            .flat_map(|frame| [frame.label.clone(), frame.function.clone()])
            .flatten();
        classes.chain(frames).collect()
    }

    fn open(&mut self, at: usize, bracket: u8, sink: &mut dyn FnMut(Entry<'t>)) {
        let before = at.checked_sub(1).filter(|&before| before >= self.segment);
        let function = match before.and_then(|before| self.kind(before)) {
            Some(Kind::Name) if bracket == b'(' => before.map(|before| {
                let first = self.chain(before);
                Cow::Borrowed(
                    self.tokens[first]
                        .span
                        .join(self.tokens[before].span)
                        .of(self.text),
                )
            }),
            _ => None,
        };
        let label = match before.and_then(|before| self.kind(before)) {
            Some(Kind::Op(Op::Assign | Op::Colon | Op::Arrow | Op::OrAssign)) => before
                .and_then(|before| self.target(before))
                .map(|target| target.key),
            // `class X {`, `resource "a" "b" {`, `session {`
            Some(Kind::Name) if bracket == b'{' => {
                before.map(|before| Cow::Borrowed(self.source(before)))
            }
            Some(Kind::Str(literal)) if bracket == b'{' => {
                Some(Cow::Borrowed(literal.body.of(self.text)))
            }
            _ => None,
        };
        if let Some(function) = &function {
            self.call(at, function, sink);
        }
        self.frames.push(Frame {
            bracket,
            function,
            label,
            segment: self.segment,
        });
        self.segment = at + 1;
    }

    /// Defaults and positional arguments of a call that no assignment has given already.
    fn call(&mut self, at: usize, function: &Cow<'t, str>, sink: &mut dyn FnMut(Entry<'t>)) {
        let cursor = self.cursor(at);
        let arguments = cursor.arguments();
        let close = self
            .closers
            .get(at)
            .map_or(at, |&close| close as usize)
            .min(self.tokens.len() - 1);
        let first = at.saturating_sub(1);
        let statement = Span::new(
            self.tokens[first].span.start,
            self.tokens[close].span.end.max(self.tokens[at].span.end),
        );
        let parents = self.parents();
        let mut found: Vec<(Entry<'t>, Constant<'t>)> = Vec::new();
        if let Some(folded) = calls::default_of(&arguments, function, 0) {
            for constant in folded.values {
                if let Some(lookup) = constant.lookup.clone() {
                    let mut entry =
                        Entry::assign(lookup, Value::Opaque, Span::default(), statement);
                    entry.slot = Slot::Default;
                    entry.parents.clone_from(&parents);
                    entry.parents.push(function.clone());
                    found.push((entry, constant));
                }
            }
        }
        for (position, argument) in arguments.positional.iter().enumerate().take(6) {
            let folded = expression(&mut argument.clone(), 0);
            let Ok(position) = u8::try_from(position) else {
                break;
            };
            for constant in folded.values {
                let mut entry =
                    Entry::assign(function.clone(), Value::Opaque, Span::default(), statement);
                entry.outer.clone_from(&constant.lookup);
                entry.slot = Slot::Argument(position);
                entry.parents.clone_from(&parents);
                found.push((entry, constant));
            }
        }
        for (entry, constant) in found {
            if entry.slot == Slot::Default && !self.used.insert(constant.token) {
                continue;
            }
            self.constant(entry, constant, sink);
        }
    }
}

/// What a value is given to.
struct Target<'t> {
    key: Cow<'t, str>,
    /// For `object['key']`: the object.
    object: Option<&'t str>,
    /// Index of its first token.
    first: usize,
}
