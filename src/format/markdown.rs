//! Markdown, `reStructuredText` and `AsciiDoc`: code by the format that its block names, the rest as any text.

use std::ops::ControlFlow;

use super::cut::{Cut, Mark, Step};
use super::inset::{chosen, part, part_at};
use super::lines::LINES;
use super::rows::row;
use super::{Entry, FileName, Format, Place};
use crate::text::Span;

/// The format of documentation.
#[derive(Debug)]
pub(super) struct Markdown;

/// [`Markdown`] for [`super::FORMATS`].
pub(super) static MARKDOWN: Markdown = Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        matches!(
            file.base_extension(),
            "md" | "markdown"
                | "mdx"
                | "mdown"
                | "mkd"
                | "rmd"
                | "qmd"
                | "rst"
                | "adoc"
                | "asciidoc"
        )
    }

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        each_part(text, &mut |info, span| {
            part(language(info), text, span, Place::Live, sink);
        });
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        each_part(text, &mut |info, span| {
            part_at(|| language(info), text, span, spots, sink);
        });
    }
}

impl Cut for Markdown {
    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        let from = from.at as usize;
        let _ = walk(text, from, &mut |found| match found {
            Found::Line(at) if at > from => sink(Step::Mark(Mark::plain(at))),
            _ => ControlFlow::Continue(()),
        });
        true
    }

    fn alone(&'static self) -> Option<&'static dyn Format> {
        Some(self)
    }
}

/// Calls `sink` for each part of a text: what names its language, where it is code, and where it stands.
fn each_part<'t>(text: &'t str, sink: &mut dyn FnMut(Option<&'t str>, Span)) {
    let mut prose = 0;
    let _ = walk(text, 0, &mut |step| {
        if let Found::Code(info, body, after) = step {
            sink(None, Span::new(prose, body.start));
            sink(Some(info), body);
            prose = after;
        }
        ControlFlow::Continue(())
    });
    sink(None, Span::new(prose, text.len()));
}

/// What is met on the way through a text.
enum Found<'t> {
    /// A line that nothing before it has a say in.
    Line(usize),
    /// A block of code: what names its language, the code, and where the text goes on.
    Code(&'t str, Span, usize),
}

/// Walks through `text` from the line at `at` on, which nothing before has a say in.
fn walk<'t>(
    text: &'t str,
    mut at: usize,
    sink: &mut dyn FnMut(Found<'t>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    // The language that AsciiDoc names on the line above.
    let mut above = None;
    while at < text.len() {
        if above.is_none() {
            sink(Found::Line(at))?;
        }
        let (line, next) = row(text, at);
        let content = line.of(text);
        if is_prose(content) {
            (above, at) = (None, next);
            continue;
        }
        if let Some(fence) = Fence::open(content, above) {
            let (body, after) = fence.body(text, next);
            sink(Found::Code(fence.language, body, after))?;
            at = after;
            continue;
        }
        above = content
            .trim()
            .strip_prefix("[source,")
            .map(|rest| rest.split([',', ']', '%']).next().unwrap_or(rest));
        if let Some(named) = directive(content) {
            let indent = content.len() - content.trim_start().len();
            let body = indented(text, next, indent);
            sink(Found::Code(named, body, body.end))?;
            at = body.end;
            continue;
        }
        at = next;
    }
    ControlFlow::Continue(())
}

/// Whether a line begins like prose, as most do: no code begins with it, and it names no language.
fn is_prose(line: &str) -> bool {
    let first = line.bytes().find(|byte| !matches!(byte, b' ' | b'\t'));
    first.is_none_or(|byte| byte.is_ascii_alphabetic())
}

/// The language of `.. code-block:: python`.
fn directive(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(".. ")?;
    let (kind, language) = rest.split_once("::")?;
    matches!(kind, "code-block" | "code" | "sourcecode" | "highlight").then_some(language.trim())
}

/// The lines from `at` on that are indented more than `indent`, and the empty ones between.
fn indented(text: &str, at: usize, indent: usize) -> Span {
    let start = at;
    let mut at = at;
    while at < text.len() {
        let (line, next) = row(text, at);
        let content = line.of(text);
        let own = content.len() - content.trim_start().len();
        if !content.trim().is_empty() && own <= indent {
            break;
        }
        at = next;
    }
    Span::new(start, at)
}

/// A line that encloses code: three backticks or `~~~` with what follows, or the `----` of `AsciiDoc`.
struct Fence<'t> {
    mark: u8,
    length: usize,
    language: &'t str,
}

