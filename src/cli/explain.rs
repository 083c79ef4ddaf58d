//! `leakey explain`: every candidate on a line, and why it was kept or dropped.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::setup::Setup;
use super::{Exit, args, output};
use crate::detect::prefilter::Scratch;
use crate::finding::{Origin, Report, SourceKind, Suppression};
use crate::judge::Verdict;
use crate::report::sanitize;
use crate::scan::Outcome;
use crate::secret::Secret;
use crate::source::paths::Naming;
use crate::source::{Item, Scope};
use crate::text::Position;

pub(super) fn run(arguments: &args::Explain) -> anyhow::Result<Exit> {
    let (path, line) = place(&arguments.place)?;
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    // The place is scanned as well, for what accepts it.
    let looked = args::Looked {
        paths: vec![path.clone()],
        chosen: args::Chosen {
            profile: arguments.chosen.profile.or(Some(args::Profile::Audit)),
            ..arguments.chosen.clone()
        },
        ..args::Looked::default()
    };
    let setup = Setup::new(&looked)?;
    let report = setup.scan()?;
    let scanner = &setup.scanner;
    let naming =
        Naming::new(std::env::current_dir().context("the current directory cannot be told")?);
    let item = Item {
        path: &naming.reported(&path),
        logical: &naming.logical(&path, &path),
        bytes: &bytes,
        origin: &Origin::plain(SourceKind::Worktree),
        scope: Scope::Whole,
        first_line: 1,
        version: None,
    };
    let mut out = String::new();
    let mut found = 0;
    let outcome = scanner.examine(&item, &mut Scratch::default(), &mut |examined, seen| {
        let candidate = examined.candidate;
        let spans = candidate
            .statements
            .iter()
            .flatten()
            .chain([&candidate.span]);
        let touches = spans.into_iter().any(|&span| {
            let (first, last) = seen.lines.range(span);
            (first..=last).contains(&line)
        });
        if !touches {
            return;
        }
        found += 1;
        let rule = &scanner.rules().rules[candidate.rule.0];
        let at = seen.lines.position(candidate.span.start);
        let _ = writeln!(
            out,
            "{}:{}:{}: {}",
            sanitize(item.path),
            at.line,
            at.column,
            sanitize(&candidate.key)
        );
        let format = seen
            .document
            .format
            .map_or("no format", crate::format::Format::name);
        let _ = writeln!(out, "  rule:      {} ({})", rule.id, rule.title);
        let _ = writeln!(out, "  read as:   {format}");
        if let Some(value) = &candidate.value {
            let looks = candidate.shape;
            let random = if looks.random { "random" } else { "not random" };
            let _ = writeln!(
                out,
                "  value:     {}, {random}, looks like {}, about {:.0} bits",
                Secret::new(value.to_vec()).redacted(),
                looks.generator,
                looks.bits
            );
        }
        let _ = match examined.verdict {
            Verdict::Keep(judged) => writeln!(
                out,
                "  verdict:   reported as {}, context {}, confidence {}{}",
                judged.kind.name(),
                judged.context.name(),
                judged.confidence.name(),
                judged
                    .published
                    .as_deref()
                    .map_or_else(String::new, |place| format!(" (published: {place})")),
            ),
            Verdict::Drop(reason) => writeln!(
                out,
                "  verdict:   dropped, {}: {}",
                reason.name(),
                reason.explanation()
            ),
        };
        if let Some(suppressed) = accepted(&report, &rule.id, at) {
            let _ = writeln!(out, "  accepted:  by {}", words(suppressed));
        }
    });
    if let Outcome::Short(places) = &outcome {
        for place in places {
            let _ = writeln!(out, "{}: {}", sanitize(item.path), place.what());
        }
    }
    if outcome == Outcome::Binary {
        let _ = writeln!(
            out,
            "{}: no text in any encoding leakey knows; nothing is looked for in it",
            sanitize(item.path)
        );
    } else if found == 0 {
        let _ = writeln!(
            out,
            "{}:{line}: no rule is about anything on this line",
            sanitize(item.path)
        );
    }
    for notice in &report.ignored {
        let line = notice
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        let _ = writeln!(
            out,
            "{}{line}: {}",
            sanitize(&notice.path),
            sanitize(&notice.what)
        );
    }
    output::say(&out)
}

/// What accepts the value that begins at a place, by a rule.
fn accepted<'r>(report: &'r Report, rule: &str, at: Position) -> Option<&'r Suppression> {
    let mut findings = report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule);
    let occurrence = findings.find_map(|finding| {
        let mut places = finding.occurrences.iter();
        places.find(|occurrence| occurrence.start == at)
    })?;
    occurrence.suppressed.as_ref()
}

fn words(suppressed: &Suppression) -> String {
    let mut text = match suppressed.by {
        "inline" => "a comment".to_owned(),
        "config" => "the configuration".to_owned(),
        by => format!("the {by}"),
    };
    match &suppressed.reason {
        Some(reason) => {
            let _ = write!(text, ": {}", sanitize(reason));
        }
        None => text.push_str(", no reason given"),
    }
    if let Some(until) = &suppressed.until {
        let _ = write!(text, " (until {})", sanitize(until));
    }
    text
}

fn place(argument: &str) -> anyhow::Result<(PathBuf, usize)> {
    let parsed = argument
        .rsplit_once(':')
        .and_then(|(path, line)| Some((path, line.parse().ok()?)));
    match parsed {
        Some((path, line)) if line >= 1 && !path.is_empty() => Ok((path.into(), line)),
        _ => bail!("`{argument}`: write it as PATH:LINE, for example settings.py:23"),
    }
}
