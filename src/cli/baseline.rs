//! `leakey baseline`: accepts what is there, by fingerprint.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::args::{self, Accept, Chosen, Looked};
use super::setup::Setup;
use super::{Exit, output, remark};
use crate::finding::{Report, SourceKind};
use crate::report::sanitize;
use crate::suppress::baseline::Accepted;
use crate::suppress::{Baseline, Date, Placed, Whole};

/// A baseline by its file.
pub(super) struct File {
    pub path: PathBuf,
    /// As reported.
    pub name: String,
    /// Whether a setting names it.
    pub named: bool,
    /// Whether it is obeyed.
    pub obeyed: bool,
}

/// The baseline in a file that is obeyed; `None` where there is none and none was asked for.
pub(super) fn read(file: &File) -> anyhow::Result<Option<Baseline>> {
    if !file.obeyed {
        return Ok(None);
    }
    let known = existing(file)?;
    if known.is_none() && file.named {
        bail!(
            "{}: there is no such baseline; `leakey baseline create` makes one",
            file.name
        );
    }
    Ok(known)
}

fn existing(file: &File) -> anyhow::Result<Option<Baseline>> {
    match std::fs::read_to_string(&file.path) {
        Ok(text) => Ok(Some(Baseline::parse(&file.name, &text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", file.name)),
    }
}

pub(super) fn run(command: &args::Baseline) -> anyhow::Result<Exit> {
    match command {
        args::Baseline::Create(accept) => change(&accept.looked, Some(accept), false),
        args::Baseline::Update(accept) => change(&accept.looked, Some(accept), true),
        args::Baseline::Prune(looked) => change(looked, None, true),
        args::Baseline::Show(chosen) => show(chosen),
    }
}

fn change(looked: &Looked, accept: Option<&Accept>, drop: bool) -> anyhow::Result<Exit> {
    if let Some(until) = accept.and_then(|accept| accept.until.as_deref())
        && Date::parse(until).is_none()
    {
        bail!("--until {until}: this is no date; write it as 2026-12-31");
    }
    let setup = Setup::new(looked)?;
    if drop && setup.whole() == Whole::Nothing {
        bail!(
            "what is of no use can be told only when everything is scanned: run this at the top of the repository, or with \
             --history, without PATH and without filters"
        );
    }
    let file = setup.baseline_file();
    let known = existing(&file)?;
    if known.is_none() && accept.is_none() {
        bail!("{}: there is no such baseline", file.name);
    }
    let mut baseline = known.unwrap_or_else(|| Baseline::new(&file.name));
    let placed = setup.placed(&file, baseline.clone());
    let report = setup.scan_with(Some(placed.clone()))?;
    for issue in &report.issues {
        remark(&format!("{}: {}", issue.path, issue.what));
    }
    if drop && !report.complete() {
        bail!(
            "{}: left as it was, because the scan is not complete",
            file.name
        );
    }
    let mut said = String::new();
    if drop {
        let gone = unused(
            &mut baseline,
            &placed,
            &report,
            looked.input.history,
            accept.is_none(),
        );
        let _ = writeln!(said, "{} dropped", counted(gone, "entry", "entries"));
    }
    if let Some(accept) = accept {
        let new = accept_all(&mut baseline, &placed, &report, accept)?;
        let _ = writeln!(said, "{} accepted", counted(new, "value", "values"));
    }
    let text = baseline.text();
    // What a merge has put out of order is put in order, too.
    if std::fs::read_to_string(&file.path).ok().as_ref() != Some(&text) {
        output::replace(&file.path, &text)?;
    }
    let _ = writeln!(
        said,
        "{}: {}",
        sanitize(&file.name),
        counted(baseline.entries().count(), "entry", "entries")
    );
    output::say(&said)?;
    Ok(if report.complete() {
        Exit::Clean
    } else {
        Exit::Trouble
    })
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Takes out what met nothing. Entries for what only history holds are told by history alone, and all others by files alone:
/// the value may stand in a file that git does not know.
fn unused(
    baseline: &mut Baseline,
    placed: &Placed,
    report: &Report,
    history: bool,
    expired_too: bool,
) -> usize {
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for finding in &report.findings {
        for occurrence in &finding.occurrences {
            let path = placed.base.path(&occurrence.path);
            let entry = (placed.baseline).entry(finding, occurrence, path.as_deref());
            met.extend(entry.map(|(fingerprint, _)| fingerprint));
        }
    }
    let today = Date::today();
    baseline.retain(|fingerprint, entry| {
        let open = met.contains(fingerprint) || entry.history != history;
        open && !(expired_too && entry.is_over(today))
    })
}

/// Accepts every place that is open; one whose acceptance is past its date stays open.
fn accept_all(
    baseline: &mut Baseline,
    placed: &Placed,
    report: &Report,
    accept: &Accept,
) -> anyhow::Result<usize> {
    let mut new = BTreeSet::new();
    let mut over = BTreeSet::new();
    for finding in &report.findings {
        let open = finding.occurrences.iter();
        for occurrence in open.filter(|occurrence| occurrence.suppressed.is_none()) {
            let path = placed.base.path(&occurrence.path);
            if let Some((fingerprint, _)) =
                placed.baseline.entry(finding, occurrence, path.as_deref())
            {
                over.insert(fingerprint);
                continue;
            }
            let known = (placed.baseline.entries())
                .any(|(fingerprint, _)| fingerprint == occurrence.fingerprint);
            let scoped = accept.only_there || known;
            let origin = &occurrence.origin;
            let in_history = !matches!(
                origin.source,
                SourceKind::Worktree | SourceKind::Index | SourceKind::Stdin
            );
            let mut entry = Accepted::new(&finding.rule);
            entry
                .paths
                .extend(path.filter(|_| scoped).map(|path| globset::escape(&path)));
            entry.history = in_history && origin.in_head != Some(true);
            entry.reason.clone_from(&accept.reason);
            entry.owner.clone_from(&accept.owner);
            entry.until.clone_from(&accept.until);
            baseline.add(&occurrence.fingerprint, entry)?;
            new.insert(&occurrence.fingerprint);
        }
    }
    for fingerprint in over {
        remark(&format!(
            "{}: {fingerprint} is past its date and stays so; change its `until`, or prune it first",
            placed.baseline.name
        ));
    }
    Ok(new.len())
}

fn show(chosen: &Chosen) -> anyhow::Result<Exit> {
    let looked = Looked {
        chosen: chosen.clone(),
        ..Looked::default()
    };
    let file = Setup::new(&looked)?.baseline_file();
    let Some(baseline) = existing(&file)? else {
        bail!(
            "{}: there is no such baseline; `leakey baseline create` makes one",
            file.name
        );
    };
    let today = Date::today();
    let mut out = String::new();
    for (fingerprint, entry) in baseline.entries() {
        let _ = write!(out, "{fingerprint}  {}", sanitize(&entry.rule));
        let mut part = |name: &str, text: &str| {
            let _ = write!(out, "  {name}: {}", sanitize(text));
        };
        if !entry.paths.is_empty() {
            part("paths", &entry.paths.join(", "));
        }
        if entry.history {
            part("found in", "history");
        }
        for (name, text) in [("reason", &entry.reason), ("owner", &entry.owner)] {
            if let Some(text) = text {
                part(name, text);
            }
        }
        if let Some(until) = &entry.until {
            part(
                if entry.is_over(today) {
                    "expired"
                } else {
                    "until"
                },
                until,
            );
        }
        out.push('\n');
    }
    output::say(&out)
}
