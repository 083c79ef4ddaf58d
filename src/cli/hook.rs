//! `leakey hook`: what a hook of git calls, and writing and removing such hooks.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Parser;

use super::args::{Cli, Command, Hook, HookName};
use super::{Exit, output, remark, scan};
use crate::hook::{self, Change, Folder, Owner, Removal, State};
use crate::report::sanitize;

/// A push of more refs than this many bytes of lines tell is refused.
const MOST_INPUT: u64 = 64 << 20;

pub(super) fn run(command: &Hook) -> anyhow::Result<Exit> {
    match command {
        Hook::Install { hooks, force } => install(hooks, *force),
        Hook::Uninstall { hooks } => uninstall(hooks),
        Hook::Status => status(),
        Hook::Run { hook, .. } => scan(*hook),
    }
}

fn scan(name: HookName) -> anyhow::Result<Exit> {
    let options: &[&str] = match name {
        HookName::PreCommit => &["--staged"],
        HookName::PrePush => &["--profile=hook"],
        // A server obeys nothing that is pushed to it.
        HookName::PreReceive => &["--profile=hook", "--untrusted"],
    };
    let command = ["leakey", "scan"].iter().chain(options);
    let Command::Scan(mut scan) = Cli::try_parse_from(command)?.command else {
        return Ok(Exit::Trouble);
    };
    if name == HookName::PreCommit {
        return scan::run(&scan);
    }
    let mut text = String::new();
    let mut input = std::io::stdin().lock().take(MOST_INPUT + 1);
    (input.read_to_string(&mut text)).context("cannot read what git tells the hook")?;
    anyhow::ensure!(
        text.len() as u64 <= MOST_INPUT,
        "the push changes more refs than a hook reads; push fewer at a time"
    );
    let updates = match name {
        HookName::PreReceive => hook::pre_receive(&text)?,
        HookName::PrePush | HookName::PreCommit => hook::pre_push(&text)?,
    };
    if updates.is_empty() {
        return Ok(Exit::Clean);
    }
    scan.looked.input.pushed = Some(
        updates
            .into_iter()
            .map(|push| (push.old, push.new))
            .collect(),
    );
    scan::run(&scan)
}

fn install(hooks: &[HookName], force: bool) -> anyhow::Result<Exit> {
    let folder = Folder::find(Path::new("."))?;
    let hooks: Vec<_> = match hooks {
        [] if folder.bare => vec![hook::Hook::PreReceive],
        [] => vec![hook::Hook::PreCommit, hook::Hook::PrePush],
        hooks => hooks.iter().map(|&name| name.into()).collect(),
    };
    if let Some(why) = foreign(&folder) {
        if !force {
            let first = hooks.first().map_or("pre-commit", |hook| hook.name());
            bail!("{why}; {}", remedy(folder.owner, first));
        }
        remark(&why);
    }
    let program = std::env::current_exe().context("cannot tell where leakey itself lies")?;
    for hook in hooks {
        let done = match hook::install(&folder, hook, &program)? {
            Change::Written => "written",
            Change::Chained => "written; the hook that was there runs first",
            Change::Renewed => "renewed",
            Change::None => "is there already",
        };
        tell(&folder, hook, done)?;
    }
    Ok(Exit::Clean)
}

fn uninstall(hooks: &[HookName]) -> anyhow::Result<Exit> {
    let folder = Folder::find(Path::new("."))?;
    let hooks: Vec<_> = match hooks {
        [] => hook::Hook::ALL.to_vec(),
        hooks => hooks.iter().map(|&name| name.into()).collect(),
    };
    let mut found = false;
    for hook in hooks {
        let done = match hook::uninstall(&folder, hook)? {
            Removal::Removed => "removed",
            Removal::Restored => "removed, and the hook from before it put back",
            Removal::Replaced => {
                "left alone: another tool has written over the hook of leakey; the hook from before it lies beside it"
            }
            Removal::None => continue,
        };
        found = true;
        tell(&folder, hook, done)?;
    }
    if !found {
        return output::say("no hook of leakey is there\n");
    }
    Ok(Exit::Clean)
}

/// Says at once what was done to a hook: the next one may fail.
fn tell(folder: &Folder, hook: hook::Hook, done: &str) -> anyhow::Result<Exit> {
    let path = folder.path.join(hook.name());
    output::say(&format!("{}: {done}\n", sanitize(&path.to_string_lossy())))
}

fn status() -> anyhow::Result<Exit> {
    let folder = Folder::find(Path::new("."))?;
    let mut text = format!("hooks in {}\n", sanitize(&folder.path.to_string_lossy()));
    for hook in hook::Hook::ALL {
        let state = match hook::state(&folder, hook)? {
            State::Absent => "none",
            State::Installed { chained: false } => "leakey",
            State::Installed { chained: true } => "leakey, after the hook that was there before",
            State::Other {
                names_leakey: false,
            } => "another hook",
            State::Other { names_leakey: true } => "another hook, which names leakey",
            State::Inert => "a file that git passes over, as it is not executable",
        };
        writeln!(text, "{:<12} {state}", hook.name())?;
    }
    if let Some(why) = foreign(&folder) {
        writeln!(text, "{}", sanitize(&why))?;
    }
    output::say(&text)
}

/// Why the folder is not this repository's alone; `None`: it is.
fn foreign(folder: &Folder) -> Option<String> {
    let path = folder.path.display();
    Some(match folder.owner {
        Owner::Repository => return None,
        Owner::Husky => "husky manages the hooks of this project".to_owned(),
        Owner::Project => {
            format!("{path} is tracked: what is written there is for all who work on the project")
        }
        Owner::Shared => format!("{path} is not this repository's alone (core.hooksPath)"),
    })
}

fn remedy(owner: Owner, name: &str) -> String {
    match owner {
        Owner::Husky => format!(
            "add the line `leakey hook run {name}` to .husky/{name}, or write all the same with --force"
        ),
        Owner::Project | Owner::Repository => format!(
            "add the line `leakey hook run {name}` to the hook there, or write all the same with --force"
        ),
        Owner::Shared => "write there all the same with --force, or give the repository its own with `git config core.hooksPath \"$(git rev-parse --path-format=absolute --git-common-dir)/hooks\"`".to_owned(),
    }
}

impl From<HookName> for hook::Hook {
    fn from(name: HookName) -> Self {
        match name {
            HookName::PreCommit => Self::PreCommit,
            HookName::PrePush => Self::PrePush,
            HookName::PreReceive => Self::PreReceive,
        }
    }
}
