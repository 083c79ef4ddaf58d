//! Values that tell themselves: one finding each, under the name they are given to, in trees and in history, never printed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::process::Command;

use common::repo::Repo;
use leakey::checksum::named;
use serde_json::Value;

const BODY: &str = "q8Zkd0W3x5Lv7n2Mh4J6bC9arTy1gIfopUe2RsWd";

fn github_token() -> String {
    named("github-crc32")
        .unwrap()
        .make("ghp_", |length| BODY[..length].to_owned())
}

/// What the program says in a folder: its report, and all that it printed.
fn scan(repo: &Repo, arguments: &[&str]) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["scan", "--profile", "audit", "--format", "json"])
        .args(arguments)
        .current_dir(repo.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_str(&text).unwrap(), text + &errors)
}

fn told(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap();
    let of = |finding: &'_ Value, what: &str| finding[what].as_str().map(str::to_owned);
    assert!(findings.iter().all(|f| of(f, "rule").is_some()));
    findings
        .iter()
        .map(|f| (f["rule"].as_str().unwrap(), f["key"].as_str().unwrap()))
        .collect()
}

#[test]
fn one_finding_under_the_providers_rule_and_the_name_it_is_given_to() {
    let repo = Repo::new();
    let token = github_token();
    repo.write("deploy/config.py", format!("API_TOKEN = '{token}'\n"));
    let (report, printed) = scan(&repo, &[]);
    assert_eq!(told(&report), [("github-token", "API_TOKEN")]);
    assert!(!printed.contains(&token) && !printed.contains(&token[4..20]));
}

#[test]
fn a_token_in_prose_a_log_and_a_message_is_found_without_a_name() {
    let repo = Repo::new();
    let token = github_token();
    repo.write(
        "notes.txt",
        format!("ask Kim; the bot uses {token}, I think\n"),
    );
    repo.write(
        "run.log",
        format!("\"remote: https://x:{token}@github.com\\n{token}\""),
    );
    repo.commit("Start");
    repo.write("notes.txt", "ask Kim\n");
    repo.write("run.log", "\n");
    repo.commit("Clean up");
    let (report, printed) = scan(&repo, &["--history"]);
    assert_eq!(told(&report), [("github-token", "")]);
    let places = report["findings"][0]["occurrences"].as_array().unwrap();
    let paths: Vec<&str> = places.iter().map(|p| p["path"].as_str().unwrap()).collect();
    assert!(
        paths.contains(&"notes.txt") && paths.contains(&"run.log"),
        "{paths:?}"
    );
    assert!(!printed.contains(&token[4..20]));
    let (tree, _) = scan(&repo, &[]);
    assert!(told(&tree).is_empty());
}

#[test]
fn a_wrong_checksum_and_parts_of_words_are_no_tokens() {
    let repo = Repo::new();
    let token = github_token();
    let wrong = format!(
        "{}{}",
        &token[..39],
        if token.ends_with('a') { 'b' } else { 'a' }
    );
    repo.write("a.txt", format!("use {wrong} here\n"));
    repo.write("b.txt", format!("use x{token} or {token}z here\n"));
    let (report, _) = scan(&repo, &[]);
    assert!(told(&report).is_empty(), "{report}");
    assert_eq!(report["dropped"]["checksum"], 1);
}

#[test]
fn of_an_address_the_password_is_the_value() {
    let repo = Repo::new();
    repo.write(
        "app.conf",
        "broker = amqp://shop:tiger2021@mq.example.org:5672/shop\n",
    );
    let (report, printed) = scan(&repo, &[]);
    assert_eq!(told(&report), [("connection-password", "broker")]);
    let finding = &report["findings"][0];
    assert_eq!(finding["secret"]["length"], 9);
    let place = &finding["occurrences"][0];
    assert_eq!(
        (&place["start_column"], &place["end_column"]),
        (&22.into(), &31.into())
    );
    assert!(!printed.contains("tiger2021"));
}
