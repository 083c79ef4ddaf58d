//! In which order commits are looked at.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::Graph;

/// Children by their parents, of the commits from a number on.
struct Children {
    from: usize,
    /// Where those of each commit begin, and where the last end.
    starts: Vec<u32>,
    all: Vec<u32>,
}

impl Children {
    /// `parents` gives the parents of each commit, of those that count. Children come in the order of their numbers.
    fn new<'g>(graph: &'g Graph, from: usize, parents: impl Fn(usize) -> &'g [u32]) -> Self {
        let mut starts = vec![0_u32; graph.len() - from + 2];
        let pairs = || {
            let of = |at: usize| parents(at).iter().map(move |&parent| (parent as usize, at));
            let pairs = (from..graph.len()).flat_map(of);
            pairs.filter_map(move |(parent, at)| Some((parent.checked_sub(from)?, at)))
        };
        for (parent, _) in pairs() {
            starts[parent + 2] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut all = vec![0; starts.last().map_or(0, |&count| count as usize)];
        for (parent, at) in pairs() {
            let place = &mut starts[parent + 1];
            // More commits than numbers do not fit into memory either.
            all[*place as usize] = u32::try_from(at).unwrap_or(u32::MAX);
            *place += 1;
        }
        Self { from, starts, all }
    }

    fn of(&self, at: usize) -> &[u32] {
        let place = at - self.from;
        let range = self.starts[place] as usize..self.starts[place + 1] as usize;
        self.all.get(range).unwrap_or_default()
    }
}

impl Graph {
    /// The linked commits from number `from` on, parents first, else oldest first.
    pub(super) fn oldest_first(&self, from: usize) -> Vec<usize> {
        let children = Children::new(self, from, |at| self.parents(at));
        // Ids are hashes: of those of the same second the first bytes tell enough.
        let age = |at: usize| {
            self.get(at).map_or((0, 0), |node| {
                let id = self.id(at);
                let start = id.as_bytes().first_chunk();
                (node.seconds, start.map_or(0, |id| u64::from_be_bytes(*id)))
            })
        };
        let mut waiting = vec![0_u32; self.len() - from];
        let mut ready = BinaryHeap::new();
        for at in from..self.len() {
            let parents = self.parents(at).iter();
            let count = parents.filter(|&&parent| parent as usize >= from).count();
            waiting[at - from] = u32::try_from(count).unwrap_or(u32::MAX);
            if count == 0 {
                ready.push(Reverse((age(at), at)));
            }
        }
        let mut order = Vec::with_capacity(self.len() - from);
        while let Some(Reverse((_, at))) = ready.pop() {
            order.push(at);
            for &child in children.of(at) {
                let child = child as usize;
                waiting[child - from] -= 1;
                if waiting[child - from] == 0 {
                    ready.push(Reverse((age(child), child)));
                }
            }
        }
        order
    }

    /// The commits of `oldest_first`, which are those from number `from` on, in an order in which most trees differ little from the one
    /// before: along the lines of first parents, newest first, each branch before the commit it began at.
    pub(super) fn along_lines(&self, from: usize, oldest_first: &[usize]) -> Vec<usize> {
        let first = |at: usize| {
            let parents = self.parents(at);
            let first = parents.get(..1).unwrap_or_default();
            if first.iter().all(|&first| first as usize >= from) {
                first
            } else {
                &[]
            }
        };
        let children = Children::new(self, from, first);
        let mut weights = vec![1_u32; self.len() - from];
        let mut stack = Vec::new();
        // Children come after their parents, so their weights are whole here.
        for &at in oldest_first.iter().rev() {
            match first(at).first() {
                Some(&parent) => weights[parent as usize - from] += weights[at - from],
                None => stack.push(at),
            }
        }
        let mut order = Vec::with_capacity(oldest_first.len());
        while let Some(at) = stack.pop() {
            order.push(at);
            let before = stack.len();
            stack.extend(children.of(at).iter().map(|&child| child as usize));
            // The heaviest is taken last.
            stack[before..].sort_by_key(|&child| Reverse(weights[child - from]));
        }
        order.reverse();
        order
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use git2::Oid;

    use super::*;

    fn id(byte: u8) -> Oid {
        Oid::from_bytes(&[byte; 20]).unwrap()
    }

    /// Commits by one byte each, with their seconds and parents.
    fn graph(commits: &[(u8, i64, &[u8])]) -> Graph {
        let mut graph = Graph::default();
        for (byte, seconds, parents) in commits {
            let parents = parents
                .iter()
                .map(|&parent| format!("parent {}\n", id(parent)));
            let parents: String = parents.collect();
            let text = format!(
                "tree {}\n{parents}author a <a> 0 +0000\ncommitter a <a> {seconds} +0000\n\n",
                id(0)
            );
            let mut read = |_, sink: &mut dyn FnMut(&[u8])| {
                sink(text.as_bytes());
                Ok(None)
            };
            (graph.read(&mut read, id(*byte), &HashSet::new())).unwrap();
        }
        graph.link();
        graph
    }

    #[test]
    fn parents_come_first_and_then_the_oldest() {
        let graph = graph(&[
            (9, 50, &[7, 8]),
            (7, 10, &[5]),
            (8, 20, &[6]),
            (5, 30, &[]),
            (6, 1, &[]),
        ]);
        assert_eq!(graph.oldest_first(0), [4, 2, 3, 1, 0]);
        assert_eq!(graph.oldest_first(3), [4, 3]);
    }

    #[test]
    fn lines_are_followed() {
        // 1 - 2 - 3 - 4 - 5 with a branch 1 - 6 - 7 that is merged into 4.
        let graph = graph(&[
            (5, 9, &[4]),
            (4, 8, &[3, 7]),
            (7, 7, &[6]),
            (6, 3, &[1]),
            (3, 6, &[2]),
            (2, 5, &[1]),
            (1, 1, &[]),
        ]);
        let order = graph.along_lines(0, &graph.oldest_first(0));
        assert_eq!(order, [0, 1, 4, 5, 2, 3, 6]);
    }
}
