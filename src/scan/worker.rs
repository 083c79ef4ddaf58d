//! One thread of a scan: takes what a source shows, and keeps what was found until its end.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::part::Part;
use super::{Hints, Outcome, Scanner};
use crate::detect::Parts;
use crate::detect::prefilter::Scratch;
use crate::finding::{Issue, Skip};
use crate::format::{FileName, Format, choose, spots_inside};
use crate::judge::Verdict;
use crate::known::{Carried, Known, Memo, Signs, Told};
use crate::mark;
use crate::source::{Base, Counted, Item, Keepsake, Past, Sieve, Steps, Visitor, Watch};
use crate::text::decode::MERGE;
use crate::text::{Margins, Span, Word, binary};

/// What stands in texts of which more matters than what stands beside a value: that comments may accept it, or that a merge left it.
const SIGNS: [&str; 3] = [mark::SIGNS[0], mark::SIGNS[1], MERGE];

/// One thread's visitor.
pub(super) struct Worker<'s> {
    scanner: &'s Scanner,
    part: Part,
    scratch: Scratch,
    memo: Memo,
    signs: Signs,
    last: Option<Last>,
    steps: Steps,
    parts: &'s Mutex<Vec<Part>>,
}

impl<'s> Worker<'s> {
    /// A visitor that puts what it found to `parts` when it ends.
    pub(super) fn new(scanner: &'s Scanner, parts: &'s Mutex<Vec<Part>>) -> Self {
        Self {
            scanner,
            part: Part::default(),
            scratch: Scratch::default(),
            memo: Memo::default(),
            signs: Signs::new(&SIGNS),
            last: None,
            steps: Steps::default(),
            parts,
        }
    }
}

/// What is known of the last path.
struct Last {
    /// The path, lower-cased.
    path: Arc<str>,
    /// The format that claims it.
    format: Option<&'static dyn Format>,
    /// Bytes up to which files of it are always read.
    always: Option<usize>,
}

/// What was found in one item.
struct Found {
    part: Part,
    /// How it ended; `None` for a fault.
    outcome: Option<Outcome>,
    /// What was found in pieces, if everything was.
    told: Option<Vec<Told>>,
}

