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

    /// The operator of two characters, if they are one.
    fn of_two(bytes: [u8; 2]) -> Option<Self> {
        Some(match &bytes {
            b"==" | b"!=" | b"<=" | b">=" | b"=~" | b"!~" => Self::Compare,
            b":=" => Self::Assign,
            b"?=" => Self::OrAssign,
            b"=>" => Self::Arrow,
            b"->" | b"::" => Self::Member,
            b"?." | b"&." => Self::Dot,
            b"||" | b"??" | b"//" | b"?:" => Self::Or,
            b"<>" => Self::Join,
            b".." | b"+=" | b"-=" | b"*=" | b"/=" | b"|=" | b"&=" | b"%=" | b"^=" | b".="
            | b"<<" | b"&&" | b"++" => Self::Other,
            _ => return None,
        })
    }

    /// The operator of three characters, if they are one.
    fn of_three(bytes: [u8; 3]) -> Option<Self> {
        Some(match &bytes {
            b"===" | b"!==" | b"<=>" => Self::Compare,
            b"||=" | b"??=" => Self::OrAssign,
            b"?->" => Self::Member,
            b"..." | b"&&=" | b"<<=" | b">>=" | b"**=" => Self::Other,
            _ => return None,
        })
    }
}

/// The operator that `bytes` begin with, the longest there is, and its length; a blank stands for no byte.
pub(super) fn operator(bytes: [u8; 3]) -> (Op, usize) {
    let [first, second, third] = bytes;
    if matches!(third, b'=' | b'>' | b'.')
        && let Some(op) = Op::of_three(bytes)
    {
        return (op, 3);
    }
    match Op::of_two([first, second]) {
        Some(op) => (op, 2),
        None => (Op::of_one(first), 1),
    }
}

/// Whether a character is the second of some operator: most signs stand alone.
pub(super) fn goes_on(second: u8) -> bool {
    matches!(
        second,
        b'=' | b'|' | b'?' | b'-' | b'.' | b'&' | b'<' | b'>' | b'*' | b'~' | b':' | b'/' | b'+'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs of which operators are made, and others.
    const SIGNS: &[u8] = b" =!|?<>.&*~:/-+%^,;x(";

    /// What `bytes` begin with, where no character is looked at in vain.
    fn longest(bytes: [u8; 3]) -> (Op, usize) {
        let two = Op::of_two([bytes[0], bytes[1]]).map(|op| (op, 2));
        let three = Op::of_three(bytes).map(|op| (op, 3));
        three.or(two).unwrap_or((Op::of_one(bytes[0]), 1))
    }

    #[test]
    fn the_longest_operator_is_found() {
        for &first in SIGNS {
            for &second in SIGNS {
                for &third in SIGNS {
                    let bytes = [first, second, third];
                    assert_eq!(operator(bytes), longest(bytes), "{bytes:?}");
                    assert!(goes_on(second) || operator(bytes).1 == 1, "{bytes:?}");
                }
            }
        }
        assert_eq!(operator(*b"==="), (Op::Compare, 3));
        assert_eq!(operator(*b"==x"), (Op::Compare, 2));
        assert_eq!(operator(*b"=-1"), (Op::Assign, 1));
    }
}
