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
            if self.begun[word].iter().any(|&literal| tells(literal, at)) {
                words.extend(Word::new(at, word));
            }
            true
        });
    }

    /// Pushes the places in `zones`, which are sorted and apart from each other, where one of the `words` of `bytes`, which are sorted, makes them
    /// interesting under some path, in order. What lies outside of [`margins`](Self::margins) around a place has no say in it. Of words that
    /// nothing is told of it is noted what decided that, where it is known: they are not judged again while it stays as it is.
    pub fn spots(
        &self,
        bytes: &[u8],
        zones: &[Range<usize>],
        mut words: &mut [Word],
        rules: &RuleSet,
        scratch: &mut Scratch,
        spots: &mut Vec<u32>,
    ) {
        let first = spots.len();
        // Without a path nothing else is remembered of it than of names.
        let judge = &mut scratch.judge;
        judge.met = false;
        for zone in zones {
            let begin = words.partition_point(|word| (word.at as usize) < zone.start);
            words = &mut words[begin..];
            // The literal that a pattern is found by may stand behind where its anchor begins.
            let end = zone.end + self.longest;
            for word in &mut *words {
                let at = word.at as usize;
                if at >= end {
                    break;
                }
                if word.is_dull() {
                    continue;
                }
                let mut sink = |at: usize| {
                    spots.extend(u32::try_from(at));
                    true
                };
                let found = (usize::from(word.number), at);
                self.tell(bytes, found, zone, None, rules, judge, &mut sink);
                if let Some(around) = judge.around {
                    word.pass(around);
                }
            }
        }
        spots[first..].sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dice::Dice;
    use crate::text::{Copied, Margins, carry};

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
            let bytes = text.as_bytes();
            prefilter.words(bytes, zones, &rules, &mut words);
            assert!(!words.is_empty(), "{text}");
            prefilter.spots(bytes, zones, &mut words, &rules, &mut scratch, &mut found);
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

    #[test]
    fn what_was_judged_before_is_judged_the_same() {
        const PARTS: &[&str] = &[
            "secret_key",
            "SECRET",
            "token",
            "monkey",
            "get_",
            "_",
            "-",
            ".",
            ":",
            "jwt_secret",
            "api",
            "s",
            " = 'v'",
            "(",
            " ",
            "\n",
            "%22",
            "TimedJSONWebSignature",
            "Serializer('k')",
            "https://u:p@h",
            "https://h/p",
            "redis://",
            "jwt.sign",
            "TimestampSigner",
            "xoxb-",
        ];
        let rules = crate::rule::load(crate::rule::builtin_files().iter().copied()).unwrap();
        let prefilter = Prefilter::new(&rules, &[]);
        let mut scratch = Scratch::default();
        let mut dice = Dice(7);
        let (mut dull, mut met) = (0, 0);
        for _ in 0..60 {
            let part = |dice: &mut Dice, most| {
                let count = dice.below(most);
                (0..count)
                    .map(|_| PARTS[dice.below(PARTS.len())])
                    .collect::<String>()
            };
            let mut base = part(&mut dice, 900);
            let (mut words, mut known) = (Vec::new(), Vec::new());
            let all = 0..base.len();
            let zones = std::slice::from_ref(&all);
            prefilter.words(base.as_bytes(), zones, &rules, &mut words);
            prefilter.spots(
                base.as_bytes(),
                zones,
                &mut words,
                &rules,
                &mut scratch,
                &mut known,
            );
            for _ in 0..12 {
                let (mut text, mut copied) = (String::new(), Vec::new());
                for _ in 0..dice.below(6) {
                    text += &part(&mut dice, 4);
                    let from = dice.below(base.len() + 1);
                    let length = dice.below(base.len() + 1 - from);
                    copied.push(Copied {
                        from,
                        to: text.len(),
                        length,
                    });
                    text += &base[from..from + length];
                }
                text += &part(&mut dice, 4);
                let (bytes, sizes) = (text.as_bytes(), (base.len(), text.len()));
                let (before, after) = prefilter.margins();
                let (mut own, mut spots, mut zones) = (Vec::new(), Vec::new(), Vec::new());
                let inside = Margins {
                    before: 0,
                    after: prefilter.longest_word(),
                };
                carry(&copied, sizes, inside, &words, &mut own, &mut zones);
                prefilter.words(bytes, &zones, &rules, &mut own);
                own.sort_unstable();
                dull += own.iter().filter(|word| word.is_dull()).count();
                let around = Margins { before, after };
                carry(&copied, sizes, around, &known, &mut spots, &mut zones);
                prefilter.spots(bytes, &zones, &mut own, &rules, &mut scratch, &mut spots);
                spots.sort_unstable();
                let (mut anew, mut whole) = (Vec::new(), Vec::new());
                let all = 0..bytes.len();
                let all = std::slice::from_ref(&all);
                prefilter.words(bytes, all, &rules, &mut anew);
                prefilter.spots(bytes, all, &mut anew, &rules, &mut scratch, &mut whole);
                assert_eq!(spots, whole, "{text}");
                met += spots.len();
                (base, words, known) = (text, own, spots);
                if base.len() > 20_000 {
                    break;
                }
            }
        }
        assert!(dull > 1_000 && met > 1_000, "{dull} {met}");
    }
}
