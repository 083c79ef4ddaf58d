//! What changed between two trees, and which of the new files are old ones under a new name.
//!
//! A renamed file is compared with the file it was: else every line of it would count as added.

use std::collections::{BTreeMap, HashMap};

use git2::{ObjectType, Odb, Oid};

use super::added::Sketch;
use super::object::{Entries, Entry, EntryKind};
use super::trouble::{self, Trouble};
use crate::finding::Issue;

/// More pairs of new and gone files than this are compared by content only when they are equal or share a name.
const MOST_PAIRS: usize = 10_000;

/// A file that is new or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) new: Oid,
    /// What it is compared with: the blob under the same path before, or the one it was renamed from.
    pub(super) old: Option<Oid>,
}

/// All changes between two trees.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// New and changed files, by path.
    pub(super) changed: Vec<Change>,
    /// Files that are gone, by path.
    pub(super) gone: Vec<(Vec<u8>, Oid)>,
    /// Trees that could not be read.
    pub(super) issues: Vec<Issue>,
}

impl Changes {
    /// Compares two trees; `None` is the empty one.
    pub(super) fn between(
        odb: &Odb<'_>,
        partial: bool,
        old: Option<Oid>,
        new: Option<Oid>,
    ) -> Self {
        let mut changes = Self::default();
        let mut pairs = vec![(Vec::new(), old, new)];
        while let Some((path, old, new)) = pairs.pop() {
            changes.folder(odb, partial, &path, old, new, &mut pairs);
        }
        changes.changed.sort_by(|a, b| a.path.cmp(&b.path));
        changes.gone.sort();
        changes
    }

    fn folder(
        &mut self,
        odb: &Odb<'_>,
        partial: bool,
        path: &[u8],
        old: Option<Oid>,
        new: Option<Oid>,
        pairs: &mut Vec<(Vec<u8>, Option<Oid>, Option<Oid>)>,
    ) {
        if old == new {
            return;
        }
        let mut read = |id: Option<Oid>| {
            let id = id?;
            trouble::read(odb, id, ObjectType::Tree)
                .map_err(|error| {
                    let place = String::from_utf8_lossy(path);
                    let trouble = Trouble {
                        partial,
                        error: &error,
                    };
                    self.issues.push(trouble.issue("tree", id, &place));
                })
                .ok()
        };
        let (before, after) = (read(old), read(new));
        if new.is_some() && after.is_none() {
            return;
        }
        let mut was: HashMap<&[u8], Entry<'_>> = HashMap::new();
        if let Some(tree) = &before {
            was.extend(Entries::of(tree).map(|entry| (entry.name, entry)));
        }
        let below = |name: &[u8]| {
            let mut full = path.to_vec();
            if !full.is_empty() {
                full.push(b'/');
            }
            full.extend_from_slice(name);
            full
        };
        if let Some(tree) = &after {
            let mut entries = Entries::of(tree);
            for entry in entries.by_ref() {
                let before = was.remove(entry.name);
                if before == Some(entry) {
                    continue;
                }
                let folder = |entry: &Entry<'_>| entry.kind == EntryKind::Tree;
                let old_folder = before.filter(folder).map(|entry| entry.oid());
                let old_file = before.filter(|entry| !folder(entry));
                if folder(&entry) {
                    pairs.push((below(entry.name), old_folder, Some(entry.oid())));
                    if let Some(file) = old_file {
                        self.gone.push((below(entry.name), file.oid()));
                    }
                    continue;
                }
                if old_folder.is_some() {
                    pairs.push((below(entry.name), old_folder, None));
                }
                let same_kind = old_file.filter(|old| old.kind == entry.kind);
                if same_kind.is_none_or(|old| old.id != entry.id) {
                    self.changed.push(Change {
                        path: below(entry.name),
                        kind: entry.kind,
                        new: entry.oid(),
                        old: same_kind.map(|old| old.oid()),
                    });
                }
            }
            if entries.broken() {
                self.issues
                    .extend(new.map(|id| trouble::malformed("tree", id)));
            }
        }
        let mut rest: Vec<_> = was.into_values().collect();
        rest.sort_by_key(|entry| entry.name);
        for entry in rest {
            match entry.kind {
                EntryKind::Tree => pairs.push((below(entry.name), Some(entry.oid()), None)),
                EntryKind::File => self.gone.push((below(entry.name), entry.oid())),
                EntryKind::Link | EntryKind::Submodule => {}
            }
        }
    }

    /// Gives new files the gone file they most resemble as their old side: the same content first, then at least
    /// half the lines. Each gone file serves any number of new ones, since a file may be split in two.
    pub(super) fn pair_renames(&mut self, odb: &Odb<'_>) {
        let new: Vec<usize> = (0..self.changed.len())
            .filter(|&at| {
                let change = &self.changed[at];
                change.old.is_none() && change.kind == EntryKind::File
            })
            .collect();
        if new.is_empty() || self.gone.is_empty() {
            return;
        }
        let gone: BTreeMap<Oid, &[u8]> = self
            .gone
            .iter()
            .map(|(path, id)| (*id, file_name(path)))
            .collect();
        let few = new.len() * gone.len() <= MOST_PAIRS;
        let mut sketches: HashMap<Oid, Option<Sketch>> = HashMap::new();
        for at in new {
            let change = &self.changed[at];
            if gone.contains_key(&change.new) {
                self.changed[at].old = Some(change.new);
                continue;
            }
            let name = file_name(&change.path);
            let rivals: Vec<Oid> = gone
                .iter()
                .filter(|&(_, other)| few || *other == name)
                .map(|(&id, _)| id)
                .collect();
            // Without a limit, a thousand `__init__.py` would each be compared with a thousand others.
            if rivals.is_empty() || rivals.len() > MOST_PAIRS / 10 && !few {
                continue;
            }
            let id = change.new;
            for wanted in rivals.iter().copied().chain([id]) {
                sketches.entry(wanted).or_insert_with(|| {
                    let object = trouble::read(odb, wanted, ObjectType::Blob).ok()?;
                    Sketch::new(object.data())
                });
            }
            let Some(Some(mine)) = sketches.get(&id) else {
                continue;
            };
            let best = rivals
                .iter()
                .filter_map(|rival| {
                    let sketch = sketches.get(rival)?.as_ref()?;
                    Some((mine.resembles(sketch)?, *rival))
                })
                .max();
            sketches.remove(&id);
            self.changed[at].old = best.map(|(_, id)| id);
        }
    }
}

fn file_name(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..])
}
