//! Finding and opening a repository, with a remedy in every refusal.
//!
//! libgit2 refuses a partial clone for its configuration alone, although all it needs not to do is fetch, and one whose
//! refs are kept in tables, which are read here without it. Both are opened by their parts: object store, index and refs,
//! without their configuration.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Index, ObjectFormat, Odb, Repository, RepositoryOpenFlags};

use super::layout::{Form, Layout};
use super::refs::{Head, Shelf};
use crate::source::SourceError;
use crate::source::paths::slashes;

/// Where a repository is looked for. Cheap to copy; every thread opens its own.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: PathBuf,
}

/// An open repository.
pub(super) struct Repo {
    /// libgit2's handle. Holds no path, config and refs when the repository was opened by its parts.
    pub(super) git: Repository,
    /// Whether libgit2 read refs and configuration itself.
    pub(super) whole: bool,
    /// How ids are made.
    pub(super) format: ObjectFormat,
    /// Whether refs are kept in tables.
    tables: bool,
    /// Whether its configuration says that the clone was made without some objects.
    partial: bool,
    /// `HEAD`, the index and what else belongs to one work tree.
    pub(super) gitdir: PathBuf,
    /// Objects, refs and what else is shared by all work trees.
    pub(super) common: PathBuf,
    /// The work tree, where there is one.
    pub(super) workdir: Option<PathBuf>,
    index: PathBuf,
}

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// As reports name it.
    pub(super) fn name(&self) -> String {
        if self.here() {
            ".".into()
        } else {
            slashes(&self.path)
        }
    }

    /// Whether this is the current directory: there, and only there, `GIT_DIR` and its kin are obeyed, as git sets
    /// them for its hooks.
    fn here(&self) -> bool {
        self.path.as_os_str().is_empty() || self.path == Path::new(".")
    }

    /// The index file: in a hook git may name a temporary one.
    fn index_of(&self, gitdir: &Path) -> PathBuf {
        let named = std::env::var_os("GIT_INDEX_FILE").filter(|_| self.here());
        named.map_or_else(|| gitdir.join("index"), PathBuf::from)
    }

    /// Opens the repository.
    pub(super) fn open(&self) -> Result<Repo, SourceError> {
        let opened = if self.here() {
            Repository::open_from_env()
        } else {
            Repository::open_ext(&self.path, RepositoryOpenFlags::empty(), &[] as &[&Path])
        };
        match opened {
            Ok(git) => {
                let (gitdir, common) = (git.path().to_owned(), git.commondir().to_owned());
                let index = self.index_of(&gitdir);
                let workdir = git.workdir().map(Path::to_owned);
                Ok(Repo {
                    format: git.object_format(),
                    git,
                    whole: true,
                    tables: false,
                    partial: false,
                    gitdir,
                    common,
                    workdir,
                    index,
                })
            }
            Err(error)
                if error
                    .message()
                    .to_ascii_lowercase()
                    .contains("unsupported extension") =>
            {
                self.parts(&error)
            }
            Err(error) => Err(self.refusal(&error)),
        }
    }

    /// Opens object store, refs and index without the configuration.
    fn parts(&self, refused: &git2::Error) -> Result<Repo, SourceError> {
        let layout = self.layout().ok_or_else(|| self.refusal(refused))?;
        let config = std::fs::read(layout.common.join("config")).unwrap_or_default();
        let form = Form::of(&String::from_utf8_lossy(&config));
        if let Some(unknown) = form.unknown {
            let error = git2::Error::from_str(&format!("unsupported extension {unknown}"));
            return Err(self.refusal(&error));
        }
        let open = || {
            let odb = Odb::new_ext(form.format)?;
            // What is pushed waits in a store of its own while a hook looks at it.
            for objects in self
                .quarantine()
                .into_iter()
                .chain([layout.common.join("objects")])
            {
                odb.add_disk_alternate(objects.to_str().ok_or_else(|| {
                    git2::Error::from_str("the path of the object store is not UTF-8")
                })?)?;
            }
            Repository::from_odb(odb)
        };
        Ok(Repo {
            git: open().map_err(|error| self.refusal(&error))?,
            whole: false,
            format: form.format,
            tables: form.tables,
            partial: form.partial,
            gitdir: layout.gitdir,
            common: layout.common,
            workdir: layout.workdir,
            index: layout.index,
        })
    }

    /// The stores that git names to its hooks beside the repository's own.
    fn quarantine(&self) -> Vec<PathBuf> {
        let names = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];
        let named = names
            .iter()
            .filter(|_| self.here())
            .filter_map(std::env::var_os);
        let mut folders: Vec<_> = named
            .flat_map(|paths| std::env::split_paths(&paths).collect::<Vec<_>>())
            .collect();
        folders.retain(|folder: &PathBuf| folder.is_dir());
        folders
    }

    fn layout(&self) -> Option<Layout> {
        // The index of a hook may be a temporary one; libgit2 follows the variable itself, here it is up to us.
        let variable = |name| self.here().then(|| std::env::var_os(name)).flatten();
        let mut layout = match variable("GIT_DIR") {
            Some(gitdir) => Layout::of(Path::new(&gitdir), None)?,
            None => Layout::discover(&std::path::absolute(&self.path).ok()?)?,
        };
        if let Some(index) = variable("GIT_INDEX_FILE") {
            layout.index = index.into();
        }
        if let Some(workdir) = variable("GIT_WORK_TREE") {
            layout.workdir = std::path::absolute(workdir).ok();
        }
        Some(layout)
    }

    /// An error that says what to do.
    fn refusal(&self, error: &git2::Error) -> SourceError {
        let text = error.message().trim_end_matches(['.', '\n']);
        let folded = text.to_ascii_lowercase();
        let what = match error.code() {
            ErrorCode::NotFound if !folded.contains("extension") => {
                if self.here() || self.path.exists() {
                    "is not a git repository, and no folder above it is one; name one, or leave the git option out to scan files".to_owned()
                } else {
                    "does not exist; name a git repository or a folder inside one".to_owned()
                }
            }
            ErrorCode::Owner => {
                // libgit2 quotes the path that git must be told to trust.
                let quoted = text.split('\'').nth(1).map(|path| {
                    let trimmed = path.trim_end_matches('/');
                    if trimmed.is_empty() { path } else { trimmed }
                });
                let path = quoted.map_or_else(|| self.absolute(), str::to_owned);
                let path = path.strip_suffix("/.git").unwrap_or(&path);
                let path = path.replace('\'', "'\\''");
                format!(
                    "the repository belongs to another user; if you trust it: git config --global --add safe.directory '{path}'"
                )
            }
            _ if [
                "extension",
                "object format",
                "repository version",
                "objectformat",
            ]
            .iter()
            .any(|word| folded.contains(word)) =>
            {
                format!(
                    "this version of leakey cannot read this kind of repository ({text}); nothing was scanned. A fresh clone of it, with `git clone --no-local --mirror`, has none of its extensions and can be"
                )
            }
            _ => format!("cannot open the repository: {text}"),
        };
        SourceError::new(self.name(), what)
    }

    fn absolute(&self) -> String {
        std::path::absolute(&self.path).map_or_else(|_| self.name(), |path| slashes(&path))
    }

    /// An error of git while reading the open repository.
    pub(super) fn error(&self, doing: &str, error: &git2::Error) -> SourceError {
        let text = error.message().trim_end_matches(['.', '\n']);
        SourceError::new(self.name(), format!("cannot {doing}: {text}"))
    }
}

