//! One thread of a scan: takes what a source shows, and keeps what was found until its end.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Part;
use super::{Outcome, Scanner};
use crate::detect::Parts;
use crate::detect::prefilter::Scratch;
use crate::finding::{Issue, Skip};
use crate::format::cut::Pieces;
use crate::judge::Verdict;
use crate::known::Known;
use crate::source::{Base, Counted, Item, Keepsake, Margins, Past, Sieve, Visitor, Watch};
use crate::text::binary;

/// One thread's visitor.
pub(super) struct Worker<'s> {
    scanner: &'s Scanner,
    part: Part,
    scratch: Scratch,
    parts: &'s Mutex<Vec<Part>>,
}

impl<'s> Worker<'s> {
    /// A visitor that puts what it found to `parts` when it ends.
    pub(super) fn new(scanner: &'s Scanner, parts: &'s Mutex<Vec<Part>>) -> Self {
        Self {
            scanner,
            part: Part::default(),
            scratch: Scratch::default(),
            parts,
        }
    }
}

/// What was found in one item.
struct Found {
    part: Part,
    /// How it ended; `None` for a fault.
    outcome: Option<Outcome>,
}

impl Found {
    /// What it depends on that nothing was found, if nothing was.
    fn calm(&self) -> Option<&Pieces> {
        match &self.outcome {
            Some(Outcome::Pieces(pieces)) if self.part.hits.is_empty() => Some(pieces),
            _ => None,
        }
    }
}

impl Worker<'_> {
    fn look(&mut self, item: &Item<'_>, parts: Option<Parts<'_>>) {
        if !self.scanner.watch.stopped() {
            let found = self.find(item, parts);
            self.take(item, found);
        }
    }

    fn find(&mut self, item: &Item<'_>, parts: Option<Parts<'_>>) -> Found {
        let Self {
            scanner, scratch, ..
        } = self;
        let (mut part, mut remarks) = (Part::default(), Vec::new());
        // A fault in one format must not end an audit, and must not pass for a clean file.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            scanner.look(
                item,
                parts,
                false,
                scratch,
                &mut |examined, seen| match examined.verdict {
                    Verdict::Keep(judged) => {
                        part.hits.push(scanner.hit(&examined, judged, seen, item));
                    }
                    Verdict::Drop(reason) => *part.dropped.entry(*reason).or_default() += 1,
                },
                &mut |remark| remarks.push(remark),
            )
        }));
        part.remarks.extend(remarks);
        let outcome = outcome.ok();
        Found { part, outcome }
    }

    fn take(&mut self, item: &Item<'_>, found: Found) {
        self.part.merge(found.part);
        match found.outcome {
            Some(Outcome::Looked | Outcome::Pieces(_)) => {}
            Some(Outcome::Short(places)) => {
                for place in places {
                    self.issue(Issue::new(item.path, place.what()));
                }
            }
            Some(Outcome::Binary) => self.skip(Skip::Binary),
            None => self.issue(Issue::new(item.path, "a fault in leakey kept it from being scanned; please report it with the file's shape")),
        }
    }

    /// Those of `spots` that make an item under a lower-cased path interesting.
    fn spots_under(&mut self, path: &str, item: &Item<'_>, spots: &[u32]) -> Vec<u32> {
        let Scanner {
            prefilter, rules, ..
        } = self.scanner;
        prefilter.spots_under(path, item.bytes, spots, rules, &mut self.scratch)
    }
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, item: Item<'_>) {
        self.look(&item, None);
    }

    fn count(&mut self, what: Counted, bytes: u64) {
        match what {
            Counted::File => self.part.coverage.files += 1,
            Counted::Blob => self.part.coverage.blobs += 1,
            Counted::Commit => self.part.coverage.commits += 1,
        }
        self.part.coverage.bytes += bytes;
        self.scanner.watch.step(1, bytes);
    }

    fn count_bytes(&mut self, bytes: u64) {
        self.part.coverage.bytes += bytes;
        self.scanner.watch.step(0, bytes);
    }

    fn skip(&mut self, why: Skip) {
        *self.part.coverage.skipped.entry(why).or_default() += 1;
    }

    fn issue(&mut self, issue: Issue) {
        self.part.issues.push(issue);
    }

    fn takes_binary(&self, head: &[u8]) -> bool {
        self.scanner.policy.deep && !binary::is_media(head)
    }

    fn past(&mut self, past: Box<dyn Past + Send>) {
        self.part.past = Some(past);
    }

    fn shallow(&mut self) {
        self.part.coverage.shallow = true;
    }

    fn takes_names(&self) -> bool {
        self.scanner.rules.has_names()
    }

    fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.scanner.watch)
    }

    fn sieve(&mut self) -> Option<&mut dyn Sieve> {
        // A match of a rule of gitleaks may reach as far as the text does, and so may what it requires beside it.
        let whole = self.scanner.exhaustive || !self.scanner.rules.gitleaks().is_empty();
        (!whole).then_some(self)
    }
}

impl Sieve for Worker<'_> {
    fn margins(&self) -> Margins {
        let (before, after) = self.scanner.prefilter.margins();
        Margins { before, after }
    }

    fn spots(&mut self, bytes: &[u8], zone: Range<usize>, spots: &mut Vec<u32>) {
        let Scanner {
            prefilter,
            rules,
            watch,
            ..
        } = self.scanner;
        if watch.stopped() {
            return;
        }
        prefilter.spots(bytes, zone, rules, &mut self.scratch, spots);
    }

    fn reads_always(&self, path: &str, size: usize) -> bool {
        let path = path.to_ascii_lowercase();
        self.scanner.rules.reads_always(&path, size)
    }

    fn visit_spots(
        &mut self,
        item: Item<'_>,
        spots: &[u32],
        base: Option<Base<'_>>,
    ) -> Option<Keepsake> {
        if self.scanner.watch.stopped() {
            return None;
        }
        // Spots are places in the bytes: of a text that has to be decoded first they tell nothing.
        let marked = item.bytes.starts_with(b"\xef\xbb\xbf");
        if marked || self.reads_always(item.logical, item.bytes.len()) {
            self.look(&item, None);
            return None;
        }
        let path = item.logical.to_ascii_lowercase();
        let known = Known::new(&item, &path, base);
        let calm = catch_unwind(AssertUnwindSafe(|| known.calm())).unwrap_or_default();
        let new = base.filter(|_| calm.is_some()).map(|base| base.new);
        let hot = self.spots_under(&path, &item, new.unwrap_or(spots));
        if hot.is_empty() {
            return Some(known.keep(Some(calm.unwrap_or_default())));
        }
        let trail = catch_unwind(AssertUnwindSafe(|| known.trail())).unwrap_or_default();
        let mut found = self.find(&item, Some(Parts { spots: &hot, trail }));
        if new.is_some() && !found.part.hits.is_empty() {
            // What stands around a finding is told with it, and all of a text is judged together.
            let all = self.spots_under(&path, &item, spots);
            found = self.find(&item, Some(Parts { spots: &all, trail }));
        }
        let calm = found.calm().map(|pieces| {
            let mut all = calm.unwrap_or_default();
            all.add(pieces);
            all
        });
        self.take(&item, found);
        Some(known.keep(calm))
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
