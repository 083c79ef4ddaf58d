//! One piece of a text, searched by the rules whose keywords stand in it.

use std::borrow::Cow;
use std::ops::Range;

use regex_automata::Input;

use super::decode::{Segment, met, original};
use super::{Candidate, Found, Raw, Seen, candidate};
use crate::rule::RuleSet;
use crate::rule::gitleaks::{Detector, Expression, Hits};
use crate::text::{Lines, Span};

/// The words that accept what stands on their line.
const ACCEPTS: &[u8] = b"gitleaks:allow";

/// A search of one text.
pub(super) struct Scan<'s, 't> {
    pub(super) rules: &'s RuleSet,
    pub(super) seen: &'s Seen<'t>,
    pub(super) lines: &'s Lines<'t>,
    /// For each rule file: whether its allowlists leave out the text.
    pub(super) left_out: Vec<bool>,
    pub(super) hits: Hits,
    pub(super) sink: &'s mut dyn FnMut(Candidate<'t>),
}

/// A piece of a text in one pass of decoding.
pub(super) struct Piece<'p, 't> {
    /// Which of the text.
    pub(super) number: usize,
    /// Where it begins in the text.
    pub(super) start: usize,
    /// As it stands there.
    pub(super) whole: &'t [u8],
    /// As it is now.
    pub(super) raw: &'p Raw<'t>,
    pub(super) segments: &'p [Segment],
    pub(super) pass: usize,
    /// Whether words that accept stand in it.
    pub(super) accepts: bool,
}

impl Piece<'_, '_> {
    /// Where words that accept stand in a line. Lines can be long and have many matches.
    fn accepted(&self, line: Range<usize>) -> Option<usize> {
        let by = self
            .accepts
            .then(|| memchr::memmem::find(&self.whole[line.clone()], ACCEPTS))??;
        Some(self.start + line.start + by)
    }
}

/// Whether words stand in a text that accept what is found on their line.
pub(super) fn accepts(text: &[u8]) -> bool {
    memchr::memmem::find(text, ACCEPTS).is_some()
}

/// Which rule is tried, and for whom.
#[derive(Clone, Copy)]
struct Tried {
    set: usize,
    detector: usize,
    aside: bool,
    left_out: bool,
}

