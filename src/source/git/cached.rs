//! The index against a tree, by way of the index's cache tree.
//!
//! The index remembers the tree object each of its folders had when it was last written whole (the TREE extension,
//! gitformat-index(5)). Where that is the tree HEAD has, nothing under the folder is staged and nothing of it need be read:
//! comparing then costs what changed, not what there is. libgit2 does not show the extension; gix-index does.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use git2::{ObjectFormat, ObjectType, Odb, Oid};
use gix_index::entry::{Flags, Mode, Stage};
use gix_index::extension::Tree;

use super::changes::{Change, Changes};
use super::object::{Entries, Entry, EntryKind};
use super::trouble::{self, Trouble};

/// An index with its cache tree.
pub(super) struct Cached(gix_index::File);

impl Cached {
    /// Reads the index at `file`. `None` when there is none, or when it is of a kind that is left to libgit2 and its
    /// refusals: split, sparse, damaged.
    pub(super) fn open(file: &Path, format: ObjectFormat) -> Option<Self> {
        let options = gix_index::decode::Options {
            thread_limit: Some(1),
            ..Default::default()
        };
        // Like git itself, do not hash the whole file on every read.
        let hash = match format {
            ObjectFormat::Sha1 => gix_index::hash::Kind::Sha1,
            ObjectFormat::Sha256 => gix_index::hash::Kind::Sha256,
        };
        let index = gix_index::File::at(file, hash, true, options).ok()?;
        (!index.is_sparse() && index.link().is_none()).then_some(Self(index))
    }

    fn path(&self, at: usize) -> &[u8] {
        self.0.entries()[at].path(&self.0)
    }

    /// Whether `test` holds for the path of any entry.
    pub(super) fn any(&self, test: impl Fn(&[u8]) -> bool) -> bool {
        (0..self.0.entries().len()).any(|at| test(self.path(at)))
    }

    /// Paths with more than one stage, each once.
    pub(super) fn conflicts(&self) -> Vec<Vec<u8>> {
        let staged = |&at: &usize| self.0.entries()[at].stage() != Stage::Unconflicted;
        let mut paths: Vec<_> = (0..self.0.entries().len())
            .filter(staged)
            .map(|at| self.path(at).to_vec())
            .collect();
        paths.dedup();
        paths
    }

    /// The changes from `tree` (`None`: the empty one) to the index.
    pub(super) fn changes_from(&self, odb: &Odb<'_>, partial: bool, tree: Option<Oid>) -> Changes {
        let mut walk = Walk {
            cached: self,
            odb,
            partial,
            folders: Vec::new(),
            changes: Changes::default(),
        };
        let all = 0..self.0.entries().len();
        walk.folders.push(Folder {
            prefix: Vec::new(),
            tree,
            cache: self.0.tree(),
            entries: all,
        });
        while let Some(folder) = walk.folders.pop() {
            walk.folder(&folder);
        }
        let mut changes = walk.changes;
        changes.changed.sort_by(|a, b| a.path.cmp(&b.path));
        changes.gone.sort();
        changes
    }
}

/// A folder to compare.
struct Folder<'c> {
    /// Its path with a `/` at the end; empty for the root.
    prefix: Vec<u8>,
    /// Its tree in HEAD.
    tree: Option<Oid>,
    /// What the index remembers of it.
    cache: Option<&'c Tree>,
    /// Its entries.
    entries: Range<usize>,
}

struct Walk<'c, 'o> {
    cached: &'c Cached,
    odb: &'o Odb<'o>,
    partial: bool,
    folders: Vec<Folder<'c>>,
    changes: Changes,
}

