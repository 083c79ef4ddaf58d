//! Whether a name stands where it can be given a value, told from the bytes next to it.
//!
//! Most names in most files are used, not given anything: `check(token)`, `secret.strip()`, `the password is`. What follows a
//! name in every syntax that gives it a value is one of few things, and this is the list of them. It is asked of every name
//! the prefilter meets, so it looks at no more than a line.

use crate::rule::NEAR_LENGTH;

/// Words after which a name and its value stand side by side: `ENV NAME value`, `set NAME value`.
const GIVING: &[&[u8]] = &[
    b"env",
    b"arg",
    b"set",
    b"setenv",
    b"setx",
    b"export",
    b"define",
    b"putenv",
    b"add_header",
    b"fastcgi_param",
    b"label",
];
/// No further than this, in bytes.
const REACH: usize = 80;

/// Bytes before a name that have a say here …
pub(super) const BEFORE: usize = REACH;
/// … and bytes after it.
pub(super) const AFTER: usize = COLUMNS + NEAR + 2 * NEAR_LENGTH;
/// Of these so many decide whether something can be given to a name, or held by what it names.
pub(super) const BEHIND: usize = COLUMNS + REACH;
/// Blanks between a name and what gives it a value, as in columns. What decides stays close by: where there are more, the name
/// passes.
const COLUMNS: usize = 64;

/// Whether the name at `from..to` can be given a value there.
pub(super) fn can_be_given(bytes: &[u8], from: usize, to: usize) -> bool {
    let before = &bytes[from.saturating_sub(REACH)..from];
    // Columns may stand far apart.
    let blanks = bytes[to..]
        .iter()
        .take(COLUMNS)
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    if blanks == COLUMNS {
        return true;
    }
    let far = blanks.saturating_sub(1);
    let after = &bytes[to + far..bytes.len().min(to + far + REACH)];
    let opening = before.last().copied().filter(|b| is_quote(*b));
    let mut rest = after;
    let quoted = opening.is_some() && rest.first().is_some_and(|b| is_quote(*b) || *b == b'\\');
    if quoted {
        // `\"name\"` in a string inside a string.
        rest = rest.strip_prefix(b"\\").unwrap_or(rest);
        rest = &rest[1.min(rest.len())..];
    }
    // `"shop/NAME": "v"`
    let ending = opening.is_none() && blanks == 0 && rest.first().is_some_and(|b| is_quote(*b));
    rest = &rest[usize::from(ending)..];
    let closers = rest
        .iter()
        .take_while(|b| matches!(b, b']' | b')' | b'}' | b' ' | b'\t'))
        .count();
    let closed = rest[..closers].iter().any(|b| !b.is_ascii_whitespace());
    let rest = &rest[closers..];
    let Some(&next) = rest.first() else {
        return !closed && names_a_setting(before, quoted);
    };
    let second = rest.get(1).copied().unwrap_or(b' ');
    match next {
        // A comparison gives nothing.
        b'=' => second != b'=' && second != b'~',
        b':' => second != b':',
        // `NAME%3D%22…`, `NAME&quot;:`, as in addresses and in HTML.
        b'%' | b'&' => is_escaped_sign(rest),
        // `NAME?(x)` asks something.
        b'?' => second != b'(',
        b'|' | b'\\' | b'"' | b'\'' | b'`' | b'>' => true,
        // `<add key="NAME" <value>v`: a tag that is not closed has its value behind the next one.
        b'<' => quoted || matches!(second, b'/' | b'>' | b'<'),
        b'!' => second == b':',
        b',' => {
            !closed
                && (quoted
                    || ending
                    || before.last() == Some(&b':')
                    || defines(before)
                    || is_one_of_several(before, rest))
        }
        b'{' => closed || rest[1..].trim_ascii_start().starts_with(b"get") || defines(before),
        // `NAME += …`, `NAME << …`, `NAME[] = …`
        b'+' => second == b'=',
        b'[' => second == b']',
        b'.' => second == b'=' || is_added_to(&rest[1..]),
        b'(' => !closed && (defines(before) || has_body(rest)),
        b'\r' | b'\n' if closed => begins_a_table(before),
        b'\r' | b'\n' => names_a_setting(before, quoted) || defines(before),
        b if b.is_ascii_alphabetic() => {
            let word = rest
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                .count();
            let beyond = rest[word..].trim_ascii_start().first();
            let alternative = closed && matches!(&rest[..word], b"or" | b"if" | b"unless");
            // `name Type = value`, `name="X" value="v"`
            alternative || beyond == Some(&b'=') || follows_a_giving_word(before) || defines(before)
        }
        _ => follows_a_giving_word(before),
    }
}

