//! What the marks of a trail stand in, by number.

use std::rc::Rc;

use super::cut::Enclosing;

/// What marks stand in; nothing has the number 0. A trail shares it with the trail it was made from, as long as nothing else comes up.
#[derive(Clone, Debug, Default)]
pub(super) struct Withins {
    all: Rc<Vec<Rc<[Enclosing]>>>,
    /// The index of the one that was asked for last.
    last: usize,
}

impl Withins {
    /// Beside twice as many as there are marks, so many may be kept that no mark stands in.
    const SPARE: usize = 16;
    /// A number is looked for among so many.
    const NEAR: usize = 64;

    /// What has that number.
    pub(super) fn get(&self, number: u32) -> Option<&Rc<[Enclosing]>> {
        self.all.get((number as usize).checked_sub(1)?)
    }

    /// The number of what a mark stands in. Marks that follow each other mostly stand in the same; what comes back later may have
    /// several numbers.
    #[inline]
    pub(super) fn number(&mut self, within: Option<&Rc<[Enclosing]>>) -> u32 {
        let Some(within) = within else {
            return 0;
        };
        let last = self.all.get(self.last);
        if !last.is_some_and(|last| Rc::ptr_eq(last, within)) {
            self.last = self.find(within);
        }
        u32::try_from(self.last + 1).unwrap_or(u32::MAX)
    }

    /// The index of what marks stand in.
    #[inline(never)]
    fn find(&mut self, within: &Rc<[Enclosing]>) -> usize {
        let near = self.all.len().saturating_sub(Self::NEAR);
        let same = |known: &Rc<[Enclosing]>| Rc::ptr_eq(known, within);
        if let Some(known) = self.all[near..].iter().rposition(same) {
            return near + known;
        }
        Rc::make_mut(&mut self.all).push(Rc::clone(within));
        self.all.len() - 1
    }

    /// Forgets what has none of `numbers`, and counts the others anew, where that are many.
    pub(super) fn forget_unused<'n>(
        &mut self,
        numbers: impl ExactSizeIterator<Item = &'n mut u32>,
    ) {
        if self.all.len() <= 2 * numbers.len() + Self::SPARE {
            return;
        }
        let mut kept = Self::default();
        for number in numbers {
            *number = kept.number(self.get(*number));
        }
        *self = kept;
    }
}
