//! Work spread over threads, each with a repository handle and a visitor of its own.
//!
//! A handle may move between threads but not be shared; a local pool and a cursor open exactly as many as there are
//! threads. Neighbouring jobs go to one thread, since objects stored side by side are read fastest in a row.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPoolBuilder;

use super::open::Place;
use crate::source::{NewVisitor, SourceError, Visitor};

/// Jobs taken at a time.
const CHUNK: usize = 64;

/// Does `work` for every job, on `threads` threads (0: one for each processor).
pub(super) fn pump<J: Sync>(
    place: &Place,
    threads: usize,
    jobs: &[J],
    new_visitor: &NewVisitor<'_>,
    work: impl Fn(&git2::Odb<'_>, &mut dyn Visitor, &J) + Sync,
) -> Result<(), SourceError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let threads = count(threads).min(jobs.len().div_ceil(CHUNK));
    let cursor = AtomicUsize::new(0);
    let run = || -> Result<(), SourceError> {
        let repo = place.open()?;
        let odb = repo.git.odb().map_err(|error| repo_error(place, &error))?;
        let mut visitor = new_visitor();
        let watch = visitor.watch();
        loop {
            let from = cursor.fetch_add(CHUNK, Ordering::Relaxed);
            let Some(rest) = jobs.get(from..) else {
                return Ok(());
            };
            if rest.is_empty() {
                return Ok(());
            }
            for job in rest.iter().take(CHUNK) {
                if watch.stopped() {
                    return Ok(());
                }
                work(&odb, visitor.as_mut(), job);
            }
        }
    };
    on_threads(place, threads, run)
}

/// Threads that read one repository.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crew<'p> {
    pub(super) place: &'p Place,
    /// How many; at least one.
    pub(super) threads: usize,
}

impl Crew<'_> {
    /// The outcome of `work` on each of `parts`, in their order. Every thread makes tools of its own.
    pub(super) fn each<P: Sync, T, O: Send>(
        self,
        parts: &[P],
        tools: impl Fn() -> Result<T, SourceError> + Sync,
        work: impl Fn(&mut T, &P) -> Result<O, SourceError> + Sync,
    ) -> Result<Vec<O>, SourceError> {
        let (cursor, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let run = || {
            let mut tools = tools()?;
            loop {
                let at = cursor.fetch_add(1, Ordering::Relaxed);
                let Some(part) = parts.get(at) else {
                    return Ok(());
                };
                let outcome = work(&mut tools, part)?;
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((at, outcome));
            }
        };
        on_threads(self.place, self.threads.min(parts.len()).max(1), run)?;
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|done| done.0);
        Ok(done.into_iter().map(|done| done.1).collect())
    }
}

/// Runs the same on `threads` threads.
pub(super) fn on_threads(
    place: &Place,
    threads: usize,
    run: impl Fn() -> Result<(), SourceError> + Sync,
) -> Result<(), SourceError> {
    if threads == 1 {
        return run();
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| {
            SourceError::new(place.name(), format!("cannot start threads: {error}"))
        })?;
    pool.broadcast(|_| run()).into_iter().collect()
}

/// The number of threads `wanted` means.
pub(super) fn count(wanted: usize) -> usize {
    if wanted > 0 {
        wanted
    } else {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }
}

fn repo_error(place: &Place, error: &git2::Error) -> SourceError {
    let text = error.message().trim_end_matches(['.', '\n']);
    SourceError::new(
        place.name(),
        format!("cannot open the object store: {text}"),
    )
}
