//! JavaScript and TypeScript, with the scripts of Vue and Svelte files (ECMA-262, section 12).

use super::language::{Escapes, Field, Language, Layout, PLAIN, Quote};

/// JavaScript and TypeScript.
pub static JAVASCRIPT: Language = Language {
    name: "JavaScript",
    extensions: &[
        "js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts", "vue", "svelte", "es6",
    ],
    names: &["jakefile"],
    quotes: &[
        Quote::block("`", Escapes::Js, Field::DollarBrace, Layout::Verbatim),
        Quote::line("\"", Escapes::Js, Field::None),
        Quote::line("'", Escapes::Js, Field::None),
    ],
    name_extra: b"$",
    replaces_once: true,
    joins_with_comma: true,
    regex: true,
    islands: &[("<script", "</script")],
    ..PLAIN
};
