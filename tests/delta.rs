//! A history read by its deltas says what one says that is read whole.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;
#[path = "common/dice.rs"]
mod dice;

use std::collections::BTreeMap;

use common::repo::Repo;
use dice::Dice;
use leakey::config::Profile;
use leakey::finding::Reason;
use leakey::rule::{builtin_files, load};
use leakey::scan::Scanner;
use leakey::source::git::History;

fn line(dice: &mut Dice) -> String {
    let value: String = (0..32)
        .map(|_| char::from_digit(u32::try_from(dice.below(16)).unwrap(), 16).unwrap())
        .collect();
    match dice.below(52) {
        0 => format!("SECRET_KEY = '{value}'"),
        1 => "SECRET_KEY = DEFAULT".into(),
        2 => format!("DEFAULT = '{value}'"),
        3 => "SECRET_KEY = (".into(),
        4 => format!("    '{value}')"),
        5 => "SECRET_".into(),
        // Columns: what decides stands far from the name.
        6 => format!("SECRET_KEY{}= '{value}'", " ".repeat(dice.below(400))),
        7 => format!("SECRET_KEY{}", " ".repeat(dice.below(400))),
        8 => format!("{}: '{value}'", " ".repeat(dice.below(80))),
        // Values that tell themselves: what decides is next to their anchors.
        9 => format!("call('sk_{}_{value}')", ["live", "test"][dice.below(2)]),
        10 => format!(
            "{}postgres://shop:{value}@db/shop",
            "x".repeat(dice.below(90))
        ),
        11 => format!("sk_live_{}", &value[..dice.below(32)]),
        // What a name stands for is told elsewhere, and may come to be told, or be told twice.
        12 => "SECRET_KEY = TOKEN or DEFAULT".into(),
        13 => "DEFAULT = os.environ['X']".into(),
        14 => "class Settings:".into(),
        15 => "def secret_key():".into(),
        16 => "    return DEFAULT".into(),
        17 => format!("users = [{{'role': 'x', 'password': '{value}'}}]"),
        18 => format!("<secret-key>{value}</secret-key>"),
        19 => format!("secret-key: {value}"),
        // What a match is called is told by the statement it stands in, and by no other that leads to it.
        20 => format!("TOKEN = 'sk_live_{value}'"),
        21 => format!("    return 'sk_live_{value}'"),
        22 => "get_key = lambda: TOKEN".into(),
        23 => format!("<add key=\"SECRET_KEY\" <value>{value}</value>"),
        // A comment is read for what matches in it, and what stands around that.
        24 => format!("# TOKEN = 'sk_live_{value}'"),
        25 => format!("# SECRET_KEY = 'postgres://shop:{value}@db/shop'"),
        26 => format!("# SECRET_KEY = '{value}'"),
        // What a merge left, and what accepts something, may be far from what it is about.
        27 => "<<<<<<< HEAD".into(),
        28 => "=======".into(),
        29 => ">>>>>>> branch".into(),
        30 => format!("SECRET_KEY = '{value}'  # leakey:allow"),
        31 => "# gitleaks:allow".into(),
        _ => format!("word {value} and {}", "more ".repeat(dice.below(9))),
    }
}

/// What a scan says, and how many candidates it dropped for which reason.
fn report(repo: &Repo, exhaustive: bool, threads: usize) -> (String, BTreeMap<Reason, u64>) {
    let rules = load(builtin_files().iter().copied()).unwrap();
    let scanner = Scanner::new(rules, Profile::Audit.policy(&[])).exhaustive(exhaustive);
    let mut source = History::new(repo.path());
    source.threads = threads;
    let mut report = scanner.scan(&source).unwrap();
    let dropped = std::mem::take(&mut report.dropped);
    (format!("{report:#?}"), dropped)
}

