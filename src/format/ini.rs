//! INI files: Python's `ConfigParser` (`.ini`, `.cfg`, where `%%` stands for `%`), supervisord's `environment=` lists,
//! php-fpm's `env[NAME]`, `.cnf` and `.conf` files of `key = value` lines, Apache's `SetEnv NAME value`.
//!
//! Where a line is indented and holds a `key = value` of its own it is both an item of the key above (tox, pytest) and,
//! in files that indent all keys (git), a key; it is given with the key above as its parent.

use std::borrow::Cow;

use super::inset::part;
use super::lines::LINES;
use super::rows::{before_comment, closing, row, trim};
use super::scalar::{Literal, Scalar};
use super::shellwords::{self, pair};
use super::{Entry, FileName, Format, Place, Slot, Value, comment};
use crate::text::Span;

/// The format of files with sections and `key = value` lines.
#[derive(Debug)]
pub(super) struct Ini {
    /// Whether `%%` stands for `%`.
    percent: bool,
}

/// Files that `ConfigParser` and supervisord read.
pub(super) static INI: Ini = Ini { percent: true };

/// Files of other programs.
pub(super) static CONF: Ini = Ini { percent: false };

impl Format for Ini {
    fn name(&self) -> &'static str {
        if self.percent { "ini" } else { "conf" }
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        let extension = file.base_extension();
        if self.percent {
            matches!(extension, "ini" | "cfg")
                || (extension == "conf" && file.path.contains("supervisor"))
                || matches!(name, ".pypirc" | ".coveragerc" | ".boto" | ".flake8")
        } else {
            matches!(extension, "conf" | "cnf" | "config" | "gitconfig" | "s3cfg")
                || matches!(
                    name,
                    ".gitconfig" | ".my.cnf" | ".s3cfg" | ".npmrc" | ".editorconfig"
                )
        }
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        Reader {
            text,
            percent: self.percent,
            section: Vec::new(),
            key: None,
        }
        .read(sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::INI)
    }
}

struct Reader<'t> {
    text: &'t str,
    percent: bool,
    section: Vec<Cow<'t, str>>,
    /// The key that lines further indented belong to.
    key: Option<Owner<'t>>,
}

#[derive(Clone, Copy)]
struct Owner<'t> {
    key: &'t str,
    indent: usize,
    /// Whether its own line had no value.
    empty: bool,
}

/// Keys whose value is a list of `NAME=value`.
const LISTS: &[&str] = &[
    "environment",
    "env",
    "setenv",
    "set_env",
    "raw_env",
    "pass_env",
];

/// Keys whose value is a command line.
const COMMANDS: &[&str] = &["command", "commands", "cmd", "exec"];

impl<'t> Reader<'t> {
    fn read(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let text = self.text;
        let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        while at < text.len() {
            let (line, mut next) = row(text, at);
            let content = trim(text, line);
            let indent = content.start - line.start;
            match text
                .as_bytes()
                .get(content.start)
                .filter(|_| !content.is_empty())
            {
                None => {}
                Some(b'#' | b';') => {
                    let decode = |raw| self.decode(raw);
                    comment::scan(text, content, &self.section, &decode, sink);
                }
                Some(b'[') => self.open(content),
                Some(_) => next = self.line(content, indent, next, sink),
            }
            at = next;
        }
    }

    fn open(&mut self, content: Span) {
        let inside = content.of(self.text).trim_start_matches('[');
        let name = inside.split(']').next().unwrap_or(inside).trim();
        self.section = vec![Cow::Borrowed(name)];
        self.key = None;
    }

