//! Everything a repository holds, whether or not something leads to it.
//!
//! Three steps, each of its own: what there is and which blob stood where (`commits`, `survey`, `trees`, `attribution`), the blobs of
//! packs by their deltas (`pack`, `descend`, `sift`), and everything else object by object (`reader`): loose objects, messages,
//! and what no pack could give. A visitor without a sieve is shown every blob whole, read by libgit2.

pub(super) mod commits;
mod delta;
mod descend;
pub(super) mod entry;
mod fault;
mod forest;
mod inflate;
pub(super) mod objects;
mod pack;
pub(super) mod packs;
mod places;
mod rev;
mod sift;
mod view;
mod wanted;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use git2::Oid;

use super::inventory::Inventory;
use super::open::Place;
use super::pump::{Crew, count, pump};
use super::reader::{Reader, jobs, show_text, unheld};
use super::survey::Survey;
use crate::finding::{Issue, Skip, SourceKind};
use crate::source::unpack::Limits;
use crate::source::{NewVisitor, Phase, Source, SourceError};
use commits::commits;
use sift::sift;
use wanted::Wanted;

/// The whole object store: all refs, notes, stashes, reflogs, messages and objects nothing leads to any more.
#[derive(Clone, Debug)]
pub struct History {
    /// The repository or a path inside it. For `.` git's own variables are obeyed.
    pub path: PathBuf,
    /// Whether a shallow clone is good enough.
    pub allow_shallow: bool,
    /// How far archives are opened; `None`: not at all.
    pub archives: Option<Limits>,
    /// Number of threads; 0 means one for each processor.
    pub threads: usize,
}

impl History {
    /// All of the repository at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            allow_shallow: false,
            archives: None,
            threads: 0,
        }
    }
}

impl Source for History {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let place = Place::new(&self.path);
        let repo = place.open()?;
        let odb = (repo.git.odb()).map_err(|error| place.error("open the object store", &error))?;
        let mut visitor = new_visitor();
        let shallow: HashSet<Oid> = repo.shallow().into_iter().collect();
        if !shallow.is_empty() {
            visitor.shallow();
            if !self.allow_shallow {
                visitor.issue(shallow_issue());
            }
        }
        let watch = visitor.watch();
        watch.enter(Phase::Commits, 0);
        let crew = Crew {
            place: &place,
            threads: count(self.threads),
        };
        let (objects, format) = (repo.common.join("objects"), repo.format);
        let (inventory, packs, issues) = Inventory::new(&objects, format, crew.threads);
        let batches = commits(crew, &packs, &inventory, new_visitor)?;
        let listed = (inventory, &packs, issues);
        let mut survey = Survey::new((&repo, &odb), listed, shallow, Arc::clone(&watch), crew);
        survey.prepare(batches);
        survey.refs()?;
        if watch.stopped() {
            return Ok(());
        }
        for log in survey.reflogs() {
            let path = format!(":reflog/{}", log.name);
            show_text(
                visitor.as_mut(),
                &path,
                &log.messages,
                &unheld(SourceKind::Reflog),
            );
        }
        survey.leftovers()?;
        let found = survey.finish();
        drop(odb);
        for issue in &found.issues {
            visitor.issue(issue.clone());
        }
        (0..found.files.links).for_each(|_| visitor.skip(Skip::SymbolicLink));
        (0..found.files.submodules).for_each(|_| visitor.skip(Skip::Submodule));
        let sieved = visitor.sieve().is_some();
        drop(visitor);
        let reader = Reader {
            partial: repo.partial(),
            found: &found,
            archives: self.archives,
        };
        drop(repo);
        let mut jobs = jobs(&found);
        let nodes = found.graph.nodes();
        let dull = nodes.iter().filter(|node| node.dull.is_some()).count();
        // A commit counts, and so does its message.
        watch.enter(Phase::Texts, (jobs.len() + dull + nodes.len()) as u64);
        reader.count_dull(new_visitor().as_mut());
        if sieved {
            let mut wanted = Wanted::new(&jobs, &found);
            for pack in packs.each() {
                sift(
                    &place,
                    pack,
                    &reader,
                    &mut wanted,
                    self.threads,
                    new_visitor,
                )?;
            }
            let mut waiting = wanted.waiting.into_iter();
            jobs.retain(|_| waiting.next() == Some(true));
        }
        // Nothing is read from them any more, and what was mapped of them is much of the memory in use.
        drop(packs);
        pump(
            &place,
            self.threads,
            &jobs,
            new_visitor,
            |odb, visitor, job| {
                reader.show(odb, visitor, job);
            },
        )?;
        new_visitor().past(Box::new(found));
        Ok(())
    }
}

/// The issue of a history that ends early.
pub(in crate::source::git) fn shallow_issue() -> Issue {
    Issue::new(
        ":history",
        "this clone is shallow, so that earlier commits are not here; `git fetch --unshallow` fetches them (in CI: a checkout of depth 0)",
    )
}
