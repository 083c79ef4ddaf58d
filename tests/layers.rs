//! The direction of imports, and the size of files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// For each module of the library: the modules it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("checksum", &[]),
    ("secret", &[]),
    ("finding", &["secret", "text"]),
    ("source", &["finding", "text"]),
    ("generator", &[]),
    ("encoded", &["text"]),
    ("format", &["generator", "text"]),
    (
        "rule",
        &[
            "checksum",
            "finding",
            "generator",
            "text",
            "config",
            "detect",
            "judge",
            "scan",
            "source",
        ],
    ),
    ("detect", &["format", "generator", "rule", "text"]),
    (
        "judge",
        &["detect", "finding", "format", "generator", "rule"],
    ),
    ("mark", &["detect", "finding", "format", "text"]),
    ("frame", &["detect", "finding", "generator", "text"]),
    (
        "known",
        &["detect", "format", "judge", "rule", "source", "text"],
    ),
    ("shortfall", &["detect", "format", "source", "text"]),
    ("suppress", &["finding", "source"]),
    (
        "merge",
        &[
            "config",
            "finding",
            "generator",
            "judge",
            "lifeline",
            "rule",
            "secret",
            "source",
        ],
    ),
    ("lifeline", &["finding", "secret", "source"]),
    (
        "scan",
        &[
            "config",
            "detect",
            "encoded",
            "finding",
            "format",
            "frame",
            "judge",
            "known",
            "mark",
            "merge",
            "rule",
            "secret",
            "shortfall",
            "source",
            "suppress",
            "text",
        ],
    ),
    ("report", &["finding", "secret", "text"]),
    ("config", &["finding", "source", "suppress"]),
    (
        "held",
        &["finding", "generator", "secret", "source", "text"],
    ),
    ("ci", &[]),
    ("hook", &[]),
    (
        "cli",
        &[
            "ci", "hook", "held", "config", "detect", "finding", "format", "judge", "merge",
            "report", "rule", "scan", "secret", "source", "suppress", "text", "Policy",
        ],
    ),
];

/// Only the runner of examples looks up from `rule` to the pipeline.
const RUNS_EXAMPLES: &str = "rule/example.rs";

/// Lines beyond which a file needs a reason, which is given here.
const SOFT: usize = 400;
const LONGER: &[(&str, &str)] = &[
    (
        "detect/position.rs",
        "one question asked of the bytes beside a name; half of it is the table of cases",
    ),
    ("format/hcl.rs", "one grammar, read from top to bottom"),
    (
        "generator.rs",
        "one test of a value after the other, with their figures",
    ),
    (
        "format/nesting/mod.rs",
        "one stack and its rules of pairing",
    ),
    (
        "format/shell/mod.rs",
        "one grammar, read from top to bottom",
    ),
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    let name = |path: &PathBuf| {
        path.strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    paths
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let (_, allowed) = MAY_IMPORT
            .iter()
            .find(|(known, _)| *known == module)
            .unwrap_or_else(|| panic!("{module} has no row in the table"));
        for part in text.split("crate::").skip(1) {
            let target: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let upward = module == "rule"
                && ["config", "detect", "judge", "scan", "source"].contains(&target.as_str());
            let fine = target == module
                || allowed.contains(&target.as_str()) && (!upward || name == RUNS_EXAMPLES);
            if !target.is_empty() && !fine {
                wrong.push(format!("{name} imports crate::{target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_small() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| {
            text.lines().count() > SOFT && !LONGER.iter().any(|(known, _)| known == name)
        })
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(
        long.is_empty(),
        "split these, or give a reason in LONGER: {long:#?}"
    );
}

#[test]
fn only_the_command_prints() {
    for (name, text) in sources() {
        let prints = ["println!", "eprintln!", "print!(", "eprint!("]
            .iter()
            .any(|word| text.contains(word));
        assert!(!prints || name.starts_with("cli/"), "{name} prints");
    }
}