    fn decode(&self, raw: &'t str) -> Cow<'t, str> {
        if self.percent && raw.contains("%%") {
            Cow::Owned(raw.replace("%%", "%"))
        } else {
            Cow::Borrowed(raw)
        }
    }

    /// Reads a line that is no comment and no section; gives where the next one begins.
    fn line(
        &mut self,
        content: Span,
        indent: usize,
        next: usize,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> usize {
        let text = self.text;
        let owner = self.key.filter(|owner| owner.indent < indent);
        // A block on one line: `session { key="value" }`.
        let head = content.of(text).split('=').next().unwrap_or_default();
        if head.len() < content.len() && head.contains('{') {
            part(&LINES, text, content, Place::Live, &mut |mut entry| {
                entry.parents.splice(0..0, self.section.iter().cloned());
                sink(entry);
            });
            return next;
        }
        let Some((key, value)) = split(text, content) else {
            match owner {
                Some(Owner {
                    key, empty: true, ..
                }) => {
                    let parents = self.section.clone();
                    let scalar = self.value(content);
                    sink(scalar.entry(
                        Cow::Borrowed(key),
                        parents,
                        Slot::Assign,
                        Place::Live,
                        content.start,
                    ));
                }
                _ => self.directive(content, sink),
            }
            return next;
        };
        let mut parents = self.section.clone();
        let indented = owner.is_some();
        if let Some(owner) = owner {
            parents.push(Cow::Borrowed(owner.key));
        } else {
            self.key = Some(Owner {
                key: key.of(text),
                indent,
                empty: value.is_empty(),
            });
        }
        let (value, next) = if indented {
            (value, next)
        } else {
            self.extend(key, value, next)
        };
        let name = key.of(text);
        // php-fpm: `env[NAME] = value`; pytest-env: `D:NAME=value`.
        let name = name
            .strip_prefix("env[")
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(name);
        let name = name
            .strip_prefix("D:")
            .or_else(|| name.strip_prefix("R:"))
            .unwrap_or(name);
        let lower = name.to_ascii_lowercase();
        if LISTS.contains(&lower.as_str()) && pair(value.of(text)).is_some() {
            parents.push(Cow::Borrowed(name));
            self.list(value, &parents, lower == "environment", sink);
            self.key = None;
            return next;
        }
        if COMMANDS.contains(&lower.as_str()) {
            let mut inside = parents.clone();
            inside.push(Cow::Borrowed(name));
            shellwords::scan(text, value, &inside, Place::Live, sink);
        }
        let scalar = self.value(value);
        sink(scalar.entry(
            Cow::Borrowed(name),
            parents,
            Slot::Assign,
            Place::Live,
            key.start,
        ));
        next
    }

    /// The value with the indented lines that go on with it.
    fn extend(&self, key: Span, value: Span, next: usize) -> (Span, usize) {
        let mut value = value;
        let mut next = next;
        // supervisord's list may begin on the line after its key.
        let list = key.of(self.text).eq_ignore_ascii_case("environment");
        while (list || !value.is_empty()) && next < self.text.len() {
            let (line, after) = row(self.text, next);
            let content = trim(self.text, line);
            let goes_on = content.start > line.start
                && !content.is_empty()
                && !content.of(self.text).starts_with(['#', ';', '['])
                && (list || split(self.text, content).is_none());
            if !goes_on {
                break;
            }
            value = if value.is_empty() {
                content
            } else {
                value.join(content)
            };
            next = after;
        }
        (value, next)
    }

    fn value(&self, value: Span) -> Scalar<'t> {
        let text = self.text;
        let raw = value.of(text);
        if let Some(&quote @ (b'"' | b'\'')) = raw.as_bytes().first() {
            let (line, _) = row(text, value.start);
            let end = line.end.min(value.end);
            let close = memchr::memrchr(quote, &text.as_bytes()[value.start + 1..end]);
            if let Some(close) = close.map(|offset| value.start + 1 + offset) {
                let rest = text[close + 1..end].trim_start();
                if rest.is_empty() || rest.starts_with(['#', ';']) {
                    let literal = Literal::quoted(Span::new(value.start + 1, close));
                    return Scalar::read(text, literal, |raw| self.decode(raw));
                }
            }
        }
        let span = trim(
            text,
            Span::new(value.start, before_comment(text, value, b"#;")),
        );
        // A value that begins with a mark is no comment when nothing stands before it.
        let span = if span.is_empty() { value } else { span };
        let raw = span.of(text);
        if raw.contains('\n') {
            let lines: Vec<&str> = raw.lines().map(str::trim).collect();
            let joined = self.decode_owned(lines.join("\n"));
            return Scalar::given(Literal::bare(span), Value::owned(joined));
        }
        Scalar::read(text, Literal::bare(span), |raw| self.decode(raw))
    }

    fn decode_owned(&self, text: String) -> String {
        if self.percent {
            text.replace("%%", "%")
        } else {
            text
        }
    }

    /// `NAME=value,NAME="value"`; without commas between (uwsgi) it is one.
    fn list(
        &self,
        list: Span,
        parents: &[Cow<'t, str>],
        commas: bool,
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = list.start;
        while at < list.end {
            let rest = &text[at..list.end];
            at += rest.len() - rest.trim_start_matches([' ', '\t', ',', '\r', '\n']).len();
            let Some(length) = pair(&text[at..list.end]) else {
                at += memchr::memchr2(b',', b'\n', &bytes[at..list.end])
                    .map_or(list.end - at, |offset| offset + 1);
                continue;
            };
            let value = at + length + 1;
            let close = matches!(bytes[value], b'"' | b'\'')
                .then(|| closing(text, value + 1, list.end, bytes[value]))
                .flatten();
            let literal = if let Some(close) = close {
                Literal::quoted(Span::new(value + 1, close))
            } else {
                let end = if commas {
                    memchr::memchr2(b',', b'\n', &bytes[value..list.end])
                } else {
                    None
                };
                let end = end.map_or(list.end, |offset| value + offset);
                Literal::bare(trim(text, Span::new(value, end)))
            };
            let scalar = Scalar::read(text, literal, |raw| self.decode(raw));
            let key = Cow::Borrowed(&text[at..at + length]);
            sink(scalar.entry(key, parents.to_vec(), Slot::Member, Place::Live, at));
            at = literal.end.max(at + 1);
        }
    }

    /// `SetEnv NAME value`, `fastcgi_param NAME value;`.
    fn directive(&self, content: Span, sink: &mut dyn FnMut(Entry<'t>)) {
        let line = content.of(self.text);
        let Some((word, rest)) = line.split_once([' ', '\t']) else {
            return;
        };
        if !["setenv", "fastcgi_param", "uwsgi_param", "env"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
        {
            return;
        }
        let rest = rest.trim_start();
        let Some((name, value)) = rest.split_once([' ', '\t', '=']) else {
            return;
        };
        let value = Span::new(content.end - value.trim_start().len(), content.end);
        let mut value = trim(self.text, value);
        if value.of(self.text).ends_with(';') {
            value.end -= 1;
        }
        let start = content.end - rest.len();
        sink(self.value(value).entry(
            Cow::Borrowed(name),
            self.section.clone(),
            Slot::Assign,
            Place::Live,
            start,
        ));
    }
}

/// Key and value of a line: at the first `=`, or at a `:` before it that a blank follows.
fn split(text: &str, content: Span) -> Option<(Span, Span)> {
    let line = content.of(text);
    let bytes = line.as_bytes();
    let equals = memchr::memchr(b'=', bytes);
    let colon = memchr::memchr_iter(b':', &bytes[..equals.unwrap_or(bytes.len())]).find(|at| {
        equals.is_none()
            || bytes
                .get(at + 1)
                .is_none_or(|next| matches!(next, b' ' | b'\t'))
    });
    let at = colon.or(equals)?;
    let key = trim(text, Span::new(content.start, content.start + at));
    let name = key.of(text);
    // Two words before the mark are a directive or prose, save where a blank is part of the key.
    if name.is_empty()
        || name.len() > 200
        || name.starts_with(['"', '\'', '<', '{'])
        || name.starts_with("SetEnv ")
    {
        return None;
    }
    if name.eq_ignore_ascii_case("env") || !name.contains(' ') || equals == Some(at) {
        return Some((
            key,
            trim(text, Span::new(content.start + at + 1, content.end)),
        ));
    }
    None
}
