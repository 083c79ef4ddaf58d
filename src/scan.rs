//! The pipeline: items in, a report out.
//!
//! Each thread has a `Worker` with scratch space of its own. A worker examines one item at a time (prefilter, decode,
//! detect, judge) and keeps what was found; when its thread ends it hands that over. The [`Scanner`] then joins the parts,
//! sorts them, and builds the findings: the output does not depend on the number of threads.

mod gitleaks;
mod hidden;
mod hit;
mod part;
mod standing;
mod worker;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Policy;
use crate::detect::prefilter::{Prefilter, Scratch};
use crate::detect::{Candidate, Document, Found, Group, Parts, detect};
use crate::encoded;
use crate::finding::{Issue, Reason, Remark, Report, SourceKind};
use crate::format::cut::Trail;
use crate::judge::Verdict;
use crate::known::Told;
use crate::mark::{self, Mark};
use crate::merge::{findings, mark_tips};
use crate::rule::RuleSet;
use crate::shortfall::{Shortfall, shortfalls};
use crate::source::{Item, Past, Source, SourceError, Watch};
use crate::text::decode::{Decoded, SNIFF, decode_known};
use crate::text::{Lines, Span, binary};
use part::Part;
use standing::{in_scope, is_secret};
use worker::Worker;

/// The issue of a scan that was ended early.
const INTERRUPTED: &str =
    "the scan was interrupted; what it had not come to is not in this report: run it again";

/// Examines items by rules.
#[derive(Debug)]
pub struct Scanner {
    rules: RuleSet,
    prefilter: Prefilter,
    policy: Policy,
    exhaustive: bool,
    comments: bool,
    watch: Arc<Watch>,
}

/// A candidate with its verdict, for [`Scanner::examine`].
#[derive(Debug)]
pub struct Examined<'c, 't> {
    /// The candidate.
    pub candidate: &'c Candidate<'t>,
    /// What became of it.
    pub verdict: &'c Verdict,
    /// The comment that accepts it.
    pub mark: Option<&'c Mark<'t>>,
}

impl Scanner {
    /// A scanner with these rules and this policy.
    pub fn new(rules: RuleSet, policy: Policy) -> Self {
        Self {
            prefilter: Prefilter::new(&rules, &[mark::OWN]),
            rules,
            policy,
            exhaustive: false,
            comments: true,
            watch: Arc::default(),
        }
    }

    /// Whether comments in what is scanned may accept what stands beside them. Where not, they are told of all the same.
    pub fn obey_comments(&mut self, yes: bool) {
        self.comments = yes;
    }

    /// Whether sources have to show every text whole, even where parts of it tell that nothing is in it.
    #[must_use]
    pub fn exhaustive(mut self, yes: bool) -> Self {
        self.exhaustive = yes;
        self
    }

    /// Who is told how far a scan is, and can end it.
    #[must_use]
    pub fn watched(mut self, watch: Arc<Watch>) -> Self {
        self.watch = watch;
        self
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Scans everything a source has.
    pub fn scan(&self, source: &dyn Source) -> Result<Report, SourceError> {
        let parts: Mutex<Vec<Part>> = Mutex::default();
        source.drive(&|| Box::new(Worker::new(self, &parts)))?;
        let mut all = Part::default();
        for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
            all.merge(part);
        }
        let stopped = self.watch.stopped();
        if stopped {
            all.issues.push(Issue::new("", INTERRUPTED));
        }
        all.issues.extend_from_slice(self.rules.issues());
        all.issues.sort();
        all.issues.dedup();
        if let Some(past) = &all.past {
            mark_tips(&mut all.hits, past.as_ref());
        }
        // Of what was not read, no one can say that it was removed.
        let past = all.past.as_deref().filter(|_| !stopped);
        let past = past.map(|past| past as &dyn Past);
        Ok(Report {
            findings: findings(all.hits, &self.rules, &self.policy, past),
            issues: all.issues,
            coverage: all.coverage,
            dropped: all.dropped,
            remarks: all.remarks.into_iter().collect(),
            ignored: self.rules.notices().to_vec(),
            stale: Vec::new(),
            rules_hash: self.rules.hash().to_owned(),
        })
    }

