//! What there is in a repository: refs and what they lead to, reflogs, the index, and what nothing leads to.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use git2::{ObjectType, Oid};

use super::attribution::{Attribution, NOBODY, Root};
use super::beforehand::{self, Beforehand};
use super::graph::{Graph, Lost};
use super::history::commits::Batch;
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::history::packs::Packs;
use super::inventory::Inventory;
use super::met::Met;
use super::object;
use super::open::Repo;
use super::pump::Crew;
use super::refs::{Head, Reflog};
use super::trees::{Store, Walked, walk};
use super::trouble::{self, Trouble};
use crate::finding::Issue;
use crate::source::{Phase, SourceError, Watch};

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
    /// The commits that refs lead to.
    pub(super) tips: BTreeSet<usize>,
    /// Files sorted by blob.
    pub(super) files: Attribution,
    pub(super) tags: Vec<Tag>,
    /// Blobs that no tree names, with whether a ref leads to them.
    pub(super) bare: Vec<(u32, bool)>,
    pub(super) issues: Vec<Issue>,
}

/// The least number of commits whose trees are walked on a thread of their own: each costs a look at a whole tree.
const LEAST: usize = 500;

/// What is being found out about a repository.
pub(super) struct Survey<'r> {
    pub(super) repo: &'r Repo,
    pub(super) odb: &'r git2::Odb<'r>,
    pub(super) objects: Objects<'r>,
    packs: &'r Packs,
    /// Once it is to stop, whatever is found is all there is.
    pub(super) watch: Arc<Watch>,
    partial: bool,
    shallow: HashSet<Oid>,
    lost: Lost,
    crew: Crew<'r>,
    /// Commits that were read beforehand.
    ready: Beforehand,
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
        (repo, odb): (&'r Repo, &'r git2::Odb<'r>),
        (inventory, packs, issues): (Inventory, &'r Packs, Vec<Issue>),
        shallow: HashSet<Oid>,
        watch: Arc<Watch>,
        crew: Crew<'r>,
    ) -> Self {
        let head = match repo.head() {
            Head::At(id) => Some(id),
            Head::Unborn | Head::Broken => None,
        };
        Self {
            repo,
            odb,
            objects: Objects::new(packs),
            packs,
            watch,
            partial: repo.partial(),
            shallow,
            lost: Lost::default(),
            crew,
            ready: Beforehand::default(),
            found: Found {
                inventory,
                graph: Graph::default(),
                reachable: 0,
                head,
                tips: BTreeSet::new(),
                files: Attribution::default(),
                tags: Vec::new(),
                bare: Vec::new(),
                issues,
            },
        }
    }

    /// Takes over commits that were read beforehand.
    pub(super) fn prepare(&mut self, batches: Vec<Batch>) {
        let counts = batches.iter().map(|batch| batch.commits.len());
        self.found.graph.reserve(counts.sum());
        for batch in batches {
            let authors = batch.authors.all().iter();
            let known = &mut self.found.graph.authors;
            let authors: Vec<u32> = authors.map(|author| known.number(author)).collect();
            let mut commits = batch.commits;
            for (_, ready) in &mut commits {
                let author = authors.get(ready.author as usize);
                ready.author = author.copied().unwrap_or(u32::MAX);
            }
            self.ready.keep(commits);
        }
    }

    /// Follows every ref, records the files of all commits they lead to, and marks what the tips still hold.
    pub(super) fn refs(&mut self) -> Result<(), SourceError> {
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
        self.ready.settle();
        self.found.tips = tips;
        self.record_commits(0)?;
        self.record_trees(roots.into_iter().collect(), true)
    }

    fn mark_head(&mut self) {
        let Found {
            files,
            inventory,
            graph,
            head,
            ..
        } = &mut self.found;
        let head = head.and_then(|id| graph.get(graph.number(id)?));
        let Some(root) = head.and_then(|node| inventory.find(node.tree)) else {
            return;
        };
        let (odb, objects, inventory) = (self.odb, &mut self.objects, &*inventory);
        files.mark_head(root, inventory, |tree| {
            objects.get(tree, Kind::Tree).or_else(|| {
                let tree = trouble::read(odb, inventory.id(tree), ObjectType::Tree).ok()?;
                Some(Rc::new(tree.data().to_vec()))
            })
        });
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
    pub(super) fn finish(mut self) -> Found {
        self.found.files.settle();
        self.mark_head();
        let mut found = self.found;
        found.files.paths.settle();
        found.issues.extend(self.lost.issues);
        found.issues.append(&mut found.files.issues);
        found.issues.sort();
        found.issues.dedup();
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
        let Self {
            found: Found {
                inventory, graph, ..
            },
            objects,
            odb,
            ready,
            ..
        } = self;
        let mut source = beforehand::Source {
            ready,
            inventory,
            objects,
            odb,
            slow: Vec::new(),
        };
        let (watch, lost) = (&self.watch, &mut self.lost);
        let (partial, shallow) = (self.partial, &self.shallow);
        graph.load(&mut source, partial, root, shallow, lost, watch);
        graph.link();
        let mut slow = source.slow;
        slow.retain(|&id| graph.number(id).is_some());
        for id in slow {
            let number = inventory.number(id);
            inventory.know(number);
        }
    }

    /// Walks the trees of the commits from number `from` on.
    pub(super) fn record_commits(&mut self, from: usize) -> Result<(), SourceError> {
        let graph = &self.found.graph;
        let reachable = from < self.found.reachable;
        let oldest_first = graph.oldest_first(from);
        let start = self.found.files.roots.len();
        let mut places = vec![0; graph.len() - from];
        let mut roots = Vec::with_capacity(oldest_first.len());
        for (&at, place) in oldest_first.iter().zip(start..) {
            places[at - from] = place;
            // More commits than numbers do not fit into memory either.
            let commit = u32::try_from(at).unwrap_or(NOBODY);
            roots.push(Root::new(commit, reachable));
        }
        let mut order = Vec::with_capacity(oldest_first.len());
        for at in graph.along_lines(from, &oldest_first) {
            if let (Some(node), Ok(rank)) = (graph.get(at), u32::try_from(places[at - from])) {
                order.push((node.tree, rank));
            }
        }
        self.found.files.roots.extend(roots);
        self.watch.enter(Phase::Trees, order.len() as u64);
        self.record(&order)
    }

    /// Walks trees that no commit names.
    pub(super) fn record_trees(
        &mut self,
        trees: Vec<Oid>,
        reachable: bool,
    ) -> Result<(), SourceError> {
        let roots = &mut self.found.files.roots;
        let ranks = roots.len()..;
        roots.extend(trees.iter().map(|_| Root::new(NOBODY, reachable)));
        let order = trees.into_iter().zip(ranks);
        let order = order.filter_map(|(tree, rank)| Some((tree, u32::try_from(rank).ok()?)));
        let order: Vec<_> = order.collect();
        self.record(&order)
    }

    /// Walks trees in this order, which are the roots of these ranks: a part of it on each thread. More
    /// parts would share the work better, and cost more of it than they save.
    fn record(&mut self, order: &[(Oid, u32)]) -> Result<(), SourceError> {
        if order.is_empty() {
            return Ok(());
        }
        let (inventory, partial) = (&self.found.inventory, self.partial);
        let (packs, watch) = (self.packs, &*self.watch);
        let parts = self.crew.threads.min(order.len() / LEAST).max(1);
        let parts: Vec<_> = order.chunks(order.len().div_ceil(parts)).collect();
        let work =
            |odb: &git2::Odb<'_>, (objects, met): (&mut Objects<'_>, &mut Met), part: &[_]| {
                let mut store = Store {
                    odb,
                    objects,
                    partial,
                    inventory,
                    met,
                };
                walk(&mut store, part, watch)
            };
        let walked: Vec<Walked> = if parts.len() == 1 {
            let tools = (&mut self.objects, &mut Met::default());
            vec![work(self.odb, tools, order)]
        } else {
            let place = self.crew.place;
            let tools = || Ok((place.open()?, Objects::new(packs), Met::default()));
            let work = |tools: &mut (Repo, Objects<'_>, Met), part: &&[(Oid, u32)]| {
                let odb = tools.0.git.odb();
                let odb = odb.map_err(|error| place.error("open the object store", &error))?;
                Ok(work(&odb, (&mut tools.1, &mut tools.2), part))
            };
            self.crew.each(&parts, tools, work)?
        };
        for (walked, part) in walked.into_iter().zip(parts) {
            let ranks: Vec<u32> = part.iter().map(|root| root.1).collect();
            let Found {
                files, inventory, ..
            } = &mut self.found;
            files.absorb(walked, &ranks, inventory);
        }
        Ok(())
    }

    pub(super) fn trouble(&mut self, kind: &str, id: Oid, error: &git2::Error, place: &str) {
        let trouble = Trouble {
            partial: self.partial,
            error,
        };
        self.found.issues.push(trouble.issue(kind, id, place));
    }
}
