//! Hits to findings: one for each secret value and rule, with every place where it stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Policy;
use crate::finding::{Confidence, Context, Finding, Kind, Occurrence, Severity, SourceKind};
use crate::generator::Shape;
use crate::judge::Judged;
use crate::lifeline::{self, Life, Step};
use crate::rule::RuleSet;
use crate::secret::Secret;
use crate::source::Past;

/// A kept candidate, taken out of its text.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub rule: usize,
    pub framework: Option<usize>,
    pub shape: Shape,
    pub judged: Judged,
    /// The name that a look-up's result is given to: set for defaults.
    pub outer: Option<String>,
    /// Whether the text takes effect.
    pub live: bool,
    pub value: Secret,
    pub occurrence: Occurrence,
    /// The version of a file it stands in, where the source tells versions apart.
    pub version: Option<u32>,
}

/// Tells of hits in history whether a ref still leads to them.
pub(crate) fn mark_tips(hits: &mut [Hit], past: &dyn Past) {
    let versions: BTreeSet<u32> = hits.iter().filter_map(|hit| hit.version).collect();
    if versions.is_empty() {
        return;
    }
    let there = past.in_tips(&versions);
    for hit in hits {
        let version = hit.version.as_ref();
        if version.is_some_and(|version| there.contains(version)) {
            hit.occurrence.origin.in_tip = Some(true);
        }
    }
}

/// Joins hits to findings, sorted by their first place; `past` tells what no hit can.
pub(crate) fn findings(
    hits: Vec<Hit>,
    rules: &RuleSet,
    policy: &Policy,
    past: Option<&dyn Past>,
) -> Vec<Finding> {
    let mut groups: BTreeMap<(usize, Secret), Vec<Hit>> = BTreeMap::new();
    for hit in hits {
        groups
            .entry((hit.rule, hit.value.clone()))
            .or_default()
            .push(hit);
    }
    let lives = groups
        .into_iter()
        .filter_map(|((rule, value), hits)| {
            let steps = hits.iter().map(step).collect();
            let finding = finding(rule, value, hits, rules, policy)?;
            Some(Life { finding, steps })
        })
        .collect();
    let mut findings = lifeline::complete(lives, past);
    findings.sort_by(|a, b| {
        let [left, right] = [a, b].map(|finding| {
            let first = finding.occurrences.first();
            let place = first.map(|place| (place.path.as_str(), place.start));
            (place, &finding.rule, &finding.fingerprint)
        });
        left.cmp(&right)
    });
    findings
}

fn finding(
    rule: usize,
    value: Secret,
    mut hits: Vec<Hit>,
    rules: &RuleSet,
    policy: &Policy,
) -> Option<Finding> {
    let rule = &rules.rules[rule];
    hits.sort_by(|a, b| place(&a.occurrence).cmp(&place(&b.occurrence)));
    // The most exposed place speaks for all; among equals one that takes effect, then the first.
    let main = hits
        .iter()
        .min_by_key(|hit| {
            (
                hit.judged.context,
                !hit.live,
                std::cmp::Reverse(hit.judged.confidence),
            )
        })?
        .clone();
    let judged = &main.judged;
    let framework = main.framework.map(|framework| &rules.frameworks[framework]);
    let advice = framework.filter(|_| rule.general);
    let base = advice
        .and_then(|framework| framework.severity)
        .unwrap_or(rule.severity);
    let (impact, details) = match advice
        .and_then(|framework| framework.impact.clone().zip(framework.details.clone()))
    {
        Some(told) => told,
        None => (rule.impact.clone(), rule.details.clone()),
    };
    let mut facts = Vec::new();
    if main.outer.is_some() {
        facts.push(format!("Used whenever {} is not set.", main.occurrence.key));
    }
    match judged.kind {
        Kind::Leak => {}
        Kind::Weak => facts
            .push("A placeholder or guessable: where it runs, it need not leak at all.".to_owned()),
        Kind::Published => facts.push("Publicly known: anyone can try it.".to_owned()),
    }
    if !details.trim().is_empty() {
        facts.push(details.trim().to_owned());
    }
    let occurrences = places(&hits);
    let mut references = rule.references.clone();
    if let Some(framework) = framework {
        references.push(framework.docs.clone());
    }
    Some(Finding {
        fingerprint: main.occurrence.fingerprint.clone(),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        framework: framework.map(|framework| framework.id.clone()),
        class: rule.class,
        kind: judged.kind,
        context: judged.context,
        counts: policy.counts(judged.kind, judged.context),
        severity: lowered(base, judged.context),
        confidence: hits
            .iter()
            .map(|hit| hit.judged.confidence)
            .max()
            .unwrap_or(Confidence::Low),
        key: main.occurrence.key.clone(),
        generator: main.shape.generator,
        published: judged.published.clone(),
        lifeline: None,
        impact: impact.trim().to_owned(),
        details: facts.join(" "),
        remedy: advice
            .and_then(|framework| framework.remedy.clone())
            .unwrap_or_else(|| rule.remedy.clone())
            .trim()
            .to_owned(),
        references,
        evidence: Vec::new(),
        suppressed: None,
        secret: value,
        occurrences,
    })
}

