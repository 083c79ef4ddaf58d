//! Jupyter notebooks: the code of cells as Python (or by their `%%` line), Markdown cells as documentation, outputs as
//! any text. Entries have their places in the JSON text.

use super::code::PYTHON;
use super::escape::{Style, unescape};
use super::inset::{chosen, read_pieces};
use super::lines::LINES;
use super::markdown::MARKDOWN;
use super::rows::row;
use super::shell::SHELL;
use super::{Entry, FileName, Format, Limit};
use crate::text::{Pieces, Span};

/// Deeper maps are not read.
const DEPTH: usize = 10_000;

/// The format of notebooks.
#[derive(Debug)]
pub(super) struct Notebook;

/// [`Notebook`] for [`super::FORMATS`].
pub(super) static NOTEBOOK: Notebook = Notebook;

impl Format for Notebook {
    fn name(&self) -> &'static str {
        "notebook"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.base_extension() == "ipynb"
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let bytes = text.as_bytes();
        let mut maps = vec![Map::default()];
        let mut beyond = 0_usize;
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => {
                    at = string(text, at, &mut maps);
                    continue;
                }
                b'{' if maps.len() >= DEPTH => {
                    beyond += 1;
                    sink(Entry::unread(Limit::Nesting(DEPTH), Span::new(at, at)));
                }
                b'{' => maps.push(Map::default()),
                b'}' if beyond > 0 => beyond -= 1,
                b'}' => {
                    if let Some(map) = maps.pop() {
                        map.read(sink);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        // A cut file ends inside of a cell.
        while let Some(map) = maps.pop() {
            map.read(sink);
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::NOTEBOOK)
    }
}

/// A map that is open, and its text.
#[derive(Default)]
struct Map<'t> {
    key: &'t str,
    /// Its `cell_type`.
    kind: &'t str,
    source: Pieces,
    output: Pieces,
}

/// Reads the string at `at`; gives where it ends.
fn string<'t>(text: &'t str, at: usize, maps: &mut [Map<'t>]) -> usize {
    let bytes = text.as_bytes();
    let start = at + 1;
    let mut end = start;
    loop {
        match memchr::memchr3(b'"', b'\\', b'\n', bytes.get(end..).unwrap_or_default()) {
            None => {
                end = bytes.len();
                break;
            }
            Some(offset) => end += offset,
        }
        if bytes[end] != b'\\' {
            break;
        }
        end += 2;
    }
    let body = Span::new(start.min(bytes.len()), end);
    let after = (end + 1).min(bytes.len());
    let Some(map) = maps.last_mut() else {
        return after;
    };
    let rest = &bytes[after..];
    let blanks = rest
        .iter()
        .take(100)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    if rest.get(blanks) == Some(&b':') {
        map.key = body.of(text);
        return after;
    }
    match map.key {
        "cell_type" => map.kind = body.of(text),
        "source" | "input" => push(&mut map.source, text, body),
        "text" | "text/plain" | "text/html" | "traceback" | "evalue" => {
            push(&mut map.output, text, body);
        }
        _ => {}
    }
    after
}

/// Adds what a JSON string stands for.
fn push(pieces: &mut Pieces, text: &str, body: Span) {
    let raw = body.of(text);
    let mut at = 0;
    while let Some(offset) = memchr::memchr(b'\\', &raw.as_bytes()[at..]) {
        let escape = at + offset;
        if escape > at {
            pieces.push(text, Span::new(body.start + at, body.start + escape));
        }
        let rest = &raw[escape..];
        let length = match rest.as_bytes().get(1) {
            Some(b'u') if rest.get(6..8) == Some("\\u") && rest.starts_with("\\ud") => 12,
            Some(b'u') => 6,
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        let length = rest.floor_char_boundary(length.min(rest.len()));
        let span = Span::new(escape, escape + length);
        pieces.push_as(&unescape(span.of(raw), Style::Json), span.shift(body.start));
        at = span.end;
    }
    if at < raw.len() {
        pieces.push(text, Span::new(body.start + at, body.end));
    }
}

impl Map<'_> {
    fn read<'t>(&self, sink: &mut dyn FnMut(Entry<'t>)) {
        let whole = |pieces: &Pieces| Span::new(0, pieces.text().len());
        read_pieces(&self.output, &LINES, whole(&self.output), sink);
        let code = self.source.text();
        if code.is_empty() {
            return;
        }
        let (first, rest) = row(code, 0);
        let format: &'static dyn Format = match (self.kind, first.of(code)) {
            ("markdown" | "heading", _) => &MARKDOWN,
            ("raw", _) => &LINES,
            (_, magic) if magic.starts_with("%%") => {
                let mut words = magic[2..].split_ascii_whitespace();
                let format = match (words.next(), words.last()) {
                    (Some("writefile" | "file"), Some(name)) => chosen(name, "notebook"),
                    (Some("bash" | "sh" | "script" | "shell"), _) => &SHELL,
                    (Some("html" | "javascript" | "js" | "sql"), _) => &LINES,
                    _ => &PYTHON,
                };
                let body = Span::new(rest, code.len());
                read_pieces(&self.source, format, body, sink);
                return;
            }
            _ => &PYTHON,
        };
        if format.name() != PYTHON.name {
            read_pieces(&self.source, format, whole(&self.source), sink);
            return;
        }
        // `!command`, `%env NAME=value`
        let mut magic = Vec::new();
        let mut at = 0;
        while at < code.len() {
            let (line, next) = row(code, at);
            if line.of(code).trim_start().starts_with(['!', '%']) {
                magic.push(self.source.map(line));
                read_pieces(&self.source, &SHELL, line, sink);
            }
            at = next;
        }
        read_pieces(&self.source, &PYTHON, whole(&self.source), &mut |entry| {
            let after = magic.partition_point(|line| line.start <= entry.span.start);
            let line = after.checked_sub(1).and_then(|index| magic.get(index));
            if line.is_none_or(|line| line.end <= entry.span.start) {
                sink(entry);
            }
        });
    }
}
