//! Elements: their tags, and the entries they give.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::rows::trim;
use super::super::scalar::{Literal, Scalar};
use super::super::{Entry, Limit, Slot};
use super::{Element, Pending, Reader, decode, local};
use crate::text::Span;

/// Elements nested deeper than this are not read.
const DEPTH: usize = 10_000;

/// Longer texts are no names.
const NAME_LIMIT: usize = 200;

const NAMES: &[&str] = &[
    "key",
    "name",
    "param-name",
    "env-entry-name",
    "entry-name",
    "property-name",
];

const VALUES: &[&str] = &[
    "value",
    "param-value",
    "env-entry-value",
    "entry-value",
    "property-value",
    "string",
    "data",
    "stringvalue",
    "defaultvalue",
];

fn is_any(tag: &str, words: &[&str]) -> bool {
    words.iter().any(|word| tag.eq_ignore_ascii_case(word))
}

/// Whether `bytes` begin with all that stands between `</` and the end of a tag of this name.
fn closes(bytes: &[u8], tag: &str) -> bool {
    bytes
        .strip_prefix(tag.as_bytes())
        .is_some_and(|rest| rest.first() == Some(&b'>'))
}

/// Elements that take the name before them for their own.
fn is_collection(tag: &str) -> bool {
    matches!(tag, "dict" | "array")
}

