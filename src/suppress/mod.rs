//! What is accepted: by comments, by a baseline, by entries of a configuration file, and by a list of gitleaks.
//!
//! That is decided on the finished report, by one pass over its occurrences. An accepted finding stays in the report and says by whom and why; it only ceases to count.
//! Who may accept what is a question of [`Territory`].

mod allow;
pub mod baseline;
mod date;
pub mod ignore_list;
mod territory;

pub use allow::Allow;
pub use baseline::Baseline;
pub use date::Date;
pub use ignore_list::IgnoreList;
pub use territory::Territory;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::finding::{
    Context, Finding, Kind, Notice, Occurrence, Report, Stale, StaleKind, Suppression,
};
use crate::source::paths::Base;

/// Everything that accepts findings of a scan.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Entries of the configuration.
    pub allow: Vec<Allow>,
    /// The folder that their globs are relative to.
    pub base: Option<Base>,
    /// Whether the entries hold outside of the territory too: the user named their file.
    pub allow_everywhere: bool,
    /// The baseline, if there is one.
    pub baseline: Option<Placed>,
    /// The list of gitleaks, and the folder its paths are relative to.
    pub list: Option<(IgnoreList, Base)>,
    /// What was scanned as a whole, so that an entry about it which met nothing is of no use.
    pub whole: Whole,
    /// Which of the scanned texts are obeyed.
    pub territory: Territory,
    /// The day on which this happens.
    pub today: Date,
}

/// What of a repository was scanned as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Nothing: a part of the files, the index, some commits.
    Nothing,
    /// Its files.
    Files,
    /// Its history.
    History,
}

/// A baseline, and where it holds.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The baseline.
    pub baseline: Baseline,
    /// The folder that its globs are relative to.
    pub base: Base,
    /// Whether it holds outside of the territory too: the user named it.
    pub everywhere: bool,
}

/// What met an occurrence, and whether it still holds.
enum Met {
    Holds(Suppression),
    Expired(Stale),
    Nothing,
}

impl Acceptance {
    /// Marks what is accepted in `report`, and what is of no use. `counts` tells whether an open place of that kind and
    /// context makes the exit code 1.
    pub fn apply(&self, report: &mut Report, counts: impl Fn(Kind, Context) -> bool) {
        let mut used = BTreeSet::new();
        let mut met = BTreeSet::new();
        let mut stale = BTreeSet::new();
        for finding in &mut report.findings {
            for at in 0..finding.occurrences.len() {
                let occurrence = &finding.occurrences[at];
                let obeyed = self.territory.holds(&occurrence.path);
                // A comment was obeyed when it was read; whether it may be is told by where it stands.
                let mut suppressed = occurrence.suppressed.clone().filter(|_| obeyed);
                match self.configured(finding, occurrence, obeyed, &mut used) {
                    Met::Holds(by) => {
                        suppressed.get_or_insert(by);
                    }
                    Met::Expired(entry) => {
                        stale.insert(entry);
                    }
                    Met::Nothing => {}
                }
                if suppressed.is_none() {
                    match self.known(finding, occurrence, obeyed, &mut met) {
                        Met::Holds(by) => suppressed = Some(by),
                        Met::Expired(entry) => {
                            stale.insert(entry);
                        }
                        Met::Nothing => {}
                    }
                }
                if suppressed.is_none() {
                    suppressed = self.listed(&finding.rule, occurrence, obeyed);
                }
                finding.occurrences[at].suppressed = suppressed;
            }
            settle(finding, &counts);
        }
        self.remarked(report, &mut stale);
        if self.whole != Whole::Nothing && report.complete() {
            stale.extend(self.unmet(&met));
            for (at, entry) in self.allow.iter().enumerate() {
                if !used.contains(&at) && self.judges(entry.history) {
                    stale.insert(Stale {
                        path: entry.file.clone(),
                        line: entry.line,
                        kind: StaleKind::Unused,
                        what: format!("this [[allow]] entry accepts nothing ({})", entry.reason),
                    });
                }
            }
        }
        report.stale.extend(stale);
        report.stale.sort();
    }

    /// Whether this scan can tell that an entry for files, or for what only history holds, is of no use.
    fn judges(&self, history: bool) -> bool {
        self.whole
            == if history {
                Whole::History
            } else {
                Whole::Files
            }
    }

    /// Tells of comments that are not obeyed, and of those that accept nothing.
    fn remarked(&self, report: &mut Report, stale: &mut BTreeSet<Stale>) {
        for remark in std::mem::take(&mut report.remarks) {
            let obeyed = self.territory.holds(&remark.path);
            if !obeyed && remark.used {
                report.ignored.push(Notice {
                    path: remark.path,
                    line: Some(remark.line),
                    what: "this comment is not obeyed: only those of the current repository are, and none where nothing in \
                           what is scanned is"
                        .to_owned(),
                });
            } else if obeyed && !remark.used {
                let rules = remark.rules.join(", ");
                let what = if rules.is_empty() {
                    "this comment accepts nothing; take it out".to_owned()
                } else {
                    format!(
                        "this comment accepts nothing that {rules} finds; take it out, or name the rule that the report names"
                    )
                };
                stale.insert(Stale {
                    path: remark.path,
                    line: remark.line,
                    kind: StaleKind::Unused,
                    what,
                });
            }
        }
    }

