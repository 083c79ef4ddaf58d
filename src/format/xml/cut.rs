//! Where XML can be cut: before elements close to the root, where no name waits for its value.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::{Element, Reader, Xml, is_ours};
use crate::format::cut::{Basis, Cut, Enclosing, Mark, Names, Pieces, Step, Trail};
use crate::format::spots::Spots;
use crate::format::{Entry, Place};
use crate::text::Span;

/// Elements that stand in more are no marks: there would be more of them than there is to read.
const DEPTH: usize = 3;

/// [`Enclosing::column`] of elements …
const TAG: usize = 0;
/// … and of what an element is named by.
const LABEL: usize = 1;

impl Cut for Xml {
    fn takes(&'static self, text: &str) -> bool {
        is_ours(text)
    }

    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let mut reader = Reader::behind(text, from, text.len(), &[]);
        reader.depth = DEPTH;
        let mut whole = true;
        while reader.seek() {
            if reader.at > from.at as usize
                && let Some(mark) = reader.mark()
                && sink(Step::Mark(mark)).is_break()
            {
                break;
            }
            // Nothing is told but what is too deep, of which only the whole tells.
            reader.step(&mut |_| whole = false);
        }
        whole
    }

    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        if !is_ours(text) {
            return None;
        }
        let mut pieces = Vec::new();
        for run in trail.runs(spots, depth) {
            let (mark, span) = (trail.mark(run.start), trail.span(&run));
            Reader::behind(text, &mark, span.end, spots).read(sink);
            // A run goes on up to the next piece.
            pieces.extend(run.start..trail.len().min(run.end + 1));
        }
        Some(Basis::Pieces(Pieces::new(pieces, Names::default())))
    }

    fn reads_enclosed(&self) -> bool {
        true
    }
}

/// How many elements a mark stands in.
fn depth(within: &[Enclosing]) -> usize {
    let elements = within.iter();
    elements.filter(|enclosing| enclosing.column == TAG).count()
}

impl<'t, 's> Reader<'t, 's> {
    /// A reader of what stands behind a mark, up to `end`.
    fn behind(text: &'t str, mark: &Mark, end: usize, spots: &'s [u32]) -> Reader<'t, 's> {
        let span = Span::new(mark.at as usize, end);
        let mut reader = Self::new(text, span, Place::Live, Spots::At(spots));
        for enclosing in mark.within.iter().flat_map(|within| within.iter()) {
            let name = Cow::Owned(enclosing.name.clone().into_string());
            match reader.open.last_mut() {
                Some(element) if enclosing.column == LABEL => element.label = Some(name),
                // The mark is an element in it: where it begins counts no more.
                _ => reader.open.push(Element {
                    tag: name,
                    label: None,
                    start: span.start,
                    content: span.start,
                    is_parent: true,
                    pending: None,
                    hot: false,
                    within: None,
                }),
            }
        }
        reader
    }

    /// The mark where the reader is, if one can be there.
    fn mark(&mut self) -> Option<Mark> {
        let begins = self.text.as_bytes().get(self.at + 1)?.is_ascii_alphabetic();
        let waits = |element: &Element<'_>| element.pending.is_some();
        if !begins || self.open.len() > DEPTH || self.open.iter().any(waits) {
            return None;
        }
        let mut mark = Mark::plain(self.at);
        if let Some(innermost) = self.open.len().checked_sub(1) {
            let known = self.open[innermost].within.clone();
            let within = known.unwrap_or_else(|| self.enclosing());
            self.open[innermost].within = Some(Rc::clone(&within));
            mark.within = Some(within);
        }
        Some(mark)
    }

    /// All elements that are open.
    fn enclosing(&self) -> Rc<[Enclosing]> {
        let named = |column, name: &str| Enclosing {
            column,
            name: name.into(),
        };
        let mut all = Vec::new();
        for element in &self.open {
            all.push(named(TAG, &element.tag));
            all.extend(element.label.as_deref().map(|label| named(LABEL, label)));
        }
        all.into()
    }
}
