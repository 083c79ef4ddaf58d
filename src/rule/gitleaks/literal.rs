//! Literals without which an expression matches nothing, and how far they stand from where a match begins.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter literals stand everywhere.
const SHORTEST: usize = 3;
/// Of longer ones this much is looked for.
const LONGEST: usize = 12;
/// More of them are no help.
const MOST: usize = 96;
/// A class of so many characters is a choice between literals.
const MOST_IN_CLASS: usize = 6;
/// Matches of more bytes are not told from unbounded ones.
const FURTHEST: usize = 4096;
/// Go refuses expressions that repeat something more often, nested repetitions multiplied.
const MOST_REPETITIONS: u64 = 1000;

/// What stands in every match of an expression.
#[derive(Debug)]
pub(super) struct Required {
    /// One of these, in lower case.
    pub(super) literals: Vec<Vec<u8>>,
    /// So many bytes behind the beginning of a match, at most.
    pub(super) before: usize,
    /// A match has so many bytes at most from the literal on, if that is bounded.
    pub(super) longest: Option<usize>,
    /// The part of the expression that begins with the literal.
    pub(super) rest: Hir,
}

impl Required {
    /// Of the parts of an expression that follow each other, the one that begins with the longest literals.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let parts = parts(hir);
        let mut before = 0;
        let mut best: Option<(usize, usize, usize, Vec<Vec<u8>>)> = None;
        for at in 0..parts.len() {
            let begun = Begun::concat(&parts[at..]);
            if let Some(shortest) = begun.literals.iter().map(Vec::len).min()
                && shortest >= SHORTEST
                && best.as_ref().is_none_or(|(length, ..)| shortest > *length)
            {
                best = Some((shortest, at, before, begun.literals));
            }
            match parts[at].properties().maximum_len() {
                Some(length) if before + length <= FURTHEST => before += length,
                _ => break,
            }
        }
        let (_, at, before, mut literals) = best?;
        literals.sort();
        literals.dedup();
        let rest = Hir::concat(parts[at..].iter().map(|&part| part.clone()).collect());
        Some(Self {
            longest: rest
                .properties()
                .maximum_len()
                .filter(|&length| length <= FURTHEST),
            literals,
            before,
            rest,
        })
    }
}

/// The parts of a sequence, groups around it taken off.
fn parts(hir: &Hir) -> Vec<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) => parts(&capture.sub),
        HirKind::Concat(all) => all.iter().flat_map(parts).collect(),
        _ => vec![hir],
    }
}

/// What the matches of a part begin with.
struct Begun {
    literals: Vec<Vec<u8>>,
    /// Whether they are whole matches.
    whole: bool,
}

impl Begun {
    fn nothing() -> Self {
        Self {
            literals: vec![Vec::new()],
            whole: true,
        }
    }

    fn of(hir: &Hir) -> Option<Self> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(Self::nothing()),
            HirKind::Literal(literal) => Some(Self {
                literals: vec![literal.0.to_ascii_lowercase()],
                whole: true,
            }),
            HirKind::Class(class) => Some(Self {
                literals: choices(class)?,
                whole: true,
            }),
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(all) => Some(Self::concat(&all.iter().collect::<Vec<_>>())),
            HirKind::Alternation(all) => {
                let mut out = Self {
                    literals: Vec::new(),
                    whole: true,
                };
                for part in all {
                    let part = Self::of(part)?;
                    out.literals.extend(part.literals);
                    out.whole &= part.whole;
                }
                (out.literals.len() <= MOST).then_some(out)
            }
            HirKind::Repetition(repetition) => {
                let sub = Self::of(&repetition.sub)?;
                let (least, most) = (repetition.min, repetition.max);
                if least == 0 {
                    let mut literals = sub.literals;
                    literals.push(Vec::new());
                    let whole = sub.whole && most == Some(1);
                    return Some(Self { literals, whole });
                }
                let same: Vec<&Hir> = (0..least.min(8)).map(|_| repetition.sub.as_ref()).collect();
                let mut out = Self::concat(&same);
                out.whole &= most == Some(least) && least <= 8;
                Some(out)
            }
        }
    }

    /// What a sequence begins with: each part is put behind what came before, while that is known whole.
    fn concat(parts: &[&Hir]) -> Self {
        let mut out = Self::nothing();
        for part in parts {
            let next = match Self::of(part) {
                Some(next) if next.literals.len() * out.literals.len() <= MOST => next,
                _ => {
                    out.whole = false;
                    break;
                }
            };
            let longer = out.literals.iter().flat_map(|head| {
                next.literals
                    .iter()
                    .map(move |tail| [head.as_slice(), tail].concat())
            });
            out.literals = longer.collect();
            out.whole = next.whole;
            if out.literals.iter().any(|literal| literal.len() > LONGEST) {
                out.literals
                    .iter_mut()
                    .for_each(|literal| literal.truncate(LONGEST));
                out.whole = false;
            }
            if !out.whole {
                break;
            }
        }
        out
    }
}

