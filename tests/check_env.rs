//! `leakey check-env`: what is held, in which form, and that no value is ever printed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "test programs share it, and none needs all of it")]
mod common;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use common::repo::Repo;
use serde_json::Value;

const SECRET: &str = "qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R";
const OTHER: &str = "zW4hTz2VbX9mKcWd4LpYs8HgJf3aEu1B";
const MARKED: &str = "h7#k$w'2v&x9<m>c\"d4%l+p/s8^g=f3a";

/// Exit code and answer, for an environment with nothing but these variables. No value may appear in what is printed.
fn check(folder: &Path, arguments: &[&str], set: &[(&str, &str)], input: &str) -> (i32, Value) {
    let mut answer = Value::Null;
    let mut code = -1;
    for format in ["text", "json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
        command
            .current_dir(folder)
            .args(["check-env", "--format", format])
            .args(arguments)
            .env_clear()
            .env("HOME", folder)
            .envs(set.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let values = set.iter().map(|(_, value)| *value);
        let secret = values.chain([SECRET, OTHER, MARKED]);
        for value in secret
            .flat_map(|list| list.split(','))
            .filter(|value| value.len() > 7)
        {
            assert!(!said.contains(value), "{said}");
        }
        code = output.status.code().unwrap();
        if format == "json" {
            answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::String(said));
        }
    }
    if answer.is_object() {
        let schema = include_str!("../leakey-check-env.schema.json");
        let schema = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&answer)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{answer:#}");
    }
    (code, answer)
}

fn states(answer: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let all = answer["variables"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    all.iter()
        .map(|one| (word(&one["name"]), word(&one["state"])))
        .collect()
}

fn held(repo: &Repo, value: &str) -> (i32, Value) {
    check(repo.path(), &["K"], &[("K", value)], "")
}

#[test]
fn a_key_of_the_past_is_held_and_a_new_one_is_not() {
    let repo = Repo::new();
    repo.write("s.py", format!("import os\nSECRET_KEY = '{SECRET}'\n"));
    let commit = repo.commit("one");
    repo.write("s.py", "").commit("two");
    let (code, answer) = check(
        repo.path(),
        &[],
        &[("SECRET_KEY", SECRET), ("LANG", "C")],
        "",
    );
    assert_eq!((code, states(&answer).len()), (1, 1));
    let place = &answer["variables"][0]["places"][0];
    assert_eq!(
        (&place["path"], &place["line"]),
        (&"s.py".into(), &2.into())
    );
    assert_eq!(
        (&place["commit"], &place["in_head"]),
        (&commit.into(), &false.into())
    );
    let (code, answer) = check(repo.path(), &[], &[("SECRET_KEY", OTHER)], "");
    assert_eq!(code, 0, "{answer}");
    assert_eq!(
        states(&answer),
        [("SECRET_KEY".to_owned(), "clear".to_owned())]
    );
}

#[test]
fn values_that_no_rule_is_about_are_found_in_any_form() {
    let utf16: Vec<u8> = MARKED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex = |text: &str| leakey::secret::hex(text.as_bytes());
    let inside = BASE64_STANDARD.encode(format!("a: b\nc: {MARKED}\n"));
    let binary = [b"\0\x01\x02", SECRET.as_bytes(), b"\0"].concat();
    for (value, bytes, written) in [
        (SECRET, format!("see {SECRET} there").into_bytes(), "plain"),
        (SECRET, binary, "plain"),
        (SECRET, hex(SECRET).to_uppercase().into_bytes(), "hex"),
        (MARKED, serde_json::to_vec(MARKED).unwrap(), "escaped"),
        (MARKED, inside.into_bytes(), "base64"),
        (MARKED, utf16, "utf-16"),
    ] {
        let repo = Repo::new();
        repo.write("notes.bin", &bytes).commit("one");
        repo.git(["rm", "-q", "notes.bin"]);
        repo.commit("two");
        for packed in [false, true] {
            if packed {
                repo.git(["gc", "-q"]);
            }
            let (code, answer) = held(&repo, value);
            assert_eq!(code, 1, "{written}, packed {packed}: {answer}");
            assert_eq!(answer["variables"][0]["places"][0]["written"], written);
        }
    }
}

#[test]
fn messages_stashes_the_index_and_unignored_files_are_looked_at() {
    let repo = Repo::new();
    repo.write("a", "a")
        .commit(&format!("the key was {SECRET}"));
    assert_eq!(held(&repo, SECRET).0, 1);
    let hold = |path: &str| repo.write(path, format!("K={OTHER}\n"));
    repo.write(".gitignore", ".env\n").commit("two");
    hold(".env");
    assert_eq!(held(&repo, OTHER).0, 0, "that is where it belongs");
    hold("a");
    assert_eq!(held(&repo, OTHER).0, 1);
    repo.git(["stash", "-q"]);
    assert_eq!(held(&repo, OTHER).0, 1);
    repo.git(["stash", "drop", "-q"]);
    assert_eq!(
        held(&repo, OTHER).0,
        1,
        "nothing leads to it, and it is there"
    );
}

#[test]
fn a_value_that_code_puts_together_is_held() {
    let repo = Repo::new();
    let (head, tail) = SECRET.split_at(15);
    repo.write("s.py", format!("SECRET_KEY = '{head}' + '{tail}'\n"))
        .commit("one");
    assert_eq!(check(repo.path(), &[], &[("SECRET_KEY", SECRET)], "").0, 1);
}

#[test]
fn lists_are_taken_apart() {
    let repo = Repo::new();
    repo.write("s.py", format!("x = '{SECRET}'\n"))
        .commit("one");
    let list = format!("{OTHER},{SECRET}");
    for names in [&[][..], &["SECRET_KEY_FALLBACKS"]] {
        let (code, answer) = check(repo.path(), names, &[("SECRET_KEY_FALLBACKS", &list)], "");
        assert_eq!(code, 1);
        let found: Vec<String> = states(&answer)
            .into_iter()
            .map(|(_, state)| state)
            .collect();
        assert_eq!(found, ["clear", "held"], "{answer}");
        assert_eq!(answer["variables"][1]["part"], 2);
    }
    assert_eq!(held(&repo, &list).0, 1);
}

#[test]
fn weak_and_published_values_count_without_being_found() {
    let repo = Repo::new();
    repo.commit("one");
    let state = |name: &str, value: &str| {
        let (code, answer) = check(repo.path(), &[], &[(name, value)], "");
        (code, states(&answer).pop().unwrap().1)
    };
    assert_eq!(state("SECRET_KEY", "changeme"), (1, "guessable".to_owned()));
    assert_eq!(state("SECRET_KEY", "abc"), (1, "guessable".to_owned()));
    let (code, answer) = held(&repo, "short");
    assert_eq!((code, states(&answer)[0].1.as_str()), (1, "guessable"));
}

#[test]
fn what_cannot_be_said_is_exit_code_2() {
    let repo = Repo::new();
    repo.write("s.py", format!("SECRET_KEY = '{SECRET}'\n"))
        .commit("one");
    assert_eq!(check(repo.path(), &[], &[], "").0, 2, "nothing is set");
    let (code, answer) = check(repo.path(), &["K", "L"], &[("K", OTHER)], "");
    assert_eq!((code, states(&answer)[1].1.as_str()), (0, "unset"));
    let (code, answer) = check(repo.path(), &["L"], &[("K", OTHER)], "");
    assert_eq!((code, states(&answer)[0].1.as_str()), (2, "unset"));
    assert_eq!(check(repo.path(), &[&format!("K={OTHER}")], &[], "").0, 2);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        check(empty.path(), &["K"], &[("K", OTHER)], "").0,
        2,
        "no repository"
    );
    let from = format!("file://{}", repo.path().display());
    let shallow = repo.beside("shallow");
    repo.commit("two");
    repo.git(["clone", "-q", "--depth=1", &from, shallow.to_str().unwrap()]);
    let (code, answer) = check(&shallow, &["K"], &[("K", OTHER)], "");
    assert_eq!((code, states(&answer)[0].1.as_str()), (2, "unknown"));
    assert_eq!(
        check(&shallow, &["--allow-shallow", "K"], &[("K", OTHER)], "").0,
        0
    );
    assert_eq!(check(&shallow, &["K"], &[("K", SECRET)], "").0, 1);
    let blob = repo.git(["rev-parse", "HEAD:s.py"]);
    repo.damage(&blob, true);
    assert_eq!(check(repo.path(), &["K"], &[("K", OTHER)], "").0, 2);
}

