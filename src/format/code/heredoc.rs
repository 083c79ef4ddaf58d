//! Literals that begin with the next line.

use super::language::{Delimited, Escapes, Field, Heredocs};
use super::literal::{field_in, shared_indent};
use super::token::{Lexer, Literal};
use crate::text::Span;

impl Lexer<'_, '_> {
    /// A heredoc at the cursor.
    pub(super) fn heredoc(&mut self) -> bool {
        let php = match self.language.heredocs {
            Heredocs::No => return false,
            Heredocs::Php => true,
            Heredocs::Ruby => false,
        };
        let mark = if php { "<<<" } else { "<<" };
        if !self.starts(self.at, mark) {
            return false;
        }
        let mut at = self.at + mark.len();
        let style = self.bytes.get(at).copied();
        if php {
            at += self.bytes[at..].iter().take_while(|&&b| b == b' ').count();
        } else if matches!(style, Some(b'~' | b'-')) {
            at += 1;
        } else if !self.operand_follows() {
            return false;
        }
        let quote = self
            .bytes
            .get(at)
            .copied()
            .filter(|b| matches!(b, b'"' | b'\''));
        at += usize::from(quote.is_some());
        let length = self.bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let label = &self.text[at..at + length];
        // `1 << x` and `list << item`: a heredoc without a mark or quotes has a shouted name.
        if label.is_empty()
            || label.as_bytes()[0].is_ascii_digit()
            || !php && quote.is_none() && !label.as_bytes()[0].is_ascii_uppercase()
        {
            return false;
        }
        at += length;
        if let Some(quote) = quote {
            if self.bytes.get(at) != Some(&quote) {
                return false;
            }
            at += 1;
        }
        if self.unclosed == 0 {
            self.give_up();
            return false;
        }
        let first = self
            .resume
            .unwrap_or_else(|| self.line_end(at) + 1)
            .min(self.bytes.len());
        let Some((end, close)) = self.heredoc_end(first, label, php) else {
            self.in_vain();
            return false;
        };
        let mut body = Span::new(first, end);
        let mut indent = 0;
        if php {
            indent = u32::try_from(close - label.len() - end).unwrap_or(0);
            // The last line's end belongs to the mark.
            body.end = body.end.saturating_sub(1).max(body.start);
            if body.of(self.text).ends_with('\r') {
                body.end -= 1;
            }
        } else if style == Some(b'~') {
            indent = shared_indent(body.of(self.text), false);
        }
        let raw = quote == Some(b'\'');
        let (escapes, field) = match (raw, php) {
            (true, _) => (Escapes::Raw, Field::None),
            (false, true) => (Escapes::Php, Field::Dollar),
            (false, false) if self.language.delimited == Delimited::Words => {
                (Escapes::Ruby, Field::Dollar)
            }
            (false, false) => (Escapes::Ruby, Field::HashBrace),
        };
        let literal = Literal {
            body,
            escapes,
            bytes: false,
            field: field_in(body.of(self.text), field, escapes),
            multiline: true,
            quote: b'"',
            indent,
            words: false,
            braces: false,
        };
        let behind = if php { close } else { at };
        self.push_literal(literal, behind);
        if !php {
            self.resume = Some((self.line_end(close) + 1).min(self.bytes.len()));
        }
        true
    }

    /// The beginning of the line that ends a heredoc, and the end of its label.
    fn heredoc_end(&self, first: usize, label: &str, php: bool) -> Option<(usize, usize)> {
        let mut line = first;
        while line < self.bytes.len() {
            let end = self.line_end(line);
            let text = &self.text[line..end];
            let trimmed = text.trim_ascii_start();
            if let Some(rest) = trimmed.strip_prefix(label)
                && (rest.trim_ascii_end().is_empty()
                    || php && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            {
                return Some((line, line + text.len() - trimmed.len() + label.len()));
            }
            line = end + 1;
        }
        None
    }
}
