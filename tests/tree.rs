//! The walk over files on disk: what is seen, what is left out and counted, what is an issue.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const KEY: &str = "SECRET_KEY = 'qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R'\n";

fn scan(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    let output = command
        .current_dir(folder)
        .arg("scan")
        .args(arguments)
        .args(["--format", "json"])
        .output()
        .unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

fn paths(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let places = findings
        .iter()
        .flat_map(|finding| finding["occurrences"].as_array().unwrap());
    let mut paths: Vec<String> = places
        .map(|place| place["path"].as_str().unwrap().to_owned())
        .collect();
    paths.sort();
    paths
}

fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let done = command
        .current_dir(folder)
        .args(["-c", "init.defaultBranch=main"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn hidden_files_are_seen_and_dependencies_are_counted() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for path in [
        ".env.py",
        "a/.hidden/settings.py",
        "node_modules/x/settings.py",
        "lib/site-packages/y.py",
        "env/lib/z.py",
        ".git/settings.py",
    ] {
        write(root, path, KEY);
    }
    write(root, "env/pyvenv.cfg", "home = /usr\n");
    write(root, "image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let (code, report) = scan(root, &["--profile", "audit"]);
    assert_eq!(code, Some(1));
    assert_eq!(paths(&report), [".env.py", "a/.hidden/settings.py"]);
    let skipped = &report["coverage"]["skipped"];
    assert_eq!(skipped["dependency-folder"], 3);
    assert_eq!(skipped["git-folder"], 1);
    assert_eq!(skipped["binary"], 1);
    // Asked for by name, a dependency folder is read.
    assert_eq!(
        paths(&scan(root, &["node_modules"]).1),
        ["node_modules/x/settings.py"]
    );
}

#[test]
fn what_git_ignores_is_left_out_in_ci_unless_tracked_and_seen_in_an_audit() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    git(root, &["init", "-q"]);
    write(root, ".gitignore", "local/\n*.secret.py\n.env\n");
    write(root, "sub/.gitignore", "!kept.secret.py\n");
    write(root, "local/settings.py", KEY);
    write(root, "a.secret.py", KEY);
    write(root, "forced.secret.py", KEY);
    write(root, "sub/kept.secret.py", KEY);
    write(
        root,
        ".env",
        "SECRET_KEY=qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R\n",
    );
    git(root, &["add", "-f", "forced.secret.py"]);
    let (_, ci) = scan(root, &["--profile", "ci"]);
    assert_eq!(paths(&ci), ["forced.secret.py", "sub/kept.secret.py"]);
    assert_eq!(ci["coverage"]["skipped"]["git-ignored"], 3);
    let (_, audit) = scan(root, &["--profile", "audit"]);
    assert_eq!(paths(&audit).len(), 5);
    let (_, named) = scan(root, &["--profile", "ci", ".env"]);
    assert_eq!(paths(&named), [".env"]);
    let (_, below) = scan(&root.join("sub"), &["--profile", "ci"]);
    assert_eq!(paths(&below), ["kept.secret.py"]);
}

#[test]
fn include_and_exclude_choose() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for path in [
        "a/settings.py",
        "b/settings.py",
        "b/old/settings.py",
        "c.env.py",
    ] {
        write(root, path, KEY);
    }
    let (_, report) = scan(root, &["--exclude", "old", "--exclude", "/a"]);
    assert_eq!(paths(&report), ["b/settings.py", "c.env.py"]);
    let (_, report) = scan(root, &["--include", "settings.py", "--exclude", "b/old"]);
    assert_eq!(paths(&report), ["a/settings.py", "b/settings.py"]);
    assert_eq!(report["coverage"]["skipped"]["filtered"], 2);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_unreadable_files_are_issues() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(root, "real/settings.py", KEY);
    symlink(root.join("real"), root.join("link")).unwrap();
    symlink("settings.py", root.join("real/alias.py")).unwrap();
    symlink("..", root.join("real/up")).unwrap();
    let (code, report) = scan(root, &[]);
    assert_eq!(
        (code, paths(&report)),
        (Some(1), vec!["real/settings.py".to_owned()])
    );
    assert_eq!(report["coverage"]["skipped"]["symbolic-link"], 3);
    write(root, "closed.py", KEY);
    fs::set_permissions(root.join("closed.py"), fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads what nobody may.
    if fs::read(root.join("closed.py")).is_err() {
        let (_, report) = scan(root, &[]);
        assert_eq!(report["complete"], false);
        assert_eq!(report["issues"][0]["path"], "closed.py");
    }
}

#[test]
fn every_encoding_is_read() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let wide = |mark: bool, big: bool| -> Vec<u8> {
        let units = mark
            .then_some(0xfeff_u16)
            .into_iter()
            .chain(KEY.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    write(root, "u8.py", KEY);
    write(root, "u8bom.py", [b"\xef\xbb\xbf", KEY.as_bytes()].concat());
    write(root, "latin1.py", [b"# caf\xe9\n", KEY.as_bytes()].concat());
    for (name, mark, big) in [
        ("le.py", true, false),
        ("be.py", true, true),
        ("le-bare.py", false, false),
        ("be-bare.py", false, true),
    ] {
        write(root, name, wide(mark, big));
    }
    write(root, "crlf.py", KEY.replace('\n', "\r\n"));
    write(root, "cr-only.py", ["# one\r", KEY].concat());
    let (_, report) = scan(root, &[]);
    let found = paths(&report);
    assert_eq!(found.len(), 9, "{found:?}");
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        1,
        "one value, one finding"
    );
}

#[test]
fn large_files_are_read_in_parts_with_the_right_lines() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let filler = "x = 1  # nothing to see on this line, which is repeated\n".repeat(700_000);
    write(root, "large.py", format!("{KEY}{filler}OTHER_{KEY}"));
    let (code, report) = scan(root, &[]);
    assert_eq!(code, Some(1));
    let places = report["findings"][0]["occurrences"].as_array().unwrap();
    let lines: Vec<_> = places
        .iter()
        .map(|place| place["start_line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [1, 700_002]);
    assert_eq!(report["complete"], true);
    write(root, "long.txt", "y".repeat(40 << 20));
    let (_, report) = scan(root, &[]);
    assert_eq!(
        report["complete"], false,
        "a line too long to be read at once is said"
    );
}
