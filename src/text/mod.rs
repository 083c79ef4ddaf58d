//! Text: what the rest of the program sees of an input.
//!
//! [`mod@decode`] turns bytes into text or says why not; [`Lines`] turns byte offsets into the line and
//! column a reader sees; [`Span`] is a range of bytes in the decoded text. Nothing here knows rules or formats.

pub mod binary;
mod carry;
mod conflict;
pub mod decode;
#[cfg(test)]
#[path = "../../tests/common/dice.rs"]
pub(crate) mod dice;
mod lines;
mod pieces;

pub use carry::{Margins, Placed, carry};
pub use decode::{Decoded, decode};
pub use lines::{Lines, Position};
pub(crate) use pieces::Pieces;

/// A half-open range of byte offsets in decoded text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` to `end`; an end before the start gives an empty span.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The same span `by` bytes further on.
    #[must_use]
    pub fn shift(self, by: usize) -> Self {
        Self {
            start: self.start + by,
            end: self.end + by,
        }
    }

    /// The text it covers; empty when it lies outside or cuts a character.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// A range of bytes that a text was made of by copying from another. Neighbours that continue each other on both sides are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the other text.
    pub from: usize,
    /// Where it begins in the text made.
    pub to: usize,
    /// Number of bytes.
    pub length: usize,
}

/// A word that is searched for, where it stands in a text; of those that begin at one place the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Where it begins.
    pub at: u32,
    /// Which one it is, by a number that means something to who searches.
    pub number: u16,
    /// How many bytes before its place and from it on decide that it is of no interest, once that is known of it; zeros otherwise.
    around: (u8, u8),
}

impl Word {
    /// A word of which nothing else is known. `None` where its place, or its number, is too large to be told.
    pub fn new(at: usize, number: usize) -> Option<Self> {
        let (at, number) = (u32::try_from(at).ok()?, u16::try_from(number).ok()?);
        let around = (0, 0);
        Some(Self { at, number, around })
    }

    /// Whether it is known to be of no interest.
    pub fn is_dull(&self) -> bool {
        self.around != (0, 0)
    }

    /// Notes that it is of no interest, which so many bytes before its place and from it on decide.
    pub fn pass(&mut self, (before, after): (usize, usize)) {
        // What lies further off is asked again.
        if let (Ok(before), Ok(after)) = (u8::try_from(before), u8::try_from(after)) {
            self.around = (before, after);
        }
    }

    /// How many bytes before its place and from it on decide that it is of no interest.
    fn around(self) -> (usize, usize) {
        (usize::from(self.around.0), usize::from(self.around.1))
    }
}
