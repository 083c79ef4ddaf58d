//! Words in a text of which it matters that they stand in none of it.

use std::ops::Range;

use memchr::memmem::Finder;

/// What stands between two parts of a text is searched, too, where it is no longer than this: beginning anew costs more.
const NEAR: usize = 512;

/// Such words.
pub(crate) struct Signs {
    finders: Vec<Finder<'static>>,
    /// Bytes of the longest.
    longest: usize,
}

impl Signs {
    /// These.
    pub(crate) fn new(signs: &[&'static str]) -> Self {
        Self {
            finders: signs.iter().map(|sign| Finder::new(*sign)).collect(),
            longest: signs.iter().map(|sign| sign.len()).max().unwrap_or(0),
        }
    }

    /// Bytes of the longest.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Whether none of them begins in `zones` of a text, in the order of the text; elsewhere none does.
    pub(super) fn lack_in(&self, bytes: &[u8], mut zones: Vec<Range<usize>>) -> bool {
        zones.dedup_by(|next, last| {
            let near = next.start <= last.end.saturating_add(NEAR);
            if near {
                last.end = last.end.max(next.end);
            }
            near
        });
        let within = |zone: &Range<usize>| {
            let end = zone.end.saturating_add(self.longest);
            bytes.get(zone.start..end.min(bytes.len()))
        };
        let mut zones = zones.iter().filter_map(within);
        zones.all(|zone| {
            let mut finders = self.finders.iter();
            finders.all(|finder| finder.find(zone).is_none())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_met_wherever_they_begin_in_a_zone() {
        let signs = Signs::new(&["some", "more-of-it"]);
        let text = format!("{}more-of-it{}", "x".repeat(2000), "y".repeat(2000));
        let bytes = text.as_bytes();
        let lack = |zones: &[(usize, usize)]| {
            let zones = zones.iter().map(|&(from, to)| from..to);
            signs.lack_in(bytes, zones.collect())
        };
        assert!(lack(&[]));
        assert!(lack(&[(0, 1900), (3000, 4010)]));
        assert!(!lack(&[(0, 2001)]));
        assert!(!lack(&[(0, 10), (1000, 1010), (2000, 2001), (3000, 4010)]));
        assert!(!lack(&[(1999, 5000)]));
        // What stands between two of them holds none.
        assert!(!lack(&[(1990, 1991), (2020, 2021)]));
        assert_eq!(signs.longest(), 10);
    }
}
