//! Code that stands in pieces in other text: PHP in a page, scripts in one.

use super::language::Language;
use super::token::{Kind, Lexer};

/// Whether the code in `text` is islands in other text.
pub(super) fn has_islands(text: &str, language: &Language) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    !language.islands.is_empty() && text.trim_ascii_start().starts_with('<')
}

impl Lexer<'_, '_> {
    /// Goes on in the next piece of code.
    pub(super) fn next_island(&mut self) {
        let next = self
            .language
            .islands
            .iter()
            .filter_map(|(open, close)| {
                let by = memchr::memmem::find(&self.bytes[self.at..], open.as_bytes())?;
                Some((self.at + by + open.len(), *close))
            })
            .min();
        self.push(Kind::Newline, 0);
        match next {
            Some((at, close)) => {
                self.at = at;
                self.island = Some(close);
            }
            None => self.at = self.bytes.len(),
        }
    }
}
