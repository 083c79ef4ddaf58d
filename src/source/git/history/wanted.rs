//! Which blobs are to be shown, and what is known of them before they are read.

use super::super::reader::{Job, Reader};
use super::super::survey::Found;
use super::entry::Kind;
use super::forest::NONE;
use super::pack::Pack;
use crate::source::Sieve;

/// Which blobs are to be shown, and which still wait for it.
pub(super) struct Wanted<'w> {
    pub(super) jobs: &'w [Job],
    /// Whether each job is still to be done.
    pub(super) waiting: Vec<bool>,
    /// The job of each numbered object, or [`NONE`].
    of_number: Vec<u32>,
    /// Whether files of a path are read whatever they hold: of any size, and small ones; of the paths that this was asked of.
    pub(super) always: Vec<Option<(bool, bool)>>,
}

impl<'w> Wanted<'w> {
    /// All of `jobs`, which are about what `found` tells of.
    pub(super) fn new(jobs: &'w [Job], found: &Found) -> Self {
        let mut of_number = Vec::new();
        for (job, at) in jobs.iter().zip(0_u32..) {
            let number = match job {
                Job::Blob(range) => found.files.some(range).first().map(|file| file.blob),
                &Job::Bare(at) => found.bare.get(at).map(|bare| bare.0),
                &Job::Commit(at) => found.inventory.find(found.graph.id(at)),
                Job::Tag(_) => None,
            };
            let Some(number) = number.map(|number| number as usize) else {
                continue;
            };
            if of_number.len() <= number {
                of_number.resize(number + 1, NONE);
            }
            of_number[number] = at;
        }
        Self {
            jobs,
            waiting: vec![true; jobs.len()],
            of_number,
            always: vec![None; found.files.paths.len()],
        }
    }

    /// The jobs of the entries of a pack, which wait no more.
    pub(super) fn claim(&mut self, (pack, start): (&Pack, u32), found: &Found) -> Vec<u32> {
        let mut mine = vec![NONE; pack.len()];
        for (job, entry) in mine.iter_mut().zip(0_u32..) {
            if !is_shown(pack.kind(entry)) {
                continue;
            }
            let number = found.inventory.first(start + entry);
            let wanted = self.of_number.get(number as usize);
            if let Some(&wanted) = wanted
                && let Some(waiting) = self.waiting.get_mut(wanted as usize)
                && *waiting
            {
                (*job, *waiting) = (wanted, false);
            }
        }
        mine
    }

    /// Which entries, that have these jobs, are blobs of which nothing is wanted where they have no spot: most, and where that is told of
    /// an entry nothing else is looked up with it. Here memory is waited for with many at a time.
    pub(super) fn dull(
        &mut self,
        mine: &[u32],
        reader: &Reader<'_>,
        sieve: &dyn Sieve,
    ) -> Vec<bool> {
        let mut is_dull = |job: u32| {
            let Some(Job::Blob(range)) = self.jobs.get(job as usize) else {
                return false;
            };
            let mut dull = true;
            for file in reader.found.files.some(range) {
                let Some(known) = self.always.get_mut(file.path as usize) else {
                    return false;
                };
                let (_, small) = known.get_or_insert_with(|| {
                    let most = sieve.always_up_to(&reader.name(file));
                    (most == Some(usize::MAX), most.is_some())
                });
                dull &= !*small;
            }
            dull
        };
        mine.iter().map(|&job| is_dull(job)).collect()
    }
}

/// Whether objects of this kind are shown.
pub(super) fn is_shown(kind: Kind) -> bool {
    matches!(kind, Kind::Blob | Kind::Commit)
}
