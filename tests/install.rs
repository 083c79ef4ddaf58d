//! `leakey hook install|uninstall|status` with the real git.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::repo::{Repo, git, git_in};

const KEY: &str = "SECRET_KEY = 'Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe'\n";
const VALUE: &str = "Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe";

/// Runs `leakey hook …` in a folder; gives the exit code and all that was printed.
fn hook<const N: usize>(folder: &Path, arguments: [&str; N]) -> (Option<i32>, String) {
    hook_with(folder, arguments, "/dev/null")
}

fn hook_with<const N: usize>(
    folder: &Path,
    arguments: [&str; N],
    global: &str,
) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", global)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .arg("hook")
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code(), text(&output))
}

/// All that was printed, in which the value never stands.
fn text(output: &Output) -> String {
    let text = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
    assert!(!text.contains(VALUE), "{text}");
    text
}

/// Runs git; gives whether it went well and what it printed.
fn tried<const N: usize>(folder: &Path, arguments: [&str; N]) -> (bool, String) {
    let output = git(folder).args(arguments).output().unwrap();
    (output.status.success(), text(&output))
}

fn script(path: &Path, body: &str, mode: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Every file of a folder: its mode, what it links to, and its bytes.
fn snapshot(folder: &Path) -> BTreeMap<OsString, (u32, Option<PathBuf>, Vec<u8>)> {
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files
        .map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path();
            let mode = std::fs::symlink_metadata(&path)
                .unwrap()
                .permissions()
                .mode();
            let link = std::fs::read_link(&path).ok();
            let bytes = std::fs::read(&path).unwrap_or_default();
            (entry.file_name(), (mode, link, bytes))
        })
        .collect()
}

/// Stages a key under a new name and expects that it cannot be committed from `folder`.
fn blocks(folder: &Path) {
    std::fs::write(folder.join("bad.py"), KEY).unwrap();
    git_in(folder, ["add", "bad.py"]);
    let (well, text) = tried(folder, ["commit", "-qm", "bad"]);
    assert!(!well && text.contains("bad.py:1"), "{text}");
    git_in(folder, ["rm", "-q", "--cached", "bad.py"]);
    std::fs::remove_file(folder.join("bad.py")).unwrap();
}

