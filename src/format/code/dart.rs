//! Dart (the language specification, Strings).

use super::language::{Colon, Escapes, Field, Language, Layout, PLAIN, Quote};

/// Dart.
pub static DART: Language = Language {
    name: "Dart",
    extensions: &["dart"],
    names: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Js, Field::Dollar, Layout::Verbatim),
        Quote::block("'''", Escapes::Js, Field::Dollar, Layout::Verbatim),
        Quote::line("\"", Escapes::Js, Field::Dollar),
        Quote::line("'", Escapes::Js, Field::Dollar),
    ],
    prefixes: b"r",
    adjacent_join: true,
    colon: Colon::Brackets,
    ..PLAIN
};
