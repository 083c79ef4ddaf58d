//! Commits that were read beforehand, until each is asked for.

use git2::{ObjectType, Odb, Oid};

use super::graph::{Read, Ready};
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::idtable::NONE;
use super::inventory::Inventory;
use super::trouble;

/// Commits by number, each to be taken once.
#[derive(Debug, Default)]
pub(super) struct Beforehand {
    /// In the order in which they were read, which is much like that in which they are taken.
    commits: Vec<Option<Ready>>,
    /// Where each number is, or [`NONE`]. Packs begin with commits, so that there are few others among these numbers.
    places: Vec<u32>,
}

impl Beforehand {
    /// Takes memory for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.commits.reserve_exact(count);
    }

    /// Keeps a commit.
    pub(super) fn insert(&mut self, number: u32, commit: Ready) {
        let at = number as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, NONE);
        }
        if let Ok(place) = u32::try_from(self.commits.len()) {
            self.commits.push(Some(commit));
            self.places[at] = place;
        }
    }

    /// Gives away a commit.
    pub(super) fn take(&mut self, number: u32) -> Option<Ready> {
        let place = *self.places.get(number as usize)?;
        self.commits.get_mut(place as usize)?.take()
    }

    /// Gives back the memory of those that were taken: hardly any is left once all refs were followed.
    pub(super) fn settle(&mut self) {
        let left = (0..)
            .take(self.places.len())
            .filter_map(|number| Some((number, self.take(number)?)));
        let left: Vec<_> = left.collect();
        *self = Self::default();
        for (number, commit) in left {
            self.insert(number, commit);
        }
    }
}

/// Gives commits that were read beforehand, and reads the others.
pub(super) struct Source<'s, 'p> {
    pub(super) ready: &'s mut Beforehand,
    pub(super) inventory: &'s mut Inventory,
    pub(super) objects: &'s mut Objects<'p>,
    pub(super) odb: &'s Odb<'p>,
    /// Those that were read here, or could not be.
    pub(super) slow: Vec<Oid>,
}

impl Read for Source<'_, '_> {
    fn known(&mut self, number: u32) -> Option<Ready> {
        let known = self.ready.take(number)?;
        self.inventory.know(number);
        Some(known)
    }

    fn read(&mut self, id: Oid, sink: &mut dyn FnMut(&[u8])) -> Result<Option<Ready>, git2::Error> {
        let number = self.inventory.find(id);
        let known = number.and_then(|number| self.known(number));
        if known.is_some() {
            return Ok(known);
        }
        self.slow.push(id);
        match number.and_then(|number| self.objects.get(number, Kind::Commit)) {
            Some(bytes) => sink(&bytes),
            None => sink(trouble::read(self.odb, id, ObjectType::Commit)?.data()),
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::object;
    use super::*;

    #[test]
    fn each_is_taken_once() {
        let text = format!("tree {}\n\n", "7".repeat(40));
        let mut commits = Beforehand::default();
        for number in [9, 3, 5] {
            let mut author = |_: &[u8]| number;
            let commit = object::commit(text.as_bytes()).unwrap();
            commits.insert(number, Ready::new(commit, &mut author));
        }
        let author = |commit: Option<Ready>| commit.map(|commit| commit.author);
        assert_eq!(author(commits.take(3)), Some(3));
        commits.settle();
        for (number, expected) in [(3, None), (9, Some(9)), (9, None), (5, Some(5)), (4, None)] {
            assert_eq!(author(commits.take(number)), expected);
        }
    }
}