impl Repo {
    /// Where the index is.
    pub(super) fn index_file(&self) -> &Path {
        &self.index
    }

    /// The index: the one that `GIT_INDEX_FILE` names in a hook, else the work tree's.
    pub(super) fn index(&self) -> Result<Index, git2::Error> {
        if self.whole {
            self.git.index()
        } else if self.index.exists() {
            self.index_at(&self.index)
        } else {
            Index::new_ext(self.format)
        }
    }

    /// The index in a file, such as that of another work tree.
    pub(super) fn index_at(&self, file: &Path) -> Result<Index, git2::Error> {
        Index::open_ext(file, self.format)
    }

    /// Where its refs are.
    pub(super) fn refs(&self) -> Shelf<'_> {
        Shelf {
            gitdir: &self.gitdir,
            common: &self.common,
            tables: self.tables,
        }
    }

    /// The commit that is checked out; `None` before the first.
    pub(super) fn head(&self) -> Head {
        self.refs().head()
    }

    /// Whether the clone was made without some objects on purpose.
    pub(super) fn partial(&self) -> bool {
        let packs = std::fs::read_dir(self.common.join("objects/pack"));
        self.partial
            || packs.is_ok_and(|entries| {
                entries
                    .flatten()
                    .any(|entry| entry.path().extension().is_some_and(|e| e == "promisor"))
            })
    }

    /// The commits whose parents this clone was told to leave out.
    pub(super) fn shallow(&self) -> Vec<git2::Oid> {
        let text = std::fs::read(self.common.join("shallow")).unwrap_or_default();
        text.split(|&byte| byte == b'\n')
            .filter_map(super::object::id)
            .collect()
    }
}
