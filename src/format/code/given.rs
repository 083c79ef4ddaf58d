//! Which name is given a value at an `=`.

use super::language::Language;
use super::token::{Kind, Op, Token};

/// A type between a name and its value has at most so many tokens.
const LONGEST_TYPE: usize = 12;
/// What stands before an `=` and decides what it gives a value to has at most so many tokens.
pub(super) const REACH: usize = LONGEST_TYPE + 8;

/// Whether an operator adds to what a name is.
pub(super) fn adds(operator: &[u8]) -> bool {
    matches!(operator, b"+=" | b".=")
}

/// Whether a word stands before the name of a class.
pub(super) fn names_class(word: &str) -> bool {
    matches!(
        word,
        "class" | "object" | "enum" | "interface" | "module" | "impl"
    )
}

/// The name given a value at token `at`, and its token. A keyword argument (`f(key='x')`) is none.
pub(super) fn target<'t>(
    text: &'t str,
    tokens: &[Token],
    language: &Language,
    at: usize,
) -> Option<(&'t str, usize)> {
    let source = |at: usize| tokens.get(at).map_or("", |token| token.span.of(text));
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let mut name = at.checked_sub(1)?;
    if let Some(typed) = typed(text, tokens, at) {
        name = typed;
    } else if language.type_after
        && name > 0
        && kind(name - 1) == Some(Kind::Name)
        && !matches!(source(name - 1), "var" | "const")
    {
        name -= 1;
    } else if language.type_after
        && matches!(
            name.checked_sub(1).and_then(kind),
            Some(Kind::Close(_) | Kind::Op(Op::Other))
        )
    {
        // `var name []byte =`
        return None;
    }
    if kind(name) != Some(Kind::Name) {
        return None;
    }
    match name.checked_sub(1).and_then(kind) {
        Some(Kind::Open(b'(') | Kind::Op(Op::Comma)) => None,
        Some(Kind::Op(Op::Dot | Op::Member)) => {
            let object = name.checked_sub(2)?;
            let own = matches!(source(object), "self" | "this" | "cls" | "$this")
                && kind(object.wrapping_sub(1)) != Some(Kind::Op(Op::Dot));
            let whole = tokens[object].span.join(tokens[name].span);
            own.then(|| (whole.of(text), name))
        }
        _ => Some((source(name), name)),
    }
}

/// The name in `name: Type =`.
fn typed(text: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let from = at.saturating_sub(LONGEST_TYPE);
    for before in (from..at).rev() {
        match tokens[before].kind {
            Kind::Op(Op::Colon) => return before.checked_sub(1),
            Kind::Op(Op::Other)
                if matches!(
                    tokens[before].span.of(text),
                    "&" | "<" | ">" | "'" | "*" | "|"
                ) => {}
            Kind::Name | Kind::Op(Op::Dot | Op::Member) | Kind::Open(b'[') | Kind::Close(b']') => {}
            _ => return None,
        }
    }
    None
}
