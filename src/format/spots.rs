//! Where in a text something can be found, where that is known.

use crate::text::Span;

/// Places of a text, sorted, or all of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spots<'s> {
    /// Everywhere.
    All,
    /// Byte offsets.
    At(&'s [u32]),
}

impl Spots<'_> {
    /// Whether one lies between these byte offsets.
    pub(super) fn any(self, from: usize, to: usize) -> bool {
        match self {
            Self::All => true,
            Self::At(spots) => {
                let next = spots.partition_point(|&spot| (spot as usize) < from);
                spots.get(next).is_some_and(|&spot| (spot as usize) < to)
            }
        }
    }

    /// Those that lie between these byte offsets, if any do.
    pub(super) fn within(self, from: usize, to: usize) -> Option<Held> {
        let Self::At(spots) = self else {
            return Some(Held(None));
        };
        let inside = inside(spots, Span::new(from, to));
        let start = u32::try_from(from).unwrap_or(u32::MAX);
        let inside: Vec<u32> = inside.iter().map(|spot| spot - start).collect();
        (!inside.is_empty()).then_some(Held(Some(inside)))
    }
}

/// Places in a part of a text, counted from its beginning; `None` for all.
pub(super) struct Held(Option<Vec<u32>>);

impl Held {
    pub(super) fn spots(&self) -> Spots<'_> {
        self.0.as_deref().map_or(Spots::All, Spots::At)
    }
}

/// Those of `spots` (sorted) that lie in a part of the text.
pub(crate) fn inside(spots: &[u32], part: Span) -> &[u32] {
    let before = |end: usize| spots.partition_point(|&spot| (spot as usize) < end);
    spots
        .get(before(part.start)..before(part.end))
        .unwrap_or_default()
}
