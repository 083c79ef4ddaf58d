//! Values that stand for something else: `${NAME}`, `${NAME:-default}`, `$(command)`, `{{ template }}`, `<%= ruby %>`.
//!
//! Only a *whole* value is read so. One random key in ten holds a `$`, `${`, `%(` or `}}` somewhere, and such a key is a
//! literal like any other.

use std::ops::Range;

/// What a whole value is; ranges are offsets in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// Itself.
    Literal,
    /// Known only at run time.
    Opaque,
    /// Nested deeper than [`DEPTH`].
    Deep,
    /// A look-up of a name that gives `literal` when there is nothing under the name.
    Default {
        /// The name looked up, where it can be told.
        name: Option<Range<usize>>,
        /// The literal, without quotes.
        literal: Range<usize>,
        /// Whether the literal has quotes of its own.
        quoted: bool,
    },
}

/// Prefixes of `${source:name}` that name a place to look in, not a variable with a default.
const SOURCES: &[&str] = &[
    "aws", "cf", "env", "file", "oc.env", "opt", "param", "s3", "secret", "self", "sls", "sm",
    "ssm", "vault",
];

/// How deep defaults of defaults are followed: `${A:-${B:-c}}`.
pub(super) const DEPTH: usize = 64;

/// Reads a whole value.
pub(super) fn whole(raw: &str) -> Whole {
    let trimmed = raw.trim();
    if trimmed.len() < 2 || !matches!(trimmed.as_bytes()[0], b'$' | b'{' | b'<' | b'%') {
        return Whole::Literal;
    }
    let at = raw.len() - raw.trim_start().len();
    let bytes = trimmed.as_bytes();
    let end = at + trimmed.len();
    if trimmed.starts_with("${{") && trimmed.ends_with("}}") && trimmed.len() >= 5 {
        return expression(raw, at + 3..end - 2);
    }
    if trimmed.starts_with("{{") && trimmed.ends_with("}}") && trimmed.len() >= 4 {
        return expression(raw, at + 2..end - 2);
    }
    if trimmed.starts_with("<%") && trimmed.ends_with("%>") && trimmed.len() >= 4 {
        return expression(raw, at + 2..end - 2);
    }
    if trimmed.starts_with("${") && matching(bytes, b'{', b'}') == Some(trimmed.len() - 1) {
        return braces(raw, at + 2..end - 1, 0);
    }
    let reference = (trimmed.starts_with("$(")
        && matching(bytes, b'(', b')') == Some(bytes.len() - 1))
        || trimmed.strip_prefix('$').is_some_and(is_name)
        || trimmed
            .strip_prefix("%(")
            .and_then(|rest| rest.strip_suffix(")s"))
            .is_some_and(|name| name.split('.').all(is_name));
    if reference {
        Whole::Opaque
    } else {
        Whole::Literal
    }
}

