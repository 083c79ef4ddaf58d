//! What there is in a repository: refs and what they lead to, reflogs, the index, and what nothing leads to.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use git2::{ObjectType, Oid};

use super::attribution::{Attribution, NOBODY, Place, Seen, Store};
use super::graph::{Graph, Lost};
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::history::packs::Packs;
use super::inventory::Inventory;
use super::object;
use super::open::Repo;
use super::refs::{Head, Reflog};
use super::trouble::{self, Trouble};
use crate::finding::Issue;
use crate::source::{Phase, Watch};

/// An annotated tag.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) id: Oid,
    /// Number of the commit it leads to.
    pub(super) commit: Option<usize>,
    pub(super) reachable: bool,
}

/// The outcome of a survey.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) inventory: Inventory,
    pub(super) graph: Graph,
    /// Commits below this number are reachable from a ref.
    pub(super) reachable: usize,
    /// What is checked out.
    pub(super) head: Option<Oid>,
    /// What refs lead to.
    pub(super) tips: Tips,
    /// Files sorted by blob.
    pub(super) files: Attribution,
    pub(super) tags: Vec<Tag>,
    /// Blobs that no tree names, with whether a ref leads to them.
    pub(super) bare: Vec<(u32, bool)>,
    pub(super) issues: Vec<Issue>,
}

/// What refs lead to.
#[derive(Debug, Default)]
pub(super) struct Tips {
    /// Numbers of commits.
    pub(super) commits: BTreeSet<usize>,
    pub(super) trees: BTreeSet<Oid>,
}

/// What is being found out about a repository.
pub(super) struct Survey<'r> {
    pub(super) repo: &'r Repo,
    pub(super) odb: &'r git2::Odb<'r>,
    pub(super) objects: Objects<'r>,
    /// Once it is to stop, whatever is found is all there is.
    pub(super) watch: Arc<Watch>,
    partial: bool,
    shallow: HashSet<Oid>,
    lost: Lost,
    seen: Seen,
    pub(super) found: Found,
}

/// What a ref leads to.
pub(super) enum Target {
    Commit(usize),
    Tree(Oid),
}

