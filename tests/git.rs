//! Git as a source, on repositories of the kinds that scanners get wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use common::repo::{Record, Repo, git, git_in, record};
use leakey::finding::{Skip, SourceKind};
use leakey::source::git::{History, Range, Staged};

const ALL: (usize, usize) = (1, usize::MAX);
const KEY: &str = "SECRET_KEY = 'invented-value-one'";

fn staged(repo: &Repo) -> Record {
    record(&Staged::new(repo.path())).unwrap()
}

fn range(repo: &Repo, range: &str) -> Record {
    record(&Range::new(repo.path(), vec![range.into()])).unwrap()
}

fn history(repo: &Repo) -> Record {
    record(&History::new(repo.path())).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn staged_content_comes_from_the_index() {
    let repo = Repo::new();
    repo.write("a.py", "one\ntwo\n").commit("start");
    repo.write("a.py", format!("one\n{KEY}\ntwo\n")).add();
    repo.write("a.py", "one\ntwo\n");
    let record = staged(&repo);
    assert_eq!(record.lines(), [("a.py", vec![(2, 2)])]);
    assert_eq!(record.seen[0].origin.source, SourceKind::Index);
    assert_eq!(record.holding("invented-value-one").len(), 1);
    assert!(record.issues.is_empty());
}

#[test]
fn only_what_is_staged_counts() {
    let repo = Repo::new();
    repo.write("a.py", "one\n")
        .write("sub/b.py", "x\n")
        .commit("start");
    repo.write("a.py", "one\nstaged\n")
        .write("sub/b.py", "x\ny\n")
        .add();
    repo.write("a.py", format!("one\nstaged\n{KEY}\n"));
    let all = staged(&repo);
    assert_eq!(
        all.lines(),
        [("a.py", vec![(2, 2)]), ("sub/b.py", vec![(2, 2)])]
    );
    assert!(all.holding("invented-value-one").is_empty());
    let mut part = Staged::new(repo.path().join("sub"));
    part.only = vec![repo.path().join("sub")];
    assert_eq!(record(&part).unwrap().lines(), [("sub/b.py", vec![(2, 2)])]);
    part.only = vec![repo.path().join("absent")];
    assert_eq!(record(&part).unwrap().issues.len(), 1);
    part.only = vec![repo.beside("elsewhere")];
    assert!(record(&part).is_err());
}

#[test]
fn before_the_first_commit_everything_is_added() {
    let repo = Repo::new();
    repo.write("a.py", KEY).add();
    assert_eq!(staged(&repo).lines(), [("a.py", vec![ALL])]);
}

#[test]
fn a_rename_adds_only_what_is_new() {
    let repo = Repo::new();
    let body = "one line\ntwo lines\nthree lines\nfour lines\n";
    repo.write("a.py", body)
        .write("b.py", format!("{body}other\n"))
        .commit("start");
    repo.git(["mv", "a.py", "c.py"]);
    repo.git(["mv", "b.py", "d.py"]);
    repo.write("d.py", format!("{body}other\n{KEY}\n")).add();
    assert_eq!(staged(&repo).lines(), [("d.py", vec![(6, 6)])]);
    repo.commit("renamed");
    assert_eq!(range(&repo, "HEAD~1..").lines(), [("d.py", vec![(6, 6)])]);
}

#[test]
fn attributes_have_no_say() {
    for attribute in ["-diff", "binary", "-text diff=odd filter=odd"] {
        let repo = Repo::new();
        repo.write(".gitattributes", format!("*.py {attribute}\n"))
            .write("a.py", "one\n")
            .commit("start");
        repo.write("a.py", format!("one\n{KEY}\n")).add();
        assert_eq!(
            staged(&repo).lines(),
            [("a.py", vec![(2, 2)])],
            "{attribute}"
        );
        repo.commit("more");
        assert_eq!(
            range(&repo, "HEAD~1..HEAD").lines(),
            [("a.py", vec![(2, 2)])]
        );
        assert_eq!(history(&repo).holding("invented-value-one").len(), 1);
    }
}

#[test]
fn utf16_lines_are_those_of_the_text() {
    let repo = Repo::new();
    // U+0A0A holds two bytes that look like line feeds.
    repo.write("a.ps1", utf16("one\n\u{0a0a}\nthree\n"))
        .commit("start");
    repo.write("a.ps1", utf16(&format!("one\n\u{0a0a}\n{KEY}\nthree\n")))
        .add();
    assert_eq!(staged(&repo).lines(), [("a.ps1", vec![(3, 3)])]);
}

#[test]
fn what_is_no_text_is_counted() {
    let repo = Repo::new();
    repo.write("a.bin", b"\x7fELF\0\0").write("a.py", "x\n");
    std::os::unix::fs::symlink("a.py", repo.path().join("link")).unwrap();
    repo.add();
    let record = staged(&repo);
    assert_eq!(record.skipped, [Skip::Binary, Skip::SymbolicLink]);
    repo.commit("start");
    assert_eq!(history(&repo).skipped, [Skip::Binary, Skip::SymbolicLink]);
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let repo = Repo::new();
    repo.write("a.py", "x\n").commit("start");
    let id = repo.git(["rev-parse", "HEAD"]);
    repo.git([
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{id},lib"),
    ]);
    assert_eq!(staged(&repo).skipped, [Skip::Submodule]);
    repo.git(["commit", "-qm", "lib"]);
    let record = history(&repo);
    assert_eq!(record.skipped, [Skip::Submodule]);
    assert!(record.issues.is_empty());
}

#[test]
fn a_conflict_and_an_intent_to_add() {
    let repo = Repo::new();
    repo.write("a.py", "one\n").commit("start");
    repo.git(["checkout", "-qb", "side"]);
    repo.write("a.py", "side\n").commit("side");
    repo.git(["checkout", "-q", "main"]);
    repo.write("a.py", "main\n").commit("main");
    let merged = git(repo.path())
        .args(["merge", "-q", "side"])
        .output()
        .unwrap();
    assert!(!merged.status.success());
    let record = staged(&repo);
    assert_eq!(record.issues.len(), 1);
    assert_eq!(record.issues[0].path, "a.py");
    assert!(record.seen.is_empty());
    repo.git(["reset", "-q", "--hard"]);
    repo.write("new.py", KEY).git(["add", "-N", "new.py"]);
    let record = staged(&repo);
    assert!(record.issues.is_empty(), "{:?}", record.issues);
    assert!(record.holding("invented-value-one").is_empty());
}

#[test]
fn a_key_added_and_removed_inside_the_range_is_found() {
    let repo = Repo::new();
    repo.write("a.py", "one\n").commit("start");
    repo.write("a.py", format!("one\n{KEY}\n"));
    let bad = repo.commit("subject\n\nSECRET_KEY=in-the-message");
    repo.write("a.py", "one\n").commit("removed");
    let record = range(&repo, "HEAD~2..HEAD");
    let found = record.holding("invented-value-one");
    assert_eq!(found.len(), 1);
    let commit = found[0].origin.commit.clone().unwrap();
    assert_eq!(commit.id, bad);
    assert_eq!(commit.author, "Ada Author <ada@example.org>");
    assert_eq!(
        (commit.seconds, commit.offset_minutes),
        (1_700_000_000, 120)
    );
    let message = record.at(&format!(":commit/{bad}"));
    assert_eq!(message[0].origin.source, SourceKind::CommitMessage);
    assert_eq!(record.holding("in-the-message").len(), 1);
    assert_eq!(record.commits, 2);
    // The same commits, however they are asked for.
    let start = repo.git(["rev-parse", "HEAD~2"]);
    assert_eq!(range(&repo, &format!("{start}..")), record);
    assert_eq!(range(&repo, "HEAD").commits, 3);
    let zeros = "0".repeat(40);
    assert_eq!(range(&repo, &format!("{zeros}..HEAD")).commits, 3);
    assert_eq!(range(&repo, &format!("HEAD..{zeros}")).commits, 0);
    assert_eq!(range(&repo, "HEAD..HEAD~1").commits, 0);
}

#[test]
fn a_merge_adds_what_no_parent_has() {
    let repo = Repo::new();
    repo.write("a.py", "one\ntwo\nthree\nfour\n")
        .commit("start");
    repo.git(["checkout", "-qb", "side"]);
    repo.write("a.py", "one\ntwo\nthree\nfour\nside\n")
        .commit("side");
    repo.git(["checkout", "-q", "main"]);
    repo.write("a.py", "main\none\ntwo\nthree\nfour\n")
        .commit("main");
    repo.git(["merge", "-q", "--no-commit", "side"]);
    repo.write(
        "a.py",
        format!("main\none\ntwo\n{KEY}\nthree\nfour\nside\n"),
    );
    let merge = repo.commit("merge");
    let record = range(&repo, "HEAD~1..HEAD");
    let of_merge = |seen: &&common::repo::Seen| {
        seen.path == "a.py" && seen.origin.commit.as_ref().unwrap().id == merge
    };
    let found: Vec<_> = record.seen.iter().filter(of_merge).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].lines, Some(vec![(4, 4)]));
    let record = history(&repo);
    let found = record.holding("invented-value-one");
    assert_eq!(found[0].origin.commit.as_ref().unwrap().id, merge);
}

