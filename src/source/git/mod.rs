//! Git as a source: the index, ranges of commits, and everything a repository holds.
//!
//! One file per question: `staged`, `range`, `history`. Below them what they share:
//!
//! - which repository: `open`, `layout`, `enclosing`, `only`, and its `refs`;
//! - objects as bytes: `object`, `trouble` (those that cannot be read), `inventory` (all of them) and its `idtable`;
//! - the index: `cached`;
//! - commits: `graph` and their `authors`, `order`, `walk` and `revision` (ranges), `changes` and `added` (what a commit brought);
//! - a whole history: `survey` and `leftovers` (what there is), `trees`, `met`, `differing`, `differences`, `paths`, `firsts` and
//!   `attribution` (which blob stood where, and since when), `reader`, and `past` (what was taken out, and when);
//! - `pump`, which reads in parallel.
//!
//! Objects are read from the object store alone: nothing is checked out, fetched, filtered or written.

mod added;
mod attribution;
mod authors;
mod beforehand;
mod cached;
mod changes;
mod differences;
mod differing;
mod enclosing;
mod firsts;
mod graph;
mod held;
mod history;
mod idtable;
mod inventory;
mod layout;
mod leftovers;
mod listing;
mod met;
mod object;
mod only;
mod open;
mod order;
mod parents;
mod past;
mod paths;
mod pump;
mod range;
mod reader;
mod refs;
mod reftable;
mod revision;
mod staged;
mod survey;
mod trees;
mod trouble;
mod walk;

pub use enclosing::{Enclosing, enclosing};
pub use history::History;
pub use range::Range;
pub use staged::Staged;

/// Settings of libgit2 that hold for the whole process; a program that scans calls this once, before it does.
///
/// Its cache of objects serves repeated look-ups, which a scan hardly makes, and takes a quarter of a gigabyte. Its
/// check of every object's hash doubles the cost of reading; damage still shows, by the checksum inside each
/// compressed object, and what an object holds is looked at whatever its name. A library that shares the process
/// with other users of libgit2 leaves both as they are: the outcome is the same.
pub fn tune() {
    git2::opts::enable_caching(false);
    git2::opts::strict_hash_verification(false);
}