impl<'t> Reader<'t, '_> {
    /// Reads an opening tag.
    pub(super) fn element(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let start = self.at;
        let (tag, is_empty) = self.tag();
        let mut hot = self.is_hot(start);
        let (namer, value) = if self.open.len() > self.depth {
            (None, None)
        } else {
            self.roles()
        };
        let label = namer.map(|index| decode(self.attributes[index].1.span.of(self.text)));
        if hot && !self.attributes.is_empty() {
            self.give_attributes(start, tag, (namer, value, label.as_ref()), sink);
        }
        if let Some(parent) = self.open.last_mut() {
            parent.is_parent = true;
        }
        if is_empty {
            return;
        }
        if self.open.len() >= DEPTH {
            let place = Span::new(start, self.at);
            sink(Entry::unread(Limit::Nesting(DEPTH), place));
            return;
        }
        if self.passes_leaf(tag) {
            return;
        }
        // `<key>Shop</key><dict>`
        let label = label.or_else(|| {
            let parent = self.open.last_mut().filter(|_| is_collection(tag))?;
            let pending = parent.pending.take()?;
            hot |= pending.hot;
            Some(decode(pending.raw))
        });
        if let Some(counts) = &mut self.counts {
            *counts.entry(Cow::Borrowed(tag)).or_default() += 1;
        }
        self.open.push(Element {
            tag: Cow::Borrowed(tag),
            label,
            start,
            content: self.at,
            is_parent: false,
            pending: None,
            hot,
            within: None,
        });
    }

    /// Passes over what the element holds whose tag was just read, and its end, where all that is text so deep that nothing depends on it.
    fn passes_leaf(&mut self, tag: &str) -> bool {
        let bytes = &self.text.as_bytes()[..self.end];
        let next = (self.open.len() > self.depth)
            .then(|| memchr::memchr(b'<', &bytes[self.at..]))
            .flatten();
        let rest = next.and_then(|by| bytes[self.at + by..].strip_prefix(b"</"));
        let Some(rest) = rest.filter(|rest| closes(rest, tag)) else {
            return false;
        };
        self.at = self.end - rest.len() + tag.len() + 1;
        true
    }

    /// Passes over an opening tag and keeps its attributes; gives its name, and whether it closes itself.
    fn tag(&mut self) -> (&'t str, bool) {
        let bytes = self.text.as_bytes();
        let tag = self.word(self.at + 1);
        self.at = tag.end;
        self.attributes.clear();
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
                            self.attributes.push((name, Literal::quoted(value)));
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
        (tag.of(self.text), is_empty)
    }

    /// The attribute that names an element, and the one that is its value.
    fn roles(&self) -> (Option<usize>, Option<usize>) {
        // The first of the lowest rank.
        let (mut namer, mut value) = (None, None);
        let better = |role: &mut Option<(u8, usize)>, rank: u8, index: usize| {
            if role.is_none_or(|(known, _)| rank < known) {
                *role = Some((rank, index));
            }
        };
        for (index, (name, literal)) in self.attributes.iter().enumerate() {
            let name = name.of(self.text);
            let last = name.as_bytes().last().map(u8::to_ascii_lowercase);
            if !matches!(last, Some(b'e' | b'y' | b't')) || literal.span.is_empty() {
                continue;
            }
            let is = |word: &str| local(name).eq_ignore_ascii_case(word);
            if is("name") {
                better(&mut namer, 0, index);
            } else if is("key") {
                better(&mut namer, 1, index);
            } else if is("variable") {
                better(&mut namer, 2, index);
            } else if is("value") {
                better(&mut value, 0, index);
            } else if is("defaultvalue") || is("default") {
                better(&mut value, 1, index);
            }
        }
        (namer.map(|role| role.1), value.map(|role| role.1))
    }

    /// Gives the attributes of an element.
    fn give_attributes(
        &self,
        start: usize,
        tag: &'t str,
        (namer, value, label): (Option<usize>, Option<usize>, Option<&Cow<'t, str>>),
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let mut parents = Vec::new();
        for (index, (name, literal)) in self.attributes.iter().enumerate() {
            let name = name.of(self.text);
            if name.starts_with("xmlns") || (Some(index) == namer && value.is_some()) {
                continue;
            }
            if parents.is_empty() {
                parents = self.path();
                parents.push(Cow::Borrowed(local(tag)));
            }
            let key = match label {
                Some(label) if Some(index) == value => label.clone(),
                _ => Cow::Borrowed(local(name)),
            };
            let scalar = Scalar::read(self.text, *literal, decode);
            sink(scalar.entry(key, parents.clone(), Slot::Member, self.place, start));
        }
    }

    /// Reads a closing tag.
    pub(super) fn close(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let close = self.at;
        let bytes = self.text.as_bytes();
        let tag = match self.open.last() {
            // What closes the innermost needs no second look.
            Some(element) if closes(&bytes[close + 2..self.end], &element.tag) => {
                Span::new(close + 2, close + 2 + element.tag.len())
            }
            _ => self.word(close + 2),
        };
        self.at = match memchr::memchr2(b'>', b'<', &bytes[tag.end..self.end]) {
            Some(offset) => tag.end + offset + usize::from(bytes[tag.end + offset] == b'>'),
            None => self.end,
        };
        let Some(element) = self.pop(tag.of(self.text)) else {
            return;
        };
        if element.is_parent {
            return;
        }
        // Nothing close to the root depends on what is deeper.
        if self.open.len() > self.depth {
            return;
        }
        let tag = local(&element.tag);
        let mut hot = element.hot || self.is_hot(element.start);
        let names = is_any(tag, NAMES);
        let waits = self
            .open
            .last()
            .is_some_and(|parent| parent.pending.is_some());
        // Of what can be passed over only names count, and what they are not given to.
        if !(hot || names || waits) {
            return;
        }
        let content = trim(self.text, Span::new(element.content, close));
        if content.is_empty() {
            return;
        }
        let raw = content.of(self.text);
        let mut named = element.label.clone();
        let mut parents = None;
        if names && raw.len() <= NAME_LIMIT {
            if let Some(parent) = self.open.last_mut() {
                parent.pending = Some(Pending { raw, hot });
            }
        } else if named.is_none()
            && let Some(parent) = self.open.last_mut()
        {
            let pending = parent.pending.take();
            let label = parent.label.clone();
            if !is_any(tag, VALUES) {
                // A name is that of the element behind it only.
            } else if let Some(pending) = pending {
                hot |= pending.hot;
                named = Some(decode(pending.raw));
            } else if label.is_some() {
                named = label;
                let mut path = self.path();
                path.pop();
                parents = Some(path);
            }
        }
        if !hot {
            return;
        }
        let scalar = self.content(content);
        let mut parents = parents.unwrap_or_else(|| self.path());
        let mut slot = Slot::Assign;
        // Only what stands around a piece is not from the text, and that holds elements.
        let mut key = match element.tag {
            Cow::Borrowed(tag) => Cow::Borrowed(local(tag)),
            Cow::Owned(tag) => Cow::Owned(local(&tag).to_owned()),
        };
        if let Some(name) = named {
            slot = Slot::Member;
            parents.push(std::mem::replace(&mut key, name));
        }
        sink(scalar.entry(key, parents, slot, self.place, element.start));
    }

    /// What stands in an element.
    fn content(&self, content: Span) -> Scalar<'t> {
        let raw = content.of(self.text);
        let is_cdata = raw.starts_with("<![CDATA[") && raw.ends_with("]]>") && raw.len() >= 12;
        if is_cdata {
            let inside = Span::new(content.start + 9, content.end - 3);
            let literal = Literal {
                quoted: true,
                end: content.end,
                ..Literal::bare(trim(self.text, inside))
            };
            Scalar::read(self.text, literal, Cow::Borrowed)
        } else {
            let literal = Literal {
                quoted: true,
                ..Literal::bare(content)
            };
            Scalar::read(self.text, literal, decode)
        }
    }

    /// Takes the innermost open element of this name, and what is open in it.
    fn pop(&mut self, name: &str) -> Option<Element<'t>> {
        if self.counts.is_none() {
            if self.open.last().is_some_and(|element| element.tag == name) {
                return self.open.pop();
            }
            let mut counts: HashMap<Cow<'t, str>, usize> = HashMap::new();
            for element in &self.open {
                *counts.entry(element.tag.clone()).or_default() += 1;
            }
            self.counts = Some(counts);
        }
        let counts = self.counts.as_mut()?;
        if counts.get(name).is_none_or(|&count| count == 0) {
            return None;
        }
        loop {
            let element = self.open.pop()?;
            if let Some(count) = counts.get_mut(&element.tag) {
                *count -= 1;
            }
            if element.tag == name {
                return Some(element);
            }
        }
    }
}
