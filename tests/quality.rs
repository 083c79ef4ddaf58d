//! The quality gate: invented projects with marked keys, scored against the figures in `fixtures/quality/gate.toml`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use leakey::config::Profile;
use leakey::detect::prefilter::Scratch;
use leakey::finding::{Kind, Origin, SourceKind};
use leakey::judge::Verdict;
use leakey::rule::{builtin_files, example, load};
use leakey::scan::Scanner;
use leakey::source::{Item, Scope};
use leakey::text::Span;

/// Lines with one of these words and without a mark are the clean lines.
const SPEAKS_OF_KEYS: &[&str] = &[
    "key", "secret", "token", "salt", "password", "session", "cookie",
];

/// One file of a fixture, its marks taken out.
struct Sample {
    path: String,
    text: String,
    marks: Vec<(Span, bool)>,
    clean: usize,
}

#[derive(Default)]
struct Score {
    leaks: usize,
    leaks_found: usize,
    weak: usize,
    weak_found: usize,
    wrong: usize,
    clean: usize,
    told: String,
}

impl Score {
    fn recall(&self) -> f64 {
        ratio(self.leaks_found, self.leaks)
    }

    fn weak_recall(&self) -> f64 {
        ratio(self.weak_found, self.weak)
    }

    fn precision(&self) -> f64 {
        let right = self.leaks_found + self.weak_found;
        ratio(right, right + self.wrong)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quality")
}

fn samples(text: &str, seed: u64) -> Vec<Sample> {
    let mut seed = seed;
    text.split("=== ")
        .skip(1)
        .map(|part| {
            let (path, body) = part.split_once('\n').unwrap();
            sample(path.trim(), &example::fill(body, &mut seed))
        })
        .collect()
}

fn sample(path: &str, marked: &str) -> Sample {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut start = 0;
    for character in marked.chars() {
        match character {
            '«' | '‹' => start = text.len(),
            '»' => marks.push((Span::new(start, text.len()), true)),
            '›' => marks.push((Span::new(start, text.len()), false)),
            other => text.push(other),
        }
    }
    let clean = marked
        .lines()
        .filter(|line| !line.contains(['«', '‹']))
        .filter(|line| {
            let line = line.to_lowercase();
            SPEAKS_OF_KEYS.iter().any(|word| line.contains(word))
        })
        .count();
    Sample {
        path: path.to_owned(),
        text,
        marks,
        clean,
    }
}

/// What is reported in a sample: each place once, with the strongest kind.
fn reported(scanner: &Scanner, sample: &Sample) -> Vec<(Span, Kind)> {
    let item = Item {
        path: &sample.path,
        logical: &sample.path,
        bytes: sample.text.as_bytes(),
        origin: &Origin::plain(SourceKind::Worktree),
        scope: Scope::Whole,
        first_line: 1,
        version: None,
    };
    let mut found: Vec<(Span, Kind)> = Vec::new();
    scanner.examine(&item, &mut Scratch::default(), &mut |examined, _| {
        if let Verdict::Keep(judged) = examined.verdict {
            let span = examined.candidate.span;
            match found.iter_mut().find(|(at, _)| *at == span) {
                Some((_, kind)) => *kind = (*kind).min(judged.kind),
                None => found.push((span, judged.kind)),
            }
        }
    });
    found
}

fn score() -> Score {
    let rules = load(builtin_files().iter().copied()).unwrap();
    let scanner = Scanner::new(rules, Profile::Audit.policy(&[]));
    let mut paths: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let mut score = Score::default();
    for (number, path) in paths.iter().enumerate() {
        for sample in samples(&fs::read_to_string(path).unwrap(), number as u64 + 1) {
            add(&mut score, &sample, &reported(&scanner, &sample));
        }
    }
    score
}

fn add(score: &mut Score, sample: &Sample, found: &[(Span, Kind)]) {
    score.clean += sample.clean;
    let line = |span: Span| {
        let number = sample.text[..span.start].matches('\n').count();
        sample.text.lines().nth(number).unwrap_or_default().trim()
    };
    let mut tell = |word: &str, span: Span| {
        writeln!(score.told, "{word:8} {}: {}", sample.path, line(span)).unwrap();
    };
    for &(span, leak) in &sample.marks {
        let kind = found
            .iter()
            .find(|(at, _)| *at == span)
            .map(|&(_, kind)| kind);
        let right = kind.is_some_and(|kind| (kind == Kind::Leak) == leak);
        if leak {
            score.leaks += 1;
            score.leaks_found += usize::from(right);
        } else {
            score.weak += 1;
            score.weak_found += usize::from(right);
        }
        if !right {
            tell(kind.map_or("missed", Kind::name), span);
        }
    }
    for &(span, kind) in found {
        let marked = sample.marks.iter().find(|(at, _)| *at == span);
        if marked.is_none() {
            tell("wrong", span);
        }
        let over = marked.is_some_and(|&(_, leak)| !leak && kind == Kind::Leak);
        score.wrong += usize::from(marked.is_none() || over);
    }
}

#[test]
fn figures_hold() {
    let gate: toml::Table =
        toml::from_str(&fs::read_to_string(folder().join("gate.toml")).unwrap()).unwrap();
    let demand = |name: &str| {
        let value = &gate[name];
        value
            .as_float()
            .unwrap_or_else(|| value.as_integer().unwrap() as f64)
    };
    let score = score();
    let figures = [
        ("leaks", score.leaks as f64),
        ("weak", score.weak as f64),
        ("clean", score.clean as f64),
        ("recall", score.recall()),
        ("precision", score.precision()),
        ("weak-recall", score.weak_recall()),
    ];
    let below: Vec<_> = figures
        .iter()
        .filter(|(name, figure)| *figure + 1e-9 < demand(name))
        .map(|(name, figure)| {
            format!(
                "{name} is {figure:.4}, the gate demands {:.4}",
                demand(name)
            )
        })
        .collect();
    assert!(below.is_empty(), "{}\n{}", below.join("\n"), score.told);
}

/// A scanner that finds nothing, or one that reports every line, does not pass.
#[test]
fn the_gate_can_fail() {
    let sample = sample(
        "a.py",
        "SECRET_KEY = '«abc»'\nTOKEN = ‹x›\nKEY_NAME = 'a'\n",
    );
    assert_eq!((sample.marks.len(), sample.clean), (2, 1));
    let mut silent = Score::default();
    add(&mut silent, &sample, &[]);
    assert!(silent.recall() < 0.5 && silent.weak_recall() < 0.5);
    let mut loud = Score::default();
    let mut found: Vec<_> = sample
        .marks
        .iter()
        .map(|&(span, _)| (span, Kind::Leak))
        .collect();
    found.push((Span::new(0, 3), Kind::Leak));
    add(&mut loud, &sample, &found);
    assert!((loud.recall() - 1.0).abs() < 1e-9 && loud.precision() < 0.5 && loud.weak_found == 0);
}
