//! What stood where in each commit, asked after a scan: which commit took a value out.
//!
//! While trees are walked for attribution, each difference from the tree seen last in the same folder is written down,
//! with the number of the visit. A tree under a path is visited once; what it holds under a name is what was written
//! down last for that path up to its visit. So any file of any commit can be told without reading a tree again, at
//! eight bytes for each difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::inventory::{PairMap, pair};
use super::survey::Found;
use crate::source::{Past, Removal};

/// Nothing, or not visited.
const NONE: u32 = u32::MAX;

/// Differences between trees, as they were met.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// The visit of each pair of tree and path.
    visits: PairMap<u32>,
    /// For each path the visits at which its object changed, and the number of the new object or [`NONE`].
    changes: Vec<Vec<(u32, u32)>>,
    next: u32,
    keeps: bool,
}

impl Differences {
    /// None yet, to be kept; the default only tells which trees were met.
    pub(super) fn keeping() -> Self {
        Self {
            keeps: true,
            ..Self::default()
        }
    }

    /// Whether they are kept.
    pub(super) fn keeps(&self) -> bool {
        self.keeps
    }

    /// Notes that a tree stands under a path; says whether that is news.
    pub(super) fn meet(&mut self, tree: u32, path: u32) -> bool {
        let mut new = false;
        self.visits.entry(pair(tree, path)).or_insert_with(|| {
            new = true;
            NONE
        });
        new
    }

    /// Begins the visit of a tree that was met, and gives its number.
    pub(super) fn visit(&mut self, tree: u32, path: u32) -> u32 {
        let visit = self.next;
        // More visits than numbers do not fit into memory either.
        self.next = self.next.saturating_add(1);
        self.visits.insert(pair(tree, path), visit);
        visit
    }

    /// Notes that since this visit `object` stands under `path`; `None`: nothing.
    pub(super) fn change(&mut self, visit: u32, path: u32, object: Option<u32>) {
        if !self.keeps {
            return;
        }
        let at = path as usize;
        if self.changes.len() <= at {
            self.changes.resize_with(at + 1, Vec::new);
        }
        let object = object.unwrap_or(NONE);
        match self.changes[at].last_mut() {
            // A file that became a folder of its name, or the other way round: what is there stays.
            Some(last) if last.0 == visit => {
                if last.1 == NONE {
                    last.1 = object;
                }
            }
            _ => self.changes[at].push((visit, object)),
        }
    }

    fn object(&self, path: u32, visit: u32) -> u32 {
        let changes = self.changes.get(path as usize).map_or(&[][..], |all| all);
        let at = changes.partition_point(|&(when, _)| when <= visit);
        at.checked_sub(1).map_or(NONE, |at| changes[at].1)
    }

    fn visited(&self, tree: u32, path: u32) -> u32 {
        self.visits.get(&pair(tree, path)).copied().unwrap_or(NONE)
    }

    /// What stands under the last of `steps`, the paths of folders from the top on and of the file, below an object that
    /// stands under the first of them.
    fn descend(&self, steps: &[u32], mut object: u32) -> u32 {
        for step in steps.windows(2) {
            let visit = self.visited(object, step[0]);
            if visit == NONE {
                return NONE;
            }
            object = self.object(step[1], visit);
        }
        object
    }
}

impl Past for Found {
    fn removals(&self, values: &[BTreeSet<u32>]) -> Vec<Option<Removal>> {
        if values.iter().all(BTreeSet::is_empty) {
            return vec![None; values.len()];
        }
        let mut replay = Replay::new(self);
        values.iter().map(|files| replay.removal(files)).collect()
    }
}

/// Commits that refs lead to, parents first.
struct Replay<'f> {
    found: &'f Found,
    commits: Vec<usize>,
    /// For each of them the visit of its tree.
    roots: Vec<u32>,
    /// For each commit of the graph its place in `commits`.
    places: Vec<u32>,
    numbers: HashMap<&'f [u8], u32>,
    /// For each name at the top that was asked for: the object under it in each commit.
    tops: HashMap<u32, Vec<u32>>,
}

