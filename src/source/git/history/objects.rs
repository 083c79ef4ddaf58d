//! Trees, commits and tags out of packs, read one by one in an order of the reader's own.
//!
//! Trees are asked for in the order of history, and each is mostly made from one that was asked for shortly before or will be
//! shortly after. So all that is made on the way to one is kept for a while.

use std::rc::Rc;

use super::delta::apply;
use super::entry::Kind;
use super::inflate::Inflater;
use super::packs::Packs;
use super::view::View;
use crate::source::git::inventory::NumberMap;
use crate::text::Copied;

/// Bytes kept of objects used last; up to twice as many are held. Trees are asked for folder by folder, so that hardly any is made anew
/// for being dropped too early.
const KEPT: usize = 1 << 20;

/// What an object counts for at least: of small ones too many would be held to be near at hand.
const LEAST: usize = 1 << 10;

/// Space that is used no more, by the logarithm of its size.
type Spare = [Vec<Rc<Vec<u8>>>; usize::BITS as usize];

/// Reads objects of packs.
pub(in crate::source::git) struct Objects<'p> {
    packs: &'p Packs,
    /// What this reader has mapped of each pack.
    views: Vec<View<'p>>,
    inflater: Inflater,
    copied: Vec<Copied>,
    /// What was used since the former became full, by number.
    new: NumberMap<Rc<Vec<u8>>>,
    /// Bytes in `new`, or some more.
    size: usize,
    /// What was used before.
    old: NumberMap<Rc<Vec<u8>>>,
    /// Space of what is used no more.
    spare: Spare,
    /// Entries that are still to be made.
    chain: Vec<u32>,
}

impl<'p> Objects<'p> {
    /// A reader of `packs`.
    pub(in crate::source::git) fn new(packs: &'p Packs) -> Self {
        Self {
            packs,
            views: packs.each().map(|(pack, _)| View::new(pack)).collect(),
            inflater: Inflater::default(),
            copied: Vec::new(),
            new: NumberMap::default(),
            size: 0,
            old: NumberMap::default(),
            spare: std::array::from_fn(|_| Vec::new()),
            chain: Vec::new(),
        }
    }

    /// What the object with that number is, where a pack tells.
    pub(in crate::source::git) fn kind(&self, number: u32) -> Option<Kind> {
        self.packs.kind(number)
    }

    /// Looks at where objects lie that will be asked for soon: memory is waited for once, not for each.
    pub(in crate::source::git) fn touch(&self, numbers: impl Iterator<Item = u32>) {
        let seen = numbers.map(|number| {
            let found = self.packs.entry(number);
            let view = found.and_then(|(at, entry)| Some((self.views.get(at)?, entry)));
            view.map_or(0, |(view, entry)| view.glance(entry))
        });
        std::hint::black_box(seen.fold(0, |all, one| all ^ one));
    }

    /// The object with that number, which is to be of this kind. `None` where no pack gives it: libgit2 may know another copy, and
    /// says what is wrong.
    pub(in crate::source::git) fn get(&mut self, number: u32, kind: Kind) -> Option<Rc<Vec<u8>>> {
        let (at, entry) = self.packs.entry(number)?;
        let pack = self.views.get(at)?.pack();
        if pack.kind(entry) != kind {
            return None;
        }
        let first = number - entry;
        self.chain.clear();
        let mut next = Some(entry);
        let mut made = None;
        while let Some(entry) = next {
            made = self.known(first + entry);
            if made.is_some() {
                break;
            }
            self.chain.push(entry);
            // No chain is longer than the pack: what goes round in circles has no kind.
            next = pack.base(entry);
        }
        while let Some(entry) = self.chain.pop() {
            let bytes = self.make(at, entry, made.as_ref().map(|made| made.as_slice()));
            let bytes = bytes?;
            // What nothing is made from will hardly be asked for again.
            if kind == Kind::Tree || !self.chain.is_empty() {
                self.keep(first + entry, &bytes);
            }
            made = Some(bytes);
        }
        made
    }

    /// Takes back an object that is used no more by who asked for it.
    pub(in crate::source::git) fn give_back(&mut self, mut bytes: Rc<Vec<u8>>) {
        let Some(space) = Rc::get_mut(&mut bytes) else {
            return;
        };
        let Some(class) = space.capacity().checked_ilog2() else {
            return;
        };
        let spare = &mut self.spare[class as usize];
        // As much of each size as is held at any time.
        if spare.len() < KEPT >> class {
            spare.push(bytes);
        }
    }

    /// Makes an entry of the pack at this place in their row.
    fn make(&mut self, at: usize, entry: u32, base: Option<&[u8]>) -> Option<Rc<Vec<u8>>> {
        let Self {
            views,
            inflater,
            spare,
            copied,
            ..
        } = self;
        let unpacked = views.get_mut(at)?.within(entry, inflater).ok()?;
        let mut bytes = space(spare, base.map_or(0, <[u8]>::len) + unpacked.len());
        let made = Rc::make_mut(&mut bytes);
        match base {
            Some(base) => apply(unpacked, base, made, copied).ok()?,
            None => unpacked.clone_into(made),
        }
        Some(bytes)
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
            let mut unused = std::mem::take(&mut self.new);
            for bytes in unused.drain().map(|(_, bytes)| bytes) {
                self.give_back(bytes);
            }
            (self.new, self.size) = (unused, 0);
        }
        self.size += bytes.capacity().max(LEAST);
        self.new.insert(number, Rc::clone(bytes));
    }
}

/// Space for so many bytes, used before where some is at hand.
fn space(spare: &mut Spare, size: usize) -> Rc<Vec<u8>> {
    let class = size.max(64).next_power_of_two().ilog2();
    let spare = spare[class as usize].pop();
    spare.unwrap_or_else(|| Rc::new(Vec::with_capacity(1 << class)))
}
