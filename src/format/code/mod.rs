//! Programming languages: one lexer, one folder of constants and one extractor for all of them.
//!
//! A language is a descriptor ([`language::Language`]) in a file of its own. Nothing is parsed in full: the extractor
//! looks for the places where a name is given a value, and folds the expression there to the constants it can have.

mod calls;
mod cursor;
mod escape;
mod extract;
mod fold;
pub mod language;
mod python;
mod token;

pub use python::PYTHON;

use super::{Entry, FileName, Format, Place};
use language::Language;

impl Format for Language {
    fn name(&self) -> &'static str {
        self.name
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.has_extension(self.extensions) || self.names.contains(&file.name)
    }

    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let inset = extract::Inset {
            offset: 0,
            place: Place::Live,
            depth: 0,
        };
        extract::extract(text, self, inset, sink);
    }
}
