//! What well-known methods do to a constant.

use std::borrow::Cow;

use super::arguments::Arguments;
use super::calls::Decoder;
use super::choice::{cut_out, given, part};
use super::cursor::Cursor;
use super::fold::{Folded, Form, LONGEST_COMPUTED, expression};
use super::language::Language;
use super::template;

/// A method called on what was folded, with its arguments.
pub(super) struct Method<'a, 't, 'c> {
    pub name: &'a str,
    pub arguments: Option<&'a Arguments<'t, 'c>>,
    pub language: &'static Language,
    pub depth: usize,
}

impl<'t, 'c> Method<'_, 't, 'c> {
    /// Applies it; `false` when what it gives is not known.
    pub(super) fn apply(&self, folded: &mut Folded<'t>) -> bool {
        match self.count() {
            0 => self.bare(folded) || self.with_arguments(folded),
            _ => self.with_charset(folded) || self.with_arguments(folded),
        }
    }

    fn positional(&self) -> &[Cursor<'t, 'c>] {
        self.arguments
            .map_or(&[], |arguments| arguments.positional.as_slice())
    }

    fn count(&self) -> usize {
        self.positional().len()
    }

    /// An argument that is text.
    fn text(&self, at: usize) -> Option<String> {
        let mut argument = self.positional().get(at)?.clone();
        let folded = expression(&mut argument, self.depth + 1);
        let whole = argument.kind().is_none();
        let bytes = &folded.one_value().filter(|_| whole)?.bytes;
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// An argument that is a number.
    fn number(&self, at: usize) -> Option<i64> {
        let mut argument = self.positional().get(at)?.clone();
        let number = argument.number();
        number.filter(|_| argument.kind().is_none())
    }

    fn bare(&self, folded: &mut Folded<'t>) -> bool {
        match self.name {
            "encode" | "decode" | "freeze" | "to_s" | "to_str" | "html_safe" | "getBytes"
            | "toString" | "to_string" | "to_owned" | "into" | "bytes" | "b" | "to_sym" | "dup"
            | "force_encoding" | "toCharArray" | "as_bytes" | "as_ref" | "get_secret_value"
            | "toByteArray" | "squish" | "clone" | "valueOf" | "into_bytes" | "as_str"
            | "strip_heredoc" => true,
            "strip" | "trim" => trim(folded, true, true, &blank),
            "chomp" => trim(folded, false, true, &|c| matches!(c, '\n' | '\r')),
            "rstrip" | "trimEnd" | "trim_end" | "trimRight" => trim(folded, false, true, &blank),
            "lstrip" | "trimStart" | "trim_start" | "trimLeft" => trim(folded, true, false, &blank),
            "lower" | "toLowerCase" | "downcase" | "to_lowercase" | "lowercase" => {
                each(folded, |bytes| bytes.make_ascii_lowercase())
            }
            "upper" | "toUpperCase" | "upcase" | "to_uppercase" | "uppercase" => {
                each(folded, |bytes| bytes.make_ascii_uppercase())
            }
            "reverse" if !folded.form.is_list() => each(folded, |bytes| bytes.reverse()),
            _ => false,
        }
    }

    /// Text to bytes and back.
    fn with_charset(&self, folded: &mut Folded<'t>) -> bool {
        if !matches!(
            self.name,
            "encode"
                | "decode"
                | "getBytes"
                | "toString"
                | "force_encoding"
                | "bytes"
                | "toByteArray"
        ) {
            return false;
        }
        let name = self.positional().first().and_then(Cursor::lone_literal);
        let Some(name) = name.map(str::to_ascii_lowercase) else {
            return self.name != "toString";
        };
        let decoder = match name.as_str() {
            "hex" | "hex_codec" => Some(Decoder::Hex),
            "base64" | "base64_codec" => Some(Decoder::Base64),
            _ => None,
        };
        match decoder {
            Some(decoder) if self.name == "decode" => {
                decoder.apply(&mut folded.values);
                !folded.values.is_empty()
            }
            Some(_) => false,
            None => is_charset(&name),
        }
    }

    fn with_arguments(&self, folded: &mut Folded<'t>) -> bool {
        match (self.name, self.count()) {
            ("strip" | "trim", 1) => self.trim(folded, true, true),
            ("rstrip" | "trimEnd" | "trim_end_matches", 1) => self.trim(folded, false, true),
            ("lstrip" | "trimStart" | "trim_start_matches", 1) => self.trim(folded, true, false),
            ("removeprefix" | "delete_prefix", 1) => self.without(folded, true),
            ("removesuffix" | "delete_suffix" | "chomp", 1) => self.without(folded, false),
            ("replace" | "replaceAll" | "gsub" | "sub" | "replaceFirst", 2)
            | ("delete" | "remove", 1) => self.replace(folded),
            ("slice", 1 | 2) if self.language.symbols => {
                let (from, length) = (self.number(0), self.number(1));
                from.zip(length)
                    .is_some_and(|(from, length)| taken(folded, from, from.checked_add(length)))
            }
            ("slice" | "substring" | "mid_str", 1 | 2) => {
                let to = self.number(1);
                let whole = to.is_some() || self.count() == 1;
                self.number(0)
                    .filter(|_| whole)
                    .is_some_and(|from| taken(folded, from, to))
            }
            ("substr" | "Substring" | "first" | "take" | "left", 1 | 2) => self.counted(folded),
            ("push" | "append", _) if folded.form.is_list() => true,
            ("concat" | "plus", _) => self.concat(folded),
            ("join", 0 | 1) if folded.form.is_list() => self.join_list(folded),
            ("join", 1) => self.join_argument(folded),
            ("format" | "formatted", _) => self.format(folded),
            ("split", 0 | 1) => self.split(folded),
            ("repeat", 1) => {
                let times = self.number(0).and_then(|times| usize::try_from(times).ok());
                times.is_some_and(|times| {
                    *folded = template::times_over(std::mem::take(folded), times);
                    true
                })
            }
            // Of the items nothing else is known.
            ("map" | "filter" | "compact" | "collect" | "reject", _) if folded.form.is_list() => {
                folded.form = Form::Items;
                true
            }
            _ => false,
        }
    }

    fn trim(&self, folded: &mut Folded<'t>, front: bool, back: bool) -> bool {
        self.text(0)
            .is_some_and(|set| trim(folded, front, back, &|c| set.contains(c)))
    }

    fn without(&self, folded: &mut Folded<'t>, front: bool) -> bool {
        let Some(affix) = self.text(0) else {
            return false;
        };
        for value in &mut folded.values {
            let (bytes, affix) = (&value.bytes, affix.as_bytes());
            let (start, end) = match (front, bytes.len()) {
                (true, end) if bytes.starts_with(affix) => (affix.len(), end),
                (false, end) if bytes.ends_with(affix) => (0, end - affix.len()),
                (_, end) => (0, end),
            };
            cut_out(value, start, end);
        }
        true
    }

    /// Replaces the first argument by the second one, whatever follows them.
    pub(super) fn replace_first_two(&self, folded: &mut Folded<'t>) -> bool {
        self.replace(folded)
    }

    fn replace(&self, folded: &mut Folded<'t>) -> bool {
        let new = if self.count() == 1 {
            Some(String::new())
        } else {
            self.text(1)
        };
        let (Some(old), Some(new)) = (self.text(0).filter(|old| !old.is_empty()), new) else {
            return false;
        };
        let once = matches!(self.name, "sub" | "replaceFirst")
            || self.name == "replace" && self.language.replaces_once;
        for value in &mut folded.values {
            let Ok(text) = std::str::from_utf8(&value.bytes) else {
                return false;
            };
            if !text.contains(&old) {
                continue;
            }
            let replaced = if once {
                text.replacen(&old, &new, 1)
            } else {
                text.replace(&old, &new)
            };
            if replaced.len() > text.len().max(LONGEST_COMPUTED) {
                return false;
            }
            value.bytes = Cow::Owned(replaced.into_bytes());
        }
        true
    }

    /// A part of so many characters.
    fn counted(&self, folded: &mut Folded<'t>) -> bool {
        if matches!(self.name, "first" | "take" | "left") {
            return self
                .number(0)
                .is_some_and(|count| self.count() == 1 && taken(folded, 0, Some(count)));
        }
        match (self.number(0), self.number(1), self.count()) {
            (Some(from), None, 1) => taken(folded, from, None),
            (Some(from), Some(length), 2) if from >= 0 => {
                taken(folded, from, from.checked_add(length))
            }
            _ => false,
        }
    }

    fn concat(&self, folded: &mut Folded<'t>) -> bool {
        let mut whole = std::mem::take(folded);
        for argument in self.positional() {
            let right = expression(&mut argument.clone(), self.depth + 1);
            whole = super::fold::join(whole, right);
        }
        *folded = whole;
        !folded.values.is_empty()
    }

    fn join_list(&self, folded: &mut Folded<'t>) -> bool {
        let separator = match self.count() {
            0 if self.language.joins_with_comma => Some(",".to_owned()),
            0 => Some(String::new()),
            _ => self.text(0),
        };
        let Some(separator) = separator else {
            return false;
        };
        *folded = template::joined(separator.as_bytes(), std::mem::take(folded));
        !folded.values.is_empty()
    }

    /// `','.join(list)`.
    fn join_argument(&self, folded: &mut Folded<'t>) -> bool {
        let separator = folded.one_value().map(|value| value.bytes.to_vec());
        let (Some(separator), Some(list)) = (separator, self.positional().first()) else {
            return false;
        };
        let mut list = list.clone();
        let items = expression(&mut list, self.depth + 1);
        if list.kind().is_some() {
            return false;
        }
        *folded = template::joined(&separator, items);
        !folded.values.is_empty()
    }

    fn format(&self, folded: &mut Folded<'t>) -> bool {
        let Some(template) = folded.one_value() else {
            return false;
        };
        let Some(given) = given(self.positional(), self.depth) else {
            return false;
        };
        let keywords = self.arguments.map_or(&[][..], |all| &all.keywords);
        let named = |name: &str| {
            let (_, value) = keywords.iter().find(|(known, _)| *known == name)?;
            let mut value = value.clone();
            let folded = expression(&mut value, self.depth + 1);
            folded
                .one_value()
                .filter(|_| value.kind().is_none())
                .cloned()
        };
        let percent = self.name == "formatted" || self.language.formats_percent;
        let syntax = if percent {
            template::printf
        } else {
            template::braces
        };
        *folded = template::filled(template, syntax, &given, named);
        !folded.values.is_empty()
    }

    fn split(&self, folded: &mut Folded<'t>) -> bool {
        let separator = match self.count() {
            0 => None,
            _ => match self.text(0).filter(|text| !text.is_empty()) {
                Some(text) => Some(text),
                None => return false,
            },
        };
        let mut items = Vec::new();
        for value in &folded.values {
            let Ok(text) = std::str::from_utf8(&value.bytes) else {
                return false;
            };
            let parts: Vec<&str> = match &separator {
                Some(separator) => text.split(separator.as_str()).collect(),
                None => text.split_ascii_whitespace().collect(),
            };
            for word in parts {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                let mut item = value.clone();
                cut_out(&mut item, start, start + word.len());
                items.push(item);
            }
        }
        let form = if folded.form == Form::One {
            Form::List
        } else {
            Form::Items
        };
        *folded = Folded::list(items, form);
        true
    }
}

