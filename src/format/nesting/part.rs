//! Parts of a text: where they can begin, what is known there, and where in them something can be found.

use std::borrow::Cow;
use std::rc::Rc;

use super::{DEPTH, Frame, NAMES, Nesting, Shape, VALUES, innermost, is_any};
use crate::format::Place;
use crate::format::cut::{Enclosing, Mark};
use crate::format::spots::Spots;

/// Where a key stands that is not in the part that is read.
pub(super) const OUTSIDE: usize = usize::MAX;

/// What [`Enclosing::column`] tells beside the indentation: a map without a key, one with a key, a list.
const SHAPES: usize = 3;

/// How many maps and lists a mark stands in; the outermost is there from the beginning.
pub(in crate::format) fn depth(within: &[Enclosing]) -> usize {
    within.len().max(1)
}

impl Frame<'_> {
    pub(super) fn new(shape: Shape, indent: usize) -> Self {
        Self {
            shape,
            indent,
            key: None,
            name: None,
            values: Vec::new(),
            secret: false,
            data: Vec::new(),
            first: None,
            hot: false,
            within: None,
        }
    }

    /// A map or list that a part stands in.
    fn outside(enclosing: &Enclosing) -> Self {
        let shape = match enclosing.column % SHAPES {
            2 => Shape::List,
            _ => Shape::Map,
        };
        let key = (enclosing.column % SHAPES == 1).then(|| {
            let key = enclosing.name.clone().into_string();
            (Cow::Owned(key), OUTSIDE)
        });
        Self {
            key,
            ..Self::new(shape, enclosing.column / SHAPES)
        }
    }

    /// What [`outside`](Self::outside) makes the same of.
    fn enclosing(&self) -> Enclosing {
        let (shape, name) = match (self.shape, &self.key) {
            (Shape::Map, None) => (0, ""),
            (Shape::Map, Some((key, _))) => (1, key.as_ref()),
            (Shape::List, _) => (2, ""),
        };
        Enclosing {
            column: self.indent * SHAPES + shape,
            name: name.into(),
        }
    }
}

impl Nesting<'_> {
    /// For finding where a text, or what of it begins at `from`, can be cut, of which nothing is told.
    pub(in crate::format) fn skim(from: &Mark, levels: usize) -> Self {
        // Whether values are encoded has no say in that.
        Self::part("", from, &[], levels)
    }

    /// Takes everything in the innermost map for something where there is a spot from `start` to `end`: in its name.
    pub(in crate::format) fn heat(&mut self, start: usize, end: usize) {
        let hot = self.any(start, end);
        if let Some(frame) = self.frames.last_mut() {
            frame.hot |= hot;
        }
    }

    /// For a text, or what of it begins at `from`, of which nothing is of interest but what has its name, or one of what it
    /// stands in, at one of `spots` (sorted). Maps in no more than `levels` maps are cut.
    pub(in crate::format) fn part(text: &str, from: &Mark, spots: &[u32], levels: usize) -> Self {
        let mut nesting = Self::new(text, Place::Live);
        nesting.spots = Some(spots.to_vec());
        nesting.levels = levels;
        let within = from.within.iter().flat_map(|within| within.iter());
        nesting.frames.extend(within.map(Frame::outside));
        nesting
    }

    /// Whether something can be found anywhere in what is opened at `at`.
    pub(super) fn opens_hot(&self, at: usize) -> bool {
        let Some(frame) = self.frames.last() else {
            return false;
        };
        let key = frame.key.as_ref();
        frame.hot || key.is_some_and(|&(_, start)| self.any(start, at))
    }

    /// Whether something can be found from `start` to `end`, under the key at hand or anywhere in the innermost map or list.
    pub(in crate::format) fn is_hot(&self, start: usize, end: usize) -> bool {
        let Some(frame) = self.frames.last() else {
            return self.any(start, end);
        };
        let key = frame.key.as_ref();
        frame.hot || self.any(key.map_or(start, |(_, key)| *key.min(&start)), end)
    }

    fn any(&self, start: usize, end: usize) -> bool {
        let spots = self.spots.as_deref().map_or(Spots::All, Spots::At);
        spots.any(start, end)
    }

    /// Whether nothing can be found in the value at `start` to `end`, and nothing else depends on it.
    pub(in crate::format) fn is_cold(&self, start: usize, end: usize) -> bool {
        // While entries wait, there may be too many.
        if self.spots.is_none() || self.holds > 0 {
            return false;
        }
        // A map without a key yet has that of what it stands in.
        let mut keys = innermost(&self.frames).iter().rev();
        let key = keys.find_map(|frame| frame.key.as_ref());
        let matters = |key: &str| key == "kind" || is_any(key, NAMES) || is_any(key, VALUES);
        !(key.is_some_and(|(key, _)| matters(key)) || self.is_hot(start, end))
    }

    /// Whether the innermost is a map that is cut at its members.
    pub(super) fn is_cut(&self) -> bool {
        let is_map = |frame: &Frame<'_>| frame.shape == Shape::Map;
        self.frames.len() <= self.levels && self.frames.iter().all(is_map)
    }

    /// Whether nothing can be found in the map or list at `start` to `end`, whatever its keys are: it is of no say in anything outside of it.
    pub(in crate::format) fn is_all_cold(&self, start: usize, end: usize) -> bool {
        let told = self.spots.is_some() && self.holds == 0 && self.frames.len() < DEPTH;
        told && !self.is_hot(start, end)
    }

    /// The mark at a member of the innermost map, which begins at `at`, if it is cut there.
    pub(in crate::format) fn mark_member(&mut self, at: usize) -> Option<Mark> {
        self.is_cut().then(|| self.mark(at))
    }

    /// The mark before an item of the innermost list, which begins at `at`, if it is cut there: all keys above stand at marks.
    pub(in crate::format) fn mark_item(&mut self, at: usize) -> Option<Mark> {
        let (last, above) = self.frames.split_last()?;
        let is_map = |frame: &Frame<'_>| frame.shape == Shape::Map;
        let cut = last.shape == Shape::List
            && (1..=self.levels).contains(&above.len().max(1))
            && above.iter().all(is_map);
        cut.then(|| self.mark(at))
    }

    /// The mark at `at`, inside of all that is open; what the innermost has for a key is over.
    fn mark(&mut self, at: usize) -> Mark {
        let mut mark = Mark::plain(at);
        if let Some((last, above)) = self.frames.split_last_mut() {
            let within = last.within.get_or_insert_with(|| {
                let mut all: Vec<_> = above.iter().map(Frame::enclosing).collect();
                all.push(Frame::new(last.shape, last.indent).enclosing());
                all.into()
            });
            mark.within = Some(Rc::clone(within));
        }
        mark
    }
}
