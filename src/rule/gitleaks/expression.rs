//! An expression, and how it is searched for without trying it everywhere.
//!
//! Most expressions of secrets have a literal in every match, a bounded number of bytes behind its beginning: the name of a
//! service, a prefix of a token. Where such literals stand is known from the search for keywords. From there on the rest of the
//! expression is tried, and only where that holds, the whole. What comes out is what a search of the whole text would give.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax::Config as Syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

use super::literal::{self, Required};
use super::syntax;

/// Bytes of a compiled expression. Go has no such limit, only one of a thousand repetitions.
const LARGEST: usize = 64 << 20;

/// An expression, compiled when it is first used.
#[derive(Debug)]
pub struct Expression {
    source: String,
    translated: String,
    groups: usize,
    regex: OnceLock<Option<Regex>>,
    required: Option<Required>,
    rest: OnceLock<Option<Regex>>,
}

impl Expression {
    /// Reads an expression; the error says what is wrong with it.
    pub(super) fn new(source: &str) -> Result<Self, String> {
        let translated = syntax::translate(source)?;
        let hir = parse(&translated)?;
        literal::check_repetitions(&hir, 1)?;
        Ok(Self {
            source: source.to_owned(),
            groups: hir.properties().explicit_captures_len(),
            required: Required::of(&hir),
            translated,
            regex: OnceLock::new(),
            rest: OnceLock::new(),
        })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many groups it has.
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// Literals in lower case, one of which stands in every match, if that is known.
    pub(super) fn literals(&self) -> &[Vec<u8>] {
        (self.required.as_ref()).map_or(&[], |required| &required.literals)
    }

    /// Compiled. `None` if that failed, which [`new`](Self::new) rules out but for want of memory.
    pub fn regex(&self) -> Option<&Regex> {
        let compiled = || compile(&self.translated).ok();
        self.regex.get_or_init(compiled).as_ref()
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Calls `sink` for all matches in `text`, one after the other, none overlapping. `places` are those where one of the
    /// [`literals`](Self::literals) begins, in order; `None` where that is not known.
    pub fn each(&self, text: &[u8], places: Option<&[u32]>, sink: &mut dyn FnMut(usize, usize)) {
        let Some(regex) = self.regex() else { return };
        match (places, &self.required) {
            (Some(places), Some(required)) => self.near(regex, required, text, places, sink),
            _ => {
                for found in regex.find_iter(text) {
                    sink(found.start(), found.end());
                }
            }
        }
    }

    fn near(
        &self,
        regex: &Regex,
        required: &Required,
        text: &[u8],
        places: &[u32],
        sink: &mut dyn FnMut(usize, usize),
    ) {
        let rest = || Regex::builder().build_from_hir(&required.rest).ok();
        let rest = self.rest.get_or_init(rest).as_ref();
        // From the literal on: the rest of the expression either dies within a few bytes, or is worth a look.
        let goes_on = |&at: &usize| {
            let input = Input::new(text).range(at..).anchored(Anchored::Yes);
            rest.is_none_or(|rest| rest.is_match(input.earliest(true)))
        };
        let places = places.iter().map(|&at| at as usize);
        let mut places = places.filter(goes_on).peekable();
        let mut from = 0;
        while let Some(first) = places.next() {
            let begin = |at: usize| at.saturating_sub(required.before);
            let mut last = first;
            let end = |at: usize| {
                required
                    .longest
                    .map_or(text.len(), |by| text.len().min(at + by))
            };
            while let Some(&next) = places.peek()
                && begin(next) <= end(last)
            {
                last = next;
                places.next();
            }
            let mut at = begin(first).max(from);
            // A match that begins up to `last` ends before `end`: what the range hides has no say in it.
            while at <= last {
                let input = Input::new(text).range(at..end(last).max(at));
                let Some(found) = regex.find(input) else {
                    break;
                };
                if found.start() > last && required.longest.is_some() {
                    break;
                }
                sink(found.start(), found.end());
                at = found.end().max(found.start() + 1);
                from = at;
            }
        }
    }
}

/// How expressions are compiled: Unicode letters and case, as Go's are, over bytes that may be any.
fn config() -> Syntax {
    Syntax::new().utf8(false)
}

/// Compiles an expression that was [translated](syntax::translate).
pub(super) fn compile(source: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(config())
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(LARGEST))
                .onepass_size_limit(Some(1 << 20)),
        )
        .build(source)
        .map_err(|error| match error.syntax_error() {
            Some(error) => error.to_string(),
            None => "is too large".to_owned(),
        })
}

/// The translated expression as a tree.
fn parse(translated: &str) -> Result<Hir, String> {
    let mut parser = ParserBuilder::new().utf8(false).build();
    parser.parse(translated).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "cannot be read".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a search near literals gives is what one of the whole text does.
    #[test]
    fn near_literals_is_everywhere() {
        let sources = [
            r"(?i)[\w.-]{0,5}?(?:key|token)(?:[ \t\w.-]{0,4})[\s']{0,3}(?:=|:)['\s=]{0,3}([\w.=-]{3,9})(?:['\s;]|$)",
            r"\b(tok_[a-f]{3})\b",
            r"(?i)key.*x",
            r"[ab]?key(?:s?)",
        ];
        let pieces = [
            "key", "tok_", "token", "=", " ", "'", "abc", "x", "KEY", "\n", "a", "ef;", ".",
        ];
        let mut state = 11_u64;
        let mut draw = |most: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap_or(0) % most
        };
        for source in sources {
            let expression = Expression::new(source).unwrap();
            let literals = expression.literals();
            assert!(!literals.is_empty(), "{source}");
            let mut all = 0;
            for _ in 0..300 {
                let text: String = (0..40).map(|_| pieces[draw(pieces.len())]).collect();
                let lower = text.to_ascii_lowercase();
                let places: Vec<u32> = (0..text.len())
                    .filter(|&at| {
                        literals
                            .iter()
                            .any(|l| lower.as_bytes()[at..].starts_with(l))
                    })
                    .map(|at| u32::try_from(at).unwrap())
                    .collect();
                let (mut near, mut whole) = (Vec::new(), Vec::new());
                expression.each(text.as_bytes(), Some(&places), &mut |a, b| {
                    near.push((a, b));
                });
                expression.each(text.as_bytes(), None, &mut |a, b| whole.push((a, b)));
                assert_eq!(near, whole, "{source} in {text:?}");
                all += whole.len();
            }
            assert!(all > 5, "{source}: {all}");
        }
    }
}
