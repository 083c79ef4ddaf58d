//! What stood under each path, as it changed from one visit of a folder to the next.
//!
//! While trees are walked, each difference from the tree seen last in the same folder is written down, with the number
//! of the visit: the visits of a folder are counted by themselves, and a tree is visited once under each path. What a tree holds under a
//! name is what was written down last for that path up to its visit. So any file of any commit can be told without
//! reading a tree again, at eight bytes for each difference.

use std::collections::BTreeMap;

use super::paths::Paths;

/// No visit.
pub(super) const NEVER: u32 = u32::MAX;

/// What stands under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing(u32);

const TREE: u32 = 1 << 31;
const LINK: u32 = 1 << 30;

impl Standing {
    /// Nothing, or a submodule, whose objects are not of this repository.
    pub(super) const NOTHING: Self = Self(u32::MAX);

    /// A folder, at a visit of its own. There are never so many visits that they do not fit: they would not fit into memory either.
    pub(super) fn tree(visit: u32) -> Self {
        Self(visit | TREE)
    }

    /// The file or link with that number, unless the number is too large to be kept.
    pub(super) fn blob(number: u32, link: bool) -> Option<Self> {
        (number < LINK).then_some(Self(if link { number | LINK } else { number }))
    }

    /// The visit of a folder.
    pub(super) fn visit(self) -> Option<u32> {
        (self != Self::NOTHING && self.0 & TREE != 0).then_some(self.0 & !TREE)
    }

    /// The number of a file or of what a link holds.
    pub(super) fn object(self) -> Option<u32> {
        (self.0 & TREE == 0).then_some(self.0 & !LINK)
    }

    /// The number of a file.
    pub(super) fn file(self) -> Option<u32> {
        (self.0 & (TREE | LINK) == 0).then_some(self.0)
    }
}

/// Differences between trees, as they were met.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// For each path the visits of its folder at which what stands there changed, and what that is then.
    changes: Vec<Vec<(u32, Standing)>>,
    /// How often each path was visited as a folder.
    visits: Vec<u32>,
    /// By path: what stands beside something else of the same name, as in no tree that git makes, since which visit.
    doubles: BTreeMap<u32, Vec<(u32, Standing)>>,
}

impl Differences {
    /// The number of the next visit of a folder.
    pub(super) fn begin(&mut self, folder: u32) -> u32 {
        let at = folder as usize;
        if self.visits.len() <= at {
            self.visits.resize(at + 1, 0);
        }
        let visit = self.visits[at];
        self.visits[at] = visit.saturating_add(1);
        visit
    }

    /// Notes what stands under a path since this visit of its folder.
    pub(super) fn change(&mut self, visit: u32, path: u32, standing: Standing) {
        let at = path as usize;
        if self.changes.len() <= at {
            self.changes.resize_with(at + 1, Vec::new);
        }
        match self.changes[at].last_mut() {
            // A file that became a folder of its name, or the other way round: what is there stays.
            Some(last) if last.0 == visit => {
                if last.1 == Standing::NOTHING {
                    last.1 = standing;
                } else if standing != Standing::NOTHING && standing != last.1 {
                    self.doubles
                        .entry(path)
                        .or_default()
                        .push((visit, standing));
                }
            }
            _ => self.changes[at].push((visit, standing)),
        }
    }

    /// Looks at paths of which changes will be noted soon.
    pub(super) fn touch(&self, paths: impl Iterator<Item = u32>) {
        let last = paths.map(|path| self.changes(path).last().map_or(0, |last| last.0));
        std::hint::black_box(last.fold(0, |all, last| all ^ last));
    }

    /// How often a folder was visited.
    pub(super) fn visits(&self, folder: u32) -> u32 {
        self.visits.get(folder as usize).copied().unwrap_or(0)
    }

    /// The changes of a path, in the order of visits.
    pub(super) fn changes(&self, path: u32) -> &[(u32, Standing)] {
        self.changes.get(path as usize).map_or(&[], |all| all)
    }

    /// What stands under a path beside what its changes tell.
    pub(super) fn doubles(&self, path: u32) -> &[(u32, Standing)] {
        self.doubles.get(&path).map_or(&[], |all| all)
    }

    /// What stands under a path at a visit of its folder.
    pub(super) fn object(&self, path: u32, visit: u32) -> Standing {
        if visit == NEVER {
            return Standing::NOTHING;
        }
        let changes = self.changes(path);
        let at = changes.partition_point(|&(when, _)| when <= visit);
        at.checked_sub(1)
            .map_or(Standing::NOTHING, |at| changes[at].1)
    }

