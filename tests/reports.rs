//! Every format, on one report that holds every variant: snapshots, schemas, and that no secret gets out.
//!
//! `SNAPSHOTS=overwrite cargo test --test reports` writes the snapshots anew; look at the difference before you commit.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

mod canned;

use std::fs;
use std::path::Path;

use jsonschema::{Draft, Validator};
use leakey::finding::Report;
use leakey::report::{OutputFormat, View};
use serde_json::{Value, json};

fn render(format: OutputFormat, report: &Report, view: &View) -> String {
    let mut out = Vec::new();
    format.reporter().write(report, view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn snapshot(name: &str, actual: &str) {
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    let actual = actual.replace(&version, "\"[VERSION]\"").replace(
        concat!("leakey ", env!("CARGO_PKG_VERSION")),
        "leakey [VERSION]",
    );
    let path = repository("tests/snapshots").join(name);
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{name} differs from its snapshot; SNAPSHOTS=overwrite accepts this:\n{actual}"
    );
}

fn json_file(path: &str) -> Value {
    serde_json::from_slice(&fs::read(repository(path)).unwrap()).unwrap()
}

fn validator(schema: &Value, draft: Draft) -> Validator {
    jsonschema::options()
        .with_draft(draft)
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

fn report_schema() -> Validator {
    validator(&json_file("leakey.schema.json"), Draft::Draft202012)
}

fn line_schema() -> Validator {
    let schema = json_file("leakey.schema.json");
    let line = json!({"$ref": "#/$defs/line", "$defs": schema["$defs"]});
    validator(&line, Draft::Draft202012)
}

fn sarif_schema() -> Validator {
    let mut schema = json_file("fixtures/schemas/sarif-2.1.0.json");
    // OASIS's pattern for `language` ends in a stray `]`, which ECMA 262 takes for an error. We write no `language`.
    for holder in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{holder}/properties/language"));
        language
            .unwrap()
            .as_object_mut()
            .unwrap()
            .shift_remove("pattern");
    }
    validator(&schema, Draft::Draft7)
}

fn valid(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    value
}

/// Every way of looking at a report that a user can ask for.
fn views() -> Vec<View> {
    let mut views = vec![View::default()];
    for verbose in [false, true] {
        for color in [false, true] {
            for width in [0, 80, 500] {
                views.push(View {
                    verbose,
                    color,
                    width,
                    ..canned::view()
                });
            }
        }
    }
    views
}

#[test]
fn snapshots() {
    let (report, view) = (canned::report(), canned::view());
    for format in OutputFormat::ALL {
        let name = format!("report.{}", format.name());
        snapshot(&name, &render(format, &report, &view));
    }
    let verbose = View {
        verbose: true,
        ..view.clone()
    };
    snapshot(
        "verbose.text",
        &render(OutputFormat::Text, &report, &verbose),
    );
    let shown = View {
        show_secrets: true,
        ..view
    };
    snapshot("secrets.json", &render(OutputFormat::Json, &report, &shown));
    let nothing = canned::nothing();
    for format in OutputFormat::ALL {
        let name = format!("nothing.{}", format.name());
        snapshot(&name, &render(format, &nothing, &View::default()));
    }
}

#[test]
fn json_is_valid() {
    let schema = report_schema();
    for report in [canned::report(), canned::nothing(), Report::default()] {
        for show_secrets in [false, true] {
            let view = View {
                show_secrets,
                ..canned::view()
            };
            valid(&schema, &render(OutputFormat::Json, &report, &view));
        }
    }
}

#[test]
fn json_lines_are_valid_and_in_order() {
    let schema = line_schema();
    for report in [canned::report(), canned::nothing()] {
        let text = render(OutputFormat::Jsonl, &report, &canned::view());
        let lines: Vec<_> = text.lines().map(|line| valid(&schema, line)).collect();
        assert_eq!(lines.first().unwrap()["type"], "meta");
        assert_eq!(lines.last().unwrap()["type"], "summary");
        let findings: Vec<_> = lines
            .iter()
            .filter(|line| line["type"] == "finding")
            .collect();
        let document = render(OutputFormat::Json, &report, &canned::view());
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(findings.len(), report.findings.len());
        for (line, finding) in findings
            .iter()
            .zip(document["findings"].as_array().unwrap())
        {
            let mut line = (*line).clone();
            line.as_object_mut().unwrap().shift_remove("type");
            assert_eq!(&line, finding, "a line is the finding of the document");
        }
        assert_eq!(
            lines.last().unwrap()["counts"]["counting"],
            report.counting()
        );
    }
}

#[test]
fn the_schema_is_strict() {
    let schema = report_schema();
    let text = render(OutputFormat::Json, &canned::report(), &canned::view());
    let good = valid(&schema, &text);
    let objects = [
        "",
        "/tool",
        "/coverage",
        "/coverage/skipped",
        "/issues/0",
        "/findings/0",
        "/findings/0/secret",
        "/findings/0/occurrences/0",
        "/findings/0/evidence/0",
        "/findings/1/lifeline",
        "/findings/1/lifeline/first",
        "/findings/5/suppressed",
        "/dropped",
    ];
    for path in objects {
        let mut bad = good.clone();
        let object = bad
            .pointer_mut(path)
            .and_then(Value::as_object_mut)
            .unwrap();
        object.insert("unheard_of".into(), json!(1));
        assert!(!schema.is_valid(&bad), "{path} takes unknown fields");
    }
    let mut bad = good.clone();
    bad["findings"][0]["published"] = json!("somewhere");
    assert!(!schema.is_valid(&bad), "a leak is not published");
    let lines = line_schema();
    assert!(!lines.is_valid(&json!({"type": "issue", "path": "", "what": "", "more": 1})));
    assert!(!lines.is_valid(&json!({"path": "", "what": ""})));
}

#[test]
fn the_schema_knows_every_word() {
    use leakey::finding::{Reason, Skip};
    let schema = json_file("leakey.schema.json");
    let names = |def: &str| -> Vec<String> {
        let words = schema.pointer(def).and_then(Value::as_object).unwrap();
        words.keys().cloned().collect()
    };
    let reasons = [
        Reason::Empty,
        Reason::Reference,
        Reason::Template,
        Reason::SelfNamed,
        Reason::Identifier,
        Reason::Ciphertext,
        Reason::Elided,
        Reason::Sample,
        Reason::Location,
        Reason::Prose,
        Reason::Alphabet,
        Reason::Shape,
        Reason::NotRandom,
        Reason::Checksum,
        Reason::Entropy,
        Reason::Allowlist,
        Reason::Required,
        Reason::Unchanged,
        Reason::Duplicate,
    ];
    assert_eq!(
        names("/$defs/dropped/properties"),
        reasons.map(Reason::name)
    );
    let skips = [
        Skip::Binary,
        Skip::Archive,
        Skip::GitIgnored,
        Skip::SymbolicLink,
        Skip::DependencyFolder,
        Skip::GitFolder,
        Skip::Filtered,
        Skip::Special,
        Skip::Submodule,
    ];
    assert_eq!(
        names("/$defs/coverage/properties/skipped/properties"),
        skips.map(Skip::name)
    );
}

#[test]
fn sarif_is_valid() {
    let schema = sarif_schema();
    for report in [canned::report(), canned::nothing(), Report::default()] {
        for view in [View::default(), canned::view()] {
            let log = valid(&schema, &render(OutputFormat::Sarif, &report, &view));
            let run = &log["runs"][0];
            assert_eq!(
                run["invocations"][0]["executionSuccessful"],
                report.complete()
            );
            for result in run["results"].as_array().unwrap() {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(
                    run["tool"]["driver"]["rules"][index]["id"],
                    result["ruleId"]
                );
            }
        }
    }
    let mut bad: Value = serde_json::from_str(&render(
        OutputFormat::Sarif,
        &canned::report(),
        &View::default(),
    ))
    .unwrap();
    bad["runs"][0]["results"][0]["level"] = json!("critical");
    assert!(!schema.is_valid(&bad), "the schema is looked at");
    bad["runs"][0]["results"][0]["level"] = json!("error");
    bad["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
        json!("a b");
    assert!(!schema.is_valid(&bad), "URIs are looked at");
}

/// What GitLab demands of a report of version 15 (`secret-detection-report-format.json`), as far as leakey fills it.
fn gitlab_schema() -> Validator {
    let text = json!({"type": "string", "minLength": 1});
    let moment =
        json!({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$"});
    let tool = json!({
        "required": ["id", "name", "version", "vendor"],
        "properties": {"id": text, "name": text, "version": text, "vendor": {"required": ["name"]}},
    });
    let place = json!({
        "required": ["type", "file_name", "line_start"],
        "properties": {"type": {"const": "file-location"}, "file_name": text, "line_start": {"type": "integer"}},
    });
    let schema = json!({
        "required": ["scan", "version", "vulnerabilities"],
        "properties": {
            "version": {"pattern": "^15\\.[0-9]+\\.[0-9]+$"},
            "schema": {"pattern": "^https?://.+"},
            "scan": {
                "required": ["analyzer", "scanner", "start_time", "end_time", "status", "type"],
                "properties": {
                    "analyzer": tool, "scanner": tool, "start_time": moment, "end_time": moment,
                    "status": {"enum": ["success", "failure"]},
                    "type": {"const": "secret_detection"},
                    "messages": {"items": {
                        "required": ["level", "value"],
                        "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": text},
                    }},
                },
            },
            "vulnerabilities": {"type": "array", "items": {
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1_048_576},
                    "solution": {"type": "string", "maxLength": 7000},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "identifiers": {"minItems": 1, "items": {
                        "required": ["type", "name", "value"],
                        "properties": {"type": text, "name": text, "value": text},
                    }},
                    "links": {"items": {"required": ["url"], "properties": {"url": {"pattern": "^(https?|ftp)://.+"}}}},
                    "details": {"additionalProperties": {
                        "required": ["name", "type", "items"],
                        "properties": {"name": text, "type": {"const": "list"}, "items": {"items": place}},
                    }},
                    "tracking": {"required": ["type", "items"], "properties": {"items": {"items": {
                        "required": ["signatures"],
                        "properties": {"signatures": {"minItems": 1, "items": {"required": ["algorithm", "value"]}}},
                    }}}},
                    "location": {"required": ["commit"], "properties": {
                        "commit": {"required": ["sha"], "properties": {"sha": text}},
                        "start_line": {"type": "number"},
                        "end_line": {"type": "number"},
                        "raw_source_code_extract": false,
                    }},
                },
            }},
        },
    });
    validator(&schema, Draft::Draft7)
}

#[test]
fn gitlab_is_valid() {
    let schema = gitlab_schema();
    for report in [canned::report(), canned::nothing(), Report::default()] {
        let log = valid(
            &schema,
            &render(OutputFormat::Gitlab, &report, &canned::view()),
        );
        let status = if report.complete() {
            "success"
        } else {
            "failure"
        };
        assert_eq!(log["scan"]["status"], status);
        let open = report.findings.iter().filter(|f| f.suppressed.is_none());
        assert_eq!(
            log["vulnerabilities"].as_array().unwrap().len(),
            open.count()
        );
    }
    let mut bad: Value = serde_json::from_str(&render(
        OutputFormat::Gitlab,
        &canned::report(),
        &canned::view(),
    ))
    .unwrap();
    bad["vulnerabilities"][0]["location"]["commit"] = json!({});
    assert!(!schema.is_valid(&bad), "the schema is looked at");
}

#[test]
fn junit_counts_its_cases() {
    for report in [canned::report(), canned::nothing()] {
        let xml = render(OutputFormat::Junit, &report, &canned::view());
        let number = |name: &str| -> usize {
            let from = xml.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
            xml[from..].split('"').next().unwrap().parse().unwrap()
        };
        let elements = |name: &str| xml.matches(&format!("<{name} ")).count();
        assert_eq!(number("tests"), elements("testcase"));
        assert_eq!(number("failures"), elements("failure"));
        assert_eq!(number("failures"), report.counting());
        assert_eq!(number("errors"), report.issues.len());
        assert_eq!(number("skipped"), elements("skipped"));
    }
}

#[test]
fn github_commands_are_a_line_each() {
    let text = render(OutputFormat::Github, &canned::report(), &canned::view());
    let lines: Vec<_> = text.lines().collect();
    let (last, commands) = lines.split_last().unwrap();
    assert!(!last.starts_with("::"));
    for line in commands {
        let (head, _) = line[2..].split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        for property in properties.split(',') {
            assert!(property.contains('='), "{line}");
        }
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = render(OutputFormat::Html, &canned::report(), &canned::view());
    for word in [
        "<script",
        "<img",
        "<link",
        "<iframe",
        "javascript:",
        " src=",
        "url(",
    ] {
        assert_eq!(page.find(word), None, "{word}");
    }
    // Every element that is opened is closed, in order.
    let mut open = Vec::new();
    let body = &page[page.find("<body").unwrap()..];
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = tag.split([' ', '\n']).next().unwrap();
        match name.strip_prefix('/') {
            Some("html") => {}
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if ["br", "input"].contains(&name) => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn sarif_keeps_to_a_thousand_locations() {
    let mut report = canned::report();
    let finding = &mut report.findings[0];
    let place = finding.occurrences[0].clone();
    finding.occurrences.resize(2500, place);
    let log = valid(
        &sarif_schema(),
        &render(OutputFormat::Sarif, &report, &View::default()),
    );
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["locations"].as_array().unwrap().len(), 1);
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 999);
    let text = result["message"]["text"].as_str().unwrap();
    assert!(
        text.ends_with("Only the first 1,000 places are listed here."),
        "{text}"
    );
}

/// What a value looks like once a format has escaped it.
fn disguises(secret: &[u8]) -> Vec<String> {
    let hex = leakey::secret::hex(secret);
    let Ok(text) = std::str::from_utf8(secret) else {
        return vec![
            hex,
            String::from_utf8_lossy(secret).into_owned(),
            "raw-bytes".into(),
        ];
    };
    let json = serde_json::to_string(text).unwrap();
    let percent: String = secret
        .iter()
        .map(|&b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let xml = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    vec![
        text.into(),
        leakey::report::sanitize(text).into_owned(),
        json.trim_matches('"').into(),
        percent.to_lowercase(),
        percent,
        xml.replace('\'', "&#39;"),
        xml.replace('\'', "&apos;"),
        xml,
        hex,
    ]
}

#[test]
fn no_format_holds_a_secret() {
    let report = canned::report();
    for format in OutputFormat::ALL {
        for view in views() {
            let text = render(format, &report, &view);
            for secret in canned::SECRETS {
                for disguise in disguises(secret) {
                    assert!(
                        !text.contains(&disguise),
                        "{} holds {disguise}",
                        format.name()
                    );
                }
            }
        }
    }
}

#[test]
fn sarif_holds_no_secret_even_when_asked() {
    let view = View {
        show_secrets: true,
        ..canned::view()
    };
    let text = render(OutputFormat::Sarif, &canned::report(), &view);
    for disguise in canned::SECRETS.into_iter().flat_map(disguises) {
        assert!(!text.contains(&disguise));
    }
}

#[test]
fn secrets_are_shown_when_asked() {
    let view = View {
        show_secrets: true,
        verbose: true,
        ..canned::view()
    };
    let report = canned::report();
    let json = render(OutputFormat::Json, &report, &view);
    let json: Value = serde_json::from_str(&json).unwrap();
    let text = render(OutputFormat::Text, &report, &view);
    for (finding, secret) in json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .zip(canned::SECRETS)
    {
        let (shown, encoding) = match std::str::from_utf8(secret) {
            Ok(text) => (text.to_owned(), Value::Null),
            Err(_) => (leakey::secret::hex(secret), json!("hex")),
        };
        assert_eq!(finding["secret"]["value"], shown);
        assert_eq!(finding["secret"]["encoding"], encoding);
        assert!(text.contains(&*leakey::report::sanitize(&shown)));
    }
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let hostile = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
    for format in OutputFormat::ALL {
        for show_secrets in [false, true] {
            let view = View {
                show_secrets,
                verbose: true,
                ..canned::view()
            };
            let text = render(format, &canned::report(), &view);
            assert_eq!(text.find(hostile), None, "{}", format.name());
        }
    }
}

#[test]
fn text_keeps_to_the_width() {
    for width in [60, 80, 120] {
        let view = View {
            width,
            ..canned::view()
        };
        let text = render(OutputFormat::Text, &canned::report(), &view);
        for line in text.lines() {
            // Places and addresses are not broken, so that they can be copied.
            let place = line.contains("-->") || line.contains(":commit/");
            if line.contains(' ') && !place {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= width, "{columns} > {width}: {line}");
            }
            assert_eq!(line.trim_end(), line, "no spaces at the end");
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = canned::view();
    let colored = View {
        color: true,
        ..plain.clone()
    };
    let report = canned::report();
    let colored = render(OutputFormat::Text, &report, &colored);
    assert!(colored.contains("\u{1b}["));
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(stripped, render(OutputFormat::Text, &report, &plain));
}

/// What reads the output goes away at once.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_broken_pipe_is_told_as_such() {
    for format in OutputFormat::ALL {
        let written = format
            .reporter()
            .write(&canned::report(), &canned::view(), &mut Closed);
        let kind = written.map_err(|error| error.kind());
        assert_eq!(
            kind,
            Err(std::io::ErrorKind::BrokenPipe),
            "{}",
            format.name()
        );
    }
}
