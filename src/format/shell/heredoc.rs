//! Here-documents.

use crate::format::inset::{chosen, part};
use crate::format::lines::LINES;
use crate::format::rows::row;
use crate::format::{Entry, Format, Place};
use crate::text::Span;

/// The beginning of a here-document: `<<EOF`, `<<-'EOF'`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'t> {
    pub(super) delimiter: &'t str,
}

impl<'t> Document<'t> {
    /// Reads it at `at`; gives it and where the line goes on.
    pub(super) fn open(text: &'t str, at: usize, end: usize) -> Option<(Self, usize)> {
        let rest = text.get(at..end)?.strip_prefix("<<")?;
        let rest = rest.strip_prefix(['-', '~']).unwrap_or(rest);
        let rest = rest.trim_start_matches([' ', '\t']);
        let rest = rest.strip_prefix(['"', '\'', '\\']).unwrap_or(rest);
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_!-.".contains(byte))
            .count();
        let delimiter = &rest[..length];
        if !delimiter.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '!') {
            return None;
        }
        let rest = &rest[length..];
        let after = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        Some((Self { delimiter }, end - after.len()))
    }

    /// Its lines, from `start` on, and where the script goes on.
    pub(super) fn body(&self, text: &str, start: usize, end: usize) -> Option<(Span, usize)> {
        let mut at = start;
        while at < end {
            let (line, next) = row(text, at);
            if line.of(text).trim() == self.delimiter {
                return Some((Span::new(start, at), next.min(end)));
            }
            at = next;
        }
        None
    }
}

/// Reads a here-document by the file it is written to, else by the command it is given to.
pub(super) fn read<'t>(
    text: &'t str,
    body: Span,
    command: Option<&str>,
    target: Option<&str>,
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let content = body.of(text);
    let format: &'static dyn Format = match (command, target) {
        (_, Some(target)) => chosen(target, "shell"),
        (Some(name), None) if name.starts_with("python") => chosen("x.py", "shell"),
        _ if content.contains("apiVersion:") || content.starts_with("---\n") => {
            chosen("x.yaml", "shell")
        }
        _ => &LINES,
    };
    part(format, text, body, place, sink);
}
