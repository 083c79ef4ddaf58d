//! How a text is cut: its marks in order, and what those of a text made from another have in common with that one's.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use memchr::memchr;

use super::common::Common;
use super::cut::{Cut, Enclosing, Given, Mark, Step};
use super::withins::Withins;
use crate::text::{Copied, Span};

/// Marks, and names that are given something, for which there is room beside those of the base.
const MORE: usize = 16;

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

/// Which marks of a text are marks of the one it was made from, too; asked in the order of the text.
struct Meeting<'b> {
    base: &'b Trail,
    /// The text made, and whether a line decides what a mark is.
    text: (&'b str, bool),
    /// What was copied and does not end before the mark that was asked for last.
    copied: &'b [Copied],
    /// Of the marks of the base, those which the first copy may have and nobody is past.
    known: Option<Range<usize>>,
    /// How many marks of the base stand before the end of the copy that this was told of last.
    near: usize,
}

impl Meeting<'_> {
    /// Where a mark is one of the base, too: the marks from it on whose pieces were copied with it, and the range that was copied.
    #[inline]
    fn of(&mut self, mark: &Mark) -> Option<(usize, usize, Copied)> {
        let at = mark.at as usize;
        while let [first, rest @ ..] = self.copied
            && first.to + first.length <= at
        {
            (self.copied, self.known) = (rest, None);
        }
        let copy = *self.copied.first().filter(|copy| copy.to <= at)?;
        self.of_copy(mark, copy)
    }

    /// The same for a mark in the first copy.
    #[inline(never)]
    fn of_copy(&mut self, mark: &Mark, copy: Copied) -> Option<(usize, usize, Copied)> {
        let there = u32::try_from(mark.at as usize - copy.to + copy.from).ok()?;
        let (base, text, near) = (self.base, self.text, &mut self.near);
        let known = (self.known).get_or_insert_with(|| {
            // Copies are mostly in the order of the base.
            let passed = base.marks.get(..*near).and_then(<[_]>::last);
            let first = passed.filter(|mark| mark.at < there).map_or(0, |_| *near);
            let end = copy.from + copy.length;
            *near = before(&base.marks, *near, |mark| mark.at as usize <= end);
            first..base.known_by(copy, (there, *near), text)
        });
        // Most are asked for in vain: behind the last, or before the next.
        let marks = base.marks.get(known.clone())?;
        if marks.last()?.at < there || marks.first()?.at > there {
            return None;
        }
        let (by, same) = match marks.binary_search_by_key(&there, |mark| mark.at) {
            Ok(by) => (by, true),
            Err(by) => (by, false),
        };
        known.start += by;
        let within = base.withins.get(base.marks.get(known.start)?.within);
        (same && within == mark.within.as_ref()).then_some((known.start, known.end, copy))
    }
}

/// How many of `all`, the first ones, stand before a place; about as many as `near`.
fn before<T>(all: &[T], near: usize, is_before: impl Fn(&T) -> bool) -> usize {
    let near = near.min(all.len());
    let (passed, rest) = all.split_at(near);
    if !passed.last().is_none_or(&is_before) {
        return passed.partition_point(is_before);
    }
    let mut reach = 1;
    while rest.get(reach).is_some_and(&is_before) {
        reach *= 2;
    }
    let (from, to) = (reach / 2, reach.min(rest.len()));
    near + from + rest[from..to].partition_point(is_before)
}

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
        marks.reserve(base.marks.len() + MORE);
        givens.reserve(base.givens.len() + MORE);
        let mut withins = base.withins.clone();
        let mut follow = syntax.follower(text);
        let mut from = BEGIN;
        let mut meeting = Meeting {
            base,
            text: (text, line),
            copied,
            known: None,
            near: 0,
        };
        let (mut same, mut near) = (meeting.of(&from), 0);
        'text: loop {
            while let Some((first, last, copy)) = same.take() {
                common.push(first, marks.len(), last - first);
                let given = base.given_in(first..last, &mut near);
                from = base.take_over((first, last), given, copy, (&mut marks, &mut givens));
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
            let whole = follow(&from, &mut |step| {
                // Most marks are none of the base, and nothing of them is moved.
                match &step {
                    Step::Given(given) => givens.push(*given),
                    Step::Mark(mark) => {
                        if let Some(met) = meeting.of(mark) {
                            (same, reached) = (Some(met), Some(mark.clone()));
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

    /// Adds the marks `first..last` of this trail, and what is `given` to names between them, to those of a text into which that was copied; gives
    /// the mark behind them, or the beginning of the text where there is none.
    fn take_over(
        &self,
        (first, last): (usize, usize),
        given: &[Given],
        copy: Copied,
        (marks, givens): (&mut Vec<Place>, &mut Vec<Given>),
    ) -> Mark {
        // Places are so small that nothing is lost by taking numbers round.
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let by = number(copy.to).wrapping_sub(number(copy.from));
        let moved = |mark: &Place| Place {
            at: mark.at.wrapping_add(by),
            ..*mark
        };
        marks.extend(self.marks[first..last].iter().map(moved));
        let moved = |given: &Given| Given {
            at: given.at.wrapping_add(by),
            ..*given
        };
        givens.extend(given.iter().map(moved));
        let mut next = self.mark(last);
        next.at = next.at.wrapping_add(by);
        next
    }

    /// How many marks, from the first on, end before what a copy leaves undecided: those of them that were copied are marks of `text`, too; 0 where none
    /// of them is as far as `there`. `inside`: how many stand up to the end of the copy; `line`: whether a line decides what a mark is.
    fn known_by(
        &self,
        copy: Copied,
        (there, inside): (u32, usize),
        (text, line): (&str, bool),
    ) -> usize {
        let end = copy.from + copy.length;
        if end == self.size && copy.to + copy.length == text.len() {
            return self.marks.len();
        }
        // What stands behind a mark has a say in it: its line, or the piece behind it, must have been copied, too.
        let Some(mut last) = inside.checked_sub(2) else {
            return 0;
        };
        if self.marks.get(last).is_none_or(|mark| mark.at < there) {
            return 0;
        }
        if line && let Some(next) = self.marks.get(last + 1) {
            let there = (next.at as usize + copy.to).saturating_sub(copy.from);
            let rest = (text.as_bytes()).get(there..copy.to + copy.length);
            last += usize::from(rest.is_some_and(|rest| memchr(b'\n', rest).is_some()));
        }
        last
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

    /// The names that are given values in some pieces. `near`: about how many stand before these, as those who ask for one after the other know.
    pub(super) fn given_in(&self, pieces: Range<usize>, near: &mut usize) -> &[Given] {
        let mut place = |piece: usize| {
            let begin = self.marks.get(piece).map(|mark| mark.at);
            let is_before = |given: &Given| begin.is_none_or(|begin| given.at < begin);
            *near = before(&self.givens, *near, is_before);
            *near
        };
        let (from, to) = (place(pieces.start), place(pieces.end));
        self.givens.get(from..to).unwrap_or_default()
    }

    /// The names that are given values.
    pub(crate) fn givens(&self) -> &Rc<Vec<Given>> {
        &self.givens
    }
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn what_stands_before_a_place_is_told_from_anywhere() {
        let all: Vec<usize> = (0..40).map(|number| number / 3 * 5).collect();
        for count in 0..all.len() {
            for (near, place) in (0..45).flat_map(|near| (0..80).map(move |place| (near, place))) {
                let is_before = |at: &usize| *at <= place;
                let expected = all[..count].partition_point(is_before);
                assert_eq!(
                    before(&all[..count], near, is_before),
                    expected,
                    "{near} {place}"
                );
            }
        }
    }
}
