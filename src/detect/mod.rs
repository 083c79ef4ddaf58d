//! Detection: a document to candidates, that is, values that some rule is about.
//!
//! Rules are data; there are five ways to look for what they describe, one file each: `keyed` (a value given to a
//! name or a function), `pattern` (a value that tells itself), `armor` (PEM blocks) `whole` (files that are nothing but
//! a key), and `gitleaks` (what rules of gitleaks match). [`prefilter`] decides
//! first, on raw bytes, whether a text can hold anything at all.

mod apart;
mod armor;
mod document;
pub mod gitleaks;
mod keyed;
mod pattern;
mod position;
pub mod prefilter;
mod record;
mod whole;

pub use document::{Document, Parts};

use std::borrow::Cow;

use crate::format::cut::{Basis, Pieces};
use crate::format::{Limit, Place, Slot};
use crate::generator::Shape;
use crate::rule::RuleSet;
use crate::text::{Lines, Span};

/// A value that some rule is about.
#[derive(Clone, Debug)]
pub struct Candidate<'t> {
    /// The rule and its condition, as indexes into the [`RuleSet`].
    pub rule: (usize, usize),
    /// The name the value goes under, as written.
    pub key: Cow<'t, str>,
    /// The name that a look-up's result is given to.
    pub outer: Option<Cow<'t, str>>,
    /// What it stands in, outermost first.
    pub parents: Vec<Cow<'t, str>>,
    /// The account that the value opens, where the text names it.
    pub user: Option<Cow<'t, str>>,
    /// How the value is given.
    pub slot: Slot,
    /// What sort of text it stands in.
    pub place: Place,
    /// The value; `None` when only the running program knows it.
    pub value: Option<Cow<'t, [u8]>>,
    /// What the value looks like.
    pub shape: Shape,
    /// The literal, without quotes.
    pub span: Span,
    /// The statement, and that of the constant the value was read from.
    pub statements: [Option<Span>; 2],
    /// Whether the literal stood in quotes.
    pub quoted: bool,
    /// Whether it is what is stored of a person's password, where that depends on what stands around it.
    pub digest: Option<bool>,
    /// What is known of it beside that, for a match of a rule of gitleaks.
    pub gitleaks: Option<Box<gitleaks::Found<'t>>>,
}

impl<'t> Candidate<'t> {
    /// The same candidate of leakey's own rules, with its strings copied out of the text.
    pub fn into_owned<'o>(self) -> Candidate<'o> {
        fn own<'o>(text: Cow<'_, str>) -> Cow<'o, str> {
            Cow::Owned(text.into_owned())
        }
        Candidate {
            rule: self.rule,
            key: own(self.key),
            outer: self.outer.map(own),
            parents: self.parents.into_iter().map(own).collect(),
            user: self.user.map(own),
            slot: self.slot,
            place: self.place,
            value: self.value.map(|value| Cow::Owned(value.into_owned())),
            shape: self.shape,
            span: self.span,
            statements: self.statements,
            quoted: self.quoted,
            digest: self.digest,
            gitleaks: None,
        }
    }

    /// A value that tells itself: nothing gives it but its own text, at `span`.
    fn alone(
        rule: (usize, usize),
        key: &'t str,
        value: Cow<'t, [u8]>,
        shape: Shape,
        span: Span,
    ) -> Self {
        Self {
            rule,
            key: Cow::Borrowed(key),
            outer: None,
            parents: Vec::new(),
            user: None,
            slot: Slot::Assign,
            place: Place::Live,
            value: Some(value),
            shape,
            span,
            statements: [Some(span), None],
            quoted: true,
            digest: None,
            gitleaks: None,
        }
    }
}

/// A part of the text that was not read because a limit was reached, and that a rule may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The limit.
    pub limit: Limit,
    /// From where on the text was not read.
    pub span: Span,
    /// The statement it stands in.
    pub statement: Span,
}

/// What detection finds.
#[derive(Debug)]
pub enum Found<'t> {
    /// A value.
    Candidate(Candidate<'t>),
    /// What could not be looked at.
    Cut(Cut),
    /// What was told since the last of these depends on some pieces alone.
    Group(Group),
}

/// Pieces of a text that were read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The numbers of those in which spots lie, sorted.
    pub walked: Vec<u32>,
    /// All that what was found depends on.
    pub pieces: Pieces,
}

/// Calls `sink` for each value that some rule is about, of those that `name` is given outside of any file, as variables of the
/// environment are: rules apply as they do in a `.env` file.
pub fn detect_given<'t>(
    rules: &RuleSet,
    name: &'t str,
    value: &'t str,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    keyed::detect_given(rules, name, value, sink);
}

/// Calls `sink` for each candidate in `document` and for what could not be looked at, in no particular order; says whether all that was
/// told belongs to groups.
pub fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    sink: &mut dyn FnMut(Found<'t>),
) -> bool {
    let mut grouped = true;
    whole::detect(rules, document, &mut |found| {
        grouped = false;
        sink(Found::Candidate(found));
    });
    let armored = (document.parts).is_none_or(|parts| armor::is_near(document.text, parts.spots));
    if armored {
        grouped = false;
        armor::detect(rules, document, &mut |found| sink(Found::Candidate(found)));
    }
    if grouped && let Some(groups) = apart::detect(rules, document) {
        for (found, group) in groups {
            found.into_iter().for_each(&mut *sink);
            sink(Found::Group(group));
        }
        return true;
    }
    grouped &= !pattern::detect(rules, document, &mut |found| sink(Found::Candidate(found)));
    match keyed::detect(rules, document, sink) {
        Some(Basis::Pieces(pieces)) if grouped => {
            let parts = document
                .parts
                .and_then(|parts| parts.trail.zip(Some(parts.spots)));
            let walked = parts.map(|(trail, spots)| trail.pieces(spots));
            let walked = walked.unwrap_or_default().into_iter();
            sink(Found::Group(Group {
                walked: walked
                    .filter_map(|piece| u32::try_from(piece).ok())
                    .collect(),
                pieces,
            }));
            true
        }
        _ => false,
    }
}

/// Calls `sink` for each match of a rule of gitleaks, whatever the format of the text.
pub fn detect_by_gitleaks<'t>(
    rules: &RuleSet,
    seen: &gitleaks::Seen<'t>,
    lines: &Lines<'t>,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    gitleaks::detect(rules, seen, lines, sink);
}
