//! Operands: literals, brackets, names and calls, with the members and subscripts behind them.

use std::borrow::Cow;

use super::calls::{self, Decoder};
use super::cursor::{Cursor, is_word};
use super::escape::unescape;
use super::fold::{Constant, DEEPEST, Folded, MOST_VALUES, expression, lookup_before_or};
use super::language::Delimited;
use super::token::{Kind, Literal, Op};
use crate::format::Limit;
use crate::text::Span;

/// One operand with what follows it: members, subscripts, calls.
pub(super) fn operand<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    cursor.skip_prefixes();
    let start = cursor.at();
    let mut folded = match cursor.kind() {
        Some(Kind::Str(literal)) if literal.words => {
            let mut list = Folded::opaque();
            list.also(Folded::several(words(cursor, &literal)));
            cursor.next();
            list
        }
        Some(Kind::Str(literal)) => {
            let constant = Constant {
                bytes: unescape(cursor.source(), &literal),
                span: literal.body,
                token: cursor.at(),
                lookup: None,
                origin: None,
            };
            cursor.next();
            if literal.field {
                Folded::opaque()
            } else {
                Folded::one(constant)
            }
        }
        Some(Kind::Open(b'(')) => group(cursor, depth, b')'),
        // `[]byte("x")`, `[]string{"x"}`, `new[] {"x"}`
        Some(Kind::Open(b'[')) if cursor.is_empty_bracket() => {
            cursor.skip_bracket();
            return match cursor.kind() {
                Some(Kind::Name) if cursor.language.type_after => named(cursor, depth),
                Some(Kind::Open(b'{')) => group_of_literals(cursor),
                _ => Folded::opaque(),
            };
        }
        Some(Kind::Open(b'[')) => {
            let mut list = group(cursor, depth, b']');
            list.pure = false;
            list
        }
        Some(Kind::Open(b'{')) => {
            // A mapping or a block: the extractor finds the names inside by itself. A set of literals is a list.
            group_of_literals(cursor)
        }
        Some(Kind::Name) if cursor.word("lambda") => {
            cursor.skip_until_op(Op::Colon);
            cursor.next();
            let mut body = expression(cursor, depth + 1);
            body.pure = false;
            body
        }
        Some(Kind::Name) if is_word(cursor.text(), &["fn", "func", "function", "sub", "fun"]) => {
            // The parameters; a body in braces is looked at by the extractor.
            while matches!(cursor.kind(), Some(Kind::Name | Kind::Open(b'('))) {
                cursor.skip_one();
            }
            Folded::opaque()
        }
        // `|_| "x"`, `|| "x"`
        Some(Kind::Op(Op::Or)) => {
            cursor.next();
            return expression(cursor, depth + 1);
        }
        Some(Kind::Op(Op::Other)) if cursor.text() == "|" => {
            for _ in 0..8 {
                cursor.next();
                if cursor.text() == "|" {
                    cursor.next();
                    break;
                }
            }
            return expression(cursor, depth + 1);
        }
        Some(Kind::Name) => return named(cursor, depth),
        Some(Kind::Number | Kind::Symbol) => {
            cursor.next();
            Folded::opaque()
        }
        _ => return Folded::opaque(),
    };
    postfix(cursor, &mut folded, start, depth);
    folded
}

/// The words of a list in one literal.
fn words<'t>(cursor: &Cursor<'t, '_>, literal: &Literal) -> Vec<Constant<'t>> {
    let body = literal.body.of(cursor.source());
    let mut values = Vec::new();
    let mut at = 0;
    for word in body.split_ascii_whitespace().take(MOST_VALUES + 1) {
        let by = body[at..].find(word).unwrap_or(0);
        let start = literal.body.start + at + by;
        at += by + word.len();
        if !word.contains('\\') {
            values.push(Constant {
                bytes: Cow::Borrowed(word.as_bytes()),
                span: Span::new(start, start + word.len()),
                token: cursor.at(),
                lookup: None,
                origin: None,
            });
        }
    }
    values
}

