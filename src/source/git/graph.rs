//! The commits: who came from whom, and in which order they are looked at.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use git2::Oid;

use super::inventory::IdMap;
use super::object::{self, Stamp};
use super::trouble::{self, Trouble};
use crate::finding::{CommitInfo, Issue};
use crate::source::Watch;

/// Reads a commit and gives its bytes.
pub(super) type Read<'r> = dyn FnMut(Oid, &mut dyn FnMut(&[u8])) -> Result<(), git2::Error> + 'r;

/// Commits with what a report tells of them, kept small: there may be a million.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    numbers: IdMap<u32>,
    authors: Vec<Box<[u8]>>,
    author_numbers: HashMap<Box<[u8]>, u32>,
}

/// A commit.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: Oid,
    pub(super) tree: Oid,
    pub(super) seconds: i64,
    /// Those whose changes are not repeated here; none at the edge of a shallow clone.
    pub(super) parents: Box<[Oid]>,
    offset_minutes: i32,
    author: u32,
}

impl Graph {
    /// Number of commits.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The commit with that number.
    pub(super) fn get(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// All commits, in the order in which they were met.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The number of a commit that was read.
    pub(super) fn number(&self, id: Oid) -> Option<usize> {
        self.numbers.get(&id).map(|&number| number as usize)
    }

    /// What reports tell of a commit.
    pub(super) fn info(&self, number: usize) -> Option<CommitInfo> {
        let node = self.nodes.get(number)?;
        let author = self.authors.get(node.author as usize);
        let stamp = Stamp {
            author: author.map_or(b"", |author| author),
            seconds: node.seconds,
            offset_minutes: node.offset_minutes,
        };
        Some(stamp.info(node.id))
    }

    /// Reads the commits that `root` leads to. What is missing or damaged becomes an issue, once.
    pub(super) fn load(
        &mut self,
        read: &mut Read<'_>,
        partial: bool,
        root: Oid,
        shallow: &HashSet<Oid>,
        lost: &mut Lost,
        watch: &Watch,
    ) {
        let mut stack = vec![(root, None)];
        while let Some((id, child)) = stack.pop().filter(|_| !watch.stopped()) {
            if self.numbers.contains_key(&id) || lost.ids.contains(&id) {
                continue;
            }
            match self.read(read, id, shallow) {
                Ok(Some(number)) => {
                    watch.step(1, 0);
                    let parents = self.nodes.get(number).map_or(&[][..], |node| &node.parents);
                    stack.extend(parents.iter().map(|&parent| (parent, Some(id))));
                }
                Ok(None) => lost.add(id, trouble::malformed("commit", id)),
                Err(error) => {
                    let trouble = Trouble {
                        partial,
                        error: &error,
                    };
                    let place = child.map_or(String::new(), |child| format!("parent of {child}"));
                    lost.add(id, trouble.issue("commit", id, &place));
                }
            }
        }
    }

    /// Reads one commit; `None` when it is malformed.
    pub(super) fn read(
        &mut self,
        read: &mut Read<'_>,
        id: Oid,
        shallow: &HashSet<Oid>,
    ) -> Result<Option<usize>, git2::Error> {
        if let Some(number) = self.number(id) {
            return Ok(Some(number));
        }
        let mut number = None;
        read(id, &mut |data| number = self.add(id, data, shallow))?;
        Ok(number)
    }

    fn add(&mut self, id: Oid, data: &[u8], shallow: &HashSet<Oid>) -> Option<usize> {
        let commit = object::commit(data)?;
        let parents = if shallow.contains(&id) {
            Vec::new()
        } else {
            commit.parents
        };
        let author = self.author(commit.stamp.author);
        let number = self.nodes.len();
        self.nodes.push(Node {
            id,
            tree: commit.tree,
            seconds: commit.stamp.seconds,
            parents: parents.into_boxed_slice(),
            offset_minutes: commit.stamp.offset_minutes,
            author,
        });
        // More commits than numbers do not fit into memory either.
        self.numbers
            .insert(id, u32::try_from(number).unwrap_or(u32::MAX));
        Some(number)
    }

    fn author(&mut self, author: &[u8]) -> u32 {
        if let Some(&number) = self.author_numbers.get(author) {
            return number;
        }
        let number = u32::try_from(self.authors.len()).unwrap_or(u32::MAX);
        self.authors.push(author.into());
        self.author_numbers.insert(author.into(), number);
        number
    }

    /// The commits from number `from` on, which are those of `oldest_first`, in an order in which most trees differ little from the
    /// one before: along the lines of first parents, newest first, each branch before the commit it began at.
    pub(super) fn along_lines(&self, from: usize, oldest_first: &[usize]) -> Vec<usize> {
        const NONE: u32 = u32::MAX;
        let mut children = Vec::new();
        let mut weights = vec![1_u32; self.nodes.len() - from];
        let mut stack = Vec::new();
        // Children come after their parents, so their weights are whole here.
        for &at in oldest_first.iter().rev() {
            let parents = self.nodes[at].parents.iter();
            let mut parents = parents.filter_map(|id| self.numbers.get(id));
            let parent = parents.next().map_or(NONE, |&parent| parent);
            if parent != NONE && parent as usize >= from {
                weights[parent as usize - from] += weights[at - from];
                children.push((parent, weights[at - from], at));
            } else {
                stack.push(at);
            }
        }
        children.sort_unstable();
        let mut order = Vec::with_capacity(oldest_first.len());
        while let Some(at) = stack.pop() {
            order.push(at);
            let start = children.partition_point(|child| (child.0 as usize) < at);
            let mine = children[start..].iter();
            let mine = mine.take_while(|child| child.0 as usize == at);
            // The heaviest is taken last.
            let before = stack.len();
            stack.extend(mine.map(|child| child.2));
            stack[before..].reverse();
        }
        order.reverse();
        order
    }

    /// The commits from number `from` on, parents first, else oldest first.
    pub(super) fn oldest_first(&self, from: usize) -> Vec<usize> {
        let mut waiting = vec![0_u32; self.nodes.len()];
        let mut children: Vec<(u32, u32)> = Vec::new();
        let mut ready = BinaryHeap::new();
        for (number, node) in self.nodes.iter().enumerate().skip(from) {
            let parents = node.parents.iter().filter_map(|id| self.numbers.get(id));
            for &parent in parents.filter(|&&parent| parent as usize >= from) {
                children.push((parent, u32::try_from(number).unwrap_or(u32::MAX)));
                waiting[number] += 1;
            }
            if waiting[number] == 0 {
                ready.push(Reverse((node.seconds, node.id, number)));
            }
        }
        children.sort_unstable();
        let mut order = Vec::with_capacity(self.nodes.len() - from);
        while let Some(Reverse((_, _, number))) = ready.pop() {
            order.push(number);
            let mine = children.partition_point(|&(parent, _)| (parent as usize) < number);
            let mine = children[mine..]
                .iter()
                .take_while(|&&(parent, _)| parent as usize == number);
            for &(_, child) in mine {
                let child = child as usize;
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    let node = &self.nodes[child];
                    ready.push(Reverse((node.seconds, node.id, child)));
                }
            }
        }
        order
    }
}

/// Commits that could not be read.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Their ids.
    pub(super) ids: HashSet<Oid>,
    /// Why.
    pub(super) issues: Vec<Issue>,
}

impl Lost {
    /// Notes one.
    pub(super) fn add(&mut self, id: Oid, issue: Issue) {
        if self.ids.insert(id) {
            self.issues.push(issue);
        }
    }
}