#[test]
fn commits_and_pushes_are_blocked_and_then_no_more() {
    let repo = Repo::new();
    let hooks = repo.path().join(".git/hooks");
    let before = snapshot(&hooks);
    repo.write("sub/a.py", "one = 1\n").commit("start");
    let (code, text) = hook(&repo.path().join("sub"), ["install"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("written").count(), 2, "{text}");
    blocks(repo.path());
    let server = repo.beside("server.git");
    repo.git(["init", "-q", "--bare", server.to_str().unwrap()]);
    repo.write("bad.py", KEY).add();
    repo.git(["commit", "-q", "--no-verify", "-m", "bad"]);
    let push = ["push", "-q", server.to_str().unwrap(), "main"];
    let (well, text) = tried(repo.path(), push);
    assert!(!well && text.contains("bad.py:1"), "{text}");
    assert!(tried(repo.path(), ["commit", "-qm", "none", "--allow-empty"]).0);
    // Again: nothing changes. Gone: nothing is left.
    let installed = snapshot(&hooks);
    let (_, text) = hook(repo.path(), ["install"]);
    assert_eq!(text.matches("there already").count(), 2, "{text}");
    assert_eq!(snapshot(&hooks), installed);
    let (_, text) = hook(repo.path(), ["uninstall"]);
    assert_eq!(text.matches("removed").count(), 2, "{text}");
    assert_eq!(snapshot(&hooks), before);
    assert!(tried(repo.path(), push).0);
    let (code, text) = hook(repo.path(), ["uninstall"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("no hook of leakey"), "{text}");
}

#[test]
fn a_hook_that_was_there_runs_first_and_is_put_back() {
    let repo = Repo::new();
    repo.write("a.py", "one = 1\n").commit("start");
    let hooks = repo.path().join(".git/hooks");
    // It changes what is staged, and one of them is a link.
    let body = format!("printf \"{}\" > late.py; git add late.py", KEY.trim());
    script(&repo.beside("mine"), &body, 0o700);
    std::fs::create_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink(repo.beside("mine"), hooks.join("pre-commit")).unwrap();
    script(
        &hooks.join("pre-push"),
        "cat > pushed; echo \"$1\" >> pushed",
        0o755,
    );
    let before = snapshot(&hooks);
    let (_, text) = hook(repo.path(), ["install"]);
    assert_eq!(text.matches("runs first").count(), 2, "{text}");
    let (_, text) = hook(repo.path(), ["status"]);
    assert_eq!(text.matches("leakey, after the hook").count(), 2, "{text}");
    hook(repo.path(), ["install"]);
    let (well, text) = tried(repo.path(), ["commit", "-qm", "more", "--allow-empty"]);
    assert!(!well && text.contains("late.py:1"), "{text}");
    repo.git(["reset", "-q", "--hard"]);
    // Both read what git tells on standard input; either can refuse.
    let server = repo.beside("server.git");
    repo.git(["init", "-q", "--bare", server.to_str().unwrap()]);
    repo.git(["remote", "add", "origin", server.to_str().unwrap()]);
    repo.git(["push", "-q", "origin", "main"]);
    let told = std::fs::read_to_string(repo.path().join("pushed")).unwrap();
    assert!(told.starts_with("refs/heads/main ") && told.ends_with("origin\n"));
    assert_eq!(told.lines().count(), 2, "{told}");
    repo.write("bad.py", KEY).add();
    repo.git(["commit", "-q", "--no-verify", "-m", "bad"]);
    let (well, text) = tried(repo.path(), ["push", "-q", "origin", "main"]);
    assert!(!well && text.contains("bad.py:1"), "{text}");
    hook(repo.path(), ["uninstall"]);
    assert_eq!(snapshot(&hooks), before);
}

#[test]
fn a_hook_that_was_there_can_refuse_and_one_that_is_off_stays_off() {
    let repo = Repo::new();
    repo.write("a.py", "one = 1\n").commit("start");
    let hooks = repo.path().join(".git/hooks");
    script(&hooks.join("pre-commit"), "echo no; exit 3", 0o755);
    hook(repo.path(), ["install"]);
    let (well, text) = tried(repo.path(), ["commit", "-qm", "x", "--allow-empty"]);
    assert!(!well && text.contains("no\n"), "{text}");
    hook(repo.path(), ["uninstall"]);
    script(&hooks.join("pre-commit"), "exit 3", 0o644);
    let before = snapshot(&hooks);
    let (_, text) = hook(repo.path(), ["status"]);
    assert!(text.contains("not executable"), "{text}");
    hook(repo.path(), ["install"]);
    assert!(tried(repo.path(), ["commit", "-qm", "x", "--allow-empty"]).0);
    blocks(repo.path());
    hook(repo.path(), ["uninstall"]);
    assert_eq!(snapshot(&hooks), before);
}

#[test]
fn what_another_tool_wrote_over_is_never_lost() {
    let repo = Repo::new();
    let hooks = repo.path().join(".git/hooks");
    script(&hooks.join("pre-commit"), "exit 0 # first", 0o755);
    hook(repo.path(), ["install"]);
    script(&hooks.join("pre-commit"), "exit 0 # second", 0o755);
    let before = snapshot(&hooks);
    let (code, text) = hook(repo.path(), ["install", "--hook", "pre-commit"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("pre-commit.before-leakey"), "{text}");
    let (_, text) = hook(repo.path(), ["uninstall", "--hook", "pre-commit"]);
    assert!(text.contains("left alone"), "{text}");
    assert_eq!(snapshot(&hooks), before);
}

#[test]
fn a_program_that_is_gone_lets_nothing_through() {
    let repo = Repo::new();
    let copy = repo.beside("it's leakey");
    std::fs::copy(env!("CARGO_BIN_EXE_leakey"), &copy).unwrap();
    let install = |program: &Path| {
        let run = || {
            Command::new(program)
                .args(["hook", "install"])
                .current_dir(repo.path())
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .output()
        };
        let mut status = run();
        // Another test that starts a program while the copy is written holds it open for a moment (execve(2), ETXTBSY).
        while matches!(&status, Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy)
        {
            std::thread::yield_now();
            status = run();
        }
        let status = status.unwrap();
        assert!(status.status.success(), "{}", text(&status));
        text(&status)
    };
    install(&copy);
    blocks(repo.path());
    assert!(tried(repo.path(), ["commit", "-qm", "x", "--allow-empty"]).0);
    std::fs::remove_file(&copy).unwrap();
    let (well, text) = tried(repo.path(), ["commit", "-qm", "x", "--allow-empty"]);
    assert!(!well && text.contains("nothing was scanned"), "{text}");
    let text = install(Path::new(env!("CARGO_BIN_EXE_leakey")));
    assert_eq!(text.matches("renewed").count(), 2, "{text}");
    assert!(tried(repo.path(), ["commit", "-qm", "x", "--allow-empty"]).0);
}

#[test]
fn a_bare_repository_gets_pre_receive() {
    let repo = Repo::new();
    let server = repo.beside("server.git");
    repo.git(["init", "-q", "--bare", server.to_str().unwrap()]);
    let (code, text) = hook(&server, ["install"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, text) = hook(&server, ["status"]);
    assert!(text.contains("pre-receive  leakey\n"), "{text}");
    assert!(text.contains("pre-commit   none\n"), "{text}");
    repo.write("bad.py", KEY).commit("bad");
    let (well, text) = tried(
        repo.path(),
        ["push", "-q", server.to_str().unwrap(), "main"],
    );
    assert!(!well && text.contains("bad.py:1"), "{text}");
}

#[test]
fn work_trees_and_submodules() {
    let repo = Repo::new();
    repo.write("a.py", "one = 1\n").commit("start");
    let tree = repo.beside("tree");
    repo.git(["worktree", "add", "-q", tree.to_str().unwrap()]);
    // Written from one, in force in all.
    assert_eq!(hook(&tree, ["install"]).0, Some(0));
    assert!(repo.path().join(".git/hooks/pre-commit").exists());
    blocks(&tree);
    blocks(repo.path());
    let outer = Repo::new();
    outer.git([
        "submodule",
        "add",
        "-q",
        repo.path().to_str().unwrap(),
        "lib",
    ]);
    let lib = outer.path().join("lib");
    assert_eq!(hook(&lib, ["install"]).0, Some(0));
    blocks(&lib);
    let own = outer.path().join(".git/modules/lib/hooks/pre-commit");
    assert!(own.exists());
    assert!(!outer.path().join(".git/hooks/pre-commit").exists());
}

#[test]
fn a_folder_of_its_own_is_used() {
    let repo = Repo::new();
    repo.write("sub/a.py", "one = 1\n").commit("start");
    repo.git(["config", "core.hooksPath", ".githooks"]);
    let (code, text) = hook(&repo.path().join("sub"), ["install"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(repo.path().join(".githooks/pre-commit").exists());
    assert!(!repo.path().join(".git/hooks/pre-commit").exists());
    blocks(repo.path());
}

/// Refused with `remedy`, nothing written; with --force it is.
fn refused(repo: &Repo, folder: &Path, remedy: &str, global: &str) {
    let before = snapshot(folder);
    let (code, text) = hook_with(repo.path(), ["install"], global);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains(remedy) && text.contains("--force"), "{text}");
    assert_eq!(snapshot(folder), before);
    let (code, text) = hook_with(repo.path(), ["install", "--force"], global);
    assert_eq!(code, Some(0), "{text}");
    assert!(folder.join("pre-commit").exists());
    hook_with(repo.path(), ["uninstall"], global);
    assert_eq!(snapshot(folder), before);
}

#[test]
fn a_folder_of_others_needs_force() {
    // Of all repositories of a user.
    let repo = Repo::new();
    let shared = repo.beside("shared");
    let global = repo.beside("gitconfig");
    let setting = format!("[core]\nhooksPath = {}\n", shared.display());
    std::fs::write(&global, setting).unwrap();
    refused(&repo, &shared, "core.hooksPath", global.to_str().unwrap());
    // Elsewhere, by the repository's own word, and by a link.
    repo.git(["config", "core.hooksPath", shared.to_str().unwrap()]);
    refused(&repo, &shared, "core.hooksPath", "/dev/null");
    repo.git(["config", "--unset", "core.hooksPath"]);
    let hooks = repo.path().join(".git/hooks");
    if hooks.exists() {
        std::fs::remove_dir_all(&hooks).unwrap();
    }
    std::os::unix::fs::symlink(&shared, &hooks).unwrap();
    refused(&repo, &shared, "not this repository's alone", "/dev/null");
    // Of everyone who works on the project.
    let repo = Repo::new();
    let tracked = repo.path().join("tools/hooks");
    script(&tracked.join("pre-commit"), "exit 0", 0o755);
    repo.commit("hooks");
    repo.git(["config", "core.hooksPath", "tools/hooks"]);
    refused(&repo, &tracked, "leakey hook run pre-commit", "/dev/null");
}

#[test]
fn husky_is_left_to_itself() {
    let repo = Repo::new();
    let own = repo.path().join(".husky/_");
    script(&own.join("pre-commit"), ". \"$(dirname \"$0\")/h\"", 0o755);
    repo.git(["config", "core.hooksPath", ".husky/_"]);
    refused(&repo, &own, ".husky/pre-commit", "/dev/null");
    // Not set up in this clone yet.
    repo.git(["config", "--unset", "core.hooksPath"]);
    let (code, text) = hook(repo.path(), ["install"]);
    assert_eq!(code, Some(2));
    assert!(text.contains(".husky/pre-commit"), "{text}");
}

#[test]
fn outside_of_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = hook(folder.path(), ["install"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("not a git repository"), "{text}");
}
