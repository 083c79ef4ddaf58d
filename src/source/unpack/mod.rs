//! Archives: their members as items of their own, named `outer.zip!/inner`, archives in archives among them; tables of databases
//! and compiled modules, which texts are made of.
//!
//! Nothing is written to disk, and every limit is on what comes out, not on what a header promises: a bomb, however made, ends
//! there. What a limit or damage kept from being looked at is an [`Issue`].

mod kind;
mod made;
mod meter;
mod names;
mod python;
mod sqlite;

pub use kind::{can_open, unopened};

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use kind::Kind;
use meter::{Metered, is_limit, peeked};
use names::Names;

use super::select::Selection;
use super::{Item, Visitor, Whence};
use crate::finding::{Issue, Skip};
use crate::text::decode::is_binary;

/// How far archives are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Archives inside of archives.
    pub depth: usize,
    /// Bytes of a member.
    pub member: u64,
    /// Members of the outermost archive and all in it.
    pub count: u64,
    /// Bytes that come out of the outermost archive and all in it …
    pub base: u64,
    /// … and so many more for each byte of it.
    pub ratio: u64,
}

impl Default for Limits {
    /// Text packs to a twentieth, rarely to a hundredth; real archives nest three deep (a layer of an image in a package).
    fn default() -> Self {
        Self {
            depth: 8,
            member: 64 << 20,
            count: 200_000,
            base: 64 << 20,
            ratio: 100,
        }
    }
}

/// First bytes of a member that tell what it is.
const HEAD: usize = 64 << 10;

/// Opens the archive that `reader` gives and shows its members. `item` gives its names and origin; `size` is its size in bytes.
pub fn unpack(
    reader: &mut dyn Read,
    size: u64,
    item: &Item<'_>,
    selection: &Selection,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) {
    let budget = limits
        .base
        .saturating_add(size.saturating_mul(limits.ratio));
    let mut unpacker = Unpacker {
        origin: item.origin,
        version: item.version,
        selection,
        limits,
        bytes: &Cell::new(budget),
        members: limits.count,
        visitor,
    };
    let names = Names {
        path: item.path.to_owned(),
        logical: item.logical.to_owned(),
    };
    // Decoders meet hostile bytes here: a fault in one must not end the scan, and must not pass for an empty archive.
    let outcome = catch_unwind(AssertUnwindSafe(|| unpacker.layer(reader, &names, 0)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(Stop::Limit)) => {
            let what = "unpacks to more than the limits allow; what comes after was not looked at. \
                        Unpack it and scan the folder";
            visitor.issue(Issue::new(item.path, what));
        }
        Ok(Err(Stop::Damaged(path, why))) => damaged(&path, &why, visitor),
        Err(_) => {
            let what =
                "a fault in a decoder kept it from being unpacked; unpack it and scan the folder";
            visitor.issue(Issue::new(item.path, what));
        }
    }
}

/// Shows an item, or what is in it where it can be opened and `limits` say how far.
pub(super) fn open_or_show(
    item: &Item<'_>,
    limits: Option<Limits>,
    visitor: &mut dyn Visitor,
    show: &mut dyn FnMut(&mut dyn Visitor, Item<'_>),
) {
    let mut bytes = item.bytes;
    match limits.filter(|_| can_open(bytes)) {
        Some(_) if !visitor.wants(item.path, item.logical) => visitor.skip(Skip::Filtered),
        Some(limits) => {
            let size = bytes.len() as u64;
            let all = Selection::default();
            unpack(&mut bytes, size, item, &all, &limits, visitor);
        }
        None => show(visitor, *item),
    }
}

/// What is left out of bytes that are not opened: archives, and what is no text where the visitor does not take that.
pub(super) fn left_out(
    bytes: &[u8],
    limits: Option<Limits>,
    visitor: &dyn Visitor,
) -> Option<Skip> {
    if limits.is_some() && can_open(bytes) || visitor.takes_binary(bytes) || visitor.takes_names() {
        return None;
    }
    unopened(bytes).or_else(|| is_binary(bytes).then_some(Skip::Binary))
}

fn damaged(path: &str, why: &str, visitor: &mut dyn Visitor) {
    let what = format!("is damaged or of an unknown kind and was not unpacked to its end: {why}");
    visitor.issue(Issue::new(path, what));
}

/// Why unpacking ended early.
enum Stop {
    /// A limit on all that comes out.
    Limit,
    /// What cannot be decoded, and why.
    Damaged(String, String),
}

impl Stop {
    fn of(error: &io::Error, names: &Names) -> Self {
        if is_limit(error) {
            Self::Limit
        } else {
            Self::Damaged(names.path.clone(), error.to_string())
        }
    }
}

struct Unpacker<'u> {
    origin: &'u dyn Whence,
    version: Option<u32>,
    selection: &'u Selection,
    limits: &'u Limits,
    bytes: &'u Cell<u64>,
    members: u64,
    visitor: &'u mut dyn Visitor,
}