impl<'t> Fence<'t> {
    fn open(line: &'t str, above: Option<&'t str>) -> Option<Self> {
        // A fence may stand in a list or a quotation.
        let content = line
            .trim_start_matches(['>', ' ', '\t', '-', '*', '.'])
            .trim_end();
        let content = content
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches(['.', ')', ' ']);
        let dashes = line.trim();
        if let Some(language) = above
            && dashes.len() >= 4
            && dashes.bytes().all(|byte| byte == b'-')
        {
            return Some(Self {
                mark: b'-',
                length: dashes.len(),
                language,
            });
        }
        let mark = *content.as_bytes().first()?;
        let length = content.bytes().take_while(|byte| *byte == mark).count();
        if length < 3 || !matches!(mark, b'`' | b'~') {
            return None;
        }
        let language = content[length..].trim();
        if mark == b'`' && language.contains('`') {
            return None;
        }
        Some(Self {
            mark,
            length,
            language,
        })
    }

    /// What the fence encloses, and where the text goes on.
    fn body(&self, text: &str, start: usize) -> (Span, usize) {
        let mut at = start;
        while at < text.len() {
            let (line, next) = row(text, at);
            let content = line
                .of(text)
                .trim_start_matches(['>', ' ', '\t'])
                .trim_end();
            if content.len() >= self.length && content.bytes().all(|byte| byte == self.mark) {
                return (Span::new(start, at), next);
            }
            at = next;
        }
        (Span::new(start, text.len()), text.len())
    }
}

/// The format for a block's language: `python`, `{.yaml hl_lines="1"}`, `title=".env"`, `docker-compose.yml`; or for what is no block.
fn language(info: Option<&str>) -> &'static dyn Format {
    let Some(info) = info else {
        return &LINES;
    };
    let word = info
        .trim_start_matches(['{', '.', ' '])
        .split([' ', ',', '{', '}', ':', '\t'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    // A file name in the rest says more than the language.
    let named = info
        .split(['"', '\'', ' ', '=', ':'])
        .skip(1)
        .find(|part| part.starts_with(".env") || part.trim_start_matches('.').contains('.'));
    if let Some(named) = named {
        return chosen(named, MARKDOWN.name());
    }
    let file = match word.as_str() {
        "" | "text" | "txt" | "plain" | "plaintext" | "none" | "output" => return &LINES,
        "python" | "python3" | "py" | "pycon" | "python-repl" | "ipython" => "x.py",
        "env" | "dotenv" | "properties-env" => ".env",
        "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "shellsession"
        | "terminal" | "fish" | "ksh" => "x.sh",
        "javascript" | "node" | "jsx" => "x.js",
        "typescript" => "x.ts",
        "ruby" => "x.rb",
        "golang" => "x.go",
        "rust" => "x.rs",
        "csharp" | "c#" => "x.cs",
        "kotlin" => "x.kt",
        "elixir" => "x.ex",
        "yaml" | "yml" => "x.yaml",
        "docker" | "dockerfile" => "dockerfile",
        "make" | "makefile" => "makefile",
        "hcl" | "terraform" => "x.tf",
        "conf" | "apache" | "nginx" | "apacheconf" => "x.conf",
        "systemd" => "x.service",
        other if other.contains('.') => other,
        other => return chosen(&format!("x.{other}"), MARKDOWN.name()),
    };
    chosen(file, MARKDOWN.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dice::Dice;

    const PARTS: &[&str] = &[
        " ",
        "\t",
        "\u{a0}",
        "> ",
        "- ",
        "*",
        "1. ",
        "```",
        "~~~",
        "----",
        "[source,",
        ".. ",
        "code-block::",
        "ruby",
        "word",
        "#",
        "",
    ];

    #[test]
    fn no_code_begins_with_a_line_of_prose() {
        let mut dice = Dice(5);
        let mut prose = 0;
        for _ in 0..20_000 {
            let count = dice.below(6);
            let parts = (0..count).map(|_| PARTS[dice.below(PARTS.len())]);
            let line: String = parts.collect();
            if is_prose(&line) {
                prose += 1;
                assert!(Fence::open(&line, None).is_none(), "{line:?}");
                assert!(Fence::open(&line, Some("ruby")).is_none(), "{line:?}");
                assert!(!line.trim().starts_with("[source,"), "{line:?}");
                assert!(directive(&line).is_none(), "{line:?}");
            }
        }
        assert!(prose > 1000, "{prose}");
    }
}
