//! Rule files of gitleaks, taken as they are: what they find, what they leave out, and what is told of the rest.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// An invented file with most of what such files can say.
const RULES: &str = r#"
title = "invented"

[[allowlists]]
description = "what no rule looks at"
paths = ['''(?:^|/)generated(?:/|$)''']

[[allowlists]]
stopwords = ["sample"]

[[allowlists]]
targetRules = ["acme-token"]
regexTarget = "line"
regexes = ["noscan"]

[[rules]]
id = "acme-token"
description = "An Acme token."
regex = '''\b(acme_[a-z0-9]{12})\b'''
keywords = ["ACME_"]

[[rules.allowlists]]
condition = "AND"
paths = ['''\.md$''']
regexes = ['''^acme_docs''']

[[rules]]
id = "generic-key"
description = "A key"
regex = '''(?i)[\w.-]{0,20}?(?:key|token)[ '"]{0,3}[:=][ '"]{0,3}([\w.=-]{10,60})(?:['"\s;]|$)'''
entropy = 3
keywords = ["key", "token"]

[[rules]]
id = "second-group"
regex = '''user:(\w+) pass:(\w+)'''
secretGroup = 2
keywords = ["user:"]
path = '''\.txt$'''

[[rules]]
id = "store-file"
description = "A key store"
path = '''(?i)\.jks$'''

[[rules]]
id = "pair"
regex = '''id-(\d{6})'''
keywords = ["id-"]
[[rules.required]]
id = "half"
withinLines = 2

[[rules]]
id = "half"
regex = '''half-[a-f]{8}'''
skipReport = true
"#;

fn write(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A folder with the invented rules in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules.toml", RULES);
    folder
}

fn leakey(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn scan(folder: &Path, arguments: &[&str]) -> Value {
    let scan = [
        "scan",
        "--profile",
        "audit",
        "--format",
        "json",
        "--no-builtin-rules",
    ];
    let output = leakey(folder, &[&scan, arguments].concat());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"))
}

/// Rule and line of all that is found and not accepted, sorted.
fn found(report: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        for place in finding["occurrences"].as_array().unwrap() {
            if place["suppressed"].is_null() {
                let (path, line) = (place["path"].as_str().unwrap(), &place["start_line"]);
                out.push(format!(
                    "{path}:{line} {}",
                    finding["rule"].as_str().unwrap()
                ));
            }
        }
    }
    out.sort();
    out
}

fn found_in(path: &str, text: &str) -> Vec<String> {
    let folder = folder();
    write(folder.path(), path, text);
    found(&scan(folder.path(), &["--rules", "rules.toml", path]))
}

#[test]
fn expressions_are_tried_where_a_keyword_stands_in_any_case() {
    assert_eq!(
        found_in("a.py", "x\n# Acme_acme_a1b2c3d4e5f6 \n"),
        Vec::<String>::new()
    );
    assert_eq!(
        found_in("a.py", "x\n# acme_a1b2c3d4e5f6\n"),
        ["a.py:2 acme-token"]
    );
}

#[test]
fn a_group_holds_the_secret_and_paths_are_minded() {
    let folder = folder();
    write(folder.path(), "a.txt", "user:alice pass:wonderland\n");
    write(folder.path(), "a.rs", "user:alice pass:wonderland\n");
    let report = scan(
        folder.path(),
        &["--rules", "rules.toml", "--show-secrets", "."],
    );
    assert_eq!(found(&report), ["a.txt:1 second-group"]);
    assert_eq!(report["findings"][0]["secret"]["value"], "wonderland");
    assert_eq!(report["findings"][0]["occurrences"][0]["start_column"], 17);
    assert_eq!(report["findings"][0]["class"], "credential");
}

