//! A search for any of many literals at once: Teddy, vectorised, from the `aho-corasick` crate.
//!
//! Teddy tells literals apart by their first bytes, in a few buckets; the more there are of them, the more often text looks
//! like one that it is not, and with a hundred literals it spends its time on that. So they are searched for in groups: several
//! passes over bytes in the cache cost far less.

use std::cmp::Reverse;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Span};

/// Literals in a group: of more, Teddy looks at half as many bytes at a time.
const GROUP: usize = 32;
/// Teddy deals the literals it is given to so many buckets in turn.
const BUCKETS: usize = 8;
/// Longer literals are told by so many of their bytes. Shorter ones have a group of their own, lest they be the measure for all, with the few
/// others at most that are left over.
const FINGERPRINT: usize = 4;

/// Literals change places among buckets in so many rounds at most.
const MOST_ROUNDS: usize = 8;
/// The bit that sets small letters apart from capitals. Set in every byte of text and literals, it makes one of a few pairs of signs as
/// well, which is a hit too many at worst, and costs less than to ask what is a letter.
const CASE: u8 = 0x20;

/// A byte in the one case that text and literals are compared in.
pub(crate) fn one_case(byte: u8) -> u8 {
    byte | CASE
}

/// Searches for literals; of those that begin at one place it tells of the longest.
#[derive(Debug)]
pub(crate) struct Search {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    by: By,
    /// The numbers of its literals among all.
    numbers: Vec<usize>,
}

#[derive(Debug)]
enum By {
    /// Vector instructions.
    Vector(Searcher),
    /// A table, where the processor has none that would do.
    Table(AhoCorasick),
}

/// The hits in one text.
pub(crate) struct Hits<'s, 't> {
    search: &'s Search,
    text: &'t [u8],
    /// The next one of each group.
    next: &'t mut Vec<Next>,
}

/// What is known of the next hit of a group. A search needs space for such, which can be used again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    /// Not looked for yet.
    Unknown,
    /// This one.
    At(usize, Span),
    /// None to the end of the text.
    Never,
}

impl Search {
    /// Compiles literals. A hit tells which one by its place in `texts`.
    pub(crate) fn new(texts: &[&[u8]]) -> Self {
        let prints: Vec<Print> = texts.iter().map(|text| print(text)).collect();
        let mut numbers: Vec<usize> = (0..texts.len()).collect();
        numbers.sort_by_key(|&number| (texts[number].len() >= FINGERPRINT, texts[number]));
        let count = numbers.partition_point(|&number| texts[number].len() < FINGERPRINT);
        let mut long = numbers.split_off(count);
        let mut short = numbers;
        // What makes no group of its own goes with the short ones, whose group has room.
        let left = long.len() % GROUP;
        if (1..=GROUP).contains(&short.len()) && short.len() + left <= GROUP {
            long.sort_by_key(|&number| Reverse(chance(&prints, &[number])));
            short.append(&mut long.split_off(long.len() - left));
            long.sort_by_key(|&number| texts[number]);
        }
        let groups = [short, long].into_iter().flat_map(|all| {
            let parts = alike(&prints, &all, all.len().div_ceil(GROUP) * BUCKETS);
            let groups = parts.chunks(BUCKETS).map(dealt);
            groups.collect::<Vec<_>>()
        });
        Self {
            groups: groups
                .filter_map(|numbers| Group::new(texts, &numbers))
                .collect(),
        }
    }

    /// The hits in `text`; what `next` holds is lost.
    pub(crate) fn hits<'s, 't>(&'s self, text: &'t [u8], next: &'t mut Vec<Next>) -> Hits<'s, 't> {
        next.clear();
        next.resize(self.groups.len(), Next::Unknown);
        Hits {
            search: self,
            text,
            next,
        }
    }
}

impl Hits<'_, '_> {
    /// The first hit that begins at or after `from`: which literal, and where. `from` never goes back.
    pub(crate) fn find(&mut self, from: usize) -> Option<(usize, Span)> {
        let mut first: Option<(usize, Span)> = None;
        for (group, next) in self.search.groups.iter().zip(self.next.iter_mut()) {
            let known = match *next {
                Next::Unknown => false,
                Next::At(_, span) => span.start >= from,
                Next::Never => true,
            };
            if !known {
                *next = group.find(self.text, from);
            }
            if let Next::At(number, span) = *next
                && first.is_none_or(|(_, other)| (span.start, other.end) < (other.start, span.end))
            {
                first = Some((number, span));
            }
        }
        first
    }
}