    /// What a list of gitleaks says of a place.
    fn listed(&self, rule: &str, occurrence: &Occurrence, obeyed: bool) -> Option<Suppression> {
        let (list, base) = self.list.as_ref().filter(|_| obeyed)?;
        let path = base.path(&occurrence.path)?;
        let commit = occurrence.origin.commit.as_ref();
        let lines = occurrence.start.line..=occurrence.end.line;
        let line = list.line(&path, lines, commit.map(|commit| commit.id.as_str()), rule)?;
        Some(Suppression {
            by: "config",
            reason: Some(format!("listed in {}:{line}", list.name)),
            until: None,
        })
    }

    /// What the baseline says of a place. Also notes the entry as met.
    fn known<'a>(
        &'a self,
        finding: &Finding,
        occurrence: &Occurrence,
        obeyed: bool,
        met: &mut BTreeSet<&'a str>,
    ) -> Met {
        let Some(placed) = (self.baseline.as_ref()).filter(|placed| obeyed || placed.everywhere)
        else {
            return Met::Nothing;
        };
        let path = placed.base.path(&occurrence.path);
        let Some((fingerprint, entry)) =
            placed.baseline.entry(finding, occurrence, path.as_deref())
        else {
            return Met::Nothing;
        };
        met.insert(fingerprint);
        let until = entry.until.clone();
        if entry.is_over(self.today) {
            return Met::Expired(Stale {
                path: placed.baseline.name.clone(),
                line: entry.line,
                kind: StaleKind::Expired,
                what: format!(
                    "this entry held until {}; what it accepts counts again",
                    until.unwrap_or_default()
                ),
            });
        }
        Met::Holds(Suppression {
            by: "baseline",
            reason: entry.reason.clone(),
            until,
        })
    }

    /// Entries of the baseline that would have been met if there were anything for them to accept.
    fn unmet<'a>(&'a self, met: &'a BTreeSet<&str>) -> impl Iterator<Item = Stale> + 'a {
        self.baseline.iter().flat_map(move |placed| {
            let entries = placed.baseline.entries();
            let unmet = entries.filter(|(fingerprint, entry)| {
                !met.contains(fingerprint) && self.judges(entry.history)
            });
            unmet.map(|(fingerprint, entry)| Stale {
                path: placed.baseline.name.clone(),
                line: entry.line,
                kind: StaleKind::Unused,
                what: format!(
                    "nothing is left that {fingerprint} accepts; `leakey baseline prune` takes it out"
                ),
            })
        })
    }

    fn configured(
        &self,
        finding: &Finding,
        occurrence: &Occurrence,
        obeyed: bool,
        used: &mut BTreeSet<usize>,
    ) -> Met {
        if !(obeyed || self.allow_everywhere) {
            return Met::Nothing;
        }
        let path = self.base.as_ref().map_or_else(
            || Some(Cow::Borrowed(occurrence.path.as_str())),
            |base| base.path(&occurrence.path),
        );
        let mut met = Met::Nothing;
        for (at, entry) in self.allow.iter().enumerate() {
            if !entry.describes(finding, occurrence, path.as_deref()) {
                continue;
            }
            used.insert(at);
            let holds = entry.until.is_none_or(|until| self.today <= until);
            match (&met, holds) {
                (Met::Holds(_), _) => {}
                (_, true) => {
                    met = Met::Holds(Suppression {
                        by: "config",
                        reason: Some(entry.reason.clone()),
                        until: entry.until.map(|until| until.to_string()),
                    });
                }
                (_, false) => {
                    met = Met::Expired(Stale {
                        path: entry.file.clone(),
                        line: entry.line,
                        kind: StaleKind::Expired,
                        what: format!(
                            "this [[allow]] entry held until {} ({}); what it accepts counts again",
                            entry
                                .until
                                .map_or_else(String::new, |until| until.to_string()),
                            entry.reason
                        ),
                    });
                }
            }
        }
        met
    }
}

/// Brings a finding in line with its occurrences.
fn settle(finding: &mut Finding, counts: &impl Fn(Kind, Context) -> bool) {
    let open = || {
        finding
            .occurrences
            .iter()
            .filter(|occurrence| occurrence.suppressed.is_none())
    };
    finding.counts = open().any(|occurrence| counts(finding.kind, occurrence.context));
    finding.suppressed = if open().next().is_some() {
        None
    } else {
        finding
            .occurrences
            .first()
            .and_then(|occurrence| occurrence.suppressed.clone())
    };
}
