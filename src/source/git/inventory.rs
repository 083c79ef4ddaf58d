//! Every object the store holds, numbered in the order in which it lies there, so that maps stay small and reads
//! stay close together.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;

use git2::{ObjectFormat, Odb, Oid};

use super::listing;
use crate::finding::Issue;

/// A map by object id.
pub(super) type IdMap<V> = HashMap<Oid, V, BuildHasherDefault<IdHasher>>;
/// A map by two numbers packed into one.
pub(super) type PairMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;
/// A set of two numbers packed into one.
pub(super) type PairSet = HashSet<u64, BuildHasherDefault<IdHasher>>;

/// Two numbers in one key.
pub(super) fn pair(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
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
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }

    // The length in front of the bytes of an id is the same for all.
    fn write_usize(&mut self, _: usize) {}
    fn write_u8(&mut self, _: u8) {}
}

/// The objects, by number.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    ids: Vec<Oid>,
    numbers: IdMap<u32>,
    known: Vec<bool>,
}

impl Inventory {
    /// Lists the store. What cannot be listed is an issue.
    pub(super) fn new(odb: &Odb<'_>, objects: &Path, format: ObjectFormat) -> (Self, Vec<Issue>) {
        let mut inventory = Self::default();
        let mut issues = damaged_packs(objects);
        if format == ObjectFormat::Sha256 {
            let mut number = |id| {
                inventory.number(id);
            };
            listing::ids(objects, &mut number, &mut issues);
            return (inventory, issues);
        }
        let listed = odb.foreach(|id| {
            inventory.number(*id);
            true
        });
        if let Err(error) = listed {
            let text = error.message().trim_end_matches(['.', '\n']);
            issues.push(Issue::new(
                ":objects",
                format!("cannot list every object: {text}; `git fsck` tells more"),
            ));
        }
        (inventory, issues)
    }

    /// The number of an object, which may be one that is named and not there.
    pub(super) fn number(&mut self, id: Oid) -> u32 {
        // More objects than numbers do not fit into memory either.
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.ids.push(id);
            self.known.push(false);
        }
        number
    }

    /// The number of an object that was listed or named before.
    pub(super) fn find(&self, id: Oid) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The id of a numbered object.
    pub(super) fn id(&self, number: u32) -> Oid {
        let id = self.ids.get(number as usize);
        id.copied().unwrap_or(Oid::ZERO_SHA1)
    }

    /// Notes that something leads to the object; says whether that is news.
    pub(super) fn know(&mut self, number: u32) -> bool {
        let known = self.known.get_mut(number as usize);
        known.is_some_and(|known| !std::mem::replace(known, true))
    }

    /// Whether something leads to the object.
    pub(super) fn knows(&self, id: Oid) -> bool {
        let number = self.numbers.get(&id);
        number.is_some_and(|&number| self.known.get(number as usize) == Some(&true))
    }

    /// Objects that nothing looked at so far leads to.
    pub(super) fn unknown(&self) -> Vec<Oid> {
        let pairs = self.ids.iter().zip(&self.known);
        pairs
            .filter(|(_, known)| !**known)
            .map(|(id, _)| *id)
            .collect()
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
