//! Where JSON can be cut: at the members of its outermost objects, and at the objects in lists there.

use std::ops::ControlFlow;

use super::{Json, Reader};
use crate::format::cut::{Basis, Cut, Mark, Step, Trail};
use crate::format::nesting::{Nesting, depth, has_secrets};
use crate::format::spots::inside;
use crate::format::{Entry, Value};
use crate::text::Span;

/// Objects that are cut: what stands around all, the outermost, and those in it.
const LEVELS: usize = 3;

impl Cut for Json {
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let span = Span::new(from.at as usize, text.len());
        let mut reader = Reader::new(text, span, Nesting::skim(from, LEVELS));
        let mut whole = true;
        // Of what is too deep only the whole tells.
        let mut told = |entry: Entry<'_>| whole &= !matches!(entry.value, Value::Unread(_));
        while reader.step(&mut told) {
            reader.nesting.flush(&mut told);
            if let Some(mark) = reader.met.take()
                && mark.at > from.at
                && sink(Step::Mark(mark)).is_break()
            {
                break;
            }
        }
        whole && !reader.nesting.tied
    }

    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        if has_secrets(text) {
            return None;
        }
        let mut found = Vec::new();
        for run in trail.runs(spots, depth) {
            let (mark, span) = (trail.mark(run.start), trail.span(&run));
            let spots = inside(spots, span);
            let mut reader = Reader::new(text, span, Nesting::part(text, &mark, spots, 0));
            reader.read(&mut |entry| found.push(entry));
            if reader.nesting.outside {
                return None;
            }
        }
        found.into_iter().for_each(sink);
        // Words anywhere in the text say that values are encoded.
        Some(Basis::Text)
    }

    fn reads_enclosed(&self) -> bool {
        true
    }
}
