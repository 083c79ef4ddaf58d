//! Which blob stood under which path, and which commit brought it there.
//!
//! Commits are walked parents first; the first whose tree holds a blob under a path is the one that introduced it.
//! Every tree is decoded once for each path it stands under, and then only the entries that differ from the tree seen
//! last under that path are looked at: a commit costs what it changed.

use std::collections::HashMap;
use std::rc::Rc;

use git2::{ObjectType, Odb, Oid};
use hashbrown::hash_table::{Entry, HashTable};

use super::differing::{Difference, Differing, Tree};
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::inventory::{Inventory, NumberMap, PairSet, mixed, pair};
use super::object::EntryKind;
use super::past::Differences;
use super::trouble::{self, Trouble};
use crate::finding::Issue;

/// Paths beyond this number are the work of someone who wants to fill memory.
const MOST_PATHS: usize = 8_000_000;
/// No file system takes a longer path.
const LONGEST_PATH: usize = 16_384;

/// No commit.
pub(super) const NOBODY: u32 = u32::MAX;

/// A blob under a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    pub(super) blob: u32,
    pub(super) path: u32,
    /// Number of the commit that brought it in, or [`NOBODY`].
    pub(super) commit: u32,
    pub(super) place: Place,
}

impl File {
    fn hash(&self) -> u64 {
        mixed(pair(self.blob, self.path))
    }
}

/// Where a blob can be met.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) reachable: bool,
    pub(super) in_head: bool,
    /// Staged, and in no commit.
    pub(super) index: bool,
}

/// The paths, by number.
#[derive(Debug, Default)]
pub(super) struct Paths {
    names: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Paths {
    /// The number of a path; `None` when there are too many.
    pub(super) fn number(&mut self, path: &[u8]) -> Option<u32> {
        if let Some(&number) = self.numbers.get(path) {
            return Some(number);
        }
        if self.names.len() >= MOST_PATHS || path.len() > LONGEST_PATH {
            return None;
        }
        let number = u32::try_from(self.names.len()).ok()?;
        self.names.push(path.into());
        self.numbers.insert(path.into(), number);
        Some(number)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The path with that number.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        self.names.get(number as usize).map_or(b"", |name| name)
    }
}

/// What all trees say.
#[derive(Debug, Default)]
pub(super) struct Attribution {
    pub(super) files: Vec<File>,
    pub(super) paths: Paths,
    /// Number of symbolic links: pairs of target and path.
    pub(super) links: u64,
    /// Number of paths under which a submodule stood.
    pub(super) submodules: u64,
    pub(super) issues: Vec<Issue>,
    /// Files by blob and path.
    numbers: HashTable<u32>,
    others: PairSet,
    full: bool,
    /// How trees differ, for what is asked after the scan.
    pub(super) differences: Differences,
}

/// The trees one walk has seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    trees: Differences,
    last: NumberMap<Tree>,
}

/// What a walk reads from.
pub(super) struct Store<'a, 'o> {
    pub(super) odb: &'a Odb<'o>,
    pub(super) objects: &'a mut Objects<'o>,
    pub(super) partial: bool,
    pub(super) inventory: &'a mut Inventory,
}

impl Seen {
    /// What keeps how trees differ.
    pub(super) fn keeping() -> Self {
        Self {
            trees: Differences::keeping(),
            last: NumberMap::default(),
        }
    }

    /// How the trees differ that were walked.
    pub(super) fn differences(self) -> Differences {
        self.trees
    }
}

impl Store<'_, '_> {
    /// The tree with that id and number.
    fn tree(&mut self, id: Oid, number: u32) -> Result<Rc<Vec<u8>>, git2::Error> {
        match self.objects.get(number, Kind::Tree) {
            Some(tree) => Ok(tree),
            None => Ok(Rc::new(
                trouble::read(self.odb, id, ObjectType::Tree)?
                    .data()
                    .to_vec(),
            )),
        }
    }
}

impl Attribution {
    /// Notes the files of `root`, a tree that `commit` brought.
    pub(super) fn record(
        &mut self,
        store: &mut Store<'_, '_>,
        seen: &mut Seen,
        root: Oid,
        commit: u32,
        place: Place,
    ) {
        self.walk(store, seen, root, &mut |this, kind, blob, path| {
            this.add(kind, blob, path, commit, place);
        });
    }

    /// Notes one file.
    pub(super) fn add(&mut self, kind: EntryKind, blob: u32, path: u32, commit: u32, place: Place) {
        match kind {
            EntryKind::Tree => {}
            EntryKind::File => {
                let files = &mut self.files;
                let hash = |number: &u32| files.get(*number as usize).map_or(0, File::hash);
                let same = |number: &u32| {
                    let known = files.get(*number as usize);
                    known.is_some_and(|known| known.blob == blob && known.path == path)
                };
                let file = File {
                    blob,
                    path,
                    commit,
                    place,
                };
                if let Entry::Vacant(free) = self.numbers.entry(file.hash(), same, hash) {
                    free.insert(u32::try_from(files.len()).unwrap_or(u32::MAX));
                    files.push(file);
                }
            }
            EntryKind::Link => {
                // Kept apart from submodules, whose ids are no blobs of this repository.
                if self.others.insert(pair(blob, path)) {
                    self.links += 1;
                }
            }
            EntryKind::Submodule => {
                if self.others.insert(pair(u32::MAX, path)) {
                    self.submodules += 1;
                }
            }
        }
    }

