//! The baseline: what it survives, what it catches, and what its file is like.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FILE: &str = ".leakey-baseline.json";
const SECRET: &str = "qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R";
const OTHER: &str = "zW4hTz2VbX9mKcWd4LpYs8HgJf3aEu1B";
const HUMAN: &str = "correct-horse-staple";

fn leakey(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("GIT_DIR")
        .stdin(Stdio::null());
    command.output().unwrap()
}

fn code(folder: &Path, arguments: &[&str]) -> i32 {
    leakey(folder, arguments).status.code().unwrap()
}

fn scan(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = leakey(folder, &[&["scan", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

fn key(value: &str) -> String {
    format!("SECRET_KEY = '{value}'\n")
}

/// A repository with a key in `api/settings.py`, which its baseline accepts.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    write(folder.path(), "api/settings.py", &key(SECRET));
    assert_eq!(code(folder.path(), &["scan"]), 1);
    let accepted = ["baseline", "create", "--reason", "rotated"];
    assert_eq!(code(folder.path(), &accepted), 0);
    folder
}

fn baseline(folder: &Path) -> String {
    fs::read_to_string(folder.join(FILE)).unwrap()
}

#[test]
fn it_survives_shifted_lines_renames_moves_and_other_folders() {
    let shop = shop();
    let root = shop.path();
    let (code, report) = scan(root, &[]);
    let accepted = serde_json::json!({"by": "baseline", "reason": "rotated"});
    assert_eq!(code, 0);
    assert_eq!(report["findings"][0]["suppressed"]["by"], accepted["by"]);
    assert_eq!(
        report["findings"][0]["suppressed"]["reason"],
        accepted["reason"]
    );
    write(
        root,
        "api/settings.py",
        &format!("import os\n\n\n{}", key(SECRET)),
    );
    assert_eq!(scan(root, &[]).0, 0);
    fs::rename(root.join("api/settings.py"), root.join("api/base.py")).unwrap();
    assert_eq!(scan(root, &[]).0, 0);
    fs::create_dir(root.join("web")).unwrap();
    fs::rename(root.join("api/base.py"), root.join("web/production.py")).unwrap();
    assert_eq!(scan(root, &[]).0, 0);
    assert_eq!(scan(&root.join("web"), &[]).0, 0);
    git(root, &["add", "-A"]);
    assert_eq!(scan(root, &["--staged"]).0, 0);
    git(root, &["commit", "-qm", "one"]);
    assert_eq!(scan(root, &["--history"]).0, 0);
}

#[test]
fn it_catches_changed_and_new_values_on_an_accepted_line() {
    let shop = shop();
    write(shop.path(), "api/settings.py", &key(OTHER));
    assert_eq!(scan(shop.path(), &[]).0, 1);
    let both = format!("SECRET_KEY = '{SECRET}'; JWT_SECRET_KEY = '{OTHER}'\n");
    write(shop.path(), "api/settings.py", &both);
    let (code, report) = scan(shop.path(), &[]);
    let findings = report["findings"].as_array().unwrap();
    let open = findings
        .iter()
        .filter(|finding| finding["suppressed"].is_null());
    let open: Vec<&Value> = open.map(|finding| &finding["key"]).collect();
    assert_eq!((code, open), (1, vec![&Value::from("JWT_SECRET_KEY")]));
    // A value that people choose is not told by its fingerprint, and still another one fires.
    write(shop.path(), "api/settings.py", &key(HUMAN));
    assert_eq!(code_of_create(shop.path()), 0);
    assert_eq!(scan(shop.path(), &[]).0, 0);
    write(
        shop.path(),
        "api/settings.py",
        &key("correct-horse-battery"),
    );
    assert_eq!(scan(shop.path(), &[]).0, 1);
}

fn code_of_create(folder: &Path) -> i32 {
    code(folder, &["baseline", "create"])
}

#[test]
fn the_file_holds_neither_secret_nor_place_and_has_an_entry_a_line() {
    let shop = shop();
    let root = shop.path();
    let before = baseline(root);
    assert_eq!(code_of_create(root), 0);
    assert_eq!(baseline(root), before, "nothing new, nothing written");
    write(root, "web.py", &key(OTHER));
    assert_eq!(code_of_create(root), 0);
    let text = baseline(root);
    for word in [SECRET, OTHER, "settings.py", "web.py"] {
        assert!(!text.contains(word), "{text}");
    }
    let entries: Vec<&str> = text.lines().filter(|line| line.ends_with("},")).collect();
    assert_eq!(entries.len(), 2, "{text}");
    assert!(entries.is_sorted());
    assert!(text.contains(before.lines().nth(1).unwrap()), "{text}");
}

#[test]
fn conflict_markers_and_bad_files_end_the_run_with_a_remedy() {
    let shop = shop();
    let good = baseline(shop.path());
    write(
        shop.path(),
        FILE,
        &format!("{{\n<<<<<<< HEAD\n{}", &good[2..]),
    );
    let output = leakey(shop.path(), &["scan"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains(".leakey-baseline.json:2: a merge left conflict markers"));
    assert!(said(&output).contains("leakey baseline create"));
    write(shop.path(), FILE, "{ \"x\": ");
    let output = leakey(shop.path(), &["scan"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains(".leakey-baseline.json:1: this is no baseline"));
    assert_eq!(
        code_of_create(shop.path()),
        2,
        "a broken file is not written over"
    );
    let output = leakey(shop.path(), &["scan", "--baseline", "gone.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("gone.json: there is no such baseline"));
}

#[test]
fn what_is_past_its_date_counts_again_until_it_is_pruned() {
    let shop = shop();
    let root = shop.path();
    let with = |until: &str| {
        let text = baseline(root);
        let entry = text.replace("\"reason\"", &format!("\"until\":\"{until}\",\"reason\""));
        write(root, FILE, &entry);
    };
    let good = baseline(root);
    with("9999-12-31");
    assert_eq!(scan(root, &[]).0, 0);
    write(root, FILE, &good);
    with("2020-01-31");
    let (code, report) = scan(root, &[]);
    assert_eq!((code, &report["stale"][0]["kind"]), (1, &"expired".into()));
    assert_eq!(report["stale"][0]["line"], 2);
    // Nothing renews it in passing.
    assert_eq!(code_of_create(root), 0);
    assert_eq!(scan(root, &[]).0, 1);
    assert_eq!(leakey(root, &["baseline", "prune"]).status.code(), Some(0));
    assert!(!baseline(root).contains("2020-01-31"));
    let output = leakey(root, &["baseline", "create", "--until", "tomorrow"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn entries_of_no_use_are_told_and_taken_out() {
    let shop = shop();
    let root = shop.path();
    write(root, "api/settings.py", "");
    write(root, "web/settings.py", &key(OTHER));
    let (_, report) = scan(root, &[]);
    assert_eq!(report["stale"][0]["kind"], "unused");
    assert_eq!(scan(root, &["web"]).1["stale"], serde_json::json!([]));
    let refused = leakey(root, &["baseline", "prune", "web"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        code(root, &["baseline", "update", "--owner", "web team"]),
        0
    );
    let text = baseline(root);
    assert!(
        !text.contains("rotated") && text.contains("web team"),
        "{text}"
    );
    let shown = leakey(root, &["baseline", "show"]).stdout;
    assert!(
        String::from_utf8(shown)
            .unwrap()
            .contains("owner: web team")
    );
    assert_eq!(scan(root, &["--strict-suppressions"]).0, 0);
}

#[test]
fn what_only_history_holds_is_not_judged_by_files() {
    let shop = shop();
    let root = shop.path();
    git(root, &["add", "api"]);
    git(root, &["commit", "-qm", "one"]);
    write(root, "api/settings.py", "");
    fs::remove_file(root.join(FILE)).unwrap();
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "two"]);
    assert_eq!(scan(root, &["--history"]).0, 1);
    assert_eq!(code(root, &["baseline", "create", "--history"]), 0);
    assert_eq!(scan(root, &["--history"]).0, 0);
    assert_eq!(scan(root, &[]).1["stale"], serde_json::json!([]));
    let before = baseline(root);
    assert_eq!(code(root, &["baseline", "prune"]), 0);
    assert_eq!(baseline(root), before);
}

#[test]
fn paths_can_be_named_and_grow_by_what_is_accepted_later() {
    let shop = shop();
    let root = shop.path();
    fs::remove_file(root.join(FILE)).unwrap();
    assert_eq!(code(root, &["baseline", "create", "--only-there"]), 0);
    assert_eq!(scan(root, &[]).0, 0);
    assert_eq!(scan(&root.join("api"), &[]).0, 0);
    write(root, "web/settings.py", &key(SECRET));
    assert_eq!(scan(root, &[]).0, 1);
    assert_eq!(code_of_create(root), 0);
    assert_eq!(scan(root, &[]).0, 0);
    write(root, "ops/settings.py", &key(SECRET));
    assert_eq!(scan(root, &[]).0, 1);
}

#[test]
fn only_a_baseline_of_ones_own_is_obeyed_unless_it_is_named() {
    let (shop, other) = (shop(), shop());
    let root = shop.path();
    let (code, report) = scan(root, &["--untrusted"]);
    assert_eq!((code, &report["ignored"][0]["path"]), (1, &FILE.into()));
    assert_eq!(scan(root, &["--untrusted", "--baseline", FILE]).0, 0);
    let there = other.path().to_str().unwrap();
    assert_eq!(scan(root, &[there]).0, 1);
    assert_eq!(scan(root, &[there, "--baseline", FILE]).0, 0);
    fs::rename(root.join(FILE), root.join("api/known.json")).unwrap();
    assert_eq!(scan(root, &[]).0, 1);
    write(root, "leakey.toml", "baseline = 'api/known.json'\n");
    assert_eq!(scan(root, &[]).0, 0);
    assert_eq!(
        scan(root, &[there]).0,
        1,
        "a file in the tree speaks for the tree"
    );
}
