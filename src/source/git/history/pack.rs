//! A pack as a forest: every entry below the one it was made from.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gix_hash::Kind as Hash;
use gix_pack::data::File;

use super::entry::{Form, Kind, parse};
use super::forest::{Bases, Forest, NONE};
use super::places::Places;
use super::rev;
use super::view::View;

/// Bytes of a pack that are read before it is mapped anew.
const MAPPED: u64 = 128 << 20;

/// Entries of a pack whose ids are listed while another thread finds what they were made from.
const MANY: usize = 20_000;

/// Packed bytes of an entry whose first bytes may be looked at before the others.
const LONG: u64 = 2 << 10;

/// Ids that are listed together.
const TOGETHER: usize = 64;

/// Entries whose heads are looked at before the first of them is read.
const TOUCHED: u32 = 32;

/// Takes the ids of what packs hold.
pub(in crate::source::git) trait Ids {
    /// So many will follow.
    fn expect(&mut self, count: usize);
    /// Some of them, one after the other.
    fn list(&mut self, ids: &[u8]);
}

/// A pack and what it is made of. Entries are numbered by where they lie.
pub(super) struct Pack {
    path: PathBuf,
    hash: Hash,
    /// As it was mapped last, and how many bytes were read since.
    mapped: Mutex<(Arc<File>, u64)>,
    /// Where the entries lie.
    places: Places,
    /// What they were made from.
    forest: Forest,
    /// The checksums of the [`LONG`] entries as they are packed, where the index has them.
    checksums: Vec<(u32, u32)>,
}

impl Pack {
    /// Maps the pack of an index; lists the id of each entry in `ids`. `None` when it cannot be read, or is larger than can be numbered;
    /// nothing is listed then.
    pub(super) fn open(
        index: &gix_pack::index::File,
        hash: Hash,
        ids: &mut dyn Ids,
        threads: usize,
    ) -> Option<Self> {
        let path = index.path().with_extension("pack");
        let data = File::at(&path, hash).ok()?;
        if index.num_objects() == NONE {
            return None;
        }
        let offset = |at| index.pack_offset_at_index(at);
        let (count, end) = (index.num_objects(), data.pack_end() as u64);
        let known = rev::order(index.path(), count).and_then(|order| {
            let places = Places::ordered(&order, count, end, offset)?;
            Some((places, order))
        });
        let (places, listed) = known.unwrap_or_else(|| Places::sort(count, end, offset));
        let long = listed.iter().zip(0_u32..).filter(|&(_, entry)| {
            let place = places.get(entry);
            place.is_some_and(|(start, end)| end - start > LONG)
        });
        let checksums = long.filter_map(|(&at, entry)| Some((entry, index.crc32_at_index(at)?)));
        let mut pack = Self {
            path,
            hash,
            mapped: Mutex::new((Arc::new(data), 0)),
            checksums: checksums.collect(),
            places,
            forest: Forest::default(),
        };
        let mut list = || {
            ids.expect(listed.len());
            let mut some = Vec::with_capacity(TOGETHER * hash.len_in_bytes());
            for listed in listed.chunks(TOGETHER) {
                // They lie anywhere: memory is waited for once, not for each.
                let seen = listed.iter().map(|&at| index.oid_at_index(at).first_byte());
                std::hint::black_box(seen.fold(0, |all, byte| all ^ byte));
                for &at in listed {
                    some.extend_from_slice(index.oid_at_index(at).as_bytes());
                }
                ids.list(&some);
                some.clear();
            }
        };
        let bases = if threads > 1 && listed.len() > MANY {
            std::thread::scope(|scope| {
                let bases = scope.spawn(|| pack.find_bases(index));
                list();
                bases.join()
            })
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        } else {
            list();
            pack.find_bases(index)
        };
        drop(listed);
        pack.forest = Forest::new(bases);
        Some(pack)
    }

    /// Notes that so many bytes were read; gives the pack as it is to be read on.
    pub(super) fn noted(&self, read: u64) -> Arc<File> {
        let mapped = self.mapped.lock();
        let mut mapped = mapped.unwrap_or_else(PoisonError::into_inner);
        mapped.1 = mapped.1.saturating_add(read);
        if mapped.1 > MAPPED {
            self.map(&mut mapped);
        }
        Arc::clone(&mapped.0)
    }

    /// The pack mapped anew.
    pub(super) fn renewed(&self) -> Arc<File> {
        let mapped = self.mapped.lock();
        let mut mapped = mapped.unwrap_or_else(PoisonError::into_inner);
        self.map(&mut mapped);
        Arc::clone(&mapped.0)
    }

