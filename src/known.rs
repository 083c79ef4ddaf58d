//! What is known of a text before it is looked at: where something may be in it, and how it is cut into pieces.
//!
//! Only pieces with a spot are read; the others hold nothing ([`Sieve`](crate::source::Sieve)). The cuts of a text are kept for
//! those that are made from it.

use std::rc::Rc;

use crate::detect::Parts;
use crate::format::cut::Trail;
use crate::format::{FileName, choose};
use crate::source::{Base, Item, Keepsake};

/// The cuts of a text by one format.
struct Kept {
    format: &'static str,
    trail: Trail,
}

/// How `item`, which is UTF-8 without a mark, is cut; `None` where its format does not tell or the text cannot be cut.
pub(crate) fn keep(item: &Item<'_>, base: Option<Base<'_>>) -> Option<Keepsake> {
    let path = item.logical.to_ascii_lowercase();
    let format = choose(&FileName::new(&path))?;
    let cut = format.cut()?;
    if let Some(Base { kept, copied }) = &base
        && let Some(kept_of_base) = kept.downcast_ref::<Kept>()
        && kept_of_base.format == format.name()
    {
        let Some(copied) = copied else {
            return Some(Rc::clone(kept));
        };
        let text = std::str::from_utf8(item.bytes).ok()?;
        let trail = Trail::after(cut, text, &kept_of_base.trail, copied)?;
        return Some(Rc::new(Kept {
            format: format.name(),
            trail,
        }));
    }
    let text = std::str::from_utf8(item.bytes).ok()?;
    let trail = Trail::new(cut, text)?;
    Some(Rc::new(Kept {
        format: format.name(),
        trail,
    }))
}

/// The places of a text that have to be looked at, with how it is cut, where that was kept.
pub(crate) fn parts<'k>(kept: Option<&'k Keepsake>, spots: &'k [u32]) -> Parts<'k> {
    let kept = kept.and_then(|kept| kept.downcast_ref::<Kept>());
    let trail = kept.map(|kept| &kept.trail);
    Parts { spots, trail }
}
