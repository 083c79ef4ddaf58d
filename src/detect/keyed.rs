//! Values given to a name or to a function, as the document's format sees them.

use std::borrow::Cow;

use super::position::{NEAR, has_run};
use super::record::is_digest;
use super::{Candidate, Cut, Document, Found, Parts};
use crate::format::cut::{Basis, Enclosing, Trail};
use crate::format::{Entry, Place, Slot, Value};
use crate::generator::{Shape, shape};
use crate::rule::{Folded, Given, NEAR_LENGTH, NameHit, RuleSet};
use crate::text::Span;

/// Calls `sink` for each value that some rule is about; gives what that depends on, where that is told.
pub(super) fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    sink: &mut dyn FnMut(Found<'t>),
) -> Option<Basis> {
    let format = document.format?;
    let mut scratch = (Folded::default(), Folded::default());
    if let Some(Parts { spots, trail }) = &document.parts {
        let mut sink = |entry| read(rules, document, entry, &mut scratch, sink);
        let apart = trail
            .zip(format.cut())
            .filter(|(trail, cut)| cut.reads_enclosed() || !in_a_parent(rules, trail));
        let basis = apart.and_then(|(trail, cut)| cut.read(document.text, spots, trail, &mut sink));
        if basis.is_none() {
            format.entries_at(document.text, spots, &mut sink);
        }
        return basis;
    }
    format.entries(document.text, &mut |entry| {
        read(rules, document, entry, &mut scratch, sink);
    });
    None
}

/// Whether a class of the text has a name that makes others in it names of a rule, which stand in pieces without a spot.
pub(super) fn in_a_parent(rules: &RuleSet, trail: &Trail) -> bool {
    let mut folded = Folded::default();
    let mut last: &[Enclosing] = &[];
    trail.enclosing().any(|classes| {
        // What the marks before stand in, too, was asked for with these.
        let both = classes.iter().zip(last);
        let known = both.take_while(|(class, last)| class == last).count();
        last = classes;
        classes.iter().skip(known).any(|class| {
            folded.fold(&class.name);
            rules.knows_parent(&folded)
        })
    })
}

/// Calls `sink` for what some rule is about of what an entry gives.
pub(super) fn read<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    entry: Entry<'t>,
    (folded, outer): &mut (Folded, Folded),
    sink: &mut dyn FnMut(Found<'t>),
) {
    let cut = match entry.value {
        Value::Unread(limit) => Some(Cut {
            limit,
            span: entry.span,
            statement: entry.statement,
        }),
        _ => None,
    };
    if let Some(cut) = cut
        && entry.key.is_empty()
    {
        sink(Found::Cut(cut));
        return;
    }
    folded.fold(&entry.key);
    if let Slot::Argument(position) = entry.slot {
        let found: Vec<_> = rules.calls(folded, position).collect();
        match cut {
            Some(cut) if !found.is_empty() => sink(Found::Cut(cut)),
            Some(_) => {}
            None => argument(rules, document, entry, &found, &mut |found| {
                sink(Found::Candidate(found));
            }),
        }
        return;
    }
    let mut hits: Vec<NameHit<'_>> = Vec::new();
    rules.identify(folded, |hit| hits.push(hit));
    if let Some(name) = &entry.outer {
        outer.fold(name);
        rules.identify(outer, |hit| hits.push(hit));
    }
    if hits.is_empty() {
        return;
    }
    match cut {
        // Whether the value is one is not known; what can be told of a rule must hold.
        Some(cut) => {
            let parents = fold_parents(&entry);
            let given = given(document.path, &entry, &parents, None, "");
            let close = cut.span.start.saturating_sub(cut.statement.start) <= NEAR;
            if let Some((rule, when)) = rules.choose(&hits, &given)
                && (close || !rules.when(rule, when).is_near())
            {
                sink(Found::Cut(cut));
            }
        }
        None => named(rules, document, entry, &hits, &mut |found| {
            sink(Found::Candidate(found));
        }),
    }
}

/// The values of a name outside of any file.
pub(super) fn detect_given<'t>(
    rules: &RuleSet,
    name: &'t str,
    value: &'t str,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let document = Document {
        path: ".env",
        text: value,
        format: None,
        parts: None,
    };
    let whole = Span::new(0, value.len());
    let entry = Entry::assign(name, Value::text(value), whole, whole);
    let mut hits: Vec<NameHit<'_>> = Vec::new();
    let folded = Folded::of(name);
    rules.identify(&folded, |hit| hits.push(hit));
    if !hits.is_empty() {
        named(rules, &document, entry, &hits, sink);
    }
}

fn fold_parents(entry: &Entry<'_>) -> Vec<Folded> {
    entry
        .parents
        .iter()
        .map(|parent| Folded::of(parent))
        .collect()
}

fn argument<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    entry: Entry<'t>,
    found: &[(usize, usize)],
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    if found.is_empty() {
        return;
    }
    let parents = fold_parents(&entry);
    let value = entry.value.literal();
    let shape = value.map_or(NO_SHAPE, shape);
    let given = Given {
        path: document.path,
        prefix: None,
        parents: &parents,
        value,
        generator: shape.generator,
        live: entry.place == Place::Live,
    };
    if let Some(&rule) = found
        .iter()
        .find(|&&(rule, when)| rules.when(rule, when).holds(&given))
    {
        sink(candidate(entry, rule, shape));
    }
}

