//! Pushes and CI jobs with the real git: pre-push, pre-receive on a bare server, and the range of a job.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use common::repo::{Repo, git, git_in};

const KEY: &str = "SECRET_KEY = 'Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe'\n";
const VALUE: &str = "Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe";

/// A hook that calls leakey and nothing else.
fn hook(hooks: &Path, name: &str) {
    std::fs::create_dir_all(hooks).unwrap();
    let path = hooks.join(name);
    let leakey = env!("CARGO_BIN_EXE_leakey");
    std::fs::write(
        &path,
        format!("#!/bin/sh\nexec '{leakey}' hook run {name} \"$@\"\n"),
    )
    .unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A repository with a bare server named `origin` that has its first commit.
fn with_server() -> (Repo, std::path::PathBuf) {
    let repo = Repo::new();
    repo.write("a.py", "one = 1\n").commit("start");
    let server = repo.beside("server.git");
    repo.git(["init", "-q", "--bare", server.to_str().unwrap()]);
    repo.git(["remote", "add", "origin", server.to_str().unwrap()]);
    repo.git(["push", "-q", "origin", "main"]);
    (repo, server)
}

fn push(repo: &Repo, arguments: &[&str]) -> (bool, String) {
    let output = git(repo.path())
        .args(["push", "-q", "origin"])
        .args(arguments)
        .output()
        .unwrap();
    told(&output)
}

/// Whether it went well, and all that was printed, in which the value never stands.
fn told(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains(VALUE), "{text}");
    (output.status.success(), text)
}

/// What both hooks are to do with every sort of push.
fn refuses_keys_and_nothing_else(repo: &Repo) {
    // In a commit that a later one takes back, on a new branch.
    repo.git(["checkout", "-qb", "topic"]);
    repo.write("b.py", KEY).commit("bad");
    repo.write("b.py", "").commit("taken back");
    let (well, text) = push(repo, &["topic"]);
    assert!(!well && text.contains("b.py:1"), "{text}");
    // What others have already is no news: a clean branch beside it goes through.
    repo.git(["checkout", "-q", "main"]);
    repo.git(["checkout", "-qb", "clean"]);
    repo.write("c.py", "three = 3\n").commit("good");
    let (well, text) = push(repo, &["clean"]);
    assert!(well, "{text}");
    repo.write("c.py", "four = 4\n").commit("more");
    assert!(push(repo, &["clean"]).0);
    // A forced push, a light tag and a deletion.
    repo.git(["commit", "-q", "--amend", "-m", "other"]);
    assert!(push(repo, &["--force", "clean"]).0);
    repo.git(["tag", "light"]);
    assert!(push(repo, &["light"]).0);
    assert!(push(repo, &["--delete", "clean"]).0);
    // The message of an annotated tag.
    repo.git(["tag", "-a", "v1", "-m", KEY.trim()]);
    let (well, text) = push(repo, &["v1"]);
    assert!(!well && text.contains(":tag/v1"), "{text}");
}

#[test]
fn pre_push() {
    let (repo, _) = with_server();
    hook(&repo.path().join(".git/hooks"), "pre-push");
    refuses_keys_and_nothing_else(&repo);
}

#[test]
fn pre_receive_with_objects_in_quarantine() {
    let (repo, server) = with_server();
    hook(&server.join("hooks"), "pre-receive");
    refuses_keys_and_nothing_else(&repo);
    // What was refused is not on the server.
    let refs = git_in(&server, ["for-each-ref", "--format=%(refname)"]);
    assert!(!refs.contains("topic") && !refs.contains("v1"), "{refs}");
}

#[test]
fn a_hook_without_git_is_trouble() {
    let repo = Repo::new();
    let output = Command::new("sh")
        .args(["-c", "echo nonsense | \"$0\" hook run pre-push"])
        .arg(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(repo.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).1.contains("line 1 of standard input"));
}

/// `leakey scan --ci` in a folder, with the variables of GitLab.
fn ci(folder: &Path, base: &str, head: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("GITLAB_CI", "true")
        .env("CI_COMMIT_SHA", head)
        .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
        .args(["scan", "--ci"])
        .output()
        .unwrap();
    (output.status.code(), told(&output).1)
}

#[test]
fn the_range_of_a_job() {
    let (repo, server) = with_server();
    let base = repo.git(["rev-parse", "HEAD"]);
    let good = repo.write("b.py", "two = 2\n").commit("good");
    repo.write("c.py", KEY).commit("bad");
    let head = repo.write("c.py", "").commit("taken back");
    repo.git(["push", "-q", "origin", "main"]);
    assert_eq!(ci(repo.path(), &base, &good).0, Some(0));
    assert_eq!(ci(repo.path(), &base, &head).0, Some(1));
    // Cut off before the range: never clean, and it says which line to add.
    let clone = repo.beside("clone");
    let url = format!("file://{}", server.display());
    repo.git(["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]);
    let (code, text) = ci(&clone, &base, &head);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("GIT_DEPTH: 0"), "{text}");
}

#[test]
fn an_unknown_server_is_trouble() {
    let repo = Repo::new();
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(repo.path())
        .env_clear()
        .args(["scan", "--ci"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).1.contains("--range A..B"));
}