/// Whether this is a name of letters, digits and `_`.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where the bracket that `bytes` has first is closed.
fn matching(bytes: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for at in memchr::memchr2_iter(open, close, bytes) {
        if bytes[at] == open {
            depth += 1;
        } else {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// What stands in `${…}`, as shells, Compose, Spring, HOCON, Serverless and Terraform write it.
fn braces(raw: &str, inside: Range<usize>, depth: usize) -> Whole {
    let text = &raw[inside.clone()];
    let upper = text
        .bytes()
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        .count();
    // In `${NAME-default}` the hyphen ends the name; in `${jwt.secret-key}` it is part of it.
    let length = match text.as_bytes().get(upper) {
        Some(b'.' | b'a'..=b'z') | None => text
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count(),
        Some(_) => upper,
    };
    // `${name:-default}` with a name in lower case: the hyphen before the colon is none of the name.
    let name = text[..length].trim_end_matches('-');
    let after = &text[name.len()..];
    let mut marks = after.bytes();
    let (skip, default) = match (marks.next(), marks.next()) {
        (None, _) => {
            return if name.is_empty() {
                Whole::Literal
            } else {
                Whole::Opaque
            };
        }
        (Some(b'?'), _) => return Whole::Opaque,
        _ if name.is_empty() => return Whole::Literal,
        (Some(b':'), Some(b'-' | b'=')) => (2, true),
        (Some(b':'), Some(b'?' | b'+')) => (2, false),
        (Some(b':'), _) if SOURCES.contains(&name) => {
            return sourced(raw, inside.start + name.len() + 1..inside.end, depth);
        }
        (Some(b':' | b'-' | b'='), _) => (1, true),
        _ => (0, false),
    };
    if !default {
        return Whole::Opaque;
    }
    let start = inside.start + name.len();
    defaulted(raw, inside.start..start, start + skip..inside.end, depth)
}

/// What follows `${env:` and the like: a name, and after a comma its default.
fn sourced(raw: &str, inside: Range<usize>, depth: usize) -> Whole {
    match raw[inside.clone()].find(',') {
        Some(comma) => defaulted(
            raw,
            inside.start..inside.start + comma,
            inside.start + comma + 1..inside.end,
            depth,
        ),
        None => Whole::Opaque,
    }
}

/// A default as written: quoted, a look-up again, or the text itself.
fn defaulted(raw: &str, name: Range<usize>, literal: Range<usize>, depth: usize) -> Whole {
    let text = &raw[literal.clone()];
    let trimmed = text.trim();
    if trimmed.starts_with("${")
        && matching(trimmed.as_bytes(), b'{', b'}') == Some(trimmed.len() - 1)
    {
        if depth >= DEPTH {
            return Whole::Deep;
        }
        let start = literal.start + (text.len() - text.trim_start().len());
        return braces(raw, start + 2..start + trimmed.len() - 1, depth + 1);
    }
    if whole(trimmed) == Whole::Opaque {
        return Whole::Opaque;
    }
    let first = trimmed.as_bytes().first().copied();
    if trimmed.len() >= 2
        && matches!(first, Some(b'"' | b'\''))
        && trimmed.as_bytes().last().copied() == first
    {
        let start = literal.start + (text.len() - text.trim_start().len()) + 1;
        return Whole::Default {
            name: Some(name),
            literal: start..start + trimmed.len() - 2,
            quoted: true,
        };
    }
    Whole::Default {
        name: Some(name),
        literal,
        quoted: false,
    }
}

/// What stands in a template: `ENV.fetch("X", "lit")`, `ENV["X"] || "lit"`, `x | default('lit')`, `secrets.X || 'lit'`.
fn expression(raw: &str, inside: Range<usize>) -> Whole {
    let text = &raw[inside.clone()];
    let mut name = None;
    let mut at = 0;
    let mut lead = 0;
    while let Some(offset) = memchr::memchr2(b'"', b'\'', &text.as_bytes()[at..]) {
        let open = at + offset;
        let Some(close) = super::rows::closing(text, open + 1, text.len(), text.as_bytes()[open])
        else {
            break;
        };
        let before =
            text[lead..open].trim_matches(|c: char| c.is_whitespace() || c == '=' || c == '-');
        let literal = inside.start + open + 1..inside.start + close;
        if gives_default(before, name.is_some()) || (before.is_empty() && lead == 0) {
            let name = name.or_else(|| {
                path(text).map(|path| inside.start + path.start..inside.start + path.end)
            });
            return Whole::Default {
                name,
                literal,
                quoted: true,
            };
        }
        // `lookup('password', 'file length=50')` tells Ansible what to look up and how.
        if &text[open + 1..close] != "env" && is_lookup(before) {
            let bracket = lead + text[lead..open].rfind('(').unwrap_or_default();
            let Some(length) = matching(&text.as_bytes()[bracket..], b'(', b')') else {
                break;
            };
            at = bracket + length + 1;
            lead = at;
            continue;
        }
        // `lookup('env', 'KEY')`: the first says where to look.
        if before.ends_with(['[', '(', ',']) && &text[open + 1..close] != "env" {
            name = Some(literal);
        }
        at = close + 1;
        lead = at;
    }
    Whole::Opaque
}

/// Whether this text calls one of Ansible's look-ups of plugins.
fn is_lookup(before: &str) -> bool {
    before.trim_end().strip_suffix('(').is_some_and(|called| {
        let mut words = called
            .trim_end()
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        matches!(words.next(), Some("lookup" | "query" | "q"))
    })
}

/// Whether a literal after this text is a default.
fn gives_default(before: &str, named: bool) -> bool {
    before.ends_with("||")
        || before.ends_with("??")
        || before.ends_with(" or")
        || before == "or"
        || before.trim_end_matches('(').trim_end().ends_with("default")
        || (named && (before.ends_with('{') || before == ","))
}

/// The last word of the path that a template begins with: `KEY` in `.Values.django.KEY | …`.
fn path(text: &str) -> Option<Range<usize>> {
    let start = text.find(|c: char| c.is_ascii_alphabetic() || c == '_')?;
    let length = text[start..]
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
        .count();
    let path = text[start..start + length].trim_end_matches(['.', '-']);
    let last = path.rfind('.').map_or(0, |dot| dot + 1);
    let called = matches!(path, "default" | "lookup" | "query" | "q");
    (!called && path.len() > last).then(|| start + last..start + path.len())
}

#[cfg(test)]
mod tests {
    use super::{Whole, whole};

    /// `name|literal` of a default.
    fn shown(raw: &str) -> String {
        match whole(raw) {
            Whole::Literal => "literal".to_owned(),
            Whole::Opaque => "opaque".to_owned(),
            Whole::Deep => "deep".to_owned(),
            Whole::Default { name, literal, .. } => {
                format!("{}|{}", name.map_or("", |name| &raw[name]), &raw[literal])
            }
        }
    }

    #[test]
    fn deep_defaults_are_followed_or_told() {
        for (unit, deep) in [("${A:-", 64), ("${env:A,", 64)] {
            let nested = |depth: usize| format!("{}x{}", unit.repeat(depth), "}".repeat(depth));
            assert_eq!(shown(&nested(deep)), "A|x");
            assert_eq!(shown(&nested(deep + 2)), "deep");
            assert_eq!(shown(&nested(50_000)), "deep");
        }
    }

    #[test]
    fn whole_values_only() {
        for (raw, expected) in [
            ("${KEY}", "opaque"),
            ("$KEY", "opaque"),
            ("$(openssl rand -hex 32)", "opaque"),
            ("%(key)s", "opaque"),
            ("${?KEY}", "opaque"),
            ("${KEY:?set it}", "opaque"),
            ("${KEY:-abc}", "KEY|abc"),
            ("${KEY-abc}", "KEY|abc"),
            ("${key:-abc}", "key|abc"),
            ("${KEY:-'abc'}", "KEY|abc"),
            ("${KEY:abc}", "KEY|abc"),
            ("${jwt.secret-key:abc:d}", "jwt.secret-key|abc:d"),
            ("${jwt.secret-key}", "opaque"),
            ("${A:-${B:-c}}", "B|c"),
            ("${A:-${B}}", "opaque"),
            ("${env:KEY}", "opaque"),
            ("${env:KEY, 'abc'}", "KEY|abc"),
            ("${{ secrets.KEY }}", "opaque"),
            ("${{ secrets.KEY || 'abc' }}", "KEY|abc"),
            ("{{ .Values.app.key | b64enc | quote }}", "opaque"),
            (
                "{{ .Values.app.key | default \"abc\" | b64enc }}",
                "key|abc",
            ),
            ("{{ default \"abc\" .Values.key }}", "|abc"),
            (
                "{{ lookup('env', 'KEY') | default('abc', true) }}",
                "KEY|abc",
            ),
            ("{{ lookup('password', '/dev/null length=50') }}", "opaque"),
            ("{{ é lookup('password', '/dev/null') }}", "opaque"),
            (
                "{{ vaulted | default(lookup('password', 'f length=50')) }}",
                "opaque",
            ),
            ("{{ lookup('file', 'key.txt') | default('abc') }}", "|abc"),
            ("<%= ENV[\"KEY\"] %>", "opaque"),
            ("<%= ENV.fetch(\"KEY\", \"abc\") %>", "KEY|abc"),
            ("<%= ENV.fetch('KEY') { 'abc' } %>", "KEY|abc"),
            ("<%= ENV[\"KEY\"] || \"abc\" %>", "KEY|abc"),
            ("$(a)b", "literal"),
            ("${a#b}c", "literal"),
            ("%(abc)!x", "literal"),
            ("$a&b", "literal"),
            ("${}", "literal"),
            ("{{", "literal"),
            ("${#x}", "literal"),
        ] {
            assert_eq!(shown(raw), expected, "{raw}");
        }
    }
}
