//! Settings: what a scan is asked to do, complete and checked. Nothing below `cli` sees the command line.
//!
//! Settings come in [`Layer`]s: a configuration file, the environment, the command line, each above the one before. The
//! highest that says something wins, save for lists of what is left out or added, which add up.

pub mod environment;
pub mod file;
mod layer;
mod policy;
mod profile;
mod settings;
pub mod suggest;

pub use layer::{Layer, Named};
pub use policy::Policy;
pub use profile::Profile;
pub use settings::Settings;

use std::path::{Path, PathBuf};

use crate::finding::Kind;

/// A setting that cannot be used. The message names the place and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub struct ConfigError {
    /// File and line, or variable.
    pub place: String,
    /// What is wrong, and the remedy.
    pub what: String,
}

impl ConfigError {
    /// An error at `place`.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
        }
    }
}

/// The kind of that name, or what is wrong with it.
pub fn kind(name: &str) -> Result<Kind, String> {
    let kinds = [Kind::Leak, Kind::Published, Kind::Weak];
    kinds
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| {
            let remedy = suggest::remedy(name, kinds.map(Kind::name));
            format!("`{name}` is no kind{remedy}")
        })
}

/// Names of configuration files, in the order in which they are looked for in a folder.
pub const FILES: [&str; 2] = ["leakey.toml", "pyproject.toml"];

/// The configuration that holds in `current`: that of the nearest folder which has one, from `current` up to `root`.
/// `name` makes a path readable.
pub fn discover(
    current: &Path,
    root: &Path,
    name: impl Fn(&Path) -> String,
) -> Result<Option<(PathBuf, Layer)>, ConfigError> {
    for folder in current.ancestors() {
        for file in FILES {
            let path = folder.join(file);
            if path.is_file()
                && let Some(layer) = file::read(&path, &name(&path))?
            {
                return Ok(Some((path, layer)));
            }
        }
        if folder == root {
            break;
        }
    }
    Ok(None)
}