/// Whether text in this encoding is the same bytes as in UTF-8, for keys of ASCII.
fn is_charset(name: &str) -> bool {
    [
        "utf-8",
        "utf8",
        "ascii",
        "us-ascii",
        "latin",
        "iso-8859",
        "iso8859",
        "cp125",
        "windows-125",
        "binary",
    ]
    .iter()
    .any(|charset| name.starts_with(charset))
}

pub(super) fn blank(character: char) -> bool {
    character.is_ascii_whitespace()
}

fn each(folded: &mut Folded<'_>, change: impl Fn(&mut Vec<u8>)) -> bool {
    for value in &mut folded.values {
        change(value.bytes.to_mut());
    }
    true
}

fn taken(folded: &mut Folded<'_>, from: i64, to: Option<i64>) -> bool {
    if folded.form.is_list() {
        folded.form = Form::Items;
    } else {
        *folded = part(std::mem::take(folded), Some(from), to);
    }
    true
}

/// Takes characters off both ends, or one.
pub(super) fn trim(
    folded: &mut Folded<'_>,
    front: bool,
    back: bool,
    is: &dyn Fn(char) -> bool,
) -> bool {
    for value in &mut folded.values {
        let bytes = &value.bytes;
        let is = |byte: &u8| byte.is_ascii() && is(*byte as char);
        let start = if front {
            bytes.iter().take_while(|byte| is(byte)).count()
        } else {
            0
        };
        let taken = if back {
            bytes[start..]
                .iter()
                .rev()
                .take_while(|byte| is(byte))
                .count()
        } else {
            0
        };
        let end = bytes.len() - taken;
        cut_out(value, start, end);
    }
    true
}
