//! leakey finds leaked application signing keys: `SECRET_KEY` and its kin.
//!
//! ```text
//! Source -> Item -> Document -> Entry -> Candidate -> Judge -> Finding -> Report
//! ```
//!
//! One way, one place for each thing; `ARCHITECTURE.md` says which.

pub mod checksum;
pub mod ci;
pub mod cli;
pub mod config;
pub mod detect;
mod encoded;
pub mod finding;
pub mod format;
mod frame;
pub mod generator;
pub mod held;
pub mod hook;
pub mod judge;
mod known;
mod lifeline;
pub mod mark;
mod merge;
pub mod report;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod shortfall;
pub mod source;
pub mod suppress;
pub mod text;

pub use config::Policy;
