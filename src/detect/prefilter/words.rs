//! The literals of a rule set where their beginnings stand in a text. Where a text was made from another by copying, most of them were copied, too:
//! only where they were not are they searched for, and only where what surrounds them changed are they judged again.

use std::ops::Range;

use super::{Kind, Prefilter, Scratch, WORD};
use crate::rule::RuleSet;
use crate::text::Word;

impl Prefilter {
    /// So many bytes from a place on decide what is told of it by [`words`](Self::words).
    pub fn longest_word(&self) -> usize {
        WORD
    }

    /// Pushes the beginnings of literals in `zones` of `bytes`, which are sorted and apart from each other, in order, save for those that no
    /// pattern can begin with for what follows them.
    pub fn words(
        &self,
        bytes: &[u8],
        zones: &[Range<usize>],
        rules: &RuleSet,
        words: &mut Vec<Word>,
    ) {
        // Parts of patterns' anchors stand in many other words.
        let tells = |literal: usize, at: usize| match self.kinds[literal] {
            Kind::Seed(seed) => rules.may_begin(bytes, (seed, at)),
            _ => true,
        };
        self.search.each(bytes, zones, &mut |word, at| {
            if self.begun[word].iter().any(|&literal| tells(literal, at))
                && let (Ok(at), Ok(number)) = (u32::try_from(at), u32::try_from(word))
            {
                words.push(Word { at, number });
            }
            true
        });
    }

    /// Pushes the places in `zone` where one of the `words` of `bytes`, which are sorted, makes them interesting under some path, in
    /// order. What lies outside of [`margins`](Self::margins) around a place has no say in it.
    pub fn spots(
        &self,
        bytes: &[u8],
        zone: &Range<usize>,
        words: &[Word],
        rules: &RuleSet,
        scratch: &mut Scratch,
        spots: &mut Vec<u32>,
    ) {
        let first = spots.len();
        // Without a path nothing else is remembered of it than of names.
        let judge = &mut scratch.judge;
        judge.met = false;
        let begin = words.partition_point(|word| (word.at as usize) < zone.start);
        // The literal that a pattern is found by may stand behind where its anchor begins.
        let end = zone.end + self.longest;
        for word in &words[begin..] {
            let at = word.at as usize;
            if at >= end {
                break;
            }
            let mut sink = |at: usize| {
                spots.extend(u32::try_from(at));
                true
            };
            let found = (word.number as usize, at);
            self.tell(bytes, found, zone, None, rules, judge, &mut sink);
        }
        spots[first..].sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_literal_is_told_by_all_of_it() {
        let rules = crate::rule::load(crate::rule::builtin_files().iter().copied()).unwrap();
        let prefilter = Prefilter::new(&rules, &[]);
        let mut scratch = Scratch::default();
        for (text, spots) in [
            ("s = TimedJSONWebSignatureSerializer('k')", &[4, 9][..]),
            ("s = TimedJSONWebSignatureSerialized('k')", &[]),
            ("s = TimedJSON('k')", &[]),
            ("s = TimedJSONWebSignature", &[]),
        ] {
            let (mut words, mut found) = (Vec::new(), Vec::new());
            let all = 0..text.len();
            let zones = std::slice::from_ref(&all);
            prefilter.words(text.as_bytes(), zones, &rules, &mut words);
            assert!(!words.is_empty(), "{text}");
            let bytes = text.as_bytes();
            prefilter.spots(bytes, &all, &words, &rules, &mut scratch, &mut found);
            assert_eq!(found, spots, "{text}");
        }
    }

    #[test]
    fn words_are_found_in_zones_and_nowhere_else() {
        let rules = crate::rule::load(crate::rule::builtin_files().iter().copied()).unwrap();
        let prefilter = Prefilter::new(&rules, &["leakey:allow"]);
        let line = "secret_key = 'x'; see https://example.org/tokens # Leakey:allow\nx";
        let text = line.repeat(1_500);
        let bytes = text.as_bytes();
        let found = |zones: &[Range<usize>]| {
            let mut words = Vec::new();
            prefilter.words(bytes, zones, &rules, &mut words);
            words
        };
        let whole = found(std::slice::from_ref(&(0..bytes.len())));
        assert!(whole.len() >= 3 * 1_500, "{}", whole.len());
        assert!(whole.is_sorted());
        for step in [1, 2, 7, 40, 1_000, 50_000] {
            let cut: Vec<_> = (0..bytes.len().div_ceil(step))
                .map(|n| n * step..((n + 1) * step).min(bytes.len()))
                .collect();
            let even = cut.iter().step_by(2).cloned().collect::<Vec<_>>();
            let inside = |word: &&Word| (word.at as usize / step).is_multiple_of(2);
            let expected: Vec<Word> = whole.iter().filter(inside).copied().collect();
            assert_eq!(found(&even), expected, "{step}");
            assert_eq!(found(&cut), whole, "{step}");
        }
    }
}
