//! Which literals of a search share a group.

use hashbrown::HashMap;

use super::code;

/// Groups of literals.
pub(super) const GROUPS: usize = 8;
/// A literal begins at the first or at the second byte of a pair.
pub(super) const HALVES: usize = 2;
/// Pairs that are looked at of a literal.
pub(super) const PAIRS: usize = 4;

/// Two bytes that stand side by side, as far as a literal says which.
pub(super) type Pair = [Option<u8>; 2];

/// The pairs of a literal, with the places they stand at: first those of one that begins at the first byte of a pair.
pub(super) fn pairs(text: &[u8]) -> impl Iterator<Item = (usize, Pair)> {
    (0..PAIRS * HALVES).map(move |place| {
        let (pair, half) = (place / HALVES, place % HALVES);
        let byte = |at: usize| at.checked_sub(half).and_then(|at| text.get(at).copied());
        (place, [byte(2 * pair), byte(2 * pair + 1)])
    })
}

/// Literals change groups in so many rounds at most.
const MOST_ROUNDS: usize = 8;

/// The numbers of literals in groups, so that those in a group look alike: the fewer pairs may stand at each place, the less often text
/// looks like a group that it is not.
pub(super) fn dealt(texts: &[&[u8]]) -> Vec<Vec<usize>> {
    let shapes: Vec<Shape> = texts.iter().map(|text| Shape::of(text)).collect();
    let mut numbers: Vec<usize> = (0..texts.len()).collect();
    numbers.retain(|&number| !texts[number].is_empty());
    // Neighbours begin alike, and are of about one length where they are short.
    numbers.sort_by_key(|&number| (texts[number].len().min(HALVES * 2), texts[number]));
    let mut groups: Vec<Group> = (0..GROUPS).map(|_| Group::default()).collect();
    let mut home = vec![0; texts.len()];
    for (at, &number) in numbers.iter().enumerate() {
        home[number] = at * GROUPS / numbers.len();
        groups[home[number]].add(number, &shapes[number]);
    }
    for _ in 0..MOST_ROUNDS {
        let mut better = false;
        for &number in &numbers {
            let (from, shape) = (home[number], &shapes[number]);
            let mut best = None;
            let mut saved = groups[from].chance() - groups[from].without(shape);
            for (to, group) in groups.iter().enumerate().filter(|&(to, _)| to != from) {
                let cost = group.with(shape) - group.chance();
                if cost < saved {
                    (saved, best) = (cost, Some(to));
                }
            }
            if let Some(to) = best {
                groups[to].add(number, shape);
                groups[from].remove(number, shape);
                home[number] = to;
                better = true;
            }
        }
        if !better {
            break;
        }
    }
    groups.into_iter().map(|group| group.numbers).collect()
}

/// How often bytes stand in source text in one case, among ten thousand, by their upper halves, those of signs, digits and letters: counted in
/// files of programs in a dozen languages. Others are rare.
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
/// Two bytes that stand side by side in a literal do so in text more often than by chance.
const TOGETHER: u64 = 6;
/// What is certain.
const ALWAYS: u64 = 1 << 16;
/// Codes of bytes, and one for any.
const CODES: usize = code(u8::MAX) as usize + 2;

/// What the table knows of a literal: by places, the codes of pairs, and how often they stand in text.
struct Shape([(usize, u64); PAIRS * HALVES]);

impl Shape {
    fn of(text: &[u8]) -> Self {
        let mut shape = [(0, 0); PAIRS * HALVES];
        for (place, pair) in pairs(text) {
            let [one, other] = pair.map(|byte| byte.map_or(CODES - 1, |byte| code(byte).into()));
            let often = match pair {
                [None, None] => ALWAYS,
                [Some(one), Some(other)] => TOGETHER * often(one) * often(other) / ALWAYS,
                [Some(byte), None] | [None, Some(byte)] => often(byte),
            };
            shape[place] = (one * CODES + other, often.max(1));
        }
        Self(shape)
    }
}

