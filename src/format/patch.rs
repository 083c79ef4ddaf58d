//! Patches: the lines of each file, old and new, read by that file's format. What was removed counts as well.

use super::inset::{chosen, read_pieces};
use super::lines::LINES;
use super::rows::row;
use super::{Entry, FileName, Format};
use crate::text::{Pieces, Span};

/// The format of `.patch`, `.diff` and `.rej` files.
#[derive(Debug)]
pub(super) struct Patch;

/// [`Patch`] for [`super::FORMATS`].
pub(super) static PATCH: Patch = Patch;

impl Format for Patch {
    fn name(&self) -> &'static str {
        "patch"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.extension == "rej" || matches!(file.base_extension(), "patch" | "diff")
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut hunk = Hunk::new(&LINES);
        let mut at = 0;
        while at < text.len() {
            let (line, next) = row(text, at);
            let content = line.of(text);
            let followed = || row(text, next).0.of(text).starts_with("+++ ");
            if content.starts_with("diff ") || content.starts_with("Index: ") {
                hunk.give(sink);
                hunk = Hunk::new(named(content.rsplit(' ').next().unwrap_or_default()));
            } else if content.starts_with("--- ") && followed() {
                hunk.give(sink);
                let old = file_name(&content[4..]);
                let (line, after) = row(text, next);
                let new = file_name(line.of(text).get(4..).unwrap_or_default());
                hunk = Hunk::new(named(if new == "/dev/null" { old } else { new }));
                at = after;
                continue;
            } else if content.starts_with("@@") {
                hunk.give(sink);
                hunk = Hunk::new(hunk.format);
            } else {
                hunk.line(text, line, next);
            }
            at = next;
        }
        hunk.give(sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::PATCH)
    }
}

/// The name in a header, without what may follow a tab.
fn file_name(header: &str) -> &str {
    header
        .split('\t')
        .next()
        .unwrap_or(header)
        .trim()
        .trim_matches('"')
}

fn named(name: &str) -> &'static dyn Format {
    let name = name
        .strip_prefix("a/")
        .or_else(|| name.strip_prefix("b/"))
        .unwrap_or(name);
    chosen(name, PATCH.name())
}

/// Lines that belong together, in their old and their new form.
struct Hunk {
    format: &'static dyn Format,
    old: Pieces,
    new: Pieces,
    /// The removed lines.
    removed: Vec<Span>,
}

impl Hunk {
    fn new(format: &'static dyn Format) -> Self {
        Self {
            format,
            old: Pieces::default(),
            new: Pieces::default(),
            removed: Vec::new(),
        }
    }

    fn line(&mut self, text: &str, line: Span, next: usize) {
        let whole = Span::new(line.start, next);
        let body = Span::new((line.start + 1).min(next), next);
        match text.as_bytes().get(line.start) {
            Some(b'-') => {
                self.old.push(text, body);
                self.removed.push(whole);
            }
            Some(b'+') => self.new.push(text, body),
            Some(b' ') => {
                self.old.push(text, body);
                self.new.push(text, body);
            }
            // `\ No newline at end of file`
            Some(b'\\') => {}
            _ => self.new.push(text, whole),
        }
    }

    fn give<'t>(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let whole = |pieces: &Pieces| Span::new(0, pieces.text().len());
        let mut found = Vec::new();
        read_pieces(&self.new, self.format, whole(&self.new), &mut |entry| {
            found.push(entry);
        });
        if !self.removed.is_empty() {
            read_pieces(&self.old, self.format, whole(&self.old), &mut |entry| {
                let after = self
                    .removed
                    .partition_point(|line| line.start <= entry.span.start);
                let line = after
                    .checked_sub(1)
                    .and_then(|index| self.removed.get(index));
                if line.is_some_and(|line| entry.span.start < line.end) {
                    found.push(entry);
                }
            });
            found.sort_by_key(|entry| entry.span.start);
        }
        found.into_iter().for_each(sink);
        *self = Self::new(self.format);
    }
}
