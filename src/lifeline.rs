//! What became of each value in history: when it came, which commit took it out, and what stands in its place.
//!
//! That a value was taken out says nothing of whether it is still in use: no status here is called "rotated".

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, LifeStatus, Lifeline, Origin, SourceKind};
use crate::secret::Secret;
use crate::source::Past;

/// Values whose shared run of characters is at least this long are near to each other.
const NEAR_RUN: usize = 16;
/// Values that are at most so many edits apart are near to each other.
const NEAR_EDITS: usize = 4;
/// Longer values are compared by their first characters only: effort grows with the square.
const COMPARED: usize = 512;

/// One of the places where a value was met, as far as its life line needs it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Where the text came from.
    pub(crate) origin: Origin,
    /// The version of a file.
    pub(crate) version: Option<u32>,
    /// The name it goes under.
    pub(crate) key: String,
}

/// A finding with every place in which its value was met.
pub(crate) struct Life {
    pub(crate) finding: Finding,
    pub(crate) steps: Vec<Step>,
}

/// Gives every finding that was met in history the life line of its value: findings of several rules share one.
pub(crate) fn complete(lives: Vec<Life>, past: Option<&dyn Past>) -> Vec<Finding> {
    let mut values: BTreeMap<&Secret, Vec<usize>> = BTreeMap::new();
    for (life, at) in lives.iter().zip(0..) {
        values.entry(&life.finding.secret).or_default().push(at);
    }
    let values: Vec<Vec<usize>> = values.into_values().collect();
    let mut lines: Vec<Option<Lifeline>> = vec![None; lives.len()];
    for (value, line) in values.iter().zip(of_values(&lives, &values, past)) {
        for &at in value {
            lines[at].clone_from(&line);
        }
    }
    lives
        .into_iter()
        .zip(lines)
        .map(|(life, lifeline)| Finding {
            lifeline,
            ..life.finding
        })
        .collect()
}

/// The life lines of values, each given by the findings about it.
fn of_values(
    lives: &[Life],
    values: &[Vec<usize>],
    past: Option<&dyn Past>,
) -> Vec<Option<Lifeline>> {
    let steps = |value: &[usize]| -> Vec<&Step> {
        let lives = value.iter().filter_map(|&at| lives.get(at));
        lives.flat_map(|life| &life.steps).collect()
    };
    let mut lines: Vec<_> = values.iter().map(|value| line(&steps(value))).collect();
    let removed = |line: &Option<Lifeline>| {
        (line.as_ref()).is_some_and(|line| line.status == LifeStatus::Removed)
    };
    let versions: Vec<BTreeSet<u32>> = (values.iter().zip(&lines))
        .map(|(value, line)| {
            let steps = steps(value).into_iter().filter(|_| removed(line));
            steps.filter_map(|step| step.version).collect()
        })
        .collect();
    let removals = past.map_or_else(Vec::new, |past| past.removals(&versions));
    // What each version of a file holds, by the names it goes under.
    let mut holders: BTreeMap<u32, Vec<(&str, usize)>> = BTreeMap::new();
    if removals.iter().any(Option::is_some) {
        for (life, at) in lives.iter().zip(0..) {
            for step in &life.steps {
                if let Some(version) = step.version {
                    holders.entry(version).or_default().push((&step.key, at));
                }
            }
        }
    }
    for ((value, line), removal) in values.iter().zip(&mut lines).zip(removals) {
        let (Some(line), Some(removal)) = (line, removal) else {
            continue;
        };
        let names: BTreeSet<&str> = steps(value).iter().map(|step| &*step.key).collect();
        let there = (removal.instead.iter()).filter_map(|version| holders.get(version));
        let others: BTreeSet<usize> = there
            .flatten()
            .filter(|(key, other)| !value.contains(other) && names.contains(key))
            .map(|&(_, other)| other)
            .collect();
        let secret = |at: usize| lives[at].finding.secret.reveal_text();
        let near = |&other: &usize| {
            let old = value.first().and_then(|&at| secret(at));
            old.zip(secret(other))
                .is_some_and(|(old, new)| is_near(old, new))
        };
        line.removed = Some(removal.commit);
        if others.iter().any(near) {
            line.status = LifeStatus::NearVariant;
        } else if !others.is_empty() {
            line.status = LifeStatus::Replaced;
        }
        line.replaced_by = (others.iter())
            .map(|&other| lives[other].finding.fingerprint.clone())
            .collect();
        line.replaced_by.sort();
        line.replaced_by.dedup();
    }
    lines
}

