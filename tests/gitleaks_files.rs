//! Rule files of gitleaks themselves: what they extend, what is wrong with them, and what is told of what nothing reads.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::repo::Repo;
use serde_json::Value;

const TOKEN: &str = "
[[rules]]
id = 'acme-token'
description = 'An Acme token'
regex = 'acme_[a-z0-9]{12}'
keywords = ['acme_']
";

fn leakey(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn scan(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
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
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    (output.status.code(), report)
}

/// What the program says of a rule file that it does not take.
fn complaint(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("r.toml"), text).unwrap();
    let output = leakey(
        folder.path(),
        &["scan", "--no-builtin-rules", "--rules", "r.toml"],
    );
    assert_eq!(output.status.code(), Some(2), "{text}");
    String::from_utf8(output.stderr).unwrap()
}

fn rules_of(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut rules: Vec<String> = findings
        .map(|f| f["rule"].as_str().unwrap().to_owned())
        .collect();
    rules.sort();
    rules
}

fn told(report: &Value, list: &str) -> String {
    let all = report[list].as_array().unwrap().iter();
    let all: Vec<&str> = all.map(|one| one["what"].as_str().unwrap()).collect();
    all.join("\n")
}

#[test]
fn errors_name_file_rule_field_and_remedy() {
    let rule = |more: &str| format!("[[rules]]\nid = 'a'\nregex = 'x(y)'\n{more}\n");
    for (text, told) in [
        (
            "[[rules]]\nid = 'a'\nregex = 'x(?=y)'".to_owned(),
            "r.toml: rule `a`: regex: looks around",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = '('".to_owned(),
            "r.toml: rule `a`: regex: ",
        ),
        ("[[rules]]\nregex = 'x'".to_owned(), "a rule has no `id`"),
        (
            "[[rules]]\nid = 'a'".to_owned(),
            "needs a `regex` or a `path`",
        ),
        (
            "[[rules]]\nid = 'a'\nregex = ['x']".to_owned(),
            "rule `a`: regex: is of type array, where a string belongs",
        ),
        (
            rule("secretGroup = 2"),
            "rule `a`: secretGroup: there is no group 2",
        ),
        (
            rule("[[rules.required]]\nid = 'b'"),
            "rule `a`: required: there is no rule `b`",
        ),
        (
            rule("[[rules.allowlists]]\npaths = []"),
            "rule `a`: allowlists: one is empty",
        ),
        (
            rule("[[rules.allowlists]]\ncondition = 'XOR'\npaths = ['x']"),
            "write `AND` or `OR`",
        ),
        (
            rule("[[rules.allowlists]]\nregexTarget = 'file'\npaths = ['x']"),
            "write `secret`, `match` or `line`",
        ),
        (
            rule("[[rules.allowlists]]\nregexes = ['[']"),
            "allowlists: regexes: `[`: ",
        ),
        (
            rule("[rules.allowlist]\npaths = ['x']\n[[rules.allowlists]]\npaths = ['x']"),
            "is the old form",
        ),
        (
            rule("[[allowlists]]\ntargetRules = ['b']\npaths = ['x']"),
            "targetRules: there is no rule `b`",
        ),
        (
            rule("[extend]\nuseDefault = true\npath = 'x.toml'"),
            "exclude each other",
        ),
        (
            rule("[extend]\npath = 'none.toml'"),
            "extend: path: none.toml cannot be read",
        ),
    ] {
        let said = complaint(&text);
        assert!(said.contains(told), "{text}\n{said}");
    }
}

#[test]
fn fields_are_read_in_any_case_and_of_near_types() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let rules = "[[Rules]]\nID = 'a'\nRegex = 'x=(\\w)(\\w+)'\nsecretgroup = '2'\nKEYWORDS = 'x=,y='\nEntropy = '1'\n";
    fs::write(root.join("r.toml"), rules).unwrap();
    fs::write(root.join("a"), "x=abcdefg\n").unwrap();
    let (_, report) = scan(root, &["--rules", "r.toml", "--show-secrets", "a"]);
    assert_eq!(report["findings"][0]["secret"]["value"], "bcdefg");
}

