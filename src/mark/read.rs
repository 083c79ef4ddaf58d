//! The words themselves, and what is written behind them.

use super::Word;
use crate::text::{Lines, Span};

/// leakey's own word.
pub const OWN: &str = "leakey:allow";
const GITLEAKS: &str = "gitleaks:allow";
/// What these two end with.
const ALLOW: &str = ":allow";
/// `pragma: allowlist secret`, also with dashes; older files say whitelist.
const PRAGMA: &str = "pragma:";

/// A text without these has no word.
pub const SIGNS: [&str; 2] = [ALLOW, PRAGMA];

/// A word, wherever it stands.
pub(super) struct Found<'t> {
    pub word: Word,
    pub at: usize,
    /// Behind the word and its rules.
    pub end: usize,
    pub rules: Vec<&'t str>,
}

/// All words in `text`, in order.
pub(super) fn words(text: &str) -> Vec<Found<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut take = |literal: &str, at: usize| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        // In quotes it is spoken of.
        let quoted = matches!(before, Some(b'`' | b'"' | b'\''));
        if !before.is_some_and(is_word) && !quoted {
            found.extend(word(text, literal, at));
        }
    };
    // Each search goes over the whole text: two of the words are found by what both end with.
    for by in memchr::memmem::find_iter(bytes, ALLOW.as_bytes()) {
        let end = by + ALLOW.len();
        let ended = |literal: &&str| bytes[..end].ends_with(literal.as_bytes());
        if let Some(literal) = [OWN, GITLEAKS].into_iter().find(ended) {
            take(literal, end - literal.len());
        }
    }
    for at in memchr::memmem::find_iter(bytes, PRAGMA.as_bytes()) {
        take(PRAGMA, at);
    }
    found.sort_by_key(|word| word.at);
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn word<'t>(text: &'t str, literal: &str, at: usize) -> Option<Found<'t>> {
    let end = at + literal.len();
    let rest = text.get(end..)?;
    let ended = |rest: &str| !rest.bytes().next().is_some_and(is_word);
    let mut found = Found {
        word: Word::Line,
        at,
        end,
        rules: Vec::new(),
    };
    match literal {
        OWN => {
            found.word = Word::Own;
            let Some(list) = rest.strip_prefix('=') else {
                return ended(rest).then_some(found);
            };
            let listed = |byte: u8| is_word(byte) || byte == b',';
            let length = list.bytes().take_while(|&byte| listed(byte)).count();
            let ids = list[..length].split(',').filter(|id| !id.is_empty());
            found.rules = ids.collect();
            found.end = end + 1 + length;
            // `leakey:allow=` names no rule, which is not the same as all of them.
            (!found.rules.is_empty()).then_some(found)
        }
        GITLEAKS => ended(rest).then_some(found),
        _ => {
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            let rest = ["allowlist", "whitelist"]
                .iter()
                .find_map(|list| rest.strip_prefix(list))?;
            let rest = rest.strip_prefix([' ', '-'])?;
            let next = rest.strip_prefix("nextline");
            let rest = match next {
                Some(rest) => {
                    found.word = Word::Next;
                    rest.strip_prefix([' ', '-'])?
                }
                None => rest,
            };
            let rest = rest.strip_prefix("secret")?;
            found.end = text.len() - rest.len();
            ended(rest).then_some(found)
        }
    }
}

/// What is written behind a word, up to the end of its comment or line.
pub(super) fn reason(text: &str, from: usize, comment: Span, lines: &Lines<'_>) -> Span {
    let end = comment.end.min(lines.span(from).end).max(from);
    let said = Span::new(from, end).of(text);
    let closed = ["*/}}", "*/", "-->", "#}", "%>"]
        .iter()
        .find_map(|close| said.trim_end().strip_suffix(close));
    let said = closed.unwrap_or(said);
    let start = said.trim_start_matches(|c: char| c.is_whitespace() || ":,;-–—(".contains(c));
    let begin = from + said.len() - start.len();
    let words = start.trim_end_matches(|c: char| c.is_whitespace() || c == ')');
    Span::new(begin, begin + words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_by_themselves() {
        let told = |text: &str| -> Vec<(Word, Vec<String>)> {
            let found = words(text).into_iter();
            found
                .map(|word| {
                    (
                        word.word,
                        word.rules.into_iter().map(str::to_owned).collect(),
                    )
                })
                .collect()
        };
        let own = |rules: &[&str]| {
            vec![(
                Word::Own,
                rules.iter().map(|&rule| rule.to_owned()).collect(),
            )]
        };
        assert_eq!(told("# leakey:allow"), own(&[]));
        assert_eq!(told("#leakey:allow=a-b,c why"), own(&["a-b", "c"]));
        assert_eq!(told("# leakey:allow= why"), []);
        assert_eq!(told("# leakey:allowed"), []);
        assert_eq!(told("# write `leakey:allow` behind it"), []);
        assert_eq!(told("# not-leakey:allow"), []);
        assert_eq!(told("# gitleaks:allow"), [(Word::Line, vec![])]);
        assert_eq!(told("# pragma: allowlist secret"), [(Word::Line, vec![])]);
        assert_eq!(told("# pragma:whitelist-secret"), [(Word::Line, vec![])]);
        assert_eq!(
            told("# pragma: allowlist nextline secret"),
            [(Word::Next, vec![])]
        );
        assert_eq!(told("# pragma: allowlist secrets"), []);
        assert_eq!(told("# pragma: no cover"), []);
    }

    #[test]
    fn a_reason_ends_with_its_comment() {
        let told = |text: &'static str, from: &str| {
            let from = text.find(from).unwrap() + from.len();
            let lines = Lines::new(text, 1);
            reason(text, from, Span::new(0, text.len()), &lines).of(text)
        };
        assert_eq!(told("<!-- leakey:allow: old key -->", "allow"), "old key");
        assert_eq!(told("/* leakey:allow (a b)\n more */", "allow"), "a b");
        assert_eq!(told("# leakey:allow", "allow"), "");
    }
}
