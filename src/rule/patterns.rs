//! All patterns of a rule set at once: what their anchors are found by, and which conditions are tried where one stands.

use std::cmp::Reverse;
use std::ops::Range;

use super::pattern::Matched;
use super::search::{Search, begun, by_first, first, one_case};
use super::{Rule, Target};

/// All patterns of a rule set, looked for at once.
#[derive(Debug)]
pub struct Patterns {
    /// For the seeds, in a copy in [`one_case`].
    search: Search,
    /// For each seed: those that begin it, itself among them.
    begun: Vec<Vec<usize>>,
    /// The anchors, sorted.
    anchors: Vec<Box<[u8]>>,
    /// For each anchor: the conditions that are tried where it stands, as (rule, when).
    targets: Vec<Vec<(usize, usize)>>,
    longest: usize,
    seeds: Vec<Seed>,
    /// The anchors by the byte that they begin with, the longest first.
    by_first: Vec<Vec<usize>>,
}

/// A part of anchors by which these can be found.
#[derive(Debug)]
pub(crate) struct Seed {
    /// In [`one_case`].
    pub text: Vec<u8>,
    /// Its anchors, the longest first.
    parts: Vec<Part>,
    /// How many bytes before it, and from where it begins on, decide which of them stand there.
    around: Around,
}

/// How many bytes before a place, and from it on, decide something.
pub(crate) type Around = (usize, usize);

/// A seed as a part of an anchor.
#[derive(Debug)]
struct Part {
    /// The number of the anchor.
    anchor: usize,
    /// How far the seed stands from where it begins.
    offset: usize,
    /// The last bytes before the seed that the anchor has, and where they stand in a block.
    before: [u64; 2],
    /// The same for its first bytes, if it begins with the seed.
    first: [u64; 2],
}

impl Part {
    fn new(anchor: usize, text: &[u8], offset: usize) -> Self {
        let there: Vec<u8> = text.iter().map(|_| u8::MAX).collect();
        let [text, there] = [text, &there].map(|text| text.split_at(offset));
        let begins = if offset == 0 { usize::MAX } else { 0 };
        let begun = |text: &[u8]| first(&text[..text.len().min(begins)]);
        Self {
            anchor,
            offset,
            before: [last(text.0), last(there.0)],
            first: [begun(text.1), begun(there.1)],
        }
    }
}

/// The last bytes of a text, with zeros before a short one.
fn last(text: &[u8]) -> u64 {
    match text.last_chunk() {
        Some(block) => u64::from_be_bytes(*block),
        None => (text.iter()).fold(0, |all, &byte| all << 8 | u64::from(byte)),
    }
}

/// So many bytes from where a seed stands tell most of what is no anchor.
pub(crate) const TOLD: usize = size_of::<u64>();

/// Addresses are told by what follows their schemes, of which there are many.
const SCHEME: &[u8] = b"://";
/// Anchors that share so many of their first bytes are found by what they share.
const SHARED: usize = 3;

/// The seeds of sorted anchors.
fn seeds(anchors: &[Box<[u8]>]) -> Vec<Seed> {
    let folded = |text: &[u8]| text.iter().map(|&byte| one_case(byte)).collect::<Vec<u8>>();
    let (mut schemes, mut others) = (Vec::new(), Vec::new());
    for (number, anchor) in anchors.iter().enumerate() {
        match memchr::memmem::find(anchor, SCHEME) {
            Some(offset) => schemes.push((number, offset)),
            None => others.push((folded(anchor), number)),
        }
    }
    others.sort();
    let alike = |a: &(Vec<u8>, usize), b: &(Vec<u8>, usize)| {
        a.0.get(..SHARED).is_some() && a.0.get(..SHARED) == b.0.get(..SHARED)
    };
    let parts = |all: &mut dyn Iterator<Item = (usize, usize)>| {
        all.map(|(number, offset)| Part::new(number, &anchors[number], offset))
            .collect()
    };
    let mut all: Vec<Seed> = Vec::new();
    for alike in others.chunk_by(alike) {
        let (Some((first, _)), Some((last, _))) = (alike.first(), alike.last()) else {
            continue;
        };
        let same = first.iter().zip(last).take_while(|(a, b)| a == b).count();
        all.push(Seed {
            text: first[..same].to_vec(),
            parts: parts(&mut alike.iter().map(|&(_, number)| (number, 0))),
            around: (0, 0),
        });
    }
    if !schemes.is_empty() {
        all.push(Seed {
            text: folded(SCHEME),
            parts: parts(&mut schemes.into_iter()),
            around: (0, 0),
        });
    }
    for seed in &mut all {
        (seed.parts).sort_by_key(|part| Reverse(anchors[part.anchor].len()));
        for part in &seed.parts {
            let behind = anchors[part.anchor].len() - part.offset;
            seed.around = wider(seed.around, (part.offset, behind));
        }
    }
    all
}

