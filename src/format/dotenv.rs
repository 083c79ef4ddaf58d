//! dotenv files. There is no standard; this reads what python-dotenv, motdotla/dotenv, phpdotenv, Compose, direnv and
//! Foreman read, and where they differ takes the reading that keeps more of the value:
//! single quotes are literal (all), double quotes undo escapes (all, with different sets), backticks quote (motdotla),
//! `#` begins a comment only after a blank (python-dotenv, Compose), quotes may span lines, `NAME: value` is accepted
//! (dotenv for Ruby); `${NAME}` and `$NAME` stand for what an earlier line gives to the name (python-dotenv, Compose). A key
//! of `WordPress` without quotes may hold anything: where the rest of a line is one, it is the value. A quote without its fellow belongs to its line only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::escape::{Style, unescape};
use super::rows::{before_comment, closing, row, trim};
use super::scalar::{Literal, Scalar, bytes};
use super::{Entry, FileName, Format, Place, Slot, Value, comment, interpolation};
use crate::generator::is_wordpress;
use crate::text::Span;

/// The format of `.env` files.
#[derive(Debug)]
pub(super) struct Dotenv;

/// [`Dotenv`] for [`super::FORMATS`].
pub(super) static DOTENV: Dotenv = Dotenv;

const NAMES: &[&str] = &[
    ".env",
    "env",
    ".envrc",
    "envrc",
    ".flaskenv",
    "dotenv",
    ".dotenv",
    ".dev.vars",
    ".env_file",
    "env_file",
];

/// `.env.json` and the like are written in the syntax of their extension.
const OTHERS: &[&str] = &[
    "cs", "enc", "erl", "ex", "exs", "go", "gpg", "html", "java", "js", "json", "json5", "kt",
    "md", "mjs", "php", "pl", "ps1", "py", "rb", "rs", "sh", "tf", "toml", "ts", "tsx", "vault",
    "xml", "yaml", "yml", "zip",
];

impl Format for Dotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        let extension = file.base_extension();
        NAMES.contains(&name)
            || matches!(extension, "env" | "envrc" | "dotenv")
            || ([".env.", ".env-", ".env_", ".envrc."]
                .iter()
                .any(|prefix| name.starts_with(prefix))
                && !OTHERS.contains(&extension))
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut names = Names::new(text);
        while at < text.len() {
            let (line, next) = row(text, at);
            let content = trim(text, line);
            at = next;
            if content.of(text).starts_with('#') {
                comment::scan(text, content, &[], &decode, sink);
            } else if let Some((mut entry, end)) = assignment(text, content, line.end) {
                names.fill(&mut entry);
                names.note(&entry);
                if !list(text, &entry, sink) {
                    sink(entry);
                }
                if end > line.end {
                    at = row(text, end).1;
                }
            }
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::HASH)
    }
}

/// Loaders read a line end as `\n`, however it is stored.
fn decode_lines(raw: &str, escapes: bool) -> Cow<'_, str> {
    if raw.contains("\r\n") {
        let text = raw.replace("\r\n", "\n");
        return Cow::Owned(if escapes {
            decode(&text).into_owned()
        } else {
            text
        });
    }
    if escapes {
        decode(raw)
    } else {
        Cow::Borrowed(raw)
    }
}

fn decode(raw: &str) -> Cow<'_, str> {
    unescape(raw, Style::Dotenv)
}

