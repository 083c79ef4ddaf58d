//! Whether the identifier around an anchor is a name that some rule is about. The same few stand in a text, and in all that are made
//! from it, again and again: what rules say of them is kept.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use hashbrown::HashMap;

use super::REACH;
use crate::detect::position::{self, can_be_given, can_hold, is_near_random};
use crate::format::{FileName, Format, choose};
use crate::rule::{Folded, Nearness, RuleSet};

/// Of so many names it is kept what rules say of them; with more, all are forgotten.
const MOST: usize = 1 << 14;

/// Names, and what rules say of them.
#[derive(Default)]
pub(super) struct Names {
    folded: Folded,
    known: HashMap<Box<[u8]>, Known>,
    /// The last path, and what rules say of names in a file of it, where they say something of any.
    path: String,
    under: HashMap<Box<[u8]>, Option<Nearness>>,
    /// The format of such a file, once that was asked for.
    format: OnceCell<Option<&'static dyn Format>>,
    /// How many bytes before the last hit, and from where it begins on, decide that it is part of no name that any rule is about and that can be
    /// given something; `None` where it may be.
    pub(super) around: Option<(usize, usize)>,
}

/// What rules say of a name.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Whether it is the name of something that a short name is looked for by.
    parent: bool,
    /// Whether a condition is about it, in a file of some path, and whether all such conditions ask for a near value.
    given: Option<Nearness>,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("known", &self.known)
            .field("path", &self.path)
            .field("under", &self.under)
            .finish_non_exhaustive()
    }
}

impl Names {
    fn known(&mut self, name: &[u8], rules: &RuleSet) -> Known {
        if let Some(&known) = self.known.get(name) {
            return known;
        }
        self.folded.fold_bytes(name);
        let known = Known {
            parent: rules.knows_parent(&self.folded),
            given: rules.knows(&self.folded, None),
        };
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(name.into(), known);
        known
    }

    /// Forgets what it knows of a file of another path.
    fn enter(&mut self, path: &str) {
        if self.path != path {
            path.clone_into(&mut self.path);
            self.under.clear();
            self.format = OnceCell::new();
        }
    }

    /// Whether it is known by the format of a file of this lower-cased path that the name at `name` is given nothing there.
    fn is_idle(&mut self, bytes: &[u8], name: &Range<usize>, path: &str) -> bool {
        self.enter(path);
        let format = self.format.get_or_init(|| choose(&FileName::new(path)));
        format.is_some_and(|format| format.is_idle(bytes, name))
    }

    fn known_under(&mut self, path: &str, name: &[u8], rules: &RuleSet) -> Option<Nearness> {
        self.enter(path);
        if let Some(&given) = self.under.get(name) {
            return given;
        }
        self.folded.fold_bytes(name);
        let given = rules.knows(&self.folded, Some(path));
        if self.under.len() >= MOST {
            self.under.clear();
        }
        self.under.insert(name.into(), given);
        given
    }

    /// Whether a condition is about a name in a file of this lower-cased path, with `rest` behind it; `given`: whether one is in a file of some
    /// path.
    fn is_given(
        &mut self,
        (name, given): (&[u8], Option<Nearness>),
        rest: &[u8],
        path: Option<&str>,
        rules: &RuleSet,
    ) -> bool {
        let given = match path {
            Some(path) if given.is_some() => self.known_under(path, name, rules),
            _ => given,
        };
        given.is_some_and(|nearness| nearness == Nearness::Any || is_near_random(rest))
    }
}

/// Which bytes are part of an identifier.
const NARROW: u8 = 1;
/// Which are part of a name, or join such parts.
const WIDE: u8 = 2;
/// What each byte is.
const PARTS: [u8; 256] = {
    let mut told = [0; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        told[byte as usize] = match byte {
            b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => NARROW | WIDE,
            b'.' | b'-' | b':' => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    told
};

/// Whether the identifier around `hit` is a name of some rule, read with and without the dots and dashes in it, and stands where a
/// name can be given a value.
pub(super) fn is_name(
    bytes: &[u8],
    hit: Range<usize>,
    path: Option<&str>,
    rules: &RuleSet,
    names: &mut Names,
) -> bool {
    let (start, end) = (hit.start, hit.end);
    let narrow = |b: u8| PARTS[usize::from(b)] & NARROW != 0;
    let left = bytes[start.saturating_sub(REACH)..start]
        .iter()
        .rev()
        .take_while(|&&b| narrow(b))
        .count();
    let right = bytes[end..]
        .iter()
        .take(REACH)
        .take_while(|&&b| narrow(b))
        .count();
    let (from, to) = (start - left, end + right);
    let from = position::behind_escape(bytes, from, start);
    names.around = Some((left + 1, to + 1 - start));
    let is_known = |from: usize, to: usize, names: &mut Names| {
        let name = &bytes[from..to];
        // What it says is known of most, and where it stands is asked only of names that are of interest somewhere.
        let Known { parent, given } = names.known(name, rules);
        if !parent && given.is_none() {
            return false;
        }
        let (holds, can) = (
            parent && can_hold(bytes, from, to),
            given.is_some() && can_be_given(bytes, from, to),
        );
        names.around = (names.around).filter(|_| !holds && !can);
        if let Some((before, after)) = &mut names.around {
            *before = (*before).max(start - from + position::BEFORE);
            *after = (*after).max(to - start + position::BEHIND);
        }
        holds
            || can
                && names.is_given((name, given), &bytes[to..], path, rules)
                && !path.is_some_and(|path| names.is_idle(bytes, &(from..to), path))
    };
    if is_known(from, to, names) {
        return true;
    }
    // `def get_NAME():`
    let get = match &bytes[from..to] {
        [b'g', b'e', b't', b'_', _, ..] => 4,
        [b'g', b'e', b't', first, ..] if first.is_ascii_uppercase() => 3,
        [b'_', b'g', b'e', b't', b'_', _, ..] => 5,
        _ => 0,
    };
    if get > 0 && from + get <= start && bytes.get(to) == Some(&b'(') {
        names.around = None;
        let name = &bytes[from + get..to];
        if can_be_given(bytes, from, to) {
            let given = names.known(name, rules).given;
            if names.is_given((name, given), &bytes[to..], path, rules) {
                return true;
            }
        }
    }
    let wide = |b: u8| PARTS[usize::from(b)] & WIDE != 0;
    let more = bytes[from.saturating_sub(REACH)..from]
        .iter()
        .rev()
        .take_while(|&&b| wide(b))
        .count();
    let further = bytes[to..]
        .iter()
        .take(REACH)
        .take_while(|&&b| wide(b))
        .count();
    if let Some((before, after)) = &mut names.around {
        *before = (*before).max(start - from + more + 1);
        *after = (*after).max(to - start + further + 1);
    }
    // What ends a name is none of it: `secret-key: v`.
    let last = bytes[to..to + further].iter().rposition(|&b| narrow(b));
    let further = last.map_or(0, |last| last + 1);
    if more == 0 && further == 0 {
        return false;
    }
    is_known(from - more, to + further, names)
}
