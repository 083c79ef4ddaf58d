//! What a history tells of the life of a key.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use common::repo::Repo;
use leakey::config::Profile;
use leakey::finding::{Finding, LifeStatus, Lifeline};
use leakey::rule::{builtin_files, load};
use leakey::scan::Scanner;
use leakey::source::git::History;

const OLD: &str = "b7#v2!q9$x4&w8_z1)m6(p3+n5%t0=j@h*e-r^y+c7k2%d6@l1";
const NEW: &str = "k2%t6@h1=f8&v4#c9!m3(s7)d5^z0_w*y+a-x$g8q6(r1#j4u5";
const PATH: &str = "app/settings/production.py";

/// The life line of `value`, the same with and without deltas.
fn life(repo: &Repo, value: &str) -> Lifeline {
    finding(repo, value).lifeline.unwrap()
}

fn finding(repo: &Repo, value: &str) -> Finding {
    let find = |exhaustive| {
        let rules = load(builtin_files().iter().copied()).unwrap();
        let scanner = Scanner::new(rules, Profile::Audit.policy(&[])).exhaustive(exhaustive);
        let report = scanner.scan(&History::new(repo.path())).unwrap();
        assert!(report.issues.is_empty(), "{:?}", report.issues);
        let mut findings = report.findings.into_iter();
        let is = |finding: &Finding| finding.secret.reveal_text() == Some(value);
        findings.find(is).unwrap()
    };
    let (by_deltas, whole) = (find(false), find(true));
    assert_eq!(by_deltas.lifeline, whole.lifeline);
    by_deltas
}

fn key(value: &str) -> String {
    format!("DEBUG = False\nSECRET_KEY = '{value}'\n")
}

/// A commit at a time of its own.
fn commit(repo: &Repo, minute: u32) -> String {
    repo.add();
    let date = format!("{} +0100", 1_700_000_000 + minute * 60);
    let made = common::repo::git(repo.path())
        .args(["commit", "-q", "--allow-empty", "-m", "step"])
        .env("GIT_COMMITTER_DATE", date)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    repo.git(["rev-parse", "HEAD"])
}

fn started() -> Repo {
    let repo = Repo::new();
    repo.write("README", "hello\n")
        .write("app/views.py", "x = 1\n");
    commit(&repo, 0);
    repo
}

fn remove(repo: &Repo) {
    std::fs::remove_file(repo.path().join(PATH)).unwrap();
}

#[test]
fn exposed_from_the_first_commit_on() {
    let repo = started();
    repo.write(PATH, key(OLD));
    let first = commit(&repo, 1);
    repo.write("app/views.py", "x = 2\n");
    commit(&repo, 2);
    let life = life(&repo, OLD);
    let told = life.first.unwrap();
    assert_eq!(
        (told.id, told.seconds, told.offset_minutes),
        (first, 1_700_000_060, 60)
    );
    assert_eq!(
        (life.removed, life.in_head, life.status),
        (None, true, LifeStatus::Exposed)
    );
}

#[test]
fn removed_with_its_line_its_file_or_its_folder() {
    for way in ["line", "file", "folder", "top", "look-up"] {
        let repo = started();
        repo.write(PATH, key(OLD));
        let first = commit(&repo, 1);
        repo.write("README", "other\n");
        commit(&repo, 2);
        match way {
            "line" => drop(repo.write(PATH, "DEBUG = False\n")),
            "look-up" => {
                repo.write(
                    PATH,
                    "import os\nDEBUG = False\nSECRET_KEY = os.environ['SECRET_KEY']\n",
                );
            }
            "file" => remove(&repo),
            "folder" => std::fs::remove_dir_all(repo.path().join("app/settings")).unwrap(),
            _ => std::fs::remove_dir_all(repo.path().join("app")).unwrap(),
        }
        let removed = commit(&repo, 3);
        repo.write("README", "later\n");
        commit(&repo, 4);
        for packed in [false, true] {
            if packed {
                repo.git(["repack", "-q", "-a", "-d"]);
            }
            let life = life(&repo, OLD);
            assert_eq!(life.first.unwrap().id, first, "{way}");
            let told = life.removed.unwrap();
            assert_eq!(
                (told.id, told.seconds),
                (removed.clone(), 1_700_000_180),
                "{way}"
            );
            assert_eq!(
                (life.in_head, life.status),
                (false, LifeStatus::Removed),
                "{way}"
            );
            assert!(life.replaced_by.is_empty());
        }
    }
}

