//! leakey finds leaked application signing keys: `SECRET_KEY` and its kin.
//!
//! ```text
//! Source -> Item -> Document -> Entry -> Candidate -> Judge -> Finding -> Report
//! ```
//!
//! One way, one place for each thing; `ARCHITECTURE.md` says which.

pub mod finding;
pub mod format;
pub mod generator;
pub mod report;
pub mod rule;
pub mod secret;
pub mod source;
pub mod text;
