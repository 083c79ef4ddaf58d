//! Configuration: where it comes from, what it accepts, and whose is obeyed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const KEY: &str = "SECRET_KEY = 'qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R'\n";

fn leakey(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("GIT_DIR")
        .stdin(Stdio::null());
    command.envs(variables.iter().copied()).output().unwrap()
}

fn scan(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = leakey(
        folder,
        &[&["scan", "--format", "json"], arguments].concat(),
        &[],
    );
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A repository with a key in `api/settings.py`.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let git = Command::new("git")
        .args(["init", "-q"])
        .current_dir(folder.path())
        .output();
    assert!(git.unwrap().status.success());
    write(folder.path(), "api/settings.py", KEY);
    folder
}

fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let places = findings.flat_map(|finding| finding["occurrences"].as_array().unwrap());
    places
        .map(|place| place["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_nearest_file_up_to_the_repository_is_used_and_its_globs_are_its_own() {
    let shop = shop();
    let api = shop.path().join("api");
    write(
        shop.path(),
        "leakey.toml",
        "exclude = ['api/settings.py']\n",
    );
    assert_eq!(scan(shop.path(), &[]).0, 0);
    assert_eq!(scan(&api, &[]).0, 0);
    assert_eq!(scan(&api, &["--no-config"]).0, 1);
    write(&api, "pyproject.toml", "[project]\nname = 'api'\n");
    assert_eq!(scan(&api, &[]).0, 0);
    write(&api, "pyproject.toml", "[tool.leakey]\nprofile = 'audit'\n");
    assert_eq!(scan(&api, &[]).0, 1);
    let elsewhere = shop.path().join("other.toml");
    fs::write(
        &elsewhere,
        "disable-rules = ['django-secret-key', 'signing-key']\n",
    )
    .unwrap();
    let output = leakey(&api, &["scan", "--config", "../other.toml"], &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("../other.toml:1: disable-rules: no rule is called `signing-key`"),
        "{said}"
    );
}

#[test]
fn globs_hold_for_git_input_too() {
    let shop = shop();
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(shop.path())
            .output();
        assert!(output.unwrap().status.success());
    };
    git(&["add", "-A"]);
    assert_eq!(scan(shop.path(), &["--staged"]).0, 1);
    assert_eq!(scan(shop.path(), &["--staged", "--exclude", "api"]).0, 0);
    assert_eq!(scan(shop.path(), &["--staged", "--include", "web"]).0, 0);
    write(
        shop.path(),
        "api/leakey.toml",
        "exclude = ['settings.py']\n",
    );
    let (code, report) = scan(&shop.path().join("api"), &["--staged"]);
    assert_eq!(
        (code, &report["coverage"]["skipped"]["filtered"]),
        (0, &1.into())
    );
}