/// The assignment on a line, and where its value ends.
fn assignment(text: &str, line: Span, line_end: usize) -> Option<(Entry<'_>, usize)> {
    let content = line.of(text);
    let source = text.as_bytes();
    let start = ["export ", "export\t", "set ", "declare -x ", "- "]
        .iter()
        .find_map(|word| content.strip_prefix(word))
        .map_or(line.start, |rest| line.end - rest.trim_start().len());
    let length = text[start..line.end]
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
        .count();
    let key = &text[start..start + length];
    if key.is_empty() {
        return None;
    }
    let rest = text[start + length..line.end].trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix('=').or_else(|| {
        rest.strip_prefix(':')
            .filter(|rest| rest.starts_with([' ', '\t', '"', '\'']))
    })?;
    let spaced = rest.starts_with([' ', '\t']);
    let value = Span::new(
        line.end - rest.trim_start_matches([' ', '\t']).len(),
        line.end,
    );
    let rest = Span::new(line.end - rest.len(), line_end);
    let scalar = match source.get(value.start).filter(|_| !value.is_empty()) {
        _ if is_wordpress(rest.of(text).as_bytes()) => {
            Scalar::given(Literal::bare(rest), Value::text(rest.of(text)))
        }
        Some(&quote @ (b'"' | b'\'' | b'`')) => quoted(text, value, quote),
        _ => bare(text, value, spaced),
    };
    let end = scalar.end;
    let entry = scalar.entry(
        Cow::Borrowed(key),
        Vec::new(),
        Slot::Assign,
        Place::Live,
        start,
    );
    Some((entry, end))
}

/// What earlier lines of a text give to their names.
struct Names<'t> {
    text: &'t str,
    known: Option<BTreeMap<Cow<'t, str>, Known<'t>>>,
}

struct Known<'t> {
    value: Cow<'t, [u8]>,
    span: Span,
    statement: Span,
}

/// A value put together from others is no longer than this.
const LONGEST: usize = 8192;

impl<'t> Names<'t> {
    fn new(text: &'t str) -> Self {
        let used = memchr::memchr(b'$', text.as_bytes()).is_some();
        Self {
            text,
            known: used.then(BTreeMap::new),
        }
    }

    fn note(&mut self, entry: &Entry<'t>) {
        if let (Some(known), Value::Literal(value), Slot::Assign) =
            (&mut self.known, &entry.value, entry.slot)
        {
            let (span, statement) = (entry.span, entry.constant.unwrap_or(entry.statement));
            let value = value.clone();
            known.insert(
                entry.key.clone(),
                Known {
                    value,
                    span,
                    statement,
                },
            );
        }
    }

    /// Puts in place of names what they are given. A name in braces that is not known leaves the value unknown.
    fn fill(&self, entry: &mut Entry<'t>) {
        let Some(known) = &self.known else {
            return;
        };
        let raw = entry.span.of(self.text);
        let single = entry.quoted && self.text[..entry.span.start].ends_with('\'');
        if single || entry.slot != Slot::Assign || matches!(entry.value, Value::Unread(_)) {
            return;
        }
        let mut filled = Vec::new();
        let mut rest = raw;
        let mut first = None;
        while let Some(at) = rest.find('$') {
            filled.extend_from_slice(&rest.as_bytes()[..at]);
            let behind = &rest[at + 1..];
            let braces = behind.starts_with('{');
            let name = &behind[usize::from(braces)..];
            let length = name
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                .count();
            let (name, closed) = (&name[..length], name[length..].starts_with('}'));
            let found = known.get(name).filter(|_| length > 1 && braces == closed);
            match found {
                Some(found) if filled.len() + found.value.len() <= LONGEST => {
                    filled.extend_from_slice(&found.value);
                    first.get_or_insert(found);
                    rest = &behind[length + 2 * usize::from(braces)..];
                }
                _ if braces && closed && interpolation::is_name(name) && length > 1 => {
                    entry.value = Value::Opaque;
                    return;
                }
                _ => {
                    filled.push(b'$');
                    rest = behind;
                }
            }
        }
        let Some(first) = first else {
            return;
        };
        filled.extend_from_slice(rest.as_bytes());
        entry.constant = Some(first.statement);
        if filled == *first.value {
            entry.span = first.span;
        }
        entry.value = Value::owned(filled);
    }
}

