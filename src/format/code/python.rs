//! Python 2 and 3 (Language Reference, section 2.4, for literals).

use super::language::{Colon, Escapes, Language, Quote};

/// Python.
pub static PYTHON: Language = Language {
    name: "Python",
    extensions: &["py", "pyw", "pyi", "py3", "wsgi", "bzl"],
    names: &["sconstruct", "wscript"],
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        quote("\"\"\"", true),
        quote("'''", true),
        quote("\"", false),
        quote("'", false),
    ],
    prefixes: b"rbuft",
    name_extra: b"",
    newline_ends: true,
    adjacent_join: true,
    dot_joins: false,
    colon: Colon::Braces,
    arrow_pairs: false,
    block_default: false,
    indented_classes: true,
};

const fn quote(mark: &'static str, multiline: bool) -> Quote {
    Quote {
        open: mark,
        close: mark,
        escapes: Escapes::Python,
        multiline,
        field: None,
    }
}
