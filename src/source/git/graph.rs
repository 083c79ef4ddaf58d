//! The commits: who came from whom.

use std::collections::HashSet;

use git2::Oid;

use super::authors::Authors;
use super::idtable::{IdTable, NONE};
use super::object::{self, Commit, Stamp};
use super::parents::Parents;
use super::trouble::{self, Trouble};
use crate::finding::{CommitInfo, Issue};
use crate::source::Watch;

/// Where commits are read from.
pub(super) trait Read {
    /// What was read beforehand of the commit with that number in the inventory, once.
    fn known(&mut self, number: u32) -> Option<Ready> {
        let _ = number;
        None
    }
    /// Reads a commit and shows its bytes, or gives what was read of it before.
    fn read(&mut self, id: Oid, sink: &mut dyn FnMut(&[u8])) -> Result<Option<Ready>, git2::Error>;
}

impl<F> Read for F
where
    F: FnMut(Oid, &mut dyn FnMut(&[u8])) -> Result<Option<Ready>, git2::Error>,
{
    fn read(&mut self, id: Oid, sink: &mut dyn FnMut(&[u8])) -> Result<Option<Ready>, git2::Error> {
        self(id, sink)
    }
}

/// A commit that was read.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) tree: Oid,
    pub(super) parents: Parents,
    pub(super) seconds: i64,
    pub(super) offset_minutes: i32,
    /// The number of its author.
    pub(super) author: u32,
    /// Bytes of its message, where that was looked at and nothing in it is of interest.
    pub(super) dull: Option<u32>,
    /// The numbers in the inventory of its first two parents, or [`NONE`] where that was not looked up.
    pub(super) near: [u32; 2],
}

/// Commits with what a report tells of them, kept small: there may be a million.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    /// Their ids.
    ids: IdTable,
    pub(super) authors: Authors,
    /// The numbers of the parents of all commits, as far as they are linked, and where those of each end.
    links: Vec<u32>,
    ends: Vec<usize>,
}

/// A commit.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) tree: Oid,
    pub(super) seconds: i64,
    /// Those whose changes are not repeated here; none at the edge of a shallow clone.
    pub(super) parents: Parents,
    offset_minutes: i32,
    author: u32,
    /// Bytes of its message, where that was looked at and nothing in it is of interest.
    pub(super) dull: Option<u32>,
}

impl Ready {
    /// What a commit says; `author` gives the numbers of authors.
    pub(super) fn new(commit: Commit<'_>, author: &mut dyn FnMut(&[u8]) -> u32) -> Self {
        Self {
            tree: commit.tree,
            parents: commit.parents,
            seconds: commit.stamp.seconds,
            offset_minutes: commit.stamp.offset_minutes,
            author: author(commit.stamp.author),
            dull: None,
            near: [NONE; 2],
        }
    }

    /// Moves it out of where it was kept.
    pub(super) fn take(&mut self) -> Self {
        let parents = std::mem::take(&mut self.parents);
        Self { parents, ..*self }
    }
}

impl Graph {
    /// Takes memory for so many more commits.
    pub(super) fn reserve(&mut self, count: usize) {
        self.nodes.reserve_exact(count);
        self.ids.reserve(count);
    }

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

    /// The id of the commit with that number.
    pub(super) fn id(&self, number: usize) -> Oid {
        let id = u32::try_from(number).map(|number| self.ids.get(number));
        let id = id.ok().and_then(|id| Oid::from_bytes(id).ok());
        id.unwrap_or(Oid::ZERO_SHA1)
    }

    /// The number of a commit that was read.
    pub(super) fn number(&self, id: Oid) -> Option<usize> {
        self.ids.find(id.as_bytes()).map(|number| number as usize)
    }

    /// What reports tell of a commit.
    pub(super) fn info(&self, number: usize) -> Option<CommitInfo> {
        let node = self.nodes.get(number)?;
        let stamp = Stamp {
            author: self.authors.name(node.author),
            seconds: node.seconds,
            offset_minutes: node.offset_minutes,
        };
        Some(stamp.info(self.id(number)))
    }

    /// Reads the commits that `root` leads to. What is missing or damaged becomes an issue, once.
    pub(super) fn load(
        &mut self,
        source: &mut dyn Read,
        partial: bool,
        root: Oid,
        shallow: &HashSet<Oid>,
        lost: &mut Lost,
        watch: &Watch,
    ) {
        let mut stack = vec![(root, None, NONE)];
        while let Some((id, child, near)) = stack.pop().filter(|_| !watch.stopped()) {
            // What was not taken yet was not met either: it need not be looked for.
            let known = Some(near).filter(|&near| near != NONE);
            let known = known.and_then(|near| source.known(near));
            if known.is_none() && (self.number(id).is_some() || lost.ids.contains(&id)) {
                continue;
            }
            let ready = match known {
                Some(known) => Ok(Some(known)),
                None => self.ready(source, id),
            };
            match ready {
                Ok(Some(ready)) => {
                    watch.step(1, 0);
                    let near = ready.near.into_iter().chain(std::iter::repeat(NONE));
                    let number = self.add(id, ready, shallow);
                    let parents = self.nodes.get(number).map_or(&[][..], |node| &node.parents);
                    let parents = parents.iter().zip(near);
                    stack.extend(parents.map(|(&parent, near)| (parent, Some(id), near)));
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
        source: &mut dyn Read,
        id: Oid,
        shallow: &HashSet<Oid>,
    ) -> Result<Option<usize>, git2::Error> {
        if let Some(number) = self.number(id) {
            return Ok(Some(number));
        }
        let ready = self.ready(source, id)?;
        Ok(ready.map(|commit| self.add(id, commit, shallow)))
    }

    fn ready(&mut self, source: &mut dyn Read, id: Oid) -> Result<Option<Ready>, git2::Error> {
        let mut shown = None;
        let ready = source.read(id, &mut |data| {
            let commit = object::commit(data);
            shown =
                commit.map(|commit| Ready::new(commit, &mut |author| self.authors.number(author)));
        })?;
        Ok(ready.or(shown))
    }

    fn add(&mut self, id: Oid, commit: Ready, shallow: &HashSet<Oid>) -> usize {
        let parents = if shallow.contains(&id) {
            Parents::default()
        } else {
            commit.parents
        };
        let number = self.nodes.len();
        self.nodes.push(Node {
            tree: commit.tree,
            seconds: commit.seconds,
            parents,
            offset_minutes: commit.offset_minutes,
            author: commit.author,
            dull: commit.dull,
        });
        self.ids.enter(id.as_bytes());
        number
    }

    /// Looks up the parents of the commits read since the last time.
    pub(super) fn link(&mut self) {
        let nodes = self.nodes.get(self.ends.len()..).unwrap_or_default();
        let mut numbers = Vec::new();
        let parents = nodes.iter().flat_map(|node| node.parents.iter());
        (self.ids).find_all(parents.map(Oid::as_bytes), &mut numbers);
        let mut numbers = numbers.into_iter();
        for node in nodes {
            let parents = numbers.by_ref().take(node.parents.len());
            self.links.extend(parents.filter(|&parent| parent != NONE));
            self.ends.push(self.links.len());
        }
    }

    /// The numbers of the parents of a commit that was linked, of those that could be read.
    pub(super) fn parents(&self, number: usize) -> &[u32] {
        let before = number.checked_sub(1);
        let from = before.map_or(Some(&0), |before| self.ends.get(before));
        let range = from.zip(self.ends.get(number));
        range
            .and_then(|(&from, &to)| self.links.get(from..to))
            .unwrap_or_default()
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
