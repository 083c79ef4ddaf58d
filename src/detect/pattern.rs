//! Values that tell themselves by their form, wherever they stand: tokens with a prefix, addresses with a password in them.
//!
//! What they are given to is told from the entry they stand in, if there is one: it names them in the report and says what
//! sort of place it is; whether they are reported does not depend on it.

use std::borrow::Cow;
use std::ops::Range;

use super::{Candidate, Document};
use crate::format::cut::Trail;
use crate::format::{Entry, Place};
use crate::generator::shape;
use crate::rule::{Given, LONGEST, Matched, RuleSet};
use crate::text::Span;

/// Of so many matches in one entry it is told what they are given to.
const MOST_IN_ENTRY: usize = 64;

/// A match of a rule.
pub(super) struct Match<'t> {
    rule: (usize, usize),
    matched: Matched,
    /// The smallest entry around it.
    entry: Option<Entry<'t>>,
}

impl Match<'_> {
    /// Where it lies.
    pub(super) fn span(&self) -> Span {
        let Matched { whole, value, .. } = &self.matched;
        Span::new(whole.start.min(value.start), whole.end.max(value.end))
    }
}

/// Calls `sink` for each match that a rule is about; says whether anything matched.
pub(super) fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    sink: &mut dyn FnMut(Candidate<'t>),
) -> bool {
    let mut matches = matches(rules, document, document.parts.map(|parts| parts.spots));
    if matches.is_empty() {
        return false;
    }
    name(document, &mut matches);
    tell(rules, document, matches, sink);
    true
}

/// Gives the matches their entries: those of the piece of the text that each lies in, where the text is cut, so that what it is called
/// depends on no other.
fn name<'t>(document: &Document<'t>, matches: &mut [Match<'t>]) {
    let &Document { text, format, .. } = document;
    let Some(format) = format else { return };
    let own;
    let cut = format.cut().filter(|cut| !cut.reads_enclosed());
    let known = document.parts.and_then(|parts| parts.trail);
    let trail = match (cut, known) {
        (Some(_), Some(trail)) => Some(trail),
        (Some(cut), None) => {
            own = Trail::new(cut, text);
            own.as_ref()
        }
        (None, _) => None,
    };
    let Some((cut, trail)) = cut.zip(trail) else {
        return format.entries(text, &mut |entry| place(matches, &entry));
    };
    let piece = |found: &Match<'_>| trail.at(u32::try_from(found.span().start).unwrap_or(u32::MAX));
    for alike in matches.chunk_by_mut(|a, b| piece(a) == piece(b)) {
        let piece = alike.first().map_or(0, piece);
        let inside = alike.iter().all(|found| lies_in(found, trail, piece));
        if inside {
            let spots = with_matches(&[], alike);
            let mut named = |entry: Entry<'t>| place(alike, &entry);
            cut.read_piece(text, (piece, &spots), trail, &mut named);
        }
    }
}

/// These spots (sorted), and where the values of matches begin: what stands around them begins before.
pub(super) fn with_matches(spots: &[u32], matches: &[Match<'_>]) -> Vec<u32> {
    let starts = matches.iter().map(|found| found.matched.value.start);
    let starts = starts.filter_map(|start| u32::try_from(start).ok());
    let mut all: Vec<u32> = spots.iter().copied().chain(starts).collect();
    all.sort_unstable();
    all
}

/// Whether a match lies in a piece, and more of the piece, or nothing, behind it.
pub(super) fn lies_in(found: &Match<'_>, trail: &Trail, piece: usize) -> bool {
    let (own, span) = (found.span(), trail.piece(piece));
    let last = piece + 1 == trail.len();
    span.start <= own.start && (own.end < span.end || last && own.end == span.end)
}

/// The matches in a text, or at some spots of it, sorted by where their values begin.
pub(super) fn matches<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    spots: Option<&[u32]>,
) -> Vec<Match<'t>> {
    let text = document.text;
    let mut matches: Vec<Match<'t>> = Vec::new();
    let mut find = |zone: Range<usize>| {
        let mut take = |_, rule, matched: Matched| {
            // The same value by a literal further on, as a token in an address, or an address of one service: that says more.
            if let Some(last) = matches.last_mut()
                && last.matched.value == matched.value
            {
                (last.rule, last.matched) = (rule, matched);
                return true;
            }
            let known = matches.last().is_some_and(|last| {
                last.matched.value.start < matched.value.end
                    && matched.value.start < last.matched.value.end
            });
            if !known && text.get(matched.value.clone()).is_some() {
                matches.push(Match {
                    rule,
                    matched,
                    entry: None,
                });
            }
            true
        };
        rules.patterns(text.as_bytes(), zone, Some(document.path), &mut take);
    };
    match spots {
        None => find(0..text.len()),
        Some(spots) => {
            let spots = spots.iter().map(|&spot| spot as usize);
            spots.for_each(|spot| find(spot..spot + 1));
        }
    }
    matches.sort_by_key(|found| found.matched.value.start);
    matches
}

/// Calls `sink` for each match that a rule is about.
pub(super) fn tell<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    matches: Vec<Match<'t>>,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let found = matches.into_iter();
    (found.filter_map(|found| candidate(rules, document, found))).for_each(sink);
}

/// Gives an entry to the matches inside of it that have no smaller one.
pub(super) fn place<'t>(matches: &mut [Match<'t>], entry: &Entry<'t>) {
    let first = matches.partition_point(|found| found.matched.value.start < entry.span.start);
    for found in matches[first..]
        .iter_mut()
        .take_while(|found| found.matched.value.start < entry.span.end)
        .take(MOST_IN_ENTRY)
    {
        let closer = found
            .entry
            .as_ref()
            .is_none_or(|known| entry.span.len() < known.span.len());
        if found.matched.value.end <= entry.span.end && closer {
            found.entry = Some(entry.clone());
        }
    }
}

fn candidate<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    found: Match<'t>,
) -> Option<Candidate<'t>> {
    let text = document.text;
    let Match {
        rule,
        matched,
        entry,
    } = found;
    let value = text.get(matched.value.clone())?;
    let user = matched.user.and_then(|user| text.get(user));
    let span = Span::new(matched.value.start, matched.value.end);
    let whole = Span::new(matched.whole.start, matched.whole.end);
    let shape = shape(text.as_bytes().get(matched.body)?);
    let live = entry
        .as_ref()
        .is_none_or(|entry| entry.place == Place::Live);
    let given = Given {
        path: document.path,
        prefix: None,
        parents: &[],
        value: Some(value.as_bytes()),
        generator: shape.generator,
        live,
    };
    if !rules.when(rule.0, rule.1).holds(&given) {
        return None;
    }
    let value = Cow::Borrowed(value.as_bytes());
    let candidate = Candidate {
        user: user.map(Cow::Borrowed),
        statements: [Some(whole), None],
        ..Candidate::alone(rule, "", value, shape, span)
    };
    Some(match entry {
        None => candidate,
        Some(entry) => Candidate {
            key: entry.key,
            outer: entry.outer,
            parents: entry.parents,
            place: entry.place,
            // A long text that holds it has nothing to do with it.
            statements: [
                Some(if entry.span.len() <= LONGEST {
                    entry.statement
                } else {
                    whole
                }),
                None,
            ],
            ..candidate
        },
    })
}
