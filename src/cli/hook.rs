//! `leakey hook run`: what a hook of git calls.

use std::io::Read;

use anyhow::Context;
use clap::Parser;

use super::args::{Cli, Command, Hook, HookName};
use super::{Exit, scan};
use crate::hook;

/// A push of more refs than this many bytes of lines tell is refused.
const MOST_INPUT: u64 = 64 << 20;

pub(super) fn run(command: &Hook) -> anyhow::Result<Exit> {
    let Hook::Run { hook: name, .. } = command;
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
    if *name == HookName::PreCommit {
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
    scan.input.pushed = Some(
        updates
            .into_iter()
            .map(|push| (push.old, push.new))
            .collect(),
    );
    scan::run(&scan)
}
