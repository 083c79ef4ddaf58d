//! A text to entries: the code itself, then what its comments and long strings hold.

use super::constants::constants;
use super::cursor::closers;
use super::language::Language;
use super::token::{Kind, Tokens, tokens};
use super::walk::Walker;
use crate::format::{Entry, Place};
use crate::text::Span;

/// Code inside comments and strings is looked into so deep.
const DEEPEST: usize = 2;
/// Longer strings are not looked into.
const LONGEST_NESTED: usize = 200_000;

/// Where a text stands inside the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inset {
    pub offset: usize,
    pub place: Place,
    pub depth: usize,
}

/// Calls `sink` for each entry of `text`.
pub(super) fn extract<'t>(
    text: &'t str,
    language: &'static Language,
    inset: Inset,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let Tokens { tokens, comments } = tokens(text, language);
    let closers = closers(&tokens);
    let constants = constants(text, &tokens, &closers, language);
    Walker::new(text, &tokens, &closers, &constants, language, inset).run(sink);
    if inset.depth >= DEEPEST {
        return;
    }
    for block in comment_blocks(text, &comments, language) {
        let inner = Inset {
            offset: inset.offset,
            place: Place::Comment,
            depth: inset.depth + 1,
        };
        nested(&block.0, block.1, language, inner, sink);
    }
    for token in &tokens {
        if let Kind::Str(literal) = token.kind
            && literal.multiline
            && literal.body.len() <= LONGEST_NESTED
        {
            let body = literal.body.of(text);
            if memchr::memchr(b'\n', body.as_bytes()).is_some()
                && memchr::memchr2(b'=', b':', body.as_bytes()).is_some()
            {
                let place = inset.place.max(Place::Text);
                let inner = Inset {
                    offset: inset.offset + literal.body.start,
                    place,
                    depth: inset.depth + 1,
                };
                extract(body, language, inner, sink);
            }
        }
    }
}

/// Entries of text that had to be copied; their strings are copied in turn.
fn nested<'t>(
    copy: &str,
    start: usize,
    language: &'static Language,
    inset: Inset,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let inset = Inset {
        offset: inset.offset + start,
        ..inset
    };
    extract(copy, language, inset, &mut |entry| {
        sink(entry.into_owned());
    });
}

/// Comments as text of the same length without their marks; comments on consecutive lines are one, so that a commented-out
/// statement over several lines is seen as one.
fn comment_blocks(text: &str, comments: &[Span], language: &Language) -> Vec<(String, usize)> {
    let mut blocks: Vec<(String, usize)> = Vec::new();
    let mut last_end = 0;
    for comment in comments {
        let body = comment.of(text);
        let mark = language
            .line_comments
            .iter()
            .copied()
            .chain(language.block_comments.iter().map(|(open, _)| *open))
            .filter(|open| body.starts_with(open))
            .map(str::len)
            .max()
            .unwrap_or(0);
        let marks = mark
            + body[mark..]
                .bytes()
                .take_while(|b| matches!(b, b'#' | b'/' | b'!' | b'*'))
                .count();
        let close = language.block_comments.iter().find_map(|(_, close)| {
            (body.len() >= marks + close.len() && body.ends_with(close)).then_some(close.len())
        });
        let rest = body.len() - close.unwrap_or(0);
        let blank = " ".repeat(marks) + &body[marks..rest] + &" ".repeat(close.unwrap_or(0));
        let between = text.get(last_end..comment.start).unwrap_or("x");
        match blocks.last_mut() {
            Some((block, _)) if between.trim().is_empty() && between.matches('\n').count() == 1 => {
                block.push_str(between);
                block.push_str(&blank);
            }
            _ => blocks.push((blank, comment.start)),
        }
        last_end = comment.end;
    }
    blocks.retain(|(block, _)| memchr::memchr3(b'=', b':', b'(', block.as_bytes()).is_some());
    blocks
}
