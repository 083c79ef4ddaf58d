//! How a value may be written.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::secret::hex;

/// How a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Plain,
    /// With characters escaped, as a syntax asks for it.
    Escaped,
    /// As base64 (RFC 4648), alone or inside of something longer.
    Base64,
    /// As hexadecimal digits.
    Hex,
    /// As UTF-16.
    Utf16,
}

impl Form {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Escaped => "escaped",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Utf16 => "utf-16",
        }
    }
}

/// Part of a base64 text that does not depend on what surrounds the value has to be this long to be looked for.
const SHORTEST_CORE: usize = 16;

/// All forms of a value, the plain one first.
pub(super) fn forms(value: &[u8]) -> Vec<(Form, Vec<u8>)> {
    let mut out = vec![(Form::Plain, value.to_vec())];
    of_bytes(value, &mut out);
    if let Ok(text) = std::str::from_utf8(value) {
        out.extend(escaped(text).into_iter().map(|form| (Form::Escaped, form)));
        let units = || text.encode_utf16();
        out.push((Form::Utf16, units().flat_map(u16::to_le_bytes).collect()));
        out.push((Form::Utf16, units().flat_map(u16::to_be_bytes).collect()));
        // Laravel's `base64:…`: the same key without its mark, and its bytes.
        let inner = text.strip_prefix("base64:").unwrap_or(text);
        if inner.len() < text.len() {
            out.push((Form::Plain, inner.as_bytes().to_vec()));
            let decoded = STANDARD_NO_PAD.decode(inner.trim_end_matches('='));
            if let Ok(bytes) = decoded {
                of_bytes(&bytes, &mut out);
                out.push((Form::Plain, bytes));
            }
        }
    }
    let mut known = BTreeSet::new();
    out.retain(|(_, form)| form.len() >= super::SHORTEST && known.insert(form.clone()));
    out
}

fn of_bytes(value: &[u8], out: &mut Vec<(Form, Vec<u8>)>) {
    let digits = hex(value);
    out.push((Form::Hex, digits.to_ascii_uppercase().into_bytes()));
    out.push((Form::Hex, digits.into_bytes()));
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        out.push((Form::Base64, engine.encode(value).into_bytes()));
        // Inside of a longer text: the digits that hold bits of the value alone, for each way in which it can lie.
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(value);
            let digits = engine.encode(&bytes);
            let first = (before * 8).div_ceil(6);
            let last = bytes.len() * 8 / 6;
            if last >= first + SHORTEST_CORE {
                out.push((Form::Base64, digits.as_bytes()[first..last].to_vec()));
            }
        }
    }
}

/// The value under the escapes of strings, XML, URLs, and of loaders that fill in variables.
fn escaped(text: &str) -> Vec<Vec<u8>> {
    let with = |escape: &dyn Fn(char) -> Option<String>| -> Vec<u8> {
        let parts = text.chars().map(|c| escape(c).unwrap_or_else(|| c.into()));
        parts.collect::<String>().into_bytes()
    };
    let before = |chars: &'static str, mark: &'static str| {
        with(&|c| chars.contains(c).then(|| format!("{mark}{c}")))
    };
    let doubled = |chars: &'static str| with(&|c| chars.contains(c).then(|| format!("{c}{c}")));
    let xml = |quotes: bool| {
        with(&|c| match c {
            '&' => Some("&amp;".into()),
            '<' => Some("&lt;".into()),
            '>' => Some("&gt;".into()),
            '"' if quotes => Some("&quot;".into()),
            '\'' if quotes => Some("&#39;".into()),
            _ => None,
        })
    };
    let percent = |lower: bool| {
        with(&|c| {
            let plain = c.is_ascii_alphanumeric() || "-_.~".contains(c);
            let mut bytes = [0; 4];
            (!plain).then(|| {
                let bytes = c.encode_utf8(&mut bytes).bytes();
                let coded = |byte| {
                    if lower {
                        format!("%{byte:02x}")
                    } else {
                        format!("%{byte:02X}")
                    }
                };
                bytes.map(coded).collect()
            })
        })
    };
    let unicode = with(&|c| {
        "<>&'="
            .contains(c)
            .then(|| format!("\\u{:04x}", u32::from(c)))
    });
    vec![
        before("\\", "\\"),
        before("\\\"", "\\"),
        before("\\'", "\\"),
        before("\\\"/", "\\"),
        before("\\\"$`", "\\"),
        before("\\\"$`!", "\\"),
        before("#", "\\"),
        doubled("$"),
        doubled("%"),
        doubled("'"),
        doubled("\""),
        doubled("{}"),
        xml(true),
        xml(false),
        percent(false),
        percent(true),
        unicode,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(value: &[u8], text: &[u8]) -> Option<Form> {
        let forms = forms(value).into_iter();
        let mut found = forms.filter(|(_, form)| memchr::memmem::find(text, form).is_some());
        found.next().map(|(form, _)| form)
    }

    #[test]
    fn every_way_to_write_a_value() {
        let value = b"a+b'c\"d$e%f&g<h>i#j\\k(l";
        for (text, form) in [
            (r#"x a+b'c"d$e%f&g<h>i#j\k(l"#, Form::Plain),
            (r#""a+b'c\"d$e%f&g<h>i#j\\k(l""#, Form::Escaped),
            (r#"'a+b\'c"d$e%f&g<h>i#j\\k(l'"#, Form::Escaped),
            (r#"'a+b''c"d$e%f&g<h>i#j\k(l'"#, Form::Escaped),
            (r#"a+b'c"d$$e%f&g<h>i#j\k(l"#, Form::Escaped),
            ("a+b&#39;c&quot;d$e%f&amp;g&lt;h&gt;i#j\\k(l", Form::Escaped),
            (
                "a%2Bb%27c%22d%24e%25f%26g%3Ch%3Ei%23j%5Ck%28l",
                Form::Escaped,
            ),
        ] {
            assert_eq!(has(value, text.as_bytes()), Some(form), "{text}");
        }
        assert_eq!(has(value, hex(value).as_bytes()), Some(Form::Hex));
        for before in ["", "A", "AB", "SECRET_KEY="] {
            let mut text = before.as_bytes().to_vec();
            text.extend_from_slice(value);
            text.extend_from_slice(b"\nB=2");
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let text = engine.encode(&text);
                assert_eq!(has(value, text.as_bytes()), Some(Form::Base64), "{before}");
            }
        }
        assert_eq!(has(value, b"a+b'c"), None);
    }

    #[test]
    fn what_laravel_marks_as_base64_is_looked_for_as_bytes() {
        let bytes: Vec<u8> = (200..232).collect();
        let text = base64::prelude::BASE64_STANDARD.encode(&bytes);
        let value = format!("base64:{text}");
        assert_eq!(has(value.as_bytes(), &bytes), Some(Form::Plain));
        assert_eq!(has(value.as_bytes(), text.as_bytes()), Some(Form::Plain));
        let digits = hex(&bytes);
        assert_eq!(has(value.as_bytes(), digits.as_bytes()), Some(Form::Hex));
    }
}
