//! How a text is cut: its marks in order, and what those of a text made from another have in common with that one's.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use memchr::memchr;

use super::common::Common;
use super::cut::{Cut, Enclosing, Given, Mark, Step};
use crate::text::{Copied, Span};

/// Where a text can be cut, and the names that are given values in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    size: usize,
    marks: Vec<Mark>,
    givens: Rc<Vec<Given>>,
}

const BEGIN: Mark = Mark {
    at: 0,
    within: None,
};

impl Trail {
    /// The trail of `text`. `None` where it cannot be cut.
    pub fn new(syntax: &'static dyn Cut, text: &str) -> Option<Self> {
        let (trail, _) = Self::after(syntax, text, &Self::default(), &[])?;
        Some(trail)
    }

    /// The trail of `text`, which was made from the text of the trail `base` by copying, and what both have in common.
    pub fn after(
        syntax: &'static dyn Cut,
        text: &str,
        base: &Self,
        copied: &[Copied],
    ) -> Option<(Self, Common)> {
        u32::try_from(text.len())
            .ok()
            .filter(|_| syntax.takes(text))?;
        let (mut common, line) = (Common::default(), syntax.line_decides());
        let (mut marks, mut givens) = (Vec::with_capacity(base.marks.len()), Vec::new());
        givens.reserve(base.givens.len());
        let mut from = BEGIN;
        let mut same = base.same(&from, (text, line), copied);
        'text: loop {
            while let Some((first, last, copy)) = same.take() {
                let shift =
                    |at: u32| u32::try_from(at as usize - copy.from + copy.to).unwrap_or(u32::MAX);
                common.push(first, marks.len(), last - first);
                let taken = base.marks[first..last].iter();
                marks.extend(taken.map(|mark| Mark {
                    at: shift(mark.at),
                    within: mark.within.clone(),
                }));
                let begin = base.marks[first].at;
                let end = base.marks.get(last).map_or(u32::MAX, |mark| mark.at);
                let start = base.givens.partition_point(|given| given.at < begin);
                let mine = base.givens[start..].iter();
                givens.extend(mine.take_while(|given| given.at < end).map(|given| Given {
                    at: shift(given.at),
                    ..*given
                }));
                let Some(next) = base.marks.get(last) else {
                    break 'text;
                };
                from = Mark {
                    at: shift(next.at),
                    within: next.within.clone(),
                };
            }
            marks.push(from.clone());
            let mut reached = None;
            let whole = syntax.follow(text, &from, &mut |step| {
                match step {
                    Step::Given(given) => givens.push(given),
                    Step::Mark(mark) => {
                        same = base.same(&mark, (text, line), copied);
                        if same.is_some() {
                            reached = Some(mark);
                            return ControlFlow::Break(());
                        }
                        marks.push(mark);
                    }
                }
                ControlFlow::Continue(())
            });
            if !whole {
                return None;
            }
            let Some(mark) = reached else {
                break;
            };
            from = mark;
        }
        let trail = Self {
            size: text.len(),
            marks,
            givens: Rc::new(givens),
        };
        Some((trail, common))
    }

    /// Where a mark of the new text is one of this trail, too: the marks from it on whose pieces were copied with it, and
    /// the range that was copied. `line`: whether a line decides what a mark is.
    fn same(
        &self,
        mark: &Mark,
        (text, line): (&str, bool),
        copied: &[Copied],
    ) -> Option<(usize, usize, Copied)> {
        let (at, size) = (mark.at as usize, text.len());
        let index = copied.partition_point(|copy| copy.to + copy.length <= at);
        let copy = *copied.get(index).filter(|copy| copy.to <= at)?;
        let there = u32::try_from(at - copy.to + copy.from).ok()?;
        let first = (self.marks)
            .binary_search_by_key(&there, |mark| mark.at)
            .ok()?;
        if self.marks[first].within != mark.within {
            return None;
        }
        let end = copy.from + copy.length;
        if end == self.size && copy.to + copy.length == size {
            return Some((first, self.marks.len(), copy));
        }
        // What stands behind a mark has a say in it: its line, or the piece behind it, must have been copied, too.
        let inside = (self.marks).partition_point(|mark| mark.at as usize <= end);
        let mut last = inside.checked_sub(2)?;
        if line && let Some(next) = self.marks.get(last + 1) {
            let there = (next.at as usize + copy.to).saturating_sub(copy.from);
            let rest = (text.as_bytes()).get(there..copy.to + copy.length);
            last += usize::from(rest.is_some_and(|rest| memchr(b'\n', rest).is_some()));
        }
        (last > first).then_some((first, last, copy))
    }

    /// The numbers of the pieces in which `spots` (sorted) lie.
    pub fn pieces(&self, spots: &[u32]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for &spot in spots {
            let piece = self.at(spot);
            if found.last() != Some(&piece) {
                found.push(piece);
            }
        }
        found
    }

    /// What has to be read for `spots` (sorted), each on its own: the numbers of the pieces in which they lie, with those behind that
    /// stand in something which may begin there. `depth` tells how deep a mark stands.
    pub(super) fn runs(&self, spots: &[u32], depth: impl Fn(&Mark) -> usize) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut behind = 0;
        for piece in self.pieces(spots) {
            if piece < behind {
                continue;
            }
            let top = depth(self.piece(piece).0);
            let inside = self.marks.iter().skip(piece + 1);
            let inside = inside.take_while(|mark| depth(mark) > top).count();
            behind = piece + 1 + inside;
            runs.push(piece..behind);
        }
        runs
    }

    /// Where pieces lie.
    pub(crate) fn span(&self, pieces: &Range<usize>) -> Span {
        let last = pieces.end.saturating_sub(1);
        Span::new(self.piece(pieces.start).1.start, self.piece(last).1.end)
    }

    /// The number of the piece in which a place lies.
    pub(crate) fn at(&self, place: u32) -> usize {
        let next = self.marks.partition_point(|mark| mark.at <= place);
        next.saturating_sub(1)
    }

    /// Where a piece begins, and where it lies.
    pub(crate) fn piece(&self, number: usize) -> (&Mark, Span) {
        let place = |number: usize| {
            let mark = self.marks.get(number);
            mark.map_or(self.size, |mark| mark.at as usize)
        };
        let mark = self.marks.get(number).unwrap_or(&BEGIN);
        (mark, Span::new(place(number), place(number + 1)))
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there is no piece; no trail of a text is empty.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// What encloses any of its marks, each once for those that follow each other.
    pub fn enclosing(&self) -> impl Iterator<Item = &[Enclosing]> {
        let withins = self.marks.iter().map(|mark| mark.within.as_ref());
        let mut last: Option<&Rc<[Enclosing]>> = None;
        withins.flatten().filter_map(move |within| {
            let same = last.is_some_and(|last| Rc::ptr_eq(last, within));
            last = Some(within);
            (!same).then_some(&**within)
        })
    }

    /// The names that are given values in some pieces.
    pub(super) fn given_in(&self, pieces: Range<usize>) -> &[Given] {
        let place = |piece: usize| {
            let begin = self.marks.get(piece).map(|mark| mark.at);
            let before = |given: &Given| begin.is_none_or(|begin| given.at < begin);
            self.givens.partition_point(before)
        };
        let (from, to) = (place(pieces.start), place(pieces.end));
        self.givens.get(from..to).unwrap_or_default()
    }

    /// The names that are given values.
    pub(crate) fn givens(&self) -> &Rc<Vec<Given>> {
        &self.givens
    }
}
