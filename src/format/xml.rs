//! XML and what is written like it: elements with text, attributes, and the usual ways to write a name with a value:
//! `<add key="K" value="V"/>`, `<string name="K">V</string>`, `<key>K</key><string>V</string>`,
//! `<data name="K"><value>V</value></data>`, `<param-name>K</param-name><param-value>V</param-value>`.
//!
//! A closing tag closes what it names; one that names nothing open is passed over.

use std::borrow::Cow;
use std::collections::HashMap;

use super::ini::CONF;
use super::rows::trim;
use super::scalar::{Literal, Scalar};
use super::{Entry, FileName, Format, Limit, Place, Slot, comment};
use crate::text::Span;

/// Elements nested deeper than this are not read.
const DEPTH: usize = 10_000;

/// Only the innermost of what an entry stands in are told: each entry has a copy.
const PARENTS: usize = 64;

/// The format of XML files.
#[derive(Debug)]
pub(super) struct Xml;

/// [`Xml`] for [`super::FORMATS`].
pub(super) static XML: Xml = Xml;

const EXTENSIONS: &[&str] = &[
    "xml",
    "config",
    "csproj",
    "vbproj",
    "fsproj",
    "props",
    "targets",
    "plist",
    "xaml",
    "axaml",
    "resx",
    "resw",
    "nuspec",
    "runsettings",
    "pubxml",
    "publishsettings",
    "mobileconfig",
    "entitlements",
    "storyboard",
    "iml",
    "wsdl",
    "pom",
    "jelly",
    "xlf",
    "xliff",
];

impl Format for Xml {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        EXTENSIONS.contains(&file.base_extension()) || file.name.ends_with(".config.transform")
    }

    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        // Other programs have `.config` files, too.
        if !text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('<')
        {
            CONF.entries(text, sink);
            return;
        }
        Reader::new(text, Span::new(0, text.len()), Place::Live).read(sink);
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::XML)
    }
}

/// An element that is open.
struct Element<'t> {
    tag: &'t str,
    /// What its `name` or `key` says.
    label: Option<Cow<'t, str>>,
    /// Where its tag begins and its content begins.
    start: usize,
    content: usize,
    /// Whether it holds elements.
    is_parent: bool,
    /// The text of the `<key>` or `<name>` last read in it.
    pending: Option<Cow<'t, str>>,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    place: Place,
    open: Vec<Element<'t>>,
    /// How many of a name are open: closing tags that close nothing are many in some files.
    counts: HashMap<&'t str, usize>,
}

fn is_name(tag: &str) -> bool {
    matches!(
        tag.to_ascii_lowercase().as_str(),
        "key" | "name" | "param-name" | "env-entry-name" | "entry-name" | "property-name"
    )
}

fn is_value(tag: &str) -> bool {
    matches!(
        tag.to_ascii_lowercase().as_str(),
        "value"
            | "param-value"
            | "env-entry-value"
            | "entry-value"
            | "property-value"
            | "string"
            | "data"
            | "stringvalue"
            | "defaultvalue"
    )
}

/// The name without the prefix of its namespace.
fn local(tag: &str) -> &str {
    tag.rsplit(':').next().unwrap_or(tag)
}

