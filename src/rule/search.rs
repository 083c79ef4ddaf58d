//! A search for any of many literals at once, by the pairs of bytes that they are made of.
//!
//! Literals are in a few groups. For each pair of bytes a table tells, by a bit each, of which groups some literal has it, and at which of its places. Text is read two
//! bytes at a time: what was met before is shifted, and joined with what the table tells of the next pair; where a bit stays clear to the end, the text looks
//! like a literal of its group, and is compared with these. A literal counts twice: it may begin at the first or at the second byte of a pair.
//!
//! Nothing is copied, and to begin a search costs nothing. What it costs hardly depends on how many literals there are, as long as those in a group look alike.

mod groups;

use std::cmp::Reverse;
use std::ops::Range;

use groups::{GROUPS, HALVES, PAIRS, Pair, dealt, pairs};

/// Bytes read at once.
const BLOCK: usize = 8;
/// Bytes read before it is asked whether something was met: two blocks.
const BLOCKS: usize = 2 * BLOCK;
/// Bits that tell of one place of literals: one for each group whose literals begin at the first byte of a pair, and for each whose begin at the second.
const LANE: usize = HALVES * GROUPS;
/// Where what is told of the last place stands.
const LAST: usize = (PAIRS - 1) * LANE;
/// Pairs in the table: of each byte so many bits count.
const CODES: usize = 1 << (2 * CODE);
const CODE: u32 = 5;
/// What bytes with one code share.
const ALIKE: usize = 1 << CODE;
/// These bits of each byte in a block.
const BITS: u64 = 0x1f1f_1f1f_1f1f_1f1f;
/// The bit that sets small letters apart from capitals. Set in every byte of text and literals, it makes one of a few pairs of signs as
/// well, which is a hit too many at worst, and costs less than to ask what is a letter.
const CASE: u8 = 0x20;

/// A byte in the one case that text and literals are compared in.
pub(crate) fn one_case(byte: u8) -> u8 {
    byte | CASE
}

/// What tells bytes apart in the table; it is the same for both cases.
const fn code(byte: u8) -> u8 {
    byte & ((1 << CODE) - 1)
}

/// The place of a text among those that are told apart by the code of their first byte.
fn place(text: &[u8]) -> usize {
    text.first().map_or(0, |&first| code(first).into())
}

/// The codes of pairs of bytes, of which these bits count: each in the lowest bits of where its pair stands, those of the second byte behind those of the first.
/// Nothing is taken out before; where bits meet others these stand elsewhere as well, so that no two pairs have one code.
const fn joined(bits: u64) -> u64 {
    bits ^ bits >> (8 - CODE)
}

/// Searches for literals; of those that begin at one place it tells of the longest.
#[derive(Debug)]
pub(crate) struct Search {
    /// For the codes of two bytes: a bit is clear where a literal may have such a pair.
    table: Box<[u64; CODES]>,
    /// The literals by their groups, and in each by the code of the byte that they begin with, the longest first.
    literals: Vec<[Vec<Literal>; ALIKE]>,
}

#[derive(Debug)]
struct Literal {
    /// Its place among all.
    number: usize,
    text: Box<[u8]>,
    /// Its first bytes, and which of these it has.
    first: u64,
    mask: u64,
}

impl Literal {
    fn new(number: usize, text: &[u8]) -> Self {
        let there: Vec<u8> = text.iter().map(|_| u8::MAX).collect();
        Self {
            number,
            text: text.into(),
            first: first(text),
            mask: first(&there),
        }
    }

    /// Whether it stands where `rest` begins, of which these are the first bytes in one case.
    fn stands(&self, first: u64, rest: &[u8]) -> bool {
        first & self.mask == self.first && rest.len() >= self.text.len() && {
            let same = |(one, other): (&u8, &u8)| *one == one_case(*other);
            self.text.iter().zip(rest).skip(BLOCK).all(same)
        }
    }
}

/// The first bytes of a text, with zeros behind a short one.
pub(crate) fn first(text: &[u8]) -> u64 {
    u64::from_le_bytes(match text.first_chunk() {
        Some(block) => *block,
        None => std::array::from_fn(|at| text.get(at).copied().unwrap_or_default()),
    })
}

/// Whether something was met to its end in a block.
fn is_hit([one, two, three, four]: [u64; PAIRS]) -> bool {
    (one & two & three & four) >> LAST != u64::MAX >> LAST
}