/// Escapes of quotes, `=` and `:`.
const SIGNS: &[&[u8]] = &[
    b"%3d", b"%3a", b"%22", b"%27", b"&quot;", b"&apos;", b"&#39;", b"&#34;", b"&#61;", b"&#58;",
    b"&#x27;", b"&#x22;", b"&#x3d;", b"&#x3a;",
];

/// Whether what begins here is a quote or gives a value, written as an escape.
fn is_escaped_sign(rest: &[u8]) -> bool {
    SIGNS.iter().any(|sign| {
        rest.get(..sign.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(sign))
    })
}

/// Where a name begins that letters of an escape stand before: `%22NAME`, `\u0022NAME`.
pub(super) fn behind_escape(bytes: &[u8], from: usize, to: usize) -> usize {
    // Of signs, not of letters: `%AD…%` is a variable of Windows.
    let length = match (from.checked_sub(1).map(|at| bytes[at]), &bytes[from..to]) {
        (Some(b'%'), [b'2' | b'3' | b'5' | b'7', second, ..]) if second.is_ascii_hexdigit() => 2,
        (Some(b'\\'), [b'u', b'0', b'0', b'2' | b'3', ..]) => 5,
        _ => return from,
    };
    if from + length <= to {
        from + length
    } else {
        from
    }
}

/// Words that something is declared by, before its name.
const DECLARING: &[&[u8]] = &[
    b"class",
    b"enum",
    b"interface",
    b"module",
    b"namespace",
    b"object",
    b"struct",
    b"type",
];

/// Whether what is named at `from..to` can hold names that are given values: a table, a section, a call, a class.
pub(super) fn can_hold(bytes: &[u8], from: usize, to: usize) -> bool {
    let before = &bytes[from.saturating_sub(REACH)..from];
    let mut rest = &bytes[to..bytes.len().min(to + REACH)];
    let quoted = before.last().is_some_and(|b| is_quote(*b));
    let closers = rest
        .iter()
        .take_while(|b| is_quote(**b) || matches!(b, b'\\' | b']' | b')' | b' ' | b'\t'))
        .count();
    let closed = rest[..closers].contains(&b']');
    rest = &rest[closers..];
    let Some(&next) = rest.first() else {
        return true;
    };
    match next {
        b':' | b'=' | b'{' | b'[' | b'(' | b'<' | b'>' | b'.' | b'-' | b'|' | b'?' => true,
        // An argument beside the one that holds: `register(cookie, { … })`.
        b',' => before
            .trim_ascii_end()
            .last()
            .is_some_and(|b| matches!(b, b'(' | b',') || is_quote(*b)),
        b'\r' | b'\n' => closed || !quoted,
        b if b.is_ascii_alphabetic() => {
            rest.starts_with(b"do") || rest.starts_with(b"with") || is_declared(before)
        }
        _ => false,
    }
}

/// Whether the name behind `before` is declared there, or is that of an element.
fn is_declared(before: &[u8]) -> bool {
    let trimmed = before.trim_ascii_end();
    let word = trimmed
        .rsplit(|b| !b.is_ascii_alphanumeric())
        .next()
        .unwrap_or(trimmed);
    before.last() == Some(&b'<') || (trimmed.len() < before.len() && DECLARING.contains(&word))
}

/// A near value begins no further than this behind its name.
pub(super) const NEAR: usize = 200;

/// Whether `bytes`, what follows a name, hold something that may be a near value: an unbroken run of [`NEAR_LENGTH`]
/// characters with a digit before a letter or an escape among them (fair draws of so many letters and digits have none in
/// 7 cases of 100, and values of letters alone, or with a number at the end, are names more often than draws).
pub(super) fn is_near_random(bytes: &[u8]) -> bool {
    has_run(&bytes[..bytes.len().min(NEAR + 2 * NEAR_LENGTH)])
}

/// Which bytes are characters of unbroken runs: all that can be seen but quotes, most brackets and what sets items apart.
const IN_RUN: [bool; 256] = {
    let mut told = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        told[byte as usize] = byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'\'' | b'`' | b',' | b';' | b'(' | b')' | b'<' | b'>' | b'{' | b'}'
            );
        byte += 1;
    }
    told
};

