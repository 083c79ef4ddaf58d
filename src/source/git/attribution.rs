//! Which blob stood under which path, and which commit brought it there.
//!
//! Put together from what walks of trees tell (`trees`): they may be made at the same time and in any order, the outcome is the same.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::differences::{Differences, NEVER, Standing};
use super::firsts::{First, NO_RANK, firsts};
use super::inventory::{Inventory, PairSet, halves, pair};
use super::object::{Entries, EntryKind};
use super::paths::{Paths, TOP};
use super::trees::Walked;
use crate::finding::Issue;

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

/// Where a blob can be met.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) reachable: bool,
    pub(super) in_head: bool,
    /// Staged, and in no commit.
    pub(super) index: bool,
}

/// A tree from which walks set out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Root {
    /// Its visit, or [`NEVER`].
    visit: u32,
    /// Number of the commit whose tree it is, or [`NOBODY`].
    pub(super) commit: u32,
    pub(super) reachable: bool,
}

impl Root {
    /// A root that was not visited yet.
    pub(super) fn new(commit: u32, reachable: bool) -> Self {
        Self {
            visit: NEVER,
            commit,
            reachable,
        }
    }
}

/// What all trees say.
#[derive(Debug, Default)]
pub(super) struct Attribution {
    /// All files, sorted by blob and path once all is settled.
    pub(super) files: Vec<File>,
    pub(super) paths: Paths,
    /// Number of symbolic links: pairs of target and path.
    pub(super) links: u64,
    /// Number of paths under which a submodule stood.
    pub(super) submodules: u64,
    pub(super) issues: Vec<Issue>,
    /// The roots; of two that hold a file the one that comes first here brought it.
    pub(super) roots: Vec<Root>,
    /// How trees differ, for what is asked after the scan.
    pub(super) differences: Differences,
    /// Staged files: blobs and paths.
    staged: Vec<(u32, u32)>,
    link_set: PairSet,
    submodule_set: BTreeSet<u32>,
    full: bool,
}

impl Attribution {
    /// The files in a range of them.
    pub(super) fn some(&self, range: &Range<u32>) -> &[File] {
        let range = range.start as usize..range.end as usize;
        self.files.get(range).unwrap_or_default()
    }

    /// Takes over what a walk tells that set out from `roots`.
    pub(super) fn absorb(&mut self, walked: Walked, roots: &[u32], inventory: &mut Inventory) {
        let listed = walked.known.len();
        inventory.know_all(&walked.known);
        let strangers: Vec<u32> = (walked.strangers.iter())
            .map(|&id| inventory.number(id))
            .collect();
        for &number in &strangers {
            inventory.know(number);
        }
        let blob = |number: u32| {
            let stranger = (number as usize).checked_sub(listed);
            let stranger = stranger.and_then(|at| strangers.get(at));
            stranger.copied().unwrap_or(number)
        };
        let before = self.differences.visits(TOP);
        let here = self.paths.adopt(&walked.paths);
        let standing = |standing: Standing| match (standing.object(), standing.file()) {
            (Some(number), file) => {
                Standing::blob(blob(number), file.is_none()).unwrap_or(Standing::NOTHING)
            }
            _ => standing,
        };
        let paths = &self.paths;
        (self.differences).append(walked.differences, paths, &here, &standing);
        for (&root, visit) in roots.iter().zip(walked.roots) {
            if let Some(root) = self.roots.get_mut(root as usize) {
                root.visit = visit.saturating_add(before);
            }
        }
        let here = |path: u32| here.get(path as usize).copied().flatten();
        let links = walked.links.into_iter().map(halves);
        (self.link_set)
            .extend(links.filter_map(|(target, path)| Some(pair(blob(target), here(path)?))));
        let submodules = walked.submodules.into_iter();
        self.submodule_set.extend(submodules.filter_map(here));
        self.issues.extend(walked.issues);
        if let Some(full) = walked.full.filter(|_| !self.full) {
            self.full = true;
            self.issues.push(full);
        }
    }

    /// Notes what is staged.
    pub(super) fn stage(&mut self, kind: EntryKind, blob: u32, path: u32) {
        match kind {
            EntryKind::Tree => {}
            EntryKind::File => self.staged.push((blob, path)),
            EntryKind::Link => drop(self.link_set.insert(pair(blob, path))),
            EntryKind::Submodule => drop(self.submodule_set.insert(path)),
        }
    }

