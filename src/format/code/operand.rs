//! Operands: literals, brackets, names and calls, with the members and subscripts behind them.

use std::borrow::Cow;

use super::called::call;
use super::calls::{self, Decoder};
use super::choice::{self, Subscript, comprehension};
use super::cursor::{Cursor, is_word};
use super::escape::unescape;
use super::filled::filled;
use super::fold::{Constant, DEEPEST, Folded, Form, expression, lookup_before_or};
use super::language::Delimited;
use super::lists::{group_of_literals, words};
use super::methods::Method;
use super::token::{Kind, Op};

/// One operand with what follows it: members, subscripts, calls.
pub(super) fn operand<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    cursor.skip_prefixes();
    let start = cursor.at();
    let mut folded = match cursor.kind() {
        Some(Kind::Str(literal)) if literal.words => {
            let list = Folded::list(words(cursor, &literal), Form::List);
            cursor.next();
            list
        }
        Some(Kind::Str(literal)) => {
            let constant = Constant {
                bytes: unescape(cursor.source(), &literal, cursor.language),
                span: literal.body,
                token: cursor.at(),
                lookup: None,
                origin: None,
            };
            let folded = if literal.is_filled() {
                filled(cursor, &literal, depth)
            } else {
                Folded::one(constant)
            };
            cursor.next();
            folded
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
        Some(Kind::Open(b'[')) => group(cursor, depth, b']'),
        Some(Kind::Open(b'{')) => mapping(cursor, depth),
        Some(Kind::Name) if cursor.word("lambda") => {
            cursor.skip_until_op(Op::Colon);
            cursor.next();
            expression(cursor, depth + 1).or_else()
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

/// What stands between brackets: one expression, or several.
fn group<'t>(cursor: &mut Cursor<'t, '_>, depth: usize, close: u8) -> Folded<'t> {
    cursor.next();
    let mut inside = cursor.inside();
    let mut items = 0;
    let mut folded = Folded::opaque();
    let mut comma = false;
    let mut whole = true;
    while !inside.closed(close) {
        let before = inside.clone();
        let index = inside.kind() == Some(Kind::Number);
        let spread = matches!(inside.text(), "*" | "...");
        if inside.text() == "..." {
            inside.next();
        }
        let mut item = expression(&mut inside, depth + 1);
        items += 1;
        // `[1 => 'x']`: a list that counts by itself.
        if index && inside.at() == before.at() + 1 && inside.op(Op::Arrow) {
            comma = true;
            inside.next();
            item = expression(&mut inside, depth + 1);
        }
        if inside.word("for") {
            item = comprehension(&before, &mut inside, depth);
            comma = true;
            whole = false;
        }
        whole &= item.form == Form::One || spread && item.form == Form::List;
        if inside.op(Op::Arrow) || inside.op(Op::Colon) {
            // An item of a mapping, which the extractor finds by itself.
            comma = true;
        } else if items == 1 {
            folded = item;
        } else {
            folded.also(item);
        }
        inside.skip_to_comma();
        if inside.op(Op::Comma) {
            comma = true;
            inside.next();
        } else if inside.at() == before.at() {
            break;
        }
    }
    if comma || close == b']' {
        let one = items == 1 && folded.form.is_list() && !comma;
        folded.form = if whole && items > 0 && !one {
            Form::List
        } else {
            Form::Items
        };
    }
    cursor.leave(&inside);
    folded
}

/// A mapping or a block: the extractor finds the names inside by itself. A set of literals is a list, and one from which
/// something is chosen on the spot is what is chosen.
fn mapping<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let begin = cursor.clone();
    let set = group_of_literals(cursor);
    if !set.values.is_empty() || depth >= DEEPEST {
        return set;
    }
    if matches!(cursor.kind(), Some(Kind::Open(b'['))) && !cursor.after_newline() {
        let key = match cursor.subscript() {
            Subscript::Key(key) => Some(key),
            _ => None,
        };
        return choice::pick(&begin, key, depth + 1).or_else();
    }
    let mut ahead = cursor.clone();
    ahead.next();
    if cursor.op(Op::Dot) && matches!(ahead.text(), "get" | "fetch") {
        return choice::pick(&begin, None, depth + 1).or_else();
    }
    set
}

/// A name: a constant of this text, a call, or something opaque.
fn named<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let start = cursor.at();
    let name_span = cursor.path();
    let name = name_span.of(cursor.source());
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
        // `vec!["x"]`, `format!("{}{}", a, b)`
        Some(Kind::Op(Op::Other)) if cursor.text() == "!" && name == "vec" => {
            cursor.next();
            return operand(cursor, depth + 1);
        }
        Some(Kind::Op(Op::Other))
            if cursor.text() == "!" && matches!(name, "format" | "concat") =>
        {
            cursor.next();
            match cursor.kind() {
                Some(Kind::Open(b'(')) => call(cursor, name, depth),
                _ => Folded::opaque(),
            }
        }
        _ => name_of_text(cursor, name, single, depth),
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
    } else if cursor.language.block_default
        && cursor.word("do")
        && let Some(lookup) = cursor.lookup_of_call(start)
    {
        // `ENV.fetch('X') do … end`
        let mut block = cursor.clone();
        block.next();
        block.skip_newlines();
        // One line: a block that does more gives no constant.
        let mut line = block.clone();
        let mut behind = block.clone();
        while !matches!(behind.kind(), None | Some(Kind::Newline)) {
            behind.skip_one();
        }
        line.end = behind.at();
        let mut value = expression(&mut line, depth + 1);
        let whole = line.at() == line.end;
        block.go_to(line.end);
        block.skip_newlines();
        if whole && block.word("end") {
            value.look_up(Some(&Cow::Borrowed(lookup)));
            block.next();
            *cursor = block;
            folded.also(value);
        }
    }
    postfix(cursor, &mut folded, start, depth);
    folded
}

