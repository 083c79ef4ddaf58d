//! What is known of a text before it is looked at: where something may be in it, how it is cut into pieces, and what was found in the
//! text that it was made from.
//!
//! Only pieces with a spot are read; the others hold nothing ([`Sieve`](crate::source::Sieve)). Where all that the finds of a piece depend
//! on stands in a text made from it, the same is found there: only new spots, and those of the other pieces, have to be looked at.

mod memo;
mod place;
mod signs;
mod told;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use memo::Memo;
pub(crate) use signs::Signs;
pub(crate) use told::Told;

use crate::format::Format;
use crate::format::common::Common;
use crate::format::cut::{Cut, Trail};
use crate::rule::Evidence;
use crate::source::{Base, Item, Keepsake};
use crate::text::{Copied, Margins, Span, Word, carry, decode};

/// How a text is cut, and what that has in common with the text that it was made from.
type Cuts = (Rc<Trail>, Rc<Common>);

/// What is kept of a text for those that are made from it.
#[derive(Clone, Default)]
struct Kept {
    /// How the format of that name cuts it, and what that has in common with the text that it was made from.
    cuts: Option<(&'static str, Cuts)>,
    /// Its size, where it was asked for and found that it holds no signs.
    signless: Option<usize>,
    /// Its size, and the words in it that tell of frameworks, if these were asked for.
    words: Option<(usize, Rc<[Word]>)>,
    /// What was found under lower-cased paths, where all of it belongs to pieces.
    told: Vec<Finds>,
}

/// What was found in a text under a path.
#[derive(Clone)]
struct Finds {
    /// The path, lower-cased.
    path: Arc<str>,
    told: Vec<Told>,
    /// Whether there are spots that are none under this path, for what stands beside them: that may change.
    passed: bool,
}

/// What is known of the finds in a text by those in its base.
#[derive(Default)]
pub(crate) struct Carried {
    /// What was found there, and stands in the text as well.
    pub told: Vec<Told>,
    /// Where it has to be read again, sorted. Elsewhere nothing else is found at spots that are not new.
    pub stale: Vec<Span>,
}

/// A text under a path, with what is known of it.
pub(crate) struct Known<'a> {
    item: &'a Item<'a>,
    /// The path, lower-cased.
    path: &'a Arc<str>,
    base: Option<(&'a Kept, Base<'a>)>,
    /// What is known of it by another path.
    same: Option<&'a Kept>,
    format: Option<&'static dyn Format>,
    cut: Option<(&'static str, &'static dyn Cut)>,
    /// How it is cut, if it can be, once that was asked for.
    cuts: OnceCell<Option<Cuts>>,
    text: OnceCell<Option<&'a str>>,
    /// The words that tell of frameworks, once those were asked for.
    words: OnceCell<Rc<[Word]>>,
    /// Whether it holds no signs, once that was asked for.
    signless: OnceCell<bool>,
}

impl<'a> Known<'a> {
    /// `item`, which is UTF-8 without a mark, under a lower-cased path, made from what `base` tells of; `same`: what was kept of it under
    /// another path. `format`: the one that claims the path.
    pub(crate) fn new(
        item: &'a Item<'a>,
        (path, format): (&'a Arc<str>, Option<&'static dyn Format>),
        base: Option<Base<'a>>,
        same: Option<&'a Keepsake>,
    ) -> Self {
        Self {
            item,
            path,
            base: base.and_then(|base| Some((base.kept.downcast_ref::<Kept>()?, base))),
            same: same.and_then(|same| same.downcast_ref::<Kept>()),
            format,
            cut: format.and_then(|format| Some((format.name(), format.cut()?))),
            cuts: OnceCell::new(),
            text: OnceCell::new(),
            words: OnceCell::new(),
            signless: OnceCell::new(),
        }
    }

    /// What is found in what the text has in common with its base; `None` where that is not known.
    pub(crate) fn carried(&self) -> Option<Carried> {
        let all = &self.finds()?.told;
        if all.is_empty() {
            let stays = !self.passed() || self.begins_alike();
            return stays.then(Carried::default);
        }
        let (base, _) = self.trail_of_base()?;
        let (own, common) = self.cuts()?;
        let text = self.text()?;
        if self.format.is_some_and(|format| format.looks_around(text)) {
            return None;
        }
        // Mostly it matters of no name what is given to it elsewhere.
        let mut asked: Vec<u32> = all.iter().flat_map(|told| told.names().hashes()).collect();
        asked.sort_unstable();
        let changed = match &asked[..] {
            [] => Vec::new(),
            asked => common.changed(base, own, asked),
        };
        let mut told = Vec::with_capacity(all.len());
        let mut again = common.new_pieces(own.len());
        for group in all {
            if let Some(group) = group.carry(common, &changed, (base, own), text) {
                told.push(group);
            } else {
                let images = group.walked().flat_map(|piece| common.images(piece));
                again.extend(images.map(|piece| piece..piece + 1));
            }
        }
        again.sort_unstable_by_key(|pieces| pieces.start);
        let stale = again.iter().map(|pieces| own.span(pieces)).collect();
        Some(Carried { told, stale })
    }

