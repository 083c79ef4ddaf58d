//! Which literals of a search share a group.

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
    let mut groups = vec![Vec::new(); GROUPS];
    for (at, &number) in numbers.iter().enumerate() {
        groups[at * GROUPS / numbers.len()].push(number);
    }
    let mut costs: Vec<u128> = groups.iter().map(|group| chance(&shapes, group)).collect();
    for _ in 0..MOST_ROUNDS {
        let mut better = false;
        for &number in &numbers {
            let Some(from) = groups.iter().position(|group| group.contains(&number)) else {
                continue;
            };
            let mut without = groups[from].clone();
            without.retain(|&other| other != number);
            let left = chance(&shapes, &without);
            let mut best = None;
            let mut saved = costs[from] - left;
            for to in (0..GROUPS).filter(|&to| to != from) {
                groups[to].push(number);
                let cost = chance(&shapes, &groups[to]);
                groups[to].pop();
                if cost - costs[to] < saved {
                    saved = cost - costs[to];
                    best = Some((to, cost));
                }
            }
            if let Some((to, cost)) = best {
                groups[to].push(number);
                groups[from] = without;
                (costs[from], costs[to]) = (left, cost);
                better = true;
            }
        }
        if !better {
            break;
        }
    }
    groups
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

/// How often text looks like one of these literals.
fn chance(shapes: &[Shape], numbers: &[usize]) -> u128 {
    let at = |place: usize| {
        let (mut met, mut sum) = ([false; CODES * CODES], 0);
        for &number in numbers {
            let (code, often) = shapes[number].0[place];
            if !std::mem::replace(&mut met[code], true) {
                sum += often;
            }
        }
        u128::from(sum.min(ALWAYS))
    };
    let of_half = |half: usize| {
        (half..PAIRS * HALVES)
            .step_by(HALVES)
            .map(at)
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
