//! How a text is cut: its marks in order, and what those of a text made from another have in common with that one's.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use memchr::memchr;

use super::common::Common;
use super::cut::{Cut, Enclosing, Given, Mark, Step};
use super::withins::Withins;
use crate::text::{Copied, Span};

/// Where a text can be cut, and the names that are given values in it.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    size: usize,
    marks: Vec<Place>,
    /// What the marks stand in.
    withins: Withins,
    givens: Rc<Vec<Given>>,
}

/// Where a mark is, and the number of what it stands in: a trail is mostly taken over from another, place by place.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: u32,
    within: u32,
}

const BEGIN: Mark = Mark {
    at: 0,
    within: None,
};

/// Trails are the same whatever the numbers of what their marks stand in.
impl PartialEq for Trail {
    fn eq(&self, other: &Self) -> bool {
        let mut both = (0..self.len()).map(|number| (self.within(number), other.within(number)));
        let places = self.marks.iter().map(|mark| mark.at);
        self.size == other.size
            && self.givens == other.givens
            && places.eq(other.marks.iter().map(|mark| mark.at))
            && both.all(|(own, other)| own == other)
    }
}

impl Eq for Trail {}

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
        let (mut marks, mut givens) = (Vec::new(), Vec::new());
        marks.reserve(base.marks.len());
        givens.reserve(base.givens.len());
        let mut withins = base.withins.clone();
        let mut from = BEGIN;
        let mut copied = copied;
        let mut same = base.same(&from, (text, line), &mut copied);
        'text: loop {
            while let Some((first, last, copy)) = same.take() {
                common.push(first, marks.len(), last - first);
                from = base.take_over((first, last), copy, &mut marks, &mut givens);
                if last == base.marks.len() {
                    break 'text;
                }
            }
            let within = withins.number(from.within.as_ref());
            marks.push(Place {
                at: from.at,
                within,
            });
            let mut reached = None;
            let whole = syntax.follow(text, &from, &mut |step| {
                match step {
                    Step::Given(given) => givens.push(given),
                    Step::Mark(mark) => {
                        same = base.same(&mark, (text, line), &mut copied);
                        if same.is_some() {
                            reached = Some(mark);
                            return ControlFlow::Break(());
                        }
                        let within = withins.number(mark.within.as_ref());
                        marks.push(Place {
                            at: mark.at,
                            within,
                        });
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
        let numbers = marks.iter_mut().map(|mark| &mut mark.within);
        withins.forget_unused(numbers);
        let trail = Self {
            size: text.len(),
            marks,
            withins,
            givens: Rc::new(givens),
        };
        Some((trail, common))
    }

    /// Adds the marks `first..last` of this trail, and what is given to names between them, to those of a text into which that was copied; gives
    /// the mark behind them, or the beginning of the text where there is none.
    fn take_over(
        &self,
        (first, last): (usize, usize),
        copy: Copied,
        marks: &mut Vec<Place>,
        givens: &mut Vec<Given>,
    ) -> Mark {
        // Places are so small that nothing is lost by taking numbers round.
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let by = number(copy.to).wrapping_sub(number(copy.from));
        let (mark, given) = (marks.len(), givens.len());
        marks.extend_from_slice(&self.marks[first..last]);
        givens.extend_from_slice(self.given_in(first..last));
        if by != 0 {
            for mark in &mut marks[mark..] {
                mark.at = mark.at.wrapping_add(by);
            }
            for given in &mut givens[given..] {
                given.at = given.at.wrapping_add(by);
            }
        }
        let mut next = self.mark(last);
        next.at = next.at.wrapping_add(by);
        next
    }

    /// Where a mark of the new text is one of this trail, too: the marks from it on whose pieces were copied with it, and
    /// the range that was copied. `line`: whether a line decides what a mark is. What was copied before the mark is taken out of `copied`.
    fn same(
        &self,
        mark: &Mark,
        (text, line): (&str, bool),
        copied: &mut &[Copied],
    ) -> Option<(usize, usize, Copied)> {
        let (at, size) = (mark.at as usize, text.len());
        while let [first, rest @ ..] = copied
            && first.to + first.length <= at
        {
            *copied = rest;
        }
        let copy = *copied.first().filter(|copy| copy.to <= at)?;
        let there = u32::try_from(at - copy.to + copy.from).ok()?;
        let first = (self.marks)
            .binary_search_by_key(&there, |mark| mark.at)
            .ok()?;
        if self.withins.get(self.marks[first].within) != mark.within.as_ref() {
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
    /// stand in something which may begin there. `depth` tells how deep it is what a mark stands in.
    pub(super) fn runs(
        &self,
        spots: &[u32],
        depth: impl Fn(&[Enclosing]) -> usize,
    ) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut behind = 0;
        for piece in self.pieces(spots) {
            if piece < behind {
                continue;
            }
            let top = depth(self.within(piece));
            let inside = (piece + 1..self.len()).take_while(|&next| depth(self.within(next)) > top);
            behind = piece + 1 + inside.count();
            runs.push(piece..behind);
        }
        runs
    }

    /// Where pieces lie.
    pub(crate) fn span(&self, pieces: &Range<usize>) -> Span {
        let last = pieces.end.saturating_sub(1);
        Span::new(self.piece(pieces.start).start, self.piece(last).end)
    }

    /// The number of the piece in which a place lies.
    pub(crate) fn at(&self, place: u32) -> usize {
        let next = self.marks.partition_point(|mark| mark.at <= place);
        next.saturating_sub(1)
    }

    /// Where a piece lies.
    pub(crate) fn piece(&self, number: usize) -> Span {
        let place = |number: usize| {
            let mark = self.marks.get(number);
            mark.map_or(self.size, |mark| mark.at as usize)
        };
        Span::new(place(number), place(number + 1))
    }

    /// The mark that a piece begins with.
    pub(super) fn mark(&self, number: usize) -> Mark {
        self.marks.get(number).map_or(BEGIN, |mark| Mark {
            at: mark.at,
            within: self.withins.get(mark.within).cloned(),
        })
    }

    /// What a piece stands in, outermost first.
    pub(crate) fn within(&self, number: usize) -> &[Enclosing] {
        let mark = self.marks.get(number);
        let within = mark.and_then(|mark| self.withins.get(mark.within));
        within.map_or(&[], |within| within)
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
        let mut last = 0;
        self.marks.iter().filter_map(move |mark| {
            let again = mark.within == last;
            last = mark.within;
            self.withins.get(last).filter(|_| !again).map(|rc| &**rc)
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
