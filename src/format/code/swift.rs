//! Swift (The Swift Programming Language, Lexical Structure).

use super::language::{Colon, Escapes, Field, Language, Layout, PLAIN, Quote};

/// Swift.
pub static SWIFT: Language = Language {
    name: "Swift",
    extensions: &["swift"],
    names: &[],
    quotes: &[
        Quote::block(
            "\"\"\"",
            Escapes::Js,
            Field::BackslashParen,
            Layout::Enclosed,
        ),
        Quote::line("\"", Escapes::Js, Field::BackslashParen),
    ],
    colon: Colon::Brackets,
    hashed: true,
    last_returns: true,
    ..PLAIN
};