/// Bytes of a file in one of the ways files are written.
fn written(lines: &[String], way: usize) -> Vec<u8> {
    match way {
        0 => lines.join("\n").into_bytes(),
        1 => lines.join("\r\n").into_bytes(),
        2 => {
            let text = lines.join("\n");
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        3 => {
            // Bytes that are no text, but no NUL among the first.
            let mut bytes = lines.join("\n").into_bytes();
            bytes.extend_from_slice(b"\n\xff\xfe\x80 end\n");
            bytes
        }
        _ => {
            let mut bytes = b"\0\x01\x02".to_vec();
            bytes.extend(lines.join("\n").into_bytes());
            bytes
        }
    }
}

const NAMES: [&str; 10] = [
    "a/settings.py",
    "b.env",
    "c.py",
    "d.txt",
    "e.js",
    "f.bin",
    "g.rb",
    "h.yaml",
    "i.toml",
    "j.xml",
];

fn edit(file: &mut Vec<String>, dice: &mut Dice) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(file.len());
        match dice.below(5) {
            0 if file.len() > 5 => drop(file.remove(at)),
            1 => file.rotate_left(at),
            2 => file[at] = line(dice),
            3 => file.truncate(at.max(5)),
            _ => file.insert(at, line(dice)),
        }
    }
}

/// A repository of random edits: large files and small ones, in several encodings.
fn edited(dice: &mut Dice, commits: usize) -> Repo {
    let repo = Repo::new();
    let sizes = [60, 60, 1500, 300, 60, 40, 400, 200, 200, 200];
    let mut files: Vec<Vec<String>> = sizes
        .iter()
        .map(|&size| (0..size).map(|_| line(dice)).collect())
        .collect();
    for _ in 0..commits {
        for which in 0..files.len() {
            if dice.below(3) == 0 {
                edit(&mut files[which], dice);
            }
            // A file may change its encoding between two versions.
            let way = if which < 2 { which } else { dice.below(5) };
            repo.write(NAMES[which], written(&files[which], way));
        }
        repo.commit("edit");
    }
    repo
}

/// Whether both ways say the same, on one thread and on several; gives how many findings there are.
fn compare(repo: &Repo, what: &str) -> usize {
    let (whole, all) = report(repo, true, 1);
    for threads in [1, 3] {
        let (told, dropped) = report(repo, false, threads);
        assert_eq!(told, whole, "{what}");
        // What is no candidate for a finding is not looked at, or not again, and so not counted.
        for (reason, count) in dropped {
            let most = all.get(&reason).copied().unwrap_or(0);
            assert!(count <= most, "{what}: {reason:?}: {count} of {most}");
        }
    }
    assert!(whole.contains("issues: []"), "{what}: {whole}");
    whole.matches("fingerprint").count()
}

#[test]
fn by_deltas_as_whole() {
    let mut found = 0;
    for (seed, packing) in [
        (1, ["--depth=1", "--window=10"]),
        (2, ["--depth=50", "--window=50"]),
        (3, ["--depth=4000", "--window=3"]),
    ] {
        let mut dice = Dice(seed);
        let repo = edited(&mut dice, 25);
        let [depth, window] = packing;
        repo.git(["repack", "-q", "-adf", depth, window]);
        repo.write("c.py", "DEFAULT = 'loose'\n").commit("loose");
        found += compare(&repo, &format!("seed {seed}"));
    }
    assert!(found > 20, "{found}");
}