#[test]
fn history_tells_when_a_file_came_and_whether_it_is_still_there() {
    let repo = Repo::new();
    repo.write("a.py", KEY);
    let first = repo.commit("start");
    repo.write("b/c.py", "kept\n").commit("second");
    std::fs::remove_file(repo.path().join("a.py")).unwrap();
    repo.commit("removed");
    repo.git(["branch", "topic"]);
    let record = history(&repo);
    let gone = &record.at("a.py")[0].origin;
    assert_eq!(gone.commit.as_ref().unwrap().id, first);
    assert_eq!(
        (gone.reachable, gone.in_tip, gone.in_head),
        (Some(true), Some(false), Some(false))
    );
    let kept = &record.at("b/c.py")[0].origin;
    assert_eq!(
        (kept.reachable, kept.in_tip, kept.in_head),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!(record.commits, 3);
    assert!(record.issues.is_empty());
}

#[test]
fn refs_of_every_kind_are_followed() {
    let repo = Repo::new();
    repo.write("a.py", "x\n").commit("start");
    repo.git(["notes", "add", "-m", "SECRET_KEY=in-a-note"]);
    repo.write("a.py", "SECRET_KEY='in-a-stash'\n")
        .git(["stash", "-q"]);
    repo.git(["checkout", "-qb", "topic"]);
    repo.write("p.py", "SECRET_KEY='in-a-pull'\n")
        .commit("pull");
    repo.git(["update-ref", "refs/pull/7/head", "HEAD"]);
    repo.git(["checkout", "-q", "main"]);
    repo.git(["branch", "-qD", "topic"]);
    repo.git(["tag", "-a", "v1", "-m", "SECRET_KEY=in-a-tag"]);
    let blob = repo
        .write("t", "SECRET_KEY='tagged-blob'\n")
        .git(["hash-object", "-w", "t"]);
    std::fs::remove_file(repo.path().join("t")).unwrap();
    repo.git(["tag", "blob", &blob]);
    repo.git(["pack-refs", "--all"]);
    let record = history(&repo);
    for word in [
        "in-a-note",
        "in-a-stash",
        "in-a-pull",
        "in-a-tag",
        "tagged-blob",
    ] {
        let found = record.holding(word);
        assert_eq!(found.len(), 1, "{word}");
        assert_eq!(found[0].origin.reachable, Some(true), "{word}");
    }
    assert_eq!(record.holding("in-a-tag")[0].path, ":tag/v1");
    assert_eq!(
        record.holding("tagged-blob")[0].path,
        format!(":blob/{blob}")
    );
    assert!(record.issues.is_empty(), "{:?}", record.issues);
}

#[test]
fn what_no_ref_holds_is_found_and_said_to_be_so() {
    let repo = Repo::new();
    repo.write("a.py", "x\n").commit("start");
    repo.write("a.py", "SECRET_KEY='reflog-only'\n");
    repo.commit("SECRET_KEY=reflog-message");
    repo.git(["reset", "-q", "--hard", "HEAD~1"]);
    repo.write("u.py", "SECRET_KEY='unreachable'\n").add();
    let lonely = repo.git(["write-tree"]);
    let lost = repo.git(["commit-tree", &lonely, "-p", "HEAD", "-m", "lost"]);
    repo.git(["reset", "-q", "--hard"]);
    repo.write("s.py", "SECRET_KEY='tree-only'\n").add();
    repo.git(["write-tree"]);
    repo.git(["reset", "-q", "--hard"]);
    repo.write("i.py", "SECRET_KEY='index-only'\n").add();
    let blob = repo
        .write("b", "SECRET_KEY='blob-only'\n")
        .git(["hash-object", "-w", "b"]);
    let record = history(&repo);
    for (word, path) in [
        ("reflog-only", "a.py"),
        ("unreachable", "u.py"),
        ("tree-only", "s.py"),
        ("index-only", "i.py"),
        ("blob-only", &format!(":blob/{blob}")),
        ("reflog-message", ":reflog/HEAD"),
    ] {
        let found = record.holding(word);
        let found = found.iter().find(|seen| seen.path == path);
        let found = found.unwrap_or_else(|| panic!("{word}: {:?}", record.holding(word)));
        assert_eq!(found.origin.reachable, Some(false), "{word}");
        assert_eq!(found.origin.in_tip, Some(false), "{word}");
    }
    assert_eq!(
        record.at("u.py")[0].origin.commit.as_ref().unwrap().id,
        lost
    );
    assert_eq!(record.at("i.py")[0].origin.source, SourceKind::Index);
    // Newest first: the reset, the message, the start.
    let log = String::from_utf8(record.at(":reflog/HEAD")[0].text.clone()).unwrap();
    let lines: Vec<_> = log.lines().collect();
    assert!(
        lines
            .iter()
            .rev()
            .nth(1)
            .unwrap()
            .contains("reflog-message"),
        "{lines:?}"
    );
    assert!(record.issues.is_empty(), "{:?}", record.issues);
}

#[test]
fn odd_file_names() {
    let repo = Repo::new();
    let names = [
        &b"new\nline.py"[..],
        b"quo\"te's.py",
        b"lat\xe9n.py",
        b"-dash :x.py",
    ];
    for name in names {
        repo.write(OsStr::from_bytes(name), KEY);
    }
    let paths = [
        "-dash :x.py",
        "lat\u{fffd}n.py",
        "new\nline.py",
        "quo\"te's.py",
    ];
    repo.add();
    let names = |record: &Record| -> Vec<String> {
        record
            .lines()
            .iter()
            .map(|(path, _)| (*path).to_owned())
            .collect()
    };
    assert_eq!(names(&staged(&repo)), paths);
    repo.commit("start");
    assert_eq!(names(&range(&repo, "HEAD")), paths);
    assert_eq!(names(&history(&repo)), paths);
}

#[test]
fn bare_linked_and_inner_paths() {
    let repo = Repo::new();
    repo.write("sub/a.py", KEY).commit("start");
    let bare = repo.beside("bare.git");
    repo.git(["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let in_bare = record(&History::new(&bare)).unwrap();
    assert_eq!(in_bare.at("sub/a.py").len(), 1);
    assert!(record(&Staged::new(&bare)).is_err());
    let linked = repo.beside("linked");
    repo.git([
        "worktree",
        "add",
        "-q",
        "--detach",
        linked.to_str().unwrap(),
    ]);
    std::fs::write(linked.join("b.py"), "SECRET_KEY='linked-index'\n").unwrap();
    git_in(&linked, ["add", "b.py"]);
    let in_linked = record(&Staged::new(&linked)).unwrap();
    assert_eq!(in_linked.lines(), [("b.py", vec![ALL])]);
    git_in(&linked, ["commit", "-qm", "linked"]);
    std::fs::write(linked.join("c.py"), "SECRET_KEY='linked-index'\n").unwrap();
    git_in(&linked, ["add", "c.py"]);
    for path in [repo.path().to_owned(), linked, repo.path().join("sub")] {
        let record = record(&History::new(&path)).unwrap();
        assert_eq!(record.at("sub/a.py").len(), 1);
        // The detached HEAD of a work tree keeps its commit.
        assert_eq!(record.at("b.py")[0].origin.reachable, Some(true));
        assert_eq!(record.at("c.py")[0].origin.source, SourceKind::Index);
    }
}

#[test]
fn a_shallow_clone_says_so() {
    let repo = Repo::new();
    repo.write("a.py", "one\n").commit("start");
    repo.write("a.py", "one\ntwo\n").commit("second");
    let url = format!("file://{}", repo.path().display());
    let clone = repo.beside("clone");
    repo.git(["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]);
    let shallow = record(&History::new(&clone)).unwrap();
    assert!(shallow.shallow);
    assert!(shallow.issues[0].what.contains("git fetch --unshallow"));
    assert_eq!(shallow.issues.len(), 1);
    let mut history = History::new(&clone);
    history.allow_shallow = true;
    let allowed = record(&history).unwrap();
    assert!(allowed.shallow && allowed.issues.is_empty());
    let ranged = record(&Range::new(&clone, vec!["HEAD".into()])).unwrap();
    assert!(ranged.shallow);
    assert_eq!(ranged.issues.len(), 1);
    let error = record(&Range::new(&clone, vec!["HEAD~1..HEAD".into()])).unwrap_err();
    assert!(
        error.what.contains("HEAD~1") && error.what.contains("fetch"),
        "{error}"
    );
}

#[test]
fn a_partial_clone_names_what_it_lacks() {
    let repo = Repo::new();
    repo.write("a.py", "one\n").commit("start");
    let gone = repo.git(["rev-parse", "HEAD:a.py"]);
    repo.write("a.py", "two\n").commit("second");
    repo.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path().display());
    let clone = repo.beside("clone");
    repo.git([
        "clone",
        "-q",
        "--filter=blob:none",
        &url,
        clone.to_str().unwrap(),
    ]);
    let partial = record(&History::new(&clone)).unwrap();
    assert_eq!(partial.issues.len(), 1, "{:?}", partial.issues);
    assert_eq!(partial.issues[0].path, format!(":blob/{gone}"));
    assert!(partial.issues[0].what.contains("git fetch --refetch"));
    assert_eq!(partial.at("a.py").len(), 1);
    std::fs::write(clone.join("a.py"), format!("two\n{KEY}\n")).unwrap();
    git_in(&clone, ["add", "a.py"]);
    let index = record(&Staged::new(&clone)).unwrap();
    assert_eq!(index.lines(), [("a.py", vec![(2, 2)])]);
    git_in(&clone, ["commit", "-qm", "more"]);
    let ranged = record(&Range::new(&clone, vec!["origin/main..main".into()])).unwrap();
    assert_eq!(ranged.lines(), [("a.py", vec![(2, 2)])]);
}

#[test]
fn missing_and_corrupt_objects_are_issues() {
    let repo = Repo::new();
    for name in ["a", "b", "c/d"] {
        repo.write(format!("{name}.py"), name).commit(name);
    }
    let id = |name: &str| repo.git(["rev-parse", name]);
    let (blob, corrupt, tree) = (id("HEAD:a.py"), id("HEAD:b.py"), id("HEAD:c"));
    repo.damage(&blob, true);
    repo.damage(&corrupt, false);
    repo.damage(&tree, true);
    let record = history(&repo);
    let paths: Vec<_> = record
        .issues
        .iter()
        .map(|issue| issue.path.as_str())
        .collect();
    let mut expected = [
        format!(":blob/{blob}"),
        format!(":blob/{corrupt}"),
        format!(":tree/{tree}"),
    ];
    expected.sort();
    assert_eq!(paths, expected);
    assert!(
        record
            .issues
            .iter()
            .all(|issue| issue.what.contains("git fsck"))
    );
    assert!(
        record
            .issues
            .iter()
            .any(|issue| issue.what.contains("a.py"))
    );
    // The blob below the missing tree is still read, without its path.
    assert_eq!(
        record
            .seen
            .iter()
            .filter(|seen| seen.text == b"c/d")
            .count(),
        1
    );
    assert_eq!(range(&repo, "HEAD").issues.len(), 3);
}

#[test]
fn a_missing_commit_is_an_issue_and_ends_nothing() {
    let repo = Repo::new();
    repo.write("a.py", "one\n");
    let first = repo.commit("start");
    repo.write("a.py", "two\n");
    let second = repo.commit("second");
    repo.write("a.py", "three\n").commit("third");
    repo.damage(&second, true);
    let record = history(&repo);
    assert_eq!(record.issues.len(), 1, "{:?}", record.issues);
    assert_eq!(record.issues[0].path, format!(":commit/{second}"));
    assert_eq!(
        record.at("a.py").len()
            + record
                .seen
                .iter()
                .filter(|s| s.text == b"two\n" && s.path != "a.py")
                .count(),
        3
    );
    assert_eq!(record.at(&format!(":commit/{first}")).len(), 1);
    assert!(
        range(&repo, "HEAD")
            .issues
            .iter()
            .any(|issue| issue.path.contains(&second))
    );
}

#[test]
fn what_cannot_be_opened_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = record(&History::new(folder.path())).unwrap_err();
    assert!(error.what.contains("not a git repository"), "{error}");
    let error = record(&Staged::new(folder.path().join("absent"))).unwrap_err();
    assert!(error.what.contains("does not exist"), "{error}");
    let repo = Repo::new();
    repo.write("a.py", "x\n").commit("start");
    for bad in [
        "nowhere..HEAD",
        "HEAD..nowhere",
        "HEAD...HEAD",
        "HEAD:a.py",
        "--all",
    ] {
        let error = record(&Range::new(repo.path(), vec![bad.into()])).unwrap_err();
        assert!(error.what.contains(bad), "{error}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let repo = Repo::new();
    for number in 0..200 {
        repo.write(
            format!("d{}/f{number}.py", number % 7),
            format!("{KEY}\n{number}\n"),
        );
    }
    repo.commit("start");
    repo.write("d1/f1.py", "changed\n").commit("second");
    let run = |threads| {
        let mut source = History::new(repo.path());
        source.threads = threads;
        record(&source).unwrap()
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(7));
    assert_eq!(run(2).blobs, 201 + 2 + 2);
}

/// Hooks tell git's own variables, which only a process of its own can be given.
#[test]
fn hooks_are_obeyed_in_the_current_directory() {
    if std::env::var_os("LEAKEY_TEST_HOOK").is_some() {
        let record = record(&Staged::new(".")).unwrap();
        assert_eq!(record.lines(), [("b.py", vec![ALL])]);
        return;
    }
    let repo = Repo::new();
    repo.write("a.py", "x\n").commit("start");
    let other = repo.path().join(".git/other-index");
    std::fs::copy(repo.path().join(".git/index"), &other).unwrap();
    repo.write("b.py", KEY);
    let added = git(repo.path())
        .args(["add", "b.py"])
        .env("GIT_INDEX_FILE", &other)
        .status();
    assert!(added.unwrap().success());
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hooks_are_obeyed_in_the_current_directory"])
        .env("LEAKEY_TEST_HOOK", "1")
        .env("GIT_INDEX_FILE", ".git/other-index")
        .env("GIT_DIR", ".git")
        .current_dir(repo.path())
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stdout)
    );
}
