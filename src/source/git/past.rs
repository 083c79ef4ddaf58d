//! What stood where in each commit, asked after a scan: which commit took a value out.
//!
//! While trees are walked for attribution, each difference from the tree seen last in the same folder is written down,
//! with the number of the visit. A tree under a path is visited once; what it holds under a name is what was written
//! down last for that path up to its visit. So any file of any commit can be told without reading a tree again, at
//! eight bytes for each difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

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

    /// What stands under a path at a visit of its folder.
    fn object(&self, path: u32, visit: u32) -> u32 {
        if visit == NONE {
            return NONE;
        }
        let changes = self.changes.get(path as usize).map_or(&[][..], |all| all);
        let at = changes.partition_point(|&(when, _)| when <= visit);
        at.checked_sub(1).map_or(NONE, |at| changes[at].1)
    }

    fn visited(&self, tree: u32, path: u32) -> u32 {
        self.visits.get(&pair(tree, path)).copied().unwrap_or(NONE)
    }

    /// What stands under the last of `steps`, the paths of folders from the top on and of the file, below the tree `object`.
    fn descend(&self, steps: &[u32], mut object: u32) -> u32 {
        for step in steps.windows(2) {
            let visit = self.visited(object, step[0]);
            object = self.object(step[1], visit);
        }
        object
    }
}

impl Past for Found {
    fn in_tips(&self, versions: &BTreeSet<u32>) -> BTreeSet<u32> {
        let mut replay = Replay::new(self, self.tips.commits.iter().copied().collect());
        let files = &self.files;
        let roots = self.tips.trees.iter();
        let roots: Vec<u32> = roots
            .filter_map(|&root| self.inventory.find(root))
            .collect();
        let mut paths: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
        for &version in versions {
            if let Some(file) = files.files.get(version as usize) {
                paths
                    .entry(file.path)
                    .or_default()
                    .insert(file.blob, version);
            }
        }
        let mut found = BTreeSet::new();
        for (path, blobs) in paths {
            let steps = replay.steps(path);
            let below = |&root: &u32| files.differences.descend(&steps, root);
            let runs = replay.runs(path);
            let objects = runs.iter().map(|run| run.1).chain(roots.iter().map(below));
            found.extend(objects.filter_map(|object| blobs.get(&object)));
        }
        found
    }

    fn removals(&self, values: &[BTreeSet<u32>]) -> Vec<Option<Removal>> {
        if values.iter().all(BTreeSet::is_empty) {
            return vec![None; values.len()];
        }
        let mut commits = self.graph.oldest_first(0);
        commits.retain(|&at| at < self.reachable);
        let mut replay = Replay::new(self, commits);
        values.iter().map(|files| replay.removal(files)).collect()
    }
}

/// Bytes that visits of folders may take up before they are found out anew.
const MOST_VISITS: usize = 64 << 20;

/// What stood where in some commits.
struct Replay<'f> {
    found: &'f Found,
    commits: Vec<usize>,
    /// For each of the commits the places of its parents, of those that are among them.
    parents: Vec<Box<[u32]>>,
    numbers: HashMap<&'f [u8], u32>,
    /// For each of the commits the visit of its tree.
    roots: Rc<Vec<u32>>,
    /// For each folder that was asked for: the visit of its tree in each of the commits.
    folders: HashMap<u32, Rc<Vec<u32>>>,
    /// For each path that was asked for: what stands under it.
    runs: HashMap<u32, Rc<Vec<(usize, u32)>>>,
}

