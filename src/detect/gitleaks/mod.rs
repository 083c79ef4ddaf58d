//! What rules of gitleaks find: matches of an expression in a text, or in what is encoded in it, with what their judgement needs
//! to know (gitleaks 8.30, `detect/detect.go` and `detect/location.go`).

mod decode;
mod encoding;
mod fragment;
mod matching;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Candidate;
use crate::generator::shape;
use crate::rule::RuleSet;
use crate::rule::gitleaks::{Hits, Set, Tested};
use crate::text::{Lines, Span};
use decode::Segment;

/// So often what was decoded is searched and decoded again.
const MOST_PASSES: usize = 5;

/// A text as rules of gitleaks see it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'t> {
    /// The path in its own case.
    pub path: &'t str,
    /// The commit it stands in.
    pub commit: Option<&'t str>,
    /// The text; none for what is binary.
    pub text: &'t str,
    /// Whether what allowlists say of the file is left to the judge, so that it can be told.
    pub thorough: bool,
}

/// What is known of a match of a rule of gitleaks.
#[derive(Clone, Debug)]
pub struct Found<'t> {
    /// The rule file, in [`RuleSet::gitleaks`].
    pub set: usize,
    /// The rule in it.
    pub detector: usize,
    /// The piece of the text it stands in.
    pub fragment: usize,
    /// How often that was decoded.
    pub pass: usize,
    /// The line it begins on, as gitleaks counts.
    pub line: i64,
    /// The column, likewise.
    pub column: i64,
    /// Where `gitleaks:allow` stands in what gitleaks takes for its line.
    pub accepted: Option<usize>,
    /// Whether it was only looked for beside another.
    pub aside: bool,
    /// Whether an allowlist leaves out the whole file.
    pub left_out: bool,
    path: &'t str,
    commit: Option<&'t str>,
    raw: Raw<'t>,
    matched: Range<usize>,
    around: Range<usize>,
}

/// A piece of a text, as it is or decoded.
#[derive(Clone, Debug)]
enum Raw<'t> {
    Text(&'t [u8]),
    Decoded(Arc<Vec<u8>>),
}

impl Raw<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text,
            Self::Decoded(text) => text,
        }
    }
}

impl Found<'_> {
    /// What allowlists are tried on; `secret` is what was found.
    pub fn tested<'f>(&'f self, secret: &'f [u8]) -> Tested<'f> {
        let piece = |range: &Range<usize>| self.raw.bytes().get(range.clone()).unwrap_or_default();
        Tested {
            path: self.path,
            commit: self.commit,
            secret,
            matched: piece(&self.matched),
            line: piece(&self.around),
        }
    }

    /// Whether the path alone was found.
    pub fn is_path(&self) -> bool {
        self.line == 0
    }
}

/// Calls `sink` for every match.
pub(super) fn detect<'t>(
    rules: &RuleSet,
    seen: &Seen<'t>,
    lines: &Lines<'t>,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let mut left_out = Vec::new();
    for set in rules.gitleaks() {
        left_out.push(leaves_out(set, seen));
    }
    if !seen.thorough && left_out.iter().all(|left_out| *left_out) {
        return;
    }
    let mut scan = matching::Scan {
        rules,
        seen,
        lines,
        left_out,
        hits: Hits::default(),
        sink,
    };
    scan.names();
    let text = seen.text.as_bytes();
    for (number, piece) in fragment::fragments(text).into_iter().enumerate() {
        let start = piece.start;
        let whole = &text[piece];
        let accepts = matching::accepts(whole);
        let mut raw = Raw::Text(whole);
        let mut segments: Arc<Vec<Segment>> = Arc::default();
        for pass in 0..=MOST_PASSES {
            if pass > 0 {
                let Some((decoded, now)) = decode::pass(raw.bytes(), &segments) else {
                    break;
                };
                (raw, segments) = (Raw::Decoded(Arc::new(decoded)), now);
            }
            let piece = matching::Piece {
                number,
                start,
                whole,
                raw: &raw,
                segments: &segments,
                pass,
                accepts,
            };
            scan.search(&piece);
        }
    }
}

/// Whether the allowlists of a file leave out the whole text. A folder that one of their paths matches is not entered.
fn leaves_out(set: &Set, seen: &Seen<'_>) -> bool {
    let path = seen.path;
    let mut parts = path
        .match_indices('/')
        .map(|(at, _)| &path[..at])
        .filter(|part| !part.is_empty());
    let allows = |path: &str| set.allowlists.iter().any(|list| list.allows_path(path));
    path == set.file
        || allows(path)
        || parts.any(allows)
        || set
            .allowlists
            .iter()
            .any(|list| list.allows_file(path, seen.commit))
}

/// The candidate of a match: `value` is its secret, `span` where it stands, `whole` the match.
fn candidate<'t>(
    rules: &RuleSet,
    found: Found<'t>,
    key: &'t str,
    value: Cow<'t, [u8]>,
    span: Span,
    whole: Span,
) -> Candidate<'t> {
    let rule = rules.gitleaks()[found.set].rules[found.detector].rule;
    let shape = shape(&value);
    Candidate {
        statements: [Some(whole), None],
        gitleaks: Some(Box::new(found)),
        ..Candidate::alone((rule, 0), key, value, shape, span)
    }
}
