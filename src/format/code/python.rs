//! Python 2 and 3 (Language Reference, section 2.4, for literals).

use super::language::{Escapes, Field, Language, Layout, PLAIN, Quote};

/// Python.
pub static PYTHON: Language = Language {
    name: "Python",
    extensions: &["py", "pyw", "pyi", "py3", "wsgi", "bzl"],
    names: &["sconstruct", "wscript"],
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Python, Field::None, Layout::Verbatim),
        Quote::block("'''", Escapes::Python, Field::None, Layout::Verbatim),
        Quote::line("\"", Escapes::Python, Field::None),
        Quote::line("'", Escapes::Python, Field::None),
    ],
    prefixes: b"rbuft",
    filled: &[(b'f', Field::Brace), (b't', Field::Brace)],
    continues: false,
    adjacent_join: true,
    indented_classes: true,
    ..PLAIN
};
