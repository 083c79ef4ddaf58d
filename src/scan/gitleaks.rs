//! Matches of rules of gitleaks, put among the candidates of a text.

use super::Scanner;
use super::standing::in_scope;
use crate::detect::gitleaks::Seen;
use crate::detect::{Candidate, Document, detect_by_gitleaks};
use crate::finding::Reason;
use crate::judge::{Verdict, judge, settle};
use crate::mark::Mark;
use crate::source::Item;
use crate::text::{Lines, Span};

/// Candidates that begin so many places before another may reach into it.
const BACK: usize = 16;

impl Scanner {
    /// Adds what rules of gitleaks find in a text to the candidates and verdicts of leakey's own, and sorts them by where they
    /// begin. Gives the places of what was looked for beside others only: it is no finding, and secret all the same.
    pub(super) fn add_matches<'t>(
        &self,
        item: &Item<'t>,
        document: &Document<'t>,
        lines: &Lines<'t>,
        thorough: bool,
        (candidates, verdicts): (&mut Vec<Candidate<'t>>, &mut Vec<Verdict>),
    ) -> Vec<Span> {
        let seen = Seen {
            path: item.logical,
            commit: (item.origin.origin().commit.as_ref()).map(|commit| commit.id.as_str()),
            text: document.text,
            thorough,
        };
        let mut matches = Vec::new();
        detect_by_gitleaks(&self.rules, &seen, lines, &mut |candidate| {
            matches.push(candidate);
        });
        if matches.is_empty() {
            return Vec::new();
        }
        for candidate in &mut matches {
            let used = self.policy.uses(&self.rules.rules[candidate.rule.0].id);
            if let Some(found) = &mut candidate.gitleaks {
                // What is not in force may still be required beside something that is.
                found.aside |= !used;
            }
        }
        let judged = |candidate| judge(candidate, &self.rules, document.path);
        let mut judged: Vec<Verdict> = matches.iter().map(judged).collect();
        settle(&matches, &mut judged, &self.rules, self.comments);
        let own: Vec<Span> = candidates
            .iter()
            .zip(verdicts.iter())
            .filter(|(_, verdict)| matches!(verdict, Verdict::Keep(_)))
            .map(|(candidate, _)| candidate.span)
            .collect();
        for (candidate, verdict) in matches.iter().zip(&mut judged) {
            let path = candidate
                .gitleaks
                .as_ref()
                .is_some_and(|found| found.is_path());
            if !matches!(verdict, Verdict::Keep(_)) {
                continue;
            }
            if overlaps(&own, candidate.span) {
                *verdict = Verdict::Drop(Reason::Duplicate);
            } else if !path && !in_scope(candidate, item, lines) {
                *verdict = Verdict::Drop(Reason::Unchanged);
            }
        }
        let mut all: Vec<(Candidate<'t>, Verdict)> =
            candidates.drain(..).zip(verdicts.drain(..)).collect();
        let mut hidden = Vec::new();
        for (candidate, verdict) in matches.into_iter().zip(judged) {
            if candidate.gitleaks.as_ref().is_some_and(|found| found.aside) {
                hidden.push(candidate.span);
            } else {
                all.push((candidate, verdict));
            }
        }
        all.sort_by_key(|(candidate, _)| candidate.span.start);
        (*candidates, *verdicts) = all.into_iter().unzip();
        hidden
    }
}

/// Whether a candidate was found by its path alone.
pub(super) fn is_path(candidate: &Candidate<'_>) -> bool {
    candidate
        .gitleaks
        .as_ref()
        .is_some_and(|found| found.is_path())
}

/// Whether one of leakey's own findings, sorted by where they begin, holds some of the same text.
fn overlaps(own: &[Span], span: Span) -> bool {
    let after = own.partition_point(|other| other.start < span.end);
    own[after.saturating_sub(BACK)..after]
        .iter()
        .any(|other| span.start < other.end)
}

/// Gives matches on whose line `gitleaks:allow` stands the mark of that word, where no comment accepts them anyhow.
pub(super) fn accept<'t>(
    candidates: &[Candidate<'t>],
    lines: &Lines<'t>,
    marks: &mut Vec<Mark<'t>>,
    met: &mut [Option<usize>],
) {
    for (candidate, met) in candidates.iter().zip(met) {
        if let Some(at) = candidate.gitleaks.as_ref().and_then(|found| found.accepted)
            && met.is_none()
        {
            *met = Some(marks.len());
            marks.push(Mark::of_gitleaks(at, lines));
        }
    }
}
