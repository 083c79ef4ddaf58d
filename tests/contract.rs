//! What holds for every run: the same bytes for any number of threads, no secret in any format, exit codes that do not
//! depend on the format, and a file says the same alone, in its folder and from standard input.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const FORMATS: [&str; 8] = [
    "text", "json", "jsonl", "sarif", "gitlab", "junit", "github", "html",
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn leakey(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "COLUMNS",
        "GIT_DIR",
        "GIT_INDEX_FILE",
    ] {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().unwrap()
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    for format in FORMATS {
        let run = |threads| {
            leakey(
                &fixtures(),
                &[
                    "scan",
                    "--profile",
                    "audit",
                    "--format",
                    format,
                    "--threads",
                    threads,
                ],
            )
        };
        let one = run("1");
        assert!(one.stdout.len() > 1000, "{format}");
        for threads in ["2", "8"] {
            let many = run(threads);
            assert!(
                one.stdout == many.stdout,
                "{format} differs with {threads} threads"
            );
            assert_eq!(one.status.code(), many.status.code(), "{format}");
        }
    }
}

#[test]
fn no_format_holds_a_secret() {
    // The files of `quality` are no projects: their keys are marks to be filled in, and their words stand in many places.
    let scan = ["scan", "--profile", "audit", "--exclude", "quality/*.txt"];
    let report = json(&leakey(
        &fixtures(),
        &[&scan[..], &["--format", "json", "--show-secrets"]].concat(),
    ));
    let secrets: BTreeSet<&str> = findings(&report)
        .iter()
        .filter(|finding| finding["kind"] != "published")
        .map(|finding| finding["secret"]["value"].as_str().unwrap())
        .filter(|value| value.chars().count() >= 8)
        .collect();
    assert!(
        secrets.len() > 20,
        "only {} secrets in the fixtures",
        secrets.len()
    );
    let mut outputs: Vec<(String, Output)> = FORMATS
        .iter()
        .flat_map(|format| {
            [vec![], vec!["--verbose"], vec!["--color", "always"]].map(|more| {
                let arguments = [&scan[..], &["--format", format], more.as_slice()].concat();
                (arguments.join(" "), leakey(&fixtures(), &arguments))
            })
        })
        .collect();
    for finding in findings(&report) {
        for place in finding["occurrences"].as_array().unwrap() {
            let place = format!(
                "{}:{}",
                place["path"].as_str().unwrap(),
                place["start_line"]
            );
            outputs.push((
                format!("explain {place}"),
                leakey(&fixtures(), &["explain", &place]),
            ));
        }
    }
    for (command, output) in outputs {
        for bytes in [output.stdout, output.stderr] {
            let text = String::from_utf8_lossy(&bytes);
            for secret in &secrets {
                assert!(
                    !text.contains(secret),
                    "`leakey {command}` holds a secret of {} characters",
                    secret.len()
                );
                let escaped = serde_json::to_string(secret).unwrap();
                assert!(
                    !text.contains(escaped.trim_matches('"')),
                    "`leakey {command}` holds an escaped secret"
                );
            }
        }
    }
}

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let shop = fixtures().join("shop");
    for (arguments, code) in [
        (&["scan"][..], 1),
        (&["scan", "--exit-zero"], 0),
        (&["scan", "manage.py"], 0),
        (&["scan", "tests/settings.py"], 0),
        (&["scan", "--profile", "audit", "tests/settings.py"], 1),
        (&["scan", "manage.py", "absent"], 2),
        (&["scan", "manage.py", "absent", "--exit-zero"], 2),
        (&["scan", "worker", "absent"], 1),
        (&["scan", "worker", "absent", "--exit-zero"], 2),
    ] {
        for format in FORMATS {
            let output = leakey(&shop, &[arguments, &["--format", format]].concat());
            assert_eq!(
                output.status.code(),
                Some(code),
                "{arguments:?} --format {format}"
            );
        }
    }
    let report = json(&leakey(
        &shop,
        &["scan", "worker", "absent", "--format", "json"],
    ));
    assert_eq!(report["complete"], false);
}

#[test]
fn a_file_says_the_same_alone_and_in_its_folder_and_from_standard_input() {
    let shop = fixtures().join("shop");
    let all = json(&leakey(
        &shop,
        &["scan", "--profile", "audit", "--format", "json"],
    ));
    let rows = |report: &Value, path: &str| -> BTreeSet<String> {
        let mut rows = BTreeSet::new();
        for finding in findings(report) {
            for place in finding["occurrences"].as_array().unwrap() {
                if place["path"] == path {
                    rows.insert(format!(
                        "{} {} {} {} {}",
                        finding["rule"],
                        finding["fingerprint"],
                        place["start_line"],
                        place["start_column"],
                        place["context"]
                    ));
                }
            }
        }
        rows
    };
    for path in [
        "shop/settings/base.py",
        "docker-compose.yml",
        "worker/.env.production",
        "tests/settings.py",
    ] {
        let expected = rows(&all, path);
        assert!(!expected.is_empty(), "{path}");
        let alone = json(&leakey(
            &shop,
            &["scan", path, "--profile", "audit", "--format", "json"],
        ));
        assert_eq!(rows(&alone, path), expected, "{path}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
        let file = fs::File::open(shop.join(path)).unwrap();
        let output = command
            .args([
                "scan",
                "--stdin",
                "--stdin-path",
                path,
                "--profile",
                "audit",
                "--format",
                "json",
            ])
            .stdin(file)
            .output()
            .unwrap();
        assert_eq!(
            rows(&json(&output), path),
            expected,
            "{path} from standard input"
        );
    }
}

#[test]
fn a_report_in_a_file_is_the_report_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.sarif");
    let target = format!("sarif={}", file.display());
    let output = leakey(
        &fixtures().join("shop"),
        &["scan", "--format", "sarif", "--output", &target],
    );
    assert_eq!(fs::read(file).unwrap(), output.stdout);
    let bad = format!(
        "json={}",
        folder.path().join("no/such/folder.json").display()
    );
    let output = leakey(&fixtures().join("shop"), &["scan", "--output", &bad]);
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    let mut child = command
        .args(["scan", "--profile", "audit"])
        .current_dir(fixtures())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
