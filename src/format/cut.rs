//! Texts in pieces that are read apart from each other, so that of a text made from another only what changed is read again.
//!
//! A [`Mark`] is a place where a syntax is in the state it begins in, but for what encloses the place: what follows is read
//! the same whatever stands before. Whether a place is a mark depends on the text before it and on the first word behind
//! it. So where a text was copied from another, the marks from one that both have in common on are those of the other.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use super::common::Common;
use super::inset::part_at;
use super::{Entry, Format};
use crate::text::{Copied, Span};

/// A place at which a text can be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Byte offset.
    pub at: u32,
    /// What the place stands in, outermost first; `None` for nothing.
    pub within: Option<Rc<[Enclosing]>>,
}

impl Mark {
    /// A place inside of nothing.
    pub(super) fn plain(at: usize) -> Self {
        Self {
            at: u32::try_from(at).unwrap_or(u32::MAX),
            within: None,
        }
    }
}

/// Something that encloses a mark: a class, an element, a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosing {
    /// The column it begins in, or what else tells it from others, as its syntax has it.
    pub column: usize,
    /// Its name.
    pub name: Box<str>,
}

/// A name that is given a value, a body or a class, which other pieces may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Where the name stands.
    pub at: u32,
    /// [`hash`] of the name.
    pub name: u32,
    /// What it is given.
    pub what: Gift,
}

/// What a name is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gift {
    /// A value.
    Value,
    /// More of a value that it has.
    More,
    /// The body of a function, or what may be one.
    Body,
    /// A class.
    Class,
}

/// What is met on the way through a text, in the order of the places.
#[derive(Debug)]
pub enum Step {
    /// A mark.
    Mark(Mark),
    /// A name that is given a value.
    Given(Given),
}

/// A syntax whose texts can be cut.
pub trait Cut: Sync {
    /// Tells `sink` of everything behind `from`, until it breaks or the text ends. `false` where the text cannot be cut.
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool;

    /// Calls `sink` for each entry with its name, or a name of what it stands in, at one of `spots` (sorted); others may be told,
    /// too. What [encloses](Self::reads_enclosed) marks may count for nothing here. Gives what that depends on; `None` where it is so
    /// much that the whole has to be read: nothing was told then.
    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis>;

    /// Whether the entries in what has a spot in its name are read where that is what encloses their piece, too.
    fn reads_enclosed(&self) -> bool {
        false
    }
}

/// What entries depend on: where all of it stays the same, so do they.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The whole text.
    Text,
    /// Some pieces of it.
    Pieces(Pieces),
}

/// Pieces of a text, and what mattered of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Their numbers, sorted, each once.
    pub numbers: Vec<u32>,
    /// Hashes of the names of which it mattered what is given to them elsewhere, sorted, each once.
    pub asked: Vec<u32>,
}

impl Pieces {
    /// These pieces, by number, and names, by [`hash`], in any order.
    pub(super) fn new(pieces: Vec<usize>, asked: Vec<u32>) -> Self {
        let number = |piece| u32::try_from(piece).unwrap_or(u32::MAX);
        let mut all = Self {
            numbers: pieces.into_iter().map(number).collect(),
            asked,
        };
        all.settle();
        all
    }

    /// Adds others.
    pub fn add(&mut self, others: &Self) {
        self.numbers.extend_from_slice(&others.numbers);
        self.asked.extend_from_slice(&others.asked);
        self.settle();
    }

    fn settle(&mut self) {
        for all in [&mut self.numbers, &mut self.asked] {
            all.sort_unstable();
            all.dedup();
        }
    }
}

/// The entries of the pieces in which spots lie, where each piece is a text of its own.
pub(super) fn read_apart<'t>(
    format: &'static dyn Format,
    text: &'t str,
    spots: &[u32],
    trail: &Trail,
    sink: &mut dyn FnMut(Entry<'t>),
) -> Basis {
    let pieces = trail.pieces(spots);
    for &piece in &pieces {
        part_at(|| format, text, trail.piece(piece).1, spots, sink);
    }
    Basis::Pieces(Pieces::new(pieces, Vec::new()))
}

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
        u32::try_from(text.len()).ok()?;
        let mut common = Common::default();
        let (mut marks, mut givens) = (Vec::with_capacity(base.marks.len()), Vec::new());
        givens.reserve(base.givens.len());
        let mut from = BEGIN;
        let mut same = base.same(&from, copied, text.len());
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
                        same = base.same(&mark, copied, text.len());
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
    /// the range that was copied.
    fn same(&self, mark: &Mark, copied: &[Copied], size: usize) -> Option<(usize, usize, Copied)> {
        let at = mark.at as usize;
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
        // The first word behind a mark has a say in it: the piece behind it must have been copied, too.
        let inside = (self.marks).partition_point(|mark| mark.at as usize <= end);
        let last = inside.checked_sub(2)?;
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
    pub(super) fn span(&self, pieces: &Range<usize>) -> Span {
        let last = pieces.end.saturating_sub(1);
        Span::new(self.piece(pieces.start).1.start, self.piece(last).1.end)
    }

    /// The number of the piece in which a place lies.
    pub(super) fn at(&self, place: u32) -> usize {
        let next = self.marks.partition_point(|mark| mark.at <= place);
        next.saturating_sub(1)
    }

    /// Where a piece begins, and where it lies.
    pub(super) fn piece(&self, number: usize) -> (&Mark, Span) {
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
    pub(super) fn givens(&self) -> &Rc<Vec<Given>> {
        &self.givens
    }
}

/// A hash of a name (FNV-1a, 32 bits); equal ones are compared.
pub(super) fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
