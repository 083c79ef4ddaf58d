//! Where JSON can be cut: at the members of its outermost objects, and at the objects in lists there.

use std::ops::ControlFlow;

use super::{Json, Reader};
use crate::format::cut::{Basis, Cut, Mark, Names, Pieces, Step, Trail};
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
        let (mut found, mut pieces) = (Vec::new(), Vec::new());
        for run in trail.runs(spots, depth) {
            let (mark, span) = (trail.mark(run.start), trail.span(&run));
            let spots = inside(spots, span);
            let mut reader = Reader::new(text, span, Nesting::part(text, &mark, spots, 0));
            reader.read(&mut |entry| found.push(entry));
            if reader.nesting.outside {
                return None;
            }
            // A run goes on up to the next piece.
            pieces.extend(run.start..trail.len().min(run.end + 1));
        }
        found.into_iter().for_each(sink);
        Some(Basis::Pieces(Pieces::new(pieces, Names::default())))
    }

    fn reads_enclosed(&self) -> bool {
        true
    }
}
