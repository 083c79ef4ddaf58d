//! PHP (the manual's Language Reference, Strings).

use super::language::{Colon, Escapes, Field, Heredocs, Language, Layout, PLAIN, Quote};

/// PHP.
pub static PHP: Language = Language {
    name: "PHP",
    extensions: &[
        "php", "phtml", "inc", "php3", "php4", "php5", "php7", "module", "install",
    ],
    names: &[],
    line_comments: &["//", "#"],
    quotes: &[
        Quote::block("\"", Escapes::Php, Field::Dollar, Layout::Verbatim),
        Quote::block("'", Escapes::QuoteOnly, Field::None, Layout::Verbatim),
        Quote::block("`", Escapes::Php, Field::Dollar, Layout::Verbatim),
    ],
    name_extra: b"$",
    dot_joins: true,
    colon: Colon::Brackets,
    arrow_pairs: true,
    heredocs: Heredocs::Php,
    islands: &[("<?php", "?>"), ("<?=", "?>"), ("<?", "?>")],
    keeps_line_ends: true,
    ..PLAIN
};
