//! Reading what a survey found, blob by blob and message by message.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use git2::{ObjectType, Oid};

use super::attribution::{File, NOBODY};
use super::graph::Graph;
use super::object;
use super::survey::Found;
use super::trouble::{self, Trouble};
use crate::finding::{Origin, SourceKind};
use crate::source::unpack::{Limits, can_open, left_out, open_or_show};
use crate::source::{Counted, Item, Scope, Sieve, Visitor, Whence, spots_of};
use crate::text::decode::SNIFF;

/// One object to read; small, since there are many.
#[derive(Clone, Debug)]
pub(super) enum Job {
    /// A blob with the files it stood as: a range of the sorted files.
    Blob(Range<u32>),
    /// A blob that no tree names.
    Bare(usize),
    /// The message of a commit.
    Commit(usize),
    /// The message of a tag.
    Tag(usize),
}

/// Everything to read, blobs in the order in which the store keeps them.
pub(super) fn jobs(found: &Found) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut start = 0;
    // More of anything than numbers do not fit into memory either.
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    for files in found.files.files.chunk_by(|a, b| a.blob == b.blob) {
        let end = start + files.len();
        jobs.push(Job::Blob(number(start)..number(end)));
        start = end;
    }
    jobs.extend((0..found.bare.len()).map(Job::Bare));
    jobs.extend((0..found.tags.len()).map(Job::Tag));
    let nodes = found.graph.nodes().iter().zip(0..);
    let shown = nodes.filter(|(node, _)| node.dull.is_none());
    jobs.extend(shown.map(|(_, at)| Job::Commit(at)));
    jobs
}

/// Reads objects and shows them with what is known of them.
pub(super) struct Reader<'f> {
    pub(super) partial: bool,
    pub(super) found: &'f Found,
    /// How far archives are opened; `None`: not at all.
    pub(super) archives: Option<Limits>,
}

impl Reader<'_> {
    /// Does one job.
    pub(super) fn show(&self, odb: &git2::Odb<'_>, visitor: &mut dyn Visitor, job: &Job) {
        match job {
            Job::Blob(range) => self.blob(odb, visitor, range.clone()),
            Job::Bare(at) => self.bare(odb, visitor, *at),
            Job::Commit(at) => self.commit(odb, visitor, *at),
            Job::Tag(at) => self.tag(odb, visitor, *at),
        }
    }

    fn blob(&self, odb: &git2::Odb<'_>, visitor: &mut dyn Visitor, range: Range<u32>) {
        let Some(first) = self.found.files.some(&range).first() else {
            return;
        };
        let id = self.found.inventory.id(first.blob);
        let Some(object) = self.read(odb, visitor, id, ObjectType::Blob, &self.name(first)) else {
            return;
        };
        self.show_files(visitor, range, object.data(), |visitor, item| {
            visitor.visit(item);
        });
    }

    /// Counts a blob, which stood as these of the files, and passes it on under each of their paths, or what is in it, unless it is left
    /// out.
    pub(super) fn show_files(
        &self,
        visitor: &mut dyn Visitor,
        range: Range<u32>,
        bytes: &[u8],
        mut show: impl FnMut(&mut dyn Visitor, Item<'_>),
    ) {
        visitor.count(Counted::Blob, bytes.len() as u64);
        if let Some(skip) = left_out(bytes, self.archives, visitor) {
            return visitor.skip(skip);
        }
        for (file, at) in self.found.files.some(&range).iter().zip(range) {
            let graph = &self.found.graph;
            let (name, told) = (self.name(file), OnceCell::new());
            let origin = Brought { graph, file, told };
            let item = item(&name, bytes, &origin, Some(at));
            open_or_show(&item, self.archives, visitor, &mut |visitor, item| {
                show(visitor, item);
            });
        }
    }

    /// The path of a file as reports tell it.
    pub(super) fn name(&self, file: &File) -> Cow<'_, str> {
        String::from_utf8_lossy(self.found.files.paths.name(file.path))
    }

    fn bare(&self, odb: &git2::Odb<'_>, visitor: &mut dyn Visitor, at: usize) {
        let Some(&(number, _)) = self.found.bare.get(at) else {
            return;
        };
        let id = self.found.inventory.id(number);
        if let Some(object) = self.read(odb, visitor, id, ObjectType::Blob, "no tree names it") {
            self.show_bare(visitor, at, object.data());
        }
    }

    /// Counts a blob that no tree names and shows it, unless it is binary.
    pub(super) fn show_bare(&self, visitor: &mut dyn Visitor, at: usize, bytes: &[u8]) {
        let Some(&(number, reachable)) = self.found.bare.get(at) else {
            return;
        };
        let id = self.found.inventory.id(number);
        let origin = Origin {
            reachable: Some(reachable),
            in_tip: Some(reachable),
            ..unheld(SourceKind::Commit)
        };
        let path = format!(":blob/{id}");
        if can_open(bytes) && self.archives.is_some() {
            visitor.count(Counted::Blob, bytes.len() as u64);
            let item = item(&path, bytes, &origin, None);
            open_or_show(&item, self.archives, visitor, &mut |_, _| {});
        } else {
            show_text(visitor, &path, bytes, &origin);
        }
    }

    fn commit(&self, odb: &git2::Odb<'_>, visitor: &mut dyn Visitor, at: usize) {
        let id = self.found.graph.id(at);
        match self.read(odb, visitor, id, ObjectType::Commit, "") {
            Some(object) => self.show_commit(visitor, at, object.data()),
            None => visitor.count(Counted::Commit, 0),
        }
    }

    /// Counts a commit and shows its message.
    pub(super) fn show_commit(&self, visitor: &mut dyn Visitor, at: usize, bytes: &[u8]) {
        let id = self.found.graph.id(at);
        visitor.count(Counted::Commit, 0);
        let message = object::commit(bytes).map_or(&b""[..], |commit| commit.message);
        if is_dull(visitor, ":commit/", message) {
            return visitor.count(Counted::Blob, message.len() as u64);
        }
        let reachable = at < self.found.reachable;
        let origin = Origin {
            commit: self.found.graph.info(at),
            reachable: Some(reachable),
            // A message stays for as long as its commit: nothing takes it out later.
            in_tip: Some(reachable),
            in_head: Some(self.found.head == Some(id)),
            source: SourceKind::CommitMessage,
        };
        show_text(visitor, &format!(":commit/{id}"), message, &origin);
    }

    /// Counts the commits whose messages were looked at before, and are not shown.
    pub(super) fn count_dull(&self, visitor: &mut dyn Visitor) {
        for length in (self.found.graph.nodes().iter()).filter_map(|node| node.dull) {
            visitor.count(Counted::Commit, 0);
            visitor.count(Counted::Blob, length.into());
        }
    }

    fn tag(&self, odb: &git2::Odb<'_>, visitor: &mut dyn Visitor, at: usize) {
        let Some(found) = self.found.tags.get(at) else {
            return;
        };
        let Some(object) = self.read(odb, visitor, found.id, ObjectType::Tag, "") else {
            return;
        };
        let Some(tag) = object::tag(object.data()) else {
            return;
        };
        let origin = Origin {
            commit: found.commit.and_then(|at| self.found.graph.info(at)),
            reachable: Some(found.reachable),
            in_tip: Some(found.reachable),
            ..unheld(SourceKind::TagMessage)
        };
        let path = format!(":tag/{}", String::from_utf8_lossy(tag.name));
        show_text(visitor, &path, tag.message, &origin);
    }

    fn read<'o>(
        &self,
        odb: &'o git2::Odb<'_>,
        visitor: &mut dyn Visitor,
        id: Oid,
        kind: ObjectType,
        place: &str,
    ) -> Option<git2::OdbObject<'o>> {
        trouble::read(odb, id, kind)
            .map_err(|error| {
                let trouble = Trouble {
                    partial: self.partial,
                    error: &error,
                };
                visitor.issue(trouble.issue(kind.str(), id, place));
            })
            .ok()
    }
}

