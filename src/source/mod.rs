//! Where text comes from: one file per kind of input.
//!
//! A [`Source`] pushes [`Item`]s at [`Visitor`]s, one visitor a thread, and owns the threads it needs. It knows
//! nothing of rules. Whatever is in scope and cannot be read is an [`Issue`]; whatever is left out on purpose is
//! counted as a [`Skip`]; nothing else may be passed over.
//!
//! A new kind of input is one file here and one arm in `cli/scan.rs`.

pub mod git;
mod ignored;
pub mod paths;
pub mod select;
mod stdin;
mod tree;
pub mod unpack;
mod watch;

pub use stdin::Stdin;
pub use tree::Tree;
pub use watch::{Mark, Phase, Steps, Watch};

use std::any::Any;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::finding::{CommitInfo, Issue, Origin, Skip, SourceKind};
use crate::text::{Copied, Margins, Word};

/// A text to look at. Borrowed: nothing is copied or queued.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The path as reported.
    pub path: &'a str,
    /// The path inside what is scanned: decides format, rules and context. Never holds what lies above the scan's root.
    pub logical: &'a str,
    /// The bytes as stored.
    pub bytes: &'a [u8],
    /// Where they came from.
    pub origin: &'a dyn Whence,
    /// Which lines are of interest.
    pub scope: Scope<'a>,
    /// Number of the first line (1, save for later parts of a large file).
    pub first_line: usize,
    /// The number under which a [`Past`] knows this version of a file.
    pub version: Option<u32>,
}

/// Where an item came from. Told when it is asked for: of most items nobody asks.
pub trait Whence: std::fmt::Debug {
    /// The kind of input.
    fn source(&self) -> SourceKind;
    /// All of it.
    fn origin(&self) -> &Origin;
}

impl Whence for Origin {
    fn source(&self) -> SourceKind {
        self.source
    }

    fn origin(&self) -> &Origin {
        self
    }
}

/// Tells of the past what only the whole of a history can tell.
pub trait Past: std::fmt::Debug {
    /// Those of these versions of files that some ref still leads to.
    fn in_tips(&self, versions: &BTreeSet<u32>) -> BTreeSet<u32>;
    /// For each value, given by all versions of files that hold it: the commit that took it out of the last branch that had it. `None` where
    /// no commit did.
    fn removals(&self, values: &[BTreeSet<u32>]) -> Vec<Option<Removal>>;
}

/// A value was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// By this commit.
    pub commit: CommitInfo,
    /// The versions of the same files that stand in it, of those that are still there.
    pub instead: Vec<u32>,
}

/// Which lines of an item are of interest. The whole text is always read; what lies outside is dropped later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All lines.
    Whole,
    /// Sorted, inclusive ranges of line numbers: what a change added.
    Lines(&'a [(usize, usize)]),
}

impl Scope<'_> {
    /// Whether any line from `first` to `last` is of interest.
    pub fn touches(&self, first: usize, last: usize) -> bool {
        match self {
            Self::Whole => true,
            Self::Lines(ranges) => ranges.iter().any(|&(from, to)| from <= last && first <= to),
        }
    }
}

/// What was read, told to a visitor for the report's coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A file (or standard input).
    File,
    /// A git object or message.
    Blob,
    /// A commit.
    Commit,
}

