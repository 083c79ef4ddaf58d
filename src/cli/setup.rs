//! From arguments to a scan: settings, rules, source, and what is accepted. Every command that scans goes through here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::args::{Extra, Input, Looked};
use super::baseline;
use super::rules::rules_of;
use super::settings::settings;
use crate::Policy;
use crate::ci;
use crate::config::{Profile, Settings};
use crate::finding::Report;
use crate::rule::RuleSet;
use crate::scan::Scanner;
use crate::source::git::{Enclosing, History, Range, Staged, enclosing};
use crate::source::paths::{Base, Naming, normalized};
use crate::source::select::Selected;
use crate::source::unpack::Limits;
use crate::source::{Source, Stdin, Tree, Watch};
use crate::suppress::baseline::FILE as BASELINE;
use crate::suppress::{Baseline, Placed, Territory};

/// More threads than this only wait for each other.
const MOST_THREADS: usize = 64;
/// Set by git while a server looks at what is pushed to it.
const QUARANTINE: &str = "GIT_QUARANTINE_PATH";

/// A scan, ready to run.
pub(super) struct Setup<'a> {
    pub settings: Settings,
    pub profile: Profile,
    pub scanner: Scanner,
    /// How far its scan is.
    pub watch: Arc<Watch>,
    policy: Policy,
    pub(super) work: Workplace,
    pub(super) input: &'a Input,
    extra: &'a Extra,
    pub(super) paths: &'a [PathBuf],
    /// Whether arguments leave out files or rules.
    pub(super) filtered: bool,
    /// The configuration file in force, and whether the user named it.
    pub(super) file: Option<(PathBuf, bool)>,
    /// The commits this CI job is about, where asked for.
    job: Option<ci::Job>,
}

/// Where the command runs.
pub(super) struct Workplace {
    pub(super) current: PathBuf,
    /// The top of what is obeyed: the repository, or without one the current directory.
    pub(super) root: PathBuf,
    pub(super) repository: Option<Enclosing>,
    /// Whether nothing in what is scanned is obeyed.
    pub(super) untrusted: bool,
}

impl<'a> Setup<'a> {
    pub(super) fn new(looked: &'a Looked) -> anyhow::Result<Self> {
        let Looked {
            paths,
            input,
            extra,
            chosen,
        } = looked;
        let current = std::env::current_dir().context("the current directory cannot be told")?;
        let repository = enclosing(&current);
        let work = Workplace {
            root: repository
                .as_ref()
                .map_or_else(|| current.clone(), |repository| repository.root.clone()),
            repository,
            untrusted: chosen.untrusted || std::env::var_os(QUARANTINE).is_some(),
            current,
        };
        let trusted = (!work.untrusted).then_some(work.root.as_path());
        let (settings, file) = settings(chosen, extra, &work.current, trusted)?;
        let profile = match settings.profile() {
            Some(profile) => profile,
            None if input.staged => Profile::Hook,
            None if input.history => Profile::Audit,
            None => Profile::Ci,
        };
        let rules = rules(&settings)?;
        let known: Vec<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
        let policy = settings.policy(profile, &known)?;
        let watch = Arc::<Watch>::default();
        let scanner = Scanner::new(rules, policy.clone()).watched(Arc::clone(&watch));
        let mut setup = Self {
            settings,
            profile,
            scanner: scanner.exhaustive(extra.exhaustive),
            watch,
            policy,
            work,
            input,
            extra,
            paths,
            filtered: [
                &chosen.include,
                &chosen.exclude,
                &chosen.only_rule,
                &chosen.disable_rule,
            ]
            .iter()
            .any(|list| !list.is_empty()),
            file,
            job: input.ci.then(ci_job).transpose()?,
        };
        let obeyed = !matches!(setup.territory(), Territory::Nowhere);
        setup.scanner.obey_comments(obeyed);
        Ok(setup)
    }

    /// Scans, and marks what is accepted.
    pub(super) fn scan(&self) -> anyhow::Result<Report> {
        let file = self.baseline_file();
        self.scan_with(baseline::read(&file)?.map(|baseline| self.placed(&file, baseline)))
    }

    /// The baseline in force, whether it is there or not.
    pub(super) fn baseline_file(&self) -> baseline::File {
        let naming = Naming::new(&self.work.current);
        let (path, named) = match self.settings.baseline() {
            Some((path, _)) => (normalized(path), true),
            None => (self.work.root.join(BASELINE), false),
        };
        baseline::File {
            name: naming.reported(&path),
            obeyed: named || !self.work.untrusted,
            named,
            path,
        }
    }

    /// A baseline read from `file`. One that the user names, or that a file names which the user names, holds everywhere.
    pub(super) fn placed(&self, file: &baseline::File, baseline: Baseline) -> Placed {
        let discovered = |from: &str| {
            let naming = Naming::new(&self.work.current);
            (self.file.as_ref())
                .is_some_and(|(path, named)| !named && naming.reported(path) == from)
        };
        Placed {
            base: self.view_from(&file.path),
            everywhere: (self.settings.baseline()).is_some_and(|(_, from)| !discovered(from)),
            baseline,
        }
    }

