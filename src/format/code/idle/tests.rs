use std::borrow::Cow;

use super::*;
use crate::format::Value;
use crate::format::code::JAVASCRIPT;
use crate::format::code::extract::{TOP, whole};
use crate::format::spots::Spots;
use crate::text::dice::Dice;

fn idle(text: &str) -> bool {
    let from = text.find("NAME").unwrap();
    is_idle(text.as_bytes(), &(from..from + 4), &JAVASCRIPT)
}

#[test]
fn what_is_given_nothing() {
    for text in [
        "({NAME:!0,b:1}",
        "{a, 'NAME': true,\n}",
        "x={ NAME: null\n}",
        "NAME: 0x10,",
        "this.NAME=!1;",
        "f(NAME = false)",
        "a?\"NAME\":\"b\"",
        "a?\"Show NAME\":\"b\"",
        "case \"NAME\":",
        "e.type===\"NAME\")||b",
        "e.type == 'NAME' && b",
        "[\"a\",\"b\",\"NAME\",\"c\"]",
        "['a', 'b', 'NAME']",
        "p=h.auth.NAME||\"\"",
        "[\"a\",\"NAME\",\"b\"]",
        "/^(?!text|NAME|tel)/",
        "type: 'text' | 'NAME' | 'tel'",
        "(a.NAME ?? b)",
    ] {
        assert!(idle(text), "{text}");
    }
}

#[test]
fn what_may_be_given_something() {
    for text in [
        "{NAME:!0||'v'}",
        "{NAME:'v'}",
        "{NAME: trueish,}",
        "{NAME: true\n|| 'v'}",
        "a,NAME=!0,'v'",
        "NAME==!0;",
        "x?NAME:b='v'",
        "lower\"NAME\":'v'",
        "f(\"a\",\"NAME\",'v')",
        "f(\"NAME\",'v')",
        "x==(\"NAME\")||'v'",
        "x=process.env.NAME||'v'",
        "x=env NAME||'v'",
        "x=a[NAME]||'v'",
        "a.NAME||='v'",
        "a==\"NAME\"||='v'",
        "env{NAME||'v'}",
        "env {NAME:!0}||'v'",
        "{'NAME': true}||'v'",
        ",getenv(\"NAME\",a.b),g",
        ",f(\"NAME\",'v'),g",
        "=f(\"NAME\",a)||'v'",
        "x=env['NAME'|a]||'v'",
        "a|NAME|='v'",
        "<script>{NAME:!0}",
    ] {
        assert!(!idle(text), "{text}");
    }
}

/// What stands around a name, which is `@`.
const PIECES: &[&str] = &[
    "{@:!0,",
    "{'@': true}",
    "{a, '@': true}",
    "env{@:!0,}",
    "{@:'v'}",
    "{@:!0||'v'}",
    "@=!0;",
    "b,@=!0,'v';",
    "a,b.@=null;",
    "@: 12,",
    "b?\"@\":\"v\"",
    "b?'The @':'v'",
    "case '@':'v';",
    "case \"@\": b='v';",
    "a===\"@\")||'v'",
    "f(a==='@'||'v')",
    "f(a!='@'?'v':'w')",
    "'a','b','@','v'",
    "f('a', '@', 'v')",
    "env('a','b','@','v')",
    "setattr('a','@','v')",
    "process.env.@||'v'",
    "a=b.@||'v'",
    "(@||'v')",
    "env(@||'v')",
    "env[a.@||'v']",
    "function @(){return 'v'}",
    "@.push('v');",
    "true='v';",
    "null=true||'v';",
    "'",
    "\"",
    "`",
    "`${",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "\n",
    " ",
    "/",
    "/*",
    "*/",
    "//",
    "a",
    "=",
    ":",
    "||",
    "env",
    "b+=@='v';",
    ",f(\"@\",a.b),",
    ";env('@',a);",
    ",set('@',a)}",
    "{f(\"@\",a)}||'v'",
    "(f(\"@\",a),b)||'v'",
    "a|@|b",
    "b: 'a'|'@'|'c' = 'v'",
    "env.@|'v'||'w'",
    "env['@'|a]||'w'",
    "env(a|'@'|'v')||'w'",
    "['a','@','v']",
    "f(['a','@'])||'v'",
    "x='v'",
    "'v'",
];

#[test]
fn idle_names_are_given_no_value() {
    let mut dice = Dice(11);
    let loops = std::env::var("LOOPS")
        .ok()
        .and_then(|loops| loops.parse().ok());
    let (mut idle, mut given) = (0, 0);
    for _ in 0..loops.unwrap_or(4_000) {
        let mut text = String::new();
        let mut names = Vec::new();
        for _ in 0..2 + dice.below(14) {
            let piece = PIECES[dice.below(PIECES.len())];
            let Some((before, after)) = piece.split_once('@') else {
                text.push_str(piece);
                continue;
            };
            text.push_str(before);
            let name = format!("secret{}x", names.len());
            names.push((name.clone(), text.len()..text.len() + name.len()));
            text.push_str(&name);
            text.push_str(after);
        }
        // What stands deeper in comments and literals is read line by line.
        let openings = ["/*", "//", "`", "${"].map(|open| text.matches(open).count());
        if openings.iter().sum::<usize>() > 4 {
            continue;
        }
        let mut keys = Vec::new();
        whole(&text, &JAVASCRIPT, TOP, Spots::All, &mut |entry| {
            if !matches!(entry.value, Value::Opaque) {
                keys.push(entry.key.into_owned());
                keys.extend(entry.outer.map(Cow::into_owned));
            }
        });
        for (name, span) in names {
            // A literal with all that in it is no name of anything.
            let plain = |key: &&String| key.bytes().all(|b| is_plain(b) || is_name(b));
            let told = keys.iter().filter(plain).any(|key| key.contains(&name));
            let passed = is_idle(text.as_bytes(), &span, &JAVASCRIPT);
            assert!(!(told && passed), "{name}, {keys:?} in:\n{text}");
            idle += usize::from(passed);
            given += usize::from(told);
        }
    }
    assert!(idle > 1_000 && given > 1_000, "{idle} {given}");
}