/// The characters of a small class, in lower case; letters that only fold to ASCII count as what they fold to.
fn choices(class: &Class) -> Option<Vec<Vec<u8>>> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let mut out = Vec::new();
    for range in class.ranges() {
        if u32::from(range.end()) - u32::from(range.start()) >= 8 {
            return None;
        }
        for c in range.start()..=range.end() {
            let c = folded(c);
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes().to_vec();
            if !out.contains(&bytes) {
                out.push(bytes);
            }
        }
    }
    (out.len() <= MOST_IN_CLASS).then_some(out)
}

/// Letters outside of ASCII that are the same as one in it when case is not minded. Texts that hold one are searched plainly.
pub(crate) const FOLDING: [char; 2] = ['\u{17f}', '\u{212a}'];

fn folded(c: char) -> char {
    match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    }
}

/// Whether an expression repeats nothing too often. `by` is how often it is repeated itself.
pub(super) fn check_repetitions(hir: &Hir, by: u64) -> Result<(), String> {
    let by = match hir.kind() {
        HirKind::Repetition(repetition) => {
            by * u64::from(repetition.max.unwrap_or(repetition.min).max(1))
        }
        _ => by,
    };
    if by > MOST_REPETITIONS {
        return Err(format!(
            "repeats something {by} times, nested repetitions multiplied; Go's expressions do so {MOST_REPETITIONS} times at most"
        ));
    }
    match hir.kind() {
        HirKind::Repetition(repetition) => check_repetitions(&repetition.sub, by),
        HirKind::Capture(capture) => check_repetitions(&capture.sub, by),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().try_for_each(|part| check_repetitions(part, by))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(source: &str) -> Option<(String, usize, bool)> {
        let translated = super::super::syntax::translate(source).unwrap();
        let hir = regex_syntax::ParserBuilder::new()
            .utf8(false)
            .build()
            .parse(&translated)
            .unwrap();
        Required::of(&hir).map(|required| {
            let literals = required
                .literals
                .iter()
                .map(|l| String::from_utf8_lossy(l).into_owned());
            (
                literals.collect::<Vec<_>>().join(" "),
                required.before,
                required.longest.is_some(),
            )
        })
    }

    #[test]
    fn literals_are_found_behind_bounded_parts() {
        let named =
            required(r"(?i)[\w.-]{0,50}?(?:adobe|zulip)(?:[ \t\w.-]{0,20})['\s]?=([a-z]{32})");
        assert_eq!(named, Some(("adobe zulip".into(), 150, true)));
        let token = required(r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b");
        assert_eq!(token, Some(("akia asia".into(), 0, true)));
        assert_eq!(required(r"[a-z]+secret"), None);
        assert_eq!(
            required(r"(?i)[sk]ey-?x").map(|found| found.0),
            Some("key-x keyx sey-x seyx".into())
        );
        assert_eq!(required(r"BEGIN.*END"), Some(("begin".into(), 0, false)));
    }
}