/// What stands between brackets: one expression, or several.
fn group<'t>(cursor: &mut Cursor<'t, '_>, depth: usize, close: u8) -> Folded<'t> {
    cursor.next();
    let mut cursor_inside = cursor.inside();
    let mut items = 0;
    let mut folded = Folded::opaque();
    let mut comma = false;
    while !cursor_inside.closed(close) {
        let before = cursor_inside.at();
        let index = cursor_inside.kind() == Some(Kind::Number);
        let mut item = expression(&mut cursor_inside, depth + 1);
        items += 1;
        // `[1 => 'x']`: a list that counts by itself.
        if index && cursor_inside.at() == before + 1 && cursor_inside.op(Op::Arrow) {
            comma = true;
            cursor_inside.next();
            item = expression(&mut cursor_inside, depth + 1);
        }
        if cursor_inside.op(Op::Arrow) || cursor_inside.op(Op::Colon) {
            // An item of a mapping, which the extractor finds by itself.
            comma = true;
        } else if items == 1 {
            folded = item;
        } else {
            folded.also(item);
        }
        cursor_inside.skip_to_comma();
        if cursor_inside.op(Op::Comma) {
            comma = true;
            cursor_inside.next();
        } else if cursor_inside.at() == before {
            break;
        }
    }
    folded.pure &= items == 1 && !comma;
    cursor.leave(&cursor_inside);
    folded
}

/// `{'a', 'b'}`: a set; anything with a colon or an arrow in it is left to the extractor.
fn group_of_literals<'t>(cursor: &mut Cursor<'t, '_>) -> Folded<'t> {
    let mut values = Vec::new();
    let mut inside = cursor.clone();
    inside.next();
    loop {
        inside.skip_newlines();
        match inside.kind() {
            Some(Kind::Str(literal)) if !literal.field && values.len() <= MOST_VALUES => {
                values.push(Constant {
                    bytes: unescape(inside.source(), &literal),
                    span: literal.body,
                    token: inside.at(),
                    lookup: None,
                    origin: None,
                });
                inside.next();
                inside.skip_newlines();
                if inside.op(Op::Comma) {
                    inside.next();
                }
            }
            Some(Kind::Close(b'}')) => break,
            Some(Kind::Str(literal)) if !literal.field => break,
            _ => {
                values.clear();
                break;
            }
        }
    }
    cursor.skip_bracket();
    let mut list = Folded::opaque();
    list.also(Folded::several(values));
    list
}

/// A name: a constant of this text, a call, or something opaque.
fn named<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let start = cursor.at();
    let name_span = cursor.path();
    let name = name_span.of(cursor.source());
    let last = calls::last_part(name);
    let single = start + 1 == cursor.at();
    // `new String[] {"x"}`, `new[] {"x"}`
    let array = matches!(cursor.kind(), Some(Kind::Open(b'['))) && cursor.is_empty_bracket();
    if array {
        cursor.skip_bracket();
    }
    let mut folded = match cursor.kind() {
        Some(Kind::Open(b'{')) if array || cursor.language.type_after => group_of_literals(cursor),
        _ if array => Folded::opaque(),
        Some(Kind::Open(b'(')) => call(cursor, name, depth),
        // `vec!["x"]`
        Some(Kind::Op(Op::Other)) if cursor.text() == "!" && name == "vec" => {
            cursor.next();
            return operand(cursor, depth + 1);
        }
        _ if single || calls::is_own(name) => cursor
            .constant(last)
            .map_or_else(Folded::opaque, Folded::one),
        _ => Folded::opaque(),
    };
    if cursor.language.block_default
        && matches!(cursor.kind(), Some(Kind::Open(b'{')))
        && let Some(lookup) = cursor.lookup_of_call(start)
    {
        // `ENV.fetch('X') { 'default' }`
        let mut block = group(cursor, depth, b'}');
        for value in &mut block.values {
            value.lookup = Some(Cow::Borrowed(lookup));
        }
        folded.also(block);
    }
    postfix(cursor, &mut folded, start, depth);
    folded
}

