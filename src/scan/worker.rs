//! One thread's share of a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::{Outcome, Scanner};
use crate::detect::prefilter::Scratch;
use crate::finding::{Coverage, Issue, Reason, Remark, Skip};
use crate::judge::Verdict;
use crate::merge::Hit;
use crate::source::{Counted, Item, Margins, Sieve, Visitor};

/// What one thread found.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) hits: Vec<Hit>,
    pub(super) issues: Vec<Issue>,
    pub(super) coverage: Coverage,
    pub(super) dropped: BTreeMap<Reason, u64>,
    pub(super) remarks: BTreeSet<Remark>,
}

impl Part {
    pub(super) fn merge(&mut self, other: Self) {
        self.hits.extend(other.hits);
        self.issues.extend(other.issues);
        self.coverage.merge(&other.coverage);
        self.remarks.extend(other.remarks);
        for (reason, count) in other.dropped {
            *self.dropped.entry(reason).or_default() += count;
        }
    }
}

/// One thread's visitor.
pub(super) struct Worker<'s> {
    pub(super) scanner: &'s Scanner,
    pub(super) part: Part,
    pub(super) scratch: Scratch,
    pub(super) parts: &'s Mutex<Vec<Part>>,
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, item: Item<'_>) {
        let Self {
            scanner,
            part,
            scratch,
            ..
        } = self;
        // A fault in one format must not end an audit, and must not pass for a clean file.
        let mut remarks = Vec::new();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            scanner.look(
                &item,
                scratch,
                &mut |examined, seen| match examined.verdict {
                    Verdict::Keep(judged) => {
                        part.hits.push(scanner.hit(&examined, judged, seen, &item));
                    }
                    Verdict::Drop(reason) => *part.dropped.entry(*reason).or_default() += 1,
                },
                &mut |remark| remarks.push(remark),
            )
        }));
        part.remarks.extend(remarks);
        match outcome {
            Ok(Outcome::Looked) => {}
            Ok(Outcome::Short(places)) => {
                for place in places {
                    self.issue(Issue::new(item.path, place.what()));
                }
            }
            Ok(Outcome::Binary) => self.skip(Skip::Binary),
            Err(_) => self.issue(Issue::new(item.path, "a fault in leakey kept it from being scanned; please report it with the file's shape")),
        }
    }

    fn count(&mut self, what: Counted, bytes: u64) {
        match what {
            Counted::File => self.part.coverage.files += 1,
            Counted::Blob => self.part.coverage.blobs += 1,
            Counted::Commit => self.part.coverage.commits += 1,
        }
        self.part.coverage.bytes += bytes;
    }

    fn count_bytes(&mut self, bytes: u64) {
        self.part.coverage.bytes += bytes;
    }

    fn skip(&mut self, why: Skip) {
        *self.part.coverage.skipped.entry(why).or_default() += 1;
    }

    fn issue(&mut self, issue: Issue) {
        self.part.issues.push(issue);
    }

    fn shallow(&mut self) {
        self.part.coverage.shallow = true;
    }

    fn sieve(&mut self) -> Option<&mut dyn Sieve> {
        (!self.scanner.exhaustive).then_some(self)
    }
}

impl Sieve for Worker<'_> {
    fn margins(&self) -> Margins {
        let (before, after) = self.scanner.prefilter.margins();
        Margins { before, after }
    }

    fn spots(&mut self, bytes: &[u8], zone: Range<usize>, spots: &mut Vec<u32>) {
        let Scanner {
            prefilter, rules, ..
        } = self.scanner;
        prefilter.spots(bytes, zone, rules, &mut self.scratch, spots);
    }

    fn reads_always(&self, path: &str, size: usize) -> bool {
        let path = path.to_ascii_lowercase();
        self.scanner.rules.reads_always(&path, size)
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let part = std::mem::take(&mut self.part);
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part);
    }
}
