//! Other forms of stores: SHA-256, refs in tables, and both at once.

use super::*;

/// A repository of a form, with a key removed later, one on another branch, one in a stash and one only in a reflog.
fn filled(form: &[&str]) -> (Repo, [String; 4]) {
    let repo = Repo::with(form);
    let (first, removed) = settings(1);
    repo.write("a/settings.py", first).commit("start");
    repo.write("a/settings.py", "DEBUG = True\n")
        .commit("removed");
    repo.git(["checkout", "-q", "-b", "other"]);
    let (second, branch) = settings(2);
    repo.write("b/settings.py", second).commit("branch");
    repo.git(["tag", "-a", "v1", "-m", "a tag"]);
    repo.git(["checkout", "-q", "main"]);
    let (third, stashed) = settings(3);
    repo.write("a/settings.py", third).git(["stash", "-q"]);
    let (fourth, logged) = settings(4);
    repo.write("c/settings.py", fourth).commit("thrown away");
    repo.git(["reset", "-q", "--hard", "HEAD~1"]);
    (repo, [removed, branch, stashed, logged])
}

const FORMS: [&[&str]; 4] = [
    &[],
    &["--object-format=sha256"],
    &["--ref-format=reftable"],
    &["--object-format=sha256", "--ref-format=reftable"],
];

#[test]
fn histories_of_every_form() {
    for form in FORMS {
        let (repo, keys) = filled(form);
        for packed in [false, true] {
            if packed {
                repo.git(["gc", "-q", "--prune=never"]);
                repo.git(["pack-refs", "--all"]);
            }
            for key in &keys {
                found(repo.path(), key, &format!("{form:?} packed: {packed}"));
            }
            let told = scan(repo.path(), ["--history"]);
            // The branch is still there, in a tip; the commit that was thrown away is in no ref.
            let statuses = |word: &str| {
                told.report
                    .matches(&format!("\"status\": \"{word}\""))
                    .count()
            };
            assert_eq!(
                statuses("unreachable"),
                1,
                "{form:?} {packed}: {}",
                told.report
            );
            assert!(told.report.contains("\"coverage\""), "{told:?}");
        }
    }
}

#[test]
fn staged_and_ranges_of_every_form() {
    for form in FORMS {
        let repo = Repo::with(form);
        repo.write("a.py", "DEBUG = True\n")
            .write("kept/b.py", "x = 1\n");
        let before = scan(repo.path(), ["--staged"]);
        assert_eq!(before.code, 0, "{form:?}: {before:?}");
        repo.commit("start");
        let (text, key) = settings(5);
        repo.write("a/settings.py", &text).add();
        repo.write("a/settings.py", "");
        let staged = scan(repo.path(), ["--staged"]);
        assert!(
            staged.holds(&key) && staged.code == 1,
            "{form:?}: {staged:?}"
        );
        repo.git(["commit", "-q", "-m", "leak"]);
        repo.commit("emptied");
        let tip = repo.git(["rev-parse", "HEAD"]);
        let zeros = "0".repeat(tip.len());
        for range in [
            "HEAD~2..HEAD",
            "main~2..",
            "@^^..@",
            &format!("{}..", &repo.git(["rev-parse", "HEAD~2"])[..9]),
            &format!("{zeros}..{tip}"),
        ] {
            let told = scan(repo.path(), ["--range", range]);
            assert!(
                told.holds(&key) && told.code == 1,
                "{form:?} {range}: {told:?}"
            );
        }
        let told = scan(repo.path(), ["--range", "HEAD~1..HEAD"]);
        assert_eq!(told.code, 0, "{form:?}: {told:?}");
        let told = scan(repo.path(), ["--range", "nowhere..HEAD"]);
        assert_eq!(told.code, 2, "{form:?}: {told:?}");
        assert!(told.errors.contains("nowhere"), "{told:?}");
    }
}

#[test]
fn linked_work_trees_of_every_form() {
    for form in FORMS {
        let repo = Repo::with(form);
        repo.write("a.py", "x = 1\n").commit("start");
        let linked = repo.beside("linked");
        repo.git([
            "worktree",
            "add",
            "-q",
            "--detach",
            linked.to_str().unwrap(),
        ]);
        let (text, key) = settings(6);
        std::fs::write(linked.join("settings.py"), text).unwrap();
        git_in(&linked, ["add", "-A"]);
        let told = scan(&linked, ["--staged"]);
        assert!(told.holds(&key), "{form:?}: {told:?}");
        git_in(&linked, ["commit", "-q", "-m", "detached"]);
        for folder in [repo.path(), &*linked] {
            let told = scan(folder, ["--history"]);
            assert!(told.holds(&key) && told.complete(), "{form:?}: {told:?}");
            assert!(
                told.report.contains("\"status\": \"exposed\""),
                "{form:?}: {told:?}"
            );
        }
    }
}

/// Many refs make tables with several blocks, an index, and padding.
#[test]
fn large_tables() {
    let repo = Repo::with(&["--ref-format=reftable"]);
    let (text, key) = settings(7);
    repo.write("settings.py", text).commit("leak");
    let leak = repo.git(["rev-parse", "HEAD"]);
    repo.git(["rm", "-q", "settings.py"]);
    repo.commit("removed");
    let tip = repo.git(["rev-parse", "HEAD"]);
    let updates: Vec<String> = (0..3000)
        .map(|n| format!("create refs/heads/team-{}/some-topic-{n} {tip}", n % 7))
        .collect();
    std::fs::write(repo.beside("updates"), updates.join("\n") + "\n").unwrap();
    let updates = std::fs::File::open(repo.beside("updates")).unwrap();
    let status = git(repo.path())
        .args(["update-ref", "--stdin"])
        .stdin(updates)
        .status();
    assert!(status.unwrap().success());
    repo.git(["update-ref", "refs/heads/zz-last", &leak]);
    for packed in [false, true] {
        if packed {
            repo.git(["pack-refs", "--all"]);
        }
        let told = scan(repo.path(), ["--history"]);
        assert!(told.holds(&key) && told.complete(), "{told:?}");
        assert!(told.report.contains("\"status\": \"exposed\""), "{told:?}");
    }
    let told = scan(repo.path(), ["--range", "team-3/some-topic-2999..zz-last"]);
    assert_eq!(told.code, 0, "{told:?}");
}

#[test]
fn a_damaged_table_is_an_issue() {
    let repo = Repo::with(&["--ref-format=reftable"]);
    let (text, key) = settings(8);
    repo.write("settings.py", text).commit("leak");
    let folder = repo.path().join(".git/reftable");
    let tables: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "ref"))
        .collect();
    for table in tables {
        let mut bytes = std::fs::read(&table).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::remove_file(&table).unwrap();
        std::fs::write(&table, bytes).unwrap();
    }
    // What no ref names any more is found all the same.
    let told = scan(repo.path(), ["--history"]);
    assert!(told.holds(&key) && !told.complete(), "{told:?}");
    assert!(told.report.contains("git fsck"), "{told:?}");
    let told = scan(repo.path(), ["--staged"]);
    assert_eq!(told.code, 2, "{told:?}");
}

#[test]
fn an_unknown_form_is_refused() {
    let repo = Repo::new();
    repo.write("a.py", "x = 1\n").commit("start");
    repo.git(["config", "core.repositoryFormatVersion", "1"]);
    repo.git(["config", "extensions.futureThing", "yes"]);
    for args in [["--history"], ["--staged"]] {
        let told = scan(repo.path(), args);
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.errors.contains("futurething"), "{told:?}");
    }
}
