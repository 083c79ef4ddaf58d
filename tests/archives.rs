//! Archives: members are found under their names, in every kind and in each other; bombs, damage and depth end in an issue.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const KEY: &str = "q8zkd0w3x5lv7n2mh4j6bc9arty1gifop";
const SETTINGS: &[u8] = b"import os\nSECRET_KEY = 'q8zkd0w3x5lv7n2mh4j6bc9arty1gifop'\n";

/// What the program says of one file: its exit code, where it finds the key, its issues, and what it left out.
struct Told {
    code: i32,
    paths: Vec<String>,
    issues: Vec<String>,
    skipped: Value,
}

fn scan(name: &str, bytes: &[u8], profile: &str) -> Told {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args([
            "scan",
            "--profile",
            profile,
            "--format",
            "json",
            "--show-secrets",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let found = list(&report["findings"]).into_iter();
    let found = found.filter(|finding| finding["secret"]["value"] == KEY);
    let places = found.flat_map(|finding| list(&finding["occurrences"]));
    let issues = list(&report["issues"]);
    assert_eq!(report["complete"], issues.is_empty());
    Told {
        code: output.status.code().unwrap(),
        paths: places
            .map(|place| place["path"].as_str().unwrap().to_owned())
            .collect(),
        issues: issues
            .iter()
            .map(|issue| {
                format!(
                    "{}: {}",
                    issue["path"].as_str().unwrap(),
                    issue["what"].as_str().unwrap()
                )
            })
            .collect(),
        skipped: report["coverage"]["skipped"].clone(),
    }
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
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

fn found(name: &str, bytes: &[u8], path: &str) {
    let told = scan(name, bytes, "audit");
    assert_eq!((told.code, &told.issues), (1, &Vec::new()), "{name}");
    assert_eq!(told.paths, [path], "{name}");
}

#[test]
fn members_are_found_under_their_names() {
    let inner = [
        ("shop/settings.py", SETTINGS),
        ("README", b"a shop".as_slice()),
    ];
    found("shop.whl", &zipped(&inner), "shop.whl!/shop/settings.py");
    found("shop.tar", &tarred(&inner), "shop.tar!/shop/settings.py");
    found(
        "shop.tar.gz",
        &gzipped(&tarred(&inner)),
        "shop.tar.gz!/shop/settings.py",
    );
    found(
        "settings.py.gz",
        &gzipped(SETTINGS),
        "settings.py.gz!/settings.py",
    );
    let nested = zipped(&[("lib/a.tgz", &gzipped(&tarred(&inner)))]);
    found("app.jar", &nested, "app.jar!/lib/a.tgz!/shop/settings.py");
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bz.write_all(SETTINGS).unwrap();
    found(
        "settings.py.bz2",
        &bz.finish().unwrap(),
        "settings.py.bz2!/settings.py",
    );
    let zst =
        ruzstd::encoding::compress_to_vec(SETTINGS, ruzstd::encoding::CompressionLevel::Fastest);
    found("settings.py.zst", &zst, "settings.py.zst!/settings.py");
}

/// `xz` of `SETTINGS`, made once with the program: there is no encoder among the dependencies.
#[test]
fn xz() {
    let xz = include_bytes!("../fixtures/archives/settings.py.xz");
    found("settings.py.xz", xz, "settings.py.xz!/settings.py");
}

#[test]
fn other_profiles_count_archives_and_leave_them() {
    let told = scan("a.zip", &zipped(&[("settings.py", SETTINGS)]), "ci");
    assert_eq!((told.code, told.paths.len()), (0, 0));
    assert_eq!(told.skipped["archive"], 1);
}

#[test]
fn bombs_end_within_limits() {
    let zeros = gzipped(&vec![0; 8 << 20]);
    let text = gzipped(&vec![b'a'; 100 << 20]);
    let many: Vec<(String, &[u8])> = (0..400)
        .map(|at| (format!("{at}.gz"), zeros.as_slice()))
        .collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    for (name, bytes) in [
        ("one.gz", text.clone()),
        ("many.zip", zipped(&[("a.txt.gz", text.as_slice())])),
        ("twice.gz", gzipped(&text)),
    ] {
        let told = scan(name, &bytes, "audit");
        assert_eq!(
            (told.code, told.issues.len()),
            (2, 1),
            "{name}: {:?}",
            told.issues
        );
    }
    // Members that are no text are looked at, too: what they unpack to counts.
    let told = scan("zeros.zip", &zipped(&many), "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1), "{:?}", told.issues);
}

#[test]
fn depth_damage_and_odd_names_are_told() {
    let mut deep = zipped(&[("settings.py", SETTINGS)]);
    for _ in 0..12 {
        deep = zipped(&[("a.zip", &deep)]);
    }
    let told = scan("deep.zip", &deep, "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1));
    assert!(
        told.issues[0].contains("inside of 8 others"),
        "{:?}",
        told.issues
    );

    let whole = gzipped(&tarred(&[("settings.py", SETTINGS), ("b", &[b'x'; 9000])]));
    let told = scan("cut.tar.gz", &whole[..whole.len() - 40], "audit");
    assert_eq!((told.code, told.issues.len()), (1, 1), "{:?}", told.issues);
    assert!(told.issues[0].contains("damaged"));
    assert_eq!(told.paths, ["cut.tar.gz!/settings.py"]);

    let mut broken = zipped(&[("settings.py", SETTINGS)]);
    let end = broken.len();
    broken[end - 30..].fill(0);
    let told = scan("broken.zip", &broken, "audit");
    assert_eq!((told.code, told.issues.len()), (2, 1), "{:?}", told.issues);

    let told = scan(
        "odd.zip",
        &zipped(&[("../../etc/settings.py", SETTINGS)]),
        "audit",
    );
    assert_eq!(told.paths, ["odd.zip!/../../etc/settings.py"]);
}
