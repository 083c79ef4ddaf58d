//! Walks delta trees from their roots down: every entry is unpacked once, and made from the one above it.

use flate2::Decompress;

use super::delta::apply;
use super::inflate::Inflater;
use super::pack::Pack;
use super::view::View;
use crate::text::Copied;

/// Takes the objects of a delta tree.
pub(super) trait Take {
    /// What is remembered of an object while others are made from it.
    type State;
    /// Whether the first bytes of a whole object may tell that it need not be unpacked.
    fn wants_head(&self, entry: u32) -> bool {
        let _ = entry;
        false
    }
    /// Whether a whole object of `size` bytes, which none is made from, need not be unpacked for what its first bytes are.
    fn is_done(&mut self, entry: u32, head: &[u8], size: u64) -> bool {
        let _ = (entry, head, size);
        false
    }
    /// A whole object.
    fn root(&mut self, entry: u32, bytes: &[u8]) -> Self::State;
    /// An object made from `base` by copying.
    fn child(
        &mut self,
        entry: u32,
        bytes: &[u8],
        base: (&[u8], &Self::State),
        copied: &[Copied],
    ) -> Self::State;
    /// An object that cannot be read, and with it all made from it.
    fn lost(&mut self, entry: u32);
}

/// Space used again from one tree to the next.
#[derive(Default)]
pub(super) struct Space<'p> {
    view: Option<View<'p>>,
    inflater: Option<Inflater>,
    beginner: Option<Decompress>,
    copied: Vec<Copied>,
    free: Vec<Vec<u8>>,
    ahead: Ahead,
}

/// The entries of a tree in the order in which they are taken. They lie anywhere: memory is waited for with some at a time.
#[derive(Default)]
struct Ahead {
    order: Vec<u32>,
    taken: usize,
    stack: Vec<u32>,
    places: Vec<u64>,
}

/// So many entries are looked at before the first of them is taken.
const AHEAD: usize = 16;

impl Ahead {
    /// Begins with the tree of an entry; `children` tells which are made from an entry.
    fn begin<'c>(&mut self, root: u32, children: impl Fn(u32) -> &'c [u32]) {
        self.order.clear();
        self.taken = 0;
        self.stack.extend_from_slice(children(root));
        self.stack.reverse();
        while let Some(entry) = self.stack.pop() {
            self.order.push(entry);
            self.stack.extend(children(entry).iter().rev());
        }
    }

    /// The next entry is about to be taken.
    fn take(&mut self, view: &mut View<'_>) {
        if self.taken.is_multiple_of(AHEAD) {
            let pack = view.pack();
            let next = self.order.iter().skip(self.taken).take(AHEAD);
            self.places.clear();
            self.places
                .extend(next.filter_map(|&entry| Some(pack.place(entry)?.0)));
            view.look(&self.places);
        }
        self.taken += 1;
    }
}

struct Frame<S> {
    entry: u32,
    bytes: Vec<u8>,
    state: S,
    next: usize,
}

/// Buffers kept for later, and the largest of them.
const KEPT: (usize, usize) = (16, 4 << 20);

impl<'p> Space<'p> {
    /// What is mapped of a pack.
    fn view<'v>(view: &'v mut Option<View<'p>>, pack: &'p Pack) -> &'v mut View<'p> {
        if view
            .as_ref()
            .is_some_and(|view| !std::ptr::eq(view.pack(), pack))
        {
            *view = None;
        }
        view.get_or_insert_with(|| View::new(pack))
    }

    fn keep(&mut self, bytes: Vec<u8>) {
        if self.free.len() < KEPT.0 && bytes.capacity() <= KEPT.1 {
            self.free.push(bytes);
        }
    }
}

/// Gives the object of entry `root` and all made from it to `take`.
pub(super) fn descend<'p, T: Take>(pack: &'p Pack, root: u32, space: &mut Space<'p>, take: &mut T) {
    let mut bytes = space.free.pop().unwrap_or_default();
    if pack.children(root).is_empty() && take.wants_head(root) {
        let beginner = space.beginner.get_or_insert_with(|| Decompress::new(true));
        let size = Space::view(&mut space.view, pack).head(root, beginner, &mut bytes);
        if size.is_some_and(|size| take.is_done(root, &bytes, size)) {
            return space.keep(bytes);
        }
    }
    let inflater = space.inflater.get_or_insert_default();
    let view = Space::view(&mut space.view, pack);
    if view.unpack(root, inflater, &mut bytes).is_err() {
        return lost(pack, root, take);
    }
    let state = take.root(root, &bytes);
    if pack.children(root).is_empty() {
        return space.keep(bytes);
    }
    let mut stack = vec![Frame {
        entry: root,
        bytes,
        state,
        next: 0,
    }];
    space.ahead.begin(root, |entry| pack.children(entry));
    while let Some(frame) = stack.last_mut() {
        let children = pack.children(frame.entry);
        let Some(&child) = children.get(frame.next) else {
            if let Some(frame) = stack.pop() {
                space.keep(frame.bytes);
            }
            continue;
        };
        frame.next += 1;
        let last = frame.next == children.len();
        let mut bytes = space.free.pop().unwrap_or_default();
        let Space {
            view,
            inflater,
            copied,
            ahead,
            ..
        } = space;
        let view = Space::view(view, pack);
        ahead.take(view);
        let made = view
            .within(child, inflater.get_or_insert_default())
            .and_then(|delta| apply(delta, &frame.bytes, &mut bytes, copied));
        let state = match made {
            Ok(()) => Some(take.child(child, &bytes, (&frame.bytes, &frame.state), copied)),
            Err(_) => None,
        };
        if last && let Some(frame) = stack.pop() {
            space.keep(frame.bytes);
        }
        match state {
            Some(state) if !pack.children(child).is_empty() => {
                stack.push(Frame {
                    entry: child,
                    bytes,
                    state,
                    next: 0,
                });
            }
            Some(_) => space.keep(bytes),
            None => {
                space.keep(bytes);
                lost(pack, child, take);
            }
        }
    }
}

fn lost<T: Take>(pack: &Pack, entry: u32, take: &mut T) {
    let mut stack = vec![entry];
    while let Some(entry) = stack.pop() {
        take.lost(entry);
        stack.extend_from_slice(pack.children(entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_foreseen_in_the_order_in_which_they_are_taken() {
        let children: [&[u32]; 8] = [&[3, 1], &[2], &[], &[6, 4], &[5], &[], &[], &[]];
        let mut ahead = Ahead::default();
        for (root, order) in [(7, &[][..]), (0, &[3, 6, 4, 5, 1, 2]), (3, &[6, 4, 5])] {
            ahead.begin(root, |entry| children[entry as usize]);
            assert_eq!(ahead.order, order);
        }
    }
}
