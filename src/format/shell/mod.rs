//! Shell scripts: assignments in front of commands and after `export`, `set -x`, `setenv`; `NAME=value` among the words
//! of any command (`heroku config:set`, `--env`, `-e`, `--set`); `--name value`; `${NAME:-default}`; here-documents.
//!
//! Commands whose words are patterns (`sed`, `grep`) are passed over.

mod heredoc;
mod word;

pub(super) use word::Word;

use std::borrow::Cow;

use super::inset::{Missing, part};
use super::lines::LINES;
use super::rows::row;
use super::scalar::{Literal, Scalar};
use super::shellwords::pair;
use super::{Entry, FileName, Format, Place, Slot, comment};
use crate::text::Span;
use heredoc::Document;

/// The format of shell scripts.
#[derive(Debug)]
pub(super) struct Shell;

/// [`Shell`] for [`super::FORMATS`].
pub(super) static SHELL: Shell = Shell;

const NAMES: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_history",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zsh_history",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".xprofile",
    ".xinitrc",
    "bashrc",
    "zshrc",
    "profile",
    "procfile",
    "pkgbuild",
    "gradlew",
    "entrypoint",
    "docker-entrypoint",
];

impl Format for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        let extension = file.base_extension();
        matches!(
            extension,
            "sh" | "bash" | "zsh" | "ksh" | "dash" | "fish" | "csh" | "tcsh" | "ash" | "bats"
        ) || NAMES.contains(&name)
            || name.starts_with("procfile.")
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        commands(text, Span::new(0, text.len()), Place::Live, sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::HASH)
    }
}

/// Reads the commands in a span of the text.
pub(super) fn commands<'t>(
    text: &'t str,
    span: Span,
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    Script {
        text,
        end: span.end,
        place,
        depth: 0,
        marks: true,
        missing: Missing::default(),
        inside: 0,
    }
    .read(span.start, sink);
}

/// Reads words only: `;`, `|` and the like are part of them.
pub(super) fn words<'t>(text: &'t str, span: Span, place: Place, sink: &mut dyn FnMut(Entry<'t>)) {
    Script {
        text,
        end: span.end,
        place,
        depth: 1,
        marks: false,
        missing: Missing::default(),
        inside: 0,
    }
    .read(span.start, sink);
}

/// Commands whose words are patterns.
const PATTERNS: &[&str] = &[
    "sed", "gsed", "grep", "egrep", "fgrep", "awk", "rg", "tr", "expr",
];

/// Options whose value is a list of `NAME=value` with commas between.
const LISTS: &[&str] = &[
    "--set",
    "--set-string",
    "--set-env-vars",
    "--update-env-vars",
    "--build-env-vars",
];

/// Commands in words of commands are read so deep, and then line by line.
const SUBSTITUTIONS: usize = 16;

#[derive(Clone)]
struct Script<'t> {
    /// Commands in words of commands around this.
    inside: usize,
    text: &'t str,
    end: usize,
    place: Place,
    /// Scripts in words of scripts are read once.
    depth: usize,
    marks: bool,
    missing: Missing<'t>,
}

/// What is known of the command that is being read.
#[derive(Default)]
struct Command<'t> {
    name: Option<&'t str>,
    /// The option just read, with its dashes.
    option: Option<Span>,
    /// For `setenv NAME value`: the name.
    set: Option<Span>,
    /// The file that the output goes to.
    target: Option<&'t str>,
    /// The last plain word.
    last: Option<&'t str>,
    documents: Vec<Document<'t>>,
}

