//! What a byte can begin in a language, told by a table: asked of every token.

use super::language::{Delimited, Heredocs, Language};

/// A part of a name.
const NAME: u8 = 1;
/// What may begin a comment.
const COMMENT: u8 = 2;
/// What begins a string literal: its quotes.
const QUOTE: u8 = 4;
/// A letter that may stand before quotes.
const PREFIX: u8 = 8;
/// What may begin a literal that begins like an operator or a name.
const SPECIAL: u8 = 16;
/// What may end a line that goes on, an island of code, or the code.
const RARE: u8 = 32;
/// What may follow the line end that a comment begins with.
const LINE: u8 = 64;
/// What may have a meaning of its own in a literal.
const SIGN: u8 = 128;
/// What may begin anything else than a name, a number, a bracket, an operator.
const MARK: u8 = COMMENT | QUOTE | PREFIX | SPECIAL | RARE;

/// Bytes that belong to names whatever the language, and the one before a line end that is none.
const COMMON: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        if byte >= 0x80 || byte.is_ascii_alphanumeric() || byte == b'_' {
            table[byte as usize] = NAME;
        }
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table[b'\\' as usize] = RARE | SIGN;
    table[b'\n' as usize] = SIGN;
    table[b'$' as usize] = SIGN;
    table[b'#' as usize] = SIGN;
    table[b'{' as usize] = SIGN;
    table
};

/// What bytes mean in a language.
pub(super) struct Begin([u8; 256]);

/// What a byte means.
#[derive(Clone, Copy)]
pub(super) struct Meaning(u8);

impl Begin {
    pub(super) fn new(language: &Language) -> Self {
        let mut table = COMMON;
        let mut mark = |bytes: &[u8], what: u8| {
            for &byte in bytes {
                table[usize::from(byte)] |= what;
            }
        };
        let first = |text: &'static str| text.as_bytes().get(..1).unwrap_or_default();
        for open in language.line_comments {
            mark(first(open), COMMENT);
        }
        for (open, _) in language.block_comments {
            match open.as_bytes() {
                [b'\n', second, ..] => mark(&[*second], LINE),
                _ => mark(first(open), COMMENT),
            }
        }
        for quote in language.quotes {
            mark(first(quote.open), QUOTE);
        }
        if language.hashed {
            mark(b"#", QUOTE);
        }
        // Words before a quote: `rb"…"`, `r#"…"#`.
        mark(language.prefixes, PREFIX);
        for letter in language.prefixes {
            mark(&[letter.to_ascii_uppercase()], PREFIX);
        }
        let special: [(&[u8], bool); 7] = [
            // Words before a delimiter: `qw(…)`.
            (b"qmsyt", language.delimited == Delimited::Words),
            (b"%", language.delimited == Delimited::Percent),
            (b"~", language.delimited == Delimited::Sigils),
            (b"<", language.heredocs != Heredocs::No),
            (b"/", language.regex),
            (b"'", language.chars),
            (b"?:", language.symbols),
        ];
        for (bytes, _) in special.iter().filter(|(_, holds)| *holds) {
            mark(bytes, SPECIAL);
        }
        for (_, close) in language.islands {
            mark(first(close), RARE);
        }
        for line in language.ends {
            mark(first(line), RARE);
        }
        for &byte in language.name_extra {
            mark(&[byte], NAME);
        }
        Self(table)
    }

    pub(super) fn of(&self, byte: u8) -> Meaning {
        Meaning(self.0[usize::from(byte)])
    }

    /// Whether it is a part of a name.
    pub(super) fn is_name(&self, byte: u8) -> bool {
        self.of(byte).is_name()
    }
}

impl Meaning {
    /// Whether it is a part of a name.
    pub(super) fn is_name(self) -> bool {
        self.0 & NAME != 0
    }

    /// Whether it is a part of a name, and nothing else may begin with it.
    pub(super) fn is_name_only(self) -> bool {
        self.0 == NAME
    }

    /// Whether it may begin what has to be looked at more closely.
    pub(super) fn is_mark(self) -> bool {
        self.0 & MARK != 0
    }

    /// Whether it may begin a comment.
    pub(super) fn is_comment(self) -> bool {
        self.0 & COMMENT != 0
    }

    /// Whether a comment may begin with the line end before it.
    pub(super) fn is_line_comment(self) -> bool {
        self.0 & LINE != 0
    }

    /// Whether quotes may begin with it.
    pub(super) fn is_quote(self) -> bool {
        self.0 & QUOTE != 0
    }

    /// Whether it may stand before quotes.
    pub(super) fn is_prefix(self) -> bool {
        self.0 & PREFIX != 0
    }

    /// Whether it may begin a literal that begins like an operator or a name.
    pub(super) fn is_special(self) -> bool {
        self.0 & SPECIAL != 0
    }

    /// Whether it may have a meaning of its own in a literal: what escapes or begins a field, and a line end.
    pub(super) fn is_sign(self) -> bool {
        self.0 & SIGN != 0
    }

    /// Whether it may end a line that goes on, an island of code, or the code.
    pub(super) fn is_rare(self) -> bool {
        self.0 & RARE != 0
    }
}
