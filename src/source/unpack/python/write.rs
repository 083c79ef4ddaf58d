//! Expressions as they stand in a source, with the lines of their literals.

use std::fmt::Write as _;

use super::marshal::Object;
use super::version::Version;

/// Around the line of a literal, before it. It stands in no literal, where control characters are escaped.
pub(super) const LINE: char = '\u{1}';
/// Constants are tuples in tuples.
const DEPTH: usize = 32;

/// A part of a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Expression {
    pub(super) text: String,
    /// Whether a string is in it.
    pub(super) tells: bool,
}

impl Expression {
    pub(super) fn raw(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tells: false,
        }
    }

    /// What only the running program knows.
    pub(super) fn unknown() -> Self {
        Self::raw("_()")
    }

    /// A string without its quotes and line, as the name of an argument.
    pub(super) fn bare(&self) -> String {
        let text = self.text.rsplit(LINE).next().unwrap_or_default();
        text.trim_matches('\'').to_owned()
    }

    /// Adds items to a list or mapping that ends with `close`; gives how many bytes that took.
    pub(super) fn add(&mut self, items: &[Self], close: char) -> usize {
        let before = self.text.len();
        if self.text.ends_with(close) {
            self.text.pop();
            self.extend(items);
            self.text.push(close);
        }
        self.text.len() - before
    }

    fn extend(&mut self, items: &[Self]) {
        let mut first = self.text.ends_with(['(', '[', '{']);
        for item in items {
            self.text += if first { "" } else { ", " };
            self.text += &item.text;
            self.tells |= item.tells;
            first = false;
        }
    }

    /// The items of a tuple or mapping, as one.
    pub(super) fn unpacked(&self) -> Vec<Self> {
        let text = self.text.as_str();
        let inner = (text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(",)")))
        .or_else(|| text.strip_prefix('{')?.strip_suffix('}'))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']'));
        let inner = inner.filter(|inner| !inner.is_empty()).map(|inner| Self {
            text: inner.to_owned(),
            tells: self.tells,
        });
        inner.into_iter().collect()
    }
}

/// Writes expressions, as long as there is room. A few instructions can ask for any length.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) left: usize,
}

const FULL: &str = "it asks for more text than its size allows";

impl Written {
    /// Takes so many bytes of the room.
    pub(super) fn take(&mut self, length: usize) -> Result<(), &'static str> {
        self.left = self.left.checked_sub(length).ok_or(FULL)?;
        Ok(())
    }

    fn spend(&mut self, expression: Expression) -> Result<Expression, &'static str> {
        self.take(expression.text.len() + 1)?;
        Ok(expression)
    }

    pub(super) fn join(&mut self, parts: &[&Expression]) -> Result<Expression, &'static str> {
        let text = parts.iter().map(|part| part.text.as_str()).collect();
        let tells = parts.iter().any(|part| part.tells);
        self.spend(Expression { text, tells })
    }

    /// Items with commas behind what `open` says.
    pub(super) fn list(
        &mut self,
        open: &Expression,
        items: &[Expression],
        close: &str,
    ) -> Result<Expression, &'static str> {
        let mut list = open.clone();
        list.extend(items);
        list.text += close;
        self.spend(list)
    }

    pub(super) fn constant(
        &mut self,
        object: &Object,
        line: i64,
        version: Version,
    ) -> Result<Expression, &'static str> {
        let mut expression = Expression::default();
        self.append(object, line, version, 0, &mut expression)?;
        self.spend(expression)
    }

    fn append(
        &self,
        object: &Object,
        line: i64,
        version: Version,
        depth: usize,
        out: &mut Expression,
    ) -> Result<(), &'static str> {
        // Constants refer to each other: what is short in the file can be long here.
        if out.text.len() > self.left || depth > DEPTH {
            return Err(FULL);
        }
        match object {
            Object::Text(text) => {
                out.tells = true;
                let _ = write!(out.text, "{LINE}{line}{LINE}'");
                text.chars().for_each(|c| push(c, &mut out.text));
                out.text.push('\'');
            }
            Object::Bytes(bytes) => {
                out.tells = true;
                let mark = if version.is_two() { "" } else { "b" };
                let _ = write!(out.text, "{LINE}{line}{LINE}{mark}'");
                match std::str::from_utf8(bytes) {
                    Ok(text) if version.is_two() => {
                        text.chars().for_each(|c| push(c, &mut out.text));
                    }
                    _ => bytes.iter().for_each(|&byte| match byte {
                        b' '..=b'~' => push(byte.into(), &mut out.text),
                        _ => {
                            let _ = write!(out.text, "\\x{byte:02x}");
                        }
                    }),
                }
                out.text.push('\'');
            }
            Object::Items(items) => {
                out.text.push('(');
                for item in &**items {
                    self.append(item, line, version, depth + 1, out)?;
                    out.text += ", ";
                }
                if let Some(rest) = out.text.strip_suffix(' ') {
                    out.text.truncate(rest.len());
                }
                out.text.push(')');
            }
            Object::Int(number) => {
                let _ = write!(out.text, "{number}");
            }
            Object::None => out.text += "None",
            Object::Bool(yes) => out.text += if *yes { "True" } else { "False" },
            Object::Null | Object::Code(_) | Object::Other => out.text += "_()",
        }
        Ok(())
    }
}

/// A character as it stands in a literal in single quotes.
fn push(character: char, out: &mut String) {
    match character {
        '\'' => out.push_str("\\'"),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if character.is_ascii_control() => {
            let _ = write!(out, "\\x{:02x}", u32::from(character));
        }
        _ => out.push(character),
    }
}
