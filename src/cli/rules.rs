//! `leakey rules`: what there is to know about rules.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::output::say;
use super::{Exit, args, builtin_rules, remark};
use crate::report::sanitize;
use crate::rule::example::{self, Checked, Failure};
use crate::rule::{Rule, RuleFile, RuleSet, Target, builtin_files, load_files};
use crate::source::paths::Naming;

pub(super) fn run(command: &args::Rules) -> anyhow::Result<Exit> {
    match command {
        args::Rules::List { chosen } => {
            let rules = rules_of(
                chosen.rules.iter().map(PathBuf::as_path),
                !chosen.no_builtin_rules,
            )?;
            tell(&rules);
            say(&list(&rules))
        }
        args::Rules::Show { id, chosen } => {
            let rules = rules_of(
                chosen.rules.iter().map(PathBuf::as_path),
                !chosen.no_builtin_rules,
            )?;
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
            sanitize(&rule.id),
            rule.severity.name(),
            rule.class.name(),
            sanitize(&rule.title)
        );
        out
    })
}

fn show(rule: &Rule, rules: &RuleSet) -> String {
    // A file of gitleaks is told by its path.
    let file = match rule.when.first().map(|when| &when.target) {
        Some(Target::Gitleaks(_)) => rule.file.clone(),
        _ => format!("rules/{}.toml", rule.file),
    };
    let mut out = format!(
        "{}\n\n  title:     {}\n  class:     {}\n  severity:  {}\n  file:      {}\n",
        sanitize(&rule.id),
        sanitize(&rule.title),
        rule.class.name(),
        rule.severity.name(),
        sanitize(&file)
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
        let _ = writeln!(out, "  - {}", sanitize(&when.describe()));
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

/// Runs the examples of rule files together with the built-in rules they are going to live with. Files of gitleaks have none:
/// that they can be loaded is all there is to check.
fn check(path: &Path) -> anyhow::Result<Exit> {
    let files = read(std::iter::once(path))?;
    let rules = load_files(&files, true)?;
    let (others, files): (Vec<RuleFile>, Vec<RuleFile>) =
        files.into_iter().partition(RuleFile::is_gitleaks);
    let mut all: Vec<(&str, &str)> = builtin_files().to_vec();
    for file in &files {
        all.retain(|(builtin, _)| *builtin != file.name);
        all.push((&file.name, &file.text));
    }
    let checked: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let report = if checked.is_empty() {
        Checked::default()
    } else {
        example::check(&all, &checked)?
    };
    let mut out = String::new();
    for Failure { rule, example, why } in &report.failures {
        let _ = writeln!(out, "{rule}: {example}: {}", sanitize(why));
    }
    for issue in rules.issues() {
        let _ = writeln!(out, "{}: {}", sanitize(&issue.path), sanitize(&issue.what));
    }
    for notice in rules.notices() {
        let _ = writeln!(
            out,
            "{}: {}",
            sanitize(&notice.path),
            sanitize(&notice.what)
        );
    }
    let gitleaks: usize = rules.gitleaks().iter().map(|set| set.rules.len()).sum();
    let _ = writeln!(
        out,
        "{} rules, {} examples, {} failed",
        report.rules + gitleaks,
        report.examples,
        report.failures.len() + rules.issues().len()
    );
    if !others.is_empty() {
        let _ = writeln!(
            out,
            "{gitleaks} of the rules are gitleaks' and have no examples"
        );
    }
    say(&out)?;
    Ok(if report.failures.is_empty() && rules.issues().is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// Tells on standard error of what rule files ask for and do not get.
fn tell(rules: &RuleSet) {
    for issue in rules.issues() {
        remark(&format!("{}: {}", issue.path, issue.what));
    }
    for notice in rules.notices() {
        remark(&format!("{}: {}", notice.path, notice.what));
    }
}

/// The rules of these files and folders, with the built-in ones or without.
pub(super) fn rules_of<'p>(
    paths: impl Iterator<Item = &'p Path>,
    builtin: bool,
) -> anyhow::Result<RuleSet> {
    let files = read(paths)?;
    if files.is_empty() && !builtin {
        bail!("--no-builtin-rules leaves no rule; name some with --rules");
    }
    if files.is_empty() {
        return Ok(builtin_rules()?);
    }
    Ok(load_files(&files, builtin)?)
}

fn read<'p>(paths: impl Iterator<Item = &'p Path>) -> anyhow::Result<Vec<RuleFile>> {
    let naming =
        Naming::new(&std::env::current_dir().context("the current directory cannot be told")?);
    let mut files = Vec::new();
    for path in paths {
        for file in rule_files(path)? {
            let read = RuleFile::read(&file, naming.reported(&file));
            files.push(read.with_context(|| format!("cannot read {}", file.display()))?);
        }
    }
    Ok(files)
}

fn rule_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
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
