//! Which repository holds a folder: told by where things lie, without opening it.

use std::path::{Path, PathBuf};

use super::layout::Layout;

/// A repository, by its folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosing {
    /// The top of the work tree; of a bare repository, the repository itself.
    pub root: PathBuf,
    /// What all of its work trees share.
    pub common: PathBuf,
}

/// The repository that holds `from`, an absolute path.
pub fn enclosing(from: &Path) -> Option<Enclosing> {
    let layout = Layout::discover(from)?;
    let common = layout.common.canonicalize().unwrap_or(layout.common);
    Some(Enclosing {
        root: layout.workdir.unwrap_or(layout.gitdir),
        common,
    })
}
