//! Where TOML can be cut: at its tables, which begin anew whatever stands before them.

use std::ops::ControlFlow;

use super::{Reader, Toml};
use crate::format::Format;
use crate::format::cut::{Cut, Mark, Step};
use crate::format::nesting::Nesting;
use crate::format::rows::{row, trim};

impl Cut for Toml {
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let from = from.at as usize;
        let mut reader = Reader::new(text, from, Nesting::skim(&Mark::plain(from), 0));
        while reader.at < text.len() {
            let at = reader.at;
            let (line, next) = row(text, at);
            let line = trim(text, line);
            if at > from
                && line.of(text).starts_with('[')
                && sink(Step::Mark(Mark::plain(at))).is_break()
            {
                break;
            }
            reader.row(line, next);
            reader.nesting.flush(&mut |_| {});
        }
        // How a string without an end is read depends on all that follows.
        !reader.unclosed
    }

    fn alone(&'static self) -> Option<&'static dyn Format> {
        Some(self)
    }

    fn line_decides(&self) -> bool {
        true
    }
}
