//! What the names of a text stand for: constants, lists, mappings and functions that return them.
//!
//! One pass over the tokens notes where a name is given a value or a body. What that value is, is found out when it is
//! asked for, once; so names may stand for other names, in any order. A name that is given more than one value stands for
//! none.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::choice::pick;
use super::cursor::Cursor;
use super::deep::deep;
use super::fold::{DEEPEST, Folded, LONGEST_COMPUTED, expression};
use super::foreign::Foreign;
use super::function::{Function, functions};
use super::given::{adds, names_class, target};
use super::idle::is_nothing;
use super::language::Language;
use super::sparse::Missing;
use super::token::{Kind, Op, Token};
use crate::format::Limit;

/// A name that stands for more values is not followed.
const MOST_VALUES: usize = 32;

/// What a name is given.
#[derive(Clone, Copy, Debug)]
enum Definition {
    /// An expression: the tokens of the name and its first.
    Value { name: usize, at: usize },
    /// The function of that index.
    Body(usize),
    /// More than one.
    Several,
}

/// What names are given.
#[derive(Debug, Default)]
struct Names<'t> {
    definitions: BTreeMap<&'t str, Definition>,
    classes: BTreeSet<&'t str>,
    /// For each name that is added to, the tokens of `+=`.
    additions: BTreeMap<&'t str, Vec<usize>>,
}

/// The names of a text.
#[derive(Debug)]
pub(super) struct Scope<'t, 'c> {
    text: &'t str,
    tokens: &'c [Token],
    closers: &'c [u32],
    language: &'static Language,
    /// The functions, by the token of their name.
    pub functions: Vec<Function>,
    /// What names are given, once something is asked of one: where few statements are looked at, often nothing is.
    names: OnceCell<Names<'t>>,
    /// What is being found out, by the token it begins with, and whether it goes in a circle.
    asked: RefCell<Vec<(usize, bool)>>,
    /// What was found out, by the token it begins with.
    known: RefCell<BTreeMap<usize, Folded<'t>>>,
    /// Brackets in which others nest too deep to be read, once that is asked.
    deep: OnceCell<Vec<bool>>,
    /// For pieces of a text: what the rest of it says.
    foreign: Option<&'c Foreign<'c>>,
    /// For a text of which parts were left out: what is missing.
    missing: Option<&'c Missing>,
}

impl<'t, 'c> Scope<'t, 'c> {
    pub(super) fn new(
        text: &'t str,
        tokens: &'c [Token],
        closers: &'c [u32],
        language: &'static Language,
        foreign: Option<&'c Foreign<'c>>,
    ) -> Self {
        Self {
            text,
            tokens,
            closers,
            language,
            functions: functions(text, tokens, closers, language),
            names: OnceCell::new(),
            asked: RefCell::default(),
            known: RefCell::default(),
            deep: OnceCell::new(),
            foreign,
            missing: None,
        }
    }

    /// Notes what was left out of the text.
    pub(super) fn leave_out(&mut self, missing: &'c Missing) {
        self.missing = Some(missing);
    }

    /// Whether what was left out can have no say in what the name stands for.
    pub(super) fn is_settled(&self, name: &str, class: bool) -> bool {
        let names = self.names();
        if class {
            return names.classes.contains(name);
        }
        matches!(names.definitions.get(name), Some(Definition::Several))
    }

