//! Whether bytes can hold anything that a rule looks for: the one test made on every byte of every input.
//!
//! A single automaton looks for the anchors of all rules in any case. Where an anchor is part of a name, the identifier
//! around the hit must be a name of some rule: `secret` alone stands in every tenth source file, `secret_key` does not.
//! What passes is decoded and parsed; what does not holds no candidate, whatever its format.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::rule::{Folded, RuleSet};

/// Identifiers are extended by at most so many bytes to either side.
const REACH: usize = 100;

/// The prefilter of a rule set.
#[derive(Debug)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    named: Vec<bool>,
}

impl Prefilter {
    /// Compiles the anchors of `rules`.
    pub fn new(rules: &RuleSet) -> Self {
        let anchors = rules.anchors();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(anchors.iter().map(|anchor| anchor.text.as_bytes()))
            .ok();
        Self {
            automaton,
            named: anchors.iter().map(|anchor| anchor.named).collect(),
        }
    }

    /// Whether `bytes` (in any encoding that keeps ASCII as it is) can hold a candidate. `scratch` is reused space.
    pub fn is_interesting(&self, bytes: &[u8], rules: &RuleSet, scratch: &mut Folded) -> bool {
        let Some(automaton) = &self.automaton else {
            return true;
        };
        automaton.find_overlapping_iter(bytes).any(|hit| {
            !self.named[hit.pattern().as_usize()]
                || is_name(bytes, hit.start(), hit.end(), rules, scratch)
        })
    }
}

/// Whether the identifier around `start..end` is a name of some rule, read with and without the dots and dashes in it.
fn is_name(bytes: &[u8], start: usize, end: usize, rules: &RuleSet, scratch: &mut Folded) -> bool {
    let mut known = |in_word: fn(u8) -> bool| {
        let left = bytes[start.saturating_sub(REACH)..start]
            .iter()
            .rev()
            .take_while(|&&b| in_word(b))
            .count();
        let right = bytes[end..]
            .iter()
            .take(REACH)
            .take_while(|&&b| in_word(b))
            .count();
        let identifier = String::from_utf8_lossy(&bytes[start - left..end + right]);
        scratch.fold(&identifier);
        rules.knows(scratch)
    };
    let narrow = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    known(narrow) || known(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':'))
}
