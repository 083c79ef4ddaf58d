//! Formats: text to [`Entry`]s, that is, names with the values given to them.
//!
//! A [`Format`] knows the syntax of its files and nothing of rules. It never fails: from a half-broken, templated or
//! cut file it gives the entries it can see. What a value *is* (after unescaping, joining, decoding) is decided here;
//! what it is *worth* is decided in `judge`.
//!
//! A new syntax is one file here, one line in [`FORMATS`] and a folder in `fixtures/formats/`.

pub mod code;
mod entry;

pub use entry::{Entry, Place, Slot, Value};

/// A syntax in which names are given values.
pub trait Format: Sync {
    /// Its name, as shown by `leakey explain`.
    fn name(&self) -> &'static str;

    /// Whether files of this name are written in it.
    fn claims(&self, file: &FileName<'_>) -> bool;

    /// Calls `sink` for each entry, in the order of their values. Spans are byte offsets in `text`.
    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>));
}

/// All formats; the first that claims a file reads it. The last claims every file.
pub static FORMATS: &[&dyn Format] = &[&code::PYTHON];

/// The format that reads files of this name.
pub fn choose(file: &FileName<'_>) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.claims(file))
}

/// A path taken apart for [`Format::claims`]; lower-cased, with `/` between the parts.
#[derive(Clone, Copy, Debug)]
pub struct FileName<'a> {
    /// The whole path.
    pub path: &'a str,
    /// The last part.
    pub name: &'a str,
    /// What follows the last dot of the name, without the dot; empty where there is none or it begins the name.
    pub extension: &'a str,
}

impl<'a> FileName<'a> {
    /// Takes a lower-cased path apart.
    pub fn new(path: &'a str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        };
        Self {
            path,
            name,
            extension,
        }
    }

    /// Whether the extension is one of these.
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        extensions.contains(&self.extension)
    }
}
