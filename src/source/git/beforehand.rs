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
    /// With their numbers, as they were read: there are many, and none is moved before it is taken. They are taken in much the same order.
    batches: Vec<Vec<(u32, Ready)>>,
    /// In which batch each number is and where, or [`NONE`]. Packs begin with commits, so that there are few others among these numbers.
    places: Vec<[u32; 2]>,
}

impl Beforehand {
    /// Keeps commits.
    pub(super) fn keep(&mut self, commits: Vec<(u32, Ready)>) {
        let batch = u32::try_from(self.batches.len()).unwrap_or(NONE);
        let most = commits.iter().map(|commit| commit.0 as usize + 1).max();
        let places = most.unwrap_or(0).max(self.places.len());
        self.places.resize(places, [NONE; 2]);
        for (&(number, _), at) in commits.iter().zip(0..) {
            if let Some(place) = self.places.get_mut(number as usize) {
                *place = [batch, at];
            }
        }
        self.batches.push(commits);
    }

    /// Gives away a commit.
    pub(super) fn take(&mut self, number: u32) -> Option<Ready> {
        let place = self.places.get_mut(number as usize)?;
        let [batch, at] = std::mem::replace(place, [NONE; 2]);
        let batch = self.batches.get_mut(batch as usize)?;
        Some(batch.get_mut(at as usize)?.1.take())
    }

    /// Gives back the memory of those that were taken: hardly any is left once all refs were followed.
    pub(super) fn settle(&mut self) {
        let left = (0..)
            .take(self.places.len())
            .filter_map(|number| Some((number, self.take(number)?)));
        let left: Vec<_> = left.collect();
        *self = Self::default();
        self.keep(left);
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
        let commit = |number: u32| {
            let commit = object::commit(text.as_bytes()).unwrap();
            (number, Ready::new(commit, &mut |_: &[u8]| number))
        };
        commits.keep(vec![commit(9), commit(3)]);
        commits.keep(vec![commit(5)]);
        let author = |commit: Option<Ready>| commit.map(|commit| commit.author);
        assert_eq!(author(commits.take(3)), Some(3));
        commits.settle();
        for (number, expected) in [(3, None), (9, Some(9)), (9, None), (5, Some(5)), (4, None)] {
            assert_eq!(author(commits.take(number)), expected);
        }
    }
}
