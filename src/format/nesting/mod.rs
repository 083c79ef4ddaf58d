//! Maps in lists in maps: what [`json`](super::json), [`yaml`](super::yaml) and other nested formats share.
//!
//! It keeps the open maps and lists, so that each scalar gets its key and parents, and undoes three habits of writing
//! settings: `{name: X, value: Y}` is X = Y; `X: {value: Y}` is X = Y; the `data` of a Kubernetes Secret is base64.
//! Names and kinds may stand after the values, so entries wait until the map that holds them is closed.

mod part;
mod secrets;

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use self::part::OUTSIDE;
pub(super) use self::part::depth;
pub(super) use self::secrets::has_secrets;
use super::cut::Enclosing;
use super::encoded::base64;
use super::scalar::{Literal, Scalar};
use super::shellwords::{is_variable, pair};
use super::{Entry, Limit, Place, Slot, Value};
use crate::text::Span;

/// Maps and lists nested deeper than this are not read. A frame takes two hundred times the bracket that opens it.
const DEPTH: usize = 10_000;

/// Only the innermost of what an entry stands in are told: each entry has a copy.
const PARENTS: usize = 64;

/// More entries than this do not wait for a name or kind.
const WAITING: usize = 1 << 18;

/// Keys that had to be put together are cut at this length.
const KEY_LIMIT: usize = 512;

/// Keys whose values name what stands beside them.
const NAMES: &[&str] = &[
    "name",
    "key",
    "variable",
    "variable_name",
    "parameterkey",
    "parametername",
    "optionname",
    "option_name",
];

/// Keys whose values are given to such a name, or to the key of the map they stand in.
const VALUES: &[&str] = &[
    "value",
    "parametervalue",
    "default",
    "default_value",
    "defaultvalue",
];

/// Map or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Map,
    List,
}

#[derive(Debug)]
struct Frame<'t> {
    shape: Shape,
    indent: usize,
    /// The key last read in a map, and where it stands.
    key: Option<(Cow<'t, str>, usize)>,
    /// What the map's `name` member says.
    name: Option<Cow<'t, str>>,
    /// Its `value` members among the waiting entries.
    values: Vec<usize>,
    /// Whether its `kind` is `Secret`.
    secret: bool,
    /// Entries of its `data` member among the waiting ones.
    data: Vec<Range<usize>>,
    /// For the `data` map itself: the first of its entries.
    first: Option<usize>,
    /// Whether something can be found anywhere in it, since there is a spot at its key or at one of what it stands in.
    hot: bool,
    /// What a mark in it stands in, once one was met.
    within: Option<Rc<[Enclosing]>>,
}

/// The open maps and lists, and the entries that wait for what may still come.
#[derive(Debug)]
pub(super) struct Nesting<'t> {
    frames: Vec<Frame<'t>>,
    beyond: usize,
    /// Parents of the outermost frame.
    pub(super) base: Vec<Cow<'t, str>>,
    ready: Vec<Entry<'t>>,
    holds: usize,
    place: Place,
    slot: Slot,
    kubernetes: bool,
    /// Where something can be found, if that is known: what else there is makes no entries.
    spots: Option<Vec<u32>>,
    /// Maps in no more than so many are cut.
    levels: usize,
    /// Whether pieces of a map that is cut depend on each other.
    pub(super) tied: bool,
    /// Whether an entry depends on what stands before the part that is read.
    pub(super) outside: bool,
}

impl<'t> Nesting<'t> {
    pub(super) fn new(text: &str, place: Place) -> Self {
        Self {
            frames: Vec::new(),
            beyond: 0,
            base: Vec::new(),
            ready: Vec::new(),
            holds: 0,
            place,
            slot: Slot::Assign,
            kubernetes: has_secrets(text),
            spots: None,
            levels: 0,
            tied: false,
            outside: false,
        }
    }

    /// For the lines of a comment.
    pub(super) fn in_comment() -> Self {
        Self::new("", Place::Comment)
    }

    /// What sort of text this reads.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Where the last key begins.
    pub(super) fn key_start(&self) -> Option<usize> {
        let mut keys = innermost(&self.frames)
            .iter()
            .rev()
            .filter_map(|frame| frame.key.as_ref());
        keys.next().map(|(_, start)| *start)
    }

    /// Opens the map or list that begins at `at`; `indent` is of use to formats that close by indentation.
    pub(super) fn open(&mut self, shape: Shape, indent: usize, at: usize) {
        if self.frames.len() >= DEPTH {
            self.beyond += 1;
            if self.beyond == 1 {
                self.cut(at);
            }
            return;
        }
        let is_data = self.kubernetes && shape == Shape::Map && self.key() == Some("data");
        let first = is_data.then_some(self.ready.len());
        if is_data {
            self.holds += 1;
        }
        let hot = self.opens_hot(at);
        self.frames.push(Frame {
            first,
            hot,
            ..Frame::new(shape, indent)
        });
    }

