//! Where keys hide: archives, databases, compiled modules, encodings and binary files. Each is found in the profile audit, with its member
//! and line; the other profiles leave them, and say so.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::repo::Repo;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const KEY: &str = "q8zkd0w3x5lv7n2mh4j6bc9arty1gifop";
const SETTINGS: &str =
    "import os\n\nSECRET_KEY = 'q8zkd0w3x5lv7n2mh4j6bc9arty1gifop'\nDEBUG = False\n";
const KEPT: &str = "SECRET_KEY='q8zkd0w3x5lv7n2mh4j6bc9arty1gifop'";

/// What the program says: its exit code, each place of a value with path and lines, and what it could not look at.
#[derive(Debug)]
struct Told {
    code: i32,
    places: Vec<(String, u64, u64, String)>,
    issues: Vec<String>,
    skipped: Value,
}

impl Told {
    /// Path and first line of each place where the key stands.
    fn keys(&self) -> Vec<(&str, u64)> {
        let of_key = self.places.iter().filter(|place| place.3 == KEY);
        of_key.map(|place| (place.0.as_str(), place.1)).collect()
    }
}

fn run(folder: &Path, args: &[&str]) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["scan", "--format", "json", "--show-secrets", "--no-config"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let mut places = Vec::new();
    for finding in list(&report["findings"]) {
        for place in list(&finding["occurrences"]) {
            places.push((
                place["path"].as_str().unwrap().to_owned(),
                place["start_line"].as_u64().unwrap(),
                place["end_line"].as_u64().unwrap(),
                finding["secret"]["value"].as_str().unwrap().to_owned(),
            ));
        }
    }
    places.sort();
    let issues = list(&report["issues"]);
    assert_eq!(report["complete"], issues.is_empty());
    let issue = |issue: &Value| {
        let (path, what) = (issue["path"].as_str(), issue["what"].as_str());
        format!("{}: {}", path.unwrap(), what.unwrap())
    };
    Told {
        code: output.status.code().unwrap(),
        places,
        issues: issues.iter().map(issue).collect(),
        skipped: report["coverage"]["skipped"].clone(),
    }
}

fn scan(name: &str, bytes: &[u8], profile: &str) -> Told {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    run(folder.path(), &["--profile", profile])
}

/// The key is found there in audit, and nowhere in the profiles that do not look.
fn found(name: &str, bytes: &[u8], path: &str, line: u64) {
    let told = scan(name, bytes, "audit");
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]);
    assert_eq!(
        (told.code, &told.issues),
        (1, &Vec::new()),
        "{name}: {text}"
    );
    assert_eq!(told.keys(), [(path, line)], "{name}: {told:?}");
}

fn hides(name: &str, bytes: &[u8]) {
    let told = scan(name, bytes, "ci");
    assert_eq!((told.code, told.keys().len()), (0, 0), "{name}: {told:?}");
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<&str> = (0..text.len())
        .step_by(width)
        .map(|at| &text[at..text.len().min(at + width)])
        .collect();
    lines.join("\n")
}

#[test]
fn archives() {
    let member = [("shop/settings.py", SETTINGS.as_bytes())];
    found("a.zip", &zipped(&member), "a.zip!/shop/settings.py", 3);
    let document = "<?xml version=\"1.0\"?>\n<w:document><w:body><w:p><w:r><w:t>Put SECRET_KEY = 'q8zkd0w3x5lv7n2mh4j6bc9arty1gifop' there.</w:t></w:r></w:p></w:body></w:document>";
    let document = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
    ]);
    found("a.docx", &document, "a.docx!/word/document.xml", 2);
    let nested = zipped(&[("b.zip", &zipped(&member))]);
    found("a.zip", &nested, "a.zip!/b.zip!/shop/settings.py", 3);
    found(
        "settings.py.gz",
        &gzipped(SETTINGS.as_bytes()),
        "settings.py.gz!/settings.py",
        3,
    );
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bz.write_all(SETTINGS.as_bytes()).unwrap();
    found(
        "settings.py.bz2",
        &bz.finish().unwrap(),
        "settings.py.bz2!/settings.py",
        3,
    );
    let xz = include_bytes!("../fixtures/archives/settings.py.xz");
    found("settings.py.xz", xz, "settings.py.xz!/settings.py", 2);
    let tar = gzipped(&tarred(&member));
    found("a.tar.gz", &tar, "a.tar.gz!/shop/settings.py", 3);
}