    /// What was found in its base.
    fn finds(&self) -> Option<&'a Finds> {
        let mut finds = self.base?.0.told.iter();
        finds.find(|finds| finds.path == *self.path)
    }

    /// Whether its base has spots that are none under this path.
    pub(crate) fn passed(&self) -> bool {
        self.finds().is_some_and(|finds| finds.passed)
    }

    /// Whether it begins as its base does, by more than blanks: what is code at all may be told by that.
    fn begins_alike(&self) -> bool {
        let copied = self.base.and_then(|(_, base)| base.copied.first());
        let same = copied.filter(|copy| copy.from == 0 && copy.to == 0);
        let head = same.and_then(|copy| self.item.bytes.get(..copy.length));
        head.is_some_and(|head| !head.trim_ascii_start().is_empty())
    }

    /// How the text is cut; `None` where its format does not tell or the text cannot be cut.
    pub(crate) fn trail(&self) -> Option<&Trail> {
        let (trail, _) = self.cuts()?;
        Some(trail)
    }

    /// Whether nothing but the pieces it was read with, and names, decided which those are: in some formats a piece is read with all that
    /// stand in it, and where these end is told by what follows.
    pub(crate) fn is_closed(&self, told: &Told) -> bool {
        let encloses = self.cut.is_none_or(|(_, cut)| cut.reads_enclosed());
        !encloses || told.pieces().len() == 1
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let text = || decode::utf8(self.item.bytes);
        *self.text.get_or_init(text)
    }

    /// The framework that the words of the text tell of, as an index.
    pub(crate) fn framework(&self, evidence: &Evidence) -> Option<usize> {
        evidence.framework(self.words.get_or_init(|| self.find_words(evidence)))
    }

    fn find_words(&self, evidence: &Evidence) -> Rc<[Word]> {
        if let Some((_, words)) = self.same.and_then(|same| same.words.as_ref()) {
            return Rc::clone(words);
        }
        let text = self.text().unwrap_or_default();
        let (mut words, mut zones) = (Vec::new(), Vec::new());
        let of_base = |(kept, base): (&'a Kept, Base<'a>)| Some((base, kept.words.as_ref()?));
        match self.base.and_then(of_base) {
            Some((base, (size, known))) => {
                let inside = Margins {
                    before: 0,
                    after: evidence.longest(),
                };
                let sizes = (*size, text.len());
                carry(base.copied, sizes, inside, known, &mut words, &mut zones);
            }
            None => zones.push(0..text.len()),
        }
        evidence.words(text, &zones, &mut words);
        words.sort_unstable();
        words.into()
    }

    /// Whether none of `signs` stands in it, which are the same for all texts: where its base has none, only what changed is searched.
    pub(crate) fn lacks(&self, signs: &Signs) -> bool {
        *self.signless.get_or_init(|| {
            if self.same.is_some_and(|same| same.signless.is_some()) {
                return true;
            }
            let bytes = self.item.bytes;
            let mut zones = Vec::new();
            let of_base = |(kept, base): (&'a Kept, Base<'a>)| Some((base, kept.signless?));
            match self.base.and_then(of_base) {
                Some((base, size)) => {
                    let inside = Margins {
                        before: 0,
                        after: signs.longest(),
                    };
                    let sizes = (size, bytes.len());
                    carry::<u32>(base.copied, sizes, inside, &[], &mut Vec::new(), &mut zones);
                }
                None => zones.push(0..bytes.len()),
            }
            signs.lack_in(bytes, zones)
        })
    }

    fn cuts(&self) -> Option<&Cuts> {
        self.cuts.get_or_init(|| self.follow()).as_ref()
    }

    fn follow(&self) -> Option<Cuts> {
        let (name, cut) = self.cut?;
        if let Some((format, cuts)) = self.same.and_then(|same| same.cuts.as_ref())
            && *format == name
        {
            return Some(cuts.clone());
        }
        let text = self.text()?;
        let (trail, common) = match self.trail_of_base() {
            Some((base, copied)) => Trail::after(cut, text, base, copied)?,
            None => (Trail::new(cut, text)?, Common::default()),
        };
        Some((Rc::new(trail), Rc::new(common)))
    }

    /// How the base is cut, by the same format, with what was copied from it.
    fn trail_of_base(&self) -> Option<(&'a Trail, &'a [Copied])> {
        let (name, _) = self.cut?;
        let (kept, base) = self.base?;
        let (format, (trail, _)) = kept.cuts.as_ref()?;
        (*format == name).then_some((trail, base.copied))
    }

    /// What is kept of the text. `told`: what was found in it, if all of that belongs to pieces; `passed`: whether there are spots that are
    /// none under this path.
    pub(crate) fn keep(self, told: Option<Vec<Told>>, passed: bool) -> Keepsake {
        // Of the same text under other paths nothing is forgotten.
        let mut kept = self.same.cloned().unwrap_or_default();
        if let Some(((name, _), cuts)) = self.cut.zip(self.cuts.into_inner().flatten()) {
            kept.cuts = Some((name, cuts));
        }
        if self.signless.into_inner() == Some(true) {
            kept.signless = Some(self.item.bytes.len());
        }
        if let Some(words) = self.words.into_inner() {
            kept.words = Some((self.item.bytes.len(), words));
        }
        kept.told.extend(told.map(|told| Finds {
            path: Arc::clone(self.path),
            told,
            passed,
        }));
        Rc::new(kept)
    }
}