    /// Calls `sink` for every candidate in an item, in the order of their places, each with its verdict.
    pub fn examine(
        &self,
        item: &Item<'_>,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Examined<'_, '_>, &Seen<'_>),
    ) -> Outcome {
        self.look(item, None, true, scratch, sink, &mut |_| {}).0
    }

    /// The same for an item of which something is `known`; also calls `remarked` for the comments that accept some candidate, and in
    /// files for those that do not. `thorough`: even what is left out by the path alone is looked at, so that it can be told. Gives
    /// what was found in pieces that were read, too, if everything was.
    fn look(
        &self,
        item: &Item<'_>,
        known: Option<Hints<'_>>,
        thorough: bool,
        scratch: &mut Scratch,
        sink: &mut dyn FnMut(Examined<'_, '_>, &Seen<'_>),
        remarked: &mut dyn FnMut(Remark),
    ) -> (Outcome, Option<Vec<Told>>) {
        let path = item.logical.to_ascii_lowercase();
        let wide = memchr::memchr(0, &item.bytes[..item.bytes.len().min(SNIFF)]).is_some();
        // Only there can a comment that accepts nothing be taken out.
        let editable = [SourceKind::Worktree, SourceKind::Stdin].contains(&item.origin.source());
        // Of what something is known of this was asked before.
        let always = known.is_none() && self.rules.reads_always(&path, item.bytes.len());
        let mut spots = Vec::new();
        let mut interesting = |bytes: &[u8], scratch: &mut Scratch| {
            self.prefilter
                .spots_in(bytes, &path, &self.rules, scratch, &mut spots);
            let marked = editable && scratch.met_word() && mark::may_hold(bytes);
            !spots.is_empty() || always || marked
        };
        // Rules of gitleaks have keywords of their own, and are searched for in every text.
        let others = !self.rules.gitleaks().is_empty();
        // Versions of files in a history are shown only where something tells of a name.
        let decodes = self.policy.deep && item.version.is_none();
        let mut own = known.is_some() || !wide && interesting(item.bytes, scratch);
        if !(own || wide || others || decodes && encoded::may_hold(item.bytes)) {
            return (Outcome::Looked, None);
        }
        let mut strings = false;
        let utf8 = known.as_ref().and_then(|known| known.text);
        let signless = utf8.is_some() && known.as_ref().is_some_and(|known| known.signless);
        let (text, named) = match decode_known(item.bytes, utf8, signless) {
            Decoded::Text(text) => (text, false),
            Decoded::Binary
                if self.policy.deep
                    && (interesting(item.bytes, scratch)
                        || interesting(binary::wide_strings(item.bytes).as_bytes(), scratch)) =>
            {
                strings = true;
                (Cow::Owned(binary::strings(item.bytes)), false)
            }
            // There is a name all the same.
            Decoded::Binary if others => (Cow::Borrowed(""), true),
            Decoded::Binary if self.policy.deep => return (Outcome::Looked, None),
            Decoded::Binary => return (Outcome::Binary, None),
        };
        let mut hidden = Vec::new();
        if decodes && !named {
            self.uncover(&text, &path, scratch, &mut hidden);
        }
        let other = wide || matches!(text, Cow::Owned(_));
        own = own || other && interesting(text.as_bytes(), scratch);
        if !own && hidden.is_empty() && !others {
            return (Outcome::Looked, None);
        }
        let mut document = Document::new(&path, &text);
        // What a comment accepts depends on all that stands around it.
        let accepts = !signless && mark::may_accept(&text);
        let whole = thorough || self.exhaustive || accepts || other || always;
        // Only of a text that stands as it is are spots in the bytes places in it.
        let plain = text.len() == item.bytes.len();
        let found = (own && plain && !whole).then_some(Parts {
            spots: &spots,
            trail: None,
        });
        let Hints {
            parts,
            carried,
            framework: known,
            ..
        } = known.unwrap_or_default();
        document.parts = parts.or(found).filter(|_| plain && !accepts && !other);
        let lines = Lines::new(&text, item.first_line);
        let mut candidates = Vec::new();
        let (mut cuts, mut groups) = (Vec::new(), Vec::new());
        let grouped = own
            && detect(&self.rules, &document, &mut |found| match found {
                Found::Candidate(candidate) if self.uses(&candidate) => candidates.push(candidate),
                Found::Candidate(_) => {}
                Found::Cut(cut) => cuts.push(cut),
                Found::Group(group) => groups.push((group, candidates.len())),
            });
        // Whether a value is a digest depends on what stands around it, wherever that is.
        let around = candidates
            .iter()
            .any(|candidate| candidate.digest.is_some());
        let mut judged = self.judged(candidates, &path);
        let trail = document.parts.and_then(|parts| parts.trail);
        let told = trail
            .filter(|_| grouped && !around && cuts.is_empty())
            .and_then(|trail| told(groups, &judged, trail));
        if document.parts.is_some() {
            judged.extend(carried);
        }
        self.settle(&mut judged);
        let (mut candidates, mut verdicts): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
        hidden::add(hidden, &mut candidates, &mut verdicts, &mut cuts);
        let shortfalls = shortfalls(&cuts, item, &lines);
        for (candidate, verdict) in candidates.iter().zip(&mut verdicts) {
            if matches!(verdict, Verdict::Keep(_)) && !in_scope(candidate, item, &lines) {
                *verdict = Verdict::Drop(Reason::Unchanged);
            }
        }
        let mut aside = Vec::new();
        if others {
            let known = (&mut candidates, &mut verdicts);
            // Of what is binary they see no more than its name.
            let bare = document.bare();
            let seen = if strings { &bare } else { &document };
            aside = self.add_matches(item, seen, &lines, thorough, known);
            if !own && candidates.is_empty() {
                let outcome = if named {
                    Outcome::Binary
                } else {
                    Outcome::Looked
                };
                return (outcome, None);
            }
        }
        let mut marks = if accepts {
            mark::marks(&document, &lines)
        } else {
            Vec::new()
        };
        let id = |candidate: &Candidate<'_>| self.rules.rules[candidate.rule.0].id.as_str();
        let mut met = mark::meet(
            &marks,
            &candidates,
            &|candidate, rules| rules.contains(&id(candidate)),
            &lines,
        );
        if others {
            gitleaks::accept(&candidates, &lines, &mut marks, &mut met);
        }
        let hidden = candidates.iter().zip(&verdicts);
        let mut secret: Vec<Span> = hidden
            .filter(|(candidate, verdict)| is_secret(candidate, verdict))
            .map(|(candidate, _)| candidate.span)
            .collect();
        // Candidates are sorted by where they begin, and so are these.
        if !aside.is_empty() {
            secret.append(&mut aside);
            secret.sort_unstable();
        }
        let seen = Seen {
            document: &document,
            lines: &lines,
            secret: &secret,
            known: known.filter(|_| document.parts.is_some()),
            framework: &OnceCell::new(),
        };
        for ((candidate, verdict), &met) in candidates.iter().zip(&verdicts).zip(&met) {
            let mark = met.and_then(|met| marks.get(met));
            let examined = Examined {
                candidate,
                verdict,
                mark,
            };
            sink(examined, &seen);
        }
        let found = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::Keep(_) | Verdict::Drop(Reason::Unchanged | Reason::Duplicate)
            )
        };
        let all_rules = self.policy.only.is_empty() && self.policy.disabled.is_empty();
        for (at, mark) in marks.iter().enumerate() {
            let mut accepts = met.iter().zip(&verdicts);
            let used = accepts.any(|(met, verdict)| *met == Some(at) && found(verdict));
            if used || editable && all_rules && mark.is_judged() {
                remarked(mark.remark(item.path, used));
            }
        }
        let outcome = if named {
            Outcome::Binary
        } else if shortfalls.is_empty() {
            Outcome::Looked
        } else {
            Outcome::Short(shortfalls)
        };
        (outcome, told)
    }
}

