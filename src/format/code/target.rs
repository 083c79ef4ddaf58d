//! What a value is given to: the name before `=`, `:` or `=>`.

use std::borrow::Cow;

use super::language::Colon;
use super::token::{Kind, Op};
use super::walk::Walker;
use crate::text::Span;

/// A target has at most so many tokens.
const LONGEST: usize = 256;
/// A dotted name has at most so many parts.
const MOST_PARTS: usize = 32;

/// What a value is given to.
pub(super) struct Target<'t> {
    pub key: Cow<'t, str>,
    /// For `object['key']`: the object.
    pub object: Option<&'t str>,
    /// Index of its first token.
    pub first: usize,
}

impl<'t> Walker<'t, '_> {
    /// The name that heads the block that opens behind token `before`.
    pub(super) fn heading(&self, before: usize) -> Option<Cow<'t, str>> {
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

    /// The last token of a target that ends before `at`, and the name it stands for.
    pub(super) fn target(&self, at: usize) -> Option<Target<'t>> {
        let mut last = at.checked_sub(1)?;
        let begin = self.after_header(self.segment.max(at.saturating_sub(LONGEST)), at);
        // `name: Annotation = value`, `name?: Annotation = value`
        if let Some(colon) = self.colon(begin, at)
            && self.language.colon != Colon::Anywhere
            && !self.is_parted(colon, at)
        {
            let optional = colon > begin
                && matches!(
                    self.kind(colon - 1),
                    Some(Kind::Op(Op::Question | Op::Other))
                );
            let name = colon.checked_sub(1 + usize::from(optional))?;
            if name >= begin && self.kind(name) == Some(Kind::Name) {
                last = name;
            }
        }
        if self.language.type_after {
            last = self.name_before_type(begin, at).unwrap_or(last);
        }
        match self.kind(last)? {
            Kind::Name => {
                let first = self.chain(last);
                let whole = self.tokens[first].span.join(self.tokens[last].span);
                Some(Target {
                    key: Cow::Borrowed(whole.of(self.text)),
                    object: None,
                    first,
                })
            }
            Kind::Str(_) | Kind::Symbol => Some(Target {
                key: Cow::Borrowed(self.key(last)?),
                object: None,
                first: last,
            }),
            Kind::Close(close @ (b']' | b'}')) => self
                .subscript(begin, last, close)
                .or_else(|| self.property(begin, last)),
            _ => None,
        }
    }

    /// Where the statement begins in `if x: statement`: behind the header of a compound statement on the same line.
    fn after_header(&self, begin: usize, at: usize) -> usize {
        const HEADERS: &[&str] = &[
            "if", "elif", "else", "except", "finally", "try", "for", "while", "with", "class",
            "case", "def",
        ];
        // `case 1: a = 'x'`
        if self.language.continues && matches!(self.source(begin), "case" | "default") {
            return self.colon(begin, at).map_or(begin, |colon| colon + 1);
        }
        let header = self.language.indented_classes
            && self.frames.is_empty()
            && self.kind(begin) == Some(Kind::Name)
            && HEADERS.contains(&self.source(begin));
        if header {
            self.colon(begin, at).map_or(begin, |colon| colon + 1)
        } else {
            begin
        }
    }

    /// The first `:` or `?:` outside of brackets.
    fn colon(&self, begin: usize, at: usize) -> Option<usize> {
        let mut i = begin;
        while i < at {
            match self.kind(i)? {
                Kind::Open(_) => i = self.closers[i] as usize,
                Kind::Op(Op::Colon) => return Some(i),
                Kind::Op(Op::Or) if self.source(i) == "?:" => return Some(i),
                _ => {}
            }
            i += 1;
        }
        None
    }

    /// Whether a comma stands between two tokens, outside of brackets: where these match, what stands before it is over.
    fn is_parted(&self, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            match self.kind(at) {
                Some(Kind::Open(_)) => at = at.max(self.closers[at] as usize),
                Some(Kind::Op(Op::Comma)) => return true,
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// `object['key']`, `["key"]`, `$object{key}`.
    fn subscript(&self, begin: usize, last: usize, close: u8) -> Option<Target<'t>> {
        let bracket = if close == b']' { b'[' } else { b'{' };
        // `$keys[] =`
        let empty = last.checked_sub(1).filter(|&open| {
            close == b']' && open > begin && self.kind(open) == Some(Kind::Open(b'['))
        });
        if let Some(name) = empty.map(|open| open - 1)
            && self.kind(name) == Some(Kind::Name)
            && self.language.dot_joins
        {
            let first = self.chain(name);
            let whole = self.tokens[first].span.join(self.tokens[name].span);
            return Some(Target {
                key: Cow::Borrowed(whole.of(self.text)),
                object: None,
                first,
            });
        }
        let open = last.checked_sub(2).filter(|&open| open >= begin)?;
        if self.kind(open) != Some(Kind::Open(bracket)) {
            return None;
        }
        let key = match self.kind(open + 1)? {
            Kind::Name if close == b'}' => self.source(open + 1),
            Kind::Str(_) | Kind::Symbol => self.key(open + 1)?,
            _ => return None,
        };
        let headed = open > begin
            && matches!(
                self.kind(open - 1),
                Some(Kind::Name | Kind::Close(_) | Kind::Op(_))
            );
        if !headed {
            return (close == b']').then_some(Target {
                key: Cow::Borrowed(key),
                object: None,
                first: open,
            });
        }
        // `object['a']['key']`
        let mut head = open - 1;
        while self.kind(head) == Some(Kind::Close(b']'))
            && head >= begin + 3
            && self.kind(head - 2) == Some(Kind::Open(b'['))
        {
            head -= 3;
        }
        let first = self.chain(head);
        let object = Span::new(self.tokens[first].span.start, self.tokens[open].span.start);
        Some(Target {
            key: Cow::Borrowed(key),
            object: (self.kind(first) == Some(Kind::Name))
                .then(|| object.of(self.text).trim_ascii_end()),
            first,
        })
    }

    /// `Name { get; set; } = …`
    fn property(&self, begin: usize, last: usize) -> Option<Target<'t>> {
        let open = (begin + 1..last)
            .rev()
            .find(|&at| self.closers[at] as usize == last)?;
        let accessor = matches!(self.source(open + 1), "get" | "set" | "init" | "private");
        (accessor && self.kind(open - 1) == Some(Kind::Name)).then(|| Target {
            key: Cow::Borrowed(self.source(open - 1)),
            object: None,
            first: open - 1,
        })
    }

    /// `var name type =`, `name type =`: the name.
    fn name_before_type(&self, begin: usize, at: usize) -> Option<usize> {
        if self.source(at) != "=" {
            return None;
        }
        let declared = matches!(self.source(begin), "var" | "const");
        let name = begin + usize::from(declared);
        let typed = match self.kind(name + 1)? {
            Kind::Name => true,
            Kind::Open(b'[') | Kind::Op(Op::Other) => declared,
            _ => false,
        };
        (typed && name + 1 < at && self.kind(name) == Some(Kind::Name)).then_some(name)
    }

    /// The first token of the dotted name that ends at `last`.
    pub(super) fn chain(&self, last: usize) -> usize {
        let mut first = last;
        for _ in 0..MOST_PARTS {
            let Some(before) = first.checked_sub(1).filter(|&before| before > self.segment) else {
                return first;
            };
            let joined = match self.kind(before) {
                Some(Kind::Op(Op::Dot)) => !self.language.dot_joins,
                Some(Kind::Op(Op::Member)) => true,
                _ => false,
            };
            if !joined || self.kind(before - 1) != Some(Kind::Name) {
                return first;
            }
            first = before - 1;
        }
        first
    }
}
