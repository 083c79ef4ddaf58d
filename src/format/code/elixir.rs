//! Elixir (the Syntax Reference).

use super::language::{Colon, Delimited, Escapes, Field, Language, Layout, PLAIN, Quote};

/// Elixir.
pub static ELIXIR: Language = Language {
    name: "Elixir",
    extensions: &["ex", "exs", "eex", "heex", "leex"],
    names: &[],
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Ruby, Field::HashBrace, Layout::Indented),
        Quote::block("'''", Escapes::Ruby, Field::HashBrace, Layout::Indented),
        Quote::block("\"", Escapes::Ruby, Field::HashBrace, Layout::Verbatim),
        Quote::block("'", Escapes::Ruby, Field::HashBrace, Layout::Verbatim),
    ],
    colon: Colon::Anywhere,
    arrow_pairs: true,
    indented_classes: true,
    commands: true,
    symbols: true,
    delimited: Delimited::Sigils,
    last_returns: true,
    ..PLAIN
};
