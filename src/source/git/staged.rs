//! What `git commit` would record: the index against HEAD.
//!
//! Blobs come from the object store, never from the work tree: what a later edit of the file took away is still about
//! to be committed. Nothing is written, and neither identity nor attributes nor filters of the repository matter.

use std::path::PathBuf;

use git2::{Delta, DiffOptions, Index, ObjectType, Oid};

use super::added::{self, Ranges};
use super::cached::Cached;
use super::changes::{Change, Changes};
use super::object::{self, EntryKind};
use super::only::Only;
use super::open::{Place, Repo};
use super::pump::pump;
use super::refs::Head;
use super::trouble::{self, Trouble};
use crate::finding::{Issue, Origin, Skip, SourceKind};
use crate::source::unpack::{Limits, can_open, left_out, open_or_show};
use crate::source::{Counted, Item, NewVisitor, Phase, Scope, Source, SourceError, Visitor};
use crate::text::decode::is_binary;

/// The index, compared with the commit that is checked out.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The repository or a path inside it. For `.` git's own variables are obeyed, as its hooks need.
    pub path: PathBuf,
    /// Only what lies under these files or folders; empty: everything. Relative ones start at the current directory.
    pub only: Vec<PathBuf>,
    /// How far archives are opened; `None`: not at all.
    pub archives: Option<Limits>,
    /// Number of threads; 0 means one for each processor.
    pub threads: usize,
}

impl Staged {
    /// Everything staged in the repository at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            only: Vec::new(),
            archives: None,
            threads: 0,
        }
    }
}

impl Source for Staged {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let place = Place::new(&self.path);
        let repo = place.open()?;
        let index = Staging::open(&place, &repo)?;
        if repo.workdir.is_none() && index.is_empty() {
            return Err(SourceError::new(
                place.name(),
                "is a bare repository, in which nothing can be staged; scan its history instead",
            ));
        }
        let mut visitor = new_visitor();
        let only = Only::new(&self.only, &repo)?;
        for path in only.unknown(|test| index.any(test), &repo) {
            visitor.issue(Issue::new(
                path,
                "no such file or folder is staged or tracked",
            ));
        }
        let odb = (repo.git.odb()).map_err(|error| place.error("open the object store", &error))?;
        let mut changes = match &index {
            Staging::Cached(cached) => {
                cached.changes_from(&odb, repo.partial(), head_tree(&place, &repo)?)
            }
            Staging::Plain(index) => compare(&place, &repo, index)?,
        };
        for issue in changes.issues.drain(..) {
            visitor.issue(issue);
        }
        changes.pair_renames(&odb);
        for path in index
            .conflicts()
            .into_iter()
            .filter(|path| only.holds(path))
        {
            visitor.issue(Issue::new(
                String::from_utf8_lossy(&path),
                "is in conflict, so there is no staged content to look at; resolve it and `git add` the file",
            ));
        }
        let watch = visitor.watch();
        drop(visitor);
        let known = (repo.partial(), self.archives);
        changes.changed.retain(|change| only.holds(&change.path));
        watch.enter(Phase::Texts, changes.changed.len() as u64);
        pump(
            &place,
            self.threads,
            &changes.changed,
            new_visitor,
            |odb, visitor, change| {
                look(odb, known, visitor, change);
            },
        )
    }
}

/// Whether the clone is partial, and how far archives are opened.
pub(super) type Known = (bool, Option<Limits>);

/// Shows a changed file, with the lines that its change added.
fn look(odb: &git2::Odb<'_>, known: Known, visitor: &mut dyn Visitor, change: &Change) {
    let origin = Origin::plain(SourceKind::Index);
    let olds = [change.old];
    show(odb, known, visitor, change, &olds, &origin);
}

/// Shows a file with the lines that are in none of `olds`; shared with commits, which may have several parents.
pub(super) fn show(
    odb: &git2::Odb<'_>,
    (partial, archives): Known,
    visitor: &mut dyn Visitor,
    change: &Change,
    olds: &[Option<Oid>],
    origin: &Origin,
) {
    match change.kind {
        EntryKind::Submodule => return visitor.skip(Skip::Submodule),
        EntryKind::Link => return visitor.skip(Skip::SymbolicLink),
        // A file that is an old one under a new name adds nothing; its blob need not be read.
        EntryKind::File | EntryKind::Tree if olds.contains(&Some(change.new)) => return,
        EntryKind::File | EntryKind::Tree => {}
    }
    let path = String::from_utf8_lossy(&change.path);
    let read = |id: Oid, visitor: &mut dyn Visitor| {
        trouble::read(odb, id, ObjectType::Blob)
            .map_err(|error| {
                let trouble = Trouble {
                    partial,
                    error: &error,
                };
                visitor.issue(trouble.issue("blob", id, &path));
            })
            .ok()
    };
    let Some(new) = read(change.new, visitor) else {
        return;
    };
    visitor.count(Counted::Blob, new.len() as u64);
    if let Some(skip) = left_out(new.data(), archives, visitor) {
        return visitor.skip(skip);
    }
    let mut lines: Ranges = vec![added::ALL];
    // Of what is no text no lines can be compared: all of it is new.
    let text = !is_binary(new.data()) && !can_open(new.data());
    for &old in olds.iter().filter(|_| text) {
        let old = old.and_then(|id| read(id, visitor));
        let added = added::lines(old.as_ref().map(git2::OdbObject::data), new.data());
        lines = added::both(&lines, &added);
        if lines.is_empty() {
            return;
        }
    }
    let item = Item {
        path: &path,
        logical: &path,
        bytes: new.data(),
        origin,
        scope: Scope::Lines(&lines),
        first_line: 1,
        version: None,
    };
    open_or_show(&item, archives, visitor, &mut |visitor, item| {
        visitor.visit(item);
    });
}

