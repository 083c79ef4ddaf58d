//! Any text: what looks like a name that is given a value, whatever the language. It reads what no other format claims.
//!
//! `NAME = "v"`, `NAME: "v"`, `'NAME' => 'v'`, `NAME=v`, `define('NAME', 'v')`, `--name v`. A value in quotes ends at
//! the next such quote of its line; without quotes it is taken only where no blank stands round the `=`, so prose gives
//! nothing. Every look to either side is bounded, which keeps a line of many megabytes linear.

mod free;
mod reader;

use std::ops::ControlFlow;

use super::cut::{Cut, Mark, Step};
use super::{Entry, FileName, Format};
use reader::Reader;

/// The format of everything else.
#[derive(Debug)]
pub(super) struct AnyLines;

/// [`AnyLines`] for [`super::FORMATS`], where it must be the last.
pub(super) static LINES: AnyLines = AnyLines;

impl Format for AnyLines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn claims(&self, _: &FileName<'_>) -> bool {
        true
    }

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = 0;
        while at < text.len() {
            at = read_row(text, at, sink);
        }
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let (mut spots, mut behind) = (spots, 0);
        while let Some(&spot) = spots.first() {
            let before = text.as_bytes().get(behind..spot as usize);
            let Some(before) = before else { return };
            let start = memchr::memrchr(b'\n', before).map_or(behind, |end| behind + end + 1);
            let (reader, next) = Reader::new(text, start);
            let inside = spots.partition_point(|&spot| (spot as usize) < next);
            let (inside, rest) = spots.split_at(inside.max(1));
            reader.read_at(inside, sink);
            (spots, behind) = (rest, next);
        }
    }
}

/// Reads the line that begins at `at`, and tells where the next one begins.
fn read_row<'t>(text: &'t str, at: usize, sink: &mut dyn FnMut(Entry<'t>)) -> usize {
    let (reader, next) = Reader::new(text, at);
    reader.read(reader.line.start, reader.line.end, sink);
    next
}

impl Cut for AnyLines {
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let from = from.at as usize;
        let ends = memchr::memchr_iter(b'\n', &text.as_bytes()[from..]);
        for at in ends.map(|end| from + end + 1).filter(|&at| at < text.len()) {
            if sink(Step::Mark(Mark::plain(at))).is_break() {
                break;
            }
        }
        true
    }

    fn alone(&'static self) -> Option<&'static dyn Format> {
        Some(self)
    }

    fn line_decides(&self) -> bool {
        true
    }
}
