//! Where statements go on in the next line, in languages that end them at line ends.

use super::token::{Kind, Op, Token};

/// Takes out the line ends at which a statement goes on.
pub(super) fn join_lines(tokens: &mut Vec<Token>) {
    let mut kept: usize = 0;
    for at in 0..tokens.len() {
        let token = tokens[at];
        if token.kind == Kind::Newline {
            let before = kept.checked_sub(1).and_then(|last| tokens.get(last));
            if joins(before, tokens.get(at + 1)) {
                continue;
            }
        }
        if kept < at {
            tokens[kept] = token;
        }
        kept += 1;
    }
    tokens.truncate(kept);
}

/// Whether a statement goes on over the line end between the last token kept before it and the next one.
pub(super) fn joins(before: Option<&Token>, after: Option<&Token>) -> bool {
    let goes_on = |token: Option<&Token>| {
        matches!(
            token.map(|token| token.kind),
            Some(Kind::Op(
                Op::Assign
                    | Op::OrAssign
                    | Op::Arrow
                    | Op::Dot
                    | Op::Member
                    | Op::Comma
                    | Op::Plus
                    | Op::Or
                    | Op::Question
                    | Op::Join
                    | Op::Colon
            ))
        )
    };
    let block = after.is_some_and(|token| token.kind == Kind::Open(b'{'))
        && before.is_some_and(|token| {
            matches!(token.kind, Kind::Name | Kind::Close(b')') | Kind::Str(_))
        });
    // Only the last of several line ends sees what follows; a comma at the beginning joins nothing.
    let leads = goes_on(after)
        && !after.is_some_and(|token| {
            matches!(token.kind, Kind::Op(Op::Comma | Op::Assign | Op::Colon))
        });
    goes_on(before) || leads || block
}
