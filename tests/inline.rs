//! Comments that accept the value beside them: where they count, what they accept, and whose are obeyed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "test programs share it, and none needs all of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::repo::Repo;
use serde_json::Value;

const SECRET: &str = "qN7rTz2VbX9mKcWd4LpYs8HgJf3aEu6R";
const OTHER: &str = "zW4hTz2VbX9mKcWd4LpYs8HgJf3aEu1B";

fn leakey(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("GIT_DIR")
        .stdin(Stdio::null());
    command.output().unwrap()
}

fn scan(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = leakey(folder, &[&["scan", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

/// A scan of one file, given on its own: exit code, and who accepts each place, in order.
fn file(name: &str, text: &str) -> (i32, Vec<String>) {
    let repo = Repo::new();
    repo.write(name, text);
    let (code, report) = scan(repo.path(), &[]);
    let mut places: Vec<(u64, u64, String)> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        for place in finding["occurrences"].as_array().unwrap() {
            let number = |name: &str| place[name].as_u64().unwrap();
            let by = place["suppressed"]["by"].as_str().unwrap_or("open");
            let place = (number("start_line"), number("start_column"), by.to_owned());
            places.push(place);
        }
    }
    places.sort();
    (code, places.into_iter().map(|(_, _, by)| by).collect())
}

#[track_caller]
fn accepted(name: &str, text: &str) {
    let (code, by) = file(name, text);
    assert!(!by.is_empty(), "nothing is found in\n{text}");
    assert!(
        code == 0 && by.iter().all(|by| by == "inline"),
        "{by:?}\n{text}"
    );
}

#[track_caller]
fn open(name: &str, text: &str) {
    let (code, by) = file(name, text);
    assert_eq!((code, by), (1, vec!["open".to_owned()]), "{text}");
}

#[test]
fn in_the_comment_syntax_of_each_format() {
    let one = |name: &str, line: &str| accepted(name, &line.replace('@', SECRET));
    one("settings.py", "SECRET_KEY = '@'  # leakey:allow test\n");
    one("app.js", "const SECRET_KEY = '@'; // leakey:allow test\n");
    one("app.js", "const SECRET_KEY = '@'; /* leakey:allow */\n");
    one(
        "Config.java",
        "String SECRET_KEY = \"@\"; // leakey:allow\n",
    );
    one("init.rb", "SECRET_KEY_BASE = '@' # leakey:allow\n");
    one(
        "config.php",
        "<?php\n$SECRET_KEY = '@'; // leakey:allow ?>\n",
    );
    one("main.go", "var SecretKey = \"@\" // leakey:allow\n");
    one(".env.prod", "SECRET_KEY=@ # leakey:allow\n");
    one("values.yaml", "SECRET_KEY: @ # leakey:allow\n");
    one(
        "compose.yaml",
        "services:\n  web:\n    environment:\n      - SECRET_KEY=@ # leakey:allow\n",
    );
    one("settings.toml", "SECRET_KEY = '@' # leakey:allow\n");
    one(
        "settings.jsonc",
        "{\n \"SECRET_KEY\": \"@\" // leakey:allow\n}\n",
    );
    one("settings.ini", "[a]\nSECRET_KEY = @ ; leakey:allow\n");
    one("vars.tf", "SECRET_KEY = \"@\" // leakey:allow\n");
    one("run.sh", "export SECRET_KEY='@' # leakey:allow\n");
    one("Makefile", "# leakey:allow\nexport SECRET_KEY := @\n");
    one(
        "Dockerfile",
        "FROM a\n# leakey:allow local only\nENV SECRET_KEY=@\n",
    );
    one("a.properties", "# leakey:allow\nSECRET_KEY=@\n");
    one(
        "a.service",
        "[Service]\n; leakey:allow\nEnvironment=SECRET_KEY=@\n",
    );
    one(
        "web.xml",
        "<c>\n<!-- leakey:allow -->\n<SECRET_KEY>@</SECRET_KEY></c>\n",
    );
    one("notes.txt", "SECRET_KEY = '@'  # leakey:allow\n");
    one(
        "README.md",
        "```sh\nexport SECRET_KEY='@' # leakey:allow\n```\n",
    );
    one(
        "fix.patch",
        "--- a/s.py\n+++ b/s.py\n@@ -0,0 +1 @@\n+SECRET_KEY = '@' # leakey:allow\n",
    );
    let cell = "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\n \"SECRET_KEY = '@' # leakey:allow\\n\"\n]}]}\n";
    one("a.ipynb", cell);
}

#[test]
fn a_value_that_holds_the_words_does_not_accept_itself() {
    let words = format!("{SECRET} # leakey:allow");
    open("settings.py", &format!("SECRET_KEY = '{words}'\n"));
    open("settings.py", &format!("SECRET_KEY = '''\n{words}\n'''\n"));
    open(".env.prod", &format!("SECRET_KEY=\"{words}\"\n"));
    open("a.properties", &format!("SECRET_KEY={words}\n"));
    open("values.yaml", &format!("SECRET_KEY: '{words}'\n"));
    open("values.yaml", &format!("SECRET_KEY: |\n  {words}\n"));
    open(
        "settings.json",
        &format!("{{\"SECRET_KEY\": \"{words}\"}}\n"),
    );
    open(
        "web.xml",
        &format!("<SECRET_KEY a='<!-- leakey:allow -->'>{SECRET}</SECRET_KEY>\n"),
    );
    // Nor does a value beside it.
    open(
        "settings.py",
        &format!("A = '# leakey:allow'; SECRET_KEY = '{SECRET}'\n"),
    );
    open(
        "app.js",
        &format!("const A = '// leakey:allow', SECRET_KEY = '{SECRET}'\n"),
    );
}

#[test]
fn on_the_statement_or_alone_above_it_and_for_the_nearest_values_only() {
    let look_up =
        format!("SECRET_KEY = os.environ.get(  # leakey:allow\n    'KEY',\n    '{SECRET}',\n)\n");
    accepted("settings.py", &look_up);
    accepted(
        "settings.py",
        &format!("# leakey:allow\nSECRET_KEY = (\n    '{SECRET}'\n)\n"),
    );
    accepted(
        "settings.py",
        &format!("SECRET_KEY = (\n    # leakey:allow\n    '{SECRET}'\n)\n"),
    );
    accepted(
        "settings.py",
        &format!("SECRET_KEY = (\n    '{SECRET}'  # leakey:allow\n    '{OTHER}'\n)\n"),
    );
    accepted(
        "app.js",
        &format!("/* leakey:allow\n */\nconst SECRET_KEY = '{SECRET}';\n"),
    );
    open(
        "settings.py",
        &format!("# leakey:allow\n\nSECRET_KEY = '{SECRET}'\n"),
    );
    open(
        "settings.py",
        &format!("x = 1  # leakey:allow\nSECRET_KEY = '{SECRET}'\n"),
    );
    open(
        "settings.py",
        &format!("SECRET_KEY = '{SECRET}'\n# leakey:allow\n"),
    );
    // A new item of a list is not accepted by the comment of its neighbour, nor one on the next line.
    let list =
        format!("SECRET_KEY_FALLBACKS = [\n    '{SECRET}',  # leakey:allow\n    '{OTHER}',\n]\n");
    assert_eq!(file("settings.py", &list).1, ["inline", "open"]);
    let list = format!(
        "SECRET_KEY_FALLBACKS = [\n    # leakey:allow\n    '{SECRET}',\n    '{OTHER}',\n]\n"
    );
    assert_eq!(file("settings.py", &list).1, ["inline", "open"]);
    let list =
        format!("# leakey:allow\nSECRET_KEY_FALLBACKS = [\n    '{SECRET}',\n    '{OTHER}',\n]\n");
    assert_eq!(file("settings.py", &list).1, ["inline", "inline"]);
    let two = format!("SECRET_KEY = '{SECRET}'  # leakey:allow\nJWT_SECRET_KEY = '{OTHER}'\n");
    assert_eq!(file("settings.py", &two).1, ["inline", "open"]);
}

#[test]
fn a_rule_may_be_named_and_a_reason_given() {
    let repo = Repo::new();
    let line = |words: &str| format!("SECRET_KEY = '{SECRET}'  # {words}\n");
    repo.write(
        "settings.py",
        line("leakey:allow=django-secret-key,jwt-secret invented"),
    );
    let (code, report) = scan(repo.path(), &[]);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "django-secret-key");
    assert_eq!(code, 0);
    let expected = serde_json::json!({"by": "inline", "reason": "invented", "until": null});
    assert_eq!(finding["suppressed"], expected);
    assert_eq!(finding["occurrences"][0]["suppressed"], expected);
    assert_eq!(finding["counts"], false);
    repo.write("settings.py", line("leakey:allow"));
    let (_, report) = scan(repo.path(), &[]);
    assert_eq!(report["findings"][0]["suppressed"]["reason"], Value::Null);
    let text = leakey(repo.path(), &["scan", "--verbose"]).stdout;
    let text = String::from_utf8(text).unwrap().replace("\n   ", "");
    assert!(text.contains("no reason given"), "{text}");
    let sarif = leakey(repo.path(), &["scan", "--format", "sarif"]).stdout;
    let sarif: Value = serde_json::from_slice(&sarif).unwrap();
    let suppression = &sarif["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    repo.write("settings.py", line("leakey:allow=jwt-secret"));
    let (code, report) = scan(repo.path(), &[]);
    assert_eq!((code, &report["stale"][0]["line"]), (1, &1.into()));
}

#[test]
fn a_reason_that_repeats_a_secret_is_not_shown() {
    let repo = Repo::new();
    repo.write(
        "s.py",
        format!("SECRET_KEY = '{SECRET}'  # leakey:allow was {OTHER} or {SECRET}\n"),
    );
    for format in [
        "json", "jsonl", "text", "sarif", "html", "junit", "github", "gitlab",
    ] {
        let output = leakey(repo.path(), &["scan", "--verbose", "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            !text.contains(OTHER) && !text.contains(SECRET),
            "{format}: {text}"
        );
    }
}

#[test]
fn words_of_other_scanners_are_read() {
    let line = |words: &str| format!("SECRET_KEY = '{SECRET}'  # {words}\n");
    accepted("s.py", &line("gitleaks:allow"));
    accepted("s.py", &line("pragma: allowlist secret"));
    accepted(
        "s.py",
        &format!("# pragma: allowlist nextline secret\n{}", line("")),
    );
    open("s.py", &format!("# gitleaks:allow\n{}", line("")));
    open("s.py", &line("pragma: allowlist nextline secret"));
    open("s.py", &line("pragma: no cover"));
    // Without a value of ours beside them they are no news.
    let repo = Repo::new();
    repo.write(
        "s.py",
        "a = 1  # gitleaks:allow\nb = 2  # pragma: allowlist secret\n",
    );
    assert_eq!(scan(repo.path(), &[]).1["stale"], serde_json::json!([]));
}

#[test]
fn comments_that_accept_nothing_are_told() {
    let repo = Repo::new();
    repo.write("a/s.py", "import os  # leakey:allow old key\n");
    repo.write("notes.md", "Write `# leakey:allow` behind it.\n");
    let (code, report) = scan(repo.path(), &["--strict-suppressions"]);
    let stale = &report["stale"];
    assert_eq!((code, stale.as_array().unwrap().len()), (1, 1), "{stale}");
    assert_eq!(stale[0]["path"], "a/s.py");
    assert_eq!(stale[0]["kind"], "unused");
    assert_eq!(scan(repo.path(), &[]).0, 0);
    repo.add();
    assert_eq!(
        scan(repo.path(), &["--staged"]).1["stale"],
        serde_json::json!([])
    );
}

#[test]
fn only_comments_of_ones_own_repository_are_obeyed() {
    let (own, other) = (Repo::new(), Repo::new());
    let text = format!("SECRET_KEY = '{SECRET}'  # leakey:allow\n");
    for repo in [&own, &other] {
        repo.write("s.py", &text).commit("one");
    }
    let there = other.path().to_str().unwrap();
    for arguments in [
        vec!["--untrusted"],
        vec!["--untrusted", "--history"],
        vec!["--untrusted", "--range", "HEAD"],
        vec![there],
        vec!["--history", there],
    ] {
        let (code, report) = scan(own.path(), &arguments);
        assert_eq!(code, 1, "{arguments:?}");
        assert_eq!(report["findings"][0]["suppressed"], Value::Null);
        let ignored = &report["ignored"][0];
        assert_eq!(ignored["line"], 1, "{arguments:?}: {ignored}");
        assert!(ignored["path"].as_str().unwrap().ends_with("s.py"));
    }
    assert_eq!(scan(own.path(), &["--no-config"]).0, 0);
    // A repository inside of one's own is not one's own.
    fs::create_dir(own.path().join("sub")).unwrap();
    common::repo::git_in(&own.path().join("sub"), ["init", "-q"]);
    own.write("sub/s.py", &text);
    assert_eq!(scan(own.path(), &[]).0, 1);
}

#[test]
fn a_comment_counts_for_the_version_that_holds_it() {
    let repo = Repo::new();
    let key = |words: &str| format!("SECRET_KEY = '{SECRET}'{words}\n");
    repo.write("s.py", key("  # leakey:allow test")).add();
    assert_eq!(scan(repo.path(), &["--staged"]).0, 0);
    repo.commit("with");
    assert_eq!(scan(repo.path(), &["--range", "HEAD"]).0, 0);
    assert_eq!(scan(repo.path(), &["--history"]).0, 0);
    // Taken out in the tree, still in the index.
    repo.write("s.py", key(""));
    assert_eq!(scan(repo.path(), &[]).0, 1);
    repo.add();
    assert_eq!(scan(repo.path(), &["--staged"]).0, 1);
    repo.commit("without");
    assert_eq!(scan(repo.path(), &["--range", "HEAD~..HEAD"]).0, 1);
    let (code, report) = scan(repo.path(), &["--history"]);
    assert_eq!(
        (code, &report["findings"][0]["suppressed"]),
        (1, &Value::Null)
    );
    // The first commit stays the first, whoever accepts it.
    let first = &report["findings"][0]["lifeline"]["first"]["commit"];
    assert_eq!(first, &repo.git(["rev-parse", "HEAD~"]));
}

#[test]
fn a_list_of_gitleaks_is_read() {
    let repo = Repo::new();
    let text = format!("import os\nSECRET_KEY = '{SECRET}'\n");
    let commit = repo.write("a/s.py", &text).commit("one");
    let list = |entry: &str| {
        repo.write(".gitleaksignore", format!("# ours\n{entry}\n"));
    };
    list("a/s.py:generic-api-key:2");
    let (code, report) = scan(repo.path(), &[]);
    let suppressed = &report["findings"][0]["suppressed"];
    assert_eq!((code, &suppressed["by"]), (0, &"config".into()));
    assert_eq!(suppressed["reason"], "listed in .gitleaksignore:2");
    assert_eq!(scan(&repo.path().join("a"), &[]).0, 0);
    assert_eq!(scan(repo.path(), &["--history"]).0, 0);
    let (code, report) = scan(repo.path(), &["--untrusted"]);
    assert_eq!(
        (code, &report["ignored"][0]["path"]),
        (1, &".gitleaksignore".into())
    );
    list("a/s.py:generic-api-key:3");
    assert_eq!(scan(repo.path(), &[]).0, 1);
    list(&format!("{commit}:a/s.py:generic-api-key:2"));
    assert_eq!(scan(repo.path(), &["--history"]).0, 0);
    assert_eq!(scan(repo.path(), &["--range", "HEAD"]).0, 0);
    assert_eq!(scan(repo.path(), &[]).0, 1);
    // Another value on the line is accepted, too: that is what such a list says. A baseline does not.
    list("a/s.py:generic-api-key:2");
    repo.write("a/s.py", text.replace(SECRET, OTHER));
    assert_eq!(scan(repo.path(), &[]).0, 0);
}

#[test]
fn explain_tells_by_what_a_value_is_accepted() {
    let repo = Repo::new();
    let explain = |arguments: &[&str]| {
        let output = leakey(repo.path(), &[&["explain", "s.py:1"], arguments].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    let key = format!("SECRET_KEY = '{SECRET}'");
    repo.write("s.py", format!("{key}  # leakey:allow invented\n"));
    let text = explain(&[]);
    assert!(text.contains("accepted:  by a comment: invented"), "{text}");
    let text = explain(&["--untrusted"]);
    assert!(!text.contains("accepted:"), "{text}");
    assert!(
        text.contains("s.py:1: this comment is not obeyed"),
        "{text}"
    );
    repo.write("s.py", &key);
    assert!(!explain(&[]).contains("accepted:"));
    leakey(repo.path(), &["baseline", "create"]);
    let text = explain(&[]);
    assert!(
        text.contains("accepted:  by the baseline, no reason given"),
        "{text}"
    );
    let entry = "[[allow]]\nkey = 'SECRET_KEY'\nreason = 'local'\nuntil = 9999-12-31\n";
    repo.write("leakey.toml", entry);
    let text = explain(&[]);
    let expected = "accepted:  by the configuration: local (until 9999-12-31)";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains(SECRET));
}