impl Search {
    /// Compiles literals, which are in one case. A hit tells which one by its place in `texts`.
    pub(crate) fn new(texts: &[&[u8]]) -> Self {
        let mut table = Box::new([u64::MAX; CODES]);
        let mut groups = dealt(texts);
        for (group, numbers) in groups.iter_mut().enumerate() {
            numbers.sort_by_key(|&number| Reverse(texts[number].len()));
            for (at, pair) in numbers.iter().flat_map(|&number| pairs(texts[number])) {
                let bit = 1 << (at * GROUPS + group);
                codes(pair).for_each(|code| table[code] &= !bit);
            }
        }
        let literals = groups.iter().map(|numbers| {
            let mut literals = [const { Vec::new() }; ALIKE];
            for &number in numbers {
                let text = texts[number];
                literals[place(text)].push(Literal::new(number, text));
            }
            literals
        });
        Self {
            literals: literals.collect(),
            table,
        }
    }

    /// Calls `sink` for each place in `zones` of `text` where a literal begins, in their order, with the number of the longest, until it says `false`.
    pub(crate) fn each(
        &self,
        text: &[u8],
        zones: &[Range<usize>],
        sink: &mut impl FnMut(usize, usize) -> bool,
    ) {
        for zone in zones {
            let (mut at, mut met) = (zone.start, u64::MAX);
            let (twos, _) = text.get(at..).unwrap_or_default().as_chunks::<BLOCKS>();
            // What begins at the end of the zone is told of when all of its pairs were read.
            let count = (zone.len() + HALVES * PAIRS - 1).div_ceil(BLOCK);
            let mut twos = &twos[..count.div_ceil(2).min(twos.len())];
            let left = count.saturating_sub(2 * twos.len());
            loop {
                let passed = self.pass(twos, &mut met);
                at += passed * BLOCKS;
                let Some((two, behind)) = twos.get(passed..).and_then(<[_]>::split_first) else {
                    break;
                };
                for block in two.as_chunks().0 {
                    let all = self.read(*block, met);
                    if is_hit(all) && !self.tell((text, zone), at, all, sink) {
                        return;
                    }
                    (met, at) = (all[PAIRS - 1], at + BLOCK);
                }
                twos = behind;
            }
            // Behind the end of the text nothing stands.
            for _ in 0..left {
                let block = first(text.get(at..).unwrap_or_default());
                let all = self.read(block.to_le_bytes(), met);
                if is_hit(all) && !self.tell((text, zone), at, all, sink) {
                    return;
                }
                (met, at) = (all[PAIRS - 1], at + BLOCK);
            }
        }
    }

    /// Passes over blocks, two at a time, as long as nothing is met to its end in either; gives how many twos that are. `met`: what was met
    /// before.
    #[inline]
    fn pass(&self, twos: &[[u8; BLOCKS]], met: &mut u64) -> usize {
        for (passed, two) in twos.iter().enumerate() {
            let &[one, two] = two.as_chunks().0 else {
                break;
            };
            let one = self.read(one, *met);
            let two = self.read(two, one[PAIRS - 1]);
            if is_hit(std::array::from_fn(|pair| one[pair] & two[pair])) {
                return passed;
            }
            *met = two[PAIRS - 1];
        }
        twos.len()
    }

    /// Reads a block: what was met with each of its pairs, after what was `met` before it.
    #[inline]
    fn read(&self, block: [u8; BLOCK], met: u64) -> [u64; PAIRS] {
        let block = u64::from_le_bytes(block);
        let codes = joined(block & BITS);
        let told = |pair: u32| {
            let code = codes >> (16 * pair) & (CODES as u64 - 1);
            self.table[usize::try_from(code).unwrap_or_default()]
        };
        let one = met << LANE | told(0);
        let two = one << LANE | told(1);
        let three = two << LANE | told(2);
        let four = three << LANE | told(3);
        [one, two, three, four]
    }

    /// Tells of the literals that begin in the zone, where they seem to by what was met with each pair of the block at `at`; whether to go on.
    #[inline(never)]
    fn tell(
        &self,
        (text, zone): (&[u8], &Range<usize>),
        at: usize,
        [one, two, three, four]: [u64; PAIRS],
        sink: &mut impl FnMut(usize, usize) -> bool,
    ) -> bool {
        // By the byte of the block where the last of its pairs stands: the groups of which a literal may begin so much before, a bit each.
        let missed = one >> LAST | two >> LAST << LANE | three >> LAST << (2 * LANE);
        let mut hits = !(missed | four >> LAST << LAST);
        while hits != 0 {
            let byte = hits.trailing_zeros() as usize / GROUPS;
            let groups = hits >> (byte * GROUPS) & ((1 << GROUPS) - 1);
            hits ^= groups << (byte * GROUPS);
            let start = (at + byte).checked_sub(HALVES * (PAIRS - 1));
            let Some(start) = start.filter(|start| zone.contains(start)) else {
                continue;
            };
            if let Some(number) = self.longest(groups, &text[start..])
                && !sink(number, start)
            {
                return false;
            }
        }
        true
    }