#[test]
fn variables_may_come_from_a_file_and_the_history_from_a_bare_clone() {
    let repo = Repo::new();
    repo.write("s.py", format!("x = '{SECRET}'\n"))
        .commit("one");
    let bare = repo.beside("bare.git");
    repo.git(["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = format!("# K=x\nexport SECRET_KEY=\"{SECRET}\"\nAPP_KEY={OTHER}\nDEBUG=1\n");
    let there = ["--repo", bare.to_str().unwrap(), "--env-file", "-"];
    let (code, answer) = check(elsewhere.path(), &there, &[("SECRET_KEY", OTHER)], &file);
    let expected = [("APP_KEY", "clear"), ("SECRET_KEY", "held")];
    let expected = expected.map(|(name, state)| (name.to_owned(), state.to_owned()));
    assert_eq!((code, states(&answer)), (1, expected.to_vec()));
    // The file is not held against itself, unless it was committed.
    repo.write("prod.env", format!("SECRET_KEY={OTHER}\n"));
    let own = ["--env-file", "prod.env"];
    assert_eq!(check(repo.path(), &own, &[], "").0, 0);
    repo.commit("two");
    assert_eq!(check(repo.path(), &own, &[], "").0, 1);
    repo.write("prod.env", "SECRET_KEY=${OTHER}\n");
    let (code, answer) = check(repo.path(), &own, &[], "");
    assert_eq!(code, 2, "{answer}");
    assert_eq!(
        check(repo.path(), &["--env-file", "gone.env"], &[], "").0,
        2
    );
}
