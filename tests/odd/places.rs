//! Every place in which a repository can hold a key.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::*;

fn added(repo: &Repo, seed: u64) -> String {
    let (text, key) = settings(seed);
    repo.write("app/settings.py", text);
    key
}

fn start() -> Repo {
    let repo = Repo::new();
    repo.write("README", "hello\n").commit("start");
    repo
}

/// Whether or not it is packed.
fn both(repo: &Repo, key: &str, what: &str) {
    found(repo.path(), key, what);
    repo.git(["repack", "-q", "-a", "-d", "-k"]);
    repo.git(["prune-packed", "-q"]);
    found(repo.path(), key, &format!("{what}, packed"));
}

#[test]
fn removed_later() {
    let repo = start();
    let key = added(&repo, 11);
    repo.commit("leak");
    repo.git(["rm", "-q", "app/settings.py"]);
    repo.commit("removed");
    both(&repo, &key, "removed");
    let told = scan(repo.path(), ["--range", "HEAD~2..HEAD"]);
    assert!(told.holds(&key) && told.code == 1, "{told:?}");
}

#[test]
fn branches_and_refs_of_other_names() {
    for name in [
        "refs/heads/other",
        "refs/pull/7/head",
        "refs/remotes/fork/x",
        "refs/changes/01/1/1",
    ] {
        let repo = start();
        repo.git(["checkout", "-q", "-b", "leaking"]);
        let key = added(&repo, 12);
        repo.commit("leak");
        repo.git(["update-ref", name, "HEAD"]);
        repo.git(["checkout", "-q", "main"]);
        repo.git(["branch", "-q", "-D", "leaking"]);
        both(&repo, &key, name);
        let told = scan(repo.path(), ["--history"]);
        assert!(
            told.report.contains("\"status\": \"exposed\""),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn odd_file_names() {
    let names = [
        &b"new\nline settings.py"[..],
        b"settings lat\xe9n.py",
        b"-settings :x.py",
        b"\xe2\x80\xaesettings.py",
    ];
    for (name, seed) in names.into_iter().zip(13..) {
        let repo = start();
        let (text, key) = settings(seed);
        repo.write(OsStr::from_bytes(name), text);
        repo.add();
        let told = scan(repo.path(), ["--staged"]);
        assert!(told.holds(&key) && told.code == 1, "{told:?}");
        repo.commit("leak");
        both(&repo, &key, &String::from_utf8_lossy(name));
    }
}

#[test]
fn bare_and_linked() {
    let repo = start();
    let key = added(&repo, 17);
    repo.commit("leak");
    let bare = repo.beside("bare.git");
    repo.git(["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    found(&bare, &key, "bare");
    let linked = repo.beside("linked");
    repo.git(["worktree", "add", "-q", linked.to_str().unwrap()]);
    found(&linked, &key, "linked");
    // A bisection in a work tree keeps refs of its own.
    let commit = git_in(&linked, ["rev-parse", "HEAD"]);
    git_in(&linked, ["update-ref", "refs/worktree/kept", &commit]);
    found(repo.path(), &key, "a ref of a work tree");
}

#[test]
fn only_in_a_merge() {
    let repo = start();
    repo.git(["checkout", "-q", "-b", "side"]);
    repo.write("side", "1\n").commit("side");
    repo.git(["checkout", "-q", "main"]);
    repo.write("main", "1\n").commit("main");
    repo.git(["merge", "-q", "--no-ff", "--no-commit", "side"]);
    let key = added(&repo, 18);
    repo.commit("merge");
    both(&repo, &key, "merge");
    let told = scan(repo.path(), ["--range", "HEAD~1..HEAD"]);
    assert!(told.holds(&key) && told.code == 1, "{told:?}");
}

#[test]
fn attributes_hide_nothing() {
    let repo = start();
    repo.write(".gitattributes", "*.py -diff -text binary export-ignore\n")
        .commit("attributes");
    let key = added(&repo, 19);
    repo.add();
    let told = scan(repo.path(), ["--staged"]);
    assert!(told.holds(&key) && told.code == 1, "{told:?}");
    repo.commit("leak");
    both(&repo, &key, "-diff");
    let told = scan(repo.path(), ["--range", "HEAD~1..HEAD"]);
    assert!(told.holds(&key) && told.code == 1, "{told:?}");
}

#[test]
fn utf16() {
    for (mark, seed) in [(true, 20), (false, 21)] {
        let repo = start();
        let (text, key) = settings(seed);
        let units = mark
            .then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16());
        let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        repo.write("app/settings.py", bytes).commit("leak");
        both(&repo, &key, "UTF-16");
    }
}

#[test]
fn stashes() {
    for untracked in [false, true] {
        let repo = start();
        repo.write("app/settings.py", "DEBUG = True\n")
            .commit("tracked");
        let (text, key) = settings(22);
        let name = if untracked {
            "app/local_settings.py"
        } else {
            "app/settings.py"
        };
        repo.write(name, text);
        repo.git(["stash", "-q", "--include-untracked"]);
        both(&repo, &key, "stash");
        // An older stash is held by the reflog of the newest alone.
        repo.write("README", "changed\n").git(["stash", "-q"]);
        both(&repo, &key, "older stash");
    }
}

#[test]
fn what_no_ref_leads_to() {
    let repo = start();
    let key = added(&repo, 23);
    let leak = repo.commit("leak");
    repo.git(["reset", "-q", "--hard", "HEAD~1"]);
    both(&repo, &key, "reflog only");
    repo.git(["reflog", "expire", "--expire=now", "--all"]);
    repo.git(["cat-file", "-e", &leak]);
    both(&repo, &key, "no reflog");
    let told = scan(repo.path(), ["--history"]);
    assert!(
        told.report.contains("\"status\": \"unreachable\""),
        "{told:?}"
    );
    // git puts such objects into a pack of their own.
    repo.git(["repack", "-q", "-d", "--cruft"]);
    let packs = std::fs::read_dir(repo.path().join(".git/objects/pack")).unwrap();
    assert!(
        packs
            .flatten()
            .any(|file| file.path().extension() == Some(OsStr::new("mtimes")))
    );
    found(repo.path(), &key, "cruft pack");
}

#[test]
fn objects_without_a_commit() {
    let repo = start();
    let key = added(&repo, 24);
    repo.add();
    repo.git(["write-tree"]);
    repo.git(["reset", "-q", "--hard"]);
    both(&repo, &key, "tree alone");
    let repo = start();
    let (text, key) = settings(25);
    repo.write("loose.py", text)
        .git(["hash-object", "-w", "loose.py"]);
    std::fs::remove_file(repo.path().join("loose.py")).unwrap();
    both(&repo, &key, "blob alone");
}

#[test]
fn submodules_are_histories_of_their_own() {
    let lib = start();
    let key = added(&lib, 26);
    lib.commit("leak");
    let repo = start();
    repo.git([
        "submodule",
        "add",
        "-q",
        lib.path().to_str().unwrap(),
        "lib",
    ]);
    repo.commit("lib");
    let told = scan(repo.path(), ["--history"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.report.contains("\"submodule\": 1"), "{told:?}");
    found(
        &repo.path().join(".git/modules/lib"),
        &key,
        "in .git/modules",
    );
    found(&repo.path().join("lib"), &key, "in its work tree");
}

#[test]
fn alternates_and_indexes_over_packs() {
    let repo = start();
    let key = added(&repo, 27);
    repo.commit("leak");
    for packed in [false, true] {
        if packed {
            repo.git(["repack", "-q", "-a", "-d"]);
        }
        let borrower = repo.beside(&format!("borrower-{packed}"));
        repo.git(["clone", "-q", "--shared", ".", borrower.to_str().unwrap()]);
        found(&borrower, &key, "alternates");
    }
    for form in [&[][..], &["--object-format=sha256"]] {
        let repo = Repo::with(form);
        let mut keys = Vec::new();
        for seed in 30..33 {
            keys.push(added(&repo, seed));
            repo.commit("leak");
            repo.git(["repack", "-q", "-d"]);
        }
        repo.git(["multi-pack-index", "write"]);
        for key in keys {
            found(repo.path(), &key, &format!("multi-pack-index {form:?}"));
        }
    }
}
