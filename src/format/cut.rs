//! Texts in pieces that are read apart from each other, so that of a text made from another only what changed is read again.
//!
//! A [`Mark`] is a place where a syntax is in the state it begins in, but for what encloses the place: what follows is read
//! the same whatever stands before. Whether a place is a mark depends on the text before it and on the first word behind
//! it. So where a text was copied from another, the marks from one that both have in common on are those of the other.

use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use super::inset::{part, part_at};
pub use super::trail::Trail;
use super::{Entry, Format, Place};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

/// Who follows a text from one of its marks on, as often as is asked, as [`Cut::follow`] does.
pub type Follower<'t> = Box<dyn FnMut(&Mark, &mut dyn FnMut(Step) -> ControlFlow<()>) -> bool + 't>;

/// A syntax whose texts can be cut.
pub trait Cut: Sync {
    /// Whether a text can be cut at all.
    fn takes(&'static self, text: &str) -> bool {
        let _ = text;
        true
    }

    /// Tells `sink` of everything behind `from`, until it breaks or the text ends. `false` where the text cannot be cut.
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool;

    /// Who follows a text from several places, one after the other.
    fn follower<'t>(&'static self, text: &'t str) -> Follower<'t> {
        Box::new(move |from, sink| self.follow(text, from, sink))
    }

    /// The format, where each piece is a text of its own.
    fn alone(&'static self) -> Option<&'static dyn Format> {
        None
    }

    /// Calls `sink` for each entry with its name, or a name of what it stands in, at one of `spots` (sorted); others may be told,
    /// too. What [encloses](Self::reads_enclosed) marks may count for nothing here. Gives what that depends on; `None` where it is so
    /// much that the whole has to be read: nothing was told then.
    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        let format = self.alone()?;
        Some(read_apart(format, text, spots, trail, sink))
    }

    /// Calls `sink` for each entry of a piece, as [`read`](Self::read) does; what stands apart in it, as in a comment, may be left out if
    /// none of `spots` (sorted) lies in that. `None` where a piece cannot be read so.
    fn read_piece<'t>(
        &'static self,
        text: &'t str,
        (piece, spots): (usize, &[u32]),
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        let _ = spots;
        let format = self.alone()?;
        part(format, text, trail.piece(piece), Place::Live, sink);
        Some(Basis::Pieces(Pieces::new(vec![piece], Names::default())))
    }

    /// Whether nothing behind a place but the rest of its line has a say in whether it is a mark.
    fn line_decides(&self) -> bool {
        false
    }

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
    /// The names of which it mattered what is given to them elsewhere.
    pub names: Arc<Names>,
}

/// Names of which it matters what a text gives to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Hashes of those of which it matters what that is, sorted, each once.
    pub asked: Vec<u32>,
    /// Those that are given several values.
    pub several: Vec<Box<str>>,
}

impl Names {
    /// Hashes of all of them, in no particular order.
    pub fn hashes(&self) -> impl Iterator<Item = u32> {
        let several = self.several.iter().map(|name| hash(name));
        self.asked.iter().copied().chain(several)
    }
}

impl Pieces {
    /// These pieces, by number, and names, in any order.
    pub(super) fn new(pieces: Vec<usize>, mut names: Names) -> Self {
        let number = |piece| u32::try_from(piece).unwrap_or(u32::MAX);
        let mut numbers: Vec<u32> = pieces.into_iter().map(number).collect();
        for all in [&mut numbers, &mut names.asked] {
            all.sort_unstable();
            all.dedup();
        }
        Self {
            numbers,
            names: Arc::new(names),
        }
    }
}

/// Whether a name is given several values in `text`, of which these names are given something.
pub(crate) fn is_several(name: &str, text: &str, givens: &[Given]) -> bool {
    // Names of the same hash are taken for the same where it costs no more than reading more.
    let own = name
        .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
        .next();
    let is_own = |given: &&Given| {
        let there = text.get(given.at as usize..).unwrap_or_default();
        own.is_some_and(|own| there.starts_with(own))
    };
    let wanted = hash(name);
    let values = (givens.iter()).filter(|given| given.name == wanted && given.what == Gift::Value);
    values.filter(is_own).take(2).count() == 2
}

/// The entries of the pieces in which spots lie, where each piece is a text of its own.
fn read_apart<'t>(
    format: &'static dyn Format,
    text: &'t str,
    spots: &[u32],
    trail: &Trail,
    sink: &mut dyn FnMut(Entry<'t>),
) -> Basis {
    let pieces = trail.pieces(spots);
    for &piece in &pieces {
        part_at(|| format, text, trail.piece(piece), spots, sink);
    }
    Basis::Pieces(Pieces::new(pieces, Names::default()))
}

/// A hash of a name (FNV-1a, 32 bits); equal ones are compared.
pub(super) fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
