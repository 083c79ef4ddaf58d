//! Comments that accept the values beside them: `leakey:allow`, and the words of other scanners that teams have in their code
//! (`gitleaks:allow`, from its README; `pragma: allowlist secret` and `pragma: allowlist nextline secret`, from that of
//! detect-secrets).
//!
//! A word counts in a comment alone, and accepts what stands nearest to it: the values on its line; for a comment alone on its
//! line, those that begin on the next one; else those whose statement covers the line. Whether it is obeyed is decided
//! elsewhere (`suppress`).

mod read;

pub use read::{OWN, SIGNS};

use crate::detect::{Candidate, Document};
use crate::finding::Remark;
use crate::format::Sureness;
use crate::text::{Lines, Span};

/// A text with more of these words than a file has lines of secrets: those that follow accept nothing.
const MOST: usize = 1000;

/// A word that accepts, in a comment.
#[derive(Clone, Debug)]
pub struct Mark<'t> {
    /// The line it stands on.
    pub line: usize,
    /// Ids of the rules it is about; all when empty.
    pub rules: Vec<&'t str>,
    /// What is written behind it.
    pub reason: Span,
    word: Word,
    at: usize,
    /// Nothing but the comment stands on its lines.
    alone: bool,
    /// The line its comment ends on.
    last: usize,
    sure: Sureness,
}

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// `leakey:allow`.
    Own,
    /// Another's, for its own line.
    Line,
    /// Another's, for the next line.
    Next,
}

impl<'t> Mark<'t> {
    /// A word of gitleaks at `at`, for what gitleaks takes for its line, whether it stands in a comment or not.
    pub fn of_gitleaks(at: usize, lines: &Lines<'t>) -> Self {
        Self {
            line: lines.line(at),
            rules: Vec::new(),
            reason: Span::new(at, at),
            word: Word::Line,
            at,
            alone: false,
            last: lines.line(at),
            sure: Sureness::Guessed,
        }
    }
}

impl Mark<'_> {
    /// Whether it can be said to be of no use when it meets nothing: words of other scanners may be about values that no rule
    /// here is about, and an example in a text is no suppression.
    pub fn is_judged(&self) -> bool {
        self.word == Word::Own && self.sure != Sureness::Guessed
    }

    /// What is told of it.
    pub fn remark(&self, path: &str, used: bool) -> Remark {
        Remark {
            path: path.to_owned(),
            line: self.line,
            rules: self.rules.iter().map(|&rule| rule.to_owned()).collect(),
            used,
        }
    }
}

/// Whether bytes may hold a word of leakey's own.
pub fn may_hold(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, OWN.as_bytes()).is_some()
}

/// Whether a text has a word that accepts something, in a comment or elsewhere.
pub fn may_accept(text: &str) -> bool {
    !read::words(text).is_empty()
}

/// The words in a document.
pub fn marks<'t>(document: &Document<'t>, lines: &Lines<'_>) -> Vec<Mark<'t>> {
    let mut words = read::words(document.text);
    words.truncate(MOST);
    let (Some(format), false) = (document.format, words.is_empty()) else {
        return Vec::new();
    };
    let places: Vec<usize> = words.iter().map(|word| word.at).collect();
    let comments = format.comments(document.text, &places);
    let in_comment = words.into_iter().zip(comments);
    let mark = in_comment.filter_map(|(word, comment)| {
        let comment = comment?;
        let first = lines.span(comment.span.start);
        let end = comment.span.end.max(comment.span.start + 1) - 1;
        let last = lines.span(end);
        let blank = |from, to| Span::new(from, to).of(document.text).trim().is_empty();
        Some(Mark {
            line: lines.line(word.at),
            reason: read::reason(document.text, word.end, comment.span, lines),
            rules: word.rules,
            word: word.word,
            at: word.at,
            alone: blank(first.start, comment.span.start) && blank(comment.span.end, last.end),
            last: lines.line(end),
            sure: comment.sure,
        })
    });
    mark.collect()
}

/// For each candidate: the first mark that accepts it, as an index.
pub fn meet(
    marks: &[Mark<'_>],
    candidates: &[Candidate<'_>],
    named: &dyn Fn(&Candidate<'_>, &[&str]) -> bool,
    lines: &Lines<'_>,
) -> Vec<Option<usize>> {
    let mut met = vec![None; candidates.len()];
    if marks.is_empty() {
        return met;
    }
    let places: Vec<Lying> = candidates
        .iter()
        .map(|candidate| Lying::new(candidate, lines))
        .collect();
    for (index, mark) in marks.iter().enumerate() {
        let pick = |test: &dyn Fn(&Lying) -> bool| -> Vec<usize> {
            let near = places.iter().enumerate().filter(|(_, place)| test(place));
            near.map(|(at, _)| at).collect()
        };
        let next = |place: &Lying| place.begins_on(mark.last + 1);
        let mut near = match mark.word {
            Word::Next => pick(&next),
            Word::Own | Word::Line => pick(&|place| place.stands_on(mark)),
        };
        if near.is_empty() && mark.word == Word::Own && mark.alone {
            near = pick(&next);
        }
        if near.is_empty() && mark.word != Word::Next {
            near = pick(&|place| place.is_covered_on(mark.line));
        }
        for at in near {
            let candidate = &candidates[at];
            let wanted = mark.rules.is_empty() || named(candidate, &mark.rules);
            if wanted && met[at].is_none() {
                met[at] = Some(index);
            }
        }
    }
    met
}

/// The lines of a candidate.
struct Lying {
    span: Span,
    value: (usize, usize),
    statements: [Option<(usize, usize)>; 2],
}

impl Lying {
    fn new(candidate: &Candidate<'_>, lines: &Lines<'_>) -> Self {
        Self {
            span: candidate.span,
            value: lines.range(candidate.span),
            statements: (candidate.statements).map(|span| span.map(|span| lines.range(span))),
        }
    }

    /// Whether the value has a part on the mark's line. A mark that only seems to stand in a comment, because it is part of
    /// the value, does not count.
    fn stands_on(&self, mark: &Mark<'_>) -> bool {
        let (first, last) = self.value;
        let inside = self.span.start <= mark.at && mark.at < self.span.end;
        (first..=last).contains(&mark.line) && !(inside && mark.sure != Sureness::Lexed)
    }

    fn begins_on(&self, line: usize) -> bool {
        self.value.0 == line || (self.statements.iter().flatten()).any(|&(first, _)| first == line)
    }

    fn is_covered_on(&self, line: usize) -> bool {
        let mut statements = self.statements.iter().flatten();
        let lies = |(first, last): (usize, usize)| (first..=last).contains(&line);
        // Lines of the value itself were asked for before.
        !lies(self.value) && statements.any(|&statement| lies(statement))
    }
}
