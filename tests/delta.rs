//! A history read by its deltas says what one says that is read whole.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "not every test program needs all of it")]
mod common;

use common::repo::Repo;
use leakey::config::Profile;
use leakey::rule::{builtin_files, load};
use leakey::scan::Scanner;
use leakey::source::git::History;

/// A generator of numbers that are as good as random (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn line(dice: &mut Dice) -> String {
    let value: String = (0..32)
        .map(|_| char::from_digit(u32::try_from(dice.below(16)).unwrap(), 16).unwrap())
        .collect();
    match dice.below(40) {
        0 => format!("SECRET_KEY = '{value}'"),
        1 => "SECRET_KEY = DEFAULT".into(),
        2 => format!("DEFAULT = '{value}'"),
        3 => "SECRET_KEY = (".into(),
        4 => format!("    '{value}')"),
        5 => "SECRET_".into(),
        _ => format!("word {value} and {}", "more ".repeat(dice.below(9))),
    }
}

fn report(repo: &Repo, exhaustive: bool, threads: usize) -> String {
    let rules = load(builtin_files().iter().copied()).unwrap();
    let scanner = Scanner::new(rules, Profile::Audit.policy(&[])).exhaustive(exhaustive);
    let mut source = History::new(repo.path());
    source.threads = threads;
    format!("{:#?}", scanner.scan(&source).unwrap())
}

#[test]
fn by_deltas_as_whole() {
    let mut found = 0;
    for (seed, packing) in [
        (1, ["--depth=1", "--window=10"]),
        (2, ["--depth=50", "--window=50"]),
        (3, ["--depth=4000", "--window=3"]),
    ] {
        let repo = Repo::new();
        let mut dice = Dice(seed);
        let mut files: Vec<Vec<String>> = (0..3)
            .map(|_| (0..60).map(|_| line(&mut dice)).collect())
            .collect();
        for _ in 0..25 {
            let which = dice.below(files.len());
            let file = &mut files[which];
            for _ in 0..=dice.below(3) {
                let at = dice.below(file.len());
                match dice.below(4) {
                    0 if file.len() > 5 => drop(file.remove(at)),
                    1 => file.rotate_left(at),
                    2 => file[at] = line(&mut dice),
                    _ => file.insert(at, line(&mut dice)),
                }
            }
            let name = ["a/settings.py", "b.env", "c.py"][which];
            repo.write(name, file.join("\n")).commit("edit");
        }
        let [depth, window] = packing;
        repo.git(["repack", "-q", "-adf", depth, window]);
        repo.write("c.py", "DEFAULT = 'loose'\n").commit("loose");
        let whole = report(&repo, true, 1);
        found += whole.matches("fingerprint").count();
        assert_eq!(report(&repo, false, 1), whole, "seed {seed}");
        assert_eq!(report(&repo, false, 3), whole, "seed {seed}");
    }
    assert!(found > 20, "{found}");
}