impl<'f> Replay<'f> {
    fn new(found: &'f Found, commits: Vec<usize>) -> Self {
        let mut places = vec![NONE; found.graph.len()];
        for (&at, place) in commits.iter().zip(0..) {
            places[at] = place;
        }
        let parents = |&at: &usize| {
            let parents = found.graph.get(at).map_or(&[][..], |node| &node.parents);
            let numbers = parents.iter().filter_map(|&id| found.graph.number(id));
            let places = numbers.map(|number| places[number]);
            places.filter(|&place| place != NONE).collect()
        };
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
            roots: Rc::new(commits.iter().map(root).collect()),
            found,
            parents: commits.iter().map(parents).collect(),
            commits,
            numbers,
            folders: HashMap::new(),
            runs: HashMap::new(),
        }
    }

    /// The paths of the folders on the way to a file, from the top itself on, and its own.
    fn steps(&self, path: u32) -> Vec<u32> {
        let name = self.found.files.paths.name(path);
        let ends = memchr::memchr_iter(b'/', name).chain([name.len()]);
        std::iter::once(0)
            .chain(ends)
            .map(|end| self.numbers.get(&name[..end]).copied().unwrap_or(NONE))
            .collect()
    }

    /// For each commit the visit of the tree of the folder that holds `path`.
    fn visits(&mut self, path: u32) -> Rc<Vec<u32>> {
        let steps = self.steps(path);
        // The last is the file, and the first the top.
        let folders = steps.get(1..steps.len().max(2) - 1).unwrap_or_default();
        let known = (0..folders.len()).rev();
        let mut known = known.map(|at| (at + 1, self.folders.get(&folders[at])));
        let known = known.find_map(|(next, visits)| Some((next, Rc::clone(visits?))));
        let (next, mut visits) = known.unwrap_or_else(|| (0, Rc::clone(&self.roots)));
        for &folder in &folders[next..] {
            let differences = &self.found.files.differences;
            // Most commits leave most folders alone.
            let mut last = (NONE, NONE);
            let below = visits.iter().map(|&visit| {
                if visit != last.0 {
                    let tree = differences.object(folder, visit);
                    last = (visit, differences.visited(tree, folder));
                }
                last.1
            });
            visits = Rc::new(below.collect());
            if (self.folders.len() + 1) * visits.len() * size_of::<u32>() > MOST_VISITS {
                self.folders.clear();
            }
            self.folders.insert(folder, Rc::clone(&visits));
        }
        visits
    }

    /// What stands under a path: the first commits from which on it is something else, and what it is.
    fn runs(&mut self, path: u32) -> Rc<Vec<(usize, u32)>> {
        if let Some(known) = self.runs.get(&path) {
            return Rc::clone(known);
        }
        let visits = self.visits(path);
        let differences = &self.found.files.differences;
        let mut runs: Vec<(usize, u32)> = Vec::new();
        let mut last = None;
        for (at, &visit) in visits.iter().enumerate() {
            if last == Some(visit) {
                continue;
            }
            last = Some(visit);
            let object = differences.object(path, visit);
            if runs.last().is_none_or(|run| run.1 != object) {
                runs.push((at, object));
            }
        }
        let runs = Rc::new(runs);
        self.runs.insert(path, Rc::clone(&runs));
        runs
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
            let runs = self.runs(path);
            let ends = runs.iter().skip(1).map(|run| run.0).chain([held.len()]);
            for (&(from, object), to) in runs.iter().zip(ends) {
                if blobs.contains(&object) {
                    held[from..to].fill(true);
                }
            }
        }
        let at = (0..held.len()).rev().find(|&at| {
            let parents = self.parents.get(at).map_or(&[][..], |parents| parents);
            !held[at] && parents.iter().any(|&parent| held[parent as usize])
        })?;
        Some(Removal {
            commit: found.graph.info(self.commits[at])?,
            instead: self.standing(at, blobs.keys().copied()),
        })
    }

    /// The files under these paths in the commit at a place.
    fn standing(&mut self, at: usize, paths: impl Iterator<Item = u32>) -> Vec<u32> {
        let files = &self.found.files;
        let mut standing = Vec::new();
        for path in paths {
            let visit = self.visits(path).get(at).copied().unwrap_or(NONE);
            let blob = files.differences.object(path, visit);
            let from = files.files.partition_point(|file| file.blob < blob);
            let same = files.files.iter().enumerate().skip(from);
            let mut same = same.take_while(|(_, file)| file.blob == blob);
            let file = same.find(|(_, file)| file.path == path);
            standing.extend(file.and_then(|(number, _)| u32::try_from(number).ok()));
        }
        standing
    }
}
