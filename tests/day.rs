//! A team's day with the real git: hooks, a baseline, rename, rebase, a merge, a push, CI, and an acceptance that runs out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "test programs share it, and none needs all of it")]
mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::repo::{Repo, git};

const OLD: &str = "qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R";
const ADA: &str = "zW4hTz2VbX9mKcWd4LpYs8HgJf3aEu1B";
const CARL: &str = "uK8sTz2VbX9mQcWd4LpYw8HgJf3aEr5N";
const NEW: &str = "xT3vTz2VbX9mKcWd4LpYs8HgJf3aEo9D";
const BASELINE: &str = ".leakey-baseline.json";

fn key(value: &str) -> String {
    format!("SECRET_KEY = '{value}'\n")
}

fn leakey(folder: &Path, arguments: &[&str], set: &[(&str, &str)]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(folder)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .envs(set.iter().copied())
        .output();
    told(&output.unwrap())
}

/// git, which may fail: exit code, and all that it and its hooks print. No key may be in that.
fn tried(folder: &Path, arguments: &[&str], set: &[(&str, &str)]) -> (i32, String) {
    told(
        &git(folder)
            .args(arguments)
            .envs(set.iter().copied())
            .output()
            .unwrap(),
    )
}

fn told(output: &Output) -> (i32, String) {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    for value in [OLD, ADA, CARL, NEW] {
        assert!(!text.contains(value), "{text}");
    }
    (output.status.code().unwrap(), text)
}

#[track_caller]
fn fine((code, text): (i32, String)) {
    assert_eq!(code, 0, "{text}");
}

#[track_caller]
fn blocked((code, text): (i32, String)) {
    assert_ne!(code, 0, "{text}");
    assert!(text.contains("SECRET_KEY"), "{text}");
}

/// A clone with hooks, of a bare repository with one; the server's own copy of the baseline lies beside it.
fn team() -> (Repo, PathBuf) {
    let repo = Repo::new();
    let server = repo.beside("server.git");
    repo.write("README", "shop\n").commit("begin");
    repo.git(["clone", "-q", "--bare", ".", server.to_str().unwrap()]);
    repo.git(["remote", "add", "origin", server.to_str().unwrap()]);
    repo.git(["fetch", "-q", "origin"]);
    fine(leakey(&server, &["hook", "install"], &[]));
    fine(leakey(repo.path(), &["hook", "install"], &[]));
    (repo, server)
}

#[test]
fn a_day() {
    let (repo, _server) = team();
    let path = repo.path();
    let commit = |message: &str| {
        repo.add();
        tried(path, &["commit", "-qm", message], &[])
    };
    // In the morning a key is about to be committed.
    repo.write("shop/settings.py", key(OLD));
    blocked(commit("settings"));
    assert_eq!(repo.git(["rev-list", "--count", "HEAD"]), "1");
    // It cannot be taken out today.
    let accept = [
        "baseline",
        "create",
        "--reason",
        "rotated",
        "--until",
        "9999-12-31",
    ];
    fine(leakey(path, &accept, &[]));
    fine(commit("settings"));
    // The server does not obey what is pushed to it, but a baseline that its owner names.
    let push = ["push", "-q", "origin", "main"];
    blocked(tried(path, &push, &[]));
    let named = repo.beside("accepted.json");
    std::fs::copy(path.join(BASELINE), &named).unwrap();
    let server_says = [("LEAKEY_BASELINE", named.to_str().unwrap())];
    fine(tried(path, &push, &server_says));

    // The file moves, and lines shift.
    repo.git(["checkout", "-q", "-b", "move"]);
    repo.git(["mv", "shop", "store"]);
    repo.write("store/settings.py", format!("import os\n\n{}", key(OLD)));
    fine(commit("move"));
    // Meanwhile the main branch went on; the branch is put on top of it.
    repo.git(["checkout", "-q", "main"]);
    repo.write("README", "the shop\n");
    fine(commit("words"));
    repo.git(["checkout", "-q", "move"]);
    fine(tried(path, &["rebase", "-q", "main"], &[]));
    fine(leakey(path, &["scan", "--range", "main..move"], &[]));
    repo.git(["checkout", "-q", "main"]);
    fine(tried(path, &["merge", "-q", "move"], &[]));
    fine(leakey(path, &["scan", "--strict-suppressions"], &[]));

    // A new key on the accepted line is another one.
    repo.write("store/settings.py", format!("import os\n\n{}", key(NEW)));
    blocked(commit("new key"));
    fine(tried(path, &["commit", "-qnm", "new key"], &[]));
    blocked(tried(path, &["push", "-q", "origin", "main"], &server_says));
    // Round the hook of the work tree, and still not in.
    blocked(tried(
        path,
        &["push", "-q", "--no-verify", "origin", "main"],
        &server_says,
    ));
    let after = repo.git(["rev-parse", "main"]);
    let before = repo.git(["rev-parse", "main~"]);
    let job = |head: &str, base: &str| {
        let set = [
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_SHA", head),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base),
        ];
        leakey(path, &["scan", "--ci"], &set)
    };
    blocked(job(&after, &before));
    fine(job(&before, "origin/main"));
    repo.git(["reset", "-q", "--hard", "main~"]);
    fine(tried(path, &push, &server_says));

    // In the evening the acceptance runs out.
    let text = std::fs::read_to_string(path.join(BASELINE)).unwrap();
    repo.write(BASELINE, text.replace("9999-12-31", "2020-12-31"));
    let (code, text) = leakey(path, &["scan"], &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("2020-12-31"), "{text}");
    repo.write("store/settings.py", "import os\n");
    fine(leakey(path, &["baseline", "prune"], &[]));
    fine(commit("the key is gone"));
    fine(leakey(path, &["scan", "--strict-suppressions"], &[]));
}