/// How often bytes with the code of this one stand in text.
fn often(byte: u8) -> u64 {
    let code = code(byte);
    let rows = OFTEN.iter().skip(usize::from(code >> 4)).step_by(2);
    let often: u64 = rows
        .map(|row| u64::from(row[usize::from(code & 0xf)]))
        .sum();
    often * ALWAYS / 10_000
}

/// Literals that share a group.
#[derive(Default)]
struct Group {
    numbers: Vec<usize>,
    /// By places and the codes of pairs: how many of them have such a pair there.
    met: HashMap<(usize, usize), usize>,
    /// How often pairs that one of them has stand in text, by places.
    sums: [u64; PAIRS * HALVES],
}

impl Group {
    fn add(&mut self, number: usize, shape: &Shape) {
        self.sums = self.sums_with(shape);
        for (place, &(code, _)) in shape.0.iter().enumerate() {
            *self.met.entry((place, code)).or_default() += 1;
        }
        self.numbers.push(number);
    }

    fn remove(&mut self, number: usize, shape: &Shape) {
        self.sums = self.sums_without(shape);
        for (place, &(code, _)) in shape.0.iter().enumerate() {
            self.met
                .entry((place, code))
                .and_modify(|count| *count -= 1);
        }
        self.numbers.retain(|&other| other != number);
    }

    /// How many of them have a pair at a place.
    fn count(&self, place: usize, code: usize) -> usize {
        self.met.get(&(place, code)).copied().unwrap_or_default()
    }

    /// The sums with one more literal.
    fn sums_with(&self, shape: &Shape) -> [u64; PAIRS * HALVES] {
        std::array::from_fn(|place| {
            let (code, often) = shape.0[place];
            self.sums[place]
                + if self.count(place, code) == 0 {
                    often
                } else {
                    0
                }
        })
    }

    /// The sums without one of them.
    fn sums_without(&self, shape: &Shape) -> [u64; PAIRS * HALVES] {
        std::array::from_fn(|place| {
            let (code, often) = shape.0[place];
            self.sums[place]
                - if self.count(place, code) == 1 {
                    often
                } else {
                    0
                }
        })
    }

    /// How often text looks like one of them.
    fn chance(&self) -> u128 {
        chance(&self.sums)
    }

    fn with(&self, shape: &Shape) -> u128 {
        chance(&self.sums_with(shape))
    }

    fn without(&self, shape: &Shape) -> u128 {
        chance(&self.sums_without(shape))
    }
}

/// How often text looks like a literal with pairs that stand so often at its places.
fn chance(sums: &[u64; PAIRS * HALVES]) -> u128 {
    let of_half = |half: usize| {
        let of_half = sums.iter().skip(half).step_by(HALVES);
        of_half
            .map(|&sum| u128::from(sum.min(ALWAYS)))
            .product::<u128>()
    };
    (0..HALVES).map(of_half).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_shares_a_group() {
        let texts: Vec<String> = (0..40)
            .map(|at| format!("{}bc{at:03}", char::from(b'a' + at % 8)))
            .collect();
        for count in 0..=texts.len() {
            let texts: Vec<&[u8]> = texts[..count].iter().map(String::as_bytes).collect();
            let groups = dealt(&texts);
            assert_eq!(groups.len(), GROUPS);
            let mut all = groups.concat();
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        for group in dealt(&texts) {
            let first = |number: &usize| texts[*number][0];
            assert!(group.iter().all(|number| first(number) == first(&group[0])));
        }
    }

    #[test]
    fn pairs_of_both_halves() {
        let pairs: Vec<_> = pairs(b"abc").collect();
        let of = |one, other| [Some(one), Some(other)];
        assert_eq!(pairs[0], (0, of(b'a', b'b')));
        assert_eq!(pairs[1], (1, [None, Some(b'a')]));
        assert_eq!(pairs[2], (2, [Some(b'c'), None]));
        assert_eq!(pairs[3], (3, of(b'b', b'c')));
        assert_eq!(pairs[7], (7, [None, None]));
    }
}
