//! A text to entries: the code itself, then what its comments and long strings hold.

use super::cursor::closers;
use super::heat::Spots;
use super::language::Language;
use super::scope::Scope;
use super::sparse;
use super::token::{Kind, Token, Tokens, tokens};
use super::walk::Walker;
use crate::format::lines::LINES;
use crate::format::{Entry, Format, Place};
use crate::text::Span;

/// Code inside comments and strings is read as code so deep, and then line by line.
const DEEPEST: usize = 4;

/// Where a text stands inside the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inset {
    pub offset: usize,
    pub place: Place,
    pub depth: usize,
}

/// The whole text, as it is.
pub(super) const TOP: Inset = Inset {
    offset: 0,
    place: Place::Live,
    depth: 0,
};

/// Calls `sink` for what can be found at `spots` of `text`, or for all there is where it stands too deep in others.
pub(super) fn extract<'t>(
    text: &'t str,
    language: &'static Language,
    inset: Inset,
    spots: Spots<'_>,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    if inset.depth > DEEPEST {
        LINES.entries(text, &mut |mut entry| {
            entry.span = entry.span.shift(inset.offset);
            entry.statement = entry.statement.shift(inset.offset);
            entry.place = entry.place.max(inset.place);
            sink(entry);
        });
        return;
    }
    read_at(text, language, inset, spots, sink);
}

/// Calls `sink` for what can be found at `spots` of `text`.
pub(super) fn read_at<'t>(
    text: &'t str,
    language: &'static Language,
    inset: Inset,
    spots: Spots<'_>,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    if let Spots::At(places) = spots
        && inset.depth == 0
        && sparse::pays(text)
        && sparse::read(text, language, places, sink)
    {
        return;
    }
    whole(text, language, inset, spots, sink);
}

/// The same, from the tokens of all of it.
pub(super) fn whole<'t>(
    text: &'t str,
    language: &'static Language,
    inset: Inset,
    spots: Spots<'_>,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let Tokens {
        list: tokens,
        comments,
        cut,
    } = tokens(text, language);
    if let Some((limit, at)) = cut {
        sink(Entry::unread(limit, Span::new(at, at).shift(inset.offset)));
    }
    let closers = closers(&tokens);
    let scope = Scope::new(text, &tokens, &closers, language, None);
    let mut walker = Walker::new(text, &tokens, &closers, &scope, language, inset);
    walker.spots = spots;
    walker.run(sink);
    inside(
        text,
        (&tokens, &comments),
        language,
        inset,
        (spots, spots),
        sink,
    );
}

/// Calls `sink` for what can be found at `spots` inside of comments and literals, of those that hold one of `near`.
pub(super) fn inside<'t>(
    text: &'t str,
    (tokens, comments): (&[Token], &[Span]),
    language: &'static Language,
    inset: Inset,
    (spots, near): (Spots<'_>, Spots<'_>),
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let held = |from: usize, to: usize| {
        let any = near.any(from, to);
        any.then(|| spots.within(from, to)).flatten()
    };
    for block in comment_blocks(text, comments) {
        let (start, end) = (block[0].start, block[block.len() - 1].end);
        let Some(held) = held(start, end) else {
            continue;
        };
        let Some(copy) = code_in(text, block, language) else {
            continue;
        };
        let inner = Inset {
            offset: inset.offset + start,
            place: Place::Comment,
            depth: inset.depth + 1,
        };
        // Its strings are copied in turn.
        extract(&copy, language, inner, held.spots(), &mut |entry| {
            sink(entry.into_owned());
        });
    }
    for token in tokens {
        let Kind::Str(literal) = token.kind else {
            continue;
        };
        if !near.any(literal.body.start, literal.body.end) {
            continue;
        }
        if literal.is_filled() {
            for field in fields(text, literal.body, literal.braces) {
                let inner = Inset {
                    offset: inset.offset + field.start,
                    place: inset.place,
                    depth: inset.depth + 1,
                };
                if let Some(held) = held(field.start, field.end) {
                    extract(field.of(text), language, inner, held.spots(), sink);
                }
            }
        }
        if literal.multiline {
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
                if let Some(held) = held(literal.body.start, literal.body.end) {
                    extract(body, language, inner, held.spots(), sink);
                }
            }
        }
    }
}

/// The code in the fields of a literal that may hold a name or a call: `${…}`, `#{…}`, `\(…)`, `{…}`.
fn fields(text: &str, body: Span, braces: bool) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = body.start;
    while let Some(by) = memchr::memchr2(b'{', b'(', &bytes[at..body.end]) {
        let open = at + by;
        at = open + 1;
        let mark = open.checked_sub(1).filter(|&mark| mark >= body.start);
        let begins = match (bytes[open], mark.map(|mark| bytes[mark])) {
            (b'{', Some(b'$' | b'#')) => true,
            (b'{', _) => braces,
            (_, mark) => mark == Some(b'\\'),
        };
        if !begins {
            continue;
        }
        let mut depth = 1_usize;
        let mut end = at;
        while end < body.end && depth > 0 {
            match bytes[end] {
                b'{' | b'(' => depth += 1,
                b'}' | b')' => depth -= 1,
                _ => {}
            }
            end += 1;
        }
        let field = Span::new(at, if depth == 0 { end - 1 } else { end });
        if memchr::memchr3(b'(', b'=', b'{', field.of(text).as_bytes()).is_some() {
            found.push(field);
        }
        at = end;
    }
    found
}

/// Comments on consecutive lines, which are one, so that a commented-out statement over several lines is seen as one.
fn comment_blocks<'c>(text: &str, comments: &'c [Span]) -> impl Iterator<Item = &'c [Span]> {
    comments.chunk_by(|one, next| {
        let between = text.get(one.end..next.start).unwrap_or("x");
        between.trim().is_empty() && between.matches('\n').count() == 1
    })
}

/// A block of comments as text of the same length without their marks, if it may hold code.
fn code_in(text: &str, block: &[Span], language: &Language) -> Option<String> {
    let mut code = String::new();
    let mut last_end = block.first()?.start;
    for comment in block {
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
        code.push_str(text.get(last_end..comment.start)?);
        code.extend(std::iter::repeat_n(' ', marks));
        code.push_str(&body[marks..rest]);
        code.extend(std::iter::repeat_n(' ', close.unwrap_or(0)));
        last_end = comment.end;
    }
    memchr::memchr3(b'=', b':', b'(', code.as_bytes())
        .is_some()
        .then_some(code)
}