/// The place lowers the severity, never the kind.
fn lowered(severity: Severity, context: Context) -> Severity {
    severity.lowered(match context {
        Context::Production => 0,
        Context::Development => 1,
        Context::Example | Context::Docs | Context::Test => 2,
    })
}

fn place(occurrence: &Occurrence) -> impl Ord + '_ {
    (
        occurrence.path.as_str(),
        occurrence.start,
        occurrence.end,
        &occurrence.origin,
        occurrence.key.as_str(),
    )
}

/// The places, each once. In history one path holds a value in many versions of a file; the earliest that no comment in it
/// accepts stands for all.
fn places(hits: &[Hit]) -> Vec<Occurrence> {
    let mut earliest: BTreeMap<(&str, &str), (bool, i64, &str)> = BTreeMap::new();
    for hit in hits {
        let occurrence = &hit.occurrence;
        if let Some(commit) = in_history(occurrence) {
            let time = (
                occurrence.suppressed.is_some(),
                commit.seconds,
                commit.id.as_str(),
            );
            let known = earliest
                .entry((&occurrence.path, &occurrence.key))
                .or_insert(time);
            *known = time.min(*known);
        }
    }
    let mut out: Vec<Occurrence> = Vec::new();
    for hit in hits {
        let occurrence = &hit.occurrence;
        let first = in_history(occurrence).and_then(|commit| {
            let first = earliest.get(&(occurrence.path.as_str(), occurrence.key.as_str()))?;
            Some(commit.id == first.2)
        });
        if first != Some(false)
            && out
                .last()
                .is_none_or(|last| place(last) != place(occurrence))
        {
            out.push(occurrence.clone());
        }
    }
    // What holds for any version of the file holds for the place.
    let mut known: BTreeMap<(&str, &str), [Option<bool>; 3]> = BTreeMap::new();
    for occurrence in hits
        .iter()
        .map(|hit| &hit.occurrence)
        .filter(|occurrence| in_history(occurrence).is_some())
    {
        let origin = &occurrence.origin;
        let all = known
            .entry((&occurrence.path, &occurrence.key))
            .or_default();
        for (all, one) in all
            .iter_mut()
            .zip([origin.reachable, origin.in_tip, origin.in_head])
        {
            *all = one.max(*all);
        }
    }
    for occurrence in &mut out {
        if let Some(&[reachable, in_tip, in_head]) =
            known.get(&(occurrence.path.as_str(), occurrence.key.as_str()))
        {
            let origin = &mut occurrence.origin;
            origin.reachable = origin.reachable.max(reachable);
            origin.in_tip = origin.in_tip.max(in_tip);
            origin.in_head = origin.in_head.max(in_head);
        }
    }
    out
}

fn in_history(occurrence: &Occurrence) -> Option<&crate::finding::CommitInfo> {
    let commit = occurrence.origin.commit.as_ref()?;
    (occurrence.origin.source == SourceKind::Commit).then_some(commit)
}

fn step(hit: &Hit) -> Step {
    Step {
        origin: hit.occurrence.origin.clone(),
        version: hit.version,
        key: hit.occurrence.key.clone(),
    }
}