    /// Whether another map or list can be opened at `at`; where not, that is told.
    pub(super) fn has_room(&mut self, at: usize) -> bool {
        let room = self.frames.len() < DEPTH;
        if !room {
            self.cut(at);
        }
        room
    }

    fn cut(&mut self, at: usize) {
        self.push(Entry::unread(Limit::Nesting(DEPTH), Span::new(at, at)));
    }

    /// Shape and indentation of the innermost frame.
    pub(super) fn top(&self) -> Option<(Shape, usize)> {
        self.frames.last().map(|frame| (frame.shape, frame.indent))
    }

    pub(super) fn depth(&self) -> usize {
        self.frames.len() + self.beyond
    }

    /// How the entries that follow are given, save for pairs of name and value.
    pub(super) fn set_slot(&mut self, slot: Slot) {
        self.slot = slot;
    }

    /// The key of the innermost map.
    pub(super) fn key(&self) -> Option<&str> {
        let frame = self
            .frames
            .last()
            .filter(|frame| frame.shape == Shape::Map)?;
        frame.key.as_ref().map(|(key, _)| key.as_ref())
    }

    pub(super) fn set_key(&mut self, mut key: Cow<'t, str>, start: usize) {
        // Each entry below copies the keys above: what is copied must be short.
        if let Cow::Owned(owned) = &mut key {
            owned.truncate(owned.floor_char_boundary(KEY_LIMIT));
        }
        if let Some(frame) = self
            .frames
            .last_mut()
            .filter(|frame| frame.shape == Shape::Map)
        {
            frame.key = Some((key, start));
        }
    }