#[test]
fn entropy_allowlists_and_stop_words_drop_and_are_counted() {
    let folder = folder();
    write(
        folder.path(),
        "a.py",
        "key = 'aaaaaaaaaaaabbbb'\nkey = 'q8Zkd0W3x5Lv7n2sample'\nacme_a1b2c3d4e5f6 noscan\nkey = 'q8Zkd0W3x5Lv7n2M'\n",
    );
    let report = scan(folder.path(), &["--rules", "rules.toml", "a.py"]);
    assert_eq!(found(&report), ["a.py:4 generic-key"]);
    assert_eq!(report["dropped"]["entropy"], 1);
    assert_eq!(report["dropped"]["allowlist"], 2);
    let told = leakey(
        folder.path(),
        &[
            "explain",
            "a.py:2",
            "--no-builtin-rules",
            "--rules",
            "rules.toml",
        ],
    );
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("dropped, allowlist"), "{told}");
    assert!(!told.contains("q8Zkd0W3"), "{told}");
}

#[test]
fn all_conditions_of_an_allowlist_hold_where_it_says_so() {
    assert!(found_in("a.md", "acme_docs12345678\n").is_empty());
    assert_eq!(
        found_in("a.py", "acme_docs12345678\n"),
        ["a.py:1 acme-token"]
    );
    assert_eq!(
        found_in("a.md", "acme_abcs12345678\n"),
        ["a.md:1 acme-token"]
    );
}

#[test]
fn folders_that_an_allowlist_names_are_not_entered_but_explained() {
    let folder = folder();
    write(folder.path(), "generated/a.py", "acme_a1b2c3d4e5f6\n");
    let report = scan(folder.path(), &["--rules", "rules.toml", "."]);
    assert_eq!(found(&report), Vec::<String>::new());
    let explain = [
        "explain",
        "generated/a.py:1",
        "--no-builtin-rules",
        "--rules",
        "rules.toml",
    ];
    let told = String::from_utf8(leakey(folder.path(), &explain).stdout).unwrap();
    assert!(
        told.contains("acme-token") && told.contains("allowlist"),
        "{told}"
    );
}

#[test]
fn a_path_is_found_whatever_the_file_holds() {
    let folder = folder();
    write(
        folder.path(),
        "etc/app.jks",
        [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0],
    );
    let report = scan(folder.path(), &["--rules", "rules.toml", "."]);
    assert_eq!(found(&report), ["etc/app.jks:1 store-file"]);
    assert_eq!(report["coverage"]["skipped"]["binary"], 1);
}

#[test]
fn what_a_rule_requires_has_to_stand_near() {
    assert_eq!(
        found_in("a.c", "id-123456\n\nhalf-abcdefab\n"),
        ["a.c:1 pair"]
    );
    assert!(found_in("a.c", "id-123456\n\n\nhalf-abcdefab\n").is_empty());
    assert!(found_in("a.c", "id-123456\n").is_empty());
    assert!(found_in("a.c", "half-abcdefab\n").is_empty());
}

#[test]
fn what_is_generic_gives_way_on_the_same_line() {
    assert_eq!(
        found_in("a.py", "key = 'acme_a1b2c3d4e5f6'\n"),
        ["a.py:1 acme-token"]
    );
    let both = found_in("a.py", "key = 'q8Zkd0W3x5Lv7n2M' # acme_a1b2c3d4e5f6\n");
    assert_eq!(both, ["a.py:1 acme-token", "a.py:1 generic-key"]);
}

#[test]
fn what_is_encoded_is_read_at_its_own_line() {
    // acme_a1b2c3d4e5f6
    let text = "x\ny = YWNtZV9hMWIyYzNkNGU1ZjY=\n";
    assert_eq!(found_in("a.py", text), ["a.py:2 acme-token"]);
    // The same in percent escapes, and twice over.
    assert_eq!(
        found_in("a.py", "%61cme_a1b2c3d4e5f%36\n"),
        ["a.py:1 acme-token"]
    );
    assert_eq!(
        found_in("a.py", "\n\"WVdOdFpWOWhNV0l5WXpOa05HVTFaalk9\"\n"),
        ["a.py:2 acme-token"]
    );
}

#[test]
fn words_on_the_line_accept_with_or_without_a_comment() {
    let folder = folder();
    write(
        folder.path(),
        "a.unknown",
        "acme_a1b2c3d4e5f6 gitleaks:allow\nacme_a1b2c3d4e5f7\n",
    );
    let report = scan(folder.path(), &["--rules", "rules.toml", "."]);
    assert_eq!(found(&report), ["a.unknown:2 acme-token"]);
    let untrusted = scan(
        folder.path(),
        &["--rules", "rules.toml", "--untrusted", "."],
    );
    assert_eq!(found(&untrusted).len(), 2);
}

