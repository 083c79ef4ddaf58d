//! What is not there, or is damaged: exit code 2, and the report says what to do.

use super::*;

/// Whether the report is not complete, says `advice`, and the exit code is not 0.
fn incomplete(told: &Told, advice: &str) {
    assert!(
        told.code == 2 || told.code == 1 && told.report.contains("\"counts\": true"),
        "{told:?}"
    );
    assert!(!told.complete(), "{told:?}");
    assert!(told.report.contains(advice), "{told:?}");
}

fn two_commits() -> (Repo, String, String) {
    let repo = Repo::new();
    let (text, key) = settings(40);
    repo.write("app/settings.py", text).commit("leak");
    let blob = repo.git(["rev-parse", "HEAD:app/settings.py"]);
    repo.git(["rm", "-q", "app/settings.py"]);
    repo.write("README", "other\n").commit("removed");
    (repo, key, blob)
}

fn url(repo: &Repo) -> String {
    format!("file://{}", repo.path().display())
}

#[test]
fn partial_clones() {
    let (repo, key, blob) = two_commits();
    repo.git(["config", "uploadpack.allowFilter", "true"]);
    for (filter, form) in [
        ("blob:none", "files"),
        ("tree:0", "files"),
        ("blob:none", "reftable"),
    ] {
        let clone = repo.beside(&format!("{}-{form}", filter.replace(':', "-")));
        repo.git([
            "clone",
            "-q",
            &format!("--ref-format={form}"),
            &format!("--filter={filter}"),
            &url(&repo),
            clone.to_str().unwrap(),
        ]);
        let told = scan(&clone, ["--history"]);
        assert_eq!(told.code, 2, "{told:?}");
        incomplete(&told, "git fetch --refetch --no-filter");
        assert_eq!(
            told.report.contains(&blob),
            filter == "blob:none",
            "{told:?}"
        );
        // The command that the report tells of does what it says.
        git_in(&clone, ["fetch", "-q", "--refetch", "--no-filter"]);
        found(&clone, &key, "fetched");
    }
}

#[test]
fn shallow_clones() {
    let (repo, key, _) = two_commits();
    for form in ["files", "reftable"] {
        let clone = repo.beside(form);
        repo.git([
            "clone",
            "-q",
            "--depth=1",
            &format!("--ref-format={form}"),
            &url(&repo),
            clone.to_str().unwrap(),
        ]);
        let told = scan(&clone, ["--history"]);
        assert_eq!(told.code, 2, "{told:?}");
        incomplete(&told, "git fetch --unshallow");
        assert!(told.report.contains("\"shallow\": true"), "{told:?}");
        let told = scan(&clone, ["--history", "--allow-shallow"]);
        assert_eq!(told.code, 0, "{told:?}");
        let told = scan(&clone, ["--range", "HEAD~1..HEAD"]);
        assert!(
            told.code == 2 && told.errors.contains("git fetch --unshallow"),
            "{told:?}"
        );
        git_in(&clone, ["fetch", "-q", "--unshallow"]);
        found(&clone, &key, "deepened");
    }
}

#[test]
fn loose_objects_missing_or_damaged() {
    for form in [&[][..], &["--object-format=sha256"]] {
        for way in ["missing", "rubbish", "flipped", "empty"] {
            let repo = Repo::with(form);
            let (text, _) = settings(41);
            repo.write("app/settings.py", text).commit("leak");
            let blob = repo.git(["rev-parse", "HEAD:app/settings.py"]);
            let file = repo
                .path()
                .join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
            let mut bytes = std::fs::read(&file).unwrap();
            std::fs::remove_file(&file).unwrap();
            match way {
                "rubbish" => bytes = b"rubbish".to_vec(),
                "flipped" => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x10;
                }
                _ => bytes.clear(),
            }
            if way != "missing" {
                std::fs::write(&file, bytes).unwrap();
            }
            for args in [&["--history"][..], &["--range", "HEAD"]] {
                let told = match args {
                    [one] => scan(repo.path(), [one]),
                    [one, two] => scan(repo.path(), [one, two]),
                    _ => unreachable!(),
                };
                incomplete(&told, &format!(":blob/{blob}"));
                assert!(told.report.contains("git fsck"), "{way} {form:?}: {told:?}");
                assert_eq!(told.code, 2, "{way} {form:?}: {told:?}");
            }
        }
    }
}

