//! A pack as a forest: every entry below the one it was made from.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use flate2::Decompress;
use gix_hash::Kind as Hash;

use super::entry::{Form, Kind, Packed, begin, parse};
use super::fault::Fault;
use super::inflate::{BEHIND, Inflater};

/// Bytes of a pack that are read before it is mapped anew.
const MAPPED: usize = 128 << 20;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// Entries of a pack whose ids are listed while another thread finds what they were made from.
const MANY: usize = 20_000;

/// Packed bytes of an entry whose first bytes may be looked at before the others.
const LONG: u64 = 2 << 10;

/// Ids that are listed together.
const TOGETHER: usize = 64;

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
    /// Where each entry begins, and where the last ends.
    offsets: Vec<u64>,
    /// What each entry was made from, or [`NONE`].
    bases: Vec<u32>,
    /// What each entry is, by what it was made from in the end.
    kinds: Vec<Kind>,
    /// Entries made from another in this pack, grouped by it; the heaviest of a group last.
    children: Vec<u32>,
    /// Where the group of each entry begins in `children`, and where the last ends.
    groups: Vec<u32>,
    /// Entries that are whole.
    roots: Vec<u32>,
    /// The checksums of the [`LONG`] entries as they are packed, where the index has them.
    checksums: Vec<(u32, u32)>,
}

/// What the entries of a pack were made from.
struct Bases {
    /// What each entry is, of those that are whole.
    kinds: Vec<Kind>,
    /// What each entry was made from, or [`NONE`].
    parents: Vec<u32>,
    /// Entries that are whole.
    roots: Vec<u32>,
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
        let mut places: Vec<(u64, u32)> = (0..index.num_objects())
            .map(|at| (index.pack_offset_at_index(at), at))
            .collect();
        places.sort_unstable();
        let mut offsets: Vec<u64> = places.iter().map(|place| place.0).collect();
        offsets.push(data.pack_end() as u64);
        let long = (places.iter().zip(0_u32..)).zip(offsets.windows(2));
        let long = long.filter(|(_, ends)| ends[1].saturating_sub(ends[0]) > LONG);
        let checksums =
            long.filter_map(|((&(_, at), entry), _)| Some((entry, index.crc32_at_index(at)?)));
        let mut pack = Self {
            checksums: checksums.collect(),
            data: RwLock::new(data),
            read: AtomicUsize::new(0),
            id_length: hash.len_in_bytes(),
            offsets,
            bases: Vec::new(),
            kinds: Vec::new(),
            children: Vec::new(),
            groups: Vec::new(),
            roots: Vec::new(),
        };
        let mut list = || {
            ids.expect(places.len());
            let mut listed = Vec::with_capacity(TOGETHER * hash.len_in_bytes());
            for places in places.chunks(TOGETHER) {
                for &(_, at) in places {
                    listed.extend_from_slice(index.oid_at_index(at).as_bytes());
                }
                ids.list(&listed);
                listed.clear();
            }
        };
        let bases = if threads > 1 && places.len() > MANY {
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
        drop(places);
        pack.grow(bases);
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
        let base = self.bases.get(entry as usize);
        base.copied().filter(|&base| base != NONE)
    }

