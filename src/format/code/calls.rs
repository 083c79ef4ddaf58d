//! What well-known functions and methods do to a constant, and which arguments are defaults.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::cursor::Arguments;
use super::fold::{Constant, Folded, expression};
use crate::text::Span;

/// Base64 as lenient as the decoders of the languages read here: padding or none, stray trailing bits.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Functions of which a first argument is looked up and a second is the default.
const LOOKUPS: &[&str] = &[
    "bool",
    "bytes",
    "config",
    "conf",
    "define",
    "env",
    "environ",
    "envstr",
    "fetch",
    "fetch_env",
    "get",
    "get_config",
    "get_env",
    "get_secret",
    "get_setting",
    "getattr",
    "getenv",
    "getitem",
    "getoption",
    "getproperty",
    "getsetting",
    "getstring",
    "getvar",
    "lookup",
    "os_getenv",
    "pop",
    "putenv",
    "read",
    "secret",
    "set",
    "setdefault",
    "setenv",
    "setting",
    "settings",
    "str",
    "string",
    "value",
    "write",
];

/// Keyword arguments that give a default.
const DEFAULTS: &[&str] = &[
    "default",
    "default_value",
    "defaultvalue",
    "fallback",
    "default_factory",
    "defaults",
    "or_else",
    "initial",
];

/// Functions that give back what they are given, as far as the key is concerned.
const WRAPPERS: &[&str] = &[
    "SecretStr",
    "SecretBytes",
    "Secret",
    "str",
    "bytes",
    "bytearray",
    "unicode",
    "u",
    "b",
    "force_bytes",
    "force_str",
    "force_text",
    "smart_bytes",
    "smart_str",
    "to_bytes",
    "mark_safe",
    "Value",
    "SecretValue",
    "StringValue",
    "literal",
    "Literal",
    "String",
    "GetBytes",
    "from",
    "encode",
    "toByteArray",
    "text",
    "cast",
    "Some",
    "to_string",
    "to_owned",
    "Optional",
    "Just",
    "_",
    "Str",
];

/// Whether `name` is how a language spells the environment.
pub(super) fn is_environment(name: &str) -> bool {
    matches!(
        name,
        "environ"
            | "env"
            | "ENV"
            | "getenv"
            | "Getenv"
            | "get_env"
            | "getEnv"
            | "GetEnvironmentVariable"
            | "_ENV"
            | "$_ENV"
            | "environb"
    )
}

/// Whether a dotted name is a member of the object or module itself.
pub(super) fn is_own(name: &str) -> bool {
    ["self.", "cls.", "this.", "Config.", "settings.", "config."]
        .iter()
        .any(|own| {
            name.strip_prefix(own)
                .is_some_and(|rest| !rest.contains('.'))
        })
}

/// What follows the last `.`, `::` or `->` of a name.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['.', ':', '>']).next().unwrap_or(name)
}

/// Whether a function gives back what it is given.
pub(super) fn is_wrapper(function: &str) -> bool {
    WRAPPERS.contains(&function)
}

/// Whether `text` can be the name of a setting: a look-up's first argument.
fn is_setting_name(text: &str) -> bool {
    (2..=100).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b'/'))
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

fn is_screaming(text: &str) -> bool {
    text.len() > 3
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && text.bytes().any(|b| b.is_ascii_uppercase())
}

/// The default of a look-up `f('NAME', default)`, `f('NAME', default=…)`, or of a field `f(default=…)`.
pub(super) fn default_of<'t>(
    arguments: &Arguments<'t, '_>,
    function: &str,
    depth: usize,
) -> Option<Folded<'t>> {
    let keyword = arguments
        .keywords
        .iter()
        .find(|(name, _)| DEFAULTS.contains(&name.to_ascii_lowercase().as_str()));
    let names: Vec<(usize, &'t str)> = arguments
        .positional
        .iter()
        .enumerate()
        .take(2)
        .filter_map(|(at, cursor)| Some((at, cursor.lone_literal()?)))
        .collect();
    let (at, name) = match names.first() {
        Some(&(at, name)) if is_setting_name(name) => (Some(at), Some(name)),
        _ => (None, None),
    };
    let mut folded = if let Some((_, value)) = keyword {
        expression(&mut value.clone(), depth + 1)
    } else {
        let (at, name) = (at?, name?);
        let last = last_part(function).to_ascii_lowercase();
        // `f('NAME', …)`: of any function when the name is shouted, else of functions known to look up.
        if !(LOOKUPS.contains(&last.as_str()) || is_screaming(name))
            || (at == 1 && last != "getattr")
        {
            return None;
        }
        expression(&mut arguments.positional.get(at + 1)?.clone(), depth + 1)
    };
    if let Some(name) = name.filter(|_| keyword.is_none() || arguments.positional.len() <= 3) {
        for value in &mut folded.values {
            value.lookup = Some(Cow::Borrowed(name));
        }
    }
    folded.pure = false;
    Some(folded)
}

