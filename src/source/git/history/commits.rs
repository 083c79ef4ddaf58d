//! The commits of packs, read once: what they say, and whether their messages are of interest.

use super::super::authors::Authors;
use super::super::graph::Ready;
use super::super::idtable::NONE;
use super::super::inventory::Inventory;
use super::super::object;
use super::super::pump::Crew;
use super::super::reader::{is_dull, says_nothing};
use super::descend::{Space, Take, descend};
use super::entry::Kind;
use super::packs::Packs;
use crate::source::{NewVisitor, SourceError, Visitor};
use crate::text::Copied;

/// How paths of messages begin.
const MESSAGE: &str = ":commit/";

/// Parts into which the commits of a pack are split for each thread, and the least number of roots in a part.
const PARTS: usize = 4;
const LEAST: usize = 500;

/// Commits whose parents are looked up together.
const TOGETHER: usize = 512;

/// Commits that were read together.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Batch {
    /// Commits by their numbers.
    pub(in crate::source::git) commits: Vec<(u32, Ready)>,
    /// The authors whose numbers they hold.
    pub(in crate::source::git) authors: Authors,
}

impl Batch {
    /// Looks up the numbers of parents, of many at a time.
    fn find_parents(&mut self, inventory: &Inventory) {
        let mut numbers = Vec::new();
        for commits in self.commits.chunks_mut(TOGETHER) {
            let parents = commits.iter().flat_map(|(_, commit)| {
                let near = commit.parents.iter().take(commit.near.len());
                near.map(git2::Oid::as_bytes)
            });
            inventory.lookup_all(parents, &mut numbers);
            let mut numbers = numbers.iter();
            for (_, commit) in commits {
                for (near, _) in commit.near.iter_mut().zip(commit.parents.iter()) {
                    *near = numbers.next().copied().unwrap_or(NONE);
                }
            }
        }
    }
}

/// Reads all commits that packs hold. What cannot be read is left out, for a slower way that tells why.
pub(in crate::source::git) fn commits(
    crew: Crew<'_>,
    packs: &Packs,
    inventory: &Inventory,
    new_visitor: &NewVisitor<'_>,
) -> Result<Vec<Batch>, SourceError> {
    let mut batches = Vec::new();
    for (pack, start) in packs.each() {
        let roots = pack.roots().iter().copied();
        let roots: Vec<u32> = roots
            .filter(|&root| pack.kind(root) == Kind::Commit)
            .collect();
        let entries = (0_u32..).take(pack.len());
        let all = entries.filter(|&entry| pack.kind(entry) == Kind::Commit);
        let all = all.count();
        let parts = (crew.threads * PARTS).min(roots.len() / LEAST).max(1);
        let parts: Vec<_> = roots.chunks(roots.len().div_ceil(parts).max(1)).collect();
        let tools = || Ok((new_visitor(), Space::default()));
        let read = crew.each(&parts, tools, |(visitor, space), part| {
            let watch = visitor.watch();
            let always = (visitor.sieve()).is_some_and(|sieve| sieve.reads_always(MESSAGE, 0));
            let mut reading = Reading {
                visitor: visitor.as_mut(),
                inventory,
                start,
                batch: Batch {
                    // Some parts hold more of them than others.
                    commits: Vec::with_capacity(all / parts.len() * 9 / 8),
                    authors: Authors::default(),
                },
                always,
            };
            for &root in part.iter().take_while(|_| !watch.stopped()) {
                descend(pack, root, space, &mut reading);
            }
            let mut batch = reading.batch;
            batch.find_parents(inventory);
            Ok(batch)
        })?;
        batches.extend(read);
    }
    Ok(batches)
}

struct Reading<'v, 'f> {
    visitor: &'v mut (dyn Visitor + 'f),
    inventory: &'v Inventory,
    /// Number of the first entry of the pack.
    start: u32,
    batch: Batch,
    /// Whether small messages are read whatever they hold.
    always: bool,
}

impl Reading<'_, '_> {
    fn read(&mut self, entry: u32, bytes: &[u8]) {
        let number = self.start + entry;
        if self.inventory.first(number) != number {
            return;
        }
        let Some(commit) = object::commit(bytes) else {
            return;
        };
        let message = commit.message;
        let authors = &mut self.batch.authors;
        let mut ready = Ready::new(commit, &mut |author| authors.number(author));
        if self.is_dull(message) {
            ready.dull = u32::try_from(message.len()).ok();
        }
        self.batch.commits.push((number, ready));
    }

    /// Whether nothing in a message can be of interest. Where not even small ones are read whatever they hold, none is.
    fn is_dull(&mut self, message: &[u8]) -> bool {
        if self.always {
            return is_dull(self.visitor, MESSAGE, message);
        }
        let sieve = self.visitor.sieve();
        sieve.is_some_and(|sieve| says_nothing(sieve, message))
    }
}

impl Take for Reading<'_, '_> {
    type State = ();

    fn root(&mut self, entry: u32, bytes: &[u8]) {
        self.read(entry, bytes);
    }

    fn child(&mut self, entry: u32, bytes: &[u8], _: (&[u8], &()), _: &[Copied]) {
        self.read(entry, bytes);
    }

    fn lost(&mut self, _: u32) {}
}