impl Group {
    fn new(texts: &[&[u8]], numbers: &[usize]) -> Option<Self> {
        let literals = || numbers.iter().map(|&number| texts[number]);
        let packed = Config::new()
            .match_kind(MatchKind::LeftmostLongest)
            .builder()
            .extend(literals())
            .build();
        let by = match packed {
            Some(searcher) => By::Vector(searcher),
            None => By::Table(
                AhoCorasick::builder()
                    .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                    .kind(Some(AhoCorasickKind::DFA))
                    .build(literals())
                    .ok()?,
            ),
        };
        Some(Self {
            by,
            numbers: numbers.to_vec(),
        })
    }

    fn find(&self, text: &[u8], from: usize) -> Next {
        let span = Span {
            start: from.min(text.len()),
            end: text.len(),
        };
        let found = match &self.by {
            By::Vector(searcher) => searcher.find_in(text, span),
            By::Table(table) => table.find(Input::new(text).span(span)),
        };
        found.map_or(Next::Never, |found| {
            Next::At(self.numbers[found.pattern().as_usize()], found.span())
        })
    }
}

/// The numbers in an order in which each of `parts`, the longer of which come first, gets a bucket of its own.
fn dealt(parts: &[Vec<usize>]) -> Vec<usize> {
    let rows = parts.first().map_or(0, Vec::len);
    let row = |row: usize| parts.iter().filter_map(move |part| part.get(row));
    (0..rows).flat_map(row).copied().collect()
}

/// The numbers of literals in `count` parts of about one length, the longer first, so that those in a part look alike: the fewer bytes may
/// stand at each place of its fingerprint, the less often text looks like a part that it is not.
fn alike(prints: &[Print], numbers: &[usize], count: usize) -> Vec<Vec<usize>> {
    let count = count.max(1);
    let (length, longer) = (numbers.len() / count, numbers.len() % count);
    let (first, rest) = numbers.split_at(longer * (length + 1));
    let parts = first.chunks(length + 1).chain(rest.chunks(length.max(1)));
    let mut parts: Vec<Vec<usize>> = parts.map(<[usize]>::to_vec).collect();
    let mut costs: Vec<u64> = parts.iter().map(|part| chance(prints, part)).collect();
    // In order, neighbours begin alike; what is left is found by changing places as long as that is of use.
    for _ in 0..MOST_ROUNDS {
        let mut better = false;
        for one in 0..parts.len() {
            for other in one + 1..parts.len() {
                for (at, to) in pairs(parts[one].len(), parts[other].len()) {
                    let swap = |parts: &mut [Vec<usize>]| {
                        let (from, into) = parts.split_at_mut(other);
                        std::mem::swap(&mut from[one][at], &mut into[0][to]);
                    };
                    swap(&mut parts);
                    let found = [chance(prints, &parts[one]), chance(prints, &parts[other])];
                    if found[0] + found[1] < costs[one] + costs[other] {
                        [costs[one], costs[other]] = found;
                        better = true;
                    } else {
                        swap(&mut parts);
                    }
                }
            }
        }
        if !better {
            break;
        }
    }
    parts
}

/// How often bytes stand in source text in one case, among ten thousand, by their upper halves, those of [`UPPER`]: counted in files of programs in a
/// dozen languages. Others are rare.
const OFTEN: [[u16; 16]; 4] = [
    [
        1864, 4, 213, 26, 2, 10, 6, 14, 79, 83, 288, 8, 98, 42, 141, 33,
    ],
    [37, 31, 25, 14, 13, 14, 10, 9, 11, 10, 80, 11, 19, 79, 20, 5],
    [
        25, 490, 89, 253, 282, 779, 130, 140, 139, 412, 21, 51, 288, 181, 400, 412,
    ],
    [
        207, 30, 424, 458, 592, 201, 76, 61, 35, 72, 17, 46, 17, 46, 5, 212,
    ],
];
/// The upper halves of signs, digits and letters.
const UPPER: [usize; 4] = [2, 3, 6, 7];

/// For each of [`UPPER`]: how often one of the first eight, and of the last eight, bytes stands there whose bits are set.
const SUMS: [[[u16; 256]; 2]; 4] = {
    let mut sums = [[[0; 256]; 2]; 4];
    let mut at = 0;
    while at < 4 * 2 * 256 * 8 {
        let (upper, part, set, bit) = (at >> 12, at >> 11 & 1, at >> 3 & 0xff, at & 7);
        if set >> bit & 1 == 1 {
            sums[upper][part][set] += OFTEN[upper][part * 8 + bit];
        }
        at += 1;
    }
    sums
};

/// The first bytes of a literal, with zeros behind short ones.
type Print = [u8; FINGERPRINT];

fn print(text: &[u8]) -> Print {
    std::array::from_fn(|place| text.get(place).copied().unwrap_or_default())
}

