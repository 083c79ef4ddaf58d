//! What is known of a text before it is looked at: where something may be in it, how it is cut into pieces, and where nothing was found
//! in the text that it was made from.
//!
//! Only pieces with a spot are read; the others hold nothing ([`Sieve`](crate::source::Sieve)). Where nothing was found at the spots of
//! a text, and all that this depends on stands in another, nothing is there either: of that only new spots have to be looked at.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::format::common::Common;
use crate::format::cut::{Cut, Pieces, Trail};
use crate::format::{FileName, Format, choose};
use crate::source::{Base, Item, Keepsake};
use crate::text::Copied;

/// What is kept of a text for those that are made from it.
#[derive(Clone, Default)]
struct Kept {
    /// How the format of that name cuts it.
    cuts: Option<(&'static str, Rc<Trail>)>,
    /// The lower-cased paths under which nothing was found, with what that depends on.
    calm: Vec<(Box<str>, Pieces)>,
}

/// A text under a path, with what is known of it.
pub(crate) struct Known<'a> {
    item: &'a Item<'a>,
    /// The path, lower-cased.
    path: &'a str,
    base: Option<(&'a Kept, Base<'a>)>,
    cut: Option<(&'static str, &'static dyn Cut)>,
    /// How it is cut, if it can be, once that was asked for.
    trail: OnceCell<Option<(Rc<Trail>, Common)>>,
}

impl<'a> Known<'a> {
    /// `item`, which is UTF-8 without a mark, under a lower-cased path, made from what `base` tells of.
    pub(crate) fn new(item: &'a Item<'a>, path: &'a str, base: Option<Base<'a>>) -> Self {
        let format: Option<&'static dyn Format> = choose(&FileName::new(path));
        Self {
            item,
            path,
            base: base.and_then(|base| Some((base.kept.downcast_ref::<Kept>()?, base))),
            cut: format.and_then(|format| Some((format.name(), format.cut()?))),
            trail: OnceCell::new(),
        }
    }

    /// What it depends on that nothing is found at the spots which the text has in common with its base; `None` where something may be.
    pub(crate) fn calm(&self) -> Option<Pieces> {
        let (kept, _) = self.base?;
        let (_, pieces) = kept.calm.iter().find(|(path, _)| **path == *self.path)?;
        if pieces.numbers.is_empty() {
            return Some(Pieces::default());
        }
        let (_, base) = self.trail_of_base()?;
        let (own, common) = self.cuts()?;
        common.carry(pieces, base, own)
    }

    /// How the text is cut; `None` where its format does not tell or the text cannot be cut.
    pub(crate) fn trail(&self) -> Option<&Trail> {
        let (trail, _) = self.cuts()?;
        Some(trail)
    }

    fn cuts(&self) -> Option<&(Rc<Trail>, Common)> {
        self.trail.get_or_init(|| self.follow()).as_ref()
    }

    fn follow(&self) -> Option<(Rc<Trail>, Common)> {
        let (_, cut) = self.cut?;
        match self.trail_of_base() {
            Some((None, same)) => Some((Rc::clone(same), Common::default())),
            Some((Some(copied), base)) => {
                let text = std::str::from_utf8(self.item.bytes).ok()?;
                let (trail, common) = Trail::after(cut, text, base, copied)?;
                Some((Rc::new(trail), common))
            }
            None => {
                let text = std::str::from_utf8(self.item.bytes).ok()?;
                Some((Rc::new(Trail::new(cut, text)?), Common::default()))
            }
        }
    }

    /// How the base is cut, by the same format, with what was copied from it.
    fn trail_of_base(&self) -> Option<(Option<&'a [Copied]>, &'a Rc<Trail>)> {
        let (name, _) = self.cut?;
        let (kept, base) = self.base?;
        let (format, trail) = kept.cuts.as_ref()?;
        (*format == name).then_some((base.copied, trail))
    }

    /// What is kept of the text. `calm`: what it depends on that nothing was found in it.
    pub(crate) fn keep(self, calm: Option<Pieces>) -> Keepsake {
        // Of the same text under other paths nothing is forgotten.
        let same = self.base.filter(|(_, base)| base.copied.is_none());
        let mut kept = same.map(|(kept, _)| kept.clone()).unwrap_or_default();
        if let Some(((name, _), (trail, _))) = self.cut.zip(self.trail.into_inner().flatten()) {
            kept.cuts = Some((name, trail));
        }
        kept.calm
            .extend(calm.map(|pieces| (Box::from(self.path), pieces)));
        Rc::new(kept)
    }
}
