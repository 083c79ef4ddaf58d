//! Settings: what a scan is asked to do, complete and checked. Nothing below `cli` sees the command line.

mod profile;

pub use profile::Profile;