impl Worker<'_> {
    fn look(&mut self, item: &Item<'_>) {
        if !self.scanner.watch.stopped() {
            let found = self.find(item, None);
            self.take(item, found);
        }
    }

    fn find(&mut self, item: &Item<'_>, known: Option<Hints<'_>>) -> Found {
        let Self {
            scanner, scratch, ..
        } = self;
        let (mut part, mut remarks) = (Part::default(), Vec::new());
        // A fault in one format must not end an audit, and must not pass for a clean file.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            scanner.look(
                item,
                known,
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
        let (outcome, told) = outcome.ok().unzip();
        Found {
            part,
            outcome,
            told: told.flatten(),
        }
    }

    fn take(&mut self, item: &Item<'_>, found: Found) {
        self.part.merge(found.part);
        match found.outcome {
            Some(Outcome::Looked) => {}
            Some(Outcome::Short(places)) => {
                for place in places {
                    self.issue(Issue::new(item.path, place.what()));
                }
            }
            Some(Outcome::Binary) => self.skip(Skip::Binary),
            None => self.issue(Issue::new(item.path, "a fault in leakey kept it from being scanned; please report it with the file's shape")),
        }
    }

    /// A path, lower-cased, the format that claims it, and up to which size files of it are always read.
    fn claims(&mut self, path: &str) -> (Arc<str>, Option<&'static dyn Format>, Option<usize>) {
        // Most items are versions of the file that came before.
        let last = self.last.take();
        let last = last.filter(|last| last.path.eq_ignore_ascii_case(path));
        let last = last.unwrap_or_else(|| {
            let path = path.to_ascii_lowercase();
            Last {
                format: choose(&FileName::new(&path)),
                always: self.scanner.rules.always_up_to(&path),
                path: path.into(),
            }
        });
        let last = self.last.insert(last);
        (Arc::clone(&last.path), last.format, last.always)
    }

    /// Those of `spots` that make an item under a lower-cased path interesting.
    fn spots_under(&mut self, path: &str, item: &Item<'_>, spots: &[u32]) -> Vec<u32> {
        let Scanner {
            prefilter, rules, ..
        } = self.scanner;
        prefilter.spots_under(path, item.bytes, spots, rules, &mut self.scratch)
    }

    /// What of the finds that a text has in common with its base need not be looked for again, and the spots of interest elsewhere, of
    /// all its `spots` and those that are `new`; and whether some of these are of no interest.
    fn left(
        &mut self,
        known: &Known<'_>,
        carried: Carried,
        item: &Item<'_>,
        (path, spots, new): (&str, &[u32], &[u32]),
    ) -> (Vec<Told>, Vec<u32>, bool) {
        let Carried { mut told, stale } = carried;
        let within = |spans: &[Span]| {
            let inside = spans.iter().flat_map(|&span| spots_inside(spots, span));
            inside.copied().collect::<Vec<u32>>()
        };
        let mut again = within(&stale);
        again.extend_from_slice(new);
        again.sort_unstable();
        again.dedup();
        let mut hot = self.spots_under(path, item, &again);
        let passed = hot.len() < again.len();
        // A piece with a new spot is read for all that are in it, and so is what was read with it.
        while !hot.is_empty() && !told.is_empty() {
            let Some(trail) = known.trail() else { break };
            let pieces = trail.pieces(&hot);
            let met = |told: &Told| {
                let is_hot = |piece: usize| pieces.binary_search(&piece).is_ok();
                told.walked().any(is_hot)
            };
            let (gone, rest): (Vec<_>, Vec<_>) = told.into_iter().partition(met);
            told = rest;
            if gone.is_empty() {
                break;
            }
            let walked = gone.iter().flat_map(Told::walked);
            let mut spans: Vec<Span> = walked.map(|piece| trail.piece(piece)).collect();
            spans.sort_unstable();
            hot.extend(self.spots_under(path, item, &within(&spans)));
            hot.sort_unstable();
            hot.dedup();
        }
        (told, hot, passed)
    }
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, item: Item<'_>) {
        self.look(&item);
    }

    fn count(&mut self, what: Counted, bytes: u64) {
        match what {
            Counted::File => self.part.coverage.files += 1,
            Counted::Blob => self.part.coverage.blobs += 1,
            Counted::Commit => self.part.coverage.commits += 1,
        }
        self.part.coverage.bytes += bytes;
        self.steps.add(1, bytes, &self.scanner.watch);
    }

    fn count_bytes(&mut self, bytes: u64) {
        self.part.coverage.bytes += bytes;
        self.steps.add(0, bytes, &self.scanner.watch);
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

    fn longest_word(&self) -> usize {
        self.scanner.prefilter.longest_word()
    }

    fn words(&mut self, bytes: &[u8], zones: &[Range<usize>], words: &mut Vec<Word>) {
        let Scanner {
            prefilter,
            rules,
            watch,
            ..
        } = self.scanner;
        if !watch.stopped() {
            prefilter.words(bytes, zones, rules, words);
        }
    }

    fn spots(
        &mut self,
        bytes: &[u8],
        zones: &[Range<usize>],
        words: &mut [Word],
        spots: &mut Vec<u32>,
    ) {
        let Scanner {
            prefilter, rules, ..
        } = self.scanner;
        prefilter.spots(bytes, zones, words, rules, &mut self.scratch, spots);
    }

    fn always_up_to(&self, path: &str) -> Option<usize> {
        (self.scanner.rules).always_up_to(&path.to_ascii_lowercase())
    }

    fn visit_spots(
        &mut self,
        item: Item<'_>,
        spots: &[u32],
        base: Option<Base<'_>>,
        same: Option<&Keepsake>,
    ) -> Option<Keepsake> {
        if self.scanner.watch.stopped() {
            return None;
        }
        // Spots are places in the bytes: of a text that has to be decoded first they tell nothing.
        let marked = item.bytes.starts_with(b"\xef\xbb\xbf");
        let (path, format, always) = self.claims(item.logical);
        if marked || always.is_some_and(|most| item.bytes.len() <= most) {
            self.look(&item);
            return None;
        }
        let known = Known::new(&item, (&path, format), base, same);
        let carried = catch_unwind(AssertUnwindSafe(|| known.carried())).unwrap_or_default();
        let (mut told, mut hot, passed) = if let Some((base, carried)) = base.zip(carried) {
            let new = if known.passed() {
                base.touched
            } else {
                base.new
            };
            let again = (&*path, spots, new);
            let (told, hot, passed) = self.left(&known, carried, &item, again);
            (told, hot, passed || known.passed())
        } else {
            let hot = self.spots_under(&path, &item, spots);
            let passed = hot.len() < spots.len();
            (Vec::new(), hot, passed)
        };
        let empty = hot.is_empty() && told.iter().all(Told::is_empty);
        if empty {
            return Some(known.keep(Some(told), passed));
        }
        let trail = catch_unwind(AssertUnwindSafe(|| known.trail())).unwrap_or_default();
        let both = known.text().zip(trail);
        if let Some(both) = both {
            told.extend(self.memo.recall(&path, both, &mut hot));
        }
        let nothing = told.iter().all(Told::is_empty);
        if hot.is_empty() && nothing {
            return Some(known.keep(Some(told), passed));
        }
        let found = |told: &[Told]| {
            let found = trail.map(|trail| told.iter().flat_map(|told| told.found(trail)));
            found.into_iter().flatten().collect()
        };
        let evidence = self.scanner.rules.evidence();
        let framework = || known.framework(evidence?);
        let signless = known.lacks(&self.signs);
        let hints = |spots, carried| {
            let parts = Some(Parts { spots, trail });
            Some(Hints {
                text: known.text(),
                signless,
                parts,
                carried,
                framework: Some(&framework),
            })
        };
        let mut found = self.find(&item, hints(&hot, found(&told)));
        if found.told.is_none() && !nothing {
            // What was read may be more than the pieces of these spots, and was found twice then.
            let all = self.spots_under(&path, &item, spots);
            told.clear();
            found = self.find(&item, hints(&all, Vec::new()));
        }
        let told = found.told.take().map(|new| {
            if let Some(both) = both {
                let kept = new.iter().filter(|told| known.is_closed(told));
                self.memo.keep(&path, both, kept);
            }
            told.extend(new);
            told
        });
        self.take(&item, found);
        Some(known.keep(told, passed))
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.steps.tell(&self.scanner.watch);
        let part = std::mem::take(&mut self.part);
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part);
    }
}
