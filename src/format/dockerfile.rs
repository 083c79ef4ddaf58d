//! Dockerfiles: `ENV`, `ARG` and `LABEL` in all their forms; the rest as commands of a shell.

use std::borrow::Cow;

use super::rows::{closing, row, trim};
use super::scalar::{Literal, Scalar};
use super::shell::{commands, words};
use super::shellwords::pair;
use super::{Entry, FileName, Format, Place, Slot, comment};
use crate::text::Span;

/// The format of Dockerfiles.
#[derive(Debug)]
pub(super) struct Dockerfile;

/// [`Dockerfile`] for [`super::FORMATS`].
pub(super) static DOCKERFILE: Dockerfile = Dockerfile;

impl Format for Dockerfile {
    fn name(&self) -> &'static str {
        "dockerfile"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        let name = file.base_name();
        matches!(name, "dockerfile" | "containerfile")
            || matches!(file.base_extension(), "dockerfile" | "containerfile")
            || ((name.starts_with("dockerfile") || name.starts_with("containerfile"))
                && !matches!(
                    file.base_extension(),
                    "py" | "sh" | "md" | "yml" | "yaml" | "json" | "txt"
                ))
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        // Here-documents whose end is missing; each costs a look at the rest of the text.
        let mut missed = 0;
        while at < text.len() {
            let (line, next) = row(text, at);
            let content = trim(text, line);
            at = next;
            if content.is_empty() {
                continue;
            }
            if content.of(text).starts_with('#') {
                commented(text, content, sink);
                continue;
            }
            let mut end = line.end;
            let mut last = line;
            while goes_on(text, last) && at < text.len() {
                let (line, next) = row(text, at);
                // Empty lines and comments between do not end the instruction.
                if !matches!(
                    trim(text, line).of(text).as_bytes().first(),
                    None | Some(b'#')
                ) {
                    last = line;
                }
                end = line.end;
                at = next;
            }
            let mut whole = Span::new(content.start, end);
            if missed < 8 && content.of(text).contains("<<") {
                match document_end(text, whole, at) {
                    Some(after) => {
                        whole.end = after;
                        at = after;
                    }
                    None => missed += 1,
                }
            }
            instruction(text, whole, Place::Live, sink);
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::LEADING_HASH)
    }
}

/// Whether the line ends with the mark that joins the next.
fn goes_on(text: &str, line: Span) -> bool {
    line.of(text).trim_end().ends_with(['\\', '`'])
}

/// Where the here-document of an instruction ends.
fn document_end(text: &str, instruction: Span, at: usize) -> Option<usize> {
    let (_, rest) = instruction.of(text).split_once("<<")?;
    let rest = rest.trim_start_matches(['-', '"', '\'']);
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let delimiter = Some(&rest[..length]).filter(|delimiter| !delimiter.is_empty())?;
    let mut at = at;
    while at < text.len() {
        let (line, next) = row(text, at);
        if line.of(text).trim() == delimiter {
            return Some(next);
        }
        at = next;
    }
    None
}

fn commented<'t>(text: &'t str, line: Span, sink: &mut dyn FnMut(Entry<'t>)) {
    let body = line.of(text).trim_start_matches(['#', ' ', '\t']);
    let span = Span::new(line.end - body.len(), line.end);
    let keyword = body.split(' ').next().unwrap_or_default();
    if matches!(keyword, "ENV" | "ARG" | "RUN" | "LABEL") {
        instruction(text, span, Place::Comment, sink);
    } else {
        comment::scan(text, line, &[], &|raw| Cow::Borrowed(raw), sink);
    }
}

fn instruction<'t>(text: &'t str, span: Span, place: Place, sink: &mut dyn FnMut(Entry<'t>)) {
    let content = span.of(text);
    let length = content.bytes().take_while(u8::is_ascii_alphabetic).count();
    let keyword = content[..length].to_ascii_uppercase();
    let rest = content[length..].trim_start();
    let rest = Span::new(span.end - rest.len(), span.end);
    match keyword.as_str() {
        "ENV" | "ARG" | "LABEL" => settings(text, rest, place, sink),
        "ONBUILD" if rest.start > span.start && !rest.is_empty() => {
            let inner = rest.of(text);
            // `ONBUILD` cannot be nested.
            if inner
                .get(..7)
                .is_none_or(|word| !word.eq_ignore_ascii_case("onbuild"))
            {
                instruction(text, rest, place, sink);
            }
        }
        "FROM" | "EXPOSE" | "WORKDIR" | "USER" | "VOLUME" | "MAINTAINER" => {}
        _ if rest.of(text).starts_with('[') => array(text, rest, place, sink),
        _ => commands(text, rest, place, sink),
    }
}

/// `K=V K2="V2"`, or `K V`.
fn settings<'t>(text: &'t str, span: Span, place: Place, sink: &mut dyn FnMut(Entry<'t>)) {
    let content = span.of(text);
    let length = content
        .bytes()
        .take_while(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .count();
    if content.as_bytes().get(length) != Some(&b' ')
        && content.as_bytes().get(length) != Some(&b'\t')
        || content[length..].trim_start().starts_with('\\')
    {
        words(text, span, place, sink);
        return;
    }
    let (line, _) = row(text, span.start);
    let value = trim(text, Span::new(span.start + length, line.end.min(span.end)));
    let raw = value.of(text);
    if raw.starts_with('=') || raw.is_empty() {
        return;
    }
    let literal = match raw.as_bytes()[0] {
        quote @ (b'"' | b'\'')
            if closing(text, value.start + 1, value.end, quote) == Some(value.end - 1) =>
        {
            Literal::quoted(Span::new(value.start + 1, value.end - 1))
        }
        _ => Literal::bare(value),
    };
    let key = Cow::Borrowed(&content[..length]);
    let scalar = Scalar::read(text, literal, Cow::Borrowed);
    sink(scalar.entry(key, Vec::new(), Slot::Assign, place, span.start));
}

/// The strings of `CMD ["program", "--name", "value"]`.
fn array<'t>(text: &'t str, span: Span, place: Place, sink: &mut dyn FnMut(Entry<'t>)) {
    let bytes = text.as_bytes();
    let mut option: Option<Span> = None;
    let mut at = span.start;
    while let Some(open) = bytes
        .get(at..span.end)
        .and_then(|rest| memchr::memchr(b'"', rest))
        .map(|offset| at + offset)
    {
        let Some(close) = closing(text, open + 1, span.end, b'"') else {
            return;
        };
        let item = Span::new(open + 1, close);
        let word = item.of(text);
        at = close + 1;
        let dashes = word.len() - word.trim_start_matches('-').len();
        let given = if let Some(length) = pair(&word[dashes..]).filter(|_| !word.contains(' ')) {
            let name = Span::new(item.start + dashes, item.start + dashes + length);
            Some((name, Span::new(name.end + 1, close)))
        } else {
            option.map(|name| (name, item))
        };
        option = (dashes == 2 && given.is_none() && !word.contains(' '))
            .then(|| Span::new(item.start + dashes, close));
        if let Some((name, value)) = given {
            let scalar = Scalar::read(text, Literal::quoted(value), Cow::Borrowed);
            let key = Cow::Borrowed(name.of(text));
            sink(scalar.entry(key, Vec::new(), Slot::Assign, place, name.start));
        } else if word.contains('=') {
            commands(text, item, place, sink);
        }
    }
}
