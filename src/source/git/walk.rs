//! Which commits some lead to and others do not, reading no more of history than it takes.
//!
//! Newest first, as git does it. A clock that was wrong can only make the answer too large: what is hidden is always
//! led to by a hidden commit.

use std::collections::{BinaryHeap, HashSet};

use git2::{ObjectType, Odb, Oid};

use super::graph::Graph;
use super::trouble;

/// Steps taken after nothing wanted is left, in case a clock was wrong.
const SLACK: u32 = 16;

/// A walk over commits.
pub(super) struct Walk<'w> {
    odb: &'w Odb<'w>,
    shallow: &'w HashSet<Oid>,
    graph: &'w mut Graph,
    queue: BinaryHeap<(i64, usize)>,
    marks: Vec<Mark>,
    /// Wanted commits in the queue.
    waiting: usize,
    /// Wanted commits that cannot be read, and why.
    pub(super) lost: Vec<(Oid, git2::Error)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    met: bool,
    hidden: bool,
    queued: bool,
}

impl<'w> Walk<'w> {
    pub(super) fn new(odb: &'w Odb<'w>, shallow: &'w HashSet<Oid>, graph: &'w mut Graph) -> Self {
        Self {
            odb,
            shallow,
            graph,
            queue: BinaryHeap::new(),
            marks: Vec::new(),
            waiting: 0,
            lost: Vec::new(),
        }
    }

    /// The numbers of the commits that `wanted` lead to and `hidden` do not.
    pub(super) fn run(&mut self, wanted: &[Oid], hidden: &[Oid]) -> Vec<usize> {
        for &id in hidden {
            self.meet(id, true);
        }
        for &id in wanted {
            self.meet(id, false);
        }
        let mut list = Vec::new();
        let mut oldest = i64::MAX;
        let mut slack = SLACK;
        while let Some((seconds, number)) = self.queue.pop() {
            let mark = &mut self.marks[number];
            mark.queued = false;
            let hide = mark.hidden;
            if hide {
                if self.waiting == 0 && seconds < oldest {
                    slack -= 1;
                    if slack == 0 {
                        break;
                    }
                }
            } else {
                self.waiting -= 1;
                oldest = oldest.min(seconds);
                slack = SLACK;
                list.push(number);
            }
            let parents = self.graph.get(number).map(|node| node.parents.clone());
            for &parent in parents.unwrap_or_default().iter() {
                self.meet(parent, hide);
            }
        }
        list.retain(|&number| !self.marks[number].hidden);
        list.sort_unstable();
        list.dedup();
        list
    }

    fn meet(&mut self, id: Oid, hide: bool) {
        let odb = self.odb;
        let mut read = |id, sink: &mut dyn FnMut(&[u8])| {
            sink(trouble::read(odb, id, ObjectType::Commit)?.data());
            Ok(None)
        };
        let number = match self.graph.read(&mut read, id, self.shallow) {
            Ok(Some(number)) => number,
            // What cannot be read hides nothing; only the loss of what is wanted is worth telling.
            Ok(None) if !hide => {
                self.lost
                    .push((id, git2::Error::from_str("it is malformed")));
                return;
            }
            Err(error) if !hide => {
                if !self.lost.iter().any(|(lost, _)| *lost == id) {
                    self.lost.push((id, error));
                }
                return;
            }
            Ok(None) | Err(_) => return,
        };
        if self.marks.len() <= number {
            self.marks.resize(number + 1, Mark::default());
        }
        let seconds = self.graph.get(number).map_or(0, |node| node.seconds);
        let mark = &mut self.marks[number];
        if !mark.met {
            *mark = Mark {
                met: true,
                hidden: hide,
                queued: true,
            };
            self.waiting += usize::from(!hide);
            self.queue.push((seconds, number));
        } else if hide && !mark.hidden {
            self.hide(number);
        }
    }

    /// Hides a commit that was met as a wanted one, with all it was found to lead to.
    fn hide(&mut self, number: usize) {
        let mut stack = vec![number];
        while let Some(number) = stack.pop() {
            let Some(mark) = self.marks.get_mut(number) else {
                continue;
            };
            if !mark.met || mark.hidden {
                continue;
            }
            mark.hidden = true;
            // In the queue it will hide its parents when its turn comes.
            if mark.queued {
                self.waiting -= 1;
                continue;
            }
            let parents = self.graph.get(number).map_or(&[][..], |node| &node.parents);
            stack.extend(parents.iter().filter_map(|&id| self.graph.number(id)));
        }
    }
}