impl Unpacker<'_> {
    /// What one stream holds: text, an archive, or neither.
    fn layer(&mut self, reader: &mut dyn Read, names: &Names, depth: usize) -> Result<(), Stop> {
        let fail = |error: io::Error| Stop::of(&error, names);
        let (head, mut whole) = peeked(reader, HEAD);
        let kind = Kind::of(&head);
        if kind.is_some_and(Kind::is_archive) && depth >= self.limits.depth {
            let what = format!(
                "is an archive inside of {depth} others and was not unpacked; unpack it and scan the folder"
            );
            self.visitor.issue(Issue::new(names.path.as_str(), what));
            return Ok(());
        }
        let Some(kind) = kind else {
            return self.text(&head, &mut whole, names);
        };
        match kind {
            Kind::Zip => self.zip(&mut whole, names, depth),
            Kind::Tar => self.tar(&mut whole, names, depth),
            Kind::Database => self.database(&mut whole, names),
            Kind::Module => self.module(&mut whole, names),
            Kind::Stream(stream) => {
                let mut decoder = stream.decoder(&mut whole).map_err(fail)?;
                let mut inner = Metered::new(&mut decoder, self.bytes);
                // `x.tar.gz!/inner`: the stream is no place of its own.
                let (head, mut inner) = peeked(&mut inner, HEAD);
                let is_tar = matches!(Kind::of(&head), Some(Kind::Tar));
                if is_tar {
                    self.tar(&mut inner, names, depth)
                } else {
                    self.member()?;
                    self.layer(&mut inner, &names.unpacked(), depth + 1)
                }
            }
        }
    }

    fn member(&mut self) -> Result<(), Stop> {
        self.members = self.members.checked_sub(1).ok_or(Stop::Limit)?;
        Ok(())
    }

    /// A member, and what went wrong in it: the others can still be read, unless a limit on all was reached.
    fn inner(&mut self, reader: &mut dyn Read, names: &Names, depth: usize) -> Result<(), Stop> {
        self.member()?;
        if !self.selection.is_empty() && self.selection.excludes(&names.path, &names.logical) {
            self.visitor.skip(Skip::Filtered);
            return Ok(());
        }
        match self.layer(reader, names, depth + 1) {
            Err(Stop::Damaged(path, why)) => {
                damaged(&path, &why, self.visitor);
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn tar(&mut self, reader: &mut dyn Read, names: &Names, depth: usize) -> Result<(), Stop> {
        let fail = |error: io::Error| Stop::of(&error, names);
        let mut archive = tar::Archive::new(reader);
        for entry in archive.entries().map_err(fail)? {
            let mut entry = entry.map_err(fail)?;
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                self.visitor.skip(Skip::SymbolicLink);
            } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                let mut inner = Metered::new(&mut entry, self.bytes);
                self.inner(&mut inner, &names.member(&name), depth)?;
            }
        }
        Ok(())
    }

    fn zip(&mut self, reader: &mut dyn Read, names: &Names, depth: usize) -> Result<(), Stop> {
        // Its list of members stands at the end.
        let most = self.limits.member.saturating_mul(8);
        let Some(bytes) = self.whole(reader, most, names)? else {
            return Ok(());
        };
        let fail =
            |error: zip::result::ZipError| Stop::Damaged(names.path.clone(), error.to_string());
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).map_err(fail)?;
        for at in 0..archive.len() {
            let name = match archive.name_for_index(at) {
                Some(Ok(name)) => name.into_owned(),
                _ => format!("member {}", at + 1),
            };
            let names = names.member(&name);
            match archive.by_index(at) {
                Ok(member) if member.is_dir() => {}
                Ok(member) if member.is_symlink() => self.visitor.skip(Skip::SymbolicLink),
                Ok(member) => {
                    let mut inner = Metered::new(member, self.bytes);
                    self.inner(&mut inner, &names, depth)?;
                }
                Err(error) => {
                    self.member()?;
                    damaged(&names.path, &error.to_string(), self.visitor);
                }
            }
        }
        Ok(())
    }
}
