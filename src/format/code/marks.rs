//! Where code can be cut: at lines that begin with a name, outside of brackets, literals and comments, with nothing before
//! them that goes on.
//!
//! The state of the lexer and the extractor at such a line is the one they begin with, save for the classes told by
//! indentation, which go with the mark. A literal whose end was looked for in vain depends on the text up to where it was
//! looked for, so no mark stands before that. What is left is names: a piece that asks for one which another piece gives a
//! value, a body or a class is not read alone, and neither is one with a function that may go on behind it.

use std::ops::ControlFlow;

use super::given::REACH;
use super::island::has_islands;
use super::joined::joins;
use super::language::Language;
use super::parts;
use super::state::State;
use super::token::{Kind, Lexer};
use crate::format::Entry;
use crate::format::cut::{Basis, Cut, Follower, Mark, Step, Trail};
use crate::format::spots::Spots;

impl Cut for Language {
    fn takes(&'static self, text: &str) -> bool {
        !has_islands(text, self) && !is_dense(text)
    }

    fn follow(
        &'static self,
        text: &str,
        from: &Mark,
        sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> bool {
        self.follower(text)(from, sink)
    }

    fn follower<'t>(&'static self, text: &'t str) -> Follower<'t> {
        let (mut lexer, mut open) = (Lexer::new(text, self), Vec::new());
        lexer.reserve(4 * REACH);
        Box::new(move |from, sink| {
            follow(&mut lexer, State::new(text, self, from, &mut open), sink)
        })
    }

    fn read<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        let pieces = trail.pieces(spots);
        let spots = Spots::At(spots);
        parts::read(text, self, (&pieces, spots, spots), trail, sink)
    }

    fn line_decides(&self) -> bool {
        true
    }

    fn read_piece<'t>(
        &'static self,
        text: &'t str,
        (piece, spots): (usize, &[u32]),
        trail: &Trail,
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Basis> {
        let all = (&[piece][..], Spots::All, Spots::At(spots));
        parts::read(text, self, all, trail, sink)
    }
}

/// Tells `sink` of everything behind the place of a state, until it breaks or the text ends. `false` where the text cannot be cut.
fn follow(
    lexer: &mut Lexer<'_, 'static>,
    mut state: State<'_, '_>,
    sink: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> bool {
    let language = lexer.language;
    lexer.restart(state.start());
    // Of the tokens so many were taken; a line end only once it is known what stands behind it, which tells whether it joins its lines.
    let (mut seen, mut ended, mut behind_name) = (0, false, false);
    while lexer.next() {
        let (looked, comments) = (&lexer.far, &lexer.out.comments);
        let far = || (looked.get()).max(comments.last().map_or(0, |comment| comment.end));
        let list = &mut lexer.out.list;
        while let Some(token) = list.get(seen) {
            let is_end = matches!(token.kind, Kind::Newline);
            if ended {
                let before = seen.checked_sub(2).and_then(|last| list.get(last));
                if language.continues && joins(before, Some(token)) {
                    seen -= 1;
                    list.remove(seen);
                } else {
                    state.line_end(before);
                    behind_name = false;
                }
            }
            ended = is_end;
            seen += 1;
            if is_end {
                continue;
            }
            let Some((token, before)) = list.get(..seen).and_then(<[_]>::split_last) else {
                break;
            };
            let passes = state.passes(&token.kind, behind_name);
            behind_name = matches!(token.kind, Kind::Name);
            if !passes && state.take(token, before, far, sink).is_break() {
                return true;
            }
        }
        if seen > 4 * REACH {
            list.drain(..seen - REACH);
            seen = REACH;
        }
    }
    !lexer.gave_up()
}

/// Bytes of an average line in code that was written by a program, …
const DENSE: usize = 512;
/// … and of a text for which that is asked.
const LARGE: usize = 16 << 10;
/// Lines are counted in one part of so many first.
const SOME: usize = 8;

/// Whether hardly a line begins in the text, as in minified code: finding the marks would cost as much as reading all of it.
pub(super) fn is_dense(text: &str) -> bool {
    let lines = text.len() / DENSE;
    let ends = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
    // In most texts so many end in a small part of it.
    let (bytes, part) = (text.as_bytes(), text.len() / SOME);
    let many = |bytes| ends(bytes) >= lines;
    text.len() >= LARGE && !many(bytes.get(..part).unwrap_or_default()) && !many(bytes)
}

/// Whether an expression may go on behind a word in the next line.
pub(super) fn is_going_on(word: &str) -> bool {
    matches!(
        word,
        "or" | "and" | "not" | "in" | "is" | "if" | "unless" | "return" | "do"
    )
}