/// What decides one thing and another.
pub(crate) fn wider(one: Around, other: Around) -> Around {
    (one.0.max(other.0), one.1.max(other.1))
}

impl Patterns {
    /// Indexes the patterns of `rules`.
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut all: Vec<(&[u8], (usize, usize))> = Vec::new();
        for (r, rule) in rules.iter().enumerate() {
            for (w, when) in rule.when.iter().enumerate() {
                if let Target::Pattern(pattern) = &when.target {
                    all.extend(pattern.anchors().iter().map(|a| (a.as_bytes(), (r, w))));
                }
            }
        }
        let mut texts: Vec<&[u8]> = all.iter().map(|(text, _)| *text).collect();
        texts.sort_unstable();
        texts.dedup();
        let targets = begun(&texts)
            .into_iter()
            .map(|begun| {
                let of = |text: &[u8]| {
                    let all = all.iter().filter(move |(other, _)| *other == text);
                    all.map(|(_, target)| *target).collect::<Vec<_>>()
                };
                // The longer anchor speaks of the more particular pattern.
                let mut begun: Vec<&[u8]> = begun.into_iter().map(|at| texts[at]).collect();
                begun.sort_by_key(|text| Reverse(text.len()));
                begun.into_iter().flat_map(of).collect()
            })
            .collect();
        let anchors: Vec<Box<[u8]>> = texts.iter().map(|&text| text.into()).collect();
        let seeds = seeds(&anchors);
        let parts: Vec<&[u8]> = seeds.iter().map(|seed| &*seed.text).collect();
        Self {
            search: Search::new(&parts),
            begun: begun(&parts),
            seeds,
            by_first: by_first(&anchors),
            anchors,
            targets,
            longest: texts.iter().map(|text| text.len()).max().unwrap_or(0),
        }
    }

    /// What the anchors can be found by in a copy of a text in [`one_case`].
    pub(crate) fn seeds(&self) -> &[Seed] {
        &self.seeds
    }

    /// Bytes of the longest anchor.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `sink` for each match whose anchor begins in `zone`, with the place of the anchor, until it says `false`. `admits`
    /// says which conditions are tried.
    pub(crate) fn each(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        zone: Range<usize>,
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) {
        if zone.len() == 1 {
            // Places that are known need no search.
            let rest = bytes.get(zone.start..).unwrap_or_default();
            let alike = rest
                .first()
                .map(|&first| &self.by_first[usize::from(first)]);
            let mut alike = alike.into_iter().flatten().copied();
            if let Some(anchor) = alike.find(|&anchor| rest.starts_with(&self.anchors[anchor])) {
                self.at(rules, bytes, (anchor, zone.start), admits, sink, &mut None);
            }
            return;
        }
        let mut found = Vec::new();
        // A seed may stand behind the end of the zone.
        let seeds = zone.start..bytes.len().min(zone.end + self.longest);
        self.search.each(bytes, &[seeds], &mut |longest, hit| {
            for &seed in &self.begun[longest] {
                let starts = self.starts(bytes, (seed, hit));
                found.extend(starts.filter(|(start, _)| zone.contains(start)));
            }
            true
        });
        found.sort_unstable_by_key(|&(start, anchor)| (start, Reverse(self.anchors[anchor].len())));
        // Of those that begin at one place the longest tries the others' patterns, too.
        found.dedup_by_key(|(start, _)| *start);
        for (start, anchor) in found {
            if !self.at(rules, bytes, (anchor, start), admits, sink, &mut None) {
                return;
            }
        }
    }

    /// The same for the anchors that begin in `zone` and are found by a seed that stands at `hit`; whether to go on. Of `around`, what decides other
    /// things about that place, is made what also decides that there is no match; `None` where that is not known.
    pub(crate) fn by_seed(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        (seed, hit): (usize, usize),
        (zone, around): (&Range<usize>, &mut Option<Around>),
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
    ) -> bool {
        let of_anchors = self.seeds.get(seed).map(|seed| seed.around);
        *around = around.zip(of_anchors).map(|(one, other)| wider(one, other));
        let mut last = None;
        for (start, anchor) in self.starts(bytes, (seed, hit)) {
            if !zone.contains(&start) {
                *around = None;
                continue;
            }
            if last == Some(start) {
                continue;
            }
            last = Some(start);
            let mut decided = Some(0);
            if !self.at(rules, bytes, (anchor, start), admits, sink, &mut decided) {
                return false;
            }
            let behind = decided.map(|decided| (0, (start + decided).saturating_sub(hit)));
            *around = around.zip(behind).map(|(one, other)| wider(one, other));
        }
        true
    }

    /// Whether what a seed, which stands at `hit`, is part of may be an anchor, by no more than [`TOLD`] bytes from there on.
    pub(crate) fn may_begin(&self, bytes: &[u8], (seed, hit): (usize, usize)) -> bool {
        let parts = self.seeds.get(seed).map_or(&[][..], |seed| &seed.parts);
        // What stands before it is no business of those who carry it over to another text.
        let first = first(&bytes[hit..]);
        parts
            .iter()
            .any(|part| first & part.first[1] == part.first[0])
    }

    /// The anchors with a seed, which stands at `hit`, the longest first, with where they begin.
    fn starts<'p>(
        &'p self,
        bytes: &'p [u8],
        (seed, hit): (usize, usize),
    ) -> impl Iterator<Item = (usize, usize)> + 'p {
        let parts = self.seeds.get(seed).map_or(&[][..], |seed| &seed.parts);
        let (before, first) = (last(&bytes[..hit]), first(&bytes[hit..]));
        // Most of many schemes are told from what stands there at a glance.
        let alike = parts.iter().filter(move |part| {
            before & part.before[1] == part.before[0] && first & part.first[1] == part.first[0]
        });
        alike.filter_map(move |part| {
            let start = hit.checked_sub(part.offset)?;
            let stands = bytes[start..].starts_with(&self.anchors[part.anchor]);
            stands.then_some((start, part.anchor))
        })
    }

    /// Tries the conditions of an anchor where it stands; whether to go on. `decided`: how many bytes from there on decide that it is in no match,
    /// as far as that is known.
    fn at(
        &self,
        rules: &[Rule],
        bytes: &[u8],
        (anchor, start): (usize, usize),
        admits: &dyn Fn(&super::When) -> bool,
        sink: &mut dyn FnMut(usize, (usize, usize), Matched) -> bool,
        decided: &mut Option<usize>,
    ) -> bool {
        for &(rule, when) in &self.targets[anchor] {
            let condition = &rules[rule].when[when];
            if let Target::Pattern(pattern) = &condition.target
                && admits(condition)
            {
                match pattern.matches(bytes, start) {
                    Ok(matched) => {
                        *decided = None;
                        return sink(start, (rule, when), matched);
                    }
                    Err(more) => *decided = decided.zip(more).map(|(one, other)| one.max(other)),
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::load;

    /// A rule file of patterns, each with its anchors, which are all of its match but for a digit.
    fn rules(patterns: &[(&str, &str)]) -> crate::rule::RuleSet {
        let head = "[[rule]]\nid='a-b'\ntitle='t'\nclass='credential'\nseverity='high'\nimpact='i'\nremedy='r'\n";
        let all = patterns.iter().map(|(pattern, anchors)| {
            format!("[[rule.when]]\npattern='{pattern}'\nanchors={anchors}\n")
        });
        let text = head.to_owned() + &all.collect::<String>();
        load([("x.toml", text.as_str())]).unwrap()
    }

    #[test]
    fn seeds_lead_to_what_stands_at_each_place() {
        let rules = rules(&[
            ("https?://[0-9]", "['http://', 'https://']"),
            ("s?ftp://[0-9]", "['ftp://', 'sftp://']"),
            ("xox[ab]-[0-9]", "['xoxa-', 'xoxb-']"),
            ("xox[0-9]", "['xox']"),
            ("AbC_[0-9]", "['AbC_']"),
            ("abd[12][0-9]", "['abd1', 'abd2']"),
            ("://u[0-9]", "['://u']"),
        ]);
        let text = "http://1 https://2 xhttps://3 sftp://4,ftp://5 xoxa-6 xoxb-7 xox8 XOX9 AbC_1 abc_2 abd13 abd24 ://u5 http://u6 http://";
        let found = |zone: std::ops::Range<usize>| {
            let mut found = Vec::new();
            rules.patterns(text.as_bytes(), zone, None, &mut |at, rule, matched| {
                found.push((at, rule, matched.whole));
                true
            });
            found
        };
        let each: Vec<_> = (0..text.len()).flat_map(|at| found(at..at + 1)).collect();
        assert_eq!(each.len(), 12, "{each:?}");
        assert_eq!(found(0..text.len()), each);
        for cut in 0..text.len() {
            let halves = [found(0..cut), found(cut..text.len())].concat();
            assert_eq!(halves, each, "{cut}");
        }
    }
}