/// Whether `bytes` hold an unbroken run of [`NEAR_LENGTH`] characters with a digit before a letter or an escape among them.
pub(super) fn has_run(bytes: &[u8]) -> bool {
    let in_run = |b: u8| IN_RUN[usize::from(b)];
    let telling =
        |two: &[u8]| two[0].is_ascii_digit() && (two[1].is_ascii_alphabetic() || two[1] == b'\\');
    let mut start = 0;
    while let Some(run) = bytes.get(start..start + NEAR_LENGTH) {
        // No run of that length goes across a byte that is in none.
        if let Some(gap) = run.iter().rposition(|b| !in_run(*b)) {
            start += gap + 1;
            continue;
        }
        let rest = &bytes[start + NEAR_LENGTH..];
        let end = start + NEAR_LENGTH + rest.iter().take_while(|b| in_run(**b)).count();
        if bytes[start..end].windows(2).any(telling) {
            return true;
        }
        start = end;
    }
    false
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether a name at the end of a line is the value of `name:`, with what it is given on the next line.
fn names_a_setting(before: &[u8], quoted: bool) -> bool {
    let before = if quoted {
        &before[..before.len() - 1]
    } else {
        before
    };
    let line = before
        .rsplit(|b| *b == b'\n')
        .next()
        .unwrap_or(before)
        .trim_ascii_end();
    match line.last() {
        Some(b':' | b'(' | b'>') => true,
        Some(b'=') => quoted,
        // `name = "/shop/SECRET_KEY"`, `- NAME`
        Some(b'/') => line.iter().any(|b| is_quote(*b)),
        _ => false,
    }
}

/// Whether nothing but an opening bracket and names stand on the line before the name: `[NAME]`, `[[a.NAME]]`.
fn begins_a_table(before: &[u8]) -> bool {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(before);
    line.trim_ascii_start().first() == Some(&b'[')
}

/// Whether the name is that of a function: `def NAME`, `fn NAME`, `get NAME`.
fn defines(before: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"def",
        b"defp",
        b"fn",
        b"func",
        b"function",
        b"fun",
        b"sub",
        b"get",
    ];
    let trimmed = before.trim_ascii_end();
    let word = trimmed
        .rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_')
        .next()
        .unwrap_or(trimmed);
    trimmed.len() < before.len() && WORDS.contains(&word)
}

/// Whether brackets and a block follow: `NAME(…) {`, `NAME(…): Type {`.
fn has_body(rest: &[u8]) -> bool {
    let Some(close) = memchr::memchr(b')', rest) else {
        return false;
    };
    let behind = rest[close + 1..].trim_ascii_start();
    matches!(behind.first(), Some(b'{' | b':'))
        || behind.starts_with(b"->")
        || behind.starts_with(b"throws")
}

/// Whether a list of that name is given an item: `NAME.append(`.
fn is_added_to(method: &[u8]) -> bool {
    const METHODS: &[&[u8]] = &[
        b"append", b"extend", b"insert", b"push", b"unshift", b"prepend", b"add",
    ];
    METHODS.iter().any(|name| {
        method
            .strip_prefix(*name)
            .is_some_and(|rest| rest.first() == Some(&b'(') || rest.starts_with(b"left("))
    })
}

/// Whether the name is one of several that are given values at once: `a, NAME, b =`.
fn is_one_of_several(before: &[u8], rest: &[u8]) -> bool {
    let in_list = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'_' | b'.' | b',' | b' ' | b'\t' | b'$' | b'@' | b'(' | b')'
            )
    };
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(before);
    let behind = rest.iter().take_while(|b| in_list(**b)).count();
    let gives = matches!(rest.get(behind), Some(b'=' | b':'))
        && !matches!(rest.get(behind + 1), Some(b'=' | b'~'))
        && (rest[behind] == b'=' || rest.get(behind + 1) == Some(&b'='));
    gives && line.iter().all(|b| in_list(*b))
}

