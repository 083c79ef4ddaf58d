//! Blobs by their deltas: where one was made from another, only what is new in it is searched.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::attribution::File;
use super::super::open::Place;
use super::super::pump::{count, on_threads};
use super::super::reader::{Job, Reader};
use super::descend::{Space, Take, descend};
use super::entry::Kind;
use super::forest::NONE;
use super::pack::Pack;
use super::wanted::{Wanted, is_shown};
use crate::source::unpack::{can_open, left_out};
use crate::source::{Base, Counted, Keepsake, NewVisitor, SourceError, Visitor, spots_of};
use crate::text::decode::SNIFF;
use crate::text::{Copied, Margins, Word, carry};

/// Delta trees taken at a time.
const CHUNK: usize = 32;

/// Words for which there is room beside those of the base.
const MORE: usize = 8;

/// Shows the wanted blobs of a pack. What cannot be read goes on waiting, for a slower way that may know another copy.
pub(super) fn sift(
    place: &Place,
    (pack, start): (&Pack, u32),
    reader: &Reader<'_>,
    wanted: &mut Wanted<'_>,
    threads: usize,
    new_visitor: &NewVisitor<'_>,
) -> Result<(), SourceError> {
    // Which copy of a blob is shown must not depend on which thread comes first.
    let mine = wanted.claim((pack, start), reader.found);
    let dull = new_visitor()
        .sieve()
        .map_or_else(Vec::new, |sieve| wanted.dull(&mine, reader, sieve));
    let roots: Vec<u32> = pack
        .roots()
        .iter()
        .copied()
        .filter(|&root| is_shown(pack.kind(root)))
        .filter(|&root| pack.kind(root) == Kind::Blob || is_wanted(pack, root, &mine))
        .collect();
    let (cursor, lost) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let run = || {
        let mut visitor = new_visitor();
        let watch = visitor.watch();
        let mut space = Space::default();
        let (mut failed, mut binary) = (Vec::new(), HashSet::new());
        loop {
            let from = cursor.fetch_add(CHUNK, Ordering::Relaxed);
            let Some(rest) = roots.get(from..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            for &root in rest.iter().take(CHUNK) {
                if watch.stopped() {
                    return Ok(());
                }
                let mut take = Sifter {
                    visitor: visitor.as_mut(),
                    reader,
                    jobs: wanted.jobs,
                    mine: &mine,
                    dull: &dull,
                    always: &wanted.always,
                    failed: &mut failed,
                    binary: &mut binary,
                    zones: Vec::new(),
                    messages: pack.kind(root) == Kind::Commit,
                };
                descend(pack, root, &mut space, &mut take);
            }
        }
        lost.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(&mut failed);
        Ok(())
    };
    on_threads(
        place,
        count(threads).min(roots.len().div_ceil(CHUNK)).max(1),
        run,
    )?;
    for job in lost.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if let Some(waiting) = wanted.waiting.get_mut(job as usize) {
            *waiting = true;
        }
    }
    Ok(())
}

/// What is remembered of a blob while others are made from it.
struct State {
    words: Vec<Word>,
    spots: Vec<u32>,
    kept: Option<Keepsake>,
}

struct Sifter<'a, 'f> {
    visitor: &'a mut dyn Visitor,
    reader: &'a Reader<'f>,
    jobs: &'a [Job],
    /// The job of each entry.
    mine: &'a [u32],
    /// Whether each entry is a blob of which nothing is wanted without a spot.
    dull: &'a [bool],
    /// Whether files of a path are read whatever they hold: of any size, and small ones.
    always: &'a [Option<(bool, bool)>],
    failed: &'a mut Vec<u32>,
    /// What names of files end in that were left out for what they begin with; others that end so may be, too.
    binary: &'a mut HashSet<Box<[u8]>>,
    zones: Vec<std::ops::Range<usize>>,
    /// Whether the objects are commits, of which only the messages are shown.
    messages: bool,
}

/// Whether a place was copied from one of the `spots`, which are sorted.
fn was_spot(place: u32, copied: &[Copied], spots: &[u32]) -> bool {
    let at = place as usize;
    let index = copied.partition_point(|copy| copy.to + copy.length <= at);
    let copy = copied.get(index).filter(|copy| copy.to <= at);
    let there = copy.and_then(|copy| u32::try_from(at - copy.to + copy.from).ok());
    there.is_some_and(|there| spots.binary_search(&there).is_ok())
}

/// Whether there is a job for an entry or one made from it. Of most commits all is known by now.
fn is_wanted(pack: &Pack, root: u32, jobs: &[u32]) -> bool {
    let mut stack = vec![root];
    while let Some(entry) = stack.pop() {
        if jobs.get(entry as usize).is_some_and(|&job| job != NONE) {
            return true;
        }
        stack.extend_from_slice(pack.children(entry));
    }
    false
}