impl<'t> Scan<'_, 't> {
    /// Tries the rules that ask for nothing but a path.
    pub(super) fn names(&mut self) {
        let rules = self.rules;
        for (number, set) in rules.gitleaks().iter().enumerate() {
            let about = |(_, detector): &(usize, &Detector)| {
                detector.is_about_paths() && !detector.skip_report
            };
            for (detector, _) in set.rules.iter().enumerate().filter(about) {
                let left_out = self.left_out[number];
                let tried = Tried {
                    set: number,
                    detector,
                    aside: false,
                    left_out,
                };
                if let Some(tried) = self
                    .admits(tried)
                    .filter(|_| !left_out || self.seen.thorough)
                {
                    self.path_found(tried);
                }
            }
        }
    }

    /// Whether a rule is about the path; what is known of that.
    fn admits(&self, mut tried: Tried) -> Option<Tried> {
        let detector = &self.rules.gitleaks()[tried.set].rules[tried.detector];
        let Seen {
            path,
            commit,
            thorough,
            ..
        } = *self.seen;
        if detector
            .allowlists
            .iter()
            .any(|list| list.allows_file(path, commit))
        {
            tried.left_out = true;
            if !thorough {
                return None;
            }
        }
        let about = |expression: &Expression| expression.is_match(path.as_bytes());
        detector.path.as_ref().is_none_or(about).then_some(tried)
    }

    pub(super) fn search(&mut self, piece: &Piece<'_, 't>) {
        let rules = self.rules;
        for (number, set) in rules.gitleaks().iter().enumerate() {
            let left_out = self.left_out[number];
            if left_out && !self.seen.thorough {
                continue;
            }
            let mut hits = std::mem::take(&mut self.hits);
            set.keywords.find(piece.raw.bytes(), &mut hits);
            let mut beside: Vec<usize> = Vec::new();
            for &at in &hits.rules {
                let detector = &set.rules[at as usize];
                let tried = Tried {
                    set: number,
                    detector: at as usize,
                    aside: false,
                    left_out,
                };
                if !detector.skip_report && self.try_rule(piece, tried, &hits) {
                    beside.extend(detector.required.iter().map(|beside| beside.rule));
                }
            }
            beside.sort_unstable();
            beside.dedup();
            for detector in beside.into_iter().filter(|&at| at < set.rules.len()) {
                let known =
                    u32::try_from(detector).is_ok_and(|at| hits.rules.binary_search(&at).is_ok());
                if !known || set.rules[detector].skip_report {
                    let tried = Tried {
                        set: number,
                        detector,
                        aside: true,
                        left_out,
                    };
                    self.try_rule(piece, tried, &hits);
                }
            }
            self.hits = hits;
        }
    }

    /// Tries a rule; gives whether it matched anything.
    fn try_rule(&mut self, piece: &Piece<'_, 't>, tried: Tried, hits: &Hits) -> bool {
        let detector = &self.rules.gitleaks()[tried.set].rules[tried.detector];
        let Some(tried) = self.admits(tried) else {
            return false;
        };
        let Some(regex) = &detector.regex else {
            // Those without keywords were tried before.
            let first = piece.pass == 0 && piece.number == 0;
            if first && (tried.aside || !detector.is_about_paths()) {
                self.path_found(tried);
            }
            return piece.pass == 0;
        };
        let raw = piece.raw.bytes();
        let places = u32::try_from(tried.detector)
            .ok()
            .and_then(|at| hits.places(at));
        let mut any = false;
        regex.each(raw, places, &mut |start, end| {
            any |= self.found(piece, tried, detector, start..end);
        });
        any
    }

    /// The path alone tells.
    fn path_found(&mut self, tried: Tried) {
        let found = Found {
            set: tried.set,
            detector: tried.detector,
            fragment: 0,
            pass: 0,
            line: 0,
            column: 0,
            accepted: None,
            aside: tried.aside,
            left_out: tried.left_out,
            path: self.seen.path,
            commit: self.seen.commit,
            raw: Raw::Text(b""),
            matched: 0..0,
            around: 0..0,
        };
        let name = self.seen.path.rsplit('/').next().unwrap_or_default();
        let value = Cow::Borrowed(self.seen.path.as_bytes());
        let nowhere = Span::new(0, 0);
        (self.sink)(candidate(self.rules, found, name, value, nowhere, nowhere));
    }

    fn found(
        &mut self,
        piece: &Piece<'_, 't>,
        tried: Tried,
        detector: &Detector,
        range: Range<usize>,
    ) -> bool {
        let raw = piece.raw.bytes();
        let text = &raw[range.clone()];
        // Newlines around a match are none of it.
        let head = text.iter().take_while(|b| **b == b'\n').count();
        let tail = text[head..]
            .iter()
            .rev()
            .take_while(|b| **b == b'\n')
            .count();
        let trimmed = range.start + head..range.end - tail;
        let (at, around) = if piece.pass == 0 {
            ((range.start, range.start + trimmed.len()), None)
        } else {
            let mut segments = met(piece.segments, (range.start, range.end)).peekable();
            let Some(first) = segments.peek() else {
                // It was met before it was decoded.
                return false;
            };
            let first = first.decoded.0;
            let last = segments
                .map(|segment| segment.decoded.1)
                .max()
                .unwrap_or(first);
            let start = memchr::memrchr(b'\n', &raw[..raw.len().min(first + 1)]).unwrap_or(0);
            let end = memchr::memchr(b'\n', &raw[last..]).map_or(raw.len(), |by| last + by);
            (
                original(piece.segments, (range.start, range.end)),
                Some(start..end),
            )
        };
        let whole = piece.whole;
        let at = (
            at.0.min(whole.len()),
            at.1.min(whole.len()).max(at.0.min(whole.len())),
        );
        let line = line_around(whole, at);
        let secret = secret(detector, &raw[trimmed.clone()]);
        let secret = trimmed.start + secret.start..trimmed.start + secret.end;
        // A match that begins with the end of a line counts from the next.
        let first = at.0 + usize::from(whole.get(at.0) == Some(&b'\n'));
        let begins = self.lines.line(piece.start + first);
        let before = memchr::memrchr(b'\n', &whole[..whole.len().min(at.0 + 1)]);
        let found = Found {
            set: tried.set,
            detector: tried.detector,
            fragment: piece.number,
            pass: piece.pass,
            line: i64::try_from(begins).unwrap_or(i64::MAX),
            column: i64::try_from(at.0 - before.unwrap_or(0)).unwrap_or(i64::MAX) + 1,
            accepted: piece.accepted(line.clone()),
            aside: tried.aside,
            left_out: tried.left_out,
            path: self.seen.path,
            commit: self.seen.commit,
            raw: piece.raw.clone(),
            matched: trimmed.clone(),
            around: around.unwrap_or(line),
        };
        // It is shown where the secret stands, but from the line on that gitleaks tells of.
        let (span, key) = if piece.pass == 0 {
            let from = if self.lines.line(piece.start + secret.start) == begins {
                secret.start
            } else {
                first
            };
            (
                from..secret.end.max(from),
                name(&whole[trimmed.start..secret.start.max(trimmed.start)]),
            )
        } else {
            (first..at.1.max(first), "")
        };
        let value = match piece.raw {
            Raw::Text(text) => Cow::Borrowed(&text[secret]),
            Raw::Decoded(text) => Cow::Owned(text[secret].to_vec()),
        };
        let placed =
            |range: Range<usize>| Span::new(piece.start + range.start, piece.start + range.end);
        let statement = placed(first..at.1.max(first)).join(placed(span.clone()));
        (self.sink)(candidate(
            self.rules,
            found,
            key,
            value,
            placed(span),
            statement,
        ));
        true
    }
}