fn given<'a>(
    path: &'a str,
    entry: &Entry<'_>,
    parents: &'a [Folded],
    value: Option<&'a [u8]>,
    generator: &'a str,
) -> Given<'a> {
    Given {
        path,
        prefix: None,
        parents,
        value,
        generator,
        live: entry.place == Place::Live,
    }
}

fn named<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    entry: Entry<'t>,
    hits: &[NameHit<'_>],
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let parents = fold_parents(&entry);
    let Some(value) = entry.value.literal() else {
        if let Some(rule) = rules.choose(hits, &given(document.path, &entry, &parents, None, "")) {
            sink(candidate(entry, rule, NO_SHAPE));
        }
        return;
    };
    if list(rules, document, &entry, hits, &parents, sink) {
        return;
    }
    let whole = shape(value);
    let given = given(
        document.path,
        &entry,
        &parents,
        Some(value),
        whole.generator,
    );
    if let Some(rule) = rules.choose(hits, &given)
        && (!rules.when(rule.0, rule.1).is_near() || is_near(&entry, document.text))
    {
        let digest = is_digest(&entry, document.text);
        sink(Candidate {
            digest,
            ..candidate(entry, rule, whole)
        });
    }
}

/// Takes the value for a list, where a rule that splits applies to its parts; whether one did.
fn list<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    entry: &Entry<'t>,
    hits: &[NameHit<'_>],
    parents: &[Folded],
    sink: &mut dyn FnMut(Candidate<'t>),
) -> bool {
    let value = entry.value.literal().unwrap_or_default();
    let split = |hit: &NameHit<'_>| rules.when(hit.rule, hit.when).split;
    let Some(separator) = hits
        .iter()
        .filter_map(split)
        .find(|c| c.is_ascii() && value.contains(&(*c as u8)))
    else {
        return false;
    };
    let mut found = false;
    for (part, entry) in parts(entry, document.text, separator as u8) {
        let shape = shape(&part);
        let given = given(document.path, &entry, parents, Some(&part), shape.generator);
        if let Some(rule) = rules.choose(hits, &given)
            && rules.when(rule.0, rule.1).split == Some(separator)
        {
            found = true;
            sink(candidate(entry, rule, shape));
        }
    }
    found
}

/// Whether the value stands close behind its name in one unbroken literal. The prefilter asks the same of the bytes behind
/// a name, more loosely.
fn is_near(entry: &Entry<'_>, text: &str) -> bool {
    let literal = entry.span.of(text).as_bytes();
    // A name may stand apart from what it is given to, even behind it: `{value: …, name: …}`.
    let name = last_word(&entry.key).as_bytes();
    let first = entry.span.start.saturating_sub(NEAR + name.len());
    let first = first.max(entry.statement.start);
    let before = text.as_bytes().get(first..entry.span.start);
    let named = before.is_some_and(|before| memchr::memmem::find(before, name).is_some());
    named
        && entry.constant.is_none()
        && entry.span.start.saturating_sub(entry.statement.start) <= NEAR
        && has_run(&literal[..literal.len().min(2 * NEAR_LENGTH)])
}

/// The end of a name that no sign takes apart.
fn last_word(name: &str) -> &str {
    let words = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_');
    words
        .into_iter()
        .find(|word| !word.is_empty())
        .unwrap_or(name)
}

/// A list in one literal, taken apart. Where the literal stands in the text as it is, each part has its own place.
fn parts<'t>(entry: &Entry<'t>, text: &'t str, separator: u8) -> Vec<(Vec<u8>, Entry<'t>)> {
    let value = entry.value.literal().unwrap_or_default();
    let verbatim = entry.span.of(text).as_bytes() == value;
    let mut start = 0;
    value
        .split(|&b| b == separator)
        .filter_map(|part| {
            let from = start + part.len() - part.trim_ascii_start().len();
            start += part.len() + 1;
            let part = part.trim_ascii();
            if part.is_empty() {
                return None;
            }
            let mut entry = entry.clone();
            if verbatim {
                let at = entry.span.start + from;
                entry.span = Span::new(at, at + part.len());
            }
            entry.value = Value::Literal(Cow::Owned(part.to_vec()));
            Some((part.to_vec(), entry))
        })
        .collect()
}

const NO_SHAPE: Shape = Shape {
    generator: "human",
    random: false,
    bits: 0.0,
};

fn candidate(entry: Entry<'_>, rule: (usize, usize), shape: Shape) -> Candidate<'_> {
    Candidate {
        rule,
        key: entry.key,
        outer: entry.outer,
        parents: entry.parents,
        user: None,
        slot: entry.slot,
        place: entry.place,
        value: match entry.value {
            Value::Literal(bytes) => Some(bytes),
            Value::Opaque | Value::Unread(_) => None,
        },
        shape,
        span: entry.span,
        statements: [Some(entry.statement), entry.constant],
        quoted: entry.quoted,
        digest: None,
        gitleaks: None,
    }
}
