//! One value on its way from the text to an [`Entry`].

use std::borrow::Cow;

use super::interpolation::{DEPTH, Whole, whole};
use super::{Entry, Limit, Place, Slot, Value};
use crate::text::Span;

/// Where a literal stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal {
    /// Without its quotes.
    pub(super) span: Span,
    /// After the closing quote.
    pub(super) end: usize,
    /// Whether it has quotes.
    pub(super) quoted: bool,
}

impl Literal {
    /// A literal without quotes.
    pub(super) fn bare(span: Span) -> Self {
        Self {
            span,
            end: span.end,
            quoted: false,
        }
    }

    /// A literal in quotes of one byte each.
    pub(super) fn quoted(span: Span) -> Self {
        Self {
            span,
            end: span.end + 1,
            quoted: true,
        }
    }
}

/// A value that has been read: a literal, a look-up, or the default of a look-up.
#[derive(Clone, Debug)]
pub(super) struct Scalar<'t> {
    pub(super) value: Value<'t>,
    /// For a default: the name looked up.
    name: Option<Cow<'t, str>>,
    default: bool,
    pub(super) span: Span,
    pub(super) end: usize,
    /// The statement the value was read from, where it stands elsewhere.
    pub(super) constant: Option<Span>,
    quoted: bool,
}

impl<'t> Scalar<'t> {
    /// A literal with this value; nothing in it is looked up.
    pub(super) fn given(literal: Literal, value: Value<'t>) -> Self {
        Self {
            value,
            name: None,
            default: false,
            span: literal.span,
            end: literal.end,
            constant: None,
            quoted: literal.quoted,
        }
    }

    /// Reads a literal that may be a look-up; `decode` undoes escapes.
    pub(super) fn read(
        text: &'t str,
        literal: Literal,
        decode: impl Fn(&'t str) -> Cow<'t, str>,
    ) -> Self {
        let raw = literal.span.of(text);
        match whole(raw) {
            Whole::Literal => Self::given(literal, bytes(decode(raw))),
            Whole::Opaque => Self::given(literal, Value::Opaque),
            Whole::Deep => Self::given(literal, Value::Unread(Limit::Nesting(DEPTH))),
            Whole::Default {
                name,
                literal: inner,
                quoted,
            } => Self {
                value: bytes(decode(&raw[inner.clone()])),
                name: name.map(|name| Cow::Borrowed(raw[name].trim())),
                default: true,
                span: Span::new(inner.start, inner.end).shift(literal.span.start),
                end: literal.end,
                constant: None,
                quoted: quoted || literal.quoted,
            },
        }
    }

    /// The same where the literal is put together at run time: a default stays, any other value is not known.
    pub(super) fn opaque_literal(mut self) -> Self {
        if !self.default && !matches!(self.value, Value::Unread(_)) {
            self.value = Value::Opaque;
        }
        self
    }

    /// The text of a plain literal.
    pub(super) fn text(&self) -> Option<&str> {
        if self.default {
            return None;
        }
        std::str::from_utf8(self.value.literal()?).ok()
    }

    /// The entry that gives this value to `key`; `start` is where the statement begins.
    pub(super) fn entry(
        self,
        key: Cow<'t, str>,
        parents: Vec<Cow<'t, str>>,
        slot: Slot,
        place: Place,
        start: usize,
    ) -> Entry<'t> {
        let (key, outer, slot) = if self.default {
            (
                self.name.unwrap_or_else(|| key.clone()),
                Some(key),
                Slot::Default,
            )
        } else {
            (key, None, slot)
        };
        Entry {
            key,
            outer,
            parents,
            slot,
            value: self.value,
            span: self.span,
            statement: Span::new(start, self.end),
            constant: self.constant,
            quoted: self.quoted,
            place,
        }
    }
}

/// A literal value of this text.
pub(super) fn bytes(text: Cow<'_, str>) -> Value<'_> {
    match text {
        Cow::Borrowed(text) => Value::text(text),
        Cow::Owned(text) => Value::owned(text),
    }
}
