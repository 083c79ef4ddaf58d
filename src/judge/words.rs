//! The words of which placeholders are made; the list itself is `words.txt`.

use std::sync::LazyLock;

/// The words of `words.txt`.
pub(super) static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Words that begin an instruction.
pub(super) const INSTRUCTIONS: &[&str] = &[
    "add",
    "change",
    "changeme",
    "enter",
    "fill",
    "generate",
    "insert",
    "paste",
    "place",
    "please",
    "put",
    "replace",
    "replaceme",
    "set",
    "your",
];

/// Digits and signs that stand for letters.
pub(super) const LETTERS: &[(char, char)] = &[
    ('0', 'o'),
    ('1', 'i'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('7', 't'),
    ('@', 'a'),
    ('$', 's'),
    ('!', 'i'),
];
