//! Words in a text that tell which framework it is about.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Framework;
use crate::text::Word;

/// The words that tell of frameworks.
#[derive(Debug)]
pub struct Evidence {
    search: AhoCorasick,
    /// Whose each word is, as an index.
    owners: Vec<usize>,
    longest: usize,
}

impl Evidence {
    /// The words of `frameworks`; `None` where they have none.
    pub(super) fn new(frameworks: &[Framework]) -> Option<Self> {
        let words = frameworks.iter().enumerate().flat_map(|(at, framework)| {
            let words = framework.evidence.iter();
            words.map(move |word| (word.as_str(), at))
        });
        let (words, owners): (Vec<&str>, Vec<usize>) = words.unzip();
        let longest = words.iter().map(|word| word.len()).max()?;
        // Some texts of a history are asked about hundreds of times.
        let mut builder = AhoCorasick::builder();
        let search = builder.kind(Some(AhoCorasickKind::DFA)).build(words).ok()?;
        Some(Self {
            search,
            owners,
            longest,
        })
    }

    /// Bytes of the longest word.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Pushes the words that begin in one of the `zones` of a text.
    pub fn words(&self, text: &str, zones: &[Range<usize>], words: &mut Vec<Word>) {
        for zone in zones {
            let end = (zone.end + self.longest).min(text.len());
            let part = text.as_bytes().get(zone.start..end).unwrap_or_default();
            for found in self.search.find_overlapping_iter(part) {
                let at = zone.start + found.start();
                if at < zone.end {
                    words.extend(Word::new(at, found.pattern().as_usize()));
                }
            }
        }
    }

    /// The framework that the words of a text tell of: the one of which most were met, as an index.
    pub fn framework(&self, words: &[Word]) -> Option<usize> {
        let mut met = vec![false; self.owners.len()];
        for word in words {
            if let Some(met) = met.get_mut(usize::from(word.number)) {
                *met = true;
            }
        }
        let mut counts = vec![0; self.owners.last().map_or(0, |last| last + 1)];
        for (&owner, _) in self.owners.iter().zip(&met).filter(|(_, met)| **met) {
            counts[owner] += 1;
        }
        (counts.into_iter().enumerate())
            .filter(|&(_, count)| count > 0)
            .max_by_key(|&(at, count)| (count, std::cmp::Reverse(at)))
            .map(|(at, _)| at)
    }
}