    fn names(&self) -> &Names<'t> {
        self.names.get_or_init(|| self.noted())
    }

    /// Whether a name is given several values by pieces of the text of which some may not be at hand.
    fn is_several(&self, name: &str) -> bool {
        if let Some(missing) = self.missing {
            missing.ask(name, false);
        }
        self.foreign.is_some_and(|foreign| foreign.is_several(name))
    }

    fn source(&self, at: usize) -> &'t str {
        self.tokens
            .get(at)
            .map_or("", |token| token.span.of(self.text))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn noted(&self) -> Names<'t> {
        let mut names = Names::default();
        let mut give = |name: &'t str, what: Definition| {
            (names.definitions.entry(name))
                .and_modify(|known| *known = Definition::Several)
                .or_insert(what);
        };
        for (index, function) in self.functions.iter().enumerate() {
            give(self.source(function.name), Definition::Body(index));
        }
        for at in 1..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Op(Op::Assign) => {
                    if let Some((key, name)) = target(self.text, self.tokens, self.language, at) {
                        give(key, Definition::Value { name, at: at + 1 });
                    }
                }
                Kind::Op(Op::Other) if adds(self.source(at).as_bytes()) => {
                    if let Some((name, _)) = target(self.text, self.tokens, self.language, at) {
                        names.additions.entry(name).or_default().push(at);
                    }
                }
                Kind::Name
                    if self.kind(at - 1) == Some(Kind::Name)
                        && names_class(self.source(at - 1)) =>
                {
                    names.classes.insert(self.source(at));
                }
                _ => {}
            }
        }
        names
    }

    /// What the text gives to a name, where that is one thing.
    pub(super) fn value(&self, name: &str, depth: usize) -> Option<Folded<'t>> {
        if is_nothing(self.language, name) || self.is_several(name) {
            return None;
        }
        let found = match *self.names().definitions.get(name)? {
            Definition::Value { name, at } => {
                let mut folded = self.once(at, depth, |scope| {
                    let mut cursor = scope.cursor(at);
                    bounded(expression(&mut cursor, depth + 1), at)
                });
                let named = self.tokens[name].span;
                for value in &mut folded.values {
                    let origin = named.join(value.span);
                    value.origin.get_or_insert(origin);
                }
                folded
            }
            Definition::Body(index) => self.returned(index, depth),
            Definition::Several => return None,
        };
        if self.names().additions.contains_key(name) {
            return None;
        }
        Some(found)
    }

    /// What a call of a name of this text gives: of a function, or of a constant that is one.
    pub(super) fn called(&self, name: &str, depth: usize) -> Option<Folded<'t>> {
        if self.is_several(name) {
            return None;
        }
        if let Definition::Value { at, .. } = *self.names().definitions.get(name)? {
            let behind = match self.kind(at)? {
                Kind::Open(b'(') => self.closers.get(at).map_or(at, |&close| close as usize) + 1,
                _ => at + 1,
            };
            let arrow = self.source(at) == "lambda" || matches!(self.source(behind), "=>" | "->");
            if !arrow {
                return None;
            }
        }
        self.value(name, depth)
    }

    /// What a function returns.
    pub(super) fn returned(&self, index: usize, depth: usize) -> Folded<'t> {
        let Some(function) = self.functions.get(index) else {
            return Folded::opaque();
        };
        let mut folded = self.once(function.name, depth, |scope| {
            let mut folded = Folded::opaque();
            let cursor = scope.cursor(function.name);
            for at in function.returned(&cursor) {
                let mut cursor = scope.cursor(at);
                folded.also(expression(&mut cursor, depth + 1));
            }
            bounded(folded, function.name)
        });
        let named = self.tokens[function.name].span;
        for value in &mut folded.values {
            let origin = named.join(value.span);
            value.origin.get_or_insert(origin);
        }
        folded
    }

    /// What is added to a name by `+=` behind token `at`, where it was given one value before.
    pub(super) fn added(&self, name: &str, at: usize) -> &[usize] {
        if self.is_several(name) {
            return &[];
        }
        if let Some(foreign) = &self.foreign {
            foreign.ask_added(name);
        }
        let once = matches!(self.names().definitions.get(name), Some(Definition::Value { at: given, .. }) if *given == at);
        (self.names().additions)
            .get(name)
            .filter(|_| once)
            .map_or(&[], Vec::as_slice)
    }

    /// Whether the name is one of a class of this text.
    pub(super) fn is_class(&self, name: &str) -> bool {
        if let Some(foreign) = self.foreign {
            foreign.ask_class(name);
        }
        if let Some(missing) = self.missing {
            missing.ask(name, true);
        }
        self.names().classes.contains(name)
    }

    /// What the text gives to `name[key]` or `name.key`, or to any item of `name`, where `name` is a mapping written out.
    pub(super) fn item(&self, name: &str, key: Option<&str>, depth: usize) -> Option<Folded<'t>> {
        if self.is_several(name) {
            return None;
        }
        let Definition::Value { name, at } = *self.names().definitions.get(name)? else {
            return None;
        };
        if self.kind(at) != Some(Kind::Open(b'{')) || depth > DEEPEST {
            return None;
        }
        let mut folded = match key {
            Some(_) => pick(&self.cursor(at), key, depth + 1),
            // Apart from the mapping itself, which has no value of its own.
            None => self.once(name, depth, |scope| {
                pick(&scope.cursor(at), None, depth + 1)
            }),
        };
        let named = self.tokens[name].span;
        for value in &mut folded.values {
            let origin = named.join(value.span);
            value.origin.get_or_insert(origin);
        }
        Some(folded)
    }

    fn cursor<'s>(&'s self, at: usize) -> Cursor<'t, 's> {
        Cursor::new(
            self.text,
            self.tokens,
            self.closers,
            self.language,
            Some(self),
            at,
            0,
        )
    }

    /// Finds out what begins at token `at`, unless that is known. What it asks for itself meanwhile is not.
    pub(super) fn once(
        &self,
        at: usize,
        depth: usize,
        find: impl FnOnce(&Self) -> Folded<'t>,
    ) -> Folded<'t> {
        if let Some(known) = self.known.borrow().get(&at) {
            return known.clone();
        }
        if depth > DEEPEST {
            return Folded::cut(Limit::Nesting(DEEPEST), at);
        }
        let mut asked = self.asked.borrow_mut();
        if let Some(first) = asked.iter().position(|asked| asked.0 == at) {
            // Names that stand for each other stand for nothing, whichever was asked for first; one may be its own default.
            let circle = &mut asked[first..];
            if circle.len() > 1 {
                for asked in circle {
                    asked.1 = true;
                }
            }
            return Folded::opaque();
        }
        asked.push((at, false));
        drop(asked);
        let mut folded = find(self);
        if self.asked.borrow_mut().pop().is_some_and(|asked| asked.1) {
            folded = Folded::opaque();
        }
        // What is large is found out again rather than kept and copied.
        if is_small(&folded) {
            self.known.borrow_mut().insert(at, folded.clone());
        }
        folded
    }

    /// Whether these are the tokens the names are of.
    pub(super) fn is_of(&self, tokens: &[Token]) -> bool {
        std::ptr::eq(self.tokens, tokens)
    }

    /// Whether brackets nest too deep inside of the one at token `at`.
    pub(super) fn is_deep(&self, at: usize) -> bool {
        let deep = (self.deep).get_or_init(|| deep(self.tokens, self.closers));
        deep.get(at).copied().unwrap_or(false)
    }
}

fn is_small(folded: &Folded<'_>) -> bool {
    let owned = folded.values.iter().map(|value| match &value.bytes {
        Cow::Owned(bytes) => bytes.len(),
        Cow::Borrowed(_) => 0,
    });
    folded.values.len() <= MOST_VALUES && owned.sum::<usize>() <= 8 * LONGEST_COMPUTED
}

/// What a name stands for, unless that is too much to be copied for every use.
fn bounded(folded: Folded<'_>, at: usize) -> Folded<'_> {
    if is_small(&folded) {
        folded
    } else if folded.values.len() > MOST_VALUES {
        Folded::cut(Limit::Count(MOST_VALUES), at)
    } else {
        Folded::cut(Limit::Length(8 * LONGEST_COMPUTED), at)
    }
}
