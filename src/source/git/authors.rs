//! Who wrote commits, numbered in the order in which they are met.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use hashbrown::hash_table::{Entry, HashTable};

use super::paths::hash;

/// Authors by number.
#[derive(Debug)]
pub(super) struct Authors {
    all: Vec<Box<[u8]>>,
    numbers: HashTable<u32>,
    seed: u64,
}

impl Default for Authors {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashTable::new(),
            // Names are chosen by whoever made the repository, who must not know which ones collide.
            seed: RandomState::new().hash_one(0_u8),
        }
    }
}

impl Authors {
    /// The number of an author.
    pub(super) fn number(&mut self, author: &[u8]) -> u32 {
        let Self { all, numbers, seed } = self;
        let name = |number: u32| all.get(number as usize).map_or(&b""[..], |author| author);
        let is = |&number: &u32| name(number) == author;
        let of = |&number: &u32| hash(*seed, 0, name(number));
        match numbers.entry(hash(*seed, 0, author), is, of) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                // More authors than numbers do not fit into memory either.
                let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
                free.insert(number);
                all.push(author.into());
                number
            }
        }
    }

    /// The author with that number; empty where there is none.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        let author = self.all.get(number as usize);
        author.map_or(b"", |author| author)
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> &[Box<[u8]>] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_number() {
        let mut authors = Authors::default();
        let names = (0..99).map(|at| format!("some author {at}"));
        let names: Vec<String> = names.chain([String::new()]).collect();
        for _ in 0..2 {
            for (name, at) in names.iter().zip(0..) {
                assert_eq!(authors.number(name.as_bytes()), at);
            }
        }
        assert_eq!(
            (authors.name(7), authors.name(100)),
            (names[7].as_bytes(), &b""[..])
        );
        assert_eq!(authors.all().len(), 100);
    }
}