/// The secret in a match: the group that is asked for, else the first that holds anything.
fn secret(detector: &Detector, matched: &[u8]) -> Range<usize> {
    let whole = 0..matched.len();
    let Some(regex) = detector
        .regex
        .as_ref()
        .and_then(|expression| expression.regex())
    else {
        return whole;
    };
    if regex.captures_len() < 2 {
        return whole;
    }
    // On the match alone: where it ends, the text does.
    let mut captures = regex.create_captures();
    regex.search_captures(&Input::new(matched), &mut captures);
    if !captures.is_match() {
        return whole;
    }
    let group = |at: usize| captures.get_group(at).map(|span| span.range());
    if detector.secret_group > 0 {
        return group(detector.secret_group).unwrap_or(0..0);
    }
    let mut groups = (1..captures.group_len()).filter_map(group);
    groups.find(|range| !range.is_empty()).unwrap_or(whole)
}

/// What gitleaks takes for the line of a match: from the end of the line before to that of the line on which the match ends. On a
/// last line without an end, all that stands before belongs to it.
fn line_around(text: &[u8], at: (usize, usize)) -> Range<usize> {
    let (start, end) = at;
    let next =
        memchr::memchr(b'\n', text.get(start + 1..).unwrap_or_default()).map(|by| start + 1 + by);
    let here = text.get(start) == Some(&b'\n');
    let Some(next) = next else {
        let any = memchr::memchr(b'\n', text).is_some();
        if !any {
            return 0..text.len();
        }
        let rest = text.get(end..).unwrap_or_default();
        let by = rest
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        return 0..end + by;
    };
    let from = if here {
        start
    } else {
        memchr::memrchr(b'\n', &text[..start]).unwrap_or(0)
    };
    let last = if end <= next {
        Some(next)
    } else {
        memchr::memchr(b'\n', text.get(end..).unwrap_or_default()).map(|by| end + by)
    };
    from..last.unwrap_or(next).max(end)
}

/// The name before a secret: the last run of the characters of names, in what of the match stands before it.
fn name(before: &[u8]) -> &str {
    let text = std::str::from_utf8(before).unwrap_or_default();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let text = text.trim_end_matches(|c| !is_part(c));
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_part(*c))
        .last();
    start
        .map_or("", |(at, _)| &text[at..])
        .trim_matches(['.', '-'])
}