/// Names that stand apart from what they are given, in a circle, or end in signs, beside others that are looked for.
#[test]
fn names_of_all_sorts() {
    let keys: Vec<String> = (0..9)
        .map(|n| format!("8iYpXiIWDKt02OQGp1zs{n}ChWA8D3w9fLiRoFUCBU"))
        .collect();
    let key = |n: usize| keys[n].as_str();
    let repo = Repo::new();
    let notes = "# note\n".repeat(50);
    let texts = [
        (
            "a.yaml",
            format!("secret-key: {}\nJWT_SECRET: {}\n", key(0), key(1)),
        ),
        ("b.yaml", format!("secret-key: {}\n", key(2))),
        (
            "c.pl",
            format!("sub SECRET_KEY {{ return '{}'; }}\n", key(3)),
        ),
        (
            "d.toml",
            format!(
                "[SECRET_KEY]\nvalue = \"{}\"\n[b]\nsecretkey = \"{}\"\n",
                key(4),
                key(5)
            ),
        ),
        (
            "e.py",
            format!(
                "X = Y or '{}'\nY = X or '{}'\nSECRET_KEY = X\n",
                key(6),
                key(7)
            ),
        ),
        (
            "f.json",
            format!(
                "{{\"a\":[{{\"value\":\"{}\",\"name\":\"token\"}}],\"APP_KEY\":\"{}\"}}",
                key(6),
                key(8)
            ),
        ),
        (
            "g.toml",
            format!(
                "value = \"{}\"\nname = \"token\"\n{notes}[b]\nsecretkey = \"{}\"\n",
                key(7),
                key(8)
            ),
        ),
        (
            "h.scala",
            format!(
                "def get_key() = \"{}\"\ndef token = get_key()\ndef secret_key_base = System.getenv(\"X\")\n",
                key(6)
            ),
        ),
    ];
    let within = format!(
        "config :app, JwtConfig, a: 1 def makeKey, do: \"{}\"\n",
        key(8)
    );
    repo.write("i.ex", within.as_str());
    for (path, text) in &texts {
        repo.write(path, text.as_str());
    }
    repo.commit("names");
    repo.git(["repack", "-q", "-ad"]);
    compare(&repo, "names");
    let (told, _) = report(&repo, false, 1);
    for path in ["a.yaml", "b.yaml", "c.pl", "d.toml"] {
        assert!(
            told.contains(&format!("path: \"{path}\"")),
            "{path}: {told}"
        );
    }
}

/// What makes a value the digest of a password may stand as far from it as is looked.
#[test]
fn a_record_far_from_its_password() {
    let digest = "9771ba04d530c6b35250eeb09d11a7fbab663e0afa544d15800e3bc768d408c1";
    let record = |name: &str, far: usize| {
        // Files that are like no other, so that versions are made from versions.
        let lines = (0..60).map(|line| (line, far * line * 7919 % 10_007));
        let lines: Vec<_> = lines
            .map(|(line, value)| format!("<i n=\"{far}-{line}\">{value}</i>\n"))
            .collect();
        let filler = lines.concat();
        let between = "a".repeat(far);
        format!(
            "<r>\n{filler}<u {name}=\"x\"/>\n<!--{between}-->\n<v password=\"{digest}\"/>\n{filler}</r>\n"
        )
    };
    let repo = Repo::new();
    for name in ["email", "xzzzz", "email"] {
        for far in (180..310).step_by(2) {
            repo.write(format!("x{far}.xml"), record(name, far));
        }
        repo.commit(name);
    }
    repo.git(["repack", "-q", "-adf", "--depth=50", "--window=50"]);
    assert!(compare(&repo, "records") > 0);
}

/// Deltas that name their base by its id, and bases that lie in another pack.
#[test]
fn bases_by_id_and_in_other_packs() {
    let mut dice = Dice(4);
    let repo = edited(&mut dice, 12);
    let half = repo.git(["rev-parse", "HEAD~6"]);
    let packs = ".git/objects/pack/pack";
    let pack = |args: &[&str], revisions: &str| {
        let script = format!(
            "printf '%s\\n' {revisions} | git pack-objects -q --revs --no-reuse-delta {} {packs}",
            args.join(" ")
        );
        let made = std::process::Command::new("sh")
            .current_dir(repo.path())
            .args(["-c", &script])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    };
    // Without --delta-base-offset every delta names its base by id.
    pack(&[], &half);
    pack(&[], &format!("HEAD ^{half}"));
    // A pack of the newer half on old bases, which is completed with them when it is received.
    let script = format!(
        "printf '%s\\n' HEAD ^{half} | git pack-objects -q --revs --thin --stdout | git index-pack --fix-thin --stdin"
    );
    let made = std::process::Command::new("sh")
        .current_dir(repo.path())
        .args(["-c", &script])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    repo.git(["prune-packed", "-q"]);
    let found = compare(&repo, "several packs");
    assert!(found > 20, "{found}");
    repo.git(["multi-pack-index", "write"]);
    compare(&repo, "an index over several packs");
}

/// Without any pack, everything is read object by object.
#[test]
fn loose_objects() {
    let repo = edited(&mut Dice(5), 8);
    let found = compare(&repo, "loose");
    assert!(found > 20, "{found}");
}
