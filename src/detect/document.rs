//! A text with its name and the format it is read in.

use crate::format::cut::Trail;
use crate::format::{FileName, Format, choose};

/// A text with its name and the format it is read in.
#[derive(Clone, Copy)]
pub struct Document<'t> {
    /// The lower-cased path that decides format, rules and context.
    pub path: &'t str,
    /// The decoded text.
    pub text: &'t str,
    /// The format, if one claims the path.
    pub format: Option<&'static dyn Format>,
    /// Where something may be in it, where that is known.
    pub parts: Option<Parts<'t>>,
}

/// The places of a text where something may be.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'t> {
    /// Byte offsets, sorted.
    pub spots: &'t [u32],
    /// How the document's format cuts the text, where that is known.
    pub trail: Option<&'t Trail>,
}

impl<'t> Document<'t> {
    /// A document; `path` is lower-cased, with `/` between its parts.
    pub fn new(path: &'t str, text: &'t str) -> Self {
        Self {
            path,
            text,
            format: choose(&FileName::new(path)),
            parts: None,
        }
    }

    /// The same without its text.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            text: "",
            parts: None,
            ..*self
        }
    }
}
