//! Commits that were read beforehand, until each is asked for.

use super::graph::Ready;
use super::inventory::NumberMap;

/// Commits by number, each to be taken once.
#[derive(Debug, Default)]
pub(super) struct Beforehand {
    /// In the order in which they were read, which is much like that in which they are taken.
    commits: Vec<Option<Ready>>,
    /// Where each number is.
    places: NumberMap<u32>,
}

impl Beforehand {
    /// Takes memory for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.commits.reserve_exact(count);
        self.places.reserve(count);
    }

    /// Keeps a commit.
    pub(super) fn insert(&mut self, number: u32, commit: Ready) {
        if let Ok(place) = u32::try_from(self.commits.len()) {
            self.commits.push(Some(commit));
            self.places.insert(number, place);
        }
    }

    /// Gives away a commit.
    pub(super) fn take(&mut self, number: u32) -> Option<Ready> {
        let place = *self.places.get(&number)?;
        self.commits.get_mut(place as usize)?.take()
    }

    /// Gives back the memory of those that were taken: hardly any is left once all refs were followed.
    pub(super) fn settle(&mut self) {
        let Self { commits, places } = std::mem::take(self);
        let mut commits = commits;
        let left = places.into_iter().filter_map(|(number, place)| {
            let commit = commits.get_mut(place as usize)?.take()?;
            Some((number, commit))
        });
        let left: Vec<_> = left.collect();
        for (number, commit) in left {
            self.insert(number, commit);
        }
    }
}
