//! Which files of a repository are asked for.

use std::path::{Path, PathBuf};

use super::open::Repo;
use crate::source::SourceError;

/// The part of the repository that is asked for, relative to its root.
pub(super) struct Only(Vec<Vec<u8>>);

impl Only {
    /// The paths as given, of which relative ones start at the current directory.
    pub(super) fn new(paths: &[PathBuf], repo: &Repo) -> Result<Self, SourceError> {
        let Some(root) = &repo.workdir else {
            return Ok(Self(Vec::new()));
        };
        let root = root.canonicalize().unwrap_or_else(|_| root.clone());
        let below = |path: &PathBuf| {
            let outside = || {
                let what = format!("lies outside the repository {}", root.display());
                SourceError::new(path.to_string_lossy(), what)
            };
            let full = std::path::absolute(path).map_err(|_| outside())?;
            let full = resolved(&full);
            let below = full.strip_prefix(&root).map_err(|_| outside())?;
            let text = crate::source::paths::slashes(below);
            Ok(text.into_bytes())
        };
        paths.iter().map(below).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `path` is asked for.
    pub(super) fn holds(&self, path: &[u8]) -> bool {
        self.0.is_empty() || self.0.iter().any(|only| lies_under(path, only))
    }

    /// Those of the paths asked for that neither index nor work tree knows. `any` tells whether a test holds for any path
    /// of the index.
    pub(super) fn unknown(
        &self,
        any: impl Fn(&dyn Fn(&[u8]) -> bool) -> bool,
        repo: &Repo,
    ) -> Vec<String> {
        let missing = |only: &&Vec<u8>| {
            let name = String::from_utf8_lossy(only);
            let exists = (repo.workdir.as_ref()).is_some_and(|root| root.join(&*name).exists());
            !exists && !any(&|path| lies_under(path, only))
        };
        let lost = self.0.iter().filter(missing);
        lost.map(|path| String::from_utf8_lossy(path).into_owned())
            .collect()
    }
}

fn lies_under(path: &[u8], folder: &[u8]) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) => folder.is_empty() || rest.is_empty() || rest.starts_with(b"/"),
        None => false,
    }
}

/// `path` with its folders resolved as far as they exist; a file gone from the work tree may still be staged.
fn resolved(path: &Path) -> PathBuf {
    for folder in path.ancestors() {
        if let Ok(real) = folder.canonicalize()
            && let Ok(rest) = path.strip_prefix(folder)
        {
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    path.to_owned()
}
