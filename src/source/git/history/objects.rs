//! Trees, commits and tags out of packs, read one by one in an order of the reader's own.
//!
//! Trees are asked for in the order of history, and each is mostly made from one that was asked for shortly before or will be
//! shortly after. So all that is made on the way to one is kept for a while.

use std::rc::Rc;

use libdeflater::Decompressor;

use super::delta::apply;
use super::entry::Kind;
use super::fault::Fault;
use super::pack::Pack;
use super::packs::Packs;
use crate::source::git::inventory::NumberMap;
use crate::text::Copied;

/// Bytes kept of objects used last; up to twice as many are held. With four times as many one object in twenty less would be made anew.
const KEPT: usize = 4 << 20;

/// So many pieces of space are looked at for one that fits.
const CHOICE: usize = 8;

/// Reads objects of packs.
pub(in crate::source::git) struct Objects<'p> {
    packs: &'p Packs,
    inflater: Decompressor,
    delta: Vec<u8>,
    copied: Vec<Copied>,
    /// What was used since the former became full, by number.
    new: NumberMap<Rc<Vec<u8>>>,
    /// Bytes in `new`.
    size: usize,
    /// What was used before.
    old: NumberMap<Rc<Vec<u8>>>,
    /// Space of what is used no more.
    spare: Vec<Vec<u8>>,
}

impl<'p> Objects<'p> {
    /// A reader of `packs`.
    pub(in crate::source::git) fn new(packs: &'p Packs) -> Self {
        Self {
            packs,
            inflater: Decompressor::new(),
            delta: Vec::new(),
            copied: Vec::new(),
            new: NumberMap::default(),
            size: 0,
            old: NumberMap::default(),
            spare: Vec::new(),
        }
    }

    /// What the object with that number is, where a pack tells.
    pub(in crate::source::git) fn kind(&self, number: u32) -> Option<Kind> {
        self.packs.kind(number)
    }

    /// The object with that number, which is to be of this kind. `None` where no pack gives it: libgit2 may know another copy, and
    /// says what is wrong.
    pub(in crate::source::git) fn get(&mut self, number: u32, kind: Kind) -> Option<Rc<Vec<u8>>> {
        let (pack, entry) = self.packs.entry(number)?;
        if pack.kind(entry) != kind {
            return None;
        }
        let first = number - entry;
        let mut chain = Vec::new();
        let mut next = Some(entry);
        let mut made = None;
        while let Some(entry) = next {
            made = self.known(first + entry);
            if made.is_some() {
                break;
            }
            chain.push(entry);
            // No chain is longer than the pack: what goes round in circles has no kind.
            next = pack.base(entry);
        }
        while let Some(entry) = chain.pop() {
            let bytes = self.make(pack, entry, made.as_ref().map(|made| made.as_slice()));
            let bytes = Rc::new(bytes.ok()?);
            // What nothing is made from will hardly be asked for again.
            if kind == Kind::Tree || !chain.is_empty() {
                self.keep(first + entry, &bytes);
            }
            made = Some(bytes);
        }
        made
    }

    fn make(&mut self, pack: &Pack, entry: u32, base: Option<&[u8]>) -> Result<Vec<u8>, Fault> {
        let Some(base) = base else {
            let mut bytes = Vec::new();
            pack.unpack(entry, &mut self.inflater, &mut bytes)?;
            return Ok(bytes);
        };
        let mut bytes = self.space(base.len());
        pack.unpack(entry, &mut self.inflater, &mut self.delta)?;
        apply(&self.delta, base, &mut bytes, &mut self.copied)?;
        Ok(bytes)
    }

    /// Space for about so many bytes, used before where some is at hand that is not much too large.
    fn space(&mut self, size: usize) -> Vec<u8> {
        let fits = |space: &Vec<u8>| (size..2 * size).contains(&space.capacity());
        let last = self.spare.len().saturating_sub(CHOICE);
        let found = self.spare[last..].iter().rposition(fits);
        found.map_or_else(Vec::new, |at| self.spare.swap_remove(last + at))
    }

    fn known(&mut self, number: u32) -> Option<Rc<Vec<u8>>> {
        if let Some(known) = self.new.get(&number) {
            return Some(Rc::clone(known));
        }
        let known = self.old.remove(&number)?;
        self.keep(number, &known);
        Some(known)
    }

    fn keep(&mut self, number: u32, bytes: &Rc<Vec<u8>>) {
        if self.size > KEPT {
            std::mem::swap(&mut self.old, &mut self.new);
            self.spare.clear();
            let unused = self.new.drain();
            (self.spare).extend(unused.filter_map(|(_, bytes)| Rc::try_unwrap(bytes).ok()));
            self.size = 0;
        }
        self.size += bytes.capacity();
        self.new.insert(number, Rc::clone(bytes));
    }
}