#[test]
fn databases() {
    for name in [
        "settings.sqlite3",
        "settings-utf16le.sqlite3",
        "settings-utf16be.sqlite3",
    ] {
        let path = Path::new("fixtures/archives").join(name);
        let bytes = fs::read(path).unwrap();
        let told = scan(name, &bytes, "audit");
        assert_eq!((told.code, &told.issues), (1, &Vec::new()), "{name}");
        let places: Vec<(&str, u64, &str)> = told
            .places
            .iter()
            .map(|(path, line, _, value)| (path.split_once("!/").unwrap().1, *line, &value[..2]))
            .collect();
        let expected = [
            ("app", 1, "e2"),
            ("config kv", 2, "w1"),
            ("files", 1, "u9"),
            ("many", 300, "d5"),
            ("settings", 2, "q8"),
        ];
        assert_eq!(places, expected, "{name}");
        // In an archive as anywhere.
        let told = scan("a.zip", &zipped(&[("db", &bytes)]), "audit");
        assert_eq!(told.keys(), [("a.zip!/db!/settings", 2)]);
        hides(name, &bytes);
        assert_eq!(scan(name, &bytes, "ci").skipped["binary"], 1);
    }
}

#[test]
fn damaged_databases_are_told() {
    let bytes = fs::read("fixtures/archives/settings.sqlite3").unwrap();
    let mut dice = 1_u32;
    let mut next = || {
        dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12345);
        dice >> 8
    };
    for round in 0..40 {
        let mut bytes = bytes.clone();
        for _ in 0..20 {
            let at = next() as usize % bytes.len();
            bytes[at.max(20)] = next().to_le_bytes()[0];
        }
        let length = bytes.len() / 40 * (40 - round);
        bytes.truncate(length.max(200));
        let told = scan("a.sqlite3", &bytes, "audit");
        assert!(told.code < 3, "{told:?}");
        assert!(
            told.issues.iter().all(|issue| !issue.contains("fault")),
            "{told:?}"
        );
    }
    // A tree that leads back to itself.
    let mut cycle = bytes;
    for page in cycle.chunks_mut(512).skip(1) {
        page[..12].copy_from_slice(&[5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
        page[12..14].copy_from_slice(&[0, 20]);
        page[20..24].copy_from_slice(&[0, 0, 0, 3]);
    }
    let told = scan("a.sqlite3", &cycle, "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1), "{told:?}");
}

#[test]
fn compiled_modules() {
    for version in ["27", "36", "38", "310", "311", "312", "313"] {
        let name = format!("settings.cpython-{version}.pyc");
        let path = Path::new("fixtures/archives/compiled").join(&name);
        let bytes = fs::read(path).unwrap();
        let told = scan(&name, &bytes, "audit");
        assert_eq!((told.code, &told.issues), (1, &Vec::new()), "{name}");
        let places: Vec<(u64, &str)> = (told.places.iter())
            .map(|place| (place.1, &place.3[..2]))
            .collect();
        // Before 3.8 only statements have lines.
        let lists = if version.len() == 2 && version < "38" {
            [11, 11]
        } else {
            [10, 11]
        };
        let mut expected = [
            (8, "q8"),
            (lists[0], "w1"),
            (lists[1], "e2"),
            (15, "u9"),
            (28, "k4"),
            (31, "d5"),
            (35, "f6"),
            (36, "g7"),
            (37, "h8"),
        ];
        expected.sort_unstable();
        let mut places = places;
        places.sort_unstable();
        assert_eq!(places, expected, "{name}");
        let whole = zipped(&[("shop/__pycache__/settings.cpython-311.pyc", &bytes)]);
        let told = scan("a.whl", &whole, "audit");
        assert_eq!(
            told.keys(),
            [("a.whl!/shop/__pycache__/settings.cpython-311.pyc", 8)]
        );
        hides(&name, &bytes);
        // Cut and damaged ones are told, and never a fault.
        for at in (0..bytes.len()).step_by(97) {
            let cut = scan(&name, &bytes[..at], "audit");
            assert!(
                cut.issues.iter().all(|issue| !issue.contains("fault")),
                "{cut:?}"
            );
            let mut odd = bytes.clone();
            odd[at] ^= 0x55;
            let odd = scan(&name, &odd, "audit");
            assert!(
                odd.issues.iter().all(|issue| !issue.contains("fault")),
                "{odd:?}"
            );
        }
    }
}

#[test]
fn outputs_of_notebooks() {
    let text = "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"outputs\": [\n    {\n     \"output_type\": \"stream\",\n     \"text\": [\n      \"SECRET_KEY = 'q8zkd0w3x5lv7n2mh4j6bc9arty1gifop'\\n\"\n     ]\n    }\n   ],\n   \"source\": [\"print(settings)\"]\n  }\n ]\n}\n";
    found("a.ipynb", text.as_bytes(), "a.ipynb", 9);
}

#[test]
fn base64() {
    let encoded = STANDARD.encode(SETTINGS);
    found(
        "a.txt",
        format!("first\n{encoded}\nlast\n").as_bytes(),
        "a.txt",
        2,
    );
    found(
        "a.txt",
        format!("x\nENV={}\n", URL_SAFE_NO_PAD.encode(SETTINGS)).as_bytes(),
        "a.txt",
        2,
    );
    found(
        "a.py",
        format!("BLOB = '{encoded}'\n").as_bytes(),
        "a.py",
        1,
    );
    found(
        "a.yaml",
        format!("a: 1\ndata:\n  settings.py: {encoded}\n").as_bytes(),
        "a.yaml",
        3,
    );
    let double = STANDARD.encode(&encoded);
    found("a.txt", format!("1\n2\n{double}\n").as_bytes(), "a.txt", 3);
    hides("a.txt", encoded.as_bytes());
}

#[test]
fn wrapped_base64() {
    let settings = format!(
        "# {}\n{SETTINGS}# {}\n",
        "long ".repeat(40),
        "more ".repeat(40)
    );
    for width in [60, 64, 76] {
        let lines = wrapped(&STANDARD.encode(&settings), width);
        let last = 1 + lines.matches('\n').count() as u64 + 1;
        for text in [
            format!("settings:\n{lines}\nand words after it\n"),
            format!("settings: |\n  {}\n", lines.replace('\n', "\n  ")),
            format!("BLOB = (\n    '{}'\n)\n", lines.replace('\n', "'\n    '")),
            format!("# settings\r\n# {}\r\n", lines.replace('\n', "\r\n# ")),
        ] {
            let told = scan("a.txt", text.as_bytes(), "audit");
            let places: Vec<(u64, u64)> = (told.places.iter())
                .map(|place| (place.1, place.2))
                .collect();
            assert_eq!(places, [(2, last)], "{text}");
            assert_eq!(told.keys().len(), 1);
        }
    }
}

#[test]
fn several_values_in_one_run() {
    let two = format!("SECRET_KEY={KEY}\nJWT_SECRET=w1xk7dq0r5lv8n3mh2j4bc6zrty9gufop\n");
    let told = scan("a.txt", STANDARD.encode(two).as_bytes(), "audit");
    assert_eq!(told.places.len(), 2, "{told:?}");
}

#[test]
fn hex_digits() {
    let digits = hex(SETTINGS.as_bytes());
    found("a.txt", format!("1\n{digits}\n").as_bytes(), "a.txt", 2);
    found(
        "a.sql",
        format!("INSERT INTO a VALUES (0x{});\n", digits.to_uppercase()).as_bytes(),
        "a.sql",
        1,
    );
    found(
        "a.txt",
        format!("1\n2\n{}\n", wrapped(&digits, 60)).as_bytes(),
        "a.txt",
        3,
    );
    hides("a.txt", digits.as_bytes());
}

#[test]
fn escapes() {
    let each = |escape: &dyn Fn(u8) -> String| {
        let escaped: Vec<String> = KEPT.bytes().map(escape).collect();
        escaped.concat()
    };
    let percent = each(&|byte| format!("%{byte:02X}"));
    let unicode = each(&|byte| format!("\\u{byte:04x}"));
    let entities = each(&|byte| format!("&#{byte};"));
    for text in [
        &format!("GET /?settings=SECRET_KEY%3D%22{KEY}%22 HTTP/1.1"),
        &percent,
        &unicode,
        &entities,
        &format!("{{\"text\": \"SECRET_KEY \\u003d \\u0027{KEY}\\u0027\"}}"),
        &format!("<pre>SECRET_KEY = &#39;{KEY}&#39;</pre>"),
        &format!("<td>SECRET_KEY</td> <p>SECRET_KEY = &quot;{KEY}&quot;</p>"),
    ] {
        for name in ["a.txt", "a.html", "a.json", "a.md"] {
            let text = format!("first line\nsecond line\n{text}\nlast\n");
            found(name, text.as_bytes(), name, 3);
        }
        hides("a.txt", text.as_bytes());
    }
}

#[test]
fn encodings_of_text() {
    let latin: Vec<u8> = [b"# caf\xe9\n", SETTINGS.as_bytes()].concat();
    found("settings.py", &latin, "settings.py", 4);
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}{SETTINGS}");
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        let wider: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        for bytes in [little, big, wider] {
            found("settings.py", &bytes, "settings.py", 3);
        }
    }
}