/// How often text looks like one of these literals by their fingerprints, as Teddy has them: both halves of each byte by itself.
fn chance(prints: &[Print], numbers: &[usize]) -> u64 {
    let (mut low, mut high) = ([0_u16; FINGERPRINT], [0_u16; FINGERPRINT]);
    for &number in numbers {
        for (place, byte) in prints[number].into_iter().enumerate() {
            low[place] |= 1 << (byte & 0xf);
            high[place] |= 1 << (byte >> 4);
        }
    }
    let of_place = |(low, high): (u16, u16)| {
        let of_half = |half: u16| usize::from(half & 0xff);
        let often = UPPER.iter().zip(&SUMS);
        let often = often.filter(|(upper, _)| high >> **upper & 1 == 1);
        let sum = often.map(|(_, [first, last])| {
            u64::from(first[of_half(low)]) + u64::from(last[of_half(low >> 8)])
        });
        sum.sum::<u64>().max(1)
    };
    low.into_iter().zip(high).map(of_place).product()
}

fn pairs(one: usize, other: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..one).flat_map(move |at| (0..other).map(move |to| (at, to)))
}

/// The literals by the byte that they begin with, the longest first, by their numbers.
pub(crate) fn by_first<T: AsRef<[u8]>>(texts: &[T]) -> Vec<Vec<usize>> {
    let mut by_first = vec![Vec::new(); 256];
    for (number, text) in texts.iter().enumerate() {
        if let Some(&first) = text.as_ref().first() {
            by_first[usize::from(first)].push(number);
        }
    }
    for alike in &mut by_first {
        alike.sort_by_key(|&number: &usize| Reverse(texts[number].as_ref().len()));
    }
    by_first
}

/// For each literal: those that begin it, itself among them. A search tells of the longest only.
pub(crate) fn begun(texts: &[&[u8]]) -> Vec<Vec<usize>> {
    let begins = |text: &[u8]| {
        let all = texts.iter().enumerate();
        all.filter(|(_, other)| text.starts_with(other))
            .map(|(at, _)| at)
            .collect()
    };
    texts.iter().map(|text| begins(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All hits, the plain way.
    fn expected(texts: &[&[u8]], text: &[u8]) -> Vec<(usize, usize)> {
        let at = |at: usize| {
            let here = texts.iter().enumerate();
            here.filter(|(_, literal)| text[at..].starts_with(literal))
                .max_by_key(|(_, literal)| literal.len())
                .map(|(number, _)| (number, at))
        };
        (0..text.len()).filter_map(at).collect()
    }

    #[test]
    fn groups_find_what_one_search_would() {
        let mut texts: Vec<Vec<u8>> = (0..100u8)
            .map(|n| vec![b'a' + n % 7, b'a' + n / 7, b'c', b'a' + n % 3, b'b'])
            .collect();
        texts.extend([&b"abc"[..], b"ab", b"cab", b"aacab"].map(<[u8]>::to_vec));
        texts.sort_unstable();
        texts.dedup();
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let mut state = 7u64;
        let text: Vec<u8> = (0..20_000)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                b'a' + u8::try_from((state >> 33) % 5).unwrap_or(0)
            })
            .collect();
        let search = Search::new(&texts);
        assert!(search.groups.len() > 3);
        let mut next = Vec::new();
        let mut hits = search.hits(&text, &mut next);
        let mut found = Vec::new();
        let mut from = 0;
        while let Some((number, span)) = hits.find(from) {
            assert_eq!(&text[span.start..span.end], texts[number]);
            found.push((number, span.start));
            from = span.start + 1;
        }
        let expected = expected(&texts, &text);
        assert!(expected.len() > 1_000);
        assert_eq!(found, expected);
    }

    #[test]
    fn what_looks_alike_shares_a_bucket() {
        let texts: Vec<String> = (0..40).map(|at| format!("{}{at:03}", at % 10)).collect();
        let prints: Vec<Print> = texts.iter().map(|text| print(text.as_bytes())).collect();
        for count in 0..texts.len() {
            let numbers: Vec<usize> = (0..count).collect();
            let parts = alike(&prints, &numbers, BUCKETS);
            let dealt = dealt(&parts);
            let mut buckets = vec![Vec::new(); BUCKETS];
            for (at, &number) in dealt.iter().enumerate() {
                buckets[at % BUCKETS].push(number);
            }
            buckets.retain(|bucket| !bucket.is_empty());
            assert_eq!(buckets, parts);
            let mut all = buckets.concat();
            all.sort_unstable();
            assert_eq!(all, numbers);
        }
        let mut parts = alike(&[*b"aaaa", *b"zzzz", *b"aaab", *b"zzzy"], &[0, 1, 2, 3], 2);
        for part in &mut parts {
            part.sort_unstable();
        }
        parts.sort();
        assert_eq!(parts, [[0, 2], [1, 3]]);
    }

    #[test]
    fn nothing_is_found_by_no_literal() {
        let search = Search::new(&[]);
        assert!(search.hits(b"text", &mut Vec::new()).find(0).is_none());
    }
}