impl<'t> Script<'t> {
    fn read(&mut self, start: usize, sink: &mut dyn FnMut(Entry<'t>)) {
        let bytes = self.text.as_bytes();
        let mut command = Command::default();
        let mut at = start;
        while at < self.end {
            match bytes[at] {
                b' ' | b'\t' | b'\r' => at += 1,
                b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
                b'\n' => {
                    at = self.documents(&command, at + 1, sink);
                    command = Command::default();
                }
                b'#' => at = self.comment(at, sink),
                b';' | b'&' | b'|' | b'(' | b')' | b'{' | b'}' if self.marks => {
                    // What stands after a `|` may still name the file: `cat <<EOF | tee .env`.
                    let documents = std::mem::take(&mut command.documents);
                    command = Command {
                        documents,
                        ..Command::default()
                    };
                    at += 1;
                }
                b'<' if self.marks => match Document::open(self.text, at, self.end) {
                    Some((document, after)) => {
                        command.documents.push(document);
                        at = after;
                    }
                    None => at += 1,
                },
                b'>' if self.marks => {
                    at += 1;
                    while at < self.end && matches!(bytes[at], b'>' | b'&' | b'|' | b' ') {
                        at += 1;
                    }
                    let word = Word::read(self.text, at, self.end, true);
                    command.target = word.single().map(|piece| piece.body.of(self.text));
                    at = word.end;
                }
                _ => {
                    let start = at;
                    at = self.word(at, &mut command, sink).max(at + 1);
                    self.substitutions(Span::new(start, at.min(self.end)), sink);
                }
            }
        }
    }

    /// Reads the commands in the `$(…)` of a word.
    fn substitutions(&self, word: Span, sink: &mut dyn FnMut(Entry<'t>)) {
        if !self.marks || memchr::memmem::find(word.of(self.text).as_bytes(), b"$(").is_none() {
            return;
        }
        for (inside, closed) in word::substitutions(self.text, word) {
            if self.inside >= if closed { SUBSTITUTIONS } else { 1 } {
                part(&LINES, self.text, inside, self.place, sink);
                continue;
            }
            Script {
                end: inside.end,
                inside: self.inside + 1,
                ..self.clone()
            }
            .read(inside.start, sink);
        }
    }

    /// Reads the comment at `at`; gives where its line ends.
    fn comment(&self, at: usize, sink: &mut dyn FnMut(Entry<'t>)) -> usize {
        let (line, next) = row(self.text, at);
        let body = Span::new(at + 1, line.end.min(self.end));
        let found = comment::assignment(self.text, body, &|raw| Cow::Borrowed(raw));
        if let Some((key, start, scalar)) = found {
            sink(scalar.entry(key, Vec::new(), Slot::Assign, Place::Comment, start));
        } else if self.depth == 0 {
            Script {
                depth: 2,
                end: body.end,
                place: Place::Comment,
                ..self.clone()
            }
            .read(body.start, sink);
        }
        if line.end < self.end && next > line.end {
            line.end
        } else {
            self.end
        }
    }

    /// Reads the here-documents that begin at `at`; gives where the script goes on.
    fn documents(
        &mut self,
        command: &Command<'t>,
        at: usize,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> usize {
        let mut at = at;
        for document in &command.documents {
            if self.missing.knows(document.delimiter) {
                continue;
            }
            if self.missing.is_full() {
                sink(Missing::cut(Span::new(at, at)));
                break;
            }
            let Some((body, next)) = document.body(self.text, at, self.end) else {
                self.missing.add(document.delimiter);
                continue;
            };
            let target = command.target.or_else(|| {
                command
                    .last
                    .filter(|last| last.contains(['.', '/']) && !last.starts_with('-'))
            });
            match (command.name, target) {
                (Some("bash" | "sh" | "zsh" | "ssh" | "sudo" | "su"), _) if self.depth == 0 => {
                    Script {
                        depth: 1,
                        end: body.end,
                        ..self.clone()
                    }
                    .read(body.start, sink);
                }
                (name, target) => heredoc::read(self.text, body, name, target, self.place, sink),
            }
            at = next;
        }
        at
    }

    /// Reads the word at `at`; gives where it ends.
    fn word(
        &mut self,
        at: usize,
        command: &mut Command<'t>,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> usize {
        let text = self.text;
        let option = command.option.take();
        let is_script =
            option.is_some_and(|option| matches!(option.of(text), "-c" | "-lc" | "-ec"));
        // `-x value` is no name with a value.
        let option = option.filter(|option| option.len() > 4);
        let skips = command.name.is_some_and(|name| PATTERNS.contains(&name));
        if !skips && text.as_bytes()[at] == b'-' {
            return self.option(at, command, sink);
        }
        if !skips && let Some(length) = pair_before(text, at, self.end) {
            let list = option.is_some_and(|option| LISTS.contains(&option.of(text)));
            return self.value(Span::new(at, at + length), at + length + 1, list, sink);
        }
        let word = Word::read(text, at, self.end, self.marks);
        if skips {
            return word.end;
        }
        let Some(piece) = word.single() else {
            if let Some(option) = option {
                self.option_value(option, &word, sink);
            }
            return word.end;
        };
        let body = piece.body.of(text);
        let quoted = piece.body.start > at;
        if quoted
            && !(is_script && self.depth == 0)
            && let Some(length) = pair(body)
        {
            if let Some(scalar) = inner(text, &word, length + 1) {
                let key = Cow::Borrowed(&body[..length]);
                sink(scalar.entry(key, Vec::new(), Slot::Assign, self.place, piece.body.start));
            }
            return word.end;
        }
        if let Some(option) = option {
            self.option_value(option, &word, sink);
        } else if let Some(name) = command.set.take() {
            if let Some(scalar) = word.scalar(text, 0) {
                let key = Cow::Borrowed(name.of(text));
                sink(scalar.entry(key, Vec::new(), Slot::Assign, self.place, name.start));
            }
        } else if command.name.is_none() {
            if !matches!(
                body,
                "sudo" | "env" | "then" | "do" | "else" | "if" | "time"
            ) {
                command.name = Some(body.rsplit('/').next().unwrap_or(body));
            }
        } else if !quoted
            && matches!(command.name, Some("set" | "setenv" | "setx"))
            && super::interpolation::is_name(body)
        {
            command.set = Some(piece.body);
        } else if body.starts_with("${") {
            // `: "${NAME:=default}"`
            if let Some(scalar) = word.scalar(text, 0) {
                let name = Cow::Borrowed("");
                let mut entry = scalar.entry(name, Vec::new(), Slot::Assign, self.place, at);
                if entry.slot == Slot::Default && !entry.key.is_empty() {
                    entry.outer = None;
                    sink(entry);
                }
            }
        } else if quoted && self.depth == 0 && memchr::memchr(b'=', body.as_bytes()).is_some() {
            // `sh -c "NAME=value command"`
            Script {
                depth: 1,
                end: piece.body.end,
                place: self.place.max(Place::Text),
                ..self.clone()
            }
            .read(piece.body.start, sink);
        }
        command.last = Some(body);
        word.end
    }

    /// Reads an option: `--name=value`, `--from-literal=NAME=value`, `-DNAME=value`, `--name`.
    fn option(
        &self,
        at: usize,
        command: &mut Command<'t>,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> usize {
        let text = self.text;
        let length = text[at..self.end]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            .count();
        let name = Span::new(at, at + length);
        if text.as_bytes().get(name.end) != Some(&b'=') || name.end + 1 >= self.end {
            let word = Word::read(text, at, self.end, self.marks);
            if word.end == name.end && name.len() > 1 {
                command.option = Some(name);
            }
            return word.end;
        }
        let value = name.end + 1;
        let quote = usize::from(matches!(text.as_bytes()[value], b'"' | b'\''));
        if let Some(length) = pair_before(text, value + quote, self.end) {
            let inner = Span::new(value + quote, value + quote + length);
            if quote == 0 {
                let list = LISTS.contains(&name.of(text));
                return self.value(inner, inner.end + 1, list, sink);
            }
            let word = Word::read(text, value, self.end, self.marks);
            if let Some(scalar) = word.scalar(text, length + 1) {
                let key = Cow::Borrowed(inner.of(text));
                sink(scalar.entry(key, Vec::new(), Slot::Assign, self.place, inner.start));
            }
            return word.end;
        }
        let option = name.of(text);
        let dashes = option.len() - option.trim_start_matches('-').len();
        // `-DNAME=value`, `-eNAME=value`
        let letter = usize::from(
            dashes == 1 && option.len() > 2 && matches!(option.as_bytes()[1], b'D' | b'e' | b'P'),
        );
        let key = Span::new(at + dashes + letter, name.end);
        self.value(key, value, false, sink)
    }

    /// `--name value`
    fn option_value(&self, option: Span, word: &Word, sink: &mut dyn FnMut(Entry<'t>)) {
        let name = option.of(self.text).trim_start_matches('-');
        if let Some(scalar) = word.scalar(self.text, 0) {
            let key = Cow::Borrowed(name);
            sink(scalar.entry(key, Vec::new(), Slot::Assign, self.place, option.start));
        }
    }

    /// Reads the value at `at` that is given to `name`; gives where it ends.
    fn value(&self, name: Span, at: usize, list: bool, sink: &mut dyn FnMut(Entry<'t>)) -> usize {
        let text = self.text;
        let word = Word::read(text, at, self.end, self.marks);
        let end = word.end;
        if !list || word.single().is_none_or(|piece| piece.body.start != at) {
            self.give(name, &word, sink);
            return end;
        }
        let (mut name, mut from) = (name, at);
        let commas = memchr::memchr_iter(b',', &text.as_bytes()[at..end]).map(|comma| at + comma);
        for comma in commas {
            if let Some(length) = pair_before(text, comma + 1, end) {
                self.give(name, &Word::read(text, from, comma, self.marks), sink);
                name = Span::new(comma + 1, comma + 1 + length);
                from = name.end + 1;
            }
        }
        self.give(name, &Word::read(text, from, end, self.marks), sink);
        end
    }

    fn give(&self, name: Span, word: &Word, sink: &mut dyn FnMut(Entry<'t>)) {
        if let Some(scalar) = word.scalar(self.text, 0) {
            let key = Cow::Borrowed(name.of(self.text));
            sink(scalar.entry(key, Vec::new(), Slot::Assign, self.place, name.start));
        }
    }
}

/// The value of a word in quotes after its name: `"NAME='value'"` has quotes inside of the quotes.
fn inner<'t>(text: &'t str, word: &Word, skip: usize) -> Option<Scalar<'t>> {
    let piece = word.single()?;
    let value = Span::new(piece.body.start + skip, piece.body.end);
    let raw = value.of(text);
    for mark in ["'", "\"", "\\\""] {
        let marks = raw.len() >= 2 * mark.len() && raw.starts_with(mark) && raw.ends_with(mark);
        if marks {
            let span = Span::new(value.start + mark.len(), value.end - mark.len());
            let literal = Literal {
                span,
                end: word.end,
                quoted: true,
            };
            return Some(Scalar::read(text, literal, Cow::Borrowed));
        }
    }
    word.scalar(text, skip)
}

/// The length of the name in `NAME=value` at `at`.
fn pair_before(text: &str, at: usize, end: usize) -> Option<usize> {
    // The value may be of any length; a look at its beginning is enough.
    let end = text.floor_char_boundary(end.min(at + 110));
    pair(text.get(at..end)?)
}