/// Takes what a source has. One per thread, so that it can own scratch space.
pub trait Visitor {
    /// Looks at one item.
    fn visit(&mut self, item: Item<'_>);
    /// Notes that `bytes` bytes of something were read.
    fn count(&mut self, what: Counted, bytes: u64);
    /// Notes that `bytes` more bytes of what was counted last were read.
    fn count_bytes(&mut self, bytes: u64);
    /// Notes that something was left out on purpose.
    fn skip(&mut self, why: Skip);
    /// Notes that something in scope could not be looked at.
    fn issue(&mut self, issue: Issue);
    /// Notes that history ends early in this clone.
    fn shallow(&mut self);
    /// Whether what lies under these paths, as reported and as judged, is wanted at all. It is asked before an archive is opened.
    fn wants(&self, path: &str, logical: &str) -> bool {
        let _ = (path, logical);
        true
    }
    /// Whether the visitor looks at what begins with `head` and is no text, too, instead of having it counted as left out.
    fn takes_binary(&self, head: &[u8]) -> bool {
        let _ = head;
        false
    }
    /// Whether the visitor looks for bytes wherever they stand, so that databases and compiled modules are shown as they are, too.
    fn takes_raw(&self) -> bool {
        false
    }
    /// Whether the visitor wants to be shown what is binary for the sake of its name, and counts it as left out itself. The first
    /// bytes are enough.
    fn takes_names(&self) -> bool {
        false
    }
    /// Takes what tells of the past of the files that were shown; called once at the end, by sources that know it.
    fn past(&mut self, past: Box<dyn Past + Send>) {
        drop(past);
    }
    /// Who watches the scan. A source tells it how far it is, and ends early when it is to.
    fn watch(&self) -> Arc<Watch> {
        Arc::default()
    }
    /// What tells the visitor's interest in a text from parts of it. Without one, everything has to be shown to it.
    fn sieve(&mut self) -> Option<&mut dyn Sieve> {
        None
    }
}

/// Tells where a text may be of interest, so that a source need not show it all. A text without any spot, under a path that is
/// not always read, may be left out; the visitor would find nothing in it.
pub trait Sieve {
    /// Bytes of the longest word that is looked for.
    fn longest_word(&self) -> usize;
    /// Pushes the words that begin in `zones` of `bytes`, which are sorted and apart from each other, in order.
    fn words(&mut self, bytes: &[u8], zones: &[Range<usize>], words: &mut Vec<Word>);
    /// How much of what surrounds a place decides whether it is a spot.
    fn margins(&self) -> Margins;
    /// Pushes the spots among the places in `zones` of `bytes`, whose `words` are these, in order; notes of words what decides that they are of no interest.
    fn spots(
        &mut self,
        bytes: &[u8],
        zones: &[Range<usize>],
        words: &mut [Word],
        spots: &mut Vec<u32>,
    );
    /// Bytes up to which texts under this path are read without any spot; `None` where none are.
    fn always_up_to(&self, path: &str) -> Option<usize>;
    /// Whether a text of `size` bytes under this path is read without any spot.
    fn reads_always(&self, path: &str, size: usize) -> bool {
        self.always_up_to(path).is_some_and(|most| size <= most)
    }
    /// Looks at one item whose spots are known; `same` was kept of it under another path. Gives what helps to look at texts that are
    /// made from it.
    fn visit_spots(
        &mut self,
        item: Item<'_>,
        spots: &[u32],
        base: Option<Base<'_>>,
        same: Option<&Keepsake>,
    ) -> Option<Keepsake>;
}

/// Pushes the words of a text, and its spots.
pub fn spots_of(sieve: &mut dyn Sieve, bytes: &[u8], words: &mut Vec<Word>, spots: &mut Vec<u32>) {
    let (all, from) = (0..bytes.len(), words.len());
    let zones = std::slice::from_ref(&all);
    sieve.words(bytes, zones, words);
    if words.len() > from {
        sieve.spots(bytes, zones, &mut words[from..], spots);
    }
}

/// What a visitor keeps of a text for those that are made from it; nobody else's business.
pub type Keepsake = Rc<dyn Any>;

/// A text that another was made from.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// What was kept of it.
    pub kept: &'a Keepsake,
    /// What was copied from it, in the order of the text made.
    pub copied: &'a [Copied],
    /// Spots of the text made that are none of its base, sorted.
    pub new: &'a [u32],
    /// Those with something beside them that was not copied, sorted; new ones among them.
    pub touched: &'a [u32],
}

/// Makes one visitor for each thread that asks.
pub type NewVisitor<'v> = dyn Fn() -> Box<dyn Visitor + Send + 'v> + Sync + 'v;

/// An input.
pub trait Source {
    /// Pushes everything there is at visitors. Blocks until done.
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError>;
}

/// An input that could not be opened at all. The message names it and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct SourceError {
    /// What was to be read.
    pub path: String,
    /// What went wrong, and the remedy.
    pub what: String,
}

impl SourceError {
    /// An error about `path`.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
        }
    }
}
