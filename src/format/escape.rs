//! Backslash escapes, by syntax. An escape that the syntax does not know stays as it is or loses its backslash, as the
//! usual readers of that syntax do; nothing here fails.

use std::borrow::Cow;

/// The syntaxes whose escapes differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// JSON (RFC 8259) and JSON5: an unknown escape is the character itself.
    Json,
    /// Double-quoted scalars of YAML 1.2.2, section 5.7.
    Yaml,
    /// Basic strings of TOML 1.0 and quoted strings of HOCON.
    Toml,
    /// Double quotes in dotenv files: the union of what python-dotenv, motdotla/dotenv and phpdotenv undo.
    Dotenv,
    /// `java.util.Properties`: an unknown escape is the character itself.
    Properties,
}

/// The text with its escapes undone; borrowed where there are none.
pub(super) fn unescape(text: &str, style: Style) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = one(&rest[at + 1..], style, &mut out);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Undoes the escape whose backslash stood before `rest`; gives what follows it.
fn one<'t>(rest: &'t str, style: Style, out: &mut String) -> &'t str {
    let Some(letter) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let after = &rest[letter.len_utf8()..];
    let simple = match (letter, style) {
        ('n', _) => Some('\n'),
        ('r', _) => Some('\r'),
        ('t', _) => Some('\t'),
        ('f', _) => Some('\u{c}'),
        ('b', Style::Json | Style::Yaml | Style::Toml | Style::Dotenv) => Some('\u{8}'),
        ('v', Style::Json | Style::Yaml | Style::Dotenv) => Some('\u{b}'),
        ('\\' | '"', _) | ('\'' | '$' | '`', Style::Dotenv) | ('/' | ' ' | '\t', Style::Yaml) => {
            Some(letter)
        }
        ('0', Style::Json | Style::Yaml) => Some('\0'),
        ('a', Style::Yaml | Style::Dotenv) => Some('\u{7}'),
        ('e', Style::Yaml | Style::Toml) => Some('\u{1b}'),
        ('N', Style::Yaml) => Some('\u{85}'),
        ('_', Style::Yaml) => Some('\u{a0}'),
        ('L', Style::Yaml) => Some('\u{2028}'),
        ('P', Style::Yaml) => Some('\u{2029}'),
        _ => None,
    };
    if let Some(simple) = simple {
        out.push(simple);
        return after;
    }
    match (letter, style) {
        ('u', Style::Dotenv) => {}
        ('u', _) => {
            if let Some(rest) = utf16(after, out) {
                return rest;
            }
        }
        ('U', Style::Yaml | Style::Toml) => {
            if let Some(rest) = code_point(after, 8, out) {
                return rest;
            }
        }
        ('x', Style::Yaml | Style::Json | Style::Toml) => {
            if let Some(rest) = code_point(after, 2, out) {
                return rest;
            }
        }
        // A line that goes on.
        ('\n' | '\r', Style::Json | Style::Properties | Style::Toml) => {
            let after = if letter == '\r' {
                after.strip_prefix('\n').unwrap_or(after)
            } else {
                after
            };
            return match style {
                Style::Properties => after.trim_start_matches([' ', '\t', '\u{c}']),
                Style::Toml => after.trim_start(),
                _ => after,
            };
        }
        _ => {}
    }
    if !matches!(style, Style::Json | Style::Properties) {
        out.push('\\');
    }
    out.push(letter);
    after
}

fn hexadecimal(text: &str, digits: usize) -> Option<(u32, &str)> {
    let head = text.get(..digits)?;
    if !head.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(head, 16).ok()?, &text[digits..]))
}

fn code_point<'t>(text: &'t str, digits: usize, out: &mut String) -> Option<&'t str> {
    let (code, rest) = hexadecimal(text, digits)?;
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(rest)
}

/// `XXXX` after `\u`, and the second half of a pair of surrogates where one follows.
fn utf16<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let (high, rest) = hexadecimal(text, 4)?;
    if (0xd800..0xdc00).contains(&high)
        && let Some((low, after)) = rest
            .strip_prefix("\\u")
            .and_then(|rest| hexadecimal(rest, 4))
        && (0xdc00..0xe000).contains(&low)
    {
        let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some(after);
    }
    out.push(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::{Style, unescape};

    #[test]
    fn each_syntax_has_its_own_escapes() {
        for (style, text, expected) in [
            (Style::Json, r"a\u00e9\ud83d\ude00\/b", "aé😀/b"),
            (Style::Json, r"lone \ud83d half", "lone \u{fffd} half"),
            (Style::Yaml, r"\x41\e\_\q", "A\u{1b}\u{a0}\\q"),
            (Style::Toml, "a\\\n   b\\U0001F600", "ab😀"),
            (Style::Dotenv, r#"a\$b\"c\zd\n"#, "a$b\"c\\zd\n"),
            (
                Style::Properties,
                "a\\:b\\=c\\\r\n  d\\u0041\\q",
                "a:b=cdAq",
            ),
            (Style::Json, "end\\", "end\\"),
        ] {
            assert_eq!(unescape(text, style), expected, "{text}");
        }
    }
}
