//! `leakey rules`: what there is to know about rules.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::output::say;
use super::{Exit, args, builtin_rules};
use crate::report::sanitize;
use crate::rule::example::{self, Failure};
use crate::rule::{Rule, RuleSet, builtin_files};

pub(super) fn run(command: &args::Rules) -> anyhow::Result<Exit> {
    match command {
        args::Rules::List => say(&list(&builtin_rules()?)),
        args::Rules::Show { id } => {
            let rules = builtin_rules()?;
            let Some(rule) = rules.rules.iter().find(|rule| rule.id == *id) else {
                bail!("no rule is called `{id}`; `leakey rules list` shows all");
            };
            say(&show(rule, &rules))
        }
        args::Rules::Check { path } => check(path),
    }
}

fn list(rules: &RuleSet) -> String {
    let width = rules
        .rules
        .iter()
        .map(|rule| rule.id.len())
        .max()
        .unwrap_or(0);
    rules.rules.iter().fold(String::new(), |mut out, rule| {
        let _ = writeln!(
            out,
            "{:width$}  {:8}  {:11}  {}",
            rule.id,
            rule.severity.name(),
            rule.class.name(),
            rule.title
        );
        out
    })
}

fn show(rule: &Rule, rules: &RuleSet) -> String {
    let mut out = format!(
        "{}\n\n  title:     {}\n  class:     {}\n  severity:  {}\n  file:      rules/{}.toml\n",
        rule.id,
        rule.title,
        rule.class.name(),
        rule.severity.name(),
        rule.file
    );
    if let Some(framework) = rule.framework {
        let framework = &rules.frameworks[framework];
        let _ = writeln!(out, "  framework: {} ({})", framework.name, framework.docs);
    }
    let _ = write!(
        out,
        "\nWhat a leak allows\n{}\n\nWhat to do\n{}\n\nWhen it applies\n",
        indented(&format!("{}\n{}", rule.impact.trim(), rule.details.trim())),
        indented(&rule.remedy)
    );
    for when in &rule.when {
        let _ = writeln!(out, "  - {}", when.describe());
    }
    if !rule.references.is_empty() {
        let _ = writeln!(out, "\nReferences");
        for reference in &rule.references {
            let _ = writeln!(out, "  {reference}");
        }
    }
    out
}

fn indented(text: &str) -> String {
    text.trim()
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Runs the examples of rule files together with the built-in rules they are going to live with.
fn check(path: &Path) -> anyhow::Result<Exit> {
    let mut files = Vec::new();
    for path in rule_files(path)? {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        files.push((name, text));
    }
    let mut all: Vec<(&str, &str)> = builtin_files().to_vec();
    for (name, text) in &files {
        all.retain(|(builtin, _)| builtin != name);
        all.push((name, text));
    }
    let checked: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let report = example::check(&all, &checked)?;
    let mut out = String::new();
    for Failure { rule, example, why } in &report.failures {
        let _ = writeln!(out, "{rule}: {example}: {}", sanitize(why));
    }
    let _ = writeln!(
        out,
        "{} rules, {} examples, {} failed",
        report.rules,
        report.examples,
        report.failures.len()
    );
    say(&out)?;
    Ok(if report.failures.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

pub(super) fn rule_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries =
        std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    if files.is_empty() {
        bail!("{}: no rule file (*.toml) in this folder", path.display());
    }
    Ok(files)
}
