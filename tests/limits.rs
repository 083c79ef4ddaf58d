//! No silence at a limit: what is nested, long or many is found, or the report says that it was not read (exit code 2).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const KEY: &str = "q8zkd0w3x5lv7n2mh4j6bc9arty1gifop";

/// What the program says of one document: its exit code, how often it finds the key, and its issues.
fn scan(name: &str, text: &str) -> (i32, usize, Vec<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["scan", "--stdin", "--stdin-path", name])
        .args(["--profile", "audit", "--format", "json", "--show-secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["findings"].as_array().unwrap().iter();
    let found = found.filter(|finding| finding["secret"]["value"] == KEY);
    let issues = report["issues"].as_array().unwrap().iter();
    let issues: Vec<String> = issues
        .map(|issue| issue["what"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(report["complete"], issues.is_empty(), "{name}");
    (output.status.code().unwrap(), found.count(), issues)
}

fn nested(open: &str, close: &str, depth: usize, inner: &str) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

fn found(name: &str, text: &str) {
    let (code, count, issues) = scan(name, text);
    assert_eq!((code, count, issues), (1, 1, Vec::new()), "{name}");
}

fn told(name: &str, text: &str, what: &str) {
    let (code, count, issues) = scan(name, text);
    assert_eq!((code, count, issues.len()), (2, 0, 1), "{name}: {issues:?}");
    assert!(issues[0].contains(what), "{issues:?}");
    assert!(!issues[0].contains(KEY), "{issues:?}");
}

#[test]
fn what_is_deep_is_found() {
    let json = format!("{{\"SECRET_KEY\": \"{KEY}\"}}");
    let code = format!("SECRET_KEY = '{KEY}'");
    for (name, text) in [
        ("a.json", nested("{\"a\":", "}", 5000, &json)),
        ("b.json", nested("[", "]", 5000, &json)),
        (
            "a.yaml",
            format!(
                "x: {}",
                nested(
                    "{a: ",
                    "}",
                    500,
                    &json.replace("{\"", "{").replace("\":", ":")
                )
            ),
        ),
        ("b.yaml", format!("x: {}", nested("[", "]", 500, &json))),
        (
            "a.tf",
            format!(
                "x = {}",
                nested("[", "]", 500, &format!("{{SECRET_KEY = \"{KEY}\"}}"))
            ),
        ),
        (
            "a.toml",
            format!(
                "x = {}",
                nested("[", "]", 500, &format!("{{SECRET_KEY = \"{KEY}\"}}"))
            ),
        ),
        (
            "a.xml",
            nested(
                "<a>",
                "</a>",
                5000,
                &format!("<SECRET_KEY>{KEY}</SECRET_KEY>"),
            ),
        ),
        (
            "a.conf",
            nested("a {", "}", 500, &format!("SECRET_KEY=\"{KEY}\"")),
        ),
        (
            ".env",
            format!("SECRET_KEY={}", nested("${A:-", "}", 60, KEY)),
        ),
        (
            "a.sh",
            format!("export SECRET_KEY={}", nested("${A:-", "}", 60, KEY)),
        ),
        (
            "b.sh",
            nested(
                "x=$(",
                ")",
                60,
                &format!("export {}", code.replace(' ', "")),
            ),
        ),
        (
            "a.py",
            format!("SECRET_KEY = {}", nested("(", ")", 60, &format!("'{KEY}'"))),
        ),
        (
            "b.py",
            format!(
                "SECRET_KEY = {}",
                nested("os.environ.get('A', ", ")", 60, &format!("'{KEY}'"))
            ),
        ),
        (
            "c.py",
            format!(
                "x = {}",
                nested("[", "]", 500, &format!("{{'SECRET_KEY': '{KEY}'}}"))
            ),
        ),
        (
            "d.py",
            format!("f({}SECRET_KEY='{KEY}')", "1, ".repeat(5000)),
        ),
        (
            "a.rb",
            format!(
                "x = \"{}\"",
                nested("#{\"", "\"}", 40, &format!("#{{{code}}}"))
            ),
        ),
        (
            "a.js",
            format!("x = `{}`", nested("${`", "`}", 40, &format!("${{{code}}}"))),
        ),
        (
            "e.py",
            format!("SECRET_KEY    {}= '{KEY}'", " ".repeat(300)),
        ),
        (
            "x.txt",
            format!("SECRET_KEY    {}= '{KEY}'", " ".repeat(300)),
        ),
    ] {
        found(name, &text);
    }
}

#[test]
fn what_is_many_or_long_is_found() {
    let mut list = String::from("SECRET_KEY = [");
    for number in 0..3000 {
        let _ = write!(list, "'item {number}', ");
    }
    let _ = write!(list, "'{KEY}']");
    found("a.py", &list);
    let lines: String = KEY
        .chars()
        .flat_map(|letter| ['\\', '\n', letter])
        .collect();
    found(
        "b.py",
        &format!("SECRET_KEY = '{}{lines}'", "\\\n".repeat(400)),
    );
    let condition = "a, ".repeat(1500);
    found(
        "c.py",
        &format!("SECRET_KEY = 'short' if f({condition}) else '{KEY}'"),
    );
    found(
        "d.py",
        &format!("{}SECRET_KEY = '{KEY}'", "a = ".repeat(60)),
    );
    let text = format!(
        "x = '''\n{}\nSECRET_KEY = '{KEY}'\n'''",
        "y".repeat(300_000)
    );
    found("e.py", &text);
    found(
        "a.rb",
        &format!("X = %q({}\nSECRET_KEY = '{KEY}'\n)", "y ".repeat(9000)),
    );
}

#[test]
fn what_is_deeper_still_is_told() {
    let json = format!("{{\"SECRET_KEY\": \"{KEY}\"}}");
    for (name, text, what) in [
        (
            "a.json",
            nested("[", "]", 20_000, &json),
            "deeper than 10000",
        ),
        (
            "a.yaml",
            format!("x: {}", nested("[", "]", 20_000, &json)),
            "deeper than 10000",
        ),
        (
            "a.xml",
            nested(
                "<a>",
                "</a>",
                20_000,
                &format!("<SECRET_KEY>{KEY}</SECRET_KEY>"),
            ),
            "deeper than 10000",
        ),
        (
            "a.ipynb",
            nested("{\"a\":", "}", 20_000, &json),
            "deeper than 10000",
        ),
        (
            ".env",
            format!("SECRET_KEY={}", nested("${A:-", "}", 90, KEY)),
            "deeper than 64",
        ),
        (
            "b.env",
            format!("SECRET_KEY={}", nested("${env:A,", "}", 50_000, KEY)),
            "deeper than 64",
        ),
        (
            "a.py",
            format!("SECRET_KEY = {}", nested("(", ")", 90, &format!("'{KEY}'"))),
            "deeper than 64",
        ),
        (
            "b.py",
            format!(
                "SECRET_KEY = {}",
                nested("os.environ.get('A', ", ")", 90, &format!("'{KEY}'"))
            ),
            "deeper than 64",
        ),
        (
            "a.txt",
            format!("SECRET_KEY = \"{}{KEY}\"", "x".repeat(9000)),
            "longer than 8192",
        ),
        (
            "b.yaml",
            format!("a: &a {}\nSECRET_KEY: *a\n", KEY.repeat(200)),
            "longer than 4096",
        ),
    ] {
        told(name, &text, what);
    }
    let many = "'a',".repeat(10_001);
    let (_, count, issues) = scan("c.py", &format!("SECRET_KEY = [{many} '{KEY}']"));
    assert_eq!((count, issues.len()), (0, 1));
    assert!(issues[0].contains("more than 10000"), "{issues:?}");
}

/// A limit that keeps nothing from being found is none of the report's business.
#[test]
fn a_limit_that_does_not_matter_is_not_told() {
    let key = format!("SECRET_KEY = '{KEY}'\n");
    for (name, text) in [
        ("a.py", format!("{key}x = {}", nested("(", ")", 90, "'y'"))),
        (
            "b.py",
            format!("{key}f({})", nested("g('A', ", ")", 90, "'y'")),
        ),
        (".env", format!("{key}X={}", nested("${A:-", "}", 90, "y"))),
        ("a.txt", format!("{key}x = \"{}\"", "y".repeat(9000))),
    ] {
        found(name, &text);
    }
    // The prefilter passes over the file.
    let (code, _, issues) = scan("c.py", &nested("(", ")", 90, "'y'"));
    assert_eq!((code, issues.len()), (0, 0));
}

/// Formats in formats in formats do not exhaust the stack.
#[test]
fn formats_that_hold_each_other_have_an_end() {
    let mut script = format!("export SECRET_KEY='{KEY}'\n");
    for level in 0..2000 {
        script = format!("#!\ncat <<A{level} > x.tf\na = <<B{level}\n{script}B{level}\nA{level}\n");
    }
    found("a.sh", &script);
    let mut file = format!("SECRET_KEY: '{KEY}'\n");
    for _ in 0..300 {
        let indented = file.trim_end().replace('\n', "\n ");
        file = format!("x.yaml: |\n {indented}\n");
    }
    found("a.yaml", &file);
}

#[test]
fn explain_tells_of_the_limit() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits");
    fs::create_dir_all(&folder).unwrap();
    let text = format!("\nSECRET_KEY = {}\n", nested("(", ")", 90, "'x'"));
    fs::write(folder.join("deep.py"), text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(&folder)
        .args(["explain", "deep.py:2"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("deep.py: line 2 was not read to its end: nested deeper than 64 levels"),
        "{text}"
    );
}