impl<'f> Replay<'f> {
    fn new(found: &'f Found) -> Self {
        let mut commits = found.graph.oldest_first(0);
        commits.retain(|&at| at < found.reachable);
        let mut places = vec![NONE; found.graph.len()];
        for (&at, place) in commits.iter().zip(0..) {
            places[at] = place;
        }
        let paths = &found.files.paths;
        let count = u32::try_from(paths.len()).unwrap_or(NONE);
        let numbers: HashMap<_, _> = (0..count).map(|path| (paths.name(path), path)).collect();
        let top = numbers.get(&b""[..]).copied().unwrap_or(NONE);
        let root = |&at: &usize| {
            let tree = found.graph.get(at).map(|node| node.tree);
            let tree = tree.and_then(|tree| found.inventory.find(tree));
            tree.map_or(NONE, |tree| found.files.differences.visited(tree, top))
        };
        Self {
            roots: commits.iter().map(root).collect(),
            found,
            commits,
            places,
            numbers,
            tops: HashMap::new(),
        }
    }

    /// The paths of the folders on the way to a file, from the one at the top on, and its own.
    fn steps(&self, path: u32) -> Vec<u32> {
        let name = self.found.files.paths.name(path);
        let ends = memchr::memchr_iter(b'/', name).chain([name.len()]);
        ends.map(|end| self.numbers.get(&name[..end]).copied().unwrap_or(NONE))
            .collect()
    }

    /// The newest commit without any of `files` of which a parent has one.
    fn removal(&mut self, files: &BTreeSet<u32>) -> Option<Removal> {
        let found = self.found;
        let mut blobs: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for file in files
            .iter()
            .filter_map(|&file| found.files.files.get(file as usize))
        {
            blobs.entry(file.path).or_default().insert(file.blob);
        }
        let mut held = vec![false; self.commits.len()];
        for (&path, blobs) in &blobs {
            let steps = self.steps(path);
            let &top = steps.first()?;
            let differences = &found.files.differences;
            let roots = &self.roots;
            let objects = self.tops.entry(top).or_insert_with(|| {
                let object = |&visit: &u32| match visit {
                    NONE => NONE,
                    visit => differences.object(top, visit),
                };
                roots.iter().map(object).collect()
            });
            // Most commits leave most folders alone.
            let mut last = (NONE, false);
            for (held, &object) in held.iter_mut().zip(&*objects) {
                if object != last.0 {
                    let there = differences.descend(&steps, object);
                    last = (object, blobs.contains(&there));
                }
                *held |= last.1;
            }
        }
        let at = (0..held.len()).rev().find(|&at| {
            let node = found.graph.get(self.commits[at]);
            let parents = node.map_or(&[][..], |node| &node.parents);
            let mut places = parents.iter().filter_map(|&id| found.graph.number(id));
            !held[at] && places.any(|parent| self.held(&held, parent))
        })?;
        Some(Removal {
            commit: found.graph.info(self.commits[at])?,
            instead: self.standing(at, blobs.keys().copied()),
        })
    }

    fn held(&self, held: &[bool], commit: usize) -> bool {
        let place = self.places.get(commit).copied().unwrap_or(NONE);
        held.get(place as usize) == Some(&true)
    }

    /// The files under these paths in the commit at a place.
    fn standing(&self, at: usize, paths: impl Iterator<Item = u32>) -> Vec<u32> {
        let files = &self.found.files.files;
        let mut standing = Vec::new();
        for path in paths {
            let steps = self.steps(path);
            let top = steps.first().and_then(|top| self.tops.get(top));
            let object = top.and_then(|objects| objects.get(at)).copied();
            let blob = object.map_or(NONE, |object| {
                self.found.files.differences.descend(&steps, object)
            });
            let from = files.partition_point(|file| file.blob < blob);
            let same = files.iter().enumerate().skip(from);
            let mut same = same.take_while(|(_, file)| file.blob == blob);
            let file = same.find(|(_, file)| file.path == path);
            standing.extend(file.and_then(|(number, _)| u32::try_from(number).ok()));
        }
        standing
    }
}