/// A call at its opening bracket.
fn call<'t>(cursor: &mut Cursor<'t, '_>, function: &'t str, depth: usize) -> Folded<'t> {
    let arguments = cursor.arguments();
    let at = cursor.at();
    cursor.skip_bracket();
    if depth + 1 > DEEPEST {
        return Folded::cut(Limit::Nesting(DEEPEST), at);
    }
    let last = calls::last_part(function);
    // `KEY.encode("utf-8")`: a method of a constant of this text.
    if let Some((name, method)) = function.rsplit_once('.')
        && let Some(constant) = cursor.constant(calls::last_part(name))
        && (!name.contains('.') || calls::is_own(name))
    {
        let mut folded = Folded::one(constant);
        if calls::apply_method(method, Some(&arguments), &mut folded.values) {
            return folded;
        }
        return Folded::opaque();
    }
    if let Some(found) = calls::default_of(&arguments, function, depth) {
        return found;
    }
    if calls::is_list(function) {
        let mut list = Folded::several(Vec::new());
        list.cut = arguments.cut;
        for argument in &arguments.positional {
            list.also(expression(&mut argument.clone(), depth + 1));
        }
        return list;
    }
    let Some(first) = arguments.positional.first() else {
        return Folded::opaque();
    };
    let decoder = Decoder::of(function, &arguments);
    // Calls stand in calls in calls: an argument is folded only where it decides.
    if decoder.is_none() && !calls::is_wrapper(last) {
        return Folded::opaque();
    }
    let mut inner = expression(&mut first.clone(), depth + 1);
    if let Some(decoder) = decoder {
        decoder.apply(&mut inner.values);
        inner.pure &= !inner.values.is_empty();
    }
    inner
}

/// Methods and subscripts after an operand that began at token `start`.
fn postfix<'t>(cursor: &mut Cursor<'t, '_>, folded: &mut Folded<'t>, start: usize, depth: usize) {
    loop {
        let member = cursor.op(Op::Member) || (cursor.op(Op::Dot) && !cursor.language.dot_joins);
        if member {
            let mut ahead = cursor.clone();
            ahead.next();
            ahead.skip_newlines();
            if !matches!(ahead.kind(), Some(Kind::Name)) {
                return;
            }
            let method = ahead.text();
            let callee = cursor.since(start);
            ahead.next();
            *cursor = ahead;
            let arguments = if matches!(cursor.kind(), Some(Kind::Open(b'('))) {
                let arguments = cursor.arguments();
                cursor.skip_bracket();
                Some(arguments)
            } else {
                None
            };
            if let Some(arguments) = &arguments
                && let Some(first) = arguments.positional.first()
            {
                if calls::gives_default(method) && depth < DEEPEST {
                    // `.default('x')`, `.orElse("x")`, `.unwrap_or("x")`
                    let mut begin = cursor.clone();
                    begin.go_to(start);
                    let mut other = expression(&mut first.clone(), depth + 1);
                    other.look_up(lookup_before_or(&begin).as_ref());
                    folded.also(other);
                    continue;
                }
                if method == "encode" && callee.contains("TextEncoder") && depth < DEEPEST {
                    *folded = expression(&mut first.clone(), depth + 1);
                    continue;
                }
                if folded.values.is_empty()
                    && depth < DEEPEST
                    && let Some(decoder) = Decoder::of_method(callee, method)
                {
                    *folded = expression(&mut first.clone(), depth + 1);
                    decoder.apply(&mut folded.values);
                    continue;
                }
            }
            if !calls::apply_method(method, arguments.as_ref(), &mut folded.values) {
                *folded = Folded::opaque();
            }
            folded.pure &= !folded.values.is_empty();
            continue;
        }
        match cursor.kind() {
            Some(Kind::Open(b'[')) if !cursor.after_newline() => {
                // A slice or an item of a constant is another value.
                cursor.skip_bracket();
                *folded = Folded::opaque();
            }
            Some(Kind::Open(b'(')) if folded.values.is_empty() && !cursor.after_newline() => {
                cursor.skip_bracket();
            }
            // `$ENV{X}`
            Some(Kind::Open(b'{'))
                if cursor.language.delimited == Delimited::Words && folded.values.is_empty() =>
            {
                cursor.skip_bracket();
            }
            // `x!`, `"x"?`
            Some(Kind::Op(Op::Other)) if cursor.text() == "!" => cursor.next(),
            // `x as string`
            Some(Kind::Name)
                if !cursor.after_newline() && is_word(cursor.text(), &["as", "satisfies"]) =>
            {
                cursor.next();
                if matches!(cursor.kind(), Some(Kind::Op(Op::Other))) {
                    cursor.next();
                }
                if cursor.kind() == Some(Kind::Name) {
                    cursor.path();
                }
            }
            _ => return,
        }
    }
}