    fn map(&self, mapped: &mut (Arc<File>, u64)) {
        // If the file is gone, what is mapped is still there.
        if let Ok(new) = File::at(&self.path, self.hash) {
            mapped.0 = Arc::new(new);
        }
        mapped.1 = 0;
    }

    /// Bytes of an id.
    pub(super) fn id_length(&self) -> usize {
        self.hash.len_in_bytes()
    }

    /// Where an entry begins and ends.
    pub(super) fn place(&self, entry: u32) -> Option<(u64, u64)> {
        self.places.get(entry)
    }

    /// The checksum of an entry of which the first bytes may be looked at before the others, as it is packed.
    pub(super) fn checksum(&self, entry: u32) -> Option<u32> {
        let known = self.checksums.binary_search_by_key(&entry, |known| known.0);
        Some(self.checksums.get(known.ok()?)?.1)
    }

    /// What an entry was made from, where that is in this pack.
    pub(super) fn base(&self, entry: u32) -> Option<u32> {
        self.forest.base(entry)
    }

    /// What an entry is.
    pub(super) fn kind(&self, entry: u32) -> Kind {
        self.forest.kind(entry)
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Entries that are whole.
    pub(super) fn roots(&self) -> &[u32] {
        self.forest.roots()
    }

    /// Entries made from this one; the heaviest is the last.
    pub(super) fn children(&self, entry: u32) -> &[u32] {
        self.forest.children(entry)
    }

    /// Finds what each entry was made from, and the kind of those that are whole.
    fn find_bases(&self, index: &gix_pack::index::File) -> Bases {
        let mut bases = Bases {
            kinds: vec![Kind::Unknown; self.len()],
            parents: vec![NONE; self.len()],
            roots: Vec::new(),
        };
        let mut view = View::new(self);
        // The beginning comes last, and stays mapped: there lie commits and trees, which are read next.
        let end = self.places.end();
        for part in (0..=end / MAPPED).rev() {
            let from = self.places.before(part * MAPPED);
            let to = self.places.before((part + 1).saturating_mul(MAPPED));
            view.renew();
            self.find_some(from..to, index, &mut view, &mut bases);
        }
        let whole = bases.kinds.iter().zip(0_u32..);
        let whole = whole.filter(|&(&kind, _)| kind != Kind::Unknown);
        bases.roots = whole.map(|(_, entry)| entry).collect();
        bases
    }

    /// The same, of some of them.
    fn find_some(
        &self,
        entries: Range<u32>,
        index: &gix_pack::index::File,
        view: &mut View<'_>,
        bases: &mut Bases,
    ) {
        let (mut next, mut deltas) = (entries.start, Vec::with_capacity(TOUCHED as usize));
        while next < entries.end {
            let some = next..next.saturating_add(TOUCHED).min(entries.end);
            next = some.end;
            let places = self.places.some(some.clone());
            view.look(places);
            deltas.clear();
            for (place, entry) in places.windows(2).zip(some) {
                let &[start, end] = place else { continue };
                let slice = view.between(start, end).unwrap_or_default();
                let packed = parse(slice, self.id_length());
                let base = match packed.map(|packed| packed.form) {
                    Some(Form::Whole(what)) => {
                        if let Some(kind) = bases.kinds.get_mut(entry as usize) {
                            *kind = what;
                        }
                        None
                    }
                    Some(Form::Before(distance)) => {
                        start.checked_sub(distance).filter(|&offset| offset < start)
                    }
                    Some(Form::From(id)) => gix_hash::oid::try_from_bytes(id)
                        .ok()
                        .and_then(|id| index.lookup(id))
                        .map(|at| index.pack_offset_at_index(at)),
                    None => None,
                };
                deltas.extend(base.map(|base| (entry, base)));
            }
            self.places.touch(deltas.iter().map(|delta| delta.1));
            for &(entry, base) in &deltas {
                if let Some(parent) = bases.parents.get_mut(entry as usize) {
                    *parent = self.places.find(base).unwrap_or(NONE);
                }
            }
        }
    }
}

/// The indexes of all packs of a store and of those it borrows from, in a fixed order.
pub(super) fn indexes(objects: &Path) -> Vec<PathBuf> {
    let mut folders = vec![objects.to_owned()];
    if let Ok(borrowed) = gix_odb::alternate::resolve(objects.to_owned(), Path::new("/")) {
        folders.extend(borrowed);
    }
    let mut found = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder.join("pack"));
        let mut files: Vec<_> = entries
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        files.retain(|file: &PathBuf| file.extension().is_some_and(|e| e == "idx"));
        files.sort();
        found.extend(files);
    }
    found
}
