//! `leakey scan`: arguments to settings, settings to a source and a scanner, and the report to where it goes.

use super::args::{self, Scan};
use super::setup::Setup;
use super::{Exit, interrupt, output, progress, remark};
use crate::finding::{Kind, Report};
use crate::report::{OutputFormat, RuleInfo, View};
use crate::rule::{RuleSet, Target};

pub(super) fn run(scan: &Scan) -> anyhow::Result<Exit> {
    let setup = Setup::new(&scan.looked)?;
    if scan.dump_config {
        return output::say(&setup.settings.dump(setup.profile));
    }
    let targets = scan
        .output
        .iter()
        .map(|target| output::target(target))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let started = output::clock();
    // Who waits for standard input is not in the middle of anything.
    if !scan.looked.input.stdin {
        interrupt::heed(&setup.watch);
    }
    let shown = (!scan.quiet).then(|| progress::show(&setup.watch));
    let report = setup.scan()?;
    drop(shown);
    let finished = output::clock();
    let format = scan.format.into();
    let mut notes = notes(&report);
    if !scan.quiet && format != OutputFormat::Text {
        for note in &notes {
            remark(note);
        }
    }
    notes.extend(setup.advice(&report));
    let view = View {
        show_secrets: scan.show_secrets,
        color: output::color(scan.color),
        width: output::width(),
        verbose: scan.verbose,
        profile: setup.profile.name(),
        rules: rule_infos(&report, setup.scanner.rules()),
        started,
        finished,
        notes,
    };
    for (format, file) in &targets {
        output::write(&report, &view, *format, file)?;
    }
    output::print(&report, &view, format)?;
    let strict = setup.settings.strict_suppressions() && !report.stale.is_empty();
    Ok(match Exit::of(&report, scan.exit_zero) {
        Exit::Clean if strict && !scan.exit_zero => Exit::Findings,
        exit => exit,
    })
}

/// Remarks for people on what was not obeyed and what is of no use.
fn notes(report: &Report) -> Vec<String> {
    let ignored = report.ignored.iter().map(|notice| match notice.line {
        Some(line) => format!("{}:{line}: {}", notice.path, notice.what),
        None => format!("{}: {}", notice.path, notice.what),
    });
    let stale =
        (report.stale.iter()).map(|stale| format!("{}:{}: {}", stale.path, stale.line, stale.what));
    ignored.chain(stale).collect()
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
            description: match rule.when.first().map(|when| &when.target) {
                // Their titles are sentences.
                Some(Target::Gitleaks(_)) => format!("{}.", rule.title),
                _ => format!("{} that stands in the open.", rule.title),
            },
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
