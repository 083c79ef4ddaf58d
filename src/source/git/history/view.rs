//! A pack as one reader sees it.
//!
//! Every page of a file that was read counts as memory in use for as long as the file is mapped. So a pack is mapped anew after so many bytes
//! of it were read, by whichever reader; each tells from time to time how much it has read, and goes on with what is mapped by then.

use std::sync::Arc;

use flate2::Decompress;
use gix_pack::data::File;

use super::entry::{Packed, begin, parse};
use super::fault::Fault;
use super::inflate::{BEHIND, Inflater};
use super::pack::Pack;

/// Bytes that a reader reads before it tells of them.
const STEP: u64 = 1 << 16;

/// A pack and what one reader has mapped of it.
pub(super) struct View<'p> {
    pack: &'p Pack,
    mapped: Option<Arc<File>>,
    /// Bytes read that were not told of yet.
    read: u64,
}

impl<'p> View<'p> {
    /// A view of a pack, which is not mapped before something is read.
    pub(super) fn new(pack: &'p Pack) -> Self {
        let (mapped, read) = (None, 0);
        Self { pack, mapped, read }
    }

    /// The pack.
    pub(super) fn pack(&self) -> &'p Pack {
        self.pack
    }

    /// Unpacks a whole object into `out`, whose former content is lost.
    pub(super) fn unpack(
        &mut self,
        entry: u32,
        inflater: &mut Inflater,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.packed(entry, |packed| inflater.unpack(packed, out))
    }

    /// Unpacks what an entry holds: a whole object, or how it is made from another.
    pub(super) fn within<'i>(
        &mut self,
        entry: u32,
        inflater: &'i mut Inflater,
    ) -> Result<&'i [u8], Fault> {
        self.packed(entry, |packed| inflater.within(packed))
    }

    /// Shows an entry to `unpack`.
    fn packed<T>(
        &mut self,
        entry: u32,
        unpack: impl FnOnce(&Packed<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let pack = self.pack;
        let (start, end) =
            (pack.place(entry)).ok_or_else(|| Fault::damaged("it is in no index"))?;
        let data = self.data();
        // With some of what follows it, where there is as much.
        let slice = data.entry_slice(start..end.saturating_add(BEHIND));
        let slice = slice.or_else(|| data.entry_slice(start..end));
        let packed = slice.and_then(|slice| parse(slice, pack.id_length()));
        let unpacked = unpack(&packed.ok_or_else(|| Fault::damaged("its head is damaged"))?)?;
        self.note(end - start);
        Ok(unpacked)
    }

    /// The first bytes of a long entry are put into `out`; gives the size of the whole. `None` for others, and for those that are damaged
    /// anywhere.
    pub(super) fn head(
        &mut self,
        entry: u32,
        inflater: &mut Decompress,
        out: &mut Vec<u8>,
    ) -> Option<u64> {
        let id_length = self.pack.id_length();
        let checksum = self.pack.checksum(entry)?;
        let slice = self.slice(entry)?;
        let packed = parse(slice, id_length)?;
        begin(&packed, inflater, out)?;
        let (size, length) = (packed.size, slice.len() as u64);
        let whole = crc32fast::hash(slice) == checksum;
        self.note(length);
        whole.then_some(size)
    }

    /// The bytes of an entry.
    fn slice(&mut self, entry: u32) -> Option<&[u8]> {
        let (start, end) = self.pack.place(entry)?;
        self.between(start, end)
    }

    /// The bytes between two places.
    pub(super) fn between(&mut self, start: u64, end: u64) -> Option<&[u8]> {
        self.data().entry_slice(start..end)
    }

    /// Looks at places that will be read soon: memory is waited for once, not for each.
    pub(super) fn look(&mut self, places: &[u64]) {
        let data = self.data();
        let seen = places.iter().map(|&place| {
            let bytes = data.entry_slice(place..place.saturating_add(1));
            bytes.and_then(<[u8]>::first).copied().unwrap_or(0)
        });
        std::hint::black_box(seen.fold(0, |all, one| all ^ one));
    }

    /// Looks at an entry that will be read soon. Of many, memory is waited for once then, and not for each; the outcome means nothing.
    pub(super) fn glance(&self, entry: u32) -> u32 {
        let start = self.pack.place(entry).map_or(0, |place| place.0);
        let mapped = self.mapped.as_ref();
        let head = mapped.and_then(|mapped| mapped.entry_slice(start..start.saturating_add(1)));
        let head = head.and_then(<[u8]>::first).copied().unwrap_or(0);
        u32::from(head) ^ self.pack.base(entry).unwrap_or(0) ^ self.pack.kind(entry) as u32
    }

    /// Maps the pack anew.
    pub(super) fn renew(&mut self) {
        (self.mapped, self.read) = (Some(self.pack.renewed()), 0);
    }

    fn note(&mut self, length: u64) {
        self.read = self.read.saturating_add(length);
        if self.read > STEP {
            (self.mapped, self.read) = (Some(self.pack.noted(self.read)), 0);
        }
    }

    fn data(&mut self) -> &File {
        self.mapped.get_or_insert_with(|| self.pack.noted(0))
    }
}
