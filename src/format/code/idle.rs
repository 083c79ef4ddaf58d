//! Names that are given nothing that can be told, wherever else the text goes on: by the bytes beside them.
//!
//! Scripts in one piece, as bundlers write them, have to be read from end to end for each name in them that may be given a value. Many of
//! these are not: `{password:!0}`, `e.type==="password"`, `b?"secret":c`, `["number","password","range"]`. What is told here holds in all
//! states that the lexer can be in there: in code, in a comment or in text that is read as code, and where what looks like the beginning
//! of a literal is the end of one. It is not asked whether all of it stands in a literal that is a name itself, or so deep in others that
//! it is read line by line.

use std::ops::Range;

use super::known::{LOOKUPS, is_environment, is_setter};
use super::language::{Colon, Delimited, Heredocs, Language};

/// So many bytes to either side are looked at; a name is given something where they do not tell.
const REACH: usize = 80;

/// Words that stand for no text, and can be given none.
const NOTHING: &[&[u8]] = &[b"true", b"false", b"null"];

/// Whether the language is one whose names these bytes tell of.
fn takes(language: &Language) -> bool {
    language.colon == Colon::Braces
        && language.continues
        && language.regex
        && language.prefixes.is_empty()
        && language.heredocs == Heredocs::No
        && language.delimited == Delimited::No
        && !language.arrow_pairs
        && !language.block_default
        && !language.chars
        && !language.commands
        && !language.dot_joins
        && !language.hashed
        && !language.indented_classes
        && !language.symbols
        && !language.type_after
}

/// Whether the word can be given no value in the language.
pub(super) fn is_nothing(language: &Language, word: &str) -> bool {
    NOTHING.contains(&word.as_bytes()) && takes(language)
}

/// Whether no value is given to the name at `name`, which is whole but for quotes and what they hold beside it.
pub(super) fn is_idle(bytes: &[u8], name: &Range<usize>, language: &Language) -> bool {
    if !takes(language) || is_island(bytes) {
        return false;
    }
    let before = &bytes[name.start.saturating_sub(REACH)..name.start];
    let after = &bytes[name.end..bytes.len().min(name.end + REACH)];
    if let Some((before, after)) = around_literal(before, after) {
        return !is_first(before) && (gets_nothing(after) || is_joined(after))
            || is_chosen(before, after)
            || is_compared(before, after)
            || is_item(before, after)
            || is_argument(before, &bytes[name.clone()], after);
    }
    // What stands in braces behind a name may be looked up.
    let braced = skip_back(before, is_blank).strip_suffix(b"{");
    let headed = braced.is_some_and(|head| {
        let last = head.trim_ascii_end().last();
        last.is_none_or(|&byte| is_name(byte))
    });
    !headed && gets_nothing(after)
        || (is_joined(after) || has_alternative(after)) && is_member(before, &bytes[name.clone()])
}

/// Whether a bracket opens just before: what it begins with may be what is looked up.
fn is_first(before: &[u8]) -> bool {
    matches!(
        before.trim_ascii_end().last(),
        None | Some(b'(' | b'[' | b'{')
    )
}

/// Whether the code may be islands in other text.
fn is_island(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().first() == Some(&b'<')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What may stand in a literal beside a name.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b' ' | b':')
}

fn skip(bytes: &[u8], is: impl Fn(u8) -> bool) -> &[u8] {
    let count = bytes.iter().take_while(|&&byte| is(byte)).count();
    &bytes[count..]
}

fn skip_back(bytes: &[u8], is: impl Fn(u8) -> bool) -> &[u8] {
    let count = bytes.iter().rev().take_while(|&&byte| is(byte)).count();
    &bytes[..bytes.len() - count]
}

/// What stands before and behind the literal that the name between these bytes is a part of, if it seems to be one.
fn around_literal<'b>(before: &'b [u8], after: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let (quote, before) = skip_back(before, is_plain).split_last()?;
    let (end, after) = skip(after, is_plain).split_first()?;
    (quote == end && is_quote(*quote)).then_some((before, after))
}

/// Whether what follows gives a word or a number: `NAME: true,`, `NAME:!0}`, `NAME=null;`.
fn gets_nothing(after: &[u8]) -> bool {
    let Some((&sign, rest)) = skip(after, is_blank).split_first() else {
        return false;
    };
    let rest = skip(rest, is_blank);
    let rest = match rest {
        [b'!', b'0' | b'1', rest @ ..] => rest,
        [b'0', b'x', rest @ ..] => skip(rest, |byte| byte.is_ascii_hexdigit()),
        [b'0'..=b'9', ..] => skip(rest, |byte| byte.is_ascii_digit()),
        _ => {
            let word = NOTHING.iter().find_map(|word| rest.strip_prefix(*word));
            let Some(rest) = word else {
                return false;
            };
            rest
        }
    };
    let next = rest.trim_ascii_start().first();
    match sign {
        b':' => matches!(next, Some(b',' | b'}')),
        // Behind a comma there may be what another of several names is given.
        b'=' => matches!(next, Some(b';' | b')' | b'}')),
        _ => false,
    }
}