/// Whether the word before the name is one that gives: `ENV`, `set`, or an option.
fn follows_a_giving_word(before: &[u8]) -> bool {
    if before.last().is_some_and(|b| *b == b'-') {
        // Of an option, not of `data-NAME`.
        let in_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let dashed = before.rsplit(|b| !in_word(b)).next().unwrap_or(before);
        return dashed.len() == before.len() || dashed.starts_with(b"-");
    }
    let trimmed = before.trim_ascii_end();
    if trimmed.len() == before.len() {
        return false;
    }
    let word = trimmed
        .rsplit(|b| b.is_ascii_whitespace() || matches!(b, b';' | b'&' | b'|' | b'('))
        .next()
        .unwrap_or(trimmed);
    word.starts_with(b"-")
        || GIVING
            .iter()
            .any(|giving| word.eq_ignore_ascii_case(giving))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> bool {
        let from = text.find("NAME").unwrap();
        can_be_given(text.as_bytes(), from, from + 4)
    }

    #[test]
    fn where_a_name_is_given_a_value() {
        for text in [
            "NAME = 'v'",
            "NAME='v'",
            "NAME: v",
            "'NAME': 'v'",
            "\"NAME\" => 'v'",
            "x['NAME'] = 'v'",
            "get('NAME', 'v')",
            "get('NAME') or 'v'",
            "env.NAME || 'v'",
            "env.NAME ?? 'v'",
            "${NAME:-v}",
            "ENV NAME v",
            "ENV NAME \"v\"",
            "<NAME>v</NAME>",
            "name=\"NAME\" value=\"v\"",
            "- name: NAME\n  value: v",
            "set :NAME, 'v'",
            "ENV.fetch('NAME') { 'v' }",
            "--NAME v",
            "NAME := v",
            "NAME ?= v",
            "const NAME string = \"v\"",
            "<key>NAME</key>",
            "<add key=\"NAME\" <value>v",
            "NAME: Final[str] = 'v'",
            "define( 'NAME', 'v' )",
            "{\\\"NAME\\\": \\\"v\\\"}",
            "NAME \\\n = 'v'",
            "NAME!: string = 'v'",
            "name = \"/shop/NAME\"\n value",
            "os.environ['NAME'] if x else 'v'",
            "set -x NAME v",
            "export NAME=v",
            "<string name=\"NAME\">v</string>",
            "NAME 'v'",
            "NAME%3D%22v%22",
            "&quot;NAME&quot;: &quot;v&quot;",
            "\"shop/NAME\": 'v'",
            "f('shop/NAME', 'v')",
            "NAME, b = 'v', 1",
            "a, NAME, b = 1, 'v', 2",
            "list($NAME, $b) = ['v', 1]",
            "NAME += ['v']",
            "NAME.append('v')",
            "NAME.push(\"v\")",
            "$NAME[] = 'v'",
            "$NAME .= 'v'",
            "NAME << 'v'",
            "def NAME():",
            "def NAME\n  'v'",
            "fn NAME() -> &'static str {",
            "get NAME() {",
            "String NAME() {",
            "NAME(): string {",
            "string NAME { get { return \"v\"; } }",
            "def NAME, do: 'v'",
            "sub NAME { return 'v'; }",
            "[NAME]\nvalue = 'v'",
            "[[a.\"NAME\"]]\nvalue = 'v'",
        ] {
            assert!(given(text), "{text}");
        }
        for blanks in [COLUMNS - 1, COLUMNS, 3 * COLUMNS] {
            assert!(given(&format!("NAME{}= 'v'", " ".repeat(blanks))));
        }
    }

    fn holding(text: &str) -> bool {
        let from = text.find("NAME").unwrap();
        can_hold(text.as_bytes(), from, from + 4)
    }

    #[test]
    fn what_can_hold_others() {
        for text in [
            "NAME: {",
            "NAME:\n  key: v",
            "[NAME]\nkey = v",
            "[\"NAME\"]\n",
            "config.NAME do |x|",
            "'NAME' => [",
            "NAME['key'] = 'v'",
            "NAME.key = 'v'",
            "x.NAME(key: 'v')",
            "register(NAME, { key: 'v' })",
            "<NAME key=\"v\">",
            "<NAME>",
            "class NAME extends X {",
            "resource NAME\n",
            "NAME->key = 'v'",
        ] {
            assert!(holding(text), "{text}");
        }
        for text in [
            "import NAME, x",
            "name = \"NAME\"\nversion",
            "from NAME import x",
            "YU/NAME+Pf",
            "the NAME of",
            "x = NAME;",
        ] {
            assert!(!holding(text), "{text}");
        }
    }

    #[test]
    fn where_it_is_used() {
        for text in [
            "f(NAME)",
            "NAME.strip()",
            "the NAME is wrong",
            "if NAME == 'v'",
            "x = NAME;",
            "NAME + 1",
            "f(NAME, 1)",
            "NAME::new()",
            "NAME.\n",
            "f(x['NAME'])\n",
            "x = NAME\n",
            "a NAME, and",
            "NAME()",
            "NAME =~ /x/",
            "x.NAME?(1)",
            "in `a/NAME` or",
            "x = f(NAME, b)",
            "if NAME, b == 1",
            "NAME.appendix()",
            "f(NAME[0])",
            "if (NAME(1)) {",
        ] {
            assert!(!given(text), "{text}");
        }
    }
}
