//! `.properties` files as `java.util.Properties.load` reads them, with Spring's `${NAME:default}`.
//!
//! A key ends at `=`, `:` or a blank that no backslash escapes; an odd number of backslashes at the end of a line joins
//! the next; quotes are part of the value.

use std::borrow::Cow;

use super::escape::{Style, unescape};
use super::rows::{row, trim};
use super::scalar::{Literal, Scalar};
use super::{Entry, FileName, Format, Place, Slot, comment};
use crate::text::Span;

/// The format of Java property files.
#[derive(Debug)]
pub(super) struct Properties;

/// [`Properties`] for [`super::FORMATS`].
pub(super) static PROPERTIES: Properties = Properties;

impl Format for Properties {
    fn name(&self) -> &'static str {
        "properties"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.base_extension() == "properties"
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        while at < text.len() {
            let (line, next) = row(text, at);
            let content = trim(text, line);
            at = next;
            if content.of(text).starts_with(['#', '!']) {
                comment::scan(text, content, &[], &decode, sink);
                continue;
            }
            let mut logical = Span::new(content.start, line.end);
            while goes_on(logical.of(text)) && at < text.len() {
                let (line, next) = row(text, at);
                logical.end = line.end;
                at = next;
                // Each further line counts by its own backslashes.
                if !goes_on(line.of(text)) {
                    break;
                }
            }
            if let Some(entry) = property(text, logical) {
                sink(entry);
            }
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::PROPERTIES)
    }
}

fn decode(raw: &str) -> Cow<'_, str> {
    unescape(raw, Style::Properties)
}

/// Whether the line ends with an odd number of backslashes.
fn goes_on(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn property(text: &str, line: Span) -> Option<Entry<'_>> {
    let bytes = line.of(text).as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'=' | b':' | b' ' | b'\t' => break,
            _ => at += 1,
        }
    }
    let key = text.get(line.start..line.start + at.min(bytes.len()))?;
    if key.is_empty() {
        return None;
    }
    let rest = text
        .get(line.start + key.len()..line.end)?
        .trim_start_matches([' ', '\t']);
    let rest = rest
        .strip_prefix(['=', ':'])
        .unwrap_or(rest)
        .trim_start_matches([' ', '\t']);
    let value = Span::new(line.end - rest.len(), line.end);
    // A blank at the end is part of the value to Java, but no one means it.
    let value = if rest.ends_with("\\ ") {
        value
    } else {
        trim(text, value)
    };
    let scalar = Scalar::read(text, Literal::bare(value), decode);
    Some(scalar.entry(
        decode(key),
        Vec::new(),
        Slot::Assign,
        Place::Live,
        line.start,
    ))
}
