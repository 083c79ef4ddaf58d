//! A pack as a forest: every entry below the one it was made from.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use flate2::Decompress;
use gix_hash::Kind as Hash;

use super::entry::{Form, Kind, Packed, begin, parse};
use super::fault::Fault;
use super::forest::{Bases, Forest, NONE};
use super::inflate::{BEHIND, Inflater};
use super::places::Places;

/// Bytes of a pack that are read before it is mapped anew.
const MAPPED: usize = 128 << 20;

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
    data: RwLock<gix_pack::data::File>,
    /// Bytes read since it was mapped.
    read: AtomicUsize,
    /// Bytes of an id.
    id_length: usize,
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
        let data = gix_pack::data::File::at(index.path().with_extension("pack"), hash).ok()?;
        if index.num_objects() == NONE {
            return None;
        }
        let offset = |at| index.pack_offset_at_index(at);
        let (places, listed) = Places::sort(index.num_objects(), data.pack_end() as u64, offset);
        let long = listed.iter().zip(0_u32..).filter(|&(_, entry)| {
            let place = places.get(entry);
            place.is_some_and(|(start, end)| end - start > LONG)
        });
        let checksums = long.filter_map(|(&at, entry)| Some((entry, index.crc32_at_index(at)?)));
        let mut pack = Self {
            checksums: checksums.collect(),
            data: RwLock::new(data),
            read: AtomicUsize::new(0),
            id_length: hash.len_in_bytes(),
            places,
            forest: Forest::default(),
        };
        let mut list = || {
            ids.expect(listed.len());
            let mut some = Vec::with_capacity(TOGETHER * hash.len_in_bytes());
            for listed in listed.chunks(TOGETHER) {
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
        pack.renew();
        Some(pack)
    }

    /// Maps the pack anew: every page that was read counts as memory in use for as long as it is mapped.
    fn renew(&self) {
        self.read.store(0, Ordering::Relaxed);
        let mut data = self.data.write().unwrap_or_else(PoisonError::into_inner);
        let hash = data.object_hash();
        if let Ok(new) = gix_pack::data::File::at(data.path(), hash) {
            *data = new;
        }
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

    /// Unpacks a whole object into `out`, whose former content is lost.
    pub(super) fn unpack(
        &self,
        entry: u32,
        inflater: &mut Inflater,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.packed(entry, |packed| inflater.unpack(packed, out))
    }

    /// Unpacks what an entry holds: a whole object, or how it is made from another.
    pub(super) fn within<'i>(
        &self,
        entry: u32,
        inflater: &'i mut Inflater,
    ) -> Result<&'i [u8], Fault> {
        self.packed(entry, |packed| inflater.within(packed))
    }

    /// Shows an entry to `unpack`.
    fn packed<T>(
        &self,
        entry: u32,
        unpack: impl FnOnce(&Packed<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        let place = self.places.get(entry);
        let (start, end) = place.ok_or_else(|| Fault::damaged("it is in no index"))?;
        // With some of what follows it, where there is as much.
        let slice = data.entry_slice(start..end.saturating_add(BEHIND));
        let slice = slice.or_else(|| data.entry_slice(start..end));
        let packed = slice.and_then(|slice| parse(slice, self.id_length));
        let unpacked = unpack(&packed.ok_or_else(|| Fault::damaged("its head is damaged"))?)?;
        drop(data);
        let length = usize::try_from(end - start).unwrap_or(0);
        if self.read.fetch_add(length, Ordering::Relaxed) > MAPPED {
            self.renew();
        }
        Ok(unpacked)
    }

    /// Looks at entries that will be unpacked soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, entries: impl Iterator<Item = u32>) {
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        self.look(&data, entries);
    }

    fn look(&self, data: &gix_pack::data::File, entries: impl Iterator<Item = u32>) {
        let seen = entries.fold(0, |seen, entry| {
            let start = self.places.get(entry).map_or(0, |place| place.0);
            let head = data.entry_slice(start..start.saturating_add(1));
            let head = head.and_then(<[u8]>::first).copied().unwrap_or(0);
            seen ^ u32::from(head) ^ self.base(entry).unwrap_or(0)
        });
        std::hint::black_box(seen);
    }

    /// The first bytes of a long entry are put into `out`; gives the size of the whole. `None` for others, and for those that are damaged
    /// anywhere.
    pub(super) fn head(
        &self,
        entry: u32,
        inflater: &mut Decompress,
        out: &mut Vec<u8>,
    ) -> Option<u64> {
        let known = self.checksums.binary_search_by_key(&entry, |known| known.0);
        let (_, checksum) = self.checksums[known.ok()?];
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        let slice = self.slice(&data, entry)?;
        let packed = parse(slice, self.id_length)?;
        begin(&packed, inflater, out)?;
        self.read.fetch_add(slice.len(), Ordering::Relaxed);
        (crc32fast::hash(slice) == checksum).then_some(packed.size)
    }

    fn slice<'d>(&self, data: &'d gix_pack::data::File, entry: u32) -> Option<&'d [u8]> {
        let (start, end) = self.places.get(entry)?;
        data.entry_slice(start..end)
    }

    /// Finds what each entry was made from, and the kind of those that are whole.
    fn find_bases(&self, index: &gix_pack::index::File) -> Bases {
        let mut kinds = vec![Kind::Unknown; self.len()];
        let mut parents = vec![NONE; self.len()];
        let mut roots = Vec::new();
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        let each = kinds.iter_mut().zip(&mut parents).zip(0_u32..);
        for ((kind, parent), entry) in each {
            if entry % TOUCHED == 0 {
                self.look(&data, entry..entry.saturating_add(TOUCHED));
            }
            let slice = self.slice(&data, entry).unwrap_or_default();
            let Some(packed) = parse(slice, self.id_length) else {
                continue;
            };
            let base = match packed.form {
                Form::Whole(what) => {
                    *kind = what;
                    roots.push(entry);
                    continue;
                }
                Form::Before(distance) => {
                    let start = self.places.get(entry).map(|place| place.0);
                    let offset = start.and_then(|start| start.checked_sub(distance));
                    let base = offset.and_then(|offset| self.places.find(offset));
                    base.filter(|&base| base < entry)
                }
                Form::From(id) => gix_hash::oid::try_from_bytes(id)
                    .ok()
                    .and_then(|id| index.lookup(id))
                    .map(|at| index.pack_offset_at_index(at))
                    .and_then(|offset| self.places.find(offset)),
            };
            *parent = base.unwrap_or(NONE);
        }
        Bases {
            kinds,
            parents,
            roots,
        }
    }
}

/// The indexes of all packs of a store and of those it borrows from, in a fixed order.
pub(super) fn indexes(objects: &Path) -> Vec<std::path::PathBuf> {
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
        files.retain(|file: &std::path::PathBuf| file.extension().is_some_and(|e| e == "idx"));
        files.sort();
        found.extend(files);
    }
    found
}
