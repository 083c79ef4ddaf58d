//! YAML 1.2.2 as it is found: Compose files, Kubernetes objects, Helm values and templates, Ansible variables, Rails and
//! Symfony settings, CI workflows, whole or cut, with templates and merge conflicts in them.
//!
//! A line-by-line reader of block structure ([`block`]) over a reader of flow structure ([`flow`]), both giving scalars
//! ([`scalar`]) to [`Nesting`]. A line that makes no sense is passed over. Comments are read as YAML of their own.

mod block;
mod cut;
mod flow;
mod scalar;

use std::borrow::Cow;
use std::collections::HashMap;

use self::scalar::{Style, unquote};
use super::cut::{Cut, Mark};
use super::inset::{chosen, part};
use super::lines::LINES;
use super::nesting::{Nesting, has_secrets};
use super::rows::{row, trim};
use super::scalar::Literal;
use super::{Entry, FileName, Format, Place, shellwords};
use crate::text::Span;

/// The format of `.yml` and `.yaml` files.
#[derive(Debug)]
pub(super) struct Yaml {
    /// Whether Compose reads the file: there `$$` stands for `$`.
    compose: bool,
    /// Whether files inside of it are read as any text.
    leaf: bool,
}

/// Compose files.
pub(super) static COMPOSE: Yaml = Yaml {
    compose: true,
    leaf: false,
};

/// All other YAML files.
pub(super) static YAML: Yaml = Yaml {
    compose: false,
    leaf: false,
};

/// YAML inside of what may stand in YAML.
static LEAF: Yaml = Yaml {
    compose: false,
    leaf: true,
};

impl Format for Yaml {
    fn name(&self) -> &'static str {
        if self.compose { "compose" } else { "yaml" }
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        matches!(file.base_extension(), "yml" | "yaml" | "eyaml" | "sls")
            && (!self.compose || file.name.contains("compose"))
    }

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let nesting = Nesting::new(text, Place::Live);
        self.reader(text, Span::new(0, text.len()), nesting)
            .read(sink);
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let nesting = Nesting::part(text, &Mark::plain(0), spots, 0);
        self.reader(text, Span::new(0, text.len()), nesting)
            .read(sink);
    }

    fn leaf(&'static self) -> Option<&'static dyn Format> {
        Some(&LEAF)
    }

    fn looks_around(&self, text: &str) -> bool {
        // Words anywhere in the text say that values are encoded, or that Compose reads it.
        has_secrets(text) || !self.compose && has_services(text)
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::HASH)
    }
}

impl Yaml {
    fn reader<'t>(&self, text: &'t str, span: Span, nesting: Nesting<'t>) -> Reader<'t> {
        let compose = self.compose || has_services(text);
        Reader::new(text, span, nesting, compose, self.leaf)
    }
}

/// A scalar with an anchor.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    literal: Literal,
    style: Style,
    statement: Span,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    nesting: Nesting<'t>,
    anchors: HashMap<&'t str, Anchor>,
    compose: bool,
    /// Whether this reads the lines of a comment.
    comment: bool,
    /// Whether this reads a file inside of a file.
    embedded: bool,
    /// Whether the last key has no value yet.
    waiting: bool,
    /// The mark that was met last, where marks are looked for.
    met: Option<Mark>,
    /// Whether the end of a string over several lines was looked for in vain.
    unclosed: bool,
}

/// A line: its content without blanks, the column where that begins, and where the next line begins.
#[derive(Clone, Copy, Debug)]
struct Line {
    content: Span,
    indent: usize,
    next: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, span: Span, nesting: Nesting<'t>, compose: bool, embedded: bool) -> Self {
        Self {
            text,
            at: span.start,
            end: span.end,
            nesting,
            anchors: HashMap::new(),
            compose,
            comment: false,
            embedded,
            waiting: false,
            met: None,
            unclosed: false,
        }
    }

    fn read(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        while self.at < self.end {
            self.step(sink);
        }
        self.nesting.close_all();
        self.nesting.flush(sink);
    }

    /// Reads what begins on this line.
    fn step(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let line = self.line(self.at);
        let start = self.at;
        self.at = line.next;
        let content = line.content.of(self.text);
        if content.is_empty() {
            return;
        }
        if !self.comment {
            if content.starts_with('#') {
                self.comments(start, line);
                return;
            }
            if line.indent == 0
                && ["---", "...", "%YAML", "%TAG"]
                    .iter()
                    .any(|mark| content.starts_with(mark))
            {
                self.nesting.close_all();
                self.nesting.flush(sink);
                self.anchors.clear();
                self.waiting = false;
                return;
            }
            if is_noise(content, line.indent) {
                return;
            }
        }
        self.block(line);
        self.nesting.flush(sink);
    }

    fn line(&self, at: usize) -> Line {
        let (whole, next) = row(self.text, at);
        let mut span = Span::new(at, whole.end.min(self.end));
        if self.comment {
            let rest = span
                .of(self.text)
                .trim_start_matches([' ', '\t', '\u{feff}'])
                .trim_start_matches('#');
            span.start = span.end - rest.len();
        } else if span.of(self.text).starts_with('\u{feff}') {
            span.start += 3;
        }
        let content = trim(self.text, span);
        Line {
            content,
            indent: content.start - at,
            next: next.min(self.end.max(at + 1)),
        }
    }

    /// Reads this comment line and those after it.
    fn comments(&mut self, start: usize, first: Line) {
        let mut end = first.content.end;
        while self.at < self.end {
            let line = self.line(self.at);
            if !line.content.of(self.text).starts_with('#') {
                break;
            }
            end = line.content.end;
            self.at = line.next;
        }
        if !self.nesting.is_hot(start, end) {
            return;
        }
        let mut nesting = Nesting::in_comment();
        nesting.base = self.nesting.path_above(first.indent);
        let mut reader = Reader::new(
            self.text,
            Span::new(start, end),
            nesting,
            self.compose,
            true,
        );
        reader.comment = true;
        let outer = &mut self.nesting;
        reader.read(&mut |entry| outer.push(entry));
    }

    /// What `raw` stands for, written in this style.
    fn decode(&self, raw: &'t str, style: Style) -> Cow<'t, str> {
        let text = unquote(raw, style);
        if self.compose && text.contains("$$") {
            Cow::Owned(text.replace("$$", "$"))
        } else {
            text
        }
    }

    /// A multi-line block may be a script or a file of its own.
    fn embedded(&mut self, body: Span) {
        let parents = self.nesting.path();
        let name = self
            .nesting
            .key()
            .map(str::to_ascii_lowercase)
            .unwrap_or_default();
        let named = name.contains('.') && !name.contains(' ');
        if !named {
            shellwords::scan(self.text, body, &parents, Place::Live, &mut |entry| {
                self.nesting.push(entry);
            });
            return;
        }
        let format = if self.embedded {
            &LINES
        } else {
            chosen(&name, YAML.name())
        };
        part(format, self.text, body, Place::Live, &mut |mut entry| {
            entry.parents.splice(0..0, parents.iter().cloned());
            self.nesting.push(entry);
        });
    }
}

/// Whether a text says what Compose runs.
fn has_services(text: &str) -> bool {
    text.starts_with("services:") || text.contains("\nservices:")
}

/// Lines of templates and of merge conflicts.
fn is_noise(content: &str, indent: usize) -> bool {
    ["{%", "{#", "{{", "<%"]
        .iter()
        .any(|mark| content.starts_with(mark))
        || (indent == 0
            && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|mark| content.starts_with(mark)))
}