#[test]
fn replaced_by_another_key() {
    let repo = started();
    repo.write(PATH, key(OLD));
    commit(&repo, 1);
    repo.write(PATH, key(NEW));
    let replaced = commit(&repo, 2);
    let new = finding(&repo, NEW);
    let old = life(&repo, OLD);
    assert_eq!(old.status, LifeStatus::Replaced);
    assert_eq!(old.removed.unwrap().id, replaced);
    assert_eq!(old.replaced_by, [new.fingerprint]);
    assert_eq!(new.lifeline.unwrap().status, LifeStatus::Exposed);
    // A key that is taken out later is not what took the place of one before.
    remove(&repo);
    let removed = commit(&repo, 3);
    let (old, new) = (life(&repo, OLD), life(&repo, NEW));
    assert_eq!(old.removed.unwrap().id, replaced);
    assert_eq!(
        (new.removed.unwrap().id, new.status),
        (removed, LifeStatus::Removed)
    );
}

#[test]
fn another_key_of_the_same_file_is_no_replacement() {
    let repo = started();
    repo.write(PATH, format!("{}JWT_SECRET_KEY = '{NEW}'\n", key(OLD)));
    commit(&repo, 1);
    repo.write(PATH, format!("JWT_SECRET_KEY = '{NEW}'\n"));
    commit(&repo, 2);
    let life = life(&repo, OLD);
    assert_eq!(
        (life.status, life.replaced_by),
        (LifeStatus::Removed, vec![])
    );
}

#[test]
fn a_near_variant_is_no_new_key() {
    for near in [
        OLD.to_uppercase(),
        OLD.replace("q9$x", "r8&w"),
        format!("{}abcdefgh", &OLD[..42]),
    ] {
        let repo = started();
        repo.write(PATH, key(OLD));
        commit(&repo, 1);
        repo.write(PATH, key(&near));
        commit(&repo, 2);
        let life = life(&repo, OLD);
        assert_eq!(life.status, LifeStatus::NearVariant, "{near}");
        assert_eq!(life.replaced_by.len(), 1);
    }
}

#[test]
fn kept_as_a_fallback() {
    let repo = started();
    repo.write(PATH, key(OLD));
    commit(&repo, 1);
    repo.write(
        PATH,
        format!("SECRET_KEY = '{NEW}'\nSECRET_KEY_FALLBACKS = ['{OLD}']\n"),
    );
    commit(&repo, 2);
    let rules = load(builtin_files().iter().copied()).unwrap();
    let scanner = Scanner::new(rules, Profile::Audit.policy(&[]));
    let report = scanner.scan(&History::new(repo.path())).unwrap();
    // Whichever rules are about the two names: the value has one life.
    let lives: Vec<_> = (report.findings.iter())
        .filter(|finding| finding.secret.reveal_text() == Some(OLD))
        .map(|finding| finding.lifeline.clone().unwrap())
        .collect();
    assert!(!lives.is_empty());
    for life in lives {
        assert_eq!(life.status, LifeStatus::Fallback, "{life:?}");
        assert_eq!((life.removed, life.in_head), (None, true));
    }
}

#[test]
fn in_another_file_or_branch_it_is_exposed() {
    let repo = started();
    repo.write(PATH, key(OLD));
    commit(&repo, 1);
    repo.git(["branch", "kept"]);
    repo.write(
        "docker-compose.yml",
        format!("services:\n  web:\n    environment:\n      SECRET_KEY: '{OLD}'\n"),
    );
    remove(&repo);
    commit(&repo, 2);
    let rules = load(builtin_files().iter().copied()).unwrap();
    let scanner = Scanner::new(rules, Profile::Audit.policy(&[]));
    let report = scanner.scan(&History::new(repo.path())).unwrap();
    for finding in &report.findings {
        let life = finding.lifeline.as_ref().unwrap();
        assert_eq!((life.status, &life.removed), (LifeStatus::Exposed, &None));
    }
    std::fs::remove_file(repo.path().join("docker-compose.yml")).unwrap();
    commit(&repo, 3);
    let on_a_branch = life(&repo, OLD);
    assert_eq!(
        (on_a_branch.status, on_a_branch.in_head),
        (LifeStatus::Exposed, false)
    );
    repo.git(["branch", "-q", "-D", "kept"]);
    assert_eq!(life(&repo, OLD).status, LifeStatus::Removed);
}

#[test]
fn the_last_branch_to_lose_it_decides() {
    let repo = started();
    repo.write(PATH, key(OLD));
    commit(&repo, 1);
    repo.git(["checkout", "-q", "-b", "side"]);
    repo.write("side", "1\n");
    commit(&repo, 2);
    repo.git(["checkout", "-q", "main"]);
    remove(&repo);
    commit(&repo, 3);
    // Until it is merged, the other branch has it.
    assert_eq!(life(&repo, OLD).status, LifeStatus::Exposed);
    repo.git(["merge", "-q", "--no-commit", "side"]);
    let merged = commit(&repo, 4);
    repo.git(["branch", "-q", "-d", "side"]);
    let life = life(&repo, OLD);
    assert_eq!(
        (life.status, life.removed.unwrap().id),
        (LifeStatus::Removed, merged)
    );
}

