//! Whose word counts. What lies in the scanned tree is obeyed only in the repository that holds the current directory:
//! anywhere else it was written by whoever wrote the tree.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which of the scanned texts may accept findings in themselves.
#[derive(Clone, Debug)]
pub enum Territory {
    /// None of them.
    Nowhere,
    /// All of them: git input of the user's own repository, and what the user pipes in.
    Everywhere,
    /// Files below a folder.
    Below(Home),
}

/// The folder whose files are obeyed.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
    current: PathBuf,
    /// For folders met before: whether their files are obeyed.
    known: RefCell<BTreeMap<PathBuf, bool>>,
}

impl Territory {
    /// Files below `root`, save for those of repositories inside it; paths are reported relative to `current`.
    pub fn below(root: &Path, current: &Path) -> Self {
        Self::Below(Home {
            root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
            current: current.to_owned(),
            known: RefCell::default(),
        })
    }

    /// Whether the file reported as `path` is obeyed.
    pub fn holds(&self, path: &str) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Everywhere => true,
            Self::Below(home) => home.holds(path),
        }
    }
}

impl Home {
    fn holds(&self, path: &str) -> bool {
        // `outer.zip!/inner` lies where the archive does.
        let outer = path.split("!/").next().unwrap_or(path);
        let path = self.current.join(outer);
        let folder = path.parent().unwrap_or(&path);
        if let Some(&known) = self.known.borrow().get(folder) {
            return known;
        }
        let holds = self.holds_folder(folder);
        self.known.borrow_mut().insert(folder.to_owned(), holds);
        holds
    }

    /// Links are followed before the question is asked.
    fn holds_folder(&self, folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        folder.starts_with(&self.root)
            && folder
                .ancestors()
                .take_while(|above| *above != self.root)
                .all(|above| above.join(".git").symlink_metadata().is_err())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_inside_and_folders_outside_are_not_obeyed() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        for below in ["a/b", "sub/.git", "sub/c", "../away"] {
            std::fs::create_dir_all(home.join(below)).unwrap();
        }
        let territory = Territory::below(&home, &home.join("a"));
        assert!(territory.holds("x.py"));
        assert!(territory.holds("b/x.zip!/y.py"));
        let reported = |path: &str| home.join(path).to_string_lossy().into_owned();
        assert!(territory.holds(&reported("x.py")));
        assert!(!territory.holds(&reported("sub/c/x.py")));
        assert!(!territory.holds(&reported("../away/x.py")));
        assert!(!territory.holds(&reported("gone/x.py")));
    }
}