impl<'f> Sifter<'_, 'f> {
    /// Shows a blob of which `spots` are known, made from what `base` tells of; gives what is kept of it.
    fn show(
        &mut self,
        entry: u32,
        bytes: &[u8],
        spots: &[u32],
        base: Option<Base<'_>>,
    ) -> Option<Keepsake> {
        // Bytes that are no ASCII in disguise are looked at as the text they stand for, and archives are opened.
        let wide = memchr::memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_some() || can_open(bytes);
        let whole = wide || !spots.is_empty() || self.visitor.sieve().is_none();
        if !whole && self.dull.get(entry as usize) == Some(&true) {
            self.visitor.count(Counted::Blob, bytes.len() as u64);
            return None;
        }
        let job = self.mine.get(entry as usize).copied().unwrap_or(NONE);
        let reader = self.reader;
        let mut kept = None;
        match self.jobs.get(job as usize) {
            Some(Job::Blob(range)) => {
                let files = reader.found.files.some(range);
                if !whole
                    && !files
                        .iter()
                        .any(|file| self.reads_always(file, bytes.len()))
                {
                    self.visitor.count(Counted::Blob, bytes.len() as u64);
                    return None;
                }
                let wanted: Vec<bool> = files
                    .iter()
                    .map(|file| whole || self.reads_always(file, bytes.len()))
                    .collect();
                let mut wanted = wanted.into_iter();
                reader.show_files(self.visitor, range.clone(), bytes, |visitor, item| {
                    if wanted.next() != Some(true) {
                        return;
                    }
                    match visitor.sieve() {
                        Some(sieve) if !wide && !spots.is_empty() => {
                            // One text under several paths is cut once for all of the same format.
                            let new = sieve.visit_spots(item, spots, base, kept.as_ref());
                            kept = new.or(kept.take());
                        }
                        _ => visitor.visit(item),
                    }
                });
            }
            Some(&Job::Bare(at)) => reader.show_bare(self.visitor, at, bytes),
            Some(&Job::Commit(at)) => reader.show_commit(self.visitor, at, bytes),
            _ => {}
        }
        kept
    }

    /// What the name of the file ends in that a blob stood as.
    fn ending(&self, entry: u32) -> Option<&'f [u8]> {
        let job = self.mine.get(entry as usize).copied().unwrap_or(NONE);
        let Some(Job::Blob(range)) = self.jobs.get(job as usize) else {
            return None;
        };
        let files = &self.reader.found.files;
        let name = files.paths.name(files.some(range).first()?.path);
        name.rsplit(|&byte| byte == b'.' || byte == b'/').next()
    }

    fn reads_always(&mut self, file: &File, size: usize) -> bool {
        let Some(sieve) = self.visitor.sieve() else {
            return true;
        };
        let known = self.always.get(file.path as usize).copied().flatten();
        known.is_none_or(|(any, small)| {
            any || small && sieve.reads_always(&self.reader.name(file), size)
        })
    }
}

impl Take for Sifter<'_, '_> {
    type State = State;

    fn wants_head(&self, entry: u32) -> bool {
        self.ending(entry)
            .is_some_and(|ending| self.binary.contains(ending))
    }

    fn is_done(&mut self, entry: u32, head: &[u8], size: u64) -> bool {
        let job = self.mine.get(entry as usize).copied().unwrap_or(NONE);
        let skip = match self.jobs.get(job as usize) {
            Some(Job::Blob(_)) => left_out(head, self.reader.archives, self.visitor),
            _ => None,
        };
        if let Some(skip) = skip {
            self.visitor.count(Counted::Blob, size);
            self.visitor.skip(skip);
        } else if let Some(ending) = self.ending(entry) {
            self.binary.remove(ending);
        }
        skip.is_some()
    }

    fn root(&mut self, entry: u32, bytes: &[u8]) -> State {
        let (mut words, mut spots) = (Vec::new(), Vec::new());
        if let Some(sieve) = self.visitor.sieve().filter(|_| !self.messages) {
            spots_of(sieve, bytes, &mut words, &mut spots);
        }
        let kept = self.show(entry, bytes, &spots, None);
        if left_out(bytes, self.reader.archives, self.visitor).is_some()
            && let Some(ending) = self.ending(entry)
        {
            self.binary.insert(ending.into());
        }
        State { words, spots, kept }
    }

    fn child(
        &mut self,
        entry: u32,
        bytes: &[u8],
        (base, state): (&[u8], &State),
        copied: &[Copied],
    ) -> State {
        let (mut words, mut spots, mut touched) = (Vec::new(), Vec::new(), Vec::new());
        let mut new = Vec::new();
        if let Some(sieve) = self.visitor.sieve().filter(|_| !self.messages) {
            let sizes = (base.len(), bytes.len());
            let inside = Margins {
                before: 0,
                after: sieve.longest_word(),
            };
            words.reserve(state.words.len() + MORE);
            let zones = &mut self.zones;
            carry(copied, sizes, inside, &state.words, &mut words, zones);
            let known = words.len();
            sieve.words(bytes, zones, &mut words);
            if words.len() > known {
                words.sort();
            }
            // Without words that may be of interest there are no spots.
            if !words.iter().all(Word::is_dull) {
                let around = sieve.margins();
                carry(copied, sizes, around, &state.spots, &mut spots, zones);
                sieve.spots(bytes, zones, &mut words, &mut touched);
            }
            touched.dedup();
            spots.extend_from_slice(&touched);
            spots.sort_unstable();
            spots.dedup();
            // What was a spot and stays one is none of the new ones, whatever changed beside it.
            let is_new = |spot: &&u32| !was_spot(**spot, copied, &state.spots);
            new.extend(touched.iter().filter(is_new));
        }
        let base = state.kept.as_ref().map(|kept| Base {
            kept,
            copied,
            new: &new,
            touched: &touched,
        });
        let kept = self.show(entry, bytes, &spots, base);
        State { words, spots, kept }
    }

    fn lost(&mut self, entry: u32) {
        let job = self.mine.get(entry as usize).copied().unwrap_or(NONE);
        if job != NONE {
            self.failed.push(job);
        }
    }
}