#[test]
fn put_back_and_moved_it_is_removed_once() {
    let repo = started();
    repo.write(PATH, key(OLD));
    let first = commit(&repo, 1);
    remove(&repo);
    commit(&repo, 2);
    repo.write(PATH, key(OLD));
    commit(&repo, 3);
    assert_eq!(life(&repo, OLD).status, LifeStatus::Exposed);
    repo.git(["mv", "app", "project"]);
    commit(&repo, 4);
    repo.git(["mv", "project", "app"]);
    commit(&repo, 5);
    // A file that becomes a folder of its name.
    remove(&repo);
    repo.write(format!("{PATH}/__init__.py"), "x = 1\n");
    let last = commit(&repo, 6);
    let life = life(&repo, OLD);
    assert_eq!(life.first.unwrap().id, first);
    assert_eq!(life.removed.unwrap().id, last);
}

#[test]
fn staged_and_unreachable() {
    let repo = started();
    repo.write(PATH, key(OLD)).add();
    let staged = life(&repo, OLD);
    assert_eq!(
        (staged.status, staged.first, staged.removed),
        (LifeStatus::Staged, None, None)
    );
    let lost = commit(&repo, 1);
    repo.git(["reset", "-q", "--hard", "HEAD~1"]);
    let rewritten = life(&repo, OLD);
    assert_eq!(
        (rewritten.status, rewritten.removed),
        (LifeStatus::Unreachable, None)
    );
    assert_eq!(rewritten.first.unwrap().id, lost);
}

/// On random edits in random branches: what is told is what git tells of each commit.
#[test]
fn as_git_tells_it() {
    let mut state = 7_u64;
    let mut below = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let folders = ["app", "app/settings", "web", "."];
    let mut seen = 0;
    for _ in 0..6 {
        let repo = started();
        for minute in 1..25 {
            let path = format!(
                "{}/settings.py",
                folders[usize::try_from(below(4)).unwrap()]
            );
            match below(6) {
                0 => {
                    let branch = format!("b{minute}");
                    repo.git(["checkout", "-q", "-b", &branch]);
                }
                1 => {
                    let branches =
                        repo.git(["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
                    let names: Vec<_> = branches.lines().collect();
                    let other = names[usize::try_from(below(names.len() as u64)).unwrap()];
                    let merged = common::repo::git(repo.path())
                        .args(["merge", "-q", "--no-edit", "-X", "ours", other])
                        .output()
                        .unwrap();
                    if !merged.status.success() {
                        repo.git(["reset", "-q", "--hard"]);
                    }
                }
                2 => drop(std::fs::remove_file(repo.path().join(&path))),
                3 => drop(repo.write(&path, "DEBUG = False\n")),
                _ => drop(repo.write(&path, key(OLD))),
            }
            commit(&repo, minute);
        }
        repo.write("app/settings.py", key(OLD));
        commit(&repo, 30);
        for folder in folders {
            drop(std::fs::remove_file(
                repo.path().join(format!("{folder}/settings.py")),
            ));
        }
        commit(&repo, 31);
        let branches = repo.git(["for-each-ref", "--format=%(refname)", "refs/heads"]);
        let tip = repo.git(["rev-parse", "HEAD"]);
        repo.git(["checkout", "-q", "--detach"]);
        for branch in branches.lines() {
            // All branches but one that has everything merged are given up.
            repo.git(["update-ref", "-d", branch]);
        }
        repo.git(["update-ref", "refs/heads/main", &tip]);
        let holds = |commit: &str| {
            let found = common::repo::git(repo.path())
                .args(["grep", "-q", "-F", OLD, commit])
                .status();
            found.unwrap().success()
        };
        let log = repo.git([
            "log",
            "--topo-order",
            "--date-order",
            "--format=%H %P",
            "main",
        ]);
        let expected = log.lines().find_map(|line| {
            let mut ids = line.split(' ').filter(|id| !id.is_empty());
            let commit = ids.next().unwrap();
            let any = ids.any(&holds);
            (any && !holds(commit)).then(|| commit.to_owned())
        });
        assert!(expected.is_some());
        let life = life(&repo, OLD);
        assert_eq!(life.removed.map(|removed| removed.id), expected);
        seen += 1;
    }
    assert_eq!(seen, 6);
}
