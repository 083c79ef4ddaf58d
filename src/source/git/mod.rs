//! stub
use super::*;
use std::path::PathBuf;
macro_rules! stub { ($n:ident { $($f:ident : $t:ty),* }) => {
/// stub
#[allow(missing_docs, clippy::pedantic, dead_code)]
pub struct $n { $(pub $f: $t),* }
impl Source for $n { fn drive(&self, _: &NewVisitor<'_>) -> Result<(), SourceError> { Ok(()) } }
} }
stub!(Staged { path: PathBuf, pathspecs: Vec<PathBuf>, threads: usize });
stub!(Range { path: PathBuf, ranges: Vec<String>, allow_shallow: bool, threads: usize });
stub!(History {
    path: PathBuf,
    allow_shallow: bool,
    threads: usize
});
