//! Where statements go on in the next line, in languages that end them at line ends.

use super::token::{Kind, Op, Token};

/// Takes out the line ends at which a statement goes on.
pub(super) fn join_lines(tokens: &mut Vec<Token>) {
    let is_line_end = |token: &Token| matches!(token.kind, Kind::Newline);
    // So many tokens stay of those that were looked at.
    let (mut kept, mut at) = (0, 0);
    while let Some(by) = tokens[at..].iter().position(is_line_end) {
        let line_end = at + by;
        if kept < at {
            tokens.copy_within(at..line_end, kept);
        }
        kept += by;
        let before = kept.checked_sub(1).and_then(|last| tokens.get(last));
        if !joins(before, tokens.get(line_end + 1)) {
            tokens[kept] = tokens[line_end];
            kept += 1;
        }
        at = line_end + 1;
    }
    tokens.drain(kept..at);
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