/// An origin that no ref leads to.
pub(super) fn unheld(source: SourceKind) -> Origin {
    Origin {
        reachable: Some(false),
        in_tip: Some(false),
        in_head: Some(false),
        ..Origin::plain(source)
    }
}

/// Whether nothing in a text, under a path that begins so, can be of interest.
pub(super) fn is_dull(visitor: &mut dyn Visitor, path: &str, bytes: &[u8]) -> bool {
    let Some(sieve) = visitor.sieve() else {
        return false;
    };
    says_nothing(sieve, bytes) && !sieve.reads_always(path, bytes.len())
}

/// Whether nothing in a text can be of interest, unless it is one that is read whatever it holds.
pub(super) fn says_nothing(sieve: &mut dyn Sieve, bytes: &[u8]) -> bool {
    let mut spots = Vec::new();
    spots_of(sieve, bytes, &mut Vec::new(), &mut spots);
    spots.is_empty() && memchr::memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_none()
}

/// Counts a text and shows it, unless it is binary.
pub(super) fn show_text(visitor: &mut dyn Visitor, path: &str, bytes: &[u8], origin: &Origin) {
    visitor.count(Counted::Blob, bytes.len() as u64);
    match left_out(bytes, None, visitor) {
        Some(skip) => visitor.skip(skip),
        None => visitor.visit(item(path, bytes, origin, None)),
    }
}

/// Where a file of a history came from.
#[derive(Debug)]
struct Brought<'f> {
    graph: &'f Graph,
    file: &'f File,
    told: OnceCell<Origin>,
}

impl Whence for Brought<'_> {
    fn source(&self) -> SourceKind {
        if self.file.place.index {
            SourceKind::Index
        } else {
            SourceKind::Commit
        }
    }

    fn origin(&self) -> &Origin {
        let File { commit, place, .. } = *self.file;
        self.told.get_or_init(|| {
            let commit = (commit != NOBODY).then_some(commit as usize);
            Origin {
                source: self.source(),
                commit: commit.and_then(|at| self.graph.info(at)),
                reachable: Some(place.reachable),
                // Told after the scan, of files with a finding.
                in_tip: Some(false),
                in_head: Some(place.in_head),
            }
        })
    }
}

fn item<'a>(
    path: &'a str,
    bytes: &'a [u8],
    origin: &'a dyn Whence,
    version: Option<u32>,
) -> Item<'a> {
    Item {
        path,
        logical: path,
        bytes,
        origin,
        scope: Scope::Whole,
        first_line: 1,
        version,
    }
}
