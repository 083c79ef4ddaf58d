//! Trees, commits and tags out of packs, read one by one in an order of the reader's own.
//!
//! Trees are asked for in the order of history, and each is mostly made from one that was asked for shortly before or will be
//! shortly after. So all that is made on the way to one is kept for a while.

use std::collections::HashMap;
use std::rc::Rc;

use libdeflater::Decompressor;

use super::delta::apply;
use super::entry::{Kind, unpack};
use super::fault::Fault;
use super::pack::Pack;
use super::packs::Packs;
use crate::text::Copied;

/// Bytes kept of objects used last; up to twice as many are held.
const KEPT: usize = 24 << 20;

/// Reads objects of packs.
pub(in crate::source::git) struct Objects<'p> {
    packs: &'p Packs,
    inflater: Decompressor,
    delta: Vec<u8>,
    copied: Vec<Copied>,
    /// What was used since the former became full, by number.
    new: HashMap<u32, Rc<Vec<u8>>>,
    /// Bytes in `new`.
    size: usize,
    /// What was used before.
    old: HashMap<u32, Rc<Vec<u8>>>,
}

impl<'p> Objects<'p> {
    /// A reader of `packs`.
    pub(in crate::source::git) fn new(packs: &'p Packs) -> Self {
        Self {
            packs,
            inflater: Decompressor::new(),
            delta: Vec::new(),
            copied: Vec::new(),
            new: HashMap::new(),
            size: 0,
            old: HashMap::new(),
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
        let packed = pack
            .packed(entry)
            .ok_or_else(|| Fault::damaged("its head is damaged"))?;
        let mut bytes = Vec::new();
        match base {
            None => unpack(&packed, &mut self.inflater, &mut bytes)?,
            Some(base) => {
                unpack(&packed, &mut self.inflater, &mut self.delta)?;
                apply(&self.delta, base, &mut bytes, &mut self.copied)?;
            }
        }
        Ok(bytes)
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
            self.old = std::mem::take(&mut self.new);
            self.size = 0;
        }
        self.size += bytes.len();
        self.new.insert(number, Rc::clone(bytes));
    }
}
