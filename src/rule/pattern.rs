//! Patterns: regular expressions for values that tell themselves, wherever they stand, and the literals they are looked for by.
//!
//! An expression is tried only where one of its anchors stands, and sees no more than [`LONGEST`] bytes from there: whether a
//! value is reported depends on the text next to an anchor and nothing else, as a history scan needs it.

mod needed;

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};

use crate::checksum::Checksum;
use needed::Needed;

/// A match ends no further than so many bytes behind the place where its anchor begins …
pub const LONGEST: usize = 512;
/// … and begins no more than so many bytes before it.
pub const FURTHEST: usize = 100;
/// Shorter anchors stand everywhere.
const SHORTEST_ANCHOR: usize = 3;
/// Bytes of a compiled expression.
const LARGEST: usize = 1 << 20;

/// A regular expression with its anchors.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    anchors: Vec<String>,
    reach: usize,
    checksum: Option<Checksum>,
    compiled: OnceLock<Option<Compiled>>,
}

/// An expression that was compiled.
#[derive(Debug)]
struct Compiled {
    regex: Regex,
    /// What its matches need, where each begins with the anchor that it was looked for by.
    needed: Option<Needed>,
}

/// Where a pattern matched, in byte offsets. All ranges lie inside of `whole`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The whole match.
    pub whole: Range<usize>,
    /// The secret: the group `value`, or the whole match.
    pub value: Range<usize>,
    /// The part of the secret that is drawn at random: the group `body`, or the value.
    pub body: Range<usize>,
    /// The account that the secret opens: the group `user`.
    pub user: Option<Range<usize>>,
}

impl Pattern {
    /// Whether the expression can be compiled; the error says why not.
    pub(super) fn check(source: &str) -> Result<(), String> {
        compile(source)
            .map(|_| ())
            .map_err(|error| format!("pattern: {error}"))
    }

    /// A pattern, not compiled yet; the error says what is wrong with what goes with it.
    pub(super) fn new(
        source: &str,
        anchors: &[String],
        reach: usize,
        checksum: Option<&str>,
    ) -> Result<Self, String> {
        if anchors.is_empty() {
            return Err(
                "`pattern` needs `anchors`: literals, one of which is in every match".into(),
            );
        }
        if let Some(short) = anchors.iter().find(|a| a.len() < SHORTEST_ANCHOR) {
            return Err(format!(
                "anchors: `{short}` stands everywhere; take {SHORTEST_ANCHOR} characters or more"
            ));
        }
        if reach > FURTHEST {
            return Err(format!("reach: no more than {FURTHEST} bytes"));
        }
        let known = |name: &str| {
            let all = crate::checksum::CHECKSUMS.iter().map(|known| known.name);
            crate::checksum::named(name).ok_or_else(|| {
                let all: Vec<_> = all.collect();
                format!("checksum: `{name}` is none; known are: {}", all.join(", "))
            })
        };
        Ok(Self {
            source: source.to_owned(),
            anchors: anchors.to_vec(),
            reach,
            checksum: checksum.map(known).transpose()?,
            compiled: OnceLock::new(),
        })
    }

    /// The literals one of which is in every match, in the case they are written in.
    pub fn anchors(&self) -> &[String] {
        &self.anchors
    }

    /// The checksum that a value must hold.
    pub fn checksum(&self) -> Option<Checksum> {
        self.checksum
    }

    /// The match that holds the anchor at `anchor`, if there is one. What stands before and after it must not make the match a
    /// part of a longer word. Otherwise how many bytes from there on decide that there is none, if that is known.
    pub(super) fn matches(&self, bytes: &[u8], anchor: usize) -> Result<Matched, Option<usize>> {
        let compiled = self.compiled.get_or_init(|| self.compile()).as_ref();
        let Compiled { regex, needed } = compiled.ok_or(None)?;
        let end = bytes.len().min(anchor + LONGEST);
        let rest = bytes.get(anchor..end).ok_or(None)?;
        match needed.as_ref().and_then(|needed| needed.lacks(rest)) {
            Some(decided) => Err(Some(decided)),
            None => self.search(regex, bytes, anchor..end).ok_or(None),
        }
    }

    /// The match that holds the anchor where a range begins, and ends in it.
    fn search(&self, regex: &Regex, bytes: &[u8], range: Range<usize>) -> Option<Matched> {
        let Range { start: anchor, end } = range;
        let mut from = anchor.saturating_sub(self.reach);
        let anchored = if self.reach == 0 {
            Anchored::Yes
        } else {
            Anchored::No
        };
        let mut captures = None;
        while from <= anchor {
            let input = Input::new(bytes).range(from..end).anchored(anchored);
            // Most of what begins like a match is none, which is told faster than what its parts would be.
            regex.search_half(&input)?;
            let captures = captures.get_or_insert_with(|| regex.create_captures());
            regex.search_captures(&input, captures);
            let whole = captures.get_match()?.range();
            if whole.start > anchor {
                return None;
            }
            let cut = whole.end == end && end < bytes.len();
            if whole.end > anchor && !cut && stands_alone(bytes, &whole) {
                return Some(told(captures, whole));
            }
            from = whole.start + 1;
        }
        None
    }

    fn compile(&self) -> Option<Compiled> {
        let needed = (self.reach == 0).then(|| Needed::of(&self.source, &self.anchors));
        Some(Compiled {
            regex: compile(&self.source).ok()?,
            needed: needed.flatten(),
        })
    }

    /// The pattern in words, for `leakey rules show`.
    pub(super) fn describe(&self) -> String {
        let checksum = self.checksum.map_or_else(String::new, |checksum| {
            format!("; with the checksum {}", checksum.name)
        });
        format!("anywhere, matching: {}{checksum}", self.source)
    }
}

fn compile(source: &str) -> Result<Regex, Box<regex_automata::meta::BuildError>> {
    Regex::builder()
        // Bytes, so that it comes to the same in raw bytes and in decoded text.
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(LARGEST)),
        )
        .build(source)
        .map_err(Box::new)
}

fn told(captures: &Captures, whole: Range<usize>) -> Matched {
    let group = |name: &str| {
        let at = captures.group_info().to_index(PatternID::ZERO, name)?;
        captures.get_group(at).map(|span| span.range())
    };
    let value = group("value").unwrap_or_else(|| whole.clone());
    Matched {
        body: group("body").unwrap_or_else(|| value.clone()),
        user: group("user"),
        value,
        whole,
    }
}

/// Whether no letter or digit before or after makes the match a part of a word. The letter of an escape (`\n`, `%3D`, `\u003d`)
/// is no letter.
fn stands_alone(bytes: &[u8], whole: &Range<usize>) -> bool {
    let in_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let begins = !in_word(bytes.get(whole.start))
        || !in_word(whole.start.checked_sub(1).and_then(|at| bytes.get(at)))
        || ends_an_escape(&bytes[whole.start.saturating_sub(6)..whole.start]);
    let ends = !in_word(whole.end.checked_sub(1).and_then(|at| bytes.get(at)))
        || !in_word(bytes.get(whole.end));
    begins && ends
}

fn ends_an_escape(before: &[u8]) -> bool {
    let hex = |digits: usize, head: &[u8]| {
        before
            .len()
            .checked_sub(digits + head.len())
            .is_some_and(|at| {
                before[at..].starts_with(head)
                    && before[at + head.len()..].iter().all(u8::is_ascii_hexdigit)
            })
    };
    matches!(before, [.., b'\\', b'n' | b'r' | b't' | b'v' | b'f' | b'0'])
        || hex(2, b"%")
        || hex(2, b"\\x")
        || hex(4, b"\\u")
}
