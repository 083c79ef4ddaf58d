//! The packs of a store, with their entries numbered through.

use std::path::Path;

use git2::ObjectFormat;
use gix_hash::Kind as Hash;

use super::entry::Kind;
pub(in crate::source::git) use super::pack::Ids;
use super::pack::{Pack, indexes};
use crate::finding::Issue;

/// All packs of a store and of those it borrows from.
pub(in crate::source::git) struct Packs {
    packs: Vec<Pack>,
    /// The number of the first entry of each pack, and the number of all entries.
    starts: Vec<u32>,
}

impl Packs {
    /// Maps the packs; lists in `ids` the id of each entry, in the order of their numbers, and then those of packs that cannot be
    /// mapped, whose objects have to be read by other means. Indexes that cannot be read are issues.
    pub(in crate::source::git) fn open(
        objects: &Path,
        format: ObjectFormat,
        ids: &mut dyn Ids,
        issues: &mut Vec<Issue>,
        threads: usize,
    ) -> Self {
        let hash = match format {
            ObjectFormat::Sha1 => Hash::Sha1,
            ObjectFormat::Sha256 => Hash::Sha256,
        };
        let mut all = Self {
            packs: Vec::new(),
            starts: vec![0],
        };
        let mut rest = Vec::new();
        for path in indexes(objects) {
            let Ok(index) = gix_pack::index::File::at(&path, hash) else {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                issues.push(Issue::new(
                    format!("objects/pack/{name}"),
                    "the index of this pack is damaged, so that its objects cannot be listed; `git index-pack` on the pack writes it anew",
                ));
                continue;
            };
            let end = all.starts.last().copied().unwrap_or(0);
            let end = end.checked_add(index.num_objects());
            match end.and_then(|end| Some((end, Pack::open(&index, hash, ids, threads)?))) {
                Some((end, pack)) => {
                    all.packs.push(pack);
                    all.starts.push(end);
                }
                // That a pack is missing is told elsewhere.
                None if path.with_extension("pack").exists() => rest.push(index),
                None => {}
            }
        }
        for index in rest {
            index
                .iter()
                .for_each(|entry| ids.list(entry.oid.as_slice()));
        }
        all
    }

    /// Each pack with the number of its first entry.
    pub(super) fn each(&self) -> impl Iterator<Item = (&Pack, u32)> {
        self.packs.iter().zip(self.starts.iter().copied())
    }

    /// The entry with that number: which pack in the row of [`each`](Self::each) holds it, and as which of its entries.
    pub(super) fn entry(&self, number: u32) -> Option<(usize, u32)> {
        let at = self.starts.partition_point(|&start| start <= number);
        let at = at.checked_sub(1).filter(|&at| at < self.packs.len())?;
        Some((at, number - self.starts[at]))
    }

    /// What the entry with that number is; `None` where there is none, or that is not known.
    pub(in crate::source::git) fn kind(&self, number: u32) -> Option<Kind> {
        let (at, entry) = self.entry(number)?;
        Some(self.packs.get(at)?.kind(entry)).filter(|&kind| kind != Kind::Unknown)
    }
}
