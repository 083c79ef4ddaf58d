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

/// Whether a character is the second of some operator: most signs stand alone.
pub(super) fn goes_on(second: u8) -> bool {
    matches!(
        second,
        b'=' | b'|' | b'?' | b'-' | b'.' | b'&' | b'<' | b'>' | b'*' | b'~' | b':' | b'/' | b'+'
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_each_is_known() {
        for (text, op) in OPERATORS {
            match text.as_bytes() {
                [one] => assert_eq!(Op::of_one(*one), *op, "{text}"),
                [_, second, ..] => assert!(goes_on(*second), "{text}"),
                [] => panic!("an operator of nothing"),
            }
        }
    }
}
