//! Code frames: the lines of a statement with every secret taken out, built while the text is at hand.

use std::fmt::Write as _;

use crate::detect::Candidate;
use crate::finding::{Frame, FrameLine};
use crate::generator::shape;
use crate::text::{Lines, Span};

/// Pieces of a secret from this length on are taken out of the rest of the line.
const PIECE: usize = 6;
/// Lines shown before the one on which the value begins.
const BEFORE: usize = 3;
/// Characters of a line that are shown.
const WIDEST: usize = 100;
/// Bytes to either side of the value that are looked at.
const REACH: usize = 400;
/// Runs of characters from this length on are looked at for randomness, wherever they stand.
const SUSPECT: usize = 16;

/// Secrets are sorted by where they begin; one that began before a line and reaches into it stands among so many before.
const BACK: usize = 16;

/// The frame of a candidate. `secret` holds the places of all secrets in the text, sorted.
pub(crate) fn build(
    candidate: &Candidate<'_>,
    text: &str,
    lines: &Lines<'_>,
    secret: &[Span],
) -> Frame {
    let value = candidate.span;
    let first_line = lines.line(value.start);
    let statement = candidate.statements[0].map_or(value.start, |span| span.start.min(value.start));
    let mut frame = Frame::default();
    if first_line - lines.line(statement) <= BEFORE {
        let mut at = lines.span(statement);
        while at.end < value.start && lines.line(at.start) < first_line {
            frame.lines.push(line(at, None, text, lines, secret));
            let next = text[at.end..]
                .find('\n')
                .map_or(text.len(), |by| at.end + by + 1);
            at = lines.span(next);
            if next >= text.len() {
                break;
            }
        }
    }
    frame.lines.push(line(
        lines.span(value.start),
        Some(value),
        text,
        lines,
        secret,
    ));
    frame
}

/// A piece of a text with every secret, and what looks like one, taken out.
pub(crate) fn plain(piece: Span, text: &str, secret: &[Span]) -> String {
    let mut out = String::new();
    push_plain(piece.of(text), secret, text, &mut out);
    let (out, _) = cut_around(out, None);
    out
}

/// One line: each part that is secret is replaced, then what merely looks random, then the line is cut around the mark.
fn line(
    whole: Span,
    value: Option<Span>,
    text: &str,
    lines: &Lines<'_>,
    secret: &[Span],
) -> FrameLine {
    let at = around(whole, value, text);
    let first = secret.partition_point(|span| span.start < at.start);
    let after = secret.partition_point(|span| span.start < at.end);
    let secret = &secret[first.saturating_sub(BACK)..after.max(first)];
    let mut cuts: Vec<Span> = secret
        .iter()
        .chain(value.as_ref())
        .filter(|span| span.start < at.end && at.start < span.end)
        .map(|span| Span::new(span.start.max(at.start), span.end.min(at.end)))
        .collect();
    cuts.sort();
    let mut out = String::new();
    let mut mark = None;
    let mut from = at.start;
    for cut in cuts {
        if cut.start < from {
            from = from.max(cut.end);
            continue;
        }
        push_plain(Span::new(from, cut.start).of(text), secret, text, &mut out);
        let start = out.len();
        let whole = value
            .filter(|value| value.start == cut.start)
            .unwrap_or(cut);
        let _ = write!(out, "<{} characters>", whole.of(text).chars().count());
        if value.is_some_and(|value| value.start == cut.start) {
            mark = Some((start, out.len()));
        }
        from = cut.end;
    }
    push_plain(
        Span::new(from, at.end.max(from)).of(text),
        secret,
        text,
        &mut out,
    );
    let head = if at.start > whole.start { "..." } else { "" };
    let tail = if at.end < whole.end { "..." } else { "" };
    let mark = mark.map(|(start, end)| (start + head.len(), end + head.len()));
    let (text, mark) = cut_around(format!("{head}{out}{tail}"), mark);
    FrameLine {
        number: lines.line(at.start),
        text,
        mark,
    }
}

/// The part of a line that is looked at, at all: bounded, because a minified file is one line. It begins and ends where a
/// word does, so that no piece of something random is left over.
fn around(line: Span, value: Option<Span>, text: &str) -> Span {
    let value = value.unwrap_or(Span::new(line.start, line.start));
    let mut start = line.start.max(value.start.saturating_sub(REACH));
    let mut end = line.end.min(value.end.max(value.start) + REACH);
    while start > line.start && !text.is_char_boundary(start) {
        start += 1;
    }
    while end < line.end && !text.is_char_boundary(end) {
        end -= 1;
    }
    if start > line.start {
        let before = Span::new(start, value.start).of(text);
        start += before.find(|c| !is_part(c)).unwrap_or(before.len());
    }
    if end < line.end {
        let from = value.end.min(end);
        let after = Span::new(from, end).of(text);
        end = from + after.rfind(|c| !is_part(c)).unwrap_or(0);
    }
    Span::new(start, end)
}

/// Whether a character belongs to a run that may be a secret.
fn is_part(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | ';' | '<' | '>')
}

/// Text between secrets: copies of them, and anything that looks generated, are taken out too.
fn push_plain(plain: &str, secret: &[Span], text: &str, out: &mut String) {
    let mut plain = plain.to_owned();
    for span in secret {
        let value = span.of(text);
        if value.len() >= 6 && plain.contains(value) {
            plain = plain.replace(value, "<...>");
        }
    }

    let mut rest = plain.as_str();
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..]
            .find(|c| !is_part(c))
            .map_or(rest.len(), |by| start + by);
        let run = &rest[start..end];
        out.push_str(&rest[..start]);
        // `name=value` and `user:password@host` hide a value in a run.
        for part in run.split_inclusive(|c| "=:@&?${}[]|".contains(c)) {
            let word = part.trim_end_matches(|c: char| "=:@&?${}[]|".contains(c));
            let piece =
                word.len() >= PIECE && secret.iter().any(|span| span.of(text).contains(word));
            let hidden = piece || part.len() >= SUSPECT && shape(part.as_bytes()).random;
            out.push_str(if hidden { "<...>" } else { part });
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
}

/// Cuts a long line to [`WIDEST`] characters around the mark.
fn cut_around(text: String, mark: Option<(usize, usize)>) -> (String, Option<(usize, usize)>) {
    if text.chars().count() <= WIDEST {
        return (text, mark);
    }
    let (start, end) = mark.unwrap_or((0, 0));
    let width = text[start..end].chars().count();
    let room = WIDEST.saturating_sub(width);
    let from = text[..start]
        .char_indices()
        .rev()
        .take(room * 2 / 3)
        .last()
        .map_or(start, |(at, _)| at);
    let used = text[from..start].chars().count();
    let to = text[end..]
        .char_indices()
        .nth(room.saturating_sub(used))
        .map_or(text.len(), |(by, _)| end + by);
    let head = if from > 0 { "..." } else { "" };
    let tail = if to < text.len() { "..." } else { "" };
    let shifted = mark.map(|(start, end)| (start - from + head.len(), end - from + head.len()));
    (format!("{head}{}{tail}", &text[from..to]), shifted)
}
