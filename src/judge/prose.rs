//! Labels, help texts and messages that stand where a value could.

use super::{Case, is_loose};
use crate::finding::{Class, Reason};
use crate::generator::is_wordy;
use crate::rule::Folded;

/// Folders and files of translations: what is given to a key there is its label.
const TRANSLATIONS: &[&str] = &[
    "i18n",
    "l10n",
    "lang",
    "langs",
    "language",
    "languages",
    "locale",
    "locales",
    "messages",
    "translation",
    "translations",
    "lc_messages",
];

/// Why the value is no secret but a text for people.
pub(super) fn reason(case: &Case<'_, '_>) -> Option<Reason> {
    let text = case.text?.trim();
    let random = case.candidate.shape.random;
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let spoken = letters * 10 >= text.chars().filter(|c| !c.is_whitespace()).count() * 7;
    let label = spoken && !text.bytes().any(|b| b.is_ascii_digit()) && (!random || words.len() > 1);
    if label && in_translations(case.path) {
        return Some(Reason::Prose);
    }
    if random || words.len() < 2 || !spoken {
        return None;
    }
    let first_upper = text.chars().next().is_some_and(char::is_uppercase);
    let sentence = text.ends_with(['.', '?', '!', ':']) || words.len() >= 5;
    if is_loose(case.candidate) {
        // A label repeats the name: `'secret_key': 'Secret Key'`.
        let key = Folded::of(&case.candidate.key);
        let label = key.words().all(|word| text.to_lowercase().contains(word));
        if first_upper && (label || sentence) {
            return Some(Reason::Prose);
        }
    }
    // Six words and a capital or a full stop: nobody types that as a key, programs print it.
    let message = first_upper && text.ends_with('.') || words.len() >= 8;
    if message && is_wordy(text.as_bytes()) && is_loose(case.candidate) {
        return Some(Reason::Prose);
    }
    let credential = is_credential(case);
    (credential && words.len() >= 2 && is_wordy(text.as_bytes())).then_some(Reason::Prose)
}

/// Names of credentials are words of everyday texts (`password: "Enter your password"`).
fn is_credential(case: &Case<'_, '_>) -> bool {
    case.class == Class::Credential
}

fn in_translations(path: &str) -> bool {
    path.split(['/', '.'])
        .any(|part| TRANSLATIONS.contains(&part))
}
