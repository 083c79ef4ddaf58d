//! Which comment a place lies in, for words such as `leakey:allow` that only count there.
//!
//! Languages know their comments from their tokens. Every other format says how comments are written ([`Syntax`]), and the
//! line is walked from its beginning, past what stands in quotes.

use super::rows::row;
use crate::text::Span;

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its mark to its end; a comment that ends with the line ends before the line's end.
    pub span: Span,
    /// How it was told.
    pub sure: Sureness,
}

/// How a comment was told from other text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sureness {
    /// By the tokens of the language.
    Lexed,
    /// By how comments of the format are written.
    Marked,
    /// By how comments are written anywhere: the text is in no format of its own, or holds others.
    Guessed,
}

/// How comments are written.
#[derive(Debug)]
pub(super) struct Syntax {
    /// What begins a comment that ends with the line, behind a blank or at the line's beginning.
    pub apart: &'static [&'static str],
    /// The same, but only at the beginning of a line.
    pub leading: &'static [&'static str],
    /// What encloses a comment.
    pub blocks: &'static [(&'static str, &'static str)],
    /// What stands around each line.
    pub wrapped: Wrapped,
    pub sure: Sureness,
}

/// What stands around each line of the text proper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapped {
    Nothing,
    /// A character that says whether the line is old or new.
    Patch,
    /// A JSON string that ends with `\n`.
    Json,
}

const NONE: Syntax = Syntax {
    apart: &[],
    leading: &[],
    blocks: &[],
    wrapped: Wrapped::Nothing,
    sure: Sureness::Marked,
};

/// `# …`, as YAML, TOML, dotenv, shells and make have it.
pub(super) const HASH: Syntax = Syntax {
    apart: &["#"],
    // Templates of charts and playbooks.
    blocks: &[("{{/*", "*/}}"), ("{{- /*", "*/"), ("{#", "#}")],
    ..NONE
};
/// `# …` on a line of its own, as in Dockerfiles.
pub(super) const LEADING_HASH: Syntax = Syntax {
    leading: &["#"],
    ..NONE
};
/// `; …` and `# …` on a line of their own, as in systemd units.
pub(super) const LEADING: Syntax = Syntax {
    leading: &["#", ";"],
    ..NONE
};
/// `# …` and `! …` on a line of their own, as in Java's properties.
pub(super) const PROPERTIES: Syntax = Syntax {
    leading: &["#", "!"],
    ..NONE
};
/// `; …` and `# …`, as INI files have it.
pub(super) const INI: Syntax = Syntax {
    apart: &["#", ";"],
    ..NONE
};
/// C's comments and `# …`: HCL, HOCON, and JSON as people write it.
pub(super) const C: Syntax = Syntax {
    apart: &["#"],
    blocks: &[("//", "\n"), ("/*", "*/")],
    ..NONE
};
/// `<!-- … -->`.
pub(super) const XML: Syntax = Syntax {
    blocks: &[("<!--", "-->")],
    ..NONE
};
/// Any of them.
pub(super) const ANY: Syntax = Syntax {
    apart: &["#", ";", "--", "//"],
    leading: &[],
    blocks: &[("<!--", "-->"), ("/*", "*/"), ("{#", "#}"), ("<%#", "%>")],
    wrapped: Wrapped::Nothing,
    sure: Sureness::Guessed,
};
/// Any of them, in the lines of a patch.
pub(super) const PATCH: Syntax = Syntax {
    wrapped: Wrapped::Patch,
    ..ANY
};
/// Any of them, in the lines of a notebook's cells.
pub(super) const NOTEBOOK: Syntax = Syntax {
    wrapped: Wrapped::Json,
    ..ANY
};

/// A comment begins at most so many bytes before a place in it, and so does its line.
const REACH: usize = 4096;

/// For each of `places`: the comment it lies in.
pub(super) fn around(text: &str, places: &[usize], syntax: &Syntax) -> Vec<Option<Comment>> {
    let told = |&at: &usize| {
        let span = on_line(text, at, syntax).or_else(|| over_lines(text, at, syntax))?;
        Some(Comment {
            span,
            sure: syntax.sure,
        })
    };
    places.iter().map(told).collect()
}

