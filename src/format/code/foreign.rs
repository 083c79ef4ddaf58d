//! What the rest of a text says about the names in some pieces of it.
//!
//! A name that is given something in a piece that is not at hand has to be told apart: where it is given two values, it stands for
//! none, wherever they stand; else the pieces that give it something are wanted, too.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::format::cut::{Gift, Given, Names, hash, is_several};
use crate::text::Span;

/// The names that are given something in a text of which some pieces are read.
#[derive(Debug)]
pub(super) struct Foreign<'c> {
    text: &'c str,
    /// The pieces at hand, sorted.
    pieces: &'c [Span],
    givens: &'c [Given],
    /// Whether names, by their hashes, are given several values.
    asked: RefCell<HashMap<u32, bool>>,
    /// Those that are.
    several: RefCell<Vec<Box<str>>>,
    /// Further names that were asked for, by their hashes.
    others: RefCell<Vec<u32>>,
    /// Places at which names that were asked for are given something outside of the pieces.
    wanted: RefCell<BTreeSet<u32>>,
}

impl<'c> Foreign<'c> {
    /// `pieces` of a text with these names.
    pub(super) fn new(text: &'c str, pieces: &'c [Span], givens: &'c [Given]) -> Self {
        Self {
            text,
            pieces,
            givens,
            asked: RefCell::default(),
            several: RefCell::default(),
            others: RefCell::default(),
            wanted: RefCell::default(),
        }
    }

    /// Places outside of the pieces that have a say in what was asked, and the names it was about.
    pub(super) fn asked(&self) -> (BTreeSet<u32>, Names) {
        let mut names = self.others.take();
        let asked = self.asked.borrow();
        let single = asked.iter().filter(|(_, several)| !**several);
        names.extend(single.map(|(name, _)| name));
        let several = self.several.take();
        (
            self.wanted.take(),
            Names {
                asked: names,
                several,
            },
        )
    }

    /// Whether the text gives several values to a name; if not, what it is given is wanted.
    pub(super) fn is_several(&self, name: &str) -> bool {
        let wanted = hash(name);
        if let Some(&several) = self.asked.borrow().get(&wanted) {
            return several;
        }
        let several = is_several(name, self.text, self.givens);
        if several {
            self.several.borrow_mut().push(name.into());
        } else {
            self.want(wanted, |what| what != Gift::Class);
        }
        self.asked.borrow_mut().insert(wanted, several);
        several
    }

    /// Notes that it matters what is added to the name.
    pub(super) fn ask_added(&self, name: &str) {
        self.ask(hash(name), Gift::More);
    }

    /// Notes that it matters whether the name is one of a class.
    pub(super) fn ask_class(&self, name: &str) {
        self.ask(hash(name), Gift::Class);
    }

    fn ask(&self, name: u32, gift: Gift) {
        self.others.borrow_mut().push(name);
        self.want(name, |what| what == gift);
    }

    fn of(&self, name: u32) -> impl Iterator<Item = &Given> {
        self.givens.iter().filter(move |given| given.name == name)
    }

    fn want(&self, name: u32, what: impl Fn(Gift) -> bool) {
        let outside = |given: &&Given| {
            let at = given.at as usize;
            let next = self.pieces.partition_point(|piece| piece.end <= at);
            self.pieces.get(next).is_none_or(|piece| at < piece.start)
        };
        let found = self.of(name).filter(|given| what(given.what));
        let places = found.filter(outside).map(|given| given.at);
        self.wanted.borrow_mut().extend(places);
    }
}
