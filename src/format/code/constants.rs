//! Constants of a text, by name.

use std::collections::BTreeSet;

use super::cursor::{Constants, Cursor};
use super::fold::expression;
use super::language::Language;
use super::token::{Kind, Op, Token};

/// Names that are given one plain literal, for look-ups inside the text. A name given another
/// value too is left out.
pub(super) fn constants<'t>(
    text: &'t str,
    tokens: &[Token],
    closers: &[u32],
    language: &'static Language,
) -> Constants<'t> {
    let mut constants = Constants::new();
    let mut twice = BTreeSet::new();
    for at in 1..tokens.len().saturating_sub(1) {
        let [name, assign, value] = [tokens[at - 1], tokens[at], tokens[at + 1]];
        let literal = matches!(value.kind, Kind::Str(literal) if !literal.field)
            || value.kind == Kind::Open(b'(');
        let assigns = matches!(assign.kind, Kind::Op(Op::Assign)) || assign.span.of(text) == "+=";
        if name.kind != Kind::Name || !assigns {
            continue;
        }
        // A keyword argument (`f(key='x')`) is no constant.
        let before = at
            .checked_sub(2)
            .and_then(|before| tokens.get(before))
            .map(|token| token.kind);
        if matches!(
            before,
            Some(Kind::Open(b'(') | Kind::Op(Op::Comma | Op::Dot | Op::Member))
        ) {
            continue;
        }
        let key = name.span.of(text);
        if !literal || assign.kind != Kind::Op(Op::Assign) {
            twice.insert(key);
            continue;
        }
        let mut cursor = Cursor::new(text, tokens, closers, language, None, at + 1, 0);
        let folded = expression(&mut cursor, 0);
        if let (true, Some(mut constant)) = (folded.pure, folded.values.into_iter().next()) {
            constant.origin = Some(name.span.join(constant.span));
            if constants.insert(key, constant).is_some() {
                twice.insert(key);
            }
        } else {
            twice.insert(key);
        }
    }
    for name in twice {
        constants.remove(name);
    }
    constants
}