    /// Finds out which root brought each file, sorts the files by blob and path and gives back the memory that only recording needs.
    pub(super) fn settle(&mut self) {
        let (mut links, mut submodules) = (
            std::mem::take(&mut self.link_set),
            std::mem::take(&mut self.submodule_set),
        );
        if let Some(same) = self.paths.same() {
            let same = |path: u32| same.get(path as usize).copied().unwrap_or(path);
            let both = links.into_iter().map(halves);
            links = (both.map(|(target, path)| pair(target, same(path)))).collect();
            submodules = submodules.into_iter().map(same).collect();
        }
        (self.links, self.submodules) = (links.len() as u64, submodules.len() as u64);
        let visits = self.roots.iter().map(|root| root.visit);
        let mut found = firsts(&self.differences, &self.paths, visits);
        let staged = std::mem::take(&mut self.staged).into_iter();
        found.extend(staged.map(|(blob, path)| First {
            blob,
            path,
            rank: NO_RANK,
        }));
        let paths = &self.paths;
        let name = |first: &First| paths.name(first.path);
        found.sort_unstable_by(|a, b| {
            (a.blob.cmp(&b.blob)).then_with(|| (name(a), a.rank).cmp(&(name(b), b.rank)))
        });
        found.dedup_by(|a, b| a.blob == b.blob && (a.path == b.path || name(a) == name(b)));
        let files = found.into_iter().map(|first| {
            let root = self.roots.get(first.rank as usize);
            File {
                blob: first.blob,
                path: first.path,
                commit: root.map_or(NOBODY, |root| root.commit),
                place: Place {
                    reachable: root.is_some_and(|root| root.reachable),
                    in_head: false,
                    index: root.is_none(),
                },
            }
        });
        self.files = files.collect();
    }

    /// Marks the files below `root`, a tree that was walked, as what is checked out. `read` gives a tree by its number.
    pub(super) fn mark_head(
        &mut self,
        root: u32,
        inventory: &Inventory,
        mut read: impl FnMut(u32) -> Option<Rc<Vec<u8>>>,
    ) {
        let mut stack = vec![(root, TOP)];
        let mut seen = HashSet::new();
        while let Some((tree, folder)) = stack.pop() {
            // What cannot be read was an issue when it was walked.
            let Some(tree) = Some(tree)
                .filter(|_| seen.insert((tree, folder)))
                .and_then(&mut read)
            else {
                continue;
            };
            for entry in Entries::new(&tree, inventory.width()) {
                let path = self.paths.find(folder, entry.name);
                let Some((path, number)) = path.zip(inventory.lookup(entry.id)) else {
                    continue;
                };
                match entry.kind {
                    EntryKind::Tree => stack.push((number, path)),
                    EntryKind::File => self.mark(number, path),
                    EntryKind::Link | EntryKind::Submodule => {}
                }
            }
        }
    }

    fn mark(&mut self, blob: u32, path: u32) {
        let from = self.files.partition_point(|file| file.blob < blob);
        let same = self.files.iter_mut().skip(from);
        let mut same = same.take_while(|file| file.blob == blob);
        let paths = &self.paths;
        let is = |file: &File| file.path == path || paths.name(file.path) == paths.name(path);
        if let Some(file) = same.find(|file| is(file)) {
            file.place.in_head = true;
        }
    }

    /// For each of `commits` the visit of its tree.
    pub(super) fn visits_of(&self, commits: usize) -> Vec<u32> {
        let mut visits = vec![NEVER; commits];
        for root in &self.roots {
            if let Some(visit) = visits.get_mut(root.commit as usize) {
                *visit = root.visit;
            }
        }
        visits
    }

    /// The commits that refs lead to, in the order of history.
    pub(super) fn commits(&self) -> impl Iterator<Item = usize> {
        let reachable = self.roots.iter().filter(|root| root.reachable);
        let commits = reachable.filter(|root| root.commit != NOBODY);
        commits.map(|root| root.commit as usize)
    }

    /// The visits of trees that refs lead to by themselves.
    pub(super) fn bare_trees(&self) -> impl Iterator<Item = u32> {
        let bare = |root: &&Root| root.commit == NOBODY && root.reachable;
        self.roots.iter().filter(bare).map(|root| root.visit)
    }
}