/// What the places alone tell; `None` outside history.
fn line(steps: &[&Step]) -> Option<Lifeline> {
    let known = || steps.iter().filter(|step| step.origin.in_tip.is_some());
    known().next()?;
    let any = |test: &dyn Fn(&Origin) -> bool| known().any(|step| test(&step.origin));
    let mut tips = known()
        .filter(|step| step.origin.in_tip == Some(true))
        .peekable();
    let status = if tips.peek().is_some() {
        if tips.all(|step| is_fallback(&step.key)) {
            LifeStatus::Fallback
        } else {
            LifeStatus::Exposed
        }
    } else if any(&|origin| origin.reachable == Some(true)) {
        LifeStatus::Removed
    } else if any(&|origin| origin.source == SourceKind::Index) {
        LifeStatus::Staged
    } else {
        LifeStatus::Unreachable
    };
    Some(Lifeline {
        first: known().filter_map(|step| step.origin.commit.clone()).min(),
        removed: None,
        in_head: any(&|origin| origin.in_head == Some(true)),
        status,
        replaced_by: Vec::new(),
    })
}

/// Whether a name is one for keys that are only still accepted: `SECRET_KEY_FALLBACKS` of Django and Flask,
/// `APP_PREVIOUS_KEYS` of Laravel, `PREVIOUS_SECRET_KEY` of Superset, `rotations` of Rails.
fn is_fallback(key: &str) -> bool {
    let folded = key.to_ascii_lowercase();
    let mut words = folded.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        matches!(
            word,
            "fallback" | "fallbacks" | "previous" | "old" | "retired" | "rotation" | "rotations"
        )
    })
}

/// Whether the new value can be told from the old one: by few edits, a long shared run, turned around, or in another case.
fn is_near(old: &str, new: &str) -> bool {
    let cut = |text: &str| text.chars().take(COMPARED).collect::<String>();
    let (old, new) = (cut(&old.to_lowercase()), cut(&new.to_lowercase()));
    let turned: String = new.chars().rev().collect();
    let edits = strsim::levenshtein(&old, &new);
    // Of short values few edits are most of what there is.
    let short = old.chars().count().min(new.chars().count());
    old == turned || edits <= NEAR_EDITS.min(short / 4) || shared_run(&old, &new) >= NEAR_RUN
}

/// The length of the longest run of characters that both hold.
fn shared_run(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut runs = vec![0; right.len() + 1];
    let mut longest = 0;
    for l in left.chars() {
        for at in (0..right.len()).rev() {
            runs[at + 1] = if right[at] == l { runs[at] + 1 } else { 0 };
            longest = longest.max(runs[at + 1]);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_values() {
        let old = "b7#v2!q9$x4&w8_z1)m6(p3+n5%t0=j@h*e-r^y";
        assert!(is_near(old, &old.to_uppercase()));
        assert!(is_near(old, &old.chars().rev().collect::<String>()));
        assert!(is_near(&format!("django-insecure-{old}"), old));
        assert!(is_near(old, &old.replace("q9", "r8")));
        assert!(!is_near(old, "k2%t6@h1=f8&v4#c9!m3(s7)d5^z0_w*y+a-x$g"));
        assert!(!is_near("dev", "prod"));
        assert!(!is_near("secret", "changeme"));
        assert_eq!(shared_run("abcdef", "xxcdexx"), 3);
    }

    #[test]
    fn names_of_keys_that_are_still_accepted() {
        assert!(is_fallback("SECRET_KEY_FALLBACKS"));
        assert!(is_fallback("APP_PREVIOUS_KEYS"));
        assert!(!is_fallback("SECRET_KEY"));
        assert!(!is_fallback("SCAFFOLD_KEY"));
    }
}