    /// Reported paths as seen from the folder of a file.
    pub(super) fn view_from(&self, file: &Path) -> Base {
        Base::new(file.parent().unwrap_or(Path::new("")), self.reported_from())
    }

    /// Scans, and marks what is accepted by this baseline, among others.
    pub(super) fn scan_with(&self, baseline: Option<Placed>) -> anyhow::Result<Report> {
        let source = self.source()?;
        let report = self.scanner.scan(source.as_ref());
        let mut report = match &self.job {
            Some(job) => report.with_context(|| {
                format!(
                    "the range of this job cannot be read; if its checkout is shallow, {}",
                    job.deepen
                )
            })?,
            None => report?,
        };
        self.acceptance(baseline)?
            .apply(&mut report, |kind, context| {
                self.policy.counts(kind, context)
            });
        report.ignored.extend(self.ignored());
        report.ignored.sort();
        Ok(report)
    }

    /// What the reader of a CI job's report should change in it.
    pub(super) fn advice(&self, report: &Report) -> Option<String> {
        let job = self.job.as_ref().filter(|_| report.coverage.shallow)?;
        Some(format!("the checkout is shallow: {}", job.deepen))
    }

    /// Whether the commits of a range, a push or a job are read.
    pub(super) fn commits(&self) -> bool {
        self.input.ci || self.input.pushed.is_some() || !self.input.range.is_empty()
    }

    pub(super) fn git(&self) -> bool {
        self.input.staged || self.input.history || self.commits()
    }

    /// What reported paths are relative to.
    fn reported_from(&self) -> &Path {
        if self.git() {
            &self.work.root
        } else {
            &self.work.current
        }
    }

    fn source(&self) -> anyhow::Result<Box<dyn Source>> {
        let from = self.reported_from();
        let selection = self.settings.selection(from, &self.work.current)?;
        let source = self.plain_source()?;
        Ok(if self.git() && !selection.is_empty() {
            Box::new(Selected { source, selection })
        } else {
            source
        })
    }

    fn archives(&self) -> Option<Limits> {
        self.profile.opens_archives().then(Limits::default)
    }

    /// Number of threads.
    pub(super) fn threads(&self) -> usize {
        self.settings
            .threads()
            .or_else(|| std::thread::available_parallelism().ok())
            .map_or(1, std::num::NonZero::get)
            .min(MOST_THREADS)
    }

    fn plain_source(&self) -> anyhow::Result<Box<dyn Source>> {
        let threads = self.threads();
        if self.input.stdin {
            if !self.paths.is_empty() {
                bail!("--stdin reads one document; a PATH beside it would not be read");
            }
            let mut document =
                Stdin::read(std::io::stdin().lock(), self.extra.stdin_path.as_deref())?;
            document.archives = self.archives();
            return Ok(Box::new(document));
        }
        if self.input.staged {
            return Ok(Box::new(Staged {
                path: ".".into(),
                only: self.paths.to_vec(),
                archives: self.archives(),
                threads,
            }));
        }
        if self.commits() {
            if !self.paths.is_empty() {
                bail!(
                    "--range and --ci read whole commits of the repository in the current directory; leave the PATH out"
                );
            }
            return Ok(Box::new(Range {
                path: ".".into(),
                ranges: (self.job.as_ref())
                    .map_or_else(|| self.input.range.clone(), |job| vec![job.range.clone()]),
                pushed: self.input.pushed.clone().unwrap_or_default(),
                allow_shallow: self.settings.allow_shallow(),
                archives: self.archives(),
                threads,
            }));
        }
        if self.input.history {
            let path = match self.paths {
                [] => ".".into(),
                [path] => path.clone(),
                _ => bail!("--history reads one repository at a time"),
            };
            return Ok(Box::new(History {
                path,
                allow_shallow: self.settings.allow_shallow(),
                archives: self.archives(),
                threads,
            }));
        }
        let paths = if self.paths.is_empty() {
            vec![PathBuf::from(".")]
        } else {
            self.paths.to_vec()
        };
        Ok(Box::new(Tree {
            paths,
            naming: Naming::new(&self.work.current),
            ignored_too: self.profile.reads_ignored(),
            archives: self.archives(),
            selection: self
                .settings
                .selection(&self.work.current, &self.work.current)?,
            threads,
        }))
    }
}

/// The commits this CI job is about.
fn ci_job() -> anyhow::Result<ci::Job> {
    let job = ci::job(&|name| std::env::var(name).ok(), &|path| {
        std::fs::read_to_string(path)
    })?;
    Ok(job)
}

/// The built-in rules with those of the settings. A file takes the place of a built-in one of its name.
fn rules(settings: &Settings) -> anyhow::Result<RuleSet> {
    rules_of(settings.rules(), settings.builtin_rules())
}
