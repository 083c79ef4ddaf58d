//! Weak values: placeholders and what anyone would guess.
//!
//! Weak is a value made of nothing but placeholder words, in any language and however joined, and short runs of digits;
//! or one of fewer than five distinct characters (the bound of Django's `security.W009`). Length alone makes nothing weak:
//! `tiger2021` has to leak before it is known.

use super::Case;
use super::words::{INSTRUCTIONS, LETTERS, WORDS};
use crate::finding::Class;
use crate::rule::Folded;

/// Digits up to so many are an ornament (`secret123`), more are a choice.
const DIGIT_RUN: usize = 4;
/// Django refuses keys with fewer distinct characters (`django/core/checks/security/base.py`).
const DISTINCT: usize = 5;
/// Shorter words of names stand in words of any sort.
const SHORT: usize = 3;
/// Longer values are not taken apart.
const LONGEST: usize = 200;

/// Whether the value is weak.
pub(super) fn is_weak(case: &Case<'_, '_>) -> bool {
    let Some(text) = case.text else { return false };
    is_weak_text(text.trim()) || case.class == Class::Credential && says_its_place(case, text)
}

/// `stripe_webhook_secret` in `stripe/test_plugin.py`, `rabbitmqpassword` of the user `rabbitmquser`: what stands around a credential, and
/// that it is one.
fn says_its_place(case: &Case<'_, '_>, text: &str) -> bool {
    let candidate = case.candidate;
    let mut words: Vec<String> = Vec::new();
    let names = [
        Some(&candidate.key),
        candidate.outer.as_ref(),
        candidate.user.as_ref(),
    ];
    for name in names.into_iter().flatten() {
        for word in Folded::of(name).words() {
            // The hook of a webhook.
            let ends = word.char_indices().map(|(at, _)| &word[at..]);
            words.extend(ends.filter(|end| end.len() > SHORT).map(str::to_owned));
        }
    }
    // The password of `shopuser` may be `shoppassword`.
    let user = candidate.user.as_ref().map(|user| user.to_lowercase());
    words.extend(user.and_then(|user| user.strip_suffix("user").map(str::to_owned)));
    let path = case.path.split(|c: char| !c.is_alphanumeric());
    words.extend(path.map(str::to_owned));
    words.retain(|word| word.len() >= SHORT);
    made_of_words(&text.trim().to_lowercase(), &words)
}

fn is_weak_text(text: &str) -> bool {
    let mut seen = Vec::new();
    for character in text.chars() {
        if !seen.contains(&character) {
            seen.push(character);
        }
        if seen.len() >= DISTINCT {
            break;
        }
    }
    if seen.len() < DISTINCT {
        return true;
    }
    if text.chars().count() > LONGEST {
        return false;
    }
    // `<anything in words>` asks to be replaced.
    if let Some(inner) = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        && inner
            .chars()
            .all(|c| c.is_alphanumeric() || " _-.:'".contains(c))
    {
        return true;
    }
    let lower = text.to_lowercase();
    if asks_to_be_replaced(&lower) {
        return true;
    }
    made_of_words(&lower, &[]) || made_of_words(&plain_letters(&lower), &[])
}

/// `your-facebook-app-secret`, `REPLACE_WITH_50_RANDOM_CHARACTERS`: an instruction in words, whatever else it names.
fn asks_to_be_replaced(lower: &str) -> bool {
    let mut words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let asks = words
        .next()
        .is_some_and(|first| INSTRUCTIONS.contains(&first));
    let mut rest = words.peekable();
    asks && rest.peek().is_some()
        && rest.all(|word| {
            word.chars().all(char::is_alphabetic) || (word.len() <= DIGIT_RUN && is_number(word))
        })
}

