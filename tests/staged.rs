//! Commits of every kind through an installed pre-commit hook, with the real git.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::path::Path;
use std::process::Command;

use common::repo::{Repo, git, git_in};

const KEY: &str = "SECRET_KEY = 'Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe'\n";
const OTHER: &str = "SECRET_KEY = 'hT4wQ8nC1xVz6pLk3rMb9yDj5sGf7uEa'\n";
const VALUE: &str = "Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe";

/// A repository without commits, with the hook.
fn hooked() -> Repo {
    let repo = Repo::new();
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["hook", "install", "--hook", "pre-commit"])
        .current_dir(repo.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success());
    repo
}

/// The same with three committed files.
fn started() -> Repo {
    let repo = hooked();
    repo.write("a.py", "one = 1\n")
        .write("sub/b.py", "two = 2\n")
        .write("far/c.py", "three = 3\n")
        .commit("start");
    repo
}

/// The places that `git commit …` is refused for; none: it is made.
fn refused<const N: usize>(folder: &Path, arguments: [&str; N]) -> Vec<String> {
    let head = git(folder)
        .args(["rev-parse", "-q", "--verify", "HEAD"])
        .output()
        .unwrap();
    let output = git(folder)
        .args(["commit", "-q", "-m", "message"])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
    assert!(!text.contains(VALUE), "{text}");
    let places = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--> "));
    let places: Vec<_> = places.map(str::to_owned).collect();
    assert_eq!(output.status.success(), places.is_empty(), "{text}");
    let now = git(folder)
        .args(["rev-parse", "-q", "--verify", "HEAD"])
        .output()
        .unwrap();
    assert_eq!(head.stdout == now.stdout, !places.is_empty(), "{text}");
    places
}

#[test]
fn the_first_commit() {
    let repo = hooked();
    repo.write("a.py", KEY).add();
    assert_eq!(refused(repo.path(), []), ["a.py:1:15"]);
    repo.write("a.py", "one = 1\n").add();
    assert!(refused(repo.path(), []).is_empty());
}

#[test]
fn a_part_of_a_file() {
    let repo = started();
    repo.write("a.py", "one = 1\ntwo = 2\n").add();
    repo.write("a.py", format!("one = 1\ntwo = 2\n{KEY}"));
    assert!(refused(repo.path(), []).is_empty());
    // And the other way round.
    repo.add().write("a.py", "one = 1\ntwo = 2\n");
    assert_eq!(refused(repo.path(), []), ["a.py:3:15"]);
}

#[test]
fn everything_that_is_tracked() {
    let repo = started();
    repo.write("a.py", format!("one = 1\n{KEY}"));
    repo.write("new.py", KEY);
    let places = refused(&repo.path().join("sub"), ["-a"]);
    assert_eq!(places, ["a.py:2:15"]);
}

#[test]
fn named_files_only() {
    let repo = started();
    repo.write("a.py", format!("one = 1\n{KEY}"));
    repo.write("sub/b.py", "two = 3\n");
    repo.write("far/c.py", OTHER).git(["add", "far/c.py"]);
    let sub = repo.path().join("sub");
    assert!(refused(&sub, ["b.py"]).is_empty());
    assert_eq!(refused(&sub, ["--only", "../a.py"]), ["a.py:2:15"]);
    let places = refused(&sub, ["--include", "../a.py"]);
    assert_eq!(places, ["a.py:2:15", "far/c.py:1:15"]);
}

#[test]
fn what_is_only_intended() {
    let repo = started();
    repo.write("new.py", KEY).git(["add", "-N", "new.py"]);
    repo.write("a.py", "one = 3\n").git(["add", "a.py"]);
    assert!(refused(repo.path(), []).is_empty());
    assert_eq!(refused(repo.path(), ["-a"]), ["new.py:1:15"]);
}

#[test]
fn a_work_tree_that_lies_elsewhere() {
    let repo = started();
    let elsewhere = repo.beside("elsewhere");
    std::fs::create_dir_all(elsewhere.join("sub")).unwrap();
    repo.git(["config", "core.worktree", elsewhere.to_str().unwrap()]);
    std::fs::write(elsewhere.join("sub/bad.py"), KEY).unwrap();
    repo.git([
        "add",
        "-f",
        "--",
        elsewhere.join("sub/bad.py").to_str().unwrap(),
    ]);
    assert_eq!(refused(repo.path(), []), ["sub/bad.py:1:15"]);
    // By variables alone, from inside that tree.
    let folder = repo.path().join(".git");
    let output = git(&elsewhere.join("sub"))
        .env("GIT_DIR", &folder)
        .env("GIT_WORK_TREE", &elsewhere)
        .args(["commit", "-qm", "bad"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && text.contains("--> sub/bad.py:1:15"),
        "{text}"
    );
}

#[test]
fn a_linked_work_tree() {
    let repo = started();
    let tree = repo.beside("tree");
    repo.git([
        "worktree",
        "add",
        "-q",
        "-b",
        "side",
        tree.to_str().unwrap(),
    ]);
    // What the main one has staged is not what this one commits.
    repo.write("a.py", KEY).add();
    std::fs::write(tree.join("sub/b.py"), "two = 3\n").unwrap();
    assert!(refused(&tree, ["-a"]).is_empty());
    std::fs::write(tree.join("sub/b.py"), KEY).unwrap();
    assert_eq!(refused(&tree, ["-a"]), ["sub/b.py:1:15"]);
    assert_eq!(refused(repo.path(), []), ["a.py:1:15"]);
}

#[test]
fn a_sparse_checkout() {
    let repo = started();
    repo.git(["sparse-checkout", "set", "--no-sparse-index", "sub"]);
    assert!(!repo.path().join("far").exists());
    repo.write("sub/b.py", "two = 3\n").git(["add", "sub/b.py"]);
    assert!(refused(repo.path(), []).is_empty());
    repo.write("sub/b.py", KEY).git(["add", "sub/b.py"]);
    // What is not checked out can be staged as well.
    repo.write("far/c.py", OTHER);
    repo.git(["add", "--sparse", "far/c.py"]);
    let places = refused(repo.path(), []);
    assert_eq!(places, ["far/c.py:1:15", "sub/b.py:1:15"]);
}

#[test]
fn a_sparse_index_is_refused_with_the_remedy() {
    let repo = started();
    repo.git(["sparse-checkout", "set", "--cone", "--sparse-index", "sub"]);
    repo.write("sub/b.py", KEY).git(["add", "sub/b.py"]);
    let commit = |repo: &Repo| {
        let output = git(repo.path())
            .args(["commit", "-qm", "bad"])
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap()
    };
    let text = commit(&repo);
    let remedy = "git sparse-checkout reapply --no-sparse-index";
    assert!(text.contains(remedy), "{text}");
    git_in(
        repo.path(),
        ["sparse-checkout", "reapply", "--no-sparse-index"],
    );
    assert!(commit(&repo).contains("--> sub/b.py:1:15"));
}

#[test]
fn nothing_is_written_and_nobody_need_be_named() {
    let repo = started();
    repo.write("a.py", KEY).add();
    let objects = || repo.git(["count-objects", "-v"]);
    let before = objects();
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["scan", "--staged"])
        .current_dir(repo.path())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(objects(), before);
}
