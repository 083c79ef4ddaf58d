//! Line and column of a byte offset.

use std::cell::{Cell, OnceCell};

use memchr::{memchr, memchr_iter, memrchr};

use super::Span;

/// A place as a reader sees it: both numbers count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: usize,
}

/// The offsets at which the lines of a text begin.
///
/// A line ends with `\n`; a `\r` before it belongs to the line and is no separator of its own.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    /// Found when it pays: most texts hold nothing, or little.
    starts: OnceCell<Vec<usize>>,
    /// Bytes in which line ends were looked for.
    walked: Cell<usize>,
    /// The last place that was asked for, and the ends of lines before it.
    last: Cell<(usize, usize)>,
    first: usize,
    /// Characters before each multiple of [`BLOCK`]: lines can be as long as a file, and have many places.
    before: OnceCell<Vec<usize>>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 4096;
/// So often the ends of lines in a text are counted before all are noted, which takes longer than to count them.
const OFTEN: usize = 8;
/// Bytes that asking for one place costs at least.
const ASKED: usize = 64;

/// Number of characters that begin in `bytes`; also right when its ends cut one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

impl<'t> Lines<'t> {
    /// Indexes `text`, whose first line has the number `first` (1, save for later parts of a large file).
    pub fn new(text: &'t str, first: usize) -> Self {
        Self {
            text,
            starts: OnceCell::new(),
            walked: Cell::new(0),
            last: Cell::new((0, 0)),
            first,
            before: OnceCell::new(),
        }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let ends = memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        })
    }

    /// Notes that line ends are looked for in so many bytes.
    fn walk(&self, bytes: usize) {
        self.walked.set(self.walked.get() + ASKED + bytes);
    }

    /// Whether looking for line ends again and again takes longer than noting all of them.
    fn notes(&self) -> bool {
        self.walked.get() > self.text.len() * OFTEN
    }

    /// The ends of lines before `offset`, and where its line begins.
    fn index(&self, offset: usize) -> (usize, usize) {
        if self.notes() {
            let starts = self.starts();
            let index = starts.partition_point(|&start| start <= offset) - 1;
            return (index, starts[index]);
        }
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        let (known, ends) = self.last.get();
        self.walk(known.abs_diff(offset));
        let count = |from: usize, to: usize| memchr_iter(b'\n', &bytes[from..to]).count();
        let index = if known <= offset {
            ends + count(known, offset)
        } else {
            ends - count(offset, known)
        };
        self.last.set((offset, index));
        let start = memrchr(b'\n', &bytes[..offset]).map_or(0, |end| end + 1);
        self.walk(offset - start);
        (index, start)
    }

    /// Number of the line that holds `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.index(offset).0 + self.first
    }

    /// Line and column of `offset`; an offset after the end counts as the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let (index, start) = self.index(offset);
        let column = if offset - start < BLOCK {
            characters(&self.text.as_bytes()[start..offset])
        } else {
            self.count(offset) - self.count(start)
        };
        Position {
            line: index + self.first,
            column: column + 1,
        }
    }

    /// Number of characters before `offset`.
    fn count(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let before = self.before.get_or_init(|| {
            let sums = bytes.chunks(BLOCK).scan(0, |sum, block| {
                *sum += characters(block);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let block = offset / BLOCK;
        before[block.min(before.len() - 1)]
            + characters(&bytes[(block * BLOCK).min(bytes.len())..offset])
    }

    /// The span of the line that holds `offset`, without its end.
    pub fn span(&self, offset: usize) -> Span {
        let offset = offset.min(self.text.len());
        let (index, start) = self.index(offset);
        let bytes = self.text.as_bytes();
        // Lines can be as long as a file.
        let end = if self.notes() {
            self.starts().get(index + 1).map(|next| next - 1)
        } else {
            memchr(b'\n', &bytes[offset..]).map(|by| offset + by)
        };
        let mut end = end.unwrap_or(bytes.len());
        self.walk(end - offset);
        if end > start && bytes.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// The first and last line number that `span` touches.
    pub fn range(&self, span: Span) -> (usize, usize) {
        let last = if span.is_empty() {
            span.start
        } else {
            span.end - 1
        };
        (self.line(span.start), self.line(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("äb\r\nçd\n", 1);
        assert_eq!(lines.position(2), Position { line: 1, column: 2 });
        assert_eq!(lines.position(7), Position { line: 2, column: 2 });
        assert_eq!(lines.span(0), Span::new(0, 3));
        assert_eq!(lines.position(99), Position { line: 3, column: 1 });
    }

    #[test]
    fn few_and_many_places_are_told_alike() {
        let text = "ab\r\n\ncd\n".repeat(9) + "e";
        let plain = |offset: usize| {
            let before = &text[..offset];
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            let position = Position {
                line: before.matches('\n').count() + 1,
                column: offset - start + 1,
            };
            let end = text[start..].find('\n').map_or(text.len(), |by| start + by);
            let end = start + text[start..end].trim_end_matches('\r').len();
            (position, Span::new(start, end))
        };
        let many = Lines::new(&text, 1);
        let back = (0..=text.len()).rev();
        for offset in (0..=text.len()).chain(back) {
            let few = Lines::new(&text, 1);
            for lines in [&few, &many] {
                let told = (lines.position(offset), lines.span(offset));
                assert_eq!(told, plain(offset), "{offset}");
            }
        }
    }

    #[test]
    fn numbering_can_begin_later() {
        let lines = Lines::new("a\nb", 10);
        assert_eq!(lines.line(2), 11);
        assert_eq!(lines.range(Span::new(0, 3)), (10, 11));
    }
}
