//! Throw-away repositories made with the real git, and a visitor that writes down what arrives.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use leakey::finding::{Issue, Origin, Skip};
use leakey::source::{Counted, Item, Past, Scope, Source, SourceError, Visitor};

/// A repository in a temporary folder.
pub(crate) struct Repo {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Repo {
    /// An empty repository with a work tree.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The same, of a form that `git init` is told.
    pub(crate) fn with(form: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("repo");
        std::fs::create_dir(&path).unwrap();
        let repo = Self { folder, path };
        let made = git(repo.path()).args(["init", "-q"]).args(form).output();
        assert!(made.unwrap().status.success(), "git init {form:?}");
        repo
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Another path in the same temporary folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs git here, with nothing of the user's around it; gives what it printed.
    pub(crate) fn git<const N: usize>(&self, args: [&str; N]) -> String {
        git_in(&self.path, args)
    }

    /// Writes a file of the work tree.
    pub(crate) fn write(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(name.as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Stages everything.
    pub(crate) fn add(&self) -> &Self {
        self.git(["add", "-A"]);
        self
    }

    /// Stages and commits everything; gives the id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.add();
        self.git(["commit", "-q", "--allow-empty", "-m", message]);
        self.git(["rev-parse", "HEAD"])
    }

    /// Removes a loose object, or overwrites it with rubbish.
    pub(crate) fn damage(&self, id: &str, remove: bool) {
        let path = (self.path).join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
        if remove {
            std::fs::remove_file(path).unwrap();
        } else {
            // Objects are read-only.
            std::fs::remove_file(&path).unwrap();
            std::fs::write(path, b"rubbish").unwrap();
        }
    }
}

/// Runs git in a folder, with nothing of the user's around it; gives what it printed.
pub(crate) fn git_in<const N: usize>(folder: &Path, args: [&str; N]) -> String {
    let output = git(folder).args(args).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {errors}");
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

/// git in `folder`, with a fixed identity and clock and no configuration but the repository's.
pub(crate) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada Author")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_NAME", "Carl Committer")
        .env("GIT_COMMITTER_EMAIL", "carl@example.org")
        .env("GIT_AUTHOR_DATE", "1600000000 +0000")
        .env("GIT_COMMITTER_DATE", "1700000000 +0200")
        .args(["-c", "init.defaultBranch=main", "-c", "gc.auto=0"])
        .args(["-c", "protocol.file.allow=always"]);
    command
}

/// One item, owned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    /// Path as reported.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: Vec<u8>,
    /// Lines of interest; `None`: all.
    pub(crate) lines: Option<Vec<(usize, usize)>>,
    /// Where it came from.
    pub(crate) origin: Origin,
    pub(crate) version: Option<u32>,
}

/// All that arrived, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Items.
    pub(crate) seen: Vec<Seen>,
    /// Issues.
    pub(crate) issues: Vec<Issue>,
    /// What was left out.
    pub(crate) skipped: Vec<Skip>,
    /// Blobs counted.
    pub(crate) blobs: u64,
    /// Commits counted.
    pub(crate) commits: u64,
    /// Whether history was said to be shallow.
    pub(crate) shallow: bool,
}

impl Record {
    /// Items under `path`.
    pub(crate) fn at(&self, path: &str) -> Vec<&Seen> {
        self.seen.iter().filter(|seen| seen.path == path).collect()
    }

    /// Paths with their lines of interest, messages left out.
    pub(crate) fn lines(&self) -> Vec<(&str, Vec<(usize, usize)>)> {
        let files = self.seen.iter().filter(|seen| !seen.path.starts_with(':'));
        files
            .map(|seen| (&*seen.path, seen.lines.clone().unwrap_or_default()))
            .collect()
    }

    /// The items whose lines of interest hold `needle`.
    pub(crate) fn holding(&self, needle: &str) -> Vec<&Seen> {
        let holds = |seen: &&Seen| {
            let text = String::from_utf8_lossy(&seen.text);
            let mut lines = text.split('\n').zip(1..);
            lines.any(|(line, number)| {
                let inside = |&(from, to): &(usize, usize)| from <= number && number <= to;
                let wanted = seen.lines.as_ref().is_none_or(|l| l.iter().any(inside));
                wanted && line.contains(needle)
            })
        };
        self.seen.iter().filter(holds).collect()
    }
}

/// Runs a source and writes down everything.
pub(crate) fn record(source: &dyn Source) -> Result<Record, SourceError> {
    let total = Mutex::new(Record::default());
    source.drive(&|| {
        Box::new(Recorder {
            total: &total,
            mine: Record::default(),
        })
    })?;
    let mut record = total.into_inner().unwrap();
    record.seen.sort();
    record.issues.sort();
    record.skipped.sort();
    Ok(record)
}

struct Recorder<'t> {
    total: &'t Mutex<Record>,
    mine: Record,
}

impl Visitor for Recorder<'_> {
    fn visit(&mut self, item: Item<'_>) {
        assert_eq!(item.path, item.logical);
        self.mine.seen.push(Seen {
            path: item.path.into(),
            text: item.bytes.into(),
            lines: match item.scope {
                Scope::Whole => None,
                Scope::Lines(lines) => Some(lines.into()),
            },
            origin: item.origin.origin().clone(),
            version: item.version,
        });
    }

    fn past(&mut self, past: Box<dyn Past + Send>) {
        let mut total = self.total.lock().unwrap();
        let versions = total.seen.iter().filter_map(|seen| seen.version).collect();
        let there = past.in_tips(&versions);
        for seen in &mut total.seen {
            if (seen.version.as_ref()).is_some_and(|version| there.contains(version)) {
                seen.origin.in_tip = Some(true);
            }
        }
    }

    fn count_bytes(&mut self, _: u64) {}

    fn count(&mut self, what: Counted, _: u64) {
        match what {
            Counted::Blob => self.mine.blobs += 1,
            Counted::Commit => self.mine.commits += 1,
            Counted::File => unreachable!("git input holds no files"),
        }
    }

    fn skip(&mut self, why: Skip) {
        self.mine.skipped.push(why);
    }

    fn issue(&mut self, issue: Issue) {
        self.mine.issues.push(issue);
    }

    fn shallow(&mut self) {
        self.mine.shallow = true;
    }
}

impl Drop for Recorder<'_> {
    fn drop(&mut self) {
        let mut total = self.total.lock().unwrap();
        total.seen.append(&mut self.mine.seen);
        total.issues.append(&mut self.mine.issues);
        total.skipped.append(&mut self.mine.skipped);
        total.blobs += self.mine.blobs;
        total.commits += self.mine.commits;
        total.shallow |= self.mine.shallow;
    }
}