    /// The file of that blob under that path.
    fn file(&mut self, blob: u32, path: u32) -> Option<&mut File> {
        let same = |number: &u32| {
            let known = self.files.get(*number as usize);
            known.is_some_and(|known| known.blob == blob && known.path == path)
        };
        let number = *self.numbers.find(mixed(pair(blob, path)), same)?;
        self.files.get_mut(number as usize)
    }

    /// Sorts the files by blob and path and gives back the memory that only recording needs.
    pub(super) fn settle(&mut self) {
        self.numbers = HashTable::new();
        self.others = PairSet::default();
        self.paths.numbers = HashMap::new();
        let paths = &self.paths;
        (self.files).sort_unstable_by(|a, b| {
            (a.blob.cmp(&b.blob)).then_with(|| paths.name(a.path).cmp(paths.name(b.path)))
        });
    }

    /// Marks the files of `root`, which were recorded before.
    pub(super) fn mark(&mut self, store: &mut Store<'_, '_>, root: Oid, set: impl Fn(&mut Place)) {
        // What cannot be read was an issue when it was recorded.
        let before = self.issues.len();
        let mut seen = Seen::default();
        self.walk(store, &mut seen, root, &mut |this, kind, blob, path| {
            if kind == EntryKind::File
                && let Some(file) = this.file(blob, path)
            {
                set(&mut file.place);
            }
        });
        self.issues.truncate(before);
    }

    fn walk(
        &mut self,
        store: &mut Store<'_, '_>,
        seen: &mut Seen,
        root: Oid,
        note: &mut dyn FnMut(&mut Self, EntryKind, u32, u32),
    ) {
        let Some(top) = self.paths.number(b"") else {
            return;
        };
        let number = store.inventory.number(root);
        if !seen.trees.meet(number, top) {
            return;
        }
        let mut stack = vec![(root, number, top)];
        let mut full = Vec::new();
        while let Some((id, number, folder)) = stack.pop() {
            store.inventory.know(number);
            let object = match store.tree(id, number) {
                Ok(object) => object,
                Err(error) => {
                    let path = String::from_utf8_lossy(self.paths.name(folder));
                    let trouble = Trouble {
                        partial: store.partial,
                        error: &error,
                    };
                    self.issues.push(trouble.issue("tree", id, &path));
                    continue;
                }
            };
            full.clear();
            full.extend_from_slice(self.paths.name(folder));
            if !full.is_empty() {
                full.push(b'/');
            }
            let stem = full.len();
            let last = seen.last.remove(&folder).unwrap_or_else(Tree::nothing);
            let visit = seen.trees.visit(number, folder);
            let mut differing = Differing::new(&last, &object, id);
            for difference in differing.by_ref() {
                let entry = match difference {
                    Difference::There(entry) => entry,
                    Difference::Gone(name) => {
                        self.gone(&mut seen.trees, visit, &mut full, stem, name);
                        continue;
                    }
                };
                full.truncate(stem);
                full.extend_from_slice(entry.name);
                let Some(path) = self.paths.number(&full) else {
                    self.too_many(&full);
                    continue;
                };
                if entry.kind == EntryKind::Submodule {
                    seen.trees.change(visit, path, None);
                    note(self, entry.kind, 0, path);
                    continue;
                }
                let number = store.inventory.number(entry.id);
                seen.trees.change(visit, path, Some(number));
                if entry.kind == EntryKind::Tree {
                    if seen.trees.meet(number, path) {
                        stack.push((entry.id, number, path));
                    }
                } else {
                    store.inventory.know(number);
                    note(self, entry.kind, number, path);
                }
            }
            if differing.broken() {
                self.issues.push(trouble::malformed("tree", id));
            }
            let places = differing.into_places();
            let tree = Tree::from((object, places));
            seen.last.insert(folder, tree);
        }
    }

    /// Notes that nothing stands any more under a name of a folder, whose path takes up the first `stem` bytes of `full`.
    fn gone(
        &mut self,
        trees: &mut Differences,
        visit: u32,
        full: &mut Vec<u8>,
        stem: usize,
        name: &[u8],
    ) {
        if !trees.keeps() {
            return;
        }
        full.truncate(stem);
        full.extend_from_slice(name);
        if let Some(path) = self.paths.number(full) {
            trees.change(visit, path, None);
        }
    }

    fn too_many(&mut self, path: &[u8]) {
        if !self.full {
            self.full = true;
            let start = &path[..path.len().min(80)];
            self.issues.push(Issue::new(
                String::from_utf8_lossy(start),
                "the history holds more or longer paths than leakey follows; what lies under further ones was not looked at by path",
            ));
        }
    }
}