/// Functions that decode text to bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decoder {
    Base64,
    Hex,
}

impl Decoder {
    /// The decoder a call of `function` stands for.
    pub(super) fn of(function: &str, arguments: &Arguments<'_, '_>) -> Option<Self> {
        let second = arguments
            .positional
            .get(1)
            .and_then(|cursor| cursor.lone_literal());
        match last_part(function) {
            "b64decode" | "urlsafe_b64decode" | "standard_b64decode" | "decodebytes"
            | "a2b_base64" | "atob" | "base64_decode" | "decode64" | "urlsafe_decode64"
            | "strict_decode64" | "FromBase64String" | "base64decode" => Some(Self::Base64),
            "unhexlify" | "fromhex" | "a2b_hex" | "hex2bin" | "hexdec" => Some(Self::Hex),
            "from" if second == Some("base64") => Some(Self::Base64),
            "from" | "decode" if second == Some("hex") => Some(Self::Hex),
            _ => None,
        }
    }

    /// Decodes every value; one that does not decode is dropped.
    pub(super) fn apply(self, values: &mut Vec<Constant<'_>>) {
        values.retain_mut(|value| match self.decode(&value.bytes) {
            Some(bytes) => {
                value.bytes = Cow::Owned(bytes);
                true
            }
            None => false,
        });
    }

    fn decode(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let compact: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|b| !b.is_ascii_whitespace())
            .collect();
        match self {
            Self::Base64 => STANDARD
                .decode(&compact)
                .or_else(|_| URL_SAFE.decode(&compact))
                .ok(),
            Self::Hex => {
                if compact.len() % 2 != 0 {
                    return None;
                }
                compact
                    .chunks_exact(2)
                    .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect()
            }
        }
    }
}

/// Applies a method to constants; `false` when what it gives is not known.
pub(super) fn apply_method(
    method: &str,
    arguments: Option<&Arguments<'_, '_>>,
    values: &mut Vec<Constant<'_>>,
    _depth: usize,
) -> bool {
    let bare = arguments.is_none_or(|arguments| arguments.positional.is_empty());
    let first = arguments.and_then(|arguments| arguments.positional.first()?.lone_literal());
    match method {
        "encode" | "decode" | "freeze" | "to_s" | "to_str" | "html_safe" | "getBytes"
        | "toString" | "to_string" | "to_owned" | "into" | "bytes" | "b" | "to_sym" | "dup"
        | "force_encoding" | "toCharArray" | "as_bytes" | "get_secret_value"
            if first
                .is_none_or(|codec| codec.len() <= 12 && codec != "hex" && codec != "base64") =>
        {
            true
        }
        "format" if bare => true,
        "strip" | "trim" | "chomp" if bare => {
            for value in values {
                trim(value, true, true);
            }
            true
        }
        "rstrip" | "trimEnd" | "trim_end" if bare => {
            for value in values {
                trim(value, false, true);
            }
            true
        }
        "lstrip" | "trimStart" | "trim_start" if bare => {
            for value in values {
                trim(value, true, false);
            }
            true
        }
        "lower" | "toLowerCase" | "downcase" => {
            values
                .iter_mut()
                .for_each(|value| value.bytes.to_mut().make_ascii_lowercase());
            true
        }
        "upper" | "toUpperCase" | "upcase" => {
            values
                .iter_mut()
                .for_each(|value| value.bytes.to_mut().make_ascii_uppercase());
            true
        }
        _ => false,
    }
}

/// Takes white space off a value; the span follows when the literal stands in the text as it is.
fn trim(value: &mut Constant<'_>, front: bool, back: bool) {
    let before = value.bytes.len();
    let start = if front {
        value.bytes.len() - value.bytes.trim_ascii_start().len()
    } else {
        0
    };
    let kept = if back {
        value.bytes.trim_ascii_end().len()
    } else {
        before
    };
    let verbatim = value.span.len() == before;
    let end = kept.max(start);
    value.bytes = match &value.bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[start..end]),
        Cow::Owned(bytes) => Cow::Owned(bytes[start..end].to_vec()),
    };
    if verbatim {
        value.span = Span::new(value.span.start + start, value.span.start + end);
    }
}
