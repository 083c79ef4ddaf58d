//! What git ignores: `.gitignore` files from the repository's root down, `.git/info/exclude`, and the index, since a
//! tracked file is not ignored whatever the patterns say (gitignore(5)).
//!
//! The matching of patterns is the `ignore` crate's. It is asked here, not by its walker, because the walker does not tell
//! what it left out, and a report has to.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The ignore rules that hold below a folder.
#[derive(Debug)]
pub(super) struct Ignored {
    /// The repository's root, if there is one.
    root: Option<PathBuf>,
    /// The patterns of each folder that has some.
    folders: RwLock<HashMap<PathBuf, Arc<Gitignore>>>,
    tracked: OnceLock<BTreeSet<PathBuf>>,
}

impl Ignored {
    /// The rules for a walk that begins at `start`. Outside of a repository nothing is ignored.
    pub(super) fn new(start: &Path) -> Self {
        let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        let root = absolute
            .ancestors()
            .find(|folder| folder.join(".git").exists())
            .map(Path::to_owned);
        let ignored = Self {
            root,
            folders: RwLock::default(),
            tracked: OnceLock::new(),
        };
        if let Some(root) = &ignored.root {
            let mut above: Vec<_> = absolute
                .ancestors()
                .take_while(|folder| folder.starts_with(root))
                .collect();
            above.reverse();
            for folder in above {
                // Errors are told when the walk enters the folder.
                let _ = ignored.enter(folder);
            }
        }
        ignored
    }

    /// Reads the patterns of a folder, before anything in it is asked about. The error is for a report.
    pub(super) fn enter(&self, folder: &Path) -> Result<(), String> {
        let Some(root) = &self.root else {
            return Ok(());
        };
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let file = folder.join(".gitignore");
        let exclude = root.join(".git/info/exclude");
        let has_file = file.is_file();
        let has_exclude = &folder == root && exclude.is_file();
        if !has_file && !has_exclude {
            return Ok(());
        }
        let mut builder = GitignoreBuilder::new(&folder);
        let mut error = None;
        if has_exclude {
            error = builder.add(exclude);
        }
        if has_file {
            error = builder.add(file).or(error);
        }
        match builder.build() {
            Ok(patterns) => {
                if let Ok(mut folders) = self.folders.write() {
                    folders.insert(folder, Arc::new(patterns));
                }
            }
            Err(failed) => error = Some(failed),
        }
        // A pattern that is no pattern ignores nothing, as in git; an unreadable file is an error.
        match error {
            Some(error) if error.is_io() => Err(format!("its .gitignore cannot be read: {error}")),
            _ => Ok(()),
        }
    }

    /// Whether git ignores `path`.
    pub(super) fn holds(&self, path: &Path, folder: bool) -> bool {
        let Some(root) = &self.root else { return false };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let matched = {
            let Ok(folders) = self.folders.read() else {
                return false;
            };
            if folders.is_empty() {
                return false;
            }
            path.ancestors()
                .skip(1)
                .take_while(|above| above.starts_with(root))
                .filter_map(|above| folders.get(above))
                .find_map(|patterns| match patterns.matched(&path, folder) {
                    Match::None => None,
                    Match::Ignore(_) => Some(true),
                    Match::Whitelist(_) => Some(false),
                })
        };
        matched == Some(true) && !self.is_tracked(root, &path, folder)
    }

    fn is_tracked(&self, root: &Path, path: &Path, folder: bool) -> bool {
        let tracked = self.tracked.get_or_init(|| tracked(root));
        let Ok(below) = path.strip_prefix(root) else {
            return false;
        };
        if folder {
            tracked
                .range(below.to_owned()..)
                .next()
                .is_some_and(|first| first.starts_with(below))
        } else {
            tracked.contains(below)
        }
    }
}

/// The paths in the index; none when it cannot be read, in which case ignore rules hold as they stand.
fn tracked(root: &Path) -> BTreeSet<PathBuf> {
    let Ok(index) = git2::Repository::open(root).and_then(|repository| repository.index()) else {
        return BTreeSet::new();
    };
    index
        .iter()
        .filter_map(|entry| String::from_utf8(entry.path).ok().map(PathBuf::from))
        .collect()
}