/// Undoes entities.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let near = &rest.as_bytes()[..rest.len().min(12)];
        let end = memchr::memchr(b';', near);
        let character = end.and_then(|end| entity(&rest[1..end]));
        if let (Some(character), Some(end)) = (character, end) {
            out.push(character);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, span: Span, place: Place) -> Self {
        Self {
            text,
            at: span.start,
            end: span.end,
            place,
            open: Vec::new(),
            counts: HashMap::new(),
        }
    }

    fn read(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let bytes = self.text.as_bytes();
        while let Some(offset) = memchr::memchr(b'<', &bytes[self.at..self.end]) {
            self.at += offset;
            let rest = &self.text[self.at..self.end];
            if rest.starts_with("<!--") {
                self.comment(sink);
            } else if rest.starts_with("<![CDATA[") {
                self.at = self.after(self.at, "]]>");
            } else if rest.starts_with("<?") {
                self.at = self.after(self.at, "?>");
            } else if rest.starts_with("</") {
                self.close(sink);
            } else if rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
                self.element(sink);
            } else {
                self.at += 1;
            }
        }
    }

    /// Where the text goes on after a mark.
    fn after(&self, at: usize, mark: &str) -> usize {
        memchr::memmem::find(&self.text.as_bytes()[at..self.end], mark.as_bytes())
            .map_or(self.end, |offset| at + offset + mark.len())
    }

    fn comment(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let start = self.at + 4;
        let after = self.after(start.min(self.end), "-->");
        let closed = self.text[..after].ends_with("-->") && after >= start + 3;
        let body = Span::new(start, if closed { after - 3 } else { after });
        if self.place == Place::Live {
            if memchr::memchr(b'<', body.of(self.text).as_bytes()).is_some() {
                let outside = self.path();
                Reader::new(self.text, body, Place::Comment).read(&mut |mut entry| {
                    entry.parents.splice(0..0, outside.iter().cloned());
                    sink(entry);
                });
            } else {
                comment::scan(self.text, body, &self.path(), &decode, sink);
            }
        }
        if let Some(element) = self.open.last_mut()
            && self
                .text
                .get(element.content..self.at)
                .is_some_and(|text| text.trim().is_empty())
        {
            element.content = after;
        }
        self.at = after;
    }

    /// What an entry stands in.
    fn path(&self) -> Vec<Cow<'t, str>> {
        let mut path = Vec::new();
        let from = self.open.len().saturating_sub(PARENTS);
        for element in &self.open[from..] {
            path.push(Cow::Borrowed(local(element.tag)));
            path.extend(element.label.clone());
        }
        path
    }

    fn word(&self, at: usize) -> Span {
        let length = self.text[at..self.end]
            .find(|c: char| c.is_whitespace() || "=<>/\"'".contains(c))
            .unwrap_or(self.end - at);
        Span::new(at, at + length)
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..self.end];
        self.at = self.end - rest.trim_start().len();
    }

    fn element(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let tag = self.word(start + 1);
        self.at = tag.end;
        let mut attributes: Vec<(Span, Literal)> = Vec::new();
        let mut is_empty = false;
        loop {
            self.skip_blanks();
            match bytes.get(self.at).filter(|_| self.at < self.end) {
                None | Some(b'<') => break,
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                Some(b'/') => {
                    is_empty = bytes.get(self.at + 1) == Some(&b'>');
                    self.at += 1;
                }
                Some(_) => {
                    let name = self.word(self.at);
                    self.at = name.end;
                    self.skip_blanks();
                    if bytes.get(self.at).filter(|_| self.at < self.end) != Some(&b'=') {
                        // A stray quote.
                        if name.is_empty() {
                            self.at += 1;
                        }
                        continue;
                    }
                    self.at += 1;
                    self.skip_blanks();
                    let Some(&quote @ (b'"' | b'\'')) =
                        bytes.get(self.at).filter(|_| self.at < self.end)
                    else {
                        continue;
                    };
                    let open = self.at + 1;
                    match memchr::memchr2(quote, b'<', &bytes[open..self.end]) {
                        Some(offset) if bytes[open + offset] == quote => {
                            self.at = open + offset + 1;
                            let value = Span::new(open, open + offset);
                            attributes.push((name, Literal::quoted(value)));
                        }
                        // No closing quote before the next tag.
                        Some(offset) => {
                            self.at = open + offset;
                            break;
                        }
                        None => {
                            self.at = self.end;
                            break;
                        }
                    }
                }
            }
        }
        let label = self.attributes(start, tag.of(self.text), &attributes, sink);
        if let Some(parent) = self.open.last_mut() {
            parent.is_parent = true;
        }
        if is_empty {
            return;
        }
        if self.open.len() >= DEPTH {
            let place = Span::new(start, self.at);
            sink(Entry::unread(Limit::Nesting(DEPTH), place));
        } else {
            let tag = tag.of(self.text);
            // `<key>Shop</key><dict>`
            let label = label.or_else(|| {
                let parent = self.open.last_mut()?;
                matches!(tag, "dict" | "array").then(|| parent.pending.take())?
            });
            *self.counts.entry(tag).or_default() += 1;
            self.open.push(Element {
                tag,
                label,
                start,
                content: self.at,
                is_parent: false,
                pending: None,
            });
        }
    }

    /// Gives the attributes of an element, and what names it.
    fn attributes(
        &self,
        start: usize,
        tag: &'t str,
        attributes: &[(Span, Literal)],
        sink: &mut dyn FnMut(Entry<'t>),
    ) -> Option<Cow<'t, str>> {
        let find = |words: &[&str]| {
            attributes.iter().position(|(name, literal)| {
                let name = local(name.of(self.text));
                !literal.span.is_empty() && words.iter().any(|word| name.eq_ignore_ascii_case(word))
            })
        };
        let namer = find(&["name"])
            .or_else(|| find(&["key"]))
            .or_else(|| find(&["variable"]));
        let value = find(&["value"]).or_else(|| find(&["defaultvalue", "default"]));
        let label = namer.map(|index| decode(attributes[index].1.span.of(self.text)));
        let mut parents = Vec::new();
        for (index, (name, literal)) in attributes.iter().enumerate() {
            let name = name.of(self.text);
            if name.starts_with("xmlns") || (Some(index) == namer && value.is_some()) {
                continue;
            }
            if parents.is_empty() {
                parents = self.path();
                parents.push(Cow::Borrowed(local(tag)));
            }
            let key = match &label {
                Some(label) if Some(index) == value => label.clone(),
                _ => Cow::Borrowed(local(name)),
            };
            let scalar = Scalar::read(self.text, *literal, decode);
            sink(scalar.entry(key, parents.clone(), Slot::Member, self.place, start));
        }
        label
    }

    fn close(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let close = self.at;
        let tag = self.word(close + 2);
        let bytes = self.text.as_bytes();
        self.at = match memchr::memchr2(b'>', b'<', &bytes[tag.end..self.end]) {
            Some(offset) => tag.end + offset + usize::from(bytes[tag.end + offset] == b'>'),
            None => self.end,
        };
        let name = tag.of(self.text);
        if self.counts.get(name).is_none_or(|&count| count == 0) {
            return;
        }
        let element = loop {
            let Some(element) = self.open.pop() else {
                return;
            };
            if let Some(count) = self.counts.get_mut(element.tag) {
                *count -= 1;
            }
            if element.tag == name {
                break element;
            }
        };
        let content = trim(self.text, Span::new(element.content, close));
        if element.is_parent || content.is_empty() {
            return;
        }
        let raw = content.of(self.text);
        let is_cdata = raw.starts_with("<![CDATA[") && raw.ends_with("]]>") && raw.len() >= 12;
        let literal = if is_cdata {
            let inside = Span::new(content.start + 9, content.end - 3);
            Literal {
                quoted: true,
                end: content.end,
                ..Literal::bare(trim(self.text, inside))
            }
        } else {
            Literal {
                quoted: true,
                ..Literal::bare(content)
            }
        };
        let scalar = if is_cdata {
            Scalar::read(self.text, literal, Cow::Borrowed)
        } else {
            Scalar::read(self.text, literal, decode)
        };
        let tag = local(element.tag);
        let mut parents = self.path();
        let mut slot = Slot::Assign;
        let mut key = Cow::Borrowed(tag);
        let mut named = element.label.clone();
        if let Some(parent) = self.open.last_mut() {
            if is_name(tag) && raw.len() <= 200 {
                parent.pending = Some(decode(raw));
            } else if named.is_none() {
                named = parent.pending.take().filter(|_| is_value(tag));
                if named.is_none() && is_value(tag) && parent.label.is_some() {
                    named.clone_from(&parent.label);
                    parents.pop();
                }
            }
        }
        if let Some(name) = named {
            key = name;
            slot = Slot::Member;
            parents.push(Cow::Borrowed(tag));
        }
        sink(scalar.entry(key, parents, slot, self.place, element.start));
    }
}
