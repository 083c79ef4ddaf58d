//! The unit that every format gives.

use std::borrow::Cow;
use std::fmt;

use crate::text::Span;

/// A name and the value given to it, wherever and however that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'t> {
    /// The name as written: `SECRET_KEY`, `app.secret_key`, `jwt.secret`; for [`Slot::Default`] the name looked up;
    /// for [`Slot::Argument`] the function called. Empty only where a [`Limit`] kept names from being read.
    pub key: Cow<'t, str>,
    /// For a default: the name that the look-up's result is given to, when there is one.
    pub outer: Option<Cow<'t, str>>,
    /// What the entry stands in, outermost first: sections, parent keys, classes, the function whose argument it is.
    pub parents: Vec<Cow<'t, str>>,
    /// How the value is given to the name.
    pub slot: Slot,
    /// The value.
    pub value: Value<'t>,
    /// The literal without its quotes; from the first to the last literal of a joined value.
    pub span: Span,
    /// The statement, from the name to the end of the value.
    pub statement: Span,
    /// The statement of the constant the value was read from, where it stands elsewhere in the text.
    pub constant: Option<Span>,
    /// Whether the literal stood in quotes (or in a block that takes text as it is).
    pub quoted: bool,
    /// What sort of text it stands in.
    pub place: Place,
}

impl<'t> Entry<'t> {
    /// A plain assignment of a quoted literal; change the fields that differ.
    pub fn assign(
        key: impl Into<Cow<'t, str>>,
        value: Value<'t>,
        span: Span,
        statement: Span,
    ) -> Self {
        Self {
            key: key.into(),
            outer: None,
            parents: Vec::new(),
            slot: Slot::Assign,
            value,
            span,
            statement,
            constant: None,
            quoted: true,
            place: Place::Live,
        }
    }
}

impl Entry<'_> {
    /// A part of the text in which no name is known, because a limit was reached where it begins. Its key is empty.
    pub fn unread(limit: Limit, span: Span) -> Self {
        Self::assign("", Value::Unread(limit), span, span)
    }

    /// The same entry, with its strings copied out of the text.
    pub fn into_owned<'o>(self) -> Entry<'o> {
        fn own<'o>(text: Cow<'_, str>) -> Cow<'o, str> {
            Cow::Owned(text.into_owned())
        }
        Entry {
            key: own(self.key),
            outer: self.outer.map(own),
            parents: self.parents.into_iter().map(own).collect(),
            value: match self.value {
                Value::Literal(bytes) => Value::Literal(Cow::Owned(bytes.into_owned())),
                Value::Opaque => Value::Opaque,
                Value::Unread(limit) => Value::Unread(limit),
            },
            slot: self.slot,
            span: self.span,
            statement: self.statement,
            constant: self.constant,
            quoted: self.quoted,
            place: self.place,
        }
    }
}

/// How a value is given to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `name = value`, `name: value` and the like, outside of a mapping literal or call.
    Assign,
    /// An item of a mapping literal (`{'name': value}`), or an attribute of an element.
    Member,
    /// A keyword argument of a call.
    Keyword,
    /// The default of a look-up: `get('name', value)`, `${name:-value}`.
    Default,
    /// A positional argument of a call, from 0.
    Argument(u8),
}

/// A value, as far as the text tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'t> {
    /// The bytes the program would see: unescaped, joined, decoded where the syntax says so.
    Literal(Cow<'t, [u8]>),
    /// Known only when the program runs: a look-up without default, a call, a template.
    Opaque,
    /// In the text, but not read, or not to its end.
    Unread(Limit),
}

impl<'t> Value<'t> {
    /// A literal that stands in the text as it is.
    pub fn text(text: &'t str) -> Self {
        Self::Literal(Cow::Borrowed(text.as_bytes()))
    }

    /// A literal that had to be put together.
    pub fn owned(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Literal(Cow::Owned(bytes.into()))
    }

    /// The bytes of a literal.
    pub fn literal(&self) -> Option<&[u8]> {
        match self {
            Self::Literal(bytes) => Some(bytes),
            Self::Opaque | Self::Unread(_) => None,
        }
    }
}

/// How far a format reads. Each keeps the work in proportion to the text, and none is reached by files that people or
/// their tools write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Brackets, elements or look-ups so deep inside of each other.
    Nesting(usize),
    /// Bytes of a value.
    Length(usize),
    /// Values of a name, or items beside each other.
    Count(usize),
    /// Literals over several lines whose end is missing.
    Unclosed(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nesting(most) => write!(out, "nested deeper than {most} levels"),
            Self::Length(most) => write!(out, "longer than {most} bytes"),
            Self::Count(most) => write!(out, "more than {most} values beside each other"),
            Self::Unclosed(most) => write!(out, "after more than {most} literals without an end"),
        }
    }
}

/// What sort of text an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Text that takes effect.
    Live,
    /// A comment.
    Comment,
    /// Text inside a longer string.
    Text,
}
