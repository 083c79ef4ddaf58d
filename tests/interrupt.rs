//! A scan that is interrupted reports what it has, says that it is not all, and ends with 2.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use common::repo::Repo;

/// A scan that waits for its refs, which come through a pipe, and the end of the pipe to write them to.
fn waiting(repo: &Repo, args: &[&str]) -> (Child, std::fs::File) {
    let pipe = repo.path().join(".git/packed-refs");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let child = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .current_dir(repo.path())
        .args(["scan", "--history", "--no-config", "--format", "json"])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening the pipe waits until the scan has opened its end, long after it began to heed signals.
    let refs = std::fs::File::options().write(true).open(&pipe).unwrap();
    (child, refs)
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap()
            .success()
    );
}

fn repo() -> Repo {
    let repo = Repo::new();
    repo.write(
        "settings.py",
        "SECRET_KEY = 'b7#v2!q9$x4&w8_z1)m6(p3+n5%t0=j@h*e-r^y+c7k2%d6@l1'\n",
    );
    repo.commit("leak");
    repo
}

#[test]
fn a_report_of_what_there_is_so_far() {
    for name in ["-INT", "-TERM"] {
        for args in [&[][..], &["--exhaustive"], &["--quiet"]] {
            let repo = repo();
            let (mut child, mut refs) = waiting(&repo, args);
            signal(&child, name);
            let mut told = String::new();
            let mut errors = BufReader::new(child.stderr.take().unwrap());
            errors.read_line(&mut told).unwrap();
            assert!(told.contains("interrupted"), "{told}");
            refs.write_all(b"# pack-refs with: peeled fully-peeled sorted \n")
                .unwrap();
            drop(refs);
            let mut report = String::new();
            child
                .stdout
                .take()
                .unwrap()
                .read_to_string(&mut report)
                .unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(2), "{report}");
            assert!(report.contains("\"complete\": false"), "{report}");
            assert!(report.contains("the scan was interrupted"), "{report}");
            // It had not come to any text.
            assert!(report.contains("\"blobs\": 0"), "{report}");
        }
    }
}

#[test]
fn the_second_interruption_ends_the_process() {
    let repo = repo();
    let (mut child, refs) = waiting(&repo, &[]);
    signal(&child, "-INT");
    let mut told = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    errors.read_line(&mut told).unwrap();
    // It still waits for its refs.
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    drop(refs);
}

#[test]
fn without_an_interruption_all_is_found() {
    let repo = repo();
    let (mut child, refs) = waiting(&repo, &[]);
    drop(refs);
    let mut report = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut report)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{report}");
    assert!(report.contains("\"complete\": true"), "{report}");
}