/// The same of a value as it stands.
pub(super) fn asks(text: &str) -> bool {
    asks_to_be_replaced(&text.to_lowercase())
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// Letters for the digits and signs that stand for them: `p@ssw0rd`, `s3cr3t`.
fn plain_letters(text: &str) -> String {
    text.chars()
        .map(|c| {
            LETTERS
                .iter()
                .find(|(sign, _)| *sign == c)
                .map_or(c, |&(_, letter)| letter)
        })
        .collect()
}

/// Whether every run of letters is made of placeholder words and `others`, and every run of digits is short or counts up.
fn made_of_words(text: &str, others: &[String]) -> bool {
    let mut words = 0;
    for run in text.split(|c: char| !c.is_alphanumeric()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest
                .find(|c: char| c.is_ascii_digit() != digits)
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            let known = if digits {
                is_ornament(part)
            } else {
                is_joined(part, others)
            };
            if !known {
                return false;
            }
            words += usize::from(!digits);
            rest = after;
        }
    }
    words > 0 || text.chars().all(|c| c.is_ascii_digit())
}

fn is_ornament(digits: &str) -> bool {
    let counts = digits
        .as_bytes()
        .windows(2)
        .all(|pair| (pair[1] + 10 - pair[0]) % 10 == 1);
    counts
        || digits.len() <= DIGIT_RUN
        || "01234567890123456789".contains(digits)
        || "98765432109876543210".contains(digits)
}

/// Whether `run` is placeholder words and `others` one after another: dynamic programming over the ends of words.
fn is_joined(run: &str, others: &[String]) -> bool {
    let mut reachable = vec![false; run.len() + 1];
    reachable[0] = true;
    for start in 0..run.len() {
        if !reachable[start] {
            continue;
        }
        let others = others.iter().map(String::as_str);
        for word in WORDS.iter().copied().chain(others) {
            if run[start..].starts_with(word) {
                reachable[start + word.len()] = true;
            }
        }
        // The alphabet: `abcdefgh`.
        let ascending = run.as_bytes()[start..]
            .windows(2)
            .take_while(|pair| pair[1] == pair[0].wrapping_add(1))
            .count();
        if ascending >= 4 && run.is_ascii() {
            reachable[start + ascending + 1] = true;
        }
        // A letter drawn out: `xxxx`, `aaaa`.
        let first = run.as_bytes()[start];
        let drawn = run.as_bytes()[start..]
            .iter()
            .take_while(|&&b| b == first)
            .count();
        if drawn >= 3 && first.is_ascii() {
            reachable[start + drawn] = true;
        }
    }
    reachable[run.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak() {
        for text in [
            "your-secret-key-here",
            "change-me",
            "xxxxxxxxxxxxxxxxxxxx",
            "<your secret key>",
            "test-only-not-a-secret",
            "dev",
            "super secret key",
            "supersecretkey",
            "build-only",
            "SuperSecretKey123",
            "p@ssw0rd",
            "s3cr3t-k3y",
            "CHANGEME!!!",
            "please-change-this-in-production",
            "django-insecure-change-me",
            "12345678",
            "geheimes-passwort",
            "secret_key",
            "development key",
            "my-flask-app-secret",
            "********",
            "insecure-dev-key",
            "replace_with_a_random_string",
            "不安全的密钥",
            "sekret",
            "ここに秘密鍵",
            "여기에 비밀 키 입력",
            "вставьте свой секретный ключ",
            "salainen-avain",
            "wrong secret",
            "mot de passe secret",
            "REPLACE-ME",
            "not-so-secret",
            "dummy",
            "foobar",
            "a-very-long-secret-key",
        ] {
            assert!(is_weak_text(text), "{text}");
        }
    }

    #[test]
    fn not_weak() {
        for text in [
            "tiger2021",
            "correct horse battery staple",
            "bookstore-secret-key",
            "hunter2hunter2",
            "MyDogRex",
            "9f86d081884c7d65",
            "keyboardcat77",
            "acme-corp-signing",
            "qjzxvkwp",
            "20210315112233",
            "secret98127364",
        ] {
            assert!(!is_weak_text(text), "{text}");
        }
    }
}