impl<'r> Survey<'r> {
    /// A survey of what `inventory` lists, of which `packs` hold much.
    pub(super) fn new(
        repo: &'r Repo,
        odb: &'r git2::Odb<'r>,
        (inventory, packs, issues): (Inventory, &'r Packs, Vec<Issue>),
        shallow: HashSet<Oid>,
        watch: Arc<Watch>,
    ) -> Self {
        let head = match repo.head() {
            Head::At(id) => Some(id),
            Head::Unborn | Head::Broken => None,
        };
        Self {
            repo,
            odb,
            objects: Objects::new(packs),
            watch,
            partial: repo.partial(),
            shallow,
            lost: Lost::default(),
            seen: Seen::keeping(),
            found: Found {
                inventory,
                graph: Graph::default(),
                reachable: 0,
                head,
                tips: Tips::default(),
                files: Attribution::default(),
                tags: Vec::new(),
                bare: Vec::new(),
                issues,
            },
        }
    }

    /// Follows every ref, records the files of all commits they lead to, and marks what the tips still hold.
    pub(super) fn refs(&mut self) {
        let refs = self.repo.refs().all();
        self.found.issues.extend(refs.issues);
        let (mut tips, mut roots) = (BTreeSet::new(), BTreeSet::new());
        for (name, &id) in &refs.named {
            match self.follow(id, true, name) {
                Some(Target::Commit(number)) => drop(tips.insert(number)),
                Some(Target::Tree(id)) => drop(roots.insert(id)),
                None => {}
            }
        }
        self.found.reachable = self.found.graph.len();
        self.record_commits(0);
        for &root in &roots {
            self.record_tree(root, true);
        }
        self.found.tips = Tips {
            commits: tips,
            trees: roots,
        };
        self.mark_head();
    }

    fn mark_head(&mut self) {
        let head = self.found.head.and_then(|id| self.found.graph.number(id));
        let head = head
            .and_then(|at| self.found.graph.get(at))
            .map(|node| node.tree);
        if let Some(tree) = head {
            let (files, mut store) = self.store();
            files.mark(&mut store, tree, |place| place.in_head = true);
        }
    }

    /// The reflogs, after following the ids in them.
    pub(super) fn reflogs(&mut self) -> Vec<Reflog> {
        let (logs, issues) = self.repo.refs().reflogs();
        self.found.issues.extend(issues);
        for log in &logs {
            let name = format!("reflog of {}", log.name);
            for &id in &log.ids {
                self.follow(id, false, &name);
            }
        }
        logs
    }

    /// Puts everything in a fixed order.
    pub(super) fn finish(self) -> Found {
        let mut found = self.found;
        found.issues.extend(self.lost.issues);
        found.issues.append(&mut found.files.issues);
        found.issues.sort();
        found.issues.dedup();
        found.files.settle();
        found.files.differences = self.seen.differences();
        found
    }

    /// What `id` leads to, through any number of tags; loads commits and notes tags and blobs on the way.
    pub(super) fn follow(&mut self, mut id: Oid, reachable: bool, name: &str) -> Option<Target> {
        let mut tags = Vec::new();
        let target = loop {
            if let Some(number) = self.found.graph.number(id) {
                break Some(Target::Commit(number));
            }
            if self.lost.ids.contains(&id) {
                break None;
            }
            let number = self.found.inventory.find(id);
            match number.and_then(|number| self.objects.kind(number)) {
                Some(Kind::Commit) => {
                    self.load(id);
                    break self.found.graph.number(id).map(Target::Commit);
                }
                Some(Kind::Tree) => break Some(Target::Tree(id)),
                _ => {}
            }
            let object = match self.odb.read(id) {
                Ok(object) => object,
                Err(error) => {
                    // What a ref names is a commit more often than not.
                    let trouble = Trouble {
                        partial: self.partial,
                        error: &error,
                    };
                    let issue = trouble.issue("commit", id, name);
                    self.lost.add(id, issue);
                    break None;
                }
            };
            let number = self.found.inventory.number(id);
            match object.kind() {
                ObjectType::Tag => {
                    let Some(tag) = object::tag(object.data()) else {
                        self.lost.add(id, trouble::malformed("tag", id));
                        break None;
                    };
                    if self.found.inventory.know(number) {
                        tags.push(id);
                    }
                    id = tag.target;
                }
                ObjectType::Tree => break Some(Target::Tree(id)),
                ObjectType::Commit => {
                    drop(object);
                    self.load(id);
                    break self.found.graph.number(id).map(Target::Commit);
                }
                _ => {
                    if self.found.inventory.know(number) {
                        self.found.bare.push((number, reachable));
                    }
                    break None;
                }
            }
        };
        let commit = match &target {
            Some(Target::Commit(number)) => Some(*number),
            _ => None,
        };
        self.found.tags.extend(tags.into_iter().map(|id| Tag {
            id,
            commit,
            reachable,
        }));
        target
    }

    fn load(&mut self, root: Oid) {
        let from = self.found.graph.len();
        let Self {
            found: Found {
                inventory, graph, ..
            },
            objects,
            odb,
            ..
        } = self;
        let mut read = |id: Oid, sink: &mut dyn FnMut(&[u8])| {
            let number = inventory.find(id);
            match number.and_then(|number| objects.get(number, Kind::Commit)) {
                Some(bytes) => sink(&bytes),
                None => sink(trouble::read(odb, id, ObjectType::Commit)?.data()),
            }
            Ok(())
        };
        let (watch, lost) = (&self.watch, &mut self.lost);
        graph.load(&mut read, self.partial, root, &self.shallow, lost, watch);
        for node in graph.nodes().iter().skip(from) {
            let number = self.found.inventory.number(node.id);
            self.found.inventory.know(number);
        }
    }

    pub(super) fn record_commits(&mut self, from: usize) {
        let place = Place {
            reachable: from < self.found.reachable,
            ..Place::default()
        };
        let order = self.found.graph.oldest_first(from);
        let trees: Vec<_> = (order.into_iter())
            .filter_map(|at| Some((self.found.graph.get(at)?.tree, u32::try_from(at).ok()?)))
            .collect();
        let mut seen = std::mem::take(&mut self.seen);
        let watch = Arc::clone(&self.watch);
        watch.enter(Phase::Trees, trees.len() as u64);
        let (files, mut store) = self.store();
        for (tree, commit) in trees {
            if watch.stopped() {
                break;
            }
            watch.step(1, 0);
            files.record(&mut store, &mut seen, tree, commit, place);
        }
        self.seen = seen;
    }

    pub(super) fn record_tree(&mut self, root: Oid, reachable: bool) {
        let place = Place {
            reachable,
            ..Place::default()
        };
        let mut seen = std::mem::take(&mut self.seen);
        let (files, mut store) = self.store();
        files.record(&mut store, &mut seen, root, NOBODY, place);
        self.seen = seen;
    }

    fn store(&mut self) -> (&mut Attribution, Store<'_, 'r>) {
        let store = Store {
            odb: self.odb,
            objects: &mut self.objects,
            partial: self.partial,
            inventory: &mut self.found.inventory,
        };
        (&mut self.found.files, store)
    }

    pub(super) fn trouble(&mut self, kind: &str, id: Oid, error: &git2::Error, place: &str) {
        let trouble = Trouble {
            partial: self.partial,
            error,
        };
        self.found.issues.push(trouble.issue(kind, id, place));
    }
}
