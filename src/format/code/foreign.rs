//! What the rest of a text says about the names in a piece of it.
//!
//! A piece is read alone only where none of the names that it asks for is given anything elsewhere.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::format::cut::{Given, hash};
use crate::text::Span;

/// The names that are given something in a text of which one piece is read.
#[derive(Debug)]
pub(super) struct Foreign {
    piece: Span,
    givens: Rc<Vec<Given>>,
    depends: Cell<bool>,
    /// Hashes of names that were asked for.
    asked: RefCell<HashMap<u32, Elsewhere>>,
}

/// What a name is given outside of the piece. Names of the same hash are taken for the same.
#[derive(Clone, Copy, Debug, Default)]
struct Elsewhere {
    any: bool,
    added: bool,
}

impl Foreign {
    /// `piece` of a text with these names.
    pub(super) fn new(piece: Span, givens: &Rc<Vec<Given>>) -> Self {
        Self {
            piece,
            givens: Rc::clone(givens),
            depends: Cell::new(false),
            asked: RefCell::default(),
        }
    }

    /// Whether something was asked for that the piece alone cannot tell.
    pub(super) fn depends(&self) -> bool {
        self.depends.get()
    }

    /// Notes that the piece cannot be read alone.
    pub(super) fn depend(&self) {
        self.depends.set(true);
    }

    /// Notes that it matters what the name is given.
    pub(super) fn ask(&self, name: &str) {
        if self.elsewhere(name).any {
            self.depend();
        }
    }

    /// Notes that it matters what is added to the name.
    pub(super) fn ask_added(&self, name: &str) {
        if self.elsewhere(name).added {
            self.depend();
        }
    }

    fn elsewhere(&self, name: &str) -> Elsewhere {
        let wanted = hash(name);
        let known = self.asked.borrow().get(&wanted).copied();
        known.unwrap_or_else(|| {
            let mut found = Elsewhere::default();
            for given in self.givens.iter().filter(|given| given.name == wanted) {
                if !(self.piece.start..self.piece.end).contains(&(given.at as usize)) {
                    found.any = true;
                    found.added |= given.added;
                }
            }
            self.asked.borrow_mut().insert(wanted, found);
            found
        })
    }
}
