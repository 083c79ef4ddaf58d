//! What a byte can begin in a language, told by a table: asked of every token.

use super::language::{Delimited, Heredocs, Language};

/// A part of a name.
const NAME: u8 = 1;
/// What may begin a comment, a literal, or whatever else is neither name, number, bracket nor operator.
const MARK: u8 = 2;

/// Bytes that belong to names whatever the language.
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
    table
};

/// What bytes mean in a language.
pub(super) struct Begin([u8; 256]);

impl Begin {
    pub(super) fn new(language: &Language) -> Self {
        let mut table = COMMON;
        let mut mark = |bytes: &[u8], holds: bool| {
            for &byte in bytes.iter().filter(|_| holds) {
                table[usize::from(byte)] |= MARK;
                table[usize::from(byte.to_ascii_uppercase())] |= MARK;
            }
        };
        let first = |text: &'static str| text.as_bytes().get(..1).unwrap_or_default();
        for open in language.line_comments {
            mark(first(open), true);
        }
        for (open, _) in language.block_comments {
            mark(first(open), true);
        }
        for quote in language.quotes {
            mark(first(quote.open), true);
        }
        // Words before a quote or a delimiter: `rb"…"`, `r#"…"#`, `qw(…)`.
        mark(language.prefixes, true);
        mark(b"#rcb", language.hashed);
        mark(b"qmsyt", language.delimited == Delimited::Words);
        mark(b"%", language.delimited == Delimited::Percent);
        mark(b"~", language.delimited == Delimited::Sigils);
        mark(b"<", language.heredocs != Heredocs::No);
        mark(b"/", language.regex);
        mark(b"'", language.chars);
        mark(b"?:", language.symbols);
        for &byte in language.name_extra {
            table[usize::from(byte)] |= NAME;
        }
        Self(table)
    }

    /// Whether it is a part of a name.
    pub(super) fn is_name(&self, byte: u8) -> bool {
        self.0[usize::from(byte)] & NAME != 0
    }

    /// Whether it may begin what has to be looked at more closely.
    pub(super) fn is_mark(&self, byte: u8) -> bool {
        self.0[usize::from(byte)] & MARK != 0
    }
}