#[test]
fn what_nothing_reads_is_told_and_the_scan_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let rules = format!(
        "minVersion = 'v9.1.0'\n{TOKEN}severity = 'high'\n[extend]\nurl = 'https://x.test'\n"
    );
    fs::write(root.join("r.toml"), rules).unwrap();
    let (code, report) = scan(root, &["--rules", "r.toml", "."]);
    assert_eq!(code, Some(0));
    let told = told(&report, "ignored");
    for part in [
        "rule `acme-token`: `severity` is not read",
        "`extend.url` is not read",
        "asks for gitleaks v9.1.0",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn expressions_of_betterleaks_are_refused_by_name_and_the_rest_loads() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let rules = format!(
        "filter = 'true'\n{TOKEN}
[[rules]]
id = 'filtered'
regex = 'acme_x'
filter = 'finding[\"secret\"] == \"x\"'
[[rules]]
id = 'needs-it'
regex = 'acme_y'
[[rules.required]]
id = 'filtered'
[[rules]]
id = 'asked'
regex = 'acme_z'
validate = 'http.get(\"https://x.test\")'
"
    );
    fs::write(root.join("r.toml"), rules).unwrap();
    fs::write(root.join("a"), "acme_a1b2c3d4e5f6 acme_x acme_y acme_z\n").unwrap();
    let (code, report) = scan(root, &["--rules", "r.toml", "a"]);
    assert_eq!(rules_of(&report), ["acme-token"]);
    assert_eq!((code, &report["complete"]), (Some(1), &Value::Bool(false)));
    let told = told(&report, "issues");
    for part in [
        "`filter` belongs to the expression language of betterleaks, which leakey does not evaluate: filtered;",
        "what they require is: needs-it",
        "`validate` belongs to the expression language of betterleaks, which leakey does not evaluate: asked;",
        "the `filter` over all rules is refused",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let check = leakey(root, &["rules", "check", "r.toml"]);
    assert_eq!(check.status.code(), Some(1));
}

#[test]
fn a_file_is_put_above_what_it_extends() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("rules")).unwrap();
    let base = format!(
        "{TOKEN}\n[[rules]]\nid = 'gone'\nregex = 'gone_[a-z]+'\n[[rules]]\nid = 'kept'\nregex = 'kept_[a-z]+'\n[[allowlists]]\nstopwords = ['oops']\n"
    );
    fs::write(root.join("rules/base.toml"), base).unwrap();
    let top = "[extend]\npath = 'base.toml'\ndisabledRules = ['gone', 'never']\n[[rules]]\nid = 'acme-token'\nregex = 'acme_[A-Z]{4}'\n[[rules.allowlists]]\nregexes = ['ZZZZ']\n[[allowlists]]\ntargetRules = ['kept']\nregexes = ['b$']\n";
    fs::write(root.join("rules/top.toml"), top).unwrap();
    let text = "acme_ABCD\nacme_ZZZZ\nacme_a1b2c3d4e5f6\ngone_a\nkept_a\nkept_b\nkept_oops\n";
    fs::write(root.join("a"), text).unwrap();
    let (_, report) = scan(root, &["--rules", "rules/top.toml", "a"]);
    assert_eq!(rules_of(&report), ["acme-token", "kept"]);
    assert!(told(&report, "ignored").contains("there is no rule `never`"));
}