#[test]
fn a_line_of_a_megabyte() {
    let half = "var a=function(){return 1};".repeat(20_000);
    let line = format!("// first\n{half}var SECRET_KEY='{KEY}';{half}\n");
    assert!(line.len() > 1 << 20);
    found("a.min.js", line.as_bytes(), "a.min.js", 2);
    let encoded = format!("{half}\"{}\"{half}", STANDARD.encode(SETTINGS));
    found("a.min.js", encoded.as_bytes(), "a.min.js", 1);
    let percent = format!(
        "{} SECRET_KEY%3D%27{KEY}%27 {}",
        "%20%3D ".repeat(90_000),
        "%41".repeat(200_000)
    );
    found("a.txt", percent.as_bytes(), "a.txt", 1);
}

#[test]
fn binary_files() {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\x03\n\0\0\0\x80\xff\n".to_vec();
    bytes.extend_from_slice(format!("\0\0{KEPT}\0\0other text\0").as_bytes());
    bytes.extend((0..50_000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()));
    found("a.bin", &bytes, "a.bin", 3);
    hides("a.bin", &bytes);
    let mut wide = b"MZ\x90\0\x03\0\0\0\n\0\0".to_vec();
    wide.extend(KEPT.encode_utf16().flat_map(u16::to_le_bytes));
    wide.extend([0, 0, 0xff, 0xfe, 0]);
    found("a.exe", &wide, "a.exe", 2);
    found("a.zip", &zipped(&[("a.bin", &bytes)]), "a.zip!/a.bin", 3);
    // Larger than what is read at once.
    let mut large = vec![0_u8; 20 << 20];
    large.extend_from_slice(KEPT.as_bytes());
    large.push(0);
    found("a.img", &large, "a.img", 1);
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.extend_from_slice(KEPT.as_bytes());
    let told = scan("a.png", &picture, "audit");
    assert_eq!((told.code, &told.skipped["binary"]), (0, &1.into()));
}