    /// What an entry is.
    pub(super) fn kind(&self, entry: u32) -> Kind {
        self.kinds
            .get(entry as usize)
            .copied()
            .unwrap_or(Kind::Unknown)
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Entries that are whole.
    pub(super) fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// Entries made from this one.
    pub(super) fn children(&self, entry: u32) -> &[u32] {
        let at = entry as usize;
        match self.groups.get(at..at + 2) {
            Some(&[from, to]) => self
                .children
                .get(from as usize..to as usize)
                .unwrap_or_default(),
            _ => &[],
        }
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
        let slice = self.slice(&data, entry).unwrap_or_default();
        let length = slice.len();
        let longer = self.reach(&data, entry).unwrap_or(slice);
        let packed =
            parse(longer, self.id_length).ok_or_else(|| Fault::damaged("its head is damaged"))?;
        let unpacked = unpack(&packed)?;
        drop(data);
        if self.read.fetch_add(length, Ordering::Relaxed) > MAPPED {
            self.renew();
        }
        Ok(unpacked)
    }

    /// Looks at entries that will be unpacked soon: memory is waited for once, not for each.
    pub(super) fn touch(&self, entries: impl Iterator<Item = u32>) {
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        let seen = entries.fold(0, |seen, entry| {
            let start = self.offsets.get(entry as usize).copied().unwrap_or(0);
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
        let at = entry as usize;
        let (&start, &end) = (self.offsets.get(at)?, self.offsets.get(at + 1)?);
        data.entry_slice(start..end.max(start))
    }

    /// An entry and some of what follows it.
    fn reach<'d>(&self, data: &'d gix_pack::data::File, entry: u32) -> Option<&'d [u8]> {
        let at = entry as usize;
        let (&start, &end) = (self.offsets.get(at)?, self.offsets.get(at + 1)?);
        data.entry_slice(start..end.max(start).checked_add(BEHIND)?)
    }

    /// Finds what each entry was made from, and the kind of those that are whole.
    fn find_bases(&self, index: &gix_pack::index::File) -> Bases {
        let count = self.len();
        let mut kinds = vec![Kind::Unknown; count];
        let mut parents = vec![NONE; count];
        let mut roots = Vec::new();
        let data = self.data.read().unwrap_or_else(PoisonError::into_inner);
        for (entry, number) in (0..count).zip(0_u32..) {
            let slice = self.slice(&data, number).unwrap_or_default();
            let Some(packed) = parse(slice, self.id_length) else {
                continue;
            };
            let base = match packed.form {
                Form::Whole(kind) => {
                    kinds[entry] = kind;
                    roots.push(number);
                    continue;
                }
                Form::Before(distance) => {
                    let offset = self.offsets[entry].checked_sub(distance);
                    offset.and_then(|offset| find_before(&self.offsets[..entry], offset))
                }
                Form::From(id) => gix_hash::oid::try_from_bytes(id)
                    .ok()
                    .and_then(|id| index.lookup(id))
                    .map(|at| index.pack_offset_at_index(at))
                    .and_then(|offset| self.offsets[..count].binary_search(&offset).ok()),
            };
            if let Some(base) = base.and_then(|base| u32::try_from(base).ok()) {
                parents[entry] = base;
            }
        }
        Bases {
            kinds,
            parents,
            roots,
        }
    }

    /// Puts every entry below the one it was made from.
    fn grow(&mut self, bases: Bases) {
        (self.kinds, self.roots) = (bases.kinds, bases.roots);
        self.group(&bases.parents);
        self.weigh(&bases.parents);
        self.bases = bases.parents;
    }

    fn group(&mut self, parents: &[u32]) {
        let mut groups = vec![0_u32; parents.len() + 1];
        for &parent in parents.iter().filter(|&&parent| parent != NONE) {
            groups[parent as usize + 1] += 1;
        }
        for at in 1..groups.len() {
            groups[at] += groups[at - 1];
        }
        let mut next = groups.clone();
        let mut children = vec![0; groups.last().map_or(0, |&count| count as usize)];
        for (&parent, entry) in parents.iter().zip(0_u32..) {
            if parent != NONE {
                let at = &mut next[parent as usize];
                children[*at as usize] = entry;
                *at += 1;
            }
        }
        (self.groups, self.children) = (groups, children);
    }

    /// Hands kinds down, and puts the heaviest child of each entry last: when it is visited, its base is needed no more, so
    /// that no more contents are held than the logarithm of the number of entries.
    fn weigh(&mut self, parents: &[u32]) {
        let mut order = self.roots.clone();
        let mut at = 0;
        while let Some(&entry) = order.get(at) {
            let kind = self.kind(entry);
            let start = order.len();
            order.extend_from_slice(self.children(entry));
            for &child in &order[start..] {
                self.kinds[child as usize] = kind;
            }
            at += 1;
        }
        let mut weights = vec![1_u32; parents.len()];
        for &entry in order.iter().rev() {
            let parent = parents[entry as usize];
            if parent != NONE {
                weights[parent as usize] += weights[entry as usize];
            }
        }
        for group in self.groups.windows(2) {
            let group = &mut self.children[group[0] as usize..group[1] as usize];
            group.sort_by_key(|&child| weights[child as usize]);
        }
    }
}

/// The place of an offset in some that are sorted, which is mostly near the end: what an entry was made from lies shortly before it.
fn find_before(offsets: &[u64], offset: u64) -> Option<usize> {
    let (mut low, mut step) = (offsets.len(), 8);
    while low > 0 && offsets.get(low).is_none_or(|&least| least > offset) {
        low = low.saturating_sub(step);
        step *= 8;
    }
    let high = offsets.len().min(low + step / 8 + 1);
    let found = offsets.get(low..high)?.binary_search(&offset).ok()?;
    Some(low + found)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_found_from_the_end() {
        let offsets: Vec<u64> = (0..1000).map(|at| at * 10 + 3).collect();
        for (&offset, at) in offsets.iter().zip(0..) {
            assert_eq!(find_before(&offsets, offset), Some(at));
            assert_eq!(find_before(&offsets, offset + 1), None);
            assert_eq!(find_before(&offsets[..at], offset), None);
        }
        assert_eq!(find_before(&offsets, 0), None);
        assert_eq!(find_before(&[], 0), None);
    }
}
