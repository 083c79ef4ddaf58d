//! The paths of a history, numbered.
//!
//! A path is found by the number of its folder and its name there, so that no full path is put together or hashed for what is known.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use hashbrown::hash_table::{Entry, HashTable};

/// Paths beyond this number are the work of someone who wants to fill memory.
const MOST_PATHS: usize = 8_000_000;
/// No file system takes a longer path.
const LONGEST_PATH: usize = 16_384;

/// The number of the top folder.
pub(super) const TOP: u32 = 0;

/// The number of no path.
pub(super) const UNNUMBERED: u32 = u32::MAX;

/// The paths, by number. A folder has a lower number than what stands in it.
#[derive(Debug)]
pub(super) struct Paths {
    all: Vec<Path>,
    numbers: HashTable<u32>,
    seed: u64,
    /// Whether some name is empty or holds a slash, as git makes none: two paths may read the same then.
    odd: bool,
}

#[derive(Debug)]
struct Path {
    text: Box<[u8]>,
    folder: u32,
    /// Where its name begins.
    stem: u32,
}

impl Default for Paths {
    fn default() -> Self {
        let top = Path {
            text: Box::default(),
            folder: TOP,
            stem: 0,
        };
        Self {
            all: vec![top],
            numbers: HashTable::new(),
            // Names are chosen by whoever made the repository, who must not know which ones collide.
            seed: RandomState::new().hash_one(0_u8),
            odd: false,
        }
    }
}

impl Paths {
    /// The number of what stands under a name in a folder; `None` when there are too many.
    pub(super) fn under(&mut self, folder: u32, name: &[u8]) -> Option<u32> {
        let hash = hash(self.seed, folder, name);
        let Self {
            all,
            numbers,
            seed,
            odd,
        } = self;
        let is = |&number: &u32| named(all, number) == Some((folder, name));
        let of = |&number: &u32| {
            named(all, number).map_or(0, |(folder, name)| self::hash(*seed, folder, name))
        };
        let free = match numbers.entry(hash, is, of) {
            Entry::Occupied(known) => return Some(*known.get()),
            Entry::Vacant(free) => free,
        };
        let above = all.get(folder as usize).map_or(&b""[..], |path| &path.text);
        let stem = above.len() + usize::from(!above.is_empty());
        if all.len() >= MOST_PATHS || stem + name.len() > LONGEST_PATH {
            return None;
        }
        *odd |= name.is_empty() || name.contains(&b'/');
        let mut text = Vec::with_capacity(stem + name.len());
        text.extend_from_slice(above);
        text.resize(stem, b'/');
        text.extend_from_slice(name);
        let number = u32::try_from(all.len()).ok()?;
        free.insert(number);
        all.push(Path {
            text: text.into_boxed_slice(),
            folder,
            stem: u32::try_from(stem).ok()?,
        });
        Some(number)
    }

    /// The number of what stands under a name in a folder, where it was met.
    pub(super) fn find(&self, folder: u32, name: &[u8]) -> Option<u32> {
        let is = |&number: &u32| named(&self.all, number) == Some((folder, name));
        let found = self.numbers.find(hash(self.seed, folder, name), is);
        found.copied()
    }

    /// The number of a full path; `None` when there are too many.
    pub(super) fn number(&mut self, path: &[u8]) -> Option<u32> {
        let mut names = path.split(|&byte| byte == b'/');
        names.try_fold(TOP, |folder, name| self.under(folder, name))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The path with that number.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        let path = self.all.get(number as usize);
        path.map_or(b"", |path| &path.text)
    }

    /// The folder a path stands in; the top stands in itself.
    pub(super) fn folder(&self, number: u32) -> u32 {
        let path = self.all.get(number as usize);
        path.map_or(TOP, |path| path.folder)
    }

    /// For each path the first one that reads the same; `None` where no two do.
    pub(super) fn same(&self) -> Option<Vec<u32>> {
        let mut first = HashMap::new();
        self.odd.then(|| {
            let paths = self.all.iter().zip(0_u32..);
            paths
                .map(|(path, number)| *first.entry(&path.text).or_insert(number))
                .collect()
        })
    }

    /// Enters all of `others`, and gives the number of each here.
    pub(super) fn adopt(&mut self, others: &Self) -> Vec<Option<u32>> {
        let mut here = vec![Some(TOP)];
        for path in others.all.iter().skip(1) {
            let folder = here.get(path.folder as usize).copied().flatten();
            let name = path.text.get(path.stem as usize..).unwrap_or_default();
            here.push(folder.and_then(|folder| self.under(folder, name)));
        }
        here
    }

    /// Gives back the memory that only finding paths needs.
    pub(super) fn settle(&mut self) {
        self.numbers = HashTable::new();
    }
}

/// Folder and name of a path.
fn named(all: &[Path], number: u32) -> Option<(u32, &[u8])> {
    let path = all.get(number as usize)?;
    Some((path.folder, path.text.get(path.stem as usize..)?))
}

/// A hash that nobody foresees who does not know the seed: each step multiplies by a constant and folds the product.
pub(super) fn hash(seed: u64, folder: u32, name: &[u8]) -> u64 {
    let fold = |value: u64| {
        let product = u128::from(value) * 0x9e37_79b9_7f4a_7c15;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
        let (low, high) = (product as u64, (product >> 64) as u64);
        low ^ high
    };
    let mut state = fold(seed ^ u64::from(folder) << 32 ^ name.len() as u64);
    let (chunks, rest) = name.as_chunks::<8>();
    for chunk in chunks {
        state = fold(state ^ u64::from_le_bytes(*chunk)) ^ seed;
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    fold(state ^ u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_number_however_it_is_asked_for() {
        let mut paths = Paths::default();
        let folder = paths.under(TOP, b"some-folder").unwrap();
        let file = paths.under(folder, b"file").unwrap();
        assert_eq!(paths.number(b"some-folder/file"), Some(file));
        assert_eq!(paths.find(folder, b"file"), Some(file));
        assert_eq!(paths.find(TOP, b"file"), None);
        assert_eq!(paths.name(file), b"some-folder/file");
        assert_eq!((paths.folder(file), paths.folder(folder)), (folder, TOP));
        assert_eq!(paths.name(TOP), b"");
        assert_eq!(paths.len(), 3);
    }

    #[test]
    fn odd_names_may_read_like_others() {
        let mut paths = Paths::default();
        let plain = paths.number(b"a/b").unwrap();
        assert_eq!(paths.same(), None);
        let odd = paths.under(TOP, b"a/b").unwrap();
        assert_ne!(odd, plain);
        assert_eq!(paths.same().unwrap()[odd as usize], plain);
    }

    #[test]
    fn numbers_are_translated() {
        let (mut here, mut there) = (Paths::default(), Paths::default());
        here.number(b"a/b").unwrap();
        let b = there.number(b"b").unwrap();
        let a_b = there.number(b"a/b").unwrap();
        let numbers = here.adopt(&there);
        assert_eq!(here.name(numbers[b as usize].unwrap()), b"b");
        assert_eq!(numbers[a_b as usize], here.number(b"a/b"));
        assert_eq!(here.len(), 4);
    }

    #[test]
    fn paths_that_are_too_long_have_no_number() {
        let mut paths = Paths::default();
        let long = vec![b'x'; LONGEST_PATH];
        let folder = paths.under(TOP, &long).unwrap();
        assert_eq!(paths.under(folder, b"y"), None);
        assert_eq!(paths.len(), 2);
    }
}
