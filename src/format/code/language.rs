//! What sets one programming language apart from another, as far as finding values goes.
//!
//! The lexer and the extractor know no language; they read this. A new language is one descriptor.

/// A language.
#[derive(Debug)]
pub struct Language {
    /// Its name, as shown by `leakey explain`.
    pub name: &'static str,
    /// Extensions of its files.
    pub extensions: &'static [&'static str],
    /// Whole names of its files.
    pub names: &'static [&'static str],
    /// What begins a comment that ends with the line.
    pub line_comments: &'static [&'static str],
    /// What encloses a comment.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// The string literals, longest opening first.
    pub quotes: &'static [Quote],
    /// Letters that may stand before a quote and change its meaning: Python's `rbuft`, C#'s `@$`.
    pub prefixes: &'static [u8],
    /// Characters other than letters, digits, `_` and non-ASCII that belong to names.
    pub name_extra: &'static [u8],
    /// Whether a line's end ends a statement outside of brackets.
    pub newline_ends: bool,
    /// Whether adjacent literals are one.
    pub adjacent_join: bool,
    /// Whether `.` joins strings (and members are reached by `->`).
    pub dot_joins: bool,
    /// Where `name: value` gives a value to a name.
    pub colon: Colon,
    /// Whether `'name' => value` gives a value to a name.
    pub arrow_pairs: bool,
    /// Whether `{` after a call encloses a block whose value may be the default (`ENV.fetch('X') { 'v' }`).
    pub block_default: bool,
    /// Whether classes are told by indentation (`class X:`).
    pub indented_classes: bool,
}

/// Where `name: value` gives a value to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colon {
    /// Nowhere.
    Never,
    /// Between braces.
    Braces,
    /// Between brackets of any kind.
    Brackets,
    /// Anywhere.
    Anywhere,
}

/// A way to write a string literal.
#[derive(Debug)]
pub struct Quote {
    /// What begins it.
    pub open: &'static str,
    /// What ends it.
    pub close: &'static str,
    /// How a backslash reads.
    pub escapes: Escapes,
    /// Whether it may go over several lines.
    pub multiline: bool,
    /// What begins a field filled in at run time, if it may hold any: `${`, `#{`.
    pub field: Option<&'static str>,
}

/// How a backslash reads inside a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// Not at all.
    Raw,
    /// Only `\\` and the escaped quote: PHP and Ruby single quotes.
    QuoteOnly,
    /// Python: an unknown escape stays two characters (Language Reference, 2.4.1.1).
    Python,
    /// C and what came from it: an unknown escape loses its backslash.
    C,
    /// A doubled quote stands for one: C# verbatim, SQL.
    Doubled,
}
