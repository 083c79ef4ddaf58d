//! What matches of rules of gitleaks are worth: by the entropy of the secret, by allowlists, and by what else was found (gitleaks
//! 8.30, `detect/detect.go`, `detect/utils.go`).
//!
//! A value that such a rule finds is a leak, whatever it looks like: whoever wrote the rule has said so.

use std::collections::BTreeMap;

use super::{Judged, Verdict, confidence, context};
use crate::detect::Candidate;
use crate::detect::gitleaks::Found;
use crate::finding::{Class, Kind, Reason};
use crate::rule::RuleSet;

/// Judges a match by itself.
pub(super) fn judge(
    candidate: &Candidate<'_>,
    found: &Found<'_>,
    rules: &RuleSet,
    path: &str,
) -> Verdict {
    let set = &rules.gitleaks()[found.set];
    let detector = &set.rules[found.detector];
    let secret = candidate.value.as_deref().unwrap_or_default();
    if found.left_out {
        return Verdict::Drop(Reason::Allowlist);
    }
    if !found.is_path() {
        if detector.entropy != 0.0 && entropy(secret) <= detector.entropy {
            return Verdict::Drop(Reason::Entropy);
        }
        let tested = found.tested(secret);
        let mut lists = set.allowlists.iter().chain(&detector.allowlists);
        if lists.any(|list| list.allows(&tested)) {
            return Verdict::Drop(Reason::Allowlist);
        }
    }
    let published = rules.published(secret);
    Verdict::Keep(Judged {
        kind: if published.is_some() {
            Kind::Published
        } else {
            Kind::Leak
        },
        context: context(path, candidate),
        confidence: confidence(candidate, Class::Credential),
        published: published.map(|published| published.place.clone()),
    })
}

/// Shannon entropy of the characters, in bits, over the number of bytes.
fn entropy(secret: &[u8]) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for c in String::from_utf8_lossy(secret).chars() {
        *counts.entry(c).or_default() += 1;
    }
    let share = 1.0 / secret.len() as f64;
    let parts = counts.values().map(|&count| f64::from(count) * share);
    parts.map(|part| -part * part.log2()).sum()
}

/// Judges matches by each other: drops those beside which something is missing that their rule requires, then generic ones
/// that another rule tells more of. What `gitleaks:allow` accepts, where comments are `obeyed`, has no say in it.
pub fn settle(
    candidates: &[Candidate<'_>],
    verdicts: &mut [Verdict],
    rules: &RuleSet,
    obeyed: bool,
) {
    let mut kept: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let Some(found) = &candidate.gitleaks
            && matches!(verdicts[at], Verdict::Keep(_))
        {
            kept.entry((found.set, found.fragment))
                .or_default()
                .push(at);
        }
    }
    for group in kept.into_values() {
        require(candidates, verdicts, rules, &group, obeyed);
        give_way(candidates, verdicts, rules, &group, obeyed);
    }
}

fn require(
    candidates: &[Candidate<'_>],
    verdicts: &mut [Verdict],
    rules: &RuleSet,
    group: &[usize],
    obeyed: bool,
) {
    let found = |at: usize| candidates[at].gitleaks.as_deref();
    let mut lonely = Vec::new();
    for &at in group {
        let Some(own) = found(at).filter(|own| !own.aside) else {
            continue;
        };
        let detector = &rules.gitleaks()[own.set].rules[own.detector];
        let is_met = |beside: &crate::rule::gitleaks::Beside| {
            let mut others = group.iter().filter_map(|&other| found(other));
            others.any(|other| {
                let near = |a: i64, b: i64, most: Option<i64>| {
                    most.is_none_or(|most| (a - b).abs() <= most)
                };
                other.detector == beside.rule
                    && !(obeyed && other.accepted.is_some())
                    && other.pass == own.pass
                    && near(own.line, other.line, beside.lines)
                    && near(own.column, other.column, beside.columns)
            })
        };
        if !detector.required.iter().all(is_met) {
            lonely.push(at);
        }
    }
    for at in lonely {
        verdicts[at] = Verdict::Drop(Reason::Required);
    }
}

fn give_way(
    candidates: &[Candidate<'_>],
    verdicts: &mut [Verdict],
    rules: &RuleSet,
    group: &[usize],
    obeyed: bool,
) {
    // By line: what other rules found there.
    let mut telling: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut generic = Vec::new();
    for &at in group {
        let Some(found) = candidates[at].gitleaks.as_deref() else {
            continue;
        };
        if found.aside || found.is_path() || !matches!(verdicts[at], Verdict::Keep(_)) {
            continue;
        }
        if rules.gitleaks()[found.set].rules[found.detector].is_generic() {
            generic.push((at, found.line));
        } else if !(obeyed && found.accepted.is_some()) {
            telling.entry(found.line).or_default().push(at);
        }
    }
    for (at, line) in generic {
        let secret = candidates[at].value.as_deref().unwrap_or_default();
        let holds = |other: &usize| {
            let that = candidates[*other].value.as_deref().unwrap_or_default();
            memchr::memmem::find(that, secret).is_some()
        };
        if telling
            .get(&line)
            .is_some_and(|others| others.iter().any(holds))
        {
            verdicts[at] = Verdict::Drop(Reason::Duplicate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_characters() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }
}
