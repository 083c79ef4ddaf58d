//! Lines of a text, one at a time, for the formats that read line by line.

use crate::text::Span;

/// The line that begins at `at` without its end (`\n` or `\r\n`), and where the next one begins.
pub(super) fn row(text: &str, at: usize) -> (Span, usize) {
    let bytes = text.as_bytes();
    let rest = bytes.get(at..).unwrap_or_default();
    let (mut end, next) = match memchr::memchr(b'\n', rest) {
        Some(offset) => (at + offset, at + offset + 1),
        None => (bytes.len(), bytes.len()),
    };
    if end > at && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    (Span::new(at, end), next)
}

/// The span without blanks at its ends.
pub(super) fn trim(text: &str, span: Span) -> Span {
    let slice = span.of(text);
    let start = span.start + (slice.len() - slice.trim_start().len());
    Span::new(start, start + slice.trim().len())
}

/// Where a comment begins: at the first of `marks` that begins the span or follows a blank; the span's end if none.
pub(super) fn before_comment(text: &str, span: Span, marks: &[u8]) -> usize {
    let slice = span.of(text).as_bytes();
    let mut blank = true;
    for (offset, &byte) in slice.iter().enumerate() {
        if blank && marks.contains(&byte) {
            return span.start + offset;
        }
        blank = byte == b' ' || byte == b'\t';
    }
    span.end
}

/// Offset of the next `quote` at or after `at` and before `end` that no backslash escapes.
pub(super) fn closing(text: &str, at: usize, end: usize, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes().get(..end)?;
    let mut at = at;
    loop {
        let offset = memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if bytes[at + offset] == quote {
            return Some(at + offset);
        }
        at += offset + 2;
    }
}