/// What is known of an item before it is looked at.
#[derive(Default)]
struct Hints<'a> {
    /// The text, where it is known to be UTF-8 without a mark.
    text: Option<&'a str>,
    /// Whether it is known to hold no mark of a merge and no word that accepts anything.
    signless: bool,
    /// Of which only these parts have to be read.
    parts: Option<Parts<'a>>,
    /// What else is found in it, each judged for itself.
    carried: Vec<(Candidate<'static>, Verdict)>,
    /// What tells the framework that its words tell of.
    framework: Option<&'a dyn Fn() -> Option<usize>>,
}

/// What was found in each group of pieces; with each comes how many of `judged` were found by its end.
fn told(
    groups: Vec<(Group, usize)>,
    judged: &[(Candidate<'_>, Verdict)],
    trail: &Trail,
) -> Option<Vec<Told>> {
    let mut from = 0;
    let each = groups.into_iter().map(|(group, end)| {
        let found = judged.get(from..end)?.iter();
        from = end;
        let kept = found.filter(|(candidate, verdict)| is_secret(candidate, verdict));
        let kept = kept.map(|found| (found.0.clone().into_owned(), found.1.clone()));
        Told::new(group, kept.collect(), trail)
    });
    each.collect()
}

/// What an examination came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was looked at.
    Looked,
    /// It was looked at, save for these places.
    Short(Vec<Shortfall>),
    /// It is no text.
    Binary,
}

/// The document a candidate stands in.
#[derive(Clone, Copy)]
pub struct Seen<'d> {
    /// The document.
    pub document: &'d Document<'d>,
    /// Its lines.
    pub lines: &'d Lines<'d>,
    /// Every secret in it, sorted by where they begin.
    pub secret: &'d [Span],
    /// Who knows the framework its words tell of.
    known: Option<&'d dyn Fn() -> Option<usize>>,
    /// That framework, once asked for.
    framework: &'d OnceCell<Option<usize>>,
}

impl Seen<'_> {
    /// The framework that the words of the document tell of, as an index.
    fn framework(&self, rules: &RuleSet) -> Option<usize> {
        let found = || match self.known {
            Some(known) => known(),
            None => rules.framework_of(self.document.text),
        };
        *self.framework.get_or_init(found)
    }
}
