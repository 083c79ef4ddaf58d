//! The command line: reads arguments, composes the library, prints, and says how it ended.
//!
//! This is the only module that prints. `run` is the table of contents.
#![allow(
    clippy::print_stderr,
    reason = "diagnostics of a command go to standard error"
)]

mod args;
mod baseline;
mod check_env;
mod completions;
mod exit;
mod explain;
mod hook;
mod interrupt;
mod obeyed;
mod output;
mod progress;
mod rules;
mod scan;
mod settings;
mod setup;

use std::process::ExitCode;

use clap::Parser;

pub use exit::Exit;

use crate::report::sanitize;
use crate::rule::{RuleError, RuleSet, builtin_files, load};

/// Runs the command and gives its exit code.
pub fn run() -> ExitCode {
    quiet_panics();
    crate::source::git::tune();
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no trouble; a closed pipe there is none either.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Trouble
            } else {
                Exit::Clean
            }
            .into();
        }
    };
    let outcome = match cli.command {
        args::Command::Scan(scan) => scan::run(&scan),
        args::Command::Explain(explain) => explain::run(&explain),
        args::Command::CheckEnv(command) => check_env::run(&command),
        args::Command::Baseline(command) => baseline::run(&command),
        args::Command::Hook(command) => hook::run(&command),
        args::Command::Rules(command) => rules::run(&command),
        args::Command::Completions { shell } => completions::shell(shell),
        args::Command::Man => completions::man(),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            let chain: Vec<_> = error.chain().map(ToString::to_string).collect();
            eprintln!("leakey: {}", sanitize(&chain.join(": ")));
            Exit::Trouble.into()
        }
    }
}

/// The text of a panic may quote the document it happened in. Only its place is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        eprintln!("leakey: internal fault{place}; please report it");
    }));
}

/// A remark on standard error.
fn remark(text: &str) {
    eprintln!("leakey: {}", sanitize(text));
}

/// The rules that are part of the program.
fn builtin_rules() -> Result<RuleSet, RuleError> {
    load(builtin_files().iter().copied())
}
