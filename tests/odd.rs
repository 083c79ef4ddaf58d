//! Repositories of unusual kinds: whatever one holds is found, and what cannot be seen is said.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

#[path = "odd/damage.rs"]
mod damage;
#[path = "odd/forms.rs"]
mod forms;
#[path = "odd/places.rs"]
mod places;

use std::path::Path;
use std::process::Output;

use common::repo::{Repo, git, git_in};

/// A Django settings file with an invented key, made of `seed`.
fn settings(seed: u64) -> (String, String) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let symbols = b"abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";
    let key: String = (0..50)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            char::from(symbols[usize::try_from(state >> 33).unwrap() % symbols.len()])
        })
        .collect();
    (format!("DEBUG = False\nSECRET_KEY = '{key}'\n"), key)
}

/// What a run of the program came to.
struct Told {
    code: i32,
    report: String,
    errors: String,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let report = self.report.get(..3000).unwrap_or(&self.report);
        write!(f, "code {}, {report}\n{}", self.code, self.errors)
    }
}

impl Told {
    /// Whether the value is among the findings (secrets are asked for).
    fn holds(&self, key: &str) -> bool {
        // As JSON writes it; no key here holds a quote or a backslash.
        self.report.contains(&format!("\"value\":\"{key}\""))
            || self.report.contains(&format!("\"value\": \"{key}\""))
    }

    fn complete(&self) -> bool {
        self.report.contains("\"complete\": true") || self.report.contains("\"complete\":true")
    }
}

/// Runs `leakey scan --format json --show-secrets` with `args` in `folder`.
fn scan<const N: usize>(folder: &Path, args: [&str; N]) -> Told {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leakey"));
    command.current_dir(folder).arg("scan").args(args);
    command.args(["--format", "json", "--show-secrets", "--no-config"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_")
            || name.to_string_lossy().starts_with("LEAKEY")
        {
            command.env_remove(name);
        }
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Told {
        code: status.code().unwrap(),
        report: String::from_utf8(stdout).unwrap(),
        errors: String::from_utf8(stderr).unwrap(),
    }
}

/// A complete scan that finds the key, by deltas and whole.
fn found(folder: &Path, key: &str, what: &str) {
    for args in [&["--history"][..], &["--history", "--exhaustive"]] {
        let told = match args {
            [one] => scan(folder, [one]),
            [one, two] => scan(folder, [one, two]),
            _ => unreachable!(),
        };
        assert_eq!(told.code, 1, "{what} {args:?}: {told:?}");
        assert!(told.complete(), "{what} {args:?}: {told:?}");
        assert!(told.holds(key), "{what} {args:?}: {told:?}");
    }
}
