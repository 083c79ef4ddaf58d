//! Every object the store holds, numbered in the order in which it lies there, so that maps stay small and reads
//! stay close together.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;

use git2::{ObjectFormat, Oid};

use super::history::packs::{Ids, Packs};
use super::idtable::IdTable;
use super::listing;
use crate::finding::Issue;

/// A map by object id.
pub(super) type IdMap<V> = HashMap<Oid, V, BuildHasherDefault<IdHasher>>;
/// A map by two numbers packed into one.
pub(super) type PairMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;
/// A map by number.
pub(super) type NumberMap<V> = HashMap<u32, V, BuildHasherDefault<IdHasher>>;
/// A set of two numbers packed into one.
pub(super) type PairSet = HashSet<u64, BuildHasherDefault<IdHasher>>;

/// Two numbers in one key.
pub(super) fn pair(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// The two numbers of a key.
pub(super) fn halves(pair: u64) -> (u32, u32) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "each is a half of the bits"
    )]
    let halves = ((pair >> 32) as u32, pair as u32);
    halves
}

/// A hash of what is no hash yet.
pub(super) fn mixed(value: u64) -> u64 {
    let mixed = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

/// Ids are hashes already, and pairs need only be mixed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.write_u64(u64::from_le_bytes(*first));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = mixed(self.0 ^ value);
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    // The length in front of the bytes of an id is the same for all.
    fn write_usize(&mut self, _: usize) {}
    fn write_u8(&mut self, _: u8) {}
}

/// The objects, by number.
#[derive(Debug)]
pub(super) struct Inventory {
    ids: IdTable,
    known: Vec<bool>,
    /// Numbers of further copies, and of the first.
    copies: HashMap<u32, u32>,
}

impl Inventory {
    /// Lists the store at `objects`, packs first; what is in packs has the numbers of their entries. What cannot be listed is an
    /// issue.
    pub(super) fn new(
        objects: &Path,
        format: ObjectFormat,
        threads: usize,
    ) -> (Self, Packs, Vec<Issue>) {
        let width = match format {
            ObjectFormat::Sha1 => 20,
            ObjectFormat::Sha256 => 32,
        };
        let mut inventory = Self {
            ids: IdTable::new(width),
            known: Vec::new(),
            copies: HashMap::new(),
        };
        let mut issues = damaged_packs(objects);
        let packs = Packs::open(objects, format, &mut inventory, &mut issues, threads);
        listing::loose(objects, width, &mut |id| {
            inventory.number(id);
        });
        (inventory, packs, issues)
    }

    /// Bytes of an id.
    pub(super) fn width(&self) -> usize {
        self.ids.width()
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> u32 {
        self.ids.len()
    }

    fn enter(&mut self, id: &[u8]) -> u32 {
        let number = self.ids.enter(id);
        self.known.resize(self.ids.len() as usize, false);
        number
    }

    /// The number of an object, which may be one that is named and not there.
    pub(super) fn number(&mut self, id: Oid) -> u32 {
        self.enter(id.as_bytes())
    }

    /// The number of an object that was listed or named before.
    pub(super) fn find(&self, id: Oid) -> Option<u32> {
        self.lookup(id.as_bytes())
    }

    /// The same, of an id as it stands in a tree.
    pub(super) fn lookup(&self, id: &[u8]) -> Option<u32> {
        self.ids.find(id)
    }

    /// The same of many; a number that is not there is [`super::idtable::NONE`]. `numbers` is cleared and filled.
    pub(super) fn lookup_all<'i>(
        &self,
        ids: impl Iterator<Item = &'i [u8]>,
        numbers: &mut Vec<u32>,
    ) {
        self.ids.find_all(ids, numbers);
    }

    /// The number of the first copy of an entry of a pack.
    pub(super) fn first(&self, number: u32) -> u32 {
        self.copies.get(&number).copied().unwrap_or(number)
    }

    /// The id of a numbered object.
    pub(super) fn id(&self, number: u32) -> Oid {
        Oid::from_bytes(self.ids.get(number)).unwrap_or(Oid::ZERO_SHA1)
    }

    /// Notes that something leads to the object; says whether that is news.
    pub(super) fn know(&mut self, number: u32) -> bool {
        let known = self.known.get_mut(number as usize);
        known.is_some_and(|known| !std::mem::replace(known, true))
    }

    /// Notes of all objects, or of the first so many, to which something leads.
    pub(super) fn know_all(&mut self, known: &[bool]) {
        for (known, more) in self.known.iter_mut().zip(known) {
            *known |= more;
        }
    }

    /// Whether something leads to the object.
    pub(super) fn knows(&self, id: Oid) -> bool {
        let number = self.find(id);
        number.is_some_and(|number| self.known.get(number as usize) == Some(&true))
    }

    /// Objects that nothing looked at so far leads to.
    pub(super) fn unknown(&self) -> Vec<Oid> {
        let numbers = (0..self.len()).zip(&self.known);
        numbers
            .filter(|(_, known)| !**known)
            .map(|(number, _)| self.id(number))
            .collect()
    }
}

impl Ids for Inventory {
    fn expect(&mut self, count: usize) {
        self.ids.reserve(count);
        self.known.reserve_exact(count);
    }

    fn list(&mut self, ids: &[u8]) {
        // A number is that of an entry of a pack, and stays so.
        let copies = &mut self.copies;
        self.ids.append(ids, |next, first| {
            copies.insert(next, first);
        });
        self.known.resize(self.ids.len() as usize, false);
    }
}

/// Packs and borrowed stores that libgit2 passes over without a word.
fn damaged_packs(objects: &Path) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(objects.join("pack"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let extension = file.extension().and_then(|extension| extension.to_str());
        let (partner, what) = match extension {
            Some("pack") if name.starts_with("pack-") => (
                "idx",
                "the pack has no index, so nothing in it can be read; `git index-pack` on it makes one",
            ),
            Some("idx") => (
                "pack",
                "the pack of this index is missing; fetch or clone again",
            ),
            _ => continue,
        };
        if !file.with_extension(partner).exists() {
            issues.push(Issue::new(format!("objects/pack/{name}"), what));
        }
    }
    let borrowed = std::fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    for line in borrowed
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if !objects.join(line).is_dir() {
            issues.push(Issue::new(
                "objects/info/alternates",
                "an object store that this one borrows from is not there; restore it, or clone again with `--dissociate`",
            ));
        }
    }
    issues
}
