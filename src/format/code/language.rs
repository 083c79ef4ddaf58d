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
    /// Prefixes that let a literal hold fields, and of what sort.
    pub filled: &'static [(u8, Field)],
    /// Characters other than letters, digits, `_` and non-ASCII that belong to names.
    pub name_extra: &'static [u8],
    /// Whether a line that ends or begins with an operator is one with its neighbour. Where not (Python), only brackets
    /// join lines, and those of any kind do; where so, lines end statements between braces too.
    pub continues: bool,
    /// Whether adjacent literals are one.
    pub adjacent_join: bool,
    /// Whether `.` joins strings (and members are reached by `->`).
    pub dot_joins: bool,
    /// Whether `..` joins strings.
    pub range_joins: bool,
    /// Where `name: value` gives a value to a name.
    pub colon: Colon,
    /// Whether `'name' => value` gives a value to a name.
    pub arrow_pairs: bool,
    /// Whether CR LF in a literal stays what it is.
    pub keeps_line_ends: bool,
    /// Whether a function returns its last statement.
    pub last_returns: bool,
    /// Whether `replace` replaces the first occurrence only.
    pub replaces_once: bool,
    /// Whether `join` without a separator puts commas between the items.
    pub joins_with_comma: bool,
    /// Whether `format` fills `%s`, not `{}`.
    pub formats_percent: bool,
    /// Whether `{` after a call encloses a block whose value may be the default (`ENV.fetch('X') { 'v' }`).
    pub block_default: bool,
    /// Whether classes are told by indentation (`class X:`).
    pub indented_classes: bool,
    /// Whether a type stands behind the name it is given to, without a colon (`var name string = …`).
    pub type_after: bool,
    /// Whether a call may go without parentheses (`set :name, 'value'`).
    pub commands: bool,
    /// Whether `:name` is a symbol.
    pub symbols: bool,
    /// Whether `/…/` may be a regular expression.
    pub regex: bool,
    /// Whether `'c'` is a character and no string.
    pub chars: bool,
    /// Whether `#` around the quotes make another literal: `r#"…"#`, `#"…"#`.
    pub hashed: bool,
    /// Literals between delimiters of the author's choice.
    pub delimited: Delimited,
    /// Literals that begin with the next line.
    pub heredocs: Heredocs,
    /// What encloses the code in a text that begins with `<`.
    pub islands: &'static [(&'static str, &'static str)],
    /// Lines that end the code.
    pub ends: &'static [&'static str],
}

/// A language with C's comments and nothing else; change what differs.
pub const PLAIN: Language = Language {
    name: "",
    extensions: &[],
    names: &[],
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[],
    prefixes: b"",
    filled: &[],
    name_extra: b"",
    continues: true,
    adjacent_join: false,
    dot_joins: false,
    range_joins: false,
    colon: Colon::Braces,
    arrow_pairs: false,
    keeps_line_ends: false,
    last_returns: false,
    replaces_once: false,
    joins_with_comma: false,
    formats_percent: false,
    block_default: false,
    indented_classes: false,
    type_after: false,
    commands: false,
    symbols: false,
    regex: false,
    chars: false,
    hashed: false,
    delimited: Delimited::No,
    heredocs: Heredocs::No,
    islands: &[],
    ends: &[],
};

/// Literals between delimiters of the author's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimited {
    /// None.
    No,
    /// Ruby: `%q(…)`, `%w[…]`, `%(…)`.
    Percent,
    /// Elixir: `~s(…)`.
    Sigils,
    /// Perl: `q(…)`, `qq{…}`.
    Words,
}

/// Literals that begin with the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heredocs {
    /// None.
    No,
    /// `<<~NAME`, `<<-NAME`, `<<NAME`; the line goes on behind the name.
    Ruby,
    /// `<<<NAME`.
    Php,
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
    /// What begins a field filled in at run time.
    pub field: Field,
    /// How a literal over several lines is laid out.
    pub layout: Layout,
}

impl Quote {
    /// A literal on one line that begins and ends with `mark`.
    pub const fn line(mark: &'static str, escapes: Escapes, field: Field) -> Self {
        Self {
            open: mark,
            close: mark,
            escapes,
            multiline: false,
            field,
            layout: Layout::Verbatim,
        }
    }

    /// A literal that may go over several lines.
    pub const fn block(mark: &'static str, escapes: Escapes, field: Field, layout: Layout) -> Self {
        Self {
            open: mark,
            close: mark,
            escapes,
            multiline: true,
            field,
            layout,
        }
    }
}

/// What begins a field filled in at run time, where no prefix decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Nothing.
    None,
    /// `${`.
    DollarBrace,
    /// `$name`, `${`, `{$`.
    Dollar,
    /// `#{`.
    HashBrace,
    /// `\(`.
    BackslashParen,
    /// `{`, where two stand for one.
    Brace,
}

/// How a literal over several lines is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Every character counts.
    Verbatim,
    /// The line of the opening quotes does not count, nor does the indentation all lines share (Java).
    Indented,
    /// As `Indented`, and the last line's end does not count either (Swift, C#).
    Enclosed,
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
    /// C and what came from it: an unknown escape loses its backslash, `\x` and octal digits stand for bytes.
    C,
    /// JavaScript, Java, C#: as C, with characters in place of bytes, without `\a` and `\e`.
    Js,
    /// PHP: an unknown escape stays two characters, a quote of the other sort too.
    Php,
    /// Ruby, Elixir: as C, with `\s` for a space.
    Ruby,
    /// Lua: as C, with decimal digits.
    Lua,
    /// A doubled quote stands for one: C# verbatim, SQL.
    Doubled,
}