    /// What stands under a path at visits of its folder, which are sorted.
    pub(super) fn objects(&self, path: u32, visits: &[u32]) -> impl Iterator<Item = Standing> {
        let mut changes = self.changes(path).iter().peekable();
        let mut standing = Standing::NOTHING;
        visits.iter().map(move |&visit| {
            while let Some(change) = changes.next_if(|change| change.0 <= visit) {
                standing = change.1;
            }
            standing
        })
    }

    /// Puts the visits of another walk behind those of this one. `here` gives the number that each of its paths has in `paths`, and
    /// `blob` what its files are here.
    pub(super) fn append(
        &mut self,
        other: Self,
        paths: &Paths,
        here: &[Option<u32>],
        blob: &dyn Fn(Standing) -> Standing,
    ) {
        let mut there = vec![None; paths.len()];
        for (&number, local) in here.iter().zip(0_u32..) {
            if let Some(number) = number {
                there[number as usize] = Some(local);
            }
        }
        self.changes.resize_with(paths.len(), Vec::new);
        self.visits.resize(paths.len(), 0);
        // A walk begins with nothing: at its first visit of a folder all is noted that stands there, and nothing else does.
        for (changes, path) in self.changes.iter_mut().zip(0_u32..) {
            let folder = paths.folder(path);
            let visited = there[folder as usize].is_some_and(|folder| other.visits(folder) > 0);
            let noted = there[path as usize].and_then(|path| other.changes(path).first());
            let stands = |last: &(u32, Standing)| last.1 != Standing::NOTHING;
            if visited
                && changes.last().is_some_and(stands)
                && noted.is_none_or(|first| first.0 > 0)
            {
                changes.push((self.visits[folder as usize], Standing::NOTHING));
            }
        }
        let (visits, mut doubles) = (&self.visits, other.doubles);
        for ((changes, local), &number) in other.changes.into_iter().zip(0_u32..).zip(here) {
            let Some(path) = number else { continue };
            let (before, own) = (visits[paths.folder(path) as usize], visits[path as usize]);
            let moved = |(visit, standing): (u32, Standing)| {
                let standing = (standing.visit()).map_or_else(
                    || blob(standing),
                    |visit| Standing::tree(visit.saturating_add(own)),
                );
                (visit.saturating_add(before), standing)
            };
            if let Some(doubles) = doubles.remove(&local) {
                let mine = self.doubles.entry(path).or_default();
                mine.extend(doubles.into_iter().map(moved));
            }
            let mine = &mut self.changes[path as usize];
            let changes = changes.into_iter().map(moved);
            if mine.is_empty() {
                // What is moved in place costs no memory.
                *mine = changes.collect();
            } else {
                mine.reserve_exact(changes.len());
                mine.extend(changes);
            }
        }
        for (&count, &number) in other.visits.iter().zip(here) {
            if let Some(path) = number {
                let visits = &mut self.visits[path as usize];
                *visits = visits.saturating_add(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(number: u32) -> Standing {
        Standing::blob(number, false).unwrap()
    }

    #[test]
    fn what_stands_at_a_visit() {
        let mut differences = Differences::default();
        assert_eq!((differences.begin(0), differences.begin(0)), (0, 1));
        differences.change(0, 1, blob(7));
        differences.change(1, 1, Standing::NOTHING);
        differences.change(1, 1, blob(8));
        differences.change(1, 1, Standing::NOTHING);
        assert_eq!(differences.object(1, 0), blob(7));
        assert_eq!(differences.object(1, 1), blob(8));
        assert_eq!(differences.object(1, NEVER), Standing::NOTHING);
        assert_eq!(differences.object(2, 0), Standing::NOTHING);
        assert!(differences.objects(1, &[0, 1]).eq([blob(7), blob(8)]));
        differences.change(1, 1, blob(9));
        assert_eq!(differences.doubles(1), [(1, blob(9))]);
    }

    #[test]
    fn one_walk_after_another() {
        let (mut paths, mut others) = (Paths::default(), Paths::default());
        let [gone, folder] = [&b"gone"[..], b"folder"].map(|name| paths.number(name).unwrap());
        let mut here = Differences::default();
        let visit = here.begin(0);
        here.change(visit, gone, blob(1));
        let below = here.begin(folder);
        here.change(visit, folder, Standing::tree(below));

        let folder_there = others.number(b"folder").unwrap();
        let mut there = Differences::default();
        let visit = there.begin(0);
        let below = there.begin(folder_there);
        there.change(visit, folder_there, Standing::tree(below));
        let numbers = paths.adopt(&others);
        here.append(there, &paths, &numbers, &|blob| blob);

        assert_eq!(here.object(gone, 0), blob(1));
        assert_eq!(here.object(gone, 1), Standing::NOTHING);
        assert_eq!(here.object(folder, 0).visit(), Some(0));
        assert_eq!(here.object(folder, 1).visit(), Some(1));
        assert_eq!((here.visits(0), here.visits(folder)), (2, 2));
    }
}
