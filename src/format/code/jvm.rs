//! Java, Kotlin, Scala and Groovy.

use super::language::{Colon, Escapes, Field, Language, Layout, PLAIN, Quote};

/// Java (Language Specification, section 3.10).
pub static JAVA: Language = Language {
    name: "Java",
    extensions: &["java"],
    names: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Js, Field::None, Layout::Indented),
        Quote::line("\"", Escapes::Js, Field::None),
    ],
    colon: Colon::Never,
    chars: true,
    formats_percent: true,
    ..PLAIN
};

/// Kotlin.
pub static KOTLIN: Language = Language {
    name: "Kotlin",
    extensions: &["kt", "kts"],
    names: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Raw, Field::Dollar, Layout::Verbatim),
        Quote::line("\"", Escapes::Js, Field::Dollar),
    ],
    colon: Colon::Never,
    chars: true,
    formats_percent: true,
    ..PLAIN
};

/// Scala.
pub static SCALA: Language = Language {
    name: "Scala",
    extensions: &["scala", "sc", "sbt"],
    names: &[],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Raw, Field::None, Layout::Verbatim),
        Quote::line("\"", Escapes::Js, Field::None),
    ],
    prefixes: b"sfraw",
    filled: &[(b's', Field::Dollar), (b'f', Field::Dollar)],
    colon: Colon::Never,
    chars: true,
    formats_percent: true,
    ..PLAIN
};

/// Groovy.
pub static GROOVY: Language = Language {
    name: "Groovy",
    extensions: &["groovy", "gradle", "gvy"],
    names: &["jenkinsfile"],
    quotes: &[
        Quote::block("\"\"\"", Escapes::Js, Field::Dollar, Layout::Verbatim),
        Quote::block("'''", Escapes::Js, Field::None, Layout::Verbatim),
        Quote::line("\"", Escapes::Js, Field::Dollar),
        Quote::line("'", Escapes::Js, Field::None),
    ],
    name_extra: b"$",
    colon: Colon::Brackets,
    commands: true,
    regex: true,
    formats_percent: true,
    ..PLAIN
};