#[test]
fn rules_are_chosen_and_accepted_like_any_other() {
    let folder = folder();
    let root = folder.path();
    write(
        root,
        "a.py",
        "acme_a1b2c3d4e5f6\nkey = 'q8Zkd0W3x5Lv7n2M'\n",
    );
    write(
        root,
        "leakey.toml",
        "rules = ['rules.toml']\nbuiltin-rules = false\n[[allow]]\nrule = 'generic-key'\nreason = 'invented'\n",
    );
    assert_eq!(found(&scan(root, &[])), ["a.py:1 acme-token"]);
    assert_eq!(
        found(&scan(root, &["--disable-rule", "acme-token"])),
        Vec::<String>::new()
    );
    let only = [
        "--no-config",
        "--rules",
        "rules.toml",
        "--only-rule",
        "generic-key",
    ];
    assert_eq!(found(&scan(root, &only)), ["a.py:2 generic-key"]);
    let list = leakey(
        root,
        &[
            "rules",
            "list",
            "--rules",
            "rules.toml",
            "--no-builtin-rules",
        ],
    );
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 6);
    let show = leakey(
        root,
        &["rules", "show", "generic-key", "--rules", "rules.toml"],
    );
    let show = String::from_utf8(show.stdout).unwrap();
    assert!(show.contains("with more bits a character than 3"), "{show}");
    let check = leakey(root, &["rules", "check", "rules.toml"]);
    assert_eq!(check.status.code(), Some(0), "{check:?}");
}

#[test]
fn leakeys_own_rules_come_first_on_one_value() {
    let folder = folder();
    write(
        folder.path(),
        "settings.py",
        "SECRET_KEY = 'q8Zkd0W3x5Lv7n2Mh4J6bC9arTy1gIfo'\n",
    );
    let output = leakey(
        folder.path(),
        &[
            "scan",
            "--format",
            "json",
            "--rules",
            "rules.toml",
            "settings.py",
        ],
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found(&report), ["settings.py:1 django-secret-key"]);
}

#[test]
fn keywords_and_ends_are_those_of_the_piece_that_gitleaks_reads() {
    let filler = "nothing to see on this line\n".repeat(3_600);
    assert!(filler.len() > 100_000);
    let token = "id-123456 half-abcdefab\n";
    // A piece ends at the first empty line behind 100 kB. What is required stands in the next one, or in the same.
    assert!(found_in("a.c", &format!("{filler}id-123456\n\nhalf-abcdefab\n")).is_empty());
    assert_eq!(
        found_in("a.c", &format!("{filler}{token}")),
        ["a.c:3601 pair"]
    );
    assert_eq!(
        found_in("a.c", &format!("{filler}\n{token}")),
        ["a.c:3602 pair"]
    );
    // What stands across an end is in neither: 100 kB, then 25 kB more without an empty line.
    let long = "-".repeat(124_990);
    assert!(found_in("a.c", &format!("{long} acme_a1b2c3d4e5f6 \n")).is_empty());
    assert_eq!(
        found_in("a.c", &format!("{long}\n\nacme_a1b2c3d4e5f6 \n")).len(),
        1
    );
}

#[test]
fn nothing_secret_is_shown() {
    let folder = folder();
    write(folder.path(), "store.jks", "hunter2\n");
    write(
        folder.path(),
        "a.c",
        "id-123456 half-abcdefab key = 'horseshorse'\n",
    );
    for format in ["text", "json", "sarif", "gitlab", "junit", "github", "html"] {
        let scan = [
            "scan",
            "--profile",
            "audit",
            "--no-builtin-rules",
            "--rules",
            "rules.toml",
        ];
        let output = leakey(
            folder.path(),
            &[&scan[..], &["--format", format, "."]].concat(),
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains("store-file") && text.contains("pair"),
            "{text}"
        );
        for secret in ["hunter2", "123456", "abcdefab", "horseshorse"] {
            assert!(!text.contains(secret), "{format}: {text}");
        }
    }
}