/// The comment that begins before `at` on the same line.
fn on_line(text: &str, at: usize, syntax: &Syntax) -> Option<Span> {
    let bytes = text.as_bytes();
    let begin = memchr::memrchr(b'\n', bytes.get(..at)?).map_or(0, |end| end + 1);
    if at - begin > REACH {
        return None;
    }
    let (line, _) = row(text, begin);
    let line = unwrapped(text, line, syntax.wrapped);
    let mut quote = None;
    let mut here = line.start;
    let mut before = b'\n';
    let mut first = true;
    while here < at {
        let byte = bytes[here];
        let blank = byte == b' ' || byte == b'\t';
        if let Some(open) = quote {
            if byte == b'\\' {
                here += 1;
            } else if byte == open {
                quote = None;
            }
        } else {
            let starts = |mark: &&str| bytes[here..].starts_with(mark.as_bytes());
            let apart = matches!(before, b'\n' | b' ' | b'\t');
            if apart && syntax.apart.iter().any(starts)
                || first && syntax.leading.iter().any(starts)
            {
                return Some(Span::new(here, line.end));
            }
            // `https://…` begins no comment.
            if let Some((open, close)) = (syntax.blocks.iter())
                .find(|(open, _)| starts(open) && (*open != "//" || before != b':'))
            {
                let from = here + open.len();
                let end = memchr::memmem::find(bytes.get(from..)?, close.as_bytes());
                let end = end.map_or(bytes.len(), |by| from + by);
                if end > at {
                    let line_only = *close == "\n";
                    let end = if line_only {
                        line.end
                    } else {
                        end + close.len()
                    };
                    return Some(Span::new(here, end.min(bytes.len())));
                }
                here = end + close.len();
                continue;
            }
            // An apostrophe inside of a word begins nothing.
            if matches!(byte, b'"' | b'\'' | b'`')
                && (apart || matches!(before, b'=' | b':' | b'(' | b'[' | b'{' | b',' | b'+'))
            {
                quote = Some(byte);
            }
        }
        first &= blank;
        before = byte;
        here += 1;
    }
    None
}

/// The comment that begins on an earlier line.
fn over_lines(text: &str, at: usize, syntax: &Syntax) -> Option<Span> {
    let bytes = text.as_bytes();
    let begin = memchr::memrchr(b'\n', bytes.get(..at)?)?;
    let from = begin.saturating_sub(REACH);
    let before = bytes.get(from..begin)?;
    syntax.blocks.iter().find_map(|(open, close)| {
        if *close == "\n" {
            return None;
        }
        let opened = memchr::memmem::rfind(before, open.as_bytes())?;
        let inside = bytes.get(from + opened + open.len()..at)?;
        if memchr::memmem::find(inside, close.as_bytes()).is_some() {
            return None;
        }
        let end = memchr::memmem::find(&bytes[at..], close.as_bytes())?;
        Some(Span::new(from + opened, at + end + close.len()))
    })
}

fn unwrapped(text: &str, line: Span, wrapped: Wrapped) -> Span {
    match wrapped {
        Wrapped::Nothing => line,
        Wrapped::Patch => {
            let marked = matches!(text.as_bytes().get(line.start), Some(b'+' | b'-' | b' '));
            Span::new(line.start + usize::from(marked), line.end)
        }
        Wrapped::Json => {
            let inner = line.of(text);
            let blanks = inner.len() - inner.trim_start().len();
            let quoted = inner[blanks..].starts_with('"');
            let start = line.start + blanks + usize::from(quoted);
            let end = ["\\n\",", "\\n\"", "\",", "\""]
                .iter()
                .find_map(|tail| inner.strip_suffix(tail));
            Span::new(start, line.start + end.map_or(inner.len(), str::len))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comment around `@` in `text`, which is taken out of it.
    fn told<'t>(text: &'t str, syntax: &Syntax) -> Option<&'t str> {
        let at = text.find('@').unwrap();
        around(text, &[at], syntax)[0].map(|comment| comment.span.of(text))
    }

    #[test]
    fn a_comment_begins_behind_what_is_quoted() {
        assert_eq!(told("A: b # c @ d\n", &HASH), Some("# c @ d"));
        assert_eq!(told("A: 'b # c @'\n", &HASH), None);
        assert_eq!(told("A: \"\\\" # c @\"\n", &HASH), None);
        assert_eq!(told("A: it's # c @\n", &HASH), Some("# c @"));
        assert_eq!(told("A: b#c @\n", &HASH), None);
        assert_eq!(told("a=b # @\n", &PROPERTIES), None);
        assert_eq!(told("  ! @\n", &PROPERTIES), Some("! @"));
        assert_eq!(told("{\"u\": \"http://x\", // @\n", &C), Some("// @"));
        assert_eq!(told("u = http://x @\n", &C), None);
        assert_eq!(told("a /* b */ c @", &C), None);
    }

    #[test]
    fn a_comment_may_go_over_lines() {
        assert_eq!(told("<!-- a\n @ -->\n<b/>", &XML), Some("<!-- a\n @ -->"));
        assert_eq!(told("<!-- a -->\n @\n", &XML), None);
        assert_eq!(told("/* a\n @ no end", &C), None);
        assert_eq!(told("<a b='@'/> <!-- c -->", &XML), None);
    }

    #[test]
    fn lines_may_stand_in_others() {
        assert_eq!(told("+# @\n", &PATCH), Some("# @"));
        assert_eq!(told("   \"a = 1  # @\\n\",\n", &NOTEBOOK), Some("# @"));
        assert_eq!(told("   \"a = '# @'\\n\",\n", &NOTEBOOK), None);
    }
}
