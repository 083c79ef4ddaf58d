//! The operators of all languages, as far as they matter for finding values.

/// Operators that matter here; all others are [`Op::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `=` and `:=`.
    Assign,
    /// `||=`, `??=`, `?=`.
    OrAssign,
    /// `==`, `!=`, `<=` …: never gives a value to a name.
    Compare,
    /// `=>`.
    Arrow,
    /// `.`, `?.`, `&.`.
    Dot,
    /// `->` and `::`.
    Member,
    Colon,
    Comma,
    Semicolon,
    Plus,
    /// `||`, `??`, `?:`.
    Or,
    Question,
    /// `<>` (Elixir).
    Join,
    Other,
}

impl Op {
    /// The operator of one character.
    pub(super) fn of_one(byte: u8) -> Self {
        match byte {
            b'=' => Self::Assign,
            b'.' => Self::Dot,
            b':' => Self::Colon,
            b',' => Self::Comma,
            b';' => Self::Semicolon,
            b'+' => Self::Plus,
            b'?' => Self::Question,
            _ => Self::Other,
        }
    }
}

/// How those of several characters are written, and the others, longest first.
pub(super) const OPERATORS: &[(&str, Op)] = &[
    ("===", Op::Compare),
    ("!==", Op::Compare),
    ("||=", Op::OrAssign),
    ("??=", Op::OrAssign),
    ("<=>", Op::Compare),
    ("?->", Op::Member),
    ("...", Op::Other),
    ("&&=", Op::Other),
    ("<<=", Op::Other),
    (">>=", Op::Other),
    ("**=", Op::Other),
    ("==", Op::Compare),
    ("!=", Op::Compare),
    ("<=", Op::Compare),
    (">=", Op::Compare),
    ("=~", Op::Compare),
    ("!~", Op::Compare),
    (":=", Op::Assign),
    ("?=", Op::OrAssign),
    ("=>", Op::Arrow),
    ("->", Op::Member),
    ("::", Op::Member),
    ("?.", Op::Dot),
    ("&.", Op::Dot),
    ("||", Op::Or),
    ("??", Op::Or),
    ("//", Op::Or),
    ("..", Op::Other),
    ("?:", Op::Or),
    ("<>", Op::Join),
    ("+=", Op::Other),
    ("-=", Op::Other),
    ("*=", Op::Other),
    ("/=", Op::Other),
    ("|=", Op::Other),
    ("&=", Op::Other),
    ("%=", Op::Other),
    ("^=", Op::Other),
    (".=", Op::Other),
    ("<<", Op::Other),
    ("&&", Op::Other),
    ("++", Op::Other),
    ("=", Op::Assign),
    (".", Op::Dot),
    (":", Op::Colon),
    (",", Op::Comma),
    (";", Op::Semicolon),
    ("+", Op::Plus),
    ("?", Op::Question),
];