/// A list in the manner of JSON: `["a", "b"]`; whether the value is one.
fn list<'t>(text: &'t str, entry: &Entry<'t>, sink: &mut dyn FnMut(Entry<'t>)) -> bool {
    let raw = entry.span.of(text);
    let inner = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']'));
    let Some(inner) = inner.filter(|_| entry.value.literal() == Some(raw.as_bytes())) else {
        return false;
    };
    let mut at = entry.span.start + 1;
    let mut items = Vec::new();
    for item in inner.split(',') {
        let start = at + item.len() - item.trim_start().len();
        at += item.len() + 1;
        let item = item.trim();
        let quote = item.chars().next().filter(|c| matches!(c, '"' | '\''));
        let word = quote.and_then(|quote| item.strip_prefix(quote)?.strip_suffix(quote));
        let Some(word) = word.filter(|word| !word.contains(['"', '\\'])) else {
            return false;
        };
        let mut part = entry.clone();
        part.span = Span::new(start + 1, start + 1 + word.len());
        part.value = Value::text(part.span.of(text));
        part.quoted = true;
        items.push(part);
    }
    items.into_iter().for_each(sink);
    true
}

fn bare(text: &str, value: Span, spaced: bool) -> Scalar<'_> {
    // `NAME=#x` is a value, `NAME= # x` and `NAME=# x` are comments.
    let marks = value
        .of(text)
        .bytes()
        .take_while(|&byte| byte == b'#')
        .count();
    let comment = spaced || value.of(text)[marks..].starts_with([' ', '\t']);
    let skip = if comment { 0 } else { marks };
    let end = before_comment(text, Span::new(value.start + skip, value.end), b"#");
    let mut span = trim(text, Span::new(value.start, end));
    let word = span.of(text);
    if let Some(stem) = word.strip_suffix(['"', '\''])
        && !stem.contains(['"', '\''])
    {
        span.end -= 1;
    }
    Scalar::read(text, Literal::bare(span), Cow::Borrowed)
}

fn quoted(text: &str, value: Span, quote: u8) -> Scalar<'_> {
    let start = value.start + 1;
    let Some(end) = close(text, start, value.end, quote) else {
        if quote == b'`' {
            return bare(text, value, false);
        }
        // Without its fellow the quote means nothing, and neither does a comment's mark inside of it.
        let end = before_comment(text, Span::new(start, value.end), b"#");
        let literal = Literal {
            quoted: true,
            ..Literal::bare(trim(text, Span::new(start, end)))
        };
        return Scalar::read(text, literal, Cow::Borrowed);
    };
    let literal = Literal::quoted(Span::new(start, end));
    let raw = literal.span.of(text);
    match quote {
        b'"' => Scalar::read(text, literal, |raw| decode_lines(raw, true)),
        // Backticks quote a value (motdotla) or a command (shells): a command has blanks after a word of its name.
        b'`' if is_command(raw) => Scalar::given(literal, Value::Opaque),
        _ => Scalar::given(literal, bytes(decode_lines(raw, false))),
    }
}

fn is_command(raw: &str) -> bool {
    raw.split_once(' ').is_some_and(|(first, _)| {
        !first.is_empty()
            && first
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"/-_.".contains(&byte))
    })
}

/// Where a quoted value ends: at a quote with nothing but a comment after it, on this line or a later one.
fn close(text: &str, start: usize, line_end: usize, quote: u8) -> Option<usize> {
    let ends = |at: usize| {
        let (line, _) = row(text, at);
        let rest = &text[at + 1..line.end];
        let trimmed = rest.trim_start();
        trimmed.is_empty() || trimmed.starts_with(';') || (trimmed.starts_with('#'))
    };
    if let Some(at) = closing(text, start, line_end, quote) {
        if ends(at) {
            return Some(at);
        }
        // A quote inside of the quotes: the last one counts.
        let last = memchr::memrchr(quote, &text.as_bytes()[..line_end])?;
        return (last > at && ends(last)).then_some(last);
    }
    // `'…\'` at the end of a line: the backslash is part of the value.
    if quote == b'\''
        && let Some(last) = memchr::memrchr(quote, &text.as_bytes()[start..line_end])
    {
        return Some(start + last).filter(|at| ends(*at));
    }
    let at = closing(text, line_end, text.len(), quote)?;
    ends(at).then_some(at)
}
