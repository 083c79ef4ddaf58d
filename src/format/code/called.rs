//! Calls, as operands: methods of constants, look-ups with defaults, functions of the text, decoders, lists.

use super::arguments::Arguments;
use super::calls::{self, Decoder};
use super::choice::given;
use super::cursor::Cursor;
use super::fold::{DEEPEST, Folded, Form, expression};
use super::methods::Method;
use super::operand::name_of_text;
use super::template;
use crate::format::Limit;

/// A call so deep in others is kept in mind.
const DEEP_CALL: usize = 4;

/// A call at its opening bracket. Calls stand in calls in calls: what a deep one gives is found out once.
pub(super) fn call<'t>(cursor: &mut Cursor<'t, '_>, function: &'t str, depth: usize) -> Folded<'t> {
    let at = cursor.at();
    let scope = cursor.scope().filter(|scope| scope.is_of(cursor.tokens));
    let begin = cursor.clone();
    cursor.skip_bracket();
    match scope {
        Some(scope) if depth >= DEEP_CALL => {
            scope.once(at, depth, |_| called(&begin, function, depth))
        }
        _ => called(&begin, function, depth),
    }
}

/// What the call of which the bracket opens at the cursor gives.
fn called<'t>(cursor: &Cursor<'t, '_>, function: &'t str, depth: usize) -> Folded<'t> {
    let at = cursor.at();
    let arguments = cursor.arguments();
    if depth + 1 > DEEPEST {
        return Folded::cut(Limit::Nesting(DEEPEST), at);
    }
    let last = calls::last_part(function);
    // `KEY.encode("utf-8")`: a method of a constant of this text.
    if function.len() > last.len() {
        let object = &function[..function.len() - last.len()];
        let object = object.trim_end_matches(['.', ':', '-', '>']);
        let single = !object.contains(['.', ':', '>']);
        let mut folded = name_of_text(&mut cursor.clone(), object, single, depth);
        if !folded.values.is_empty() {
            let method = Method {
                name: last,
                arguments: Some(&arguments),
                language: cursor.language,
                depth,
            };
            return if method.apply(&mut folded) {
                folded
            } else {
                Folded::opaque()
            };
        }
        // `KEYS.get(x, 'default')`
        if single
            && matches!(last, "get" | "fetch")
            && let Some(mut item) = cursor.scope().and_then(|scope| {
                scope.item(
                    object,
                    arguments.positional.first().and_then(Cursor::lone_literal),
                    depth + 1,
                )
            })
        {
            if let Some(default) = arguments.positional.get(1) {
                item.also(expression(&mut default.clone(), depth + 1));
            }
            return item.or_else();
        }
    }
    let own = (last.len() == function.len() || calls::is_own(function))
        .then(|| cursor.scope()?.called(last, depth + 1))
        .flatten()
        .filter(|own| !own.values.is_empty());
    let default = calls::default_of(&arguments, function, depth);
    if let Some(mut own) = own {
        if let Some(default) = default {
            own.also(default);
        }
        return own.or_else();
    }
    if let Some(found) = default {
        return found;
    }
    let decoder = Decoder::of(function, &arguments);
    let list = calls::is_list(function);
    // Calls stand in calls in calls: an argument is folded only where it decides.
    if !(list || decoder.is_some() || calls::is_wrapper(last) || puts_together(function)) {
        return Folded::opaque();
    }
    if arguments.deep.is_some() {
        return Folded::cut(Limit::Nesting(DEEPEST), at);
    }
    if let Some(found) = put_together(&arguments, function, depth) {
        return found;
    }
    if list {
        let mut list = Folded::list(Vec::new(), Form::List);
        list.cut = arguments.cut;
        let mut whole = true;
        for argument in &arguments.positional {
            let item = expression(&mut argument.clone(), depth + 1);
            whole &= item.form == Form::One || item.form == Form::List;
            list.also(item);
        }
        list.form = if whole { Form::List } else { Form::Items };
        return list;
    }
    let Some(first) = arguments.positional.first() else {
        return Folded::opaque();
    };
    if decoder.is_none() && !calls::is_wrapper(last) {
        return Folded::opaque();
    }
    let mut inner = expression(&mut first.clone(), depth + 1);
    if let Some(decoder) = decoder {
        decoder.apply(&mut inner.values);
        if inner.values.is_empty() {
            inner.form = Form::Any;
        }
    }
    inner
}

/// Whether a function puts text or lists together; see [`put_together`].
fn puts_together(function: &str) -> bool {
    matches!(
        function,
        "sprintf"
            | "String.format"
            | "fmt.Sprintf"
            | "string.Format"
            | "format"
            | "implode"
            | "String.join"
            | "string.Join"
            | "strings.Join"
            | "concat"
            | "str_replace"
            | "array_merge"
            | "append"
    )
}

/// Functions that put text together: `sprintf('%s', a)`, `implode('', [a, b])`, `concat!(a, b)`.
fn put_together<'t>(
    arguments: &Arguments<'t, '_>,
    function: &str,
    depth: usize,
) -> Option<Folded<'t>> {
    let positional = arguments.positional.as_slice();
    let (first, rest) = positional.split_first()?;
    let fold = |cursor: &Cursor<'t, '_>| expression(&mut cursor.clone(), depth + 1);
    match function {
        "sprintf" | "String.format" | "fmt.Sprintf" | "string.Format" | "format" => {
            let template = fold(first);
            let all = given(rest, depth);
            let (Some(template), Some(all)) = (template.one_value(), all) else {
                return Some(Folded::opaque());
            };
            let braces = matches!(function, "string.Format" | "format");
            let syntax = if braces {
                template::braces
            } else {
                template::printf
            };
            let named = |name: &str| {
                let (_, value) = arguments
                    .keywords
                    .iter()
                    .find(|(known, _)| *known == name)?;
                fold(value).one_value().cloned()
            };
            let inline = |name: &str| {
                named(name).or_else(|| first.constant(name, depth + 1)?.one_value().cloned())
            };
            Some(template::filled(template, syntax, &all, inline))
        }
        "implode" | "String.join" | "string.Join" | "strings.Join" => {
            let (separator, list) = match (function, rest) {
                ("strings.Join", [separator]) => (fold(separator), fold(first)),
                ("strings.Join", _) => return None,
                (_, [list]) => {
                    let list = fold(list);
                    let list = if list.form == Form::One {
                        Folded {
                            form: Form::List,
                            ..list
                        }
                    } else {
                        list
                    };
                    (fold(first), list)
                }
                (_, _) => (fold(first), given(rest, depth)?),
            };
            let separator = separator.one_value()?.bytes.to_vec();
            Some(template::joined(&separator, list))
        }
        "concat" => Some(template::joined(b"", given(positional, depth)?)),
        "str_replace" => match positional {
            [_, _, text] => {
                let mut folded = fold(text);
                let method = Method {
                    name: "replaceAll",
                    arguments: Some(arguments),
                    language: first.language,
                    depth,
                };
                Some(if method.replace_first_two(&mut folded) {
                    folded
                } else {
                    Folded::opaque()
                })
            }
            _ => None,
        },
        "array_merge" | "append" => {
            let mut list = fold(first);
            for argument in rest {
                list.also(fold(argument));
            }
            list.form = Form::Items;
            Some(list)
        }
        _ => None,
    }
}
