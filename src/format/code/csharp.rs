//! C# (the language reference, String literals).

use super::language::{Colon, Escapes, Field, Language, Layout, PLAIN, Quote};

/// C#.
pub static CSHARP: Language = Language {
    name: "C#",
    extensions: &["cs", "csx", "cshtml", "razor"],
    names: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Raw, Field::None, Layout::Enclosed),
        Quote::line("\"", Escapes::Js, Field::None),
    ],
    prefixes: b"@$",
    filled: &[(b'$', Field::Brace)],
    colon: Colon::Brackets,
    chars: true,
    keeps_line_ends: true,
    ..PLAIN
};