/// Whether the literal is one of two that are chosen from, or is told from others: `a ?"NAME": b`, `case "NAME":`.
fn is_chosen(before: &[u8], after: &[u8]) -> bool {
    if skip(after, is_blank).first() != Some(&b':') {
        return false;
    }
    let word = skip_back(before, is_blank).strip_suffix(b"case");
    before.last() == Some(&b'?')
        || word.is_some_and(|rest| !(rest.last()).is_some_and(|&b| is_name(b) || b == b'.'))
}

/// Whether something is compared with the literal: `a === "NAME")`.
fn is_compared(before: &[u8], after: &[u8]) -> bool {
    let before = skip_back(before, is_blank);
    if !(before.ends_with(b"==") || before.ends_with(b"!=")) {
        return false;
    }
    match skip(after, is_blank) {
        [b')' | b';' | b'}' | b']', ..] => true,
        [b'|', b'|', next, ..] | [b'&', b'&', next, ..] => *next != b'=',
        [b'?', next, ..] => !matches!(next, b'?' | b'=' | b':' | b'.' | b'-'),
        _ => false,
    }
}

/// Whether the literal is an item with two others before it, or the second of a list, so that it is no name by which something is looked up
/// or set.
fn is_item(before: &[u8], after: &[u8]) -> bool {
    let ends = matches!(after.trim_ascii_start().first(), Some(b',' | b']' | b')'));
    let last = |bytes: &'_ [u8]| {
        let rest = bytes.trim_ascii_end().strip_suffix(b",")?.trim_ascii_end();
        rest.split_last().map(|(&quote, rest)| (quote, rest.len()))
    };
    let Some((quote, end)) = last(before).filter(|_| ends) else {
        return false;
    };
    let Some((open, rest)) = skip_back(&before[..end], is_plain).split_last() else {
        return false;
    };
    let second = || rest.trim_ascii_end().last() == Some(&b'[');
    let third = || last(rest).is_some_and(|(quote, _)| is_quote(quote));
    is_quote(quote) && *open == quote && (second() || third())
}

/// Whether the literal is what a function is told first, which is none that looks up or sets, and beside it a name: `,f("NAME",a.b),`.
fn is_argument(before: &[u8], name: &[u8], after: &[u8]) -> bool {
    let Some(head) = before.strip_suffix(b"(") else {
        return false;
    };
    let rest = skip_back(head, is_name);
    let called = std::str::from_utf8(&head[rest.len()..]).unwrap_or_default();
    let plain = called.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$'))
        && !looks_up(called)
        && name.iter().any(u8::is_ascii_lowercase);
    let begins = matches!(rest.last(), Some(b',' | b';' | b'{' | b'}'));
    let beside = after.strip_prefix(b",").map(|after| {
        let behind = skip(after, |byte| is_name(byte) || byte == b'.');
        (after.first().copied(), behind)
    });
    let ends = beside.is_some_and(|(first, behind)| {
        first.is_some_and(|byte| is_name(byte) && !byte.is_ascii_digit())
            && matches!(behind, [b')', b',' | b';' | b'}', ..])
    });
    plain && begins && ends
}

/// Whether a function may give what goes by the name it is told, or give that something.
fn looks_up(function: &str) -> bool {
    let known = LOOKUPS.contains(&function.to_ascii_lowercase().as_str());
    known || is_setter(function) || is_environment(function)
}

/// Whether one of several stands here that are joined by `|`: types, or what a regular expression is about.
fn is_joined(after: &[u8]) -> bool {
    match skip(after, is_blank) {
        [b'|', next, ..] => !matches!(next, b'|' | b'='),
        _ => false,
    }
}

/// Whether there may be another in its place: `NAME||b`.
fn has_alternative(after: &[u8]) -> bool {
    match skip(after, is_blank) {
        [b'|', b'|', next, ..] | [b'?', b'?', next, ..] => *next != b'=',
        _ => false,
    }
}

/// Whether the name is that of something that is not looked up, nor a member of what is: `=a.NAME`.
fn is_member(before: &[u8], name: &[u8]) -> bool {
    let rest = skip_back(before, |byte| is_name(byte) || byte == b'.');
    let chain = [&before[rest.len()..], name].concat();
    let begins = skip_back(rest, is_blank).last();
    let plain = |part| std::str::from_utf8(part).is_ok_and(|part| !is_environment(part));
    matches!(
        begins,
        Some(b'=' | b'(' | b',' | b';' | b'[' | b'&' | b'|' | b'+' | b'!')
    ) && chain.split(|&byte| !is_name(byte)).all(plain)
}

#[cfg(test)]
mod tests;