#[test]
fn the_default_configuration_is_taken_from_beside_or_missed_aloud() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(
        root.join("default.toml"),
        format!("title = 'gitleaks config'\n{TOKEN}"),
    )
    .unwrap();
    fs::write(
        root.join("own.toml"),
        "[extend]\nuseDefault = true\n[[rules]]\nid = 'acme-token'\nentropy = 1.0\n[[allowlists]]\ntargetRules = ['acme-token']\nstopwords = ['oops']\n[[rules]]\nid = 'own'\nregex = 'own_[a-z]+'\n",
    )
    .unwrap();
    fs::write(root.join("a"), "acme_a1b2c3d4e5f6 own_x\n").unwrap();
    let (code, report) = scan(root, &["--rules", "own.toml", "a"]);
    assert_eq!((code, rules_of(&report)), (Some(1), vec!["own".to_owned()]));
    assert!(told(&report, "issues").contains("config/gitleaks.toml"));
    let (code, report) = scan(
        root,
        &["--rules", "own.toml", "--rules", "default.toml", "a"],
    );
    assert_eq!(
        (code, report["issues"].as_array().unwrap().len()),
        (Some(1), 0)
    );
    assert_eq!(rules_of(&report), ["acme-token", "own"]);
}

#[test]
fn a_rule_takes_the_place_of_a_built_in_one_of_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(
        root.join("r.toml"),
        "[[rules]]\nid = 'jwt-secret'\nregex = 'jwt_[a-z]{6}'\n",
    )
    .unwrap();
    fs::write(root.join("a"), "jwt_abcdef\n").unwrap();
    let output = leakey(
        root,
        &["scan", "--format", "json", "--rules", "r.toml", "a"],
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rules_of(&report), ["jwt-secret"]);
    assert!(told(&report, "ignored").contains("takes the place of built-in rules"));
    fs::write(
        root.join("s.toml"),
        "[[rules]]\nid = 'jwt-secret'\nregex = 'x'\n",
    )
    .unwrap();
    let output = leakey(
        root,
        &["scan", "--rules", "r.toml", "--rules", "s.toml", "a"],
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("the id is used twice"));
}

#[test]
fn histories_are_searched_whole_and_commits_can_be_allowed() {
    let repo = Repo::new();
    let far = "-\n".repeat(3000);
    repo.write("a.c", format!("id-123456\n{far}half-abcdefab\n"));
    repo.add().commit("one");
    // The next version is a delta of the first, and what it changes lies far from what it finds.
    repo.write("a.c", format!("id-123456\n{far}half-abcdefab\nmore\n"));
    repo.add().commit("two");
    let rules = "[[rules]]\nid = 'pair'\nregex = 'id-\\d{6}'\nkeywords = ['id-']\n[[rules.required]]\nid = 'half'\n[[rules]]\nid = 'half'\nregex = 'half-[a-f]{8}'\nskipReport = true\n";
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("r.toml");
    fs::write(&file, rules).unwrap();
    let file = file.to_str().unwrap();
    let (_, report) = scan(repo.path(), &["--history", "--rules", file]);
    assert_eq!(rules_of(&report), ["pair"]);
    let commit = report["findings"][0]["occurrences"][0]["commit"]
        .as_str()
        .unwrap()
        .to_owned();
    let both = git_log(repo.path());
    let commits: Vec<String> = both
        .iter()
        .map(|id| format!("'{}'", id.to_uppercase()))
        .collect();
    assert!(both.contains(&commit));
    fs::write(
        file,
        format!(
            "[[allowlists]]\ncommits = [{}]\n{rules}",
            commits.join(", ")
        ),
    )
    .unwrap();
    let (_, report) = scan(repo.path(), &["--history", "--rules", file]);
    assert!(rules_of(&report).is_empty());
}

fn git_log(folder: &Path) -> Vec<String> {
    let output = Command::new("git")
        .args(["log", "--format=%H"])
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_list_of_gitleaks_means_its_rules_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(
        root.join("r.toml"),
        format!("{TOKEN}[[rules]]\nid = 'other'\nregex = 'acme_a1b2c3d4e5f6 (other_[a-z]+)'\n"),
    )
    .unwrap();
    fs::write(root.join("a.c"), "acme_a1b2c3d4e5f6 other_x\n").unwrap();
    fs::write(root.join(".gitleaksignore"), "a.c:acme-token:1\n").unwrap();
    let (_, report) = scan(root, &["--rules", "r.toml", "a.c"]);
    let mut open = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["suppressed"].is_null());
    assert_eq!(open.next().unwrap()["rule"], "other");
    assert!(open.next().is_none());
}
