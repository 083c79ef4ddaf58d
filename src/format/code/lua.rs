//! Lua (the Reference Manual, section 3.1).

use super::language::{Colon, Escapes, Field, Language, Layout, PLAIN, Quote};

/// Lua.
pub static LUA: Language = Language {
    name: "Lua",
    extensions: &["lua"],
    names: &[],
    line_comments: &["--"],
    block_comments: &[("--[[", "]]"), ("--[=[", "]=]")],
    quotes: &[
        Quote {
            open: "[=[",
            close: "]=]",
            ..LONG
        },
        LONG,
        Quote::line("\"", Escapes::Lua, Field::None),
        Quote::line("'", Escapes::Lua, Field::None),
    ],
    range_joins: true,
    colon: Colon::Never,
    ..PLAIN
};

const LONG: Quote = Quote {
    open: "[[",
    close: "]]",
    escapes: Escapes::Raw,
    multiline: true,
    field: Field::None,
    layout: Layout::Verbatim,
};