    /// The longest literal in some groups, a bit each, that stands where `rest` begins.
    fn longest(&self, mut groups: u64, rest: &[u8]) -> Option<usize> {
        let begin = place(rest);
        let first = first(rest) | u64::from_le_bytes([CASE; BLOCK]);
        let mut longest: Option<&Literal> = None;
        while groups != 0 {
            let group = self.literals.get(groups.trailing_zeros() as usize)?;
            groups &= groups - 1;
            let mut alike = group.get(begin)?.iter();
            let found = alike.find(|literal| literal.stands(first, rest));
            let longer = |one: &&Literal| longest.is_none_or(|two| one.text.len() > two.text.len());
            longest = found.filter(longer).or(longest);
        }
        longest.map(|literal| literal.number)
    }
}

/// The codes of the pairs of bytes that may stand for a pair of a literal.
fn codes([one, other]: Pair) -> impl Iterator<Item = usize> {
    let all = |byte: Option<u8>| match byte.map(code) {
        Some(code) => code..=code,
        None => 0..=code(u8::MAX),
    };
    let both = move |low: u8| all(other).map(move |high| (low, high));
    let both = all(one).flat_map(both);
    both.map(|(low, high)| joined(u64::from(low) | u64::from(high) << 8))
        .map(|code| usize::try_from(code).unwrap_or_default() & (CODES - 1))
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
    fn expected(texts: &[&[u8]], text: &[u8], zone: Range<usize>) -> Vec<(usize, usize)> {
        let text: Vec<u8> = text.iter().map(|&byte| one_case(byte)).collect();
        let at = |at: usize| {
            let here = texts.iter().enumerate();
            here.filter(|(_, literal)| text[at..].starts_with(literal))
                .max_by_key(|(_, literal)| literal.len())
                .map(|(number, _)| (number, at))
        };
        zone.filter_map(at).collect()
    }

    fn found(search: &Search, text: &[u8], zone: Range<usize>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        search.each(text, &[zone], &mut |number, at| {
            found.push((number, at));
            true
        });
        found
    }

    /// Bytes as if at random, below `most`.
    fn random(count: usize, most: u8) -> impl Iterator<Item = u8> {
        let mut state = 7_u64;
        (0..count).map(move |_| {
            state = (state.wrapping_mul(6_364_136_223_846_793_005)).wrapping_add(1);
            u8::try_from((state >> 33) % u64::from(most)).unwrap()
        })
    }

    #[test]
    fn literals_are_found_wherever_they_stand() {
        let mut texts: Vec<Vec<u8>> = (0..100_u8)
            .map(|n| vec![b'a' + n % 7, b'a' + n / 7, b'c', b'a' + n % 3, b'b'])
            .collect();
        let others = [
            &b"abc"[..],
            b"ab",
            b"cab",
            b"aacab",
            b"d",
            b"bbbbbbb",
            b"bbbbbbbb",
            b"bbbbbbbbb",
            b"cccccccca",
            b"ccccccccb",
            b"e a",
            b"  ",
        ];
        texts.extend(others.map(<[u8]>::to_vec));
        texts.sort_unstable();
        texts.dedup();
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let search = Search::new(&texts);
        // Few letters, with long runs of some of them.
        let mut text = Vec::new();
        for byte in random(20_000, 60) {
            let of = b"abcdeABCDE ab"[usize::from(byte % 13)];
            text.extend(std::iter::repeat_n(of, if byte > 52 { 9 } else { 1 }));
        }
        let whole = expected(&texts, &text, 0..text.len());
        assert!(whole.len() > 1_000);
        assert!(whole.iter().any(|(number, _)| texts[*number].len() > BLOCK));
        assert_eq!(found(&search, &text, 0..text.len()), whole);
        for start in 0..40 {
            for size in 0..40 {
                let zone = start..start + size;
                let expected = expected(&texts, &text, zone.clone());
                assert_eq!(found(&search, &text, zone), expected, "{start} {size}");
                // Up to the end of the text.
                let text = &text[..start + size];
                let expected = self::expected(&texts, text, start..text.len());
                assert_eq!(found(&search, text, start..text.len()), expected);
            }
        }
    }

    #[test]
    fn what_stands_behind_the_end_of_a_text_is_no_part_of_it() {
        let search = Search::new(&[b"a", b"a  ", b"a\x20\x20\x20"]);
        assert_eq!(found(&search, b"xa", 0..2), [(0, 1)]);
        assert_eq!(found(&search, b"xa\0", 0..3), [(0, 1)]);
        assert_eq!(found(&search, b"xa \0", 0..4), [(1, 1)]);
    }

    #[test]
    fn a_search_ends_when_it_is_told_to() {
        let search = Search::new(&[b"ab"]);
        let mut count = 0;
        search.each(&b"ab".repeat(40), &[0..80, 0..80], &mut |_, _| {
            count += 1;
            count < 3
        });
        assert_eq!(count, 3);
    }

    #[test]
    fn nothing_is_found_by_no_literal() {
        assert_eq!(found(&Search::new(&[]), b"text", 0..4), []);
    }
}