/// Two branches that each accept a key, in files that do not meet.
fn two_branches(attribute: Option<&str>) -> (Repo, i32) {
    let (repo, _) = team();
    let path = repo.path();
    if let Some(attribute) = attribute {
        repo.write(".gitattributes", attribute);
    }
    repo.write("old.py", key(OLD));
    fine(leakey(path, &["baseline", "create"], &[]));
    repo.commit("old");
    for (name, value) in [("ada", ADA), ("carl", CARL)] {
        repo.git(["checkout", "-q", "-b", name, "main"]);
        repo.write(format!("{name}.py"), key(value));
        fine(leakey(path, &["baseline", "create", "--owner", name], &[]));
        fine({
            repo.add();
            tried(path, &["commit", "-qm", name], &[])
        });
    }
    let (code, _) = tried(path, &["merge", "-q", "--no-edit", "ada"], &[]);
    (repo, code)
}

#[test]
fn a_merge_of_baselines_that_conflict_is_told_and_resolved_by_keeping_both_sides() {
    let (repo, code) = two_branches(None);
    let path = repo.path();
    let text = std::fs::read_to_string(path.join(BASELINE)).unwrap();
    if code != 0 {
        let (code, said) = leakey(path, &["scan"], &[]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("a merge left conflict markers"), "{said}");
        let marked = |line: &&str| {
            !["<<<<<<<", "=======", ">>>>>>>"]
                .iter()
                .any(|mark| line.starts_with(mark))
        };
        let kept: Vec<&str> = text.lines().filter(marked).collect();
        repo.write(BASELINE, kept.join("\n"));
    }
    fine(leakey(path, &["scan", "--strict-suppressions"], &[]));
    fine(leakey(path, &["baseline", "update"], &[]));
    let text = std::fs::read_to_string(path.join(BASELINE)).unwrap();
    assert!(text.lines().filter(|line| line.ends_with("},")).is_sorted());
    assert!(
        text.contains("\"ada\"") && text.contains("\"carl\""),
        "{text}"
    );
    repo.add();
    fine(tried(path, &["commit", "-qm", "merge"], &[]));
}

#[test]
fn baselines_merge_by_themselves_where_git_is_told_to_keep_both_sides() {
    let (repo, code) = two_branches(Some(".leakey-baseline.json merge=union\n"));
    assert_eq!(code, 0);
    fine(leakey(repo.path(), &["scan", "--strict-suppressions"], &[]));
    // The same entry from both sides is one.
    let text = std::fs::read_to_string(repo.path().join(BASELINE)).unwrap();
    let second = text.lines().nth(1).unwrap();
    repo.write(
        BASELINE,
        text.replacen(second, &format!("{second}\n{second}"), 1),
    );
    fine(leakey(repo.path(), &["scan", "--strict-suppressions"], &[]));
}
