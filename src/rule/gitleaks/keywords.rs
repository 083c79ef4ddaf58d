//! Keywords of all rules and literals of their expressions, searched for at once.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::{Detector, Expression, FOLDING};

/// The search for keywords.
#[derive(Debug)]
pub struct Keywords {
    search: Option<AhoCorasick>,
    /// For each word: the rules it is a keyword of.
    keyword_of: Vec<Vec<u32>>,
    /// For each word: the rules whose matches hold it.
    literal_of: Vec<Vec<u32>>,
    /// Rules without keywords.
    always: Vec<u32>,
    /// Whether a keyword is no ASCII.
    wide: bool,
    rules: usize,
}

/// What was found of the keywords in a text; used again from one to the next.
#[derive(Debug, Default)]
pub struct Hits {
    /// Rules that have to be tried, in order.
    pub rules: Vec<u32>,
    tried: Vec<bool>,
    /// For each rule: where its literals begin.
    places: Vec<Vec<u32>>,
    touched: Vec<u32>,
    /// Whether places are to be trusted.
    plain: bool,
}

impl Hits {
    /// Where the literals of a rule begin, if that is known.
    pub fn places(&self, rule: u32) -> Option<&[u32]> {
        self.places
            .get(rule as usize)
            .filter(|_| self.plain)
            .map(Vec::as_slice)
    }
}

impl Keywords {
    pub(super) fn new(rules: &[Detector]) -> Self {
        let mut words: BTreeMap<Vec<u8>, [Vec<u32>; 2]> = BTreeMap::new();
        let mut always = Vec::new();
        for (rule, number) in rules.iter().zip(0_u32..) {
            if rule.keywords.is_empty() {
                always.push(number);
            }
            // An empty keyword is never found.
            for keyword in rule.keywords.iter().filter(|keyword| !keyword.is_empty()) {
                words.entry(keyword.clone().into_bytes()).or_default()[0].push(number);
            }
            for literal in rule.regex.iter().flat_map(Expression::literals) {
                words.entry(literal.clone()).or_default()[1].push(number);
            }
        }
        let wide = words.keys().any(|word| !word.is_ascii());
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.keys())
            .ok();
        let (keyword_of, literal_of) = words.into_values().map(|[k, l]| (k, l)).unzip();
        Self {
            search,
            keyword_of,
            literal_of,
            always,
            wide,
            rules: rules.len(),
        }
    }

    /// Finds which rules have to be tried on `text`, and where.
    pub fn find(&self, text: &[u8], hits: &mut Hits) {
        hits.rules.clear();
        hits.tried.clear();
        hits.tried.resize(self.rules, false);
        hits.places.resize_with(self.rules, Vec::new);
        for rule in hits.touched.drain(..) {
            hits.places[rule as usize].clear();
        }
        for &rule in &self.always {
            hits.tried[rule as usize] = true;
        }
        // Lower-casing is about all letters. It is more than ASCII's in few texts only.
        let folds = !text.is_ascii()
            && FOLDING.iter().chain(&['\u{130}']).any(|c| {
                let mut bytes = [0; 4];
                memchr::memmem::find(text, c.encode_utf8(&mut bytes).as_bytes()).is_some()
            });
        hits.plain = !folds && u32::try_from(text.len()).is_ok();
        let lowered = (folds || self.wide && !text.is_ascii())
            .then(|| String::from_utf8_lossy(text).to_lowercase());
        let searched = lowered.as_ref().map_or(text, |lowered| lowered.as_bytes());
        let places = lowered.is_none() && hits.plain;
        hits.plain = places;
        if let Some(search) = &self.search {
            for found in search.find_overlapping_iter(Input::new(searched)) {
                let word = found.pattern().as_usize();
                for &rule in &self.keyword_of[word] {
                    hits.tried[rule as usize] = true;
                }
                if places {
                    for &rule in &self.literal_of[word] {
                        let known = &mut hits.places[rule as usize];
                        if known.is_empty() {
                            hits.touched.push(rule);
                        }
                        known.push(u32::try_from(found.start()).unwrap_or(u32::MAX));
                    }
                }
            }
        }
        for &rule in &hits.touched {
            // Found by where they end.
            let known = &mut hits.places[rule as usize];
            known.sort_unstable();
            known.dedup();
        }
        let tried = hits.tried.iter().zip(0_u32..);
        hits.rules
            .extend(tried.filter(|(tried, _)| **tried).map(|(_, rule)| rule));
    }
}