/// What the text gives to a name: `KEY`, `self.key`, `Class.KEY`, `mapping.key`, `mapping[key]`.
pub(super) fn name_of_text<'t>(
    cursor: &mut Cursor<'t, '_>,
    name: &str,
    single: bool,
    depth: usize,
) -> Folded<'t> {
    let Some(scope) = cursor.scope() else {
        return Folded::opaque();
    };
    let last = calls::last_part(name);
    let found = if single {
        let subscript = matches!(cursor.kind(), Some(Kind::Open(b'['))) && !cursor.after_newline();
        let mut ahead = cursor.clone();
        let key = subscript.then(|| ahead.subscript());
        let item = key.and_then(|key| match key {
            Subscript::Key(key) => scope.item(name, Some(key), depth + 1),
            Subscript::Unknown => scope.item(name, None, depth + 1),
            _ => None,
        });
        if let Some(item) = item {
            *cursor = ahead;
            return item.or_else();
        }
        scope.value(name, depth + 1)
    } else {
        let first = &name[..name.len() - last.len()];
        let first = first.trim_end_matches(['.', ':', '-', '>']);
        let own = || {
            (calls::is_own(name) || scope.is_class(first))
                .then(|| scope.value(last, depth + 1))
                .flatten()
        };
        scope
            .value(name, depth + 1)
            .or_else(own)
            .or_else(|| scope.item(first, Some(last), depth + 1))
    };
    found.unwrap_or_default()
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
                if method == "get" && !folded.values.is_empty() && depth < DEEPEST {
                    // `{'dev': 'x'}.get(name, 'default')`
                    if let Some(default) = arguments.positional.get(1) {
                        folded.also(expression(&mut default.clone(), depth + 1));
                    }
                    continue;
                }
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
            let method = Method {
                name: method,
                arguments: arguments.as_ref(),
                language: cursor.language,
                depth,
            };
            if depth >= DEEPEST || !method.apply(folded) {
                *folded = Folded::opaque();
            }
            if folded.values.is_empty() {
                folded.form = Form::Any;
            }
            continue;
        }
        match cursor.kind() {
            Some(Kind::Open(b'[')) if !cursor.after_newline() => {
                let subscript = cursor.subscript();
                *folded = choice::chosen(std::mem::take(folded), subscript);
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
