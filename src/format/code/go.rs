//! Go (the language specification, String literals).

use super::language::{Escapes, Field, Language, Layout, PLAIN, Quote};

/// Go.
pub static GO: Language = Language {
    name: "Go",
    extensions: &["go"],
    names: &[],
    quotes: &[
        Quote::block("`", Escapes::Raw, Field::None, Layout::Verbatim),
        Quote::line("\"", Escapes::C, Field::None),
    ],
    type_after: true,
    chars: true,
    ..PLAIN
};