/// The index, as well as it can be read.
enum Staging {
    Cached(Box<Cached>),
    Plain(Index),
}

impl Staging {
    fn open(place: &Place, repo: &Repo) -> Result<Self, SourceError> {
        if let Some(cached) = Cached::open(repo.index_file(), repo.format) {
            return Ok(Self::Cached(Box::new(cached)));
        }
        repo.index()
            .map(Self::Plain)
            .map_err(|error| index_error(place, &error))
    }

    fn is_empty(&self) -> bool {
        !self.any(&|_| true)
    }

    fn any(&self, test: &dyn Fn(&[u8]) -> bool) -> bool {
        match self {
            Self::Cached(cached) => cached.any(test),
            Self::Plain(index) => index.iter().any(|entry| test(&entry.path)),
        }
    }

    fn conflicts(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Cached(cached) => cached.conflicts(),
            Self::Plain(index) => conflicts(index),
        }
    }
}

/// The tree of the commit that is checked out; `None` before the first.
fn head_tree(place: &Place, repo: &Repo) -> Result<Option<Oid>, SourceError> {
    let fail = |error: git2::Error| place.error("read HEAD", &error);
    match repo.head() {
        Head::Unborn => Ok(None),
        Head::Broken => Err(SourceError::new(
            place.name(),
            "HEAD names no commit, so that nothing can be compared with it; `git fsck` tells more",
        )),
        Head::At(id) => {
            let odb = repo.git.odb().map_err(fail)?;
            let commit = trouble::read(&odb, id, ObjectType::Commit).map_err(fail)?;
            let tree = object::commit(commit.data()).map(|commit| commit.tree);
            tree.map(Some)
                .ok_or_else(|| fail(git2::Error::from_str("HEAD is malformed")))
        }
    }
}

/// The changes from HEAD to the index, by libgit2.
fn compare(place: &Place, repo: &Repo, index: &Index) -> Result<Changes, SourceError> {
    let fail = |error: git2::Error| place.error("compare the index with HEAD", &error);
    let tree = head_tree(place, repo)?
        .map(|tree| repo.git.find_tree(tree).map_err(fail))
        .transpose()?;
    let mut options = DiffOptions::new();
    options.context_lines(0).skip_binary_check(true);
    let diff = repo
        .git
        .diff_tree_to_index(tree.as_ref(), Some(index), Some(&mut options))
        .map_err(fail)?;
    let mut changes = Changes::default();
    for delta in diff.deltas() {
        let (old, new) = (delta.old_file(), delta.new_file());
        let kind = EntryKind::of(u32::from(new.mode()));
        match delta.status() {
            Delta::Deleted => {
                if EntryKind::of(u32::from(old.mode())) == EntryKind::File {
                    let path = old.path_bytes().unwrap_or_default().to_vec();
                    changes.gone.push((path, old.id()));
                }
            }
            // Told apart from the index itself, with its stages.
            Delta::Conflicted | Delta::Unmodified => {}
            _ => {
                let was = EntryKind::of(u32::from(old.mode()));
                let known = delta.status() != Delta::Added && was == kind && !old.id().is_zero();
                // A new mode alone is no new content.
                if known && old.id() == new.id() {
                    continue;
                }
                changes.changed.push(Change {
                    path: new.path_bytes().unwrap_or_default().to_vec(),
                    kind,
                    new: new.id(),
                    old: known.then(|| old.id()),
                });
            }
        }
    }
    Ok(changes)
}

/// Paths with more than one stage, each once.
fn conflicts(index: &Index) -> Vec<Vec<u8>> {
    if !index.has_conflicts() {
        return Vec::new();
    }
    let staged = |flags: u16| flags >> 12 & 3 != 0;
    let mut paths: Vec<_> = (index.iter())
        .filter(|entry| staged(entry.flags))
        .map(|entry| entry.path)
        .collect();
    paths.dedup();
    paths
}

fn index_error(place: &Place, error: &git2::Error) -> SourceError {
    let text = error.message().trim_end_matches(['.', '\n']);
    let remedy = if text.contains("extension") || text.contains("version") {
        "this version of leakey cannot read a sparse or split index; `git update-index --no-split-index` or `git sparse-checkout reapply --no-sparse-index` writes a plain one"
    } else {
        "`git fsck` tells more; `rm .git/index && git reset` writes it anew"
    };
    SourceError::new(
        place.name(),
        format!("cannot read the index: {text}; {remedy}"),
    )
}
