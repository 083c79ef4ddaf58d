//! What stands encoded in a text: decoded, examined as a text of its own, and brought back to where it stands.

use super::Scanner;
use crate::detect::prefilter::Scratch;
use crate::detect::{Candidate, Cut, Document, Found, detect};
use crate::encoded::{self, Hidden};
use crate::format::{FileName, Format, Limit, choose};
use crate::judge::Verdict;
use crate::text::Span;

/// Encodings in each other.
const DEPTH: usize = 8;

/// So many candidates before one are looked at for the same.
const AGAIN: usize = 64;

/// What was found in one decoded text; places are those of the outermost.
pub(super) struct Uncovered {
    candidates: Vec<Candidate<'static>>,
    verdicts: Vec<Verdict>,
    cuts: Vec<Cut>,
    /// Whether all of the text was encoded.
    whole: bool,
}

impl Scanner {
    /// Decodes what stands encoded in `text` and pushes what is found in it.
    pub(super) fn uncover(
        &self,
        text: &str,
        path: &str,
        scratch: &mut Scratch,
        out: &mut Vec<Uncovered>,
    ) {
        self.layer(text, path, scratch, &|span| span, DEPTH, out);
    }

    fn layer(
        &self,
        text: &str,
        path: &str,
        scratch: &mut Scratch,
        back: &dyn Fn(Span) -> Span,
        left: usize,
        out: &mut Vec<Uncovered>,
    ) {
        encoded::find(text, &mut |hidden| {
            let inner = hidden.pieces.text();
            let back = |span| back(hidden.pieces.map(span));
            if self
                .prefilter
                .is_interesting(inner.as_bytes(), path, &self.rules, scratch)
            {
                let found = self.within(&hidden, path, &back);
                out.extend(found);
            }
            if left > 1 {
                self.layer(inner, path, scratch, &back, left - 1, out);
            } else if encoded::may_hold(inner.as_bytes()) {
                let span = back(Span::new(0, inner.len()));
                out.push(Uncovered {
                    candidates: Vec::new(),
                    verdicts: Vec::new(),
                    cuts: vec![Cut {
                        limit: Limit::Nesting(DEPTH),
                        span,
                        statement: span,
                    }],
                    whole: true,
                });
            }
        });
    }

    /// What is found in a decoded text.
    fn within(
        &self,
        hidden: &Hidden,
        path: &str,
        back: &dyn Fn(Span) -> Span,
    ) -> Option<Uncovered> {
        let text = hidden.pieces.text();
        let document = Document {
            path,
            text,
            format: Some(format_of(text, hidden.whole)),
            parts: None,
        };
        let (mut candidates, mut cuts) = (Vec::new(), Vec::new());
        detect(&self.rules, &document, &mut |found| match found {
            Found::Candidate(candidate) => candidates.push(candidate),
            Found::Group(_) => {}
            Found::Cut(cut) => cuts.push(Cut {
                span: back(cut.span),
                statement: back(cut.statement),
                ..cut
            }),
        });
        // What stands there as it is was read there by the syntax of the file.
        candidates.retain(|candidate| {
            let statement = candidate.statements[0].unwrap_or(candidate.span);
            !hidden.pieces.is_verbatim(statement.join(candidate.span))
        });
        let verdicts = self.weigh(&mut candidates, path);
        let owned = candidates.into_iter().map(|candidate| {
            let mut candidate = candidate.into_owned();
            candidate.span = back(candidate.span);
            for statement in candidate.statements.iter_mut().flatten() {
                *statement = back(*statement);
            }
            candidate
        });
        let candidates: Vec<Candidate<'static>> = owned.collect();
        (!candidates.is_empty() || !cuts.is_empty()).then_some(Uncovered {
            candidates,
            verdicts,
            cuts,
            whole: hidden.whole,
        })
    }
}

/// Adds what was uncovered to what the text itself gave, in the order of places. What an escape is part of may have been read by
/// the syntax of the file, which knows better what it says.
pub(super) fn add<'t>(
    hidden: Vec<Uncovered>,
    candidates: &mut Vec<Candidate<'t>>,
    verdicts: &mut Vec<Verdict>,
    cuts: &mut Vec<Cut>,
) {
    if hidden.is_empty() {
        return;
    }
    let mut all: Vec<(Candidate<'t>, Verdict)> = std::mem::take(candidates)
        .into_iter()
        .zip(std::mem::take(verdicts))
        .collect();
    // Sorted by where they begin; the furthest end so far tells whether one of them reaches a place.
    let mut known: Vec<(usize, usize)> = Vec::new();
    for (candidate, _) in &all {
        let end = known
            .last()
            .map_or(0, |(_, end)| *end)
            .max(candidate.span.end);
        known.push((candidate.span.start, end));
    }
    for uncovered in hidden {
        cuts.extend(uncovered.cuts);
        for (candidate, verdict) in uncovered.candidates.into_iter().zip(uncovered.verdicts) {
            let before = known.partition_point(|(start, _)| *start < candidate.span.end);
            let met = before > 0 && known[before - 1].1 > candidate.span.start;
            // What stands in a line with escapes is met in the text and in that line, and in a part of it.
            let again = (all.iter().rev().take(AGAIN))
                .any(|(other, _)| other.span == candidate.span && other.value == candidate.value);
            if !again && (uncovered.whole || !met) {
                all.push((candidate, verdict));
            }
        }
    }
    all.sort_by_key(|(candidate, _)| (candidate.span.start, candidate.span.end));
    (*candidates, *verdicts) = all.into_iter().unzip();
}

/// The syntax that a decoded text without a name seems to be written in.
fn format_of(text: &str, whole: bool) -> &'static dyn Format {
    let named = |path: &str| choose(&FileName::new(path));
    let name = if whole { name_of(text) } else { "" };
    named(name).unwrap_or(crate::format::FORMATS[crate::format::FORMATS.len() - 1])
}

/// A name that a file with such a text would have.
fn name_of(text: &str) -> &'static str {
    let lines = || {
        text.lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .take(200)
    };
    let begins =
        |words: &[&str]| lines().any(|line| words.iter().any(|word| line.starts_with(word)));
    let named = |line: &str, mark: char| {
        let name = line.split(mark).next().unwrap_or_default();
        line.contains(mark) && !name.is_empty() && !name.contains(char::is_whitespace)
    };
    let all = |test: &dyn Fn(&str) -> bool| {
        lines().all(|line| line.starts_with(['#', ' ', '-', ';', '[']) || test(line))
    };
    match text.trim_start().chars().next() {
        Some('{' | '[') if text.trim_end().ends_with(['}', ']']) => "x.json",
        Some('<') if text.starts_with("<?php") => "x.php",
        Some('<') => "x.xml",
        _ if begins(&["import ", "from ", "def ", "class "]) => "x.py",
        _ if all(&|line| named(line.trim_start_matches("export "), '=')) => ".env",
        _ if all(&|line| named(line, ':')) => "x.yaml",
        _ => "",
    }
}
