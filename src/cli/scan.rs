//! `leakey scan`: arguments to settings, settings to a source and a scanner, and the report to where it goes.

use std::path::PathBuf;

use anyhow::{Context, bail};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::args::{self, Scan};
use super::{Exit, builtin_rules, output};
use crate::Policy;
use crate::ci;
use crate::config::Profile;
use crate::finding::{Kind, Report};
use crate::report::{OutputFormat, RuleInfo, View};
use crate::rule::RuleSet;
use crate::scan::Scanner;
use crate::source::git::{History, Range, Staged};
use crate::source::paths::Naming;
use crate::source::{Source, Stdin, Tree};

/// More threads than this only wait for each other.
const MOST_THREADS: usize = 64;

pub(super) fn run(scan: &Scan) -> anyhow::Result<Exit> {
    let rules = builtin_rules()?;
    let profile = profile(scan);
    let policy = policy(scan, profile, &rules)?;
    let targets = scan
        .output
        .iter()
        .map(|target| output::target(target))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let job = (scan.input.ci).then(ci_job).transpose()?;
    let source = source(scan, profile, job.as_ref())?;
    let scanner = Scanner::new(rules, policy);
    let started = output::clock();
    let report = scanner.scan(source.as_ref());
    let report = match &job {
        Some(job) => report.with_context(|| {
            format!(
                "the range of this job cannot be read; if its checkout is shallow, {}",
                job.deepen
            )
        })?,
        None => report?,
    };
    let view = View {
        show_secrets: scan.show_secrets,
        color: output::color(scan.color),
        width: output::width(),
        verbose: scan.verbose,
        profile: profile.name(),
        rules: rule_infos(&report, scanner.rules()),
        started,
        finished: output::clock(),
        notes: notes(&report, job.as_ref()),
    };
    for (format, file) in &targets {
        output::write(&report, &view, *format, file)?;
    }
    output::print(&report, &view, scan.format.into())?;
    Ok(Exit::of(&report, scan.exit_zero))
}

fn profile(scan: &Scan) -> Profile {
    match scan.profile {
        Some(args::Profile::Hook) => Profile::Hook,
        Some(args::Profile::Audit) => Profile::Audit,
        None if scan.input.staged => Profile::Hook,
        None if scan.input.history => Profile::Audit,
        Some(args::Profile::Ci) | None => Profile::Ci,
    }
}

fn policy(scan: &Scan, profile: Profile, rules: &RuleSet) -> anyhow::Result<Policy> {
    let kinds: Vec<Kind> = scan.fail_on.iter().map(|&kind| kind.into()).collect();
    let mut policy = profile.policy(&kinds);
    for id in scan.only_rule.iter().chain(&scan.disable_rule) {
        if !rules.rules.iter().any(|rule| rule.id == *id) {
            bail!("no rule is called `{id}`; `leakey rules list` shows all");
        }
    }
    policy.only.extend(scan.only_rule.iter().cloned());
    policy.disabled.extend(scan.disable_rule.iter().cloned());
    Ok(policy)
}

/// The commits this CI job is about.
fn ci_job() -> anyhow::Result<ci::Job> {
    let job = ci::job(&|name| std::env::var(name).ok(), &|path| {
        std::fs::read_to_string(path)
    })?;
    Ok(job)
}

/// Remarks about the run for the reader.
fn notes(report: &Report, job: Option<&ci::Job>) -> Vec<String> {
    let shallow = job.filter(|_| report.coverage.shallow);
    let note = |job: &ci::Job| format!("the checkout is shallow: {}", job.deepen);
    shallow.map(note).into_iter().collect()
}

