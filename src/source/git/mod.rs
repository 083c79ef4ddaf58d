//! Git as a source: the index, ranges of commits, and everything a repository holds.
//!
//! One file per question (`staged`, `range`, `history`); below them what they share: `open` (which repository),
//! `refs`, `object` (commits, tags and trees as bytes), `changes` and `added` (what a change brought), `pump` (reading
//! in parallel). Objects are read from the object store alone: nothing is checked out, fetched, filtered or written.

mod added;
mod attribution;
mod changes;
mod graph;
mod history;
mod inventory;
mod object;
mod open;
mod pump;
mod range;
mod refs;
mod revision;
mod staged;
mod survey;
mod walk;

pub use history::History;
pub use range::Range;
pub use staged::Staged;
