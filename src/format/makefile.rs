//! Makefiles and justfiles: assignments, and recipes as commands of a shell. `$$` stands for `$`.

use std::borrow::Cow;

use super::rows::{closing, row, trim};
use super::scalar::{Literal, Scalar};
use super::shell::commands;
use super::{Entry, FileName, Format, Place, Slot, Value, comment};
use crate::text::Span;

/// The format of Makefiles and justfiles.
#[derive(Debug)]
pub(super) struct Makefile {
    /// Whether any indented line is part of a recipe, and quotes are none of the value.
    just: bool,
}

/// Make.
pub(super) static MAKEFILE: Makefile = Makefile { just: false };

/// Just.
pub(super) static JUSTFILE: Makefile = Makefile { just: true };

impl Format for Makefile {
    fn name(&self) -> &'static str {
        if self.just { "justfile" } else { "makefile" }
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        if self.just {
            matches!(name, "justfile" | ".justfile") || file.base_extension() == "just"
        } else {
            matches!(name, "makefile" | "gnumakefile" | "bsdmakefile")
                || name.starts_with("makefile.")
                || matches!(file.base_extension(), "mk" | "mak" | "make")
        }
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = 0;
        while at < text.len() {
            let (line, next) = row(text, at);
            let mut logical = line;
            at = next;
            while logical.of(text).ends_with('\\') && at < text.len() {
                let (line, next) = row(text, at);
                logical.end = line.end;
                at = next;
                if !line.of(text).ends_with('\\') {
                    break;
                }
            }
            let content = trim(text, logical);
            let indented = logical.of(text).starts_with('\t')
                || (self.just && logical.of(text).starts_with(' '));
            if content.of(text).starts_with('#') {
                comment::scan(text, content, &[], &undouble, sink);
            } else if indented {
                self.recipe(text, content, sink);
            } else if let Some(entry) = assignment(text, content) {
                sink(entry);
            } else if let Some((_, recipe)) = content.of(text).split_once(';') {
                self.recipe(
                    text,
                    Span::new(content.end - recipe.len(), content.end),
                    sink,
                );
            }
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::HASH)
    }
}

impl Makefile {
    fn recipe<'t>(&self, text: &'t str, line: Span, sink: &mut dyn FnMut(Entry<'t>)) {
        let body = line.of(text).trim_start_matches(['@', '-', '+', ' ']);
        let span = Span::new(line.end - body.len(), line.end);
        commands(text, span, Place::Live, &mut |mut entry| {
            if !self.just {
                entry.value = match entry.value {
                    Value::Literal(bytes) if memchr::memmem::find(&bytes, b"$$").is_some() => {
                        Value::owned(undouble_bytes(&bytes))
                    }
                    value => value,
                };
            }
            sink(entry);
        });
    }
}

fn undouble(raw: &str) -> Cow<'_, str> {
    if raw.contains("$$") {
        Cow::Owned(raw.replace("$$", "$"))
    } else {
        Cow::Borrowed(raw)
    }
}

fn undouble_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'$' && rest.peek() == Some(&b'$') {
            rest.next();
        }
        out.push(byte);
    }
    out
}

/// `NAME = value`, `export NAME := value`, `target: NAME ?= value`.
fn assignment(text: &str, line: Span) -> Option<Entry<'_>> {
    let content = line.of(text);
    let equals = content.find('=')?;
    let operator = content[..equals]
        .trim_end_matches([':', '?', '+', '!'])
        .len();
    let shell = content[operator..equals].contains('!');
    let name = content[..operator].trim_end();
    let start = name.rfind([' ', '\t', ':']).map_or(0, |at| at + 1);
    let name = Span::new(line.start + start, line.start + name.len());
    let is_name = name
        .of(text)
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    // Words before the name are directives or targets; a recipe after `target:` is none.
    let before = content[..start].trim();
    let directives = before
        .rsplit(':')
        .next()
        .unwrap_or(before)
        .split_ascii_whitespace()
        .all(|word| matches!(word, "export" | "override" | "private" | "define"));
    if name.is_empty() || !is_name || !directives {
        return None;
    }
    let value = trim(text, Span::new(line.start + equals + 1, line.end));
    let raw = value.of(text);
    let first = raw.as_bytes().first().copied()?;
    let literal = match first {
        b'"' | b'\'' | b'`' => closing(text, value.start + 1, value.end, first)
            .filter(|close| {
                let rest = text[close + 1..value.end].trim_start();
                rest.is_empty() || rest.starts_with('#')
            })
            .map(|close| Literal::quoted(Span::new(value.start + 1, close))),
        _ => None,
    };
    let literal = literal.unwrap_or_else(|| Literal::bare(bare(text, value)));
    let scalar = if shell || (first == b'`' && literal.quoted) {
        Scalar::given(literal, Value::Opaque)
    } else {
        Scalar::read(text, literal, undouble)
    };
    let key = Cow::Borrowed(name.of(text));
    Some(scalar.entry(key, Vec::new(), Slot::Assign, Place::Live, name.start))
}

/// The value without a comment: make begins one at any `#`, but keys hold that, so a blank must stand before.
fn bare(text: &str, value: Span) -> Span {
    let end = super::rows::before_comment(text, value, b"#");
    trim(text, Span::new(value.start, end))
}