fn source(scan: &Scan, profile: Profile, job: Option<&ci::Job>) -> anyhow::Result<Box<dyn Source>> {
    let threads = scan
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, std::num::NonZero::get)
        .min(MOST_THREADS);
    let current = std::env::current_dir().context("the current directory cannot be told")?;
    let git =
        scan.input.staged || scan.input.history || scan.input.ci || !scan.input.range.is_empty();
    if git && !(scan.include.is_empty() && scan.exclude.is_empty()) {
        bail!(
            "--include and --exclude choose among files on disk; with --staged give paths instead"
        );
    }
    if scan.input.stdin {
        if !scan.paths.is_empty() {
            bail!("--stdin reads one document; a PATH beside it would not be read");
        }
        return Ok(Box::new(Stdin::read(
            std::io::stdin().lock(),
            scan.extra.stdin_path.as_deref(),
        )?));
    }
    if scan.input.staged {
        return Ok(Box::new(Staged {
            path: ".".into(),
            only: scan.paths.clone(),
            threads,
        }));
    }
    if scan.input.ci || scan.input.pushed.is_some() || !scan.input.range.is_empty() {
        if !scan.paths.is_empty() {
            bail!(
                "--range and --ci read whole commits of the repository in the current directory; leave the PATH out"
            );
        }
        return Ok(Box::new(Range {
            path: ".".into(),
            ranges: job.map_or_else(|| scan.input.range.clone(), |job| vec![job.range.clone()]),
            pushed: scan.input.pushed.clone().unwrap_or_default(),
            allow_shallow: scan.extra.allow_shallow,
            threads,
        }));
    }
    if scan.input.history {
        let path = match scan.paths.as_slice() {
            [] => ".".into(),
            [path] => path.clone(),
            _ => bail!("--history reads one repository at a time"),
        };
        return Ok(Box::new(History {
            path,
            allow_shallow: scan.extra.allow_shallow,
            threads,
        }));
    }
    let paths = if scan.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        scan.paths.clone()
    };
    Ok(Box::new(Tree {
        paths,
        naming: Naming::new(current),
        ignored_too: profile.reads_ignored(),
        include: (!scan.include.is_empty())
            .then(|| globs(&scan.include))
            .transpose()?,
        exclude: globs(&scan.exclude)?,
        threads,
    }))
}

/// Globs as in .gitignore: one without `/` matches names at any depth.
fn globs(sources: &[String]) -> anyhow::Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for source in sources {
        let pattern = source.trim_end_matches('/');
        let anywhere = if pattern.contains('/') {
            pattern.trim_start_matches('/').to_owned()
        } else {
            format!("**/{pattern}")
        };
        for glob in [anywhere.clone(), format!("{anywhere}/**")] {
            set.add(
                GlobBuilder::new(&glob)
                    .literal_separator(true)
                    .build()
                    .with_context(|| format!("`{source}` is no glob"))?,
            );
        }
    }
    set.build().context("the globs are too many or too large")
}

/// What reports say about the rules that found something.
fn rule_infos(report: &Report, rules: &RuleSet) -> Vec<RuleInfo> {
    rules
        .rules
        .iter()
        .filter(|rule| {
            report
                .findings
                .iter()
                .any(|finding| finding.rule == rule.id)
        })
        .map(|rule| RuleInfo {
            id: rule.id.clone(),
            title: rule.title.clone(),
            class: rule.class,
            severity: rule.severity,
            impact: format!("{} {}", rule.impact.trim(), rule.details.trim())
                .trim()
                .to_owned(),
            remedy: rule.remedy.trim().to_owned(),
            references: rule.references.clone(),
            description: format!("{} that stands in the open.", rule.title),
        })
        .collect()
}

impl From<args::Format> for OutputFormat {
    fn from(format: args::Format) -> Self {
        match format {
            args::Format::Text => Self::Text,
            args::Format::Json => Self::Json,
            args::Format::Jsonl => Self::Jsonl,
            args::Format::Sarif => Self::Sarif,
            args::Format::Gitlab => Self::Gitlab,
            args::Format::Junit => Self::Junit,
            args::Format::Github => Self::Github,
            args::Format::Html => Self::Html,
        }
    }
}

impl From<args::KindName> for Kind {
    fn from(kind: args::KindName) -> Self {
        match kind {
            args::KindName::Leak => Self::Leak,
            args::KindName::Published => Self::Published,
            args::KindName::Weak => Self::Weak,
        }
    }
}