/// Every byte of a small pack, flipped one at a time: the key is found, or the scan is not complete.
#[test]
fn packs_with_flipped_bytes() {
    for form in [&[][..], &["--object-format=sha256"]] {
        let repo = Repo::with(form);
        let (text, key) = settings(42);
        repo.write("app/settings.py", &text).commit("leak");
        repo.write("app/settings.py", format!("{text}DEBUG = True\n"))
            .commit("more");
        repo.git(["repack", "-q", "-a", "-d"]);
        let pack = std::fs::read_dir(repo.path().join(".git/objects/pack")).unwrap();
        let pack = pack
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|e| e == "pack"))
            .unwrap();
        let good = std::fs::read(&pack).unwrap();
        found(repo.path(), &key, "undamaged");
        let trailer = if form.is_empty() { 20 } else { 32 };
        let body = 12..good.len() - trailer;
        for at in body.step_by(7) {
            let mut bytes = good.clone();
            bytes[at] ^= 0x24;
            std::fs::remove_file(&pack).unwrap();
            std::fs::write(&pack, bytes).unwrap();
            let told = scan(repo.path(), ["--history"]);
            assert!(
                told.holds(&key) || !told.complete(),
                "byte {at} {form:?}: {told:?}"
            );
            assert_ne!(told.code, 0, "byte {at} {form:?}: {told:?}");
        }
    }
}

#[test]
fn packs_and_stores_that_are_gone() {
    let (repo, _, _) = two_commits();
    repo.git(["repack", "-q", "-a", "-d"]);
    let borrower = repo.beside("borrower");
    repo.git(["clone", "-q", "--shared", ".", borrower.to_str().unwrap()]);
    let packs: Vec<_> = std::fs::read_dir(repo.path().join(".git/objects/pack"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    for (extension, advice) in [("idx", "git index-pack"), ("pack", "fetch or clone again")] {
        let file = packs
            .iter()
            .find(|path| path.extension().is_some_and(|e| e == extension))
            .unwrap();
        let kept = std::fs::read(file).unwrap();
        std::fs::remove_file(file).unwrap();
        let told = scan(repo.path(), ["--history"]);
        assert_eq!(told.code, 2, "{told:?}");
        incomplete(&told, advice);
        std::fs::write(file, kept).unwrap();
    }
    std::fs::rename(repo.path(), repo.beside("moved")).unwrap();
    let told = scan(&borrower, ["--history"]);
    assert_eq!(told.code, 2, "{told:?}");
    incomplete(&told, "alternates");
}

#[test]
fn ranges_and_folders_that_are_none() {
    let (repo, _, _) = two_commits();
    for range in ["nowhere..HEAD", "HEAD..nowhere", "HEAD...HEAD"] {
        let told = scan(repo.path(), ["--range", range]);
        assert_eq!(told.code, 2, "{range}: {told:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    for args in [["--history"], ["--staged"]] {
        let told = scan(folder.path(), args);
        assert!(
            told.code == 2 && told.errors.contains("not a git repository"),
            "{told:?}"
        );
    }
}

/// Bytes that do not shrink, behind what pictures begin with.
fn picture(seed: u64) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut state = seed;
    bytes.extend((0..60_000).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    }));
    bytes
}

/// Of pictures no more than the beginning is unpacked, once the first was met: what is none of them is found for all that, and one that is
/// damaged behind that is told.
#[test]
fn pictures_in_packs() {
    let repo = Repo::new();
    for seed in 1..6 {
        repo.write(format!("a/{seed}.png"), picture(seed));
    }
    let (text, key) = settings(43);
    let long = format!("{text}{}", "# a picture, they say\n".repeat(3_000));
    repo.write("settings/b.png", long);
    repo.commit("pictures");
    repo.git(["repack", "-q", "-a", "-d"]);
    found(repo.path(), &key, "undamaged");
    let coverage = |args: [&str; 2]| {
        let told = scan(repo.path(), args);
        let report: serde_json::Value = serde_json::from_str(&told.report).unwrap();
        report["coverage"].clone()
    };
    let plain = coverage(["--history", "--quiet"]);
    assert_eq!(plain, coverage(["--history", "--exhaustive"]));
    assert_eq!(plain["skipped"]["binary"], 5, "{plain}");
    let packs = std::fs::read_dir(repo.path().join(".git/objects/pack")).unwrap();
    let mut packs = packs.flatten().map(|entry| entry.path());
    let pack = packs.find(|path| path.extension().is_some_and(|e| e == "pack"));
    let pack = pack.unwrap();
    let good = std::fs::read(&pack).unwrap();
    for part in 1..6 {
        let mut bytes = good.clone();
        bytes[good.len() * part / 6] ^= 0x24;
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, bytes).unwrap();
        let told = scan(repo.path(), ["--history"]);
        assert!(!told.complete(), "part {part}: {told:?}");
        assert!(told.holds(&key), "part {part}: {told:?}");
    }
}
