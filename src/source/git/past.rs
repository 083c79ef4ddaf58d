//! What stood where in each commit, asked after a scan: which commit took a value out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::attribution::Attribution;
use super::differences::{Differences, NEVER, Standing};
use super::held::Line;
use super::paths::{Paths, TOP};
use super::survey::Found;
use crate::source::{Past, Removal};

/// No place.
const NONE: u32 = u32::MAX;

/// The visit of the folder that stands under a path at a visit of the one above, or [`NEVER`].
fn below(differences: &Differences, folder: u32, visit: u32) -> u32 {
    differences.object(folder, visit).visit().unwrap_or(NEVER)
}

impl Past for Found {
    fn in_tips(&self, versions: &BTreeSet<u32>) -> BTreeSet<u32> {
        let files = &self.files;
        let mut paths: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
        for &version in versions {
            if let Some(file) = files.files.get(version as usize) {
                paths
                    .entry(file.path)
                    .or_default()
                    .insert(file.blob, version);
            }
        }
        let visits = files.visits_of(self.graph.len());
        let tips = self.tips.iter().filter_map(|&tip| visits.get(tip).copied());
        let mut tips = Tips {
            files,
            roots: sorted(tips.chain(files.bare_trees())),
            below: HashMap::new(),
        };
        let mut found = BTreeSet::new();
        for (path, blobs) in paths {
            let visits = tips.visits(path);
            let objects = files.differences.objects(path, &visits);
            let objects = objects.filter_map(Standing::object);
            found.extend(objects.filter_map(|object| blobs.get(&object)));
        }
        found
    }

    fn removals(&self, values: &[BTreeSet<u32>]) -> Vec<Option<Removal>> {
        if values.iter().all(BTreeSet::is_empty) {
            return vec![None; values.len()];
        }
        let mut replay = Replay::new(self, self.files.commits().collect());
        values.iter().map(|files| replay.removal(files)).collect()
    }
}

/// Visits other than [`NEVER`], each once.
fn sorted(visits: impl Iterator<Item = u32>) -> Rc<Vec<u32>> {
    let mut visits: Vec<u32> = visits.filter(|&visit| visit != NEVER).collect();
    visits.sort_unstable();
    visits.dedup();
    Rc::new(visits)
}

/// What stands in any of the trees that tips hold. Which one it is does not matter, so of folders in many tips few visits are left.
struct Tips<'f> {
    files: &'f Attribution,
    /// The visits of their trees, sorted.
    roots: Rc<Vec<u32>>,
    /// Those of each folder that was asked for.
    below: HashMap<u32, Rc<Vec<u32>>>,
}

impl Tips<'_> {
    /// The visits of the folder that holds `path`.
    fn visits(&mut self, path: u32) -> Rc<Vec<u32>> {
        let mut visits = Rc::clone(&self.roots);
        for folder in folders(&self.files.paths, path) {
            let differences = &self.files.differences;
            let known = self.below.entry(folder).or_insert_with(|| {
                let below = differences.objects(folder, &visits);
                sorted(below.filter_map(Standing::visit))
            });
            visits = Rc::clone(known);
        }
        visits
    }
}

/// The folders on the way to a file, without the top.
fn folders(paths: &Paths, path: u32) -> Vec<u32> {
    let above = std::iter::successors(Some(path), |&path| Some(paths.folder(path)));
    let above = above.skip(1).take_while(|&folder| folder != TOP);
    let mut folders: Vec<u32> = above.collect();
    folders.reverse();
    folders
}

/// Bytes that visits of folders may take up before they are found out anew.
const MOST_VISITS: usize = 64 << 20;

/// What stood where in some commits.
struct Replay<'f> {
    found: &'f Found,
    commits: Vec<usize>,
    /// These commits, and what each came from.
    line: Line,
    /// For each of the commits the visit of its tree.
    roots: Rc<Vec<u32>>,
    /// For each folder that was asked for: the visit of its tree in each of the commits.
    below: HashMap<u32, Rc<Vec<u32>>>,
    /// For each path that was asked for: what stands under it.
    runs: HashMap<u32, Rc<Vec<(usize, Standing)>>>,
}

impl<'f> Replay<'f> {
    fn new(found: &'f Found, commits: Vec<usize>) -> Self {
        let mut places = vec![NONE; found.graph.len()];
        for (&at, place) in commits.iter().zip(0..) {
            places[at] = place;
        }
        let line = Line::new(commits.len(), |at, all| {
            let parents = found.graph.parents(commits[at]).iter();
            let parents = parents.filter_map(|&parent| places.get(parent as usize).copied());
            all.extend(parents.filter(|&place| place != NONE));
        });
        let visits = found.files.visits_of(found.graph.len());
        let root = |&at: &usize| visits.get(at).copied().unwrap_or(NEVER);
        Self {
            roots: Rc::new(commits.iter().map(root).collect()),
            found,
            line,
            commits,
            below: HashMap::new(),
            runs: HashMap::new(),
        }
    }

    /// For each commit the visit of the tree of the folder that holds `path`.
    fn visits(&mut self, path: u32) -> Rc<Vec<u32>> {
        let folders = folders(&self.found.files.paths, path);
        let known = (0..folders.len()).rev();
        let mut known = known.map(|at| (at + 1, self.below.get(&folders[at])));
        let known = known.find_map(|(next, visits)| Some((next, Rc::clone(visits?))));
        let (next, mut visits) = known.unwrap_or_else(|| (0, Rc::clone(&self.roots)));
        for &folder in &folders[next..] {
            let differences = &self.found.files.differences;
            // Most commits leave most folders alone.
            let mut last = (NEVER, NEVER);
            let below = visits.iter().map(|&visit| {
                if visit != last.0 {
                    last = (visit, below(differences, folder, visit));
                }
                last.1
            });
            visits = Rc::new(below.collect());
            if (self.below.len() + 1) * visits.len() * size_of::<u32>() > MOST_VISITS {
                self.below.clear();
            }
            self.below.insert(folder, Rc::clone(&visits));
        }
        visits
    }

    /// What stands under a path: the first commits from which on it is something else, and what it is.
    fn runs(&mut self, path: u32) -> Rc<Vec<(usize, Standing)>> {
        if let Some(known) = self.runs.get(&path) {
            return Rc::clone(known);
        }
        let visits = self.visits(path);
        let differences = &self.found.files.differences;
        let mut runs: Vec<(usize, Standing)> = Vec::new();
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
        let mut held = Vec::new();
        for (&path, blobs) in &blobs {
            let runs = self.runs(path);
            let ends = runs.iter().skip(1).map(|run| run.0);
            let ends = ends.chain([self.commits.len()]);
            for (&(from, object), to) in runs.iter().zip(ends) {
                if object
                    .object()
                    .is_some_and(|object| blobs.contains(&object))
                {
                    held.push(from..to);
                }
            }
        }
        let at = self.line.newest_without(&held)?;
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
            let visit = self.visits(path).get(at).copied().unwrap_or(NEVER);
            let Some(blob) = files.differences.object(path, visit).object() else {
                continue;
            };
            let from = files.files.partition_point(|file| file.blob < blob);
            let same = files.files.iter().enumerate().skip(from);
            let mut same = same.take_while(|(_, file)| file.blob == blob);
            let file = same.find(|(_, file)| file.path == path);
            standing.extend(file.and_then(|(number, _)| u32::try_from(number).ok()));
        }
        standing
    }
}