/// What hides in the objects of a repository: staged, in a range, in the history, loose and packed.
#[test]
fn objects_of_git() {
    let repo = Repo::new();
    let archive = zipped(&[("shop/settings.py", SETTINGS.as_bytes())]);
    let database = fs::read("fixtures/archives/settings.sqlite3").unwrap();
    repo.write("README", "a shop\n").commit("first");
    repo.write("a.zip", &archive).write("db.sqlite3", &database);
    repo.write("b.txt", STANDARD.encode(SETTINGS)).add();
    let expected = [
        ("a.zip!/shop/settings.py", 3),
        ("b.txt", 1),
        ("db.sqlite3!/settings", 2),
    ];
    let told = run(repo.path(), &["--staged", "--profile", "audit"]);
    assert_eq!(
        (told.keys(), &told.issues),
        (expected.to_vec(), &Vec::new())
    );
    let told = run(repo.path(), &["--staged"]);
    assert_eq!(told.keys(), []);
    assert_eq!(told.skipped["archive"], 1);
    repo.commit("second");
    let told = run(repo.path(), &["--range", "HEAD~1..", "--profile", "audit"]);
    assert_eq!(
        (told.keys(), &told.issues),
        (expected.to_vec(), &Vec::new())
    );
    repo.git(["rm", "-q", "a.zip", "db.sqlite3", "b.txt"]);
    repo.commit("third");
    let expected = [expected[0], expected[2]];
    for way in [&["--history"][..], &["--history", "--exhaustive"]] {
        let told = run(repo.path(), way);
        assert_eq!(
            (told.keys(), &told.issues),
            (expected.to_vec(), &Vec::new())
        );
    }
    repo.git(["gc", "-q"]);
    for way in [&["--history"][..], &["--history", "--exhaustive"]] {
        let told = run(repo.path(), way);
        assert_eq!(
            (told.keys(), &told.issues),
            (expected.to_vec(), &Vec::new())
        );
    }
    let told = run(repo.path(), &["--history", "--exclude", "*.zip"]);
    assert_eq!(told.keys(), [expected[1]]);
}

/// A member of more than the limit is looked at up to it, and told of, whatever it is.
#[test]
fn members_of_any_size_end_within_limits() {
    let megabyte = vec![0_u8; 1 << 20];
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file("zeros.bin", SimpleFileOptions::default())
        .unwrap();
    for _ in 0..300 {
        writer.write_all(&megabyte).unwrap();
    }
    let bomb = writer.finish().unwrap().into_inner();
    let told = scan("a.zip", &bomb, "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1), "{told:?}");
}

/// Encodings in each other have an end, which is told.
#[test]
fn encodings_in_each_other_end() {
    let mut text = SETTINGS.to_owned();
    for _ in 0..12 {
        text = STANDARD.encode(text);
    }
    let told = scan("a.txt", text.as_bytes(), "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1), "{told:?}");
}

/// A comment accepts what stands encoded beside it.
#[test]
fn comments_accept_what_is_hidden() {
    let text = format!(
        "BLOB = '{}'  # leakey:allow a sample\n",
        STANDARD.encode(SETTINGS)
    );
    let told = scan("a.py", text.as_bytes(), "audit");
    assert_eq!((told.code, told.keys().len()), (0, 1), "{told:?}");
}