    /// Keys of the open maps, outermost first.
    pub(super) fn path(&self) -> Vec<Cow<'t, str>> {
        self.keys_of(&self.frames)
    }

    /// Keys of the open maps without the last of the innermost: what a comment there stands in.
    pub(super) fn path_open(&self) -> Vec<Cow<'t, str>> {
        let inner = self.frames.len().saturating_sub(1);
        self.keys_of(&self.frames[..inner])
    }

    /// Keys of the open maps that are indented less than `column`.
    pub(super) fn path_above(&self, column: usize) -> Vec<Cow<'t, str>> {
        let above = self.frames.partition_point(|frame| frame.indent < column);
        self.keys_of(&self.frames[..above])
    }

    fn keys_of(&self, frames: &[Frame<'t>]) -> Vec<Cow<'t, str>> {
        let keys = innermost(frames).iter();
        let keys = keys.filter_map(|frame| frame.key.as_ref());
        self.base
            .iter()
            .cloned()
            .chain(keys.map(|(key, _)| key.clone()))
            .collect()
    }

    /// A literal in the text: the value of the last key, or an item of a list, where it may be `NAME=value`.
    pub(super) fn literal(
        &mut self,
        text: &'t str,
        literal: Literal,
        decode: &dyn Fn(&'t str) -> Cow<'t, str>,
    ) {
        if self.is_cold(literal.span.start, literal.end) {
            return;
        }
        let raw = literal.span.of(text);
        let is_item = self
            .frames
            .last()
            .is_none_or(|frame| frame.shape == Shape::List);
        let dashes = raw.len() - raw.trim_start_matches('-').len();
        // `NAME=value`, `--name=value`
        let name = if is_item && dashes <= 2 {
            pair(&raw[dashes..])
        } else {
            None
        };
        // A name with small letters may as well be the beginning of a random key: give both.
        if name.is_none_or(|length| !is_variable(&raw[dashes..dashes + length])) {
            self.give(Scalar::read(text, literal, decode));
        }
        if let Some(length) = name {
            let start = literal.span.start;
            let mut value = literal;
            value.span.start += dashes + length + 1;
            let scalar = Scalar::read(text, value, decode);
            let key = Cow::Borrowed(&raw[dashes..dashes + length]);
            let entry = scalar.entry(key, self.path(), self.slot, self.place, start);
            self.push(entry);
        }
    }

    /// A value that has been read, for the last key.
    pub(super) fn scalar(&mut self, scalar: Scalar<'t>) {
        if !self.is_cold(scalar.span.start, scalar.end) {
            self.give(scalar);
        }
    }

    fn give(&mut self, mut scalar: Scalar<'t>) {
        let mut parents = self.path();
        let Some(key) = parents.pop() else { return };
        if parents
            .last()
            .is_some_and(|parent| parent == "encryptedData")
        {
            scalar.value = Value::Opaque;
        }
        let start = self.key_start().unwrap_or(scalar.span.start);
        self.outside |= start == OUTSIDE;
        let mut entry_slot = self.slot;
        let mut renamed = None;
        let cut = self.is_cut();
        if let Some(frame) = self
            .frames
            .last_mut()
            .filter(|frame| frame.shape == Shape::Map)
        {
            if is_any(&key, NAMES) {
                if let Some(name) = scalar
                    .text()
                    .filter(|name| !name.is_empty() && name.len() <= 200)
                    && (frame.name.is_none() || key.eq_ignore_ascii_case("name"))
                {
                    frame.name = Some(Cow::Owned(name.to_owned()));
                }
            } else if is_any(&key, VALUES) {
                self.tied |= cut;
                if let Some(name) = &frame.name {
                    renamed = Some(name.clone());
                    entry_slot = Slot::Member;
                } else {
                    frame.values.push(self.ready.len());
                    self.holds += 1;
                }
            } else if key == "kind" {
                frame.secret = scalar.text() == Some("Secret");
            }
        }
        let key = match renamed {
            Some(name) if parents.is_empty() || !name.contains(char::is_whitespace) => name,
            Some(_) => parents.pop().unwrap_or(key),
            None => key,
        };
        let entry = scalar.entry(key, parents, entry_slot, self.place, start);
        self.push(entry);
    }

    /// An entry that needs no key.
    pub(super) fn push(&mut self, entry: Entry<'t>) {
        self.ready.push(entry);
        if self.holds > 0 && self.ready.len() > WAITING {
            // What comes later may name a value that goes now.
            if let Some(first) = self.ready.first().map(|entry| entry.statement) {
                let cut = Entry::unread(Limit::Count(WAITING), first);
                self.ready.push(cut);
            }
            for frame in &mut self.frames {
                frame.values.clear();
                frame.data.clear();
                frame.first = None;
            }
            self.holds = 0;
        }
    }

    /// Closes the innermost map or list.
    pub(super) fn close(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let in_map = self
            .frames
            .last()
            .map_or(!self.base.is_empty(), |below| below.shape == Shape::Map);
        self.holds -= frame.values.len().min(self.holds);
        for index in frame.values {
            let Some(entry) = self.ready.get_mut(index) else {
                continue;
            };
            let name = frame
                .name
                .clone()
                .filter(|name| !in_map || !name.contains(char::is_whitespace));
            let name = match name {
                Some(name) => name,
                None if in_map && !entry.parents.is_empty() => {
                    let Some(parent) = entry.parents.pop() else {
                        continue;
                    };
                    parent
                }
                None => continue,
            };
            rename(entry, name);
        }
        self.holds -= frame.data.len().min(self.holds);
        for range in frame.data.into_iter().filter(|_| frame.secret) {
            for entry in self.ready.get_mut(range).unwrap_or_default() {
                decode_data(entry);
            }
        }
        if let Some(first) = frame.first {
            let range = first..self.ready.len();
            match self.frames.last_mut() {
                Some(below) => below.data.push(range),
                None => self.holds = self.holds.saturating_sub(1),
            }
        }
    }

    /// Closes everything.
    pub(super) fn close_all(&mut self) {
        self.beyond = 0;
        while !self.frames.is_empty() {
            self.close();
        }
        self.holds = 0;
    }

    /// Hands on the entries that wait for nothing.
    pub(super) fn flush(&mut self, sink: &mut dyn FnMut(Entry<'t>)) {
        if self.holds == 0 {
            self.ready.drain(..).for_each(sink);
        }
    }
}

/// The last of the frames, as many as are told.
fn innermost<'f, 't>(frames: &'f [Frame<'t>]) -> &'f [Frame<'t>] {
    &frames[frames.len().saturating_sub(PARENTS)..]
}

fn is_any(key: &str, words: &[&str]) -> bool {
    words.iter().any(|word| key.eq_ignore_ascii_case(word))
}

/// Gives a `value` member the name that stands beside or above it.
fn rename<'t>(entry: &mut Entry<'t>, name: Cow<'t, str>) {
    if entry.slot == Slot::Default {
        if entry.outer.as_ref() == Some(&entry.key) {
            entry.key.clone_from(&name);
        }
        entry.outer = Some(name);
    } else {
        entry.key = name;
        entry.slot = Slot::Member;
    }
}

fn decode_data(entry: &mut Entry<'_>) {
    if entry.slot != Slot::Default
        && let Some(bytes) = entry.value.literal().and_then(base64)
    {
        entry.value = Value::owned(bytes);
    }
}