#[test]
fn arguments_are_above_the_environment_and_that_is_above_the_file() {
    let shop = shop();
    write(
        shop.path(),
        "leakey.toml",
        "profile = 'hook'\nthreads = 3\n",
    );
    let dump = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = leakey(
            shop.path(),
            &[&["scan", "--dump-config"], arguments].concat(),
            variables,
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let said = dump(&[], &[]);
    assert!(
        said.contains("profile = \"hook\"  # leakey.toml\n"),
        "{said}"
    );
    assert!(
        said.contains("allow-shallow = false  # default\n"),
        "{said}"
    );
    let said = dump(&[], &[("LEAKEY_PROFILE", "ci")]);
    assert!(
        said.contains("profile = \"ci\"  # the environment\n"),
        "{said}"
    );
    let said = dump(&["--profile", "audit"], &[("LEAKEY_PROFILE", "ci")]);
    assert!(
        said.contains("profile = \"audit\"  # the command line\n"),
        "{said}"
    );
    let toml: toml::Table = said.parse().unwrap();
    assert_eq!(toml["threads"].as_integer(), Some(3));
    let output = leakey(shop.path(), &["scan"], &[("LEAKEY_PROFILE", "cii")]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("LEAKEY_PROFILE: `cii` is no profile; did you mean `ci`?"),
        "{said}"
    );
}

#[test]
fn what_is_allowed_stays_in_the_report_and_does_not_count() {
    let shop = shop();
    let allow = |conditions: &str| {
        let text = format!("[[allow]]\nreason = 'rotated'\n{conditions}\n");
        write(shop.path(), "leakey.toml", &text);
        scan(shop.path(), &[])
    };
    let (code, report) =
        allow("path = 'api/**'\nkey = ['SECRET_KEY', 'OTHER']\nuntil = 9999-12-31");
    assert_eq!(code, 0);
    let finding = &report["findings"][0];
    let accepted = serde_json::json!({"by": "config", "reason": "rotated", "until": "9999-12-31"});
    assert_eq!(
        (&finding["suppressed"], &finding["counts"]),
        (&accepted, &false.into())
    );
    assert_eq!(finding["occurrences"][0]["suppressed"], accepted);
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    assert_eq!(allow(&format!("fingerprint = '{fingerprint}'")).0, 0);
    // Every condition has to hold, and a value that changed is another one.
    assert_eq!(allow("path = 'web/**'\nkey = 'SECRET_KEY'").0, 1);
    write(shop.path(), "api/settings.py", &KEY.replace("qN7r", "zW4h"));
    assert_eq!(allow(&format!("fingerprint = '{fingerprint}'")).0, 1);
    let (code, report) = allow("key = 'SECRET_KEY'\nuntil = '2020-01-01'");
    assert_eq!((code, &report["stale"][0]["kind"]), (1, &"expired".into()));
}

#[test]
fn a_place_that_is_not_accepted_makes_its_finding_count() {
    let shop = shop();
    write(shop.path(), "web/settings.py", KEY);
    write(
        shop.path(),
        "leakey.toml",
        "[[allow]]\nreason = 'x'\npath = 'api'\n",
    );
    let (code, report) = scan(shop.path(), &[]);
    assert_eq!((code, report["findings"].as_array().unwrap().len()), (1, 1));
    assert_eq!(places(&report), ["api/settings.py", "web/settings.py"]);
    assert_eq!(report["findings"][0]["suppressed"], Value::Null);
    assert_eq!(
        report["findings"][0]["occurrences"][0]["suppressed"]["by"],
        "config"
    );
}

#[test]
fn entries_of_no_use_are_told_when_everything_was_scanned() {
    let shop = shop();
    write(
        shop.path(),
        "leakey.toml",
        "\n[[allow]]\nreason = 'gone'\nkey = 'NOTHING'\n",
    );
    let (_, report) = scan(shop.path(), &[]);
    let stale = &report["stale"][0];
    assert_eq!(
        (&stale["path"], &stale["line"], &stale["kind"]),
        (&"leakey.toml".into(), &2.into(), &"unused".into())
    );
    assert_eq!(
        scan(shop.path(), &["api"]).1["stale"],
        serde_json::json!([])
    );
    fs::remove_file(shop.path().join("api/settings.py")).unwrap();
    assert_eq!(scan(shop.path(), &[]).0, 0);
    assert_eq!(scan(shop.path(), &["--strict-suppressions"]).0, 1);
}

#[test]
fn only_the_repository_of_the_current_directory_is_obeyed() {
    let (shop, other) = (shop(), shop());
    let accept = "[[allow]]\nreason = 'mine'\nkey = 'SECRET_KEY'\n";
    for folder in [&shop, &other] {
        write(folder.path(), "leakey.toml", accept);
    }
    assert_eq!(scan(shop.path(), &[]).0, 0);
    let (code, report) = scan(shop.path(), &["--untrusted"]);
    assert_eq!(
        (code, &report["ignored"][0]["path"]),
        (1, &"leakey.toml".into())
    );
    let there = other.path().to_str().unwrap();
    let (code, report) = scan(shop.path(), &[there]);
    let path = report["ignored"][0]["path"].as_str().unwrap();
    assert_eq!(code, 1);
    assert!(
        path.ends_with("/leakey.toml") && path.starts_with('/'),
        "{path}"
    );
    // A file that the user names is the user's word.
    assert_eq!(scan(shop.path(), &[there, "--config", "leakey.toml"]).0, 0);
    assert_eq!(
        scan(shop.path(), &["--untrusted", "--config", "leakey.toml"]).0,
        0
    );
    let quarantine = leakey(shop.path(), &["scan"], &[("GIT_QUARANTINE_PATH", "x")]);
    assert_eq!(quarantine.status.code(), Some(1));
}

#[test]
fn rules_of_ones_own_stand_beside_the_built_in_ones() {
    let shop = shop();
    let rule = "[[rule]]\nid = 'mine-token'\ntitle = 'Token of mine'\nclass = 'credential'\nseverity = 'high'\n\
                impact = 'x'\nremedy = 'x'\n[[rule.when]]\nnames = ['MINE_TOKEN']\n";
    write(shop.path(), "rules/mine.toml", rule);
    write(
        shop.path(),
        "web/.env",
        "MINE_TOKEN=qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R\n",
    );
    let found = |arguments: &[&str]| {
        let report = scan(shop.path(), arguments).1;
        let findings = report["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(found(&["--rules", "rules"]).contains(&"mine-token".to_owned()));
    assert_eq!(
        found(&["--rules", "rules/mine.toml", "--no-builtin-rules"]),
        ["mine-token"]
    );
    write(
        shop.path(),
        "leakey.toml",
        "rules = ['rules']\nbuiltin-rules = false\n",
    );
    assert_eq!(found(&[]), ["mine-token"]);
}

#[test]
fn the_schema_of_the_file_knows_every_key_and_no_other() {
    let schema =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("leakey-config.schema.json"))
            .unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let known = |properties: &Value| -> Vec<String> {
        properties.as_object().unwrap().keys().cloned().collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let complaint = |text: &str| {
        write(folder.path(), "leakey.toml", text);
        let output = leakey(folder.path(), &["scan", "--dump-config"], &[]);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let listed = |said: &str| -> Vec<String> {
        let (_, list) = said.split_once("known are: ").unwrap();
        list.trim().split(", ").map(str::to_owned).collect()
    };
    assert_eq!(listed(&complaint("zzzz = 1")), known(&schema["properties"]));
    let entry = &schema["$defs"]["allow"]["properties"];
    assert_eq!(listed(&complaint("[[allow]]\nzzzz = 1")), known(entry));
    let documented =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md")).unwrap();
    let example = documented
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert_eq!(complaint(example), "");
    let mut value: toml::Table = example.parse().unwrap();
    // JSON has no dates: editors see them as text.
    for entry in value["allow"].as_array_mut().unwrap() {
        if let Some(until) = entry.get_mut("until") {
            *until = until.as_datetime().unwrap().to_string().into();
        }
    }
    let value = serde_json::to_value(value).unwrap();
    assert!(
        validator.is_valid(&value),
        "{:?}",
        validator
            .iter_errors(&value)
            .map(|e| e.to_string())
            .collect::<Vec<_>>()
    );
    assert!(!validator.is_valid(&serde_json::json!({"zzzz": 1})));
    assert!(!validator.is_valid(&serde_json::json!({"allow": [{"key": "A"}]})));
}
