//! XML and what is written like it: elements with text, attributes, and the usual ways to write a name with a value:
//! `<add key="K" value="V"/>`, `<string name="K">V</string>`, `<key>K</key><string>V</string>`,
//! `<data name="K"><value>V</value></data>`, `<param-name>K</param-name><param-value>V</param-value>`.
//!
//! A closing tag closes what it names; one that names nothing open is passed over.

mod cut;
mod element;
mod entity;

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

pub(super) use self::entity::decode;
use super::cut::{Cut, Enclosing};
use super::ini::CONF;
use super::scalar::Literal;
use super::spots::Spots;
use super::{Entry, FileName, Format, Place, comment};
use crate::text::Span;

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

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        if is_ours(text) {
            let whole = Span::new(0, text.len());
            Reader::new(text, whole, Place::Live, Spots::All).read(sink);
        } else {
            CONF.entries(text, sink);
        }
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        if is_ours(text) {
            let whole = Span::new(0, text.len());
            Reader::new(text, whole, Place::Live, Spots::At(spots)).read(sink);
        } else {
            CONF.entries_at(text, spots, sink);
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::XML)
    }
}

/// Whether a text is XML: other programs have `.config` files, too.
fn is_ours(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
}

/// An element that is open.
struct Element<'t> {
    tag: Cow<'t, str>,
    /// What its `name` or `key` says.
    label: Option<Cow<'t, str>>,
    /// Where its tag begins and its content begins.
    start: usize,
    content: usize,
    /// Whether it holds elements.
    is_parent: bool,
    /// The text of the `<key>` or `<name>` last read in it.
    pending: Option<Pending<'t>>,
    /// Whether something can be found anywhere in it, since there is a spot in its tag or in what it stands in.
    hot: bool,
    /// It and all that it stands in, once a mark was met there.
    within: Option<Rc<[Enclosing]>>,
}

/// A name whose value may follow.
#[derive(Clone, Copy)]
struct Pending<'t> {
    raw: &'t str,
    /// Whether a spot lies in its element.
    hot: bool,
}

/// Reads a text, or passes over what of it no spot lies in.
struct Reader<'t, 's> {
    text: &'t str,
    at: usize,
    end: usize,
    place: Place,
    spots: Spots<'s>,
    open: Vec<Element<'t>>,
    /// How many of a name are open, from the first closing tag on that does not close the innermost: those that close nothing are
    /// many in some files.
    counts: Option<HashMap<Cow<'t, str>, usize>>,
    /// Elements that stand in more are passed over but for where they end.
    depth: usize,
    /// The attributes of the element at hand.
    attributes: Vec<(Span, Literal)>,
}

/// What may end a name: blanks and signs, and what may be a blank outside of ASCII.
const ENDING: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x80;
    while byte < 256 {
        table[byte] = true;
        byte += 1;
    }
    let bytes = b"\t\n\x0b\x0c\r =<>/\"'";
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = true;
        index += 1;
    }
    table
};

/// The name without the prefix of its namespace.
fn local(tag: &str) -> &str {
    memchr::memrchr(b':', tag.as_bytes()).map_or(tag, |colon| &tag[colon + 1..])
}

impl<'t, 's> Reader<'t, 's> {
    fn new(text: &'t str, span: Span, place: Place, spots: Spots<'s>) -> Self {
        Self {
            text,
            at: span.start,
            end: span.end,
            place,
            spots,
            open: Vec::new(),
            counts: None,
            depth: usize::MAX,
            attributes: Vec::new(),
        }
    }

    fn read(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        while self.seek() {
            self.step(sink);
        }
    }

    /// Moves on to the next tag or what else begins like one; `false` where there is none.
    fn seek(&mut self) -> bool {
        let offset = memchr::memchr(b'<', &self.text.as_bytes()[self.at..self.end]);
        self.at += offset.unwrap_or_default();
        offset.is_some()
    }

    /// Reads what begins with the `<` here.
    fn step(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let rest = &self.text.as_bytes()[self.at..self.end];
        match rest.get(1) {
            Some(b'/') => self.close(sink),
            Some(b'?') => self.at = self.after(self.at, "?>"),
            Some(b'!') if rest.starts_with(b"<!--") => self.comment(sink),
            Some(b'!') if rest.starts_with(b"<![CDATA[") => self.at = self.after(self.at, "]]>"),
            Some(first) if first.is_ascii_alphabetic() => self.element(sink),
            _ => self.at += 1,
        }
    }

    /// Where the text goes on after a mark.
    fn after(&self, at: usize, mark: &str) -> usize {
        memchr::memmem::find(&self.text.as_bytes()[at..self.end], mark.as_bytes())
            .map_or(self.end, |offset| at + offset + mark.len())
    }

    /// Whether something can be found from this place on to where the reader is.
    fn is_hot(&self, from: usize) -> bool {
        self.open.last().is_some_and(|element| element.hot) || self.spots.any(from, self.at)
    }

    fn comment(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        let (begin, start) = (self.at, self.at + 4);
        let after = self.after(start.min(self.end), "-->");
        let closed = self.text[..after].ends_with("-->") && after >= start + 3;
        let body = Span::new(start, if closed { after - 3 } else { after });
        self.at = after;
        if self.place == Place::Live && self.is_hot(begin) {
            let (text, outside) = (self.text, self.path());
            if memchr::memchr(b'<', body.of(text).as_bytes()).is_some() {
                Reader::new(text, body, Place::Comment, Spots::All).read(&mut |mut entry| {
                    entry.parents.splice(0..0, outside.iter().cloned());
                    sink(entry);
                });
            } else {
                comment::scan(text, body, &outside, &decode, sink);
            }
        }
        if let Some(element) = self.open.last_mut()
            && self
                .text
                .get(element.content..begin)
                .is_some_and(|text| text.trim().is_empty())
        {
            element.content = after;
        }
    }

    /// What an entry stands in.
    fn path(&self) -> Vec<Cow<'t, str>> {
        let mut path = Vec::new();
        let from = self.open.len().saturating_sub(PARENTS);
        for element in &self.open[from..] {
            path.push(match &element.tag {
                Cow::Borrowed(tag) => Cow::Borrowed(local(tag)),
                Cow::Owned(tag) => Cow::Owned(local(tag).to_owned()),
            });
            path.extend(element.label.clone());
        }
        path
    }

    /// What stands here up to a blank or a sign.
    fn word(&self, at: usize) -> Span {
        let bytes = &self.text.as_bytes()[..self.end];
        let mut end = at;
        while let Some(by) = bytes.get(end..).and_then(|rest| {
            let stops = |&byte: &u8| ENDING[usize::from(byte)];
            rest.iter().position(stops)
        }) {
            end += by;
            let next = self.text[end..].chars().next();
            let Some(next) = next.filter(|next| !next.is_ascii() && !next.is_whitespace()) else {
                return Span::new(at, end);
            };
            end += next.len_utf8();
        }
        let end = self.end.max(at);
        Span::new(at, end)
    }

    fn skip_blanks(&mut self) {
        let bytes = &self.text.as_bytes()[..self.end];
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\t'..=b'\r' | b' ' => self.at += 1,
                byte if byte.is_ascii() => return,
                _ => {
                    let rest = &self.text[self.at..self.end];
                    self.at = self.end - rest.trim_start().len();
                    return;
                }
            }
        }
    }
}
