//! What well-known functions and methods do to a constant, and which arguments are defaults.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::arguments::Arguments;
use super::cursor::Cursor;
use super::fold::{Constant, DEEPEST, Folded, expression};
use super::known::{DEFAULTS, LOOKUPS};
pub(super) use super::known::{
    gives_default, is_environment, is_list, is_own, is_setter, is_wrapper, last_part,
};
use crate::format::Limit;

/// Base64 as lenient as the decoders of the languages read here: padding or none, stray trailing bits.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Whether `text` can be the name of a setting: a look-up's first argument.
pub(super) fn is_setting_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b'/'))
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether `text` is a value rather than a name: what is taken for a name is printed. Names of settings have few digits.
fn looks_generated(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 16 && (digits >= 4 || crate::generator::shape(text.as_bytes()).random)
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
    let printable = |name: &&str| !looks_generated(name);
    let value_of = |value: &Cursor<'t, '_>| match arguments.deep {
        Some(at) => Folded::cut(Limit::Nesting(DEEPEST), at),
        None => expression(&mut value.clone(), depth + 1),
    };
    let mut folded = if let Some((_, value)) = keyword {
        value_of(value)
    } else {
        let (at, name) = (at?, name?);
        let last = last_part(function).to_ascii_lowercase();
        // `f('NAME', …)`: of any function when the name is shouted, else of functions known to look up.
        let bare_conversion = matches!(function, "str" | "bytes" | "bool" | "string");
        if !(LOOKUPS.contains(&last.as_str()) || is_screaming(name))
            || bare_conversion
            || !printable(&name)
            || (at == 1 && !matches!(last.as_str(), "getattr" | "setattr"))
        {
            return None;
        }
        value_of(arguments.positional.get(at + 1)?)
    };
    let name = name.filter(|_| keyword.is_none() || arguments.positional.len() <= 3);
    if let Some(name) = name.filter(printable) {
        folded.look_up(Some(&Cow::Borrowed(name)));
    }
    Some(folded.or_else())
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
        let second = arguments.positional.get(1).and_then(Cursor::lone_literal);
        if let Some(decoder) = Self::of_method(function, last_part(function)) {
            return Some(decoder);
        }
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

    /// The decoder a method stands for that is called on `callee`: `Base64.getDecoder().decode`.
    pub(super) fn of_method(callee: &str, method: &str) -> Option<Self> {
        if !method
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("decode"))
        {
            return None;
        }
        let callee = callee.to_ascii_lowercase();
        if callee.contains("base64") {
            Some(Self::Base64)
        } else if callee.contains("hex") {
            Some(Self::Hex)
        } else {
            None
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
                if !compact.len().is_multiple_of(2) {
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
