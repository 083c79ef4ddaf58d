//! Texts inside of texts: code in Markdown, files in patches, cells of notebooks, here-documents.

use super::{Entry, FileName, Format, Limit, Place, choose};
use crate::format::lines::LINES;
use crate::format::spots::inside;
use crate::text::{Pieces, Span};

/// Formats that hold others, outermost first. One reads only those further on, and of the others what they hold no more
/// ([`Format::leaf`]), so that nesting has an end.
const HOSTS: &[&str] = &[
    "notebook",
    "markdown",
    "patch",
    "compose",
    "yaml",
    "hcl",
    "dockerfile",
    "makefile",
    "shell",
];

/// The format for a file of this name inside of a text that `host` reads.
pub(super) fn chosen(path: &str, host: &str) -> &'static dyn Format {
    let place = |name: &str| HOSTS.iter().position(|host| *host == name);
    let path = path.to_lowercase();
    choose(&FileName::new(&path))
        .and_then(|format| match place(format.name()) {
            Some(inner) if place(host) >= Some(inner) => format.leaf(),
            _ => Some(format),
        })
        .unwrap_or(&LINES)
}

/// Reads a part of the text by a format of its own.
pub(super) fn part<'t>(
    format: &'static dyn Format,
    text: &'t str,
    span: Span,
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    format.entries(span.of(text), &mut |entry| {
        sink(shifted(entry, span.start, place));
    });
}

/// Reads what can be found at `spots` of the whole text in a part of it, by a format of its own, which is asked for only then.
pub(super) fn part_at<'t>(
    format: impl FnOnce() -> &'static dyn Format,
    text: &'t str,
    span: Span,
    spots: &[u32],
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let start = u32::try_from(span.start).unwrap_or(u32::MAX);
    let inside: Vec<u32> = (inside(spots, span).iter())
        .map(|spot| spot - start)
        .collect();
    if !inside.is_empty() {
        format().entries_at(span.of(text), &inside, &mut |entry| {
            sink(shifted(entry, span.start, Place::Live));
        });
    }
}

/// An entry of a part that begins at `start`, in the whole.
fn shifted(mut entry: Entry<'_>, start: usize, place: Place) -> Entry<'_> {
    entry.span = entry.span.shift(start);
    entry.statement = entry.statement.shift(start);
    entry.constant = entry.constant.map(|constant| constant.shift(start));
    entry.place = entry.place.max(place);
    entry
}

/// Reads a span of a text put together by a format; the entries have their places in the other text.
pub(super) fn read_pieces<'t>(
    pieces: &Pieces,
    format: &'static dyn Format,
    span: Span,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    part(format, pieces.text(), span, Place::Live, &mut |entry| {
        let mut entry = entry.into_owned();
        entry.span = pieces.map(entry.span);
        entry.statement = pieces.map(entry.statement);
        entry.constant = entry.constant.map(|constant| pieces.map(constant));
        sink(entry);
    });
}

/// Delimiters of here-documents that have no end in the text; each is looked for once.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing<'t> {
    delimiters: Vec<&'t str>,
}

impl<'t> Missing<'t> {
    /// So many are looked for in vain.
    const MOST: usize = 50;

    pub(super) fn knows(&self, delimiter: &str) -> bool {
        self.delimiters.contains(&delimiter)
    }

    pub(super) fn add(&mut self, delimiter: &'t str) {
        self.delimiters.push(delimiter);
    }

    /// Whether no other is looked for.
    pub(super) fn is_full(&self) -> bool {
        self.delimiters.len() >= Self::MOST
    }

    /// What is given for a here-document on this line that is not looked for.
    pub(super) fn cut(line: Span) -> Entry<'t> {
        Entry::unread(Limit::Unclosed(Self::MOST), line)
    }
}
