//! Rust (the Reference, Tokens).

use super::language::{Escapes, Field, Language, Layout, PLAIN, Quote};

/// Rust.
pub static RUST: Language = Language {
    name: "Rust",
    extensions: &["rs"],
    names: &[],
    quotes: &[Quote::block(
        "\"",
        Escapes::C,
        Field::None,
        Layout::Verbatim,
    )],
    prefixes: b"rbc",
    chars: true,
    hashed: true,
    last_returns: true,
    ..PLAIN
};