impl<'c> Walk<'c, '_> {
    fn folder(&mut self, folder: &Folder<'c>) {
        if let (Some(tree), Some(cache)) = (folder.tree, folder.cache)
            && cache.num_entries.is_some()
            && cache.id.as_slice() == tree.as_bytes()
        {
            return;
        }
        let object = folder.tree.and_then(|id| {
            trouble::read(self.odb, id, ObjectType::Tree)
                .map_err(|error| {
                    let trouble = Trouble {
                        partial: self.partial,
                        error: &error,
                    };
                    let place = String::from_utf8_lossy(&folder.prefix);
                    self.changes.issues.push(trouble.issue("tree", id, &place));
                })
                .ok()
        });
        let mut was: HashMap<&[u8], Entry<'_>> = HashMap::new();
        if let Some(tree) = &object {
            was.extend(Entries::of(tree).map(|entry| (entry.name, entry)));
        }
        let mut at = folder.entries.start;
        while at < folder.entries.end {
            let path = self.cached.path(at);
            let Some(rest) = path.get(folder.prefix.len()..) else {
                break;
            };
            if let Some(slash) = memchr::memchr(b'/', rest) {
                let (name, prefix) = (&rest[..slash], &path[..=folder.prefix.len() + slash]);
                let end = self.end_of(prefix, at, folder.entries.end);
                let before = was.remove(name);
                let old = before
                    .filter(|entry| entry.kind == EntryKind::Tree)
                    .map(|entry| entry.oid());
                if let Some(file) = before.filter(|entry| entry.kind == EntryKind::File) {
                    self.changes
                        .gone
                        .push(([&folder.prefix[..], name].concat(), file.oid()));
                }
                let child = |cache: &'c Tree| {
                    cache
                        .children
                        .iter()
                        .find(|child| child.name.as_slice() == name)
                };
                self.folders.push(Folder {
                    prefix: prefix.to_vec(),
                    tree: old,
                    cache: folder.cache.and_then(child),
                    entries: at..end,
                });
                at = end;
            } else {
                self.file(at, was.remove(rest));
                at += 1;
            }
        }
        let mut rest: Vec<_> = was.into_values().collect();
        rest.sort_by_key(|entry| entry.name);
        for entry in rest {
            let path = [&folder.prefix[..], entry.name].concat();
            match entry.kind {
                EntryKind::Tree => {
                    let prefix = [&path[..], b"/"].concat();
                    self.folders.push(Folder {
                        prefix,
                        tree: Some(entry.oid()),
                        cache: None,
                        entries: 0..0,
                    });
                }
                EntryKind::File => self.changes.gone.push((path, entry.oid())),
                EntryKind::Link | EntryKind::Submodule => {}
            }
        }
    }

    /// Where the entries under `prefix` end, of those from `from` to `to`.
    fn end_of(&self, prefix: &[u8], from: usize, to: usize) -> usize {
        let entries = &self.cached.0.entries()[from..to];
        from + entries.partition_point(|entry| entry.path(&self.cached.0).starts_with(prefix))
    }

    fn file(&mut self, at: usize, before: Option<Entry<'_>>) {
        let entry = &self.cached.0.entries()[at];
        if before.is_some_and(|before| before.kind == EntryKind::Tree) {
            let prefix = [self.cached.path(at), b"/"].concat();
            let tree = before.map(|before| before.oid());
            self.folders.push(Folder {
                prefix,
                tree,
                cache: None,
                entries: 0..0,
            });
        }
        // A conflict is told by the caller; what is only intended to be added is no part of the commit.
        if entry.stage() != Stage::Unconflicted || entry.flags.contains(Flags::INTENT_TO_ADD) {
            return;
        }
        let Ok(new) = Oid::from_bytes(entry.id.as_slice()) else {
            return;
        };
        let kind = match entry.mode {
            Mode::SYMLINK => EntryKind::Link,
            Mode::COMMIT => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let old = before
            .filter(|before| before.kind == kind)
            .map(|before| before.oid());
        // A new mode alone is no new content.
        if old != Some(new) {
            self.changes.changed.push(Change {
                path: self.cached.path(at).to_vec(),
                kind,
                new,
                old,
            });
        }
    }
}
