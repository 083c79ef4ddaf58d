//! Walking trees: how each differs from the one seen last under the same path.
//!
//! Every tree is decoded once for each path it stands under, and then only the entries that differ from the tree seen
//! last under that path are looked at: a commit costs what it changed. A walk needs nothing from another one, so that several can be made
//! at the same time, each of some of the roots.

use std::collections::BTreeSet;
use std::rc::Rc;

use git2::{ObjectType, Odb, Oid};

use super::differences::{Differences, Standing};
use super::differing::{Difference, Differing, Tree};
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::inventory::{IdMap, Inventory, PairMap, PairSet, pair};
use super::object::{Entry, EntryKind};
use super::paths::{Paths, TOP};
use super::trouble::{self, Trouble};
use crate::finding::Issue;
use crate::source::Watch;

/// What a walk reads from.
pub(super) struct Store<'a, 'o, 'p> {
    pub(super) odb: &'a Odb<'o>,
    pub(super) objects: &'a mut Objects<'p>,
    pub(super) partial: bool,
    pub(super) inventory: &'a Inventory,
}

/// What one walk tells.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) paths: Paths,
    pub(super) differences: Differences,
    /// The visit of each root, of those that were walked.
    pub(super) roots: Vec<u32>,
    /// Symbolic links: pairs of target and path.
    pub(super) links: PairSet,
    /// Paths under which a submodule stood.
    pub(super) submodules: BTreeSet<u32>,
    /// Whether something leads to each object of the inventory.
    pub(super) known: Vec<bool>,
    /// Objects that are not in the inventory; they are numbered on from its end.
    pub(super) strangers: Vec<Oid>,
    pub(super) issues: Vec<Issue>,
    /// That there were too many paths.
    pub(super) full: Option<Issue>,
}

/// A tree under a path that is still to be visited.
#[derive(Clone, Copy)]
struct Waiting {
    number: u32,
    folder: u32,
    visit: u32,
}

struct Walk<'w, 'a, 'o, 'p> {
    store: &'w mut Store<'a, 'o, 'p>,
    walked: Walked,
    /// The visit of each pair of tree and path.
    met: PairMap<u32>,
    strangers: IdMap<u32>,
    /// The tree seen last under each path.
    last: Vec<Option<Tree>>,
    waiting: Vec<Waiting>,
}

/// Walks the trees `roots`, one after the other, until the scan is stopped.
pub(super) fn walk(
    store: &mut Store<'_, '_, '_>,
    roots: impl Iterator<Item = Oid>,
    watch: &Watch,
) -> Walked {
    let known = vec![false; store.inventory.len() as usize];
    let mut walk = Walk {
        store,
        walked: Walked {
            known,
            ..Walked::default()
        },
        met: PairMap::default(),
        strangers: IdMap::default(),
        last: Vec::new(),
        waiting: Vec::new(),
    };
    for root in roots {
        if watch.stopped() {
            break;
        }
        watch.step(1, 0);
        walk.root(root);
    }
    walk.walked
}

impl Walk<'_, '_, '_, '_> {
    fn root(&mut self, id: Oid) {
        let number = self.number(id.as_bytes());
        let visit = self.meet(number, TOP);
        self.walked.roots.push(visit);
        // The visits of a folder are made in the order of their numbers.
        let mut at = 0;
        while let Some(&next) = self.waiting.get(at) {
            at += 1;
            self.visit(next);
        }
        self.waiting.clear();
    }

    fn number(&mut self, id: &[u8]) -> u32 {
        if let Some(number) = self.store.inventory.lookup(id) {
            return number;
        }
        let id = Oid::from_bytes(id).unwrap_or(Oid::ZERO_SHA1);
        let next = self.walked.known.len() + self.walked.strangers.len();
        let strangers = &mut self.walked.strangers;
        *self.strangers.entry(id).or_insert_with(|| {
            strangers.push(id);
            // More objects than numbers do not fit into memory either.
            u32::try_from(next).unwrap_or(u32::MAX)
        })
    }

    fn id(&self, number: u32) -> Oid {
        let stranger = (number as usize).checked_sub(self.walked.known.len());
        let stranger = stranger.and_then(|at| self.walked.strangers.get(at));
        stranger.map_or_else(|| self.store.inventory.id(number), |&id| id)
    }

    fn know(&mut self, number: u32) {
        if let Some(known) = self.walked.known.get_mut(number as usize) {
            *known = true;
        }
    }

    /// The visit of a tree under a path, which is made if it is news.
    fn meet(&mut self, number: u32, folder: u32) -> u32 {
        let (differences, waiting) = (&mut self.walked.differences, &mut self.waiting);
        *(self.met.entry(pair(number, folder))).or_insert_with(|| {
            let visit = differences.begin(folder);
            waiting.push(Waiting {
                number,
                folder,
                visit,
            });
            visit
        })
    }

    fn tree(&mut self, number: u32) -> Result<Rc<Vec<u8>>, git2::Error> {
        if let Some(tree) = self.store.objects.get(number, Kind::Tree) {
            return Ok(tree);
        }
        let tree = trouble::read(self.store.odb, self.id(number), ObjectType::Tree)?;
        Ok(Rc::new(tree.data().to_vec()))
    }

    fn visit(&mut self, waiting: Waiting) {
        let Waiting {
            number,
            folder,
            visit,
        } = waiting;
        self.know(number);
        let object = match self.tree(number) {
            Ok(object) => object,
            Err(error) => {
                let path = String::from_utf8_lossy(self.walked.paths.name(folder));
                let trouble = Trouble {
                    partial: self.store.partial,
                    error: &error,
                };
                let issue = trouble.issue("tree", self.id(number), &path);
                self.walked.issues.push(issue);
                // Nothing is known to stand there.
                Rc::default()
            }
        };
        let at = folder as usize;
        if self.last.len() <= at {
            self.last.resize_with(at + 1, || None);
        }
        let last = self.last[at].take().unwrap_or_else(Tree::nothing);
        let mut differing = Differing::new(&last, &object, self.store.inventory.width());
        for difference in differing.by_ref() {
            match difference {
                Difference::There(entry) => self.there(folder, visit, &entry),
                Difference::Gone(name) => {
                    if let Some(path) = self.walked.paths.find(folder, name) {
                        let nothing = Standing::NOTHING;
                        self.walked.differences.change(visit, path, nothing);
                    }
                }
            }
        }
        if differing.broken() {
            let issue = trouble::malformed("tree", self.id(number));
            self.walked.issues.push(issue);
        }
        let places = differing.into_places();
        self.last[at] = Some(Tree::from((object, places)));
    }

    fn there(&mut self, folder: u32, visit: u32, entry: &Entry<'_>) {
        let Some(path) = self.walked.paths.under(folder, entry.name) else {
            return self.too_many(folder, entry.name);
        };
        let standing = match entry.kind {
            EntryKind::Submodule => {
                self.walked.submodules.insert(path);
                Standing::NOTHING
            }
            EntryKind::Tree => {
                let number = self.number(entry.id);
                Standing::tree(self.meet(number, path))
            }
            kind @ (EntryKind::File | EntryKind::Link) => {
                let number = self.number(entry.id);
                self.know(number);
                let link = kind == EntryKind::Link;
                if link {
                    self.walked.links.insert(pair(number, path));
                }
                match Standing::blob(number, link) {
                    Some(standing) => standing,
                    None => return self.too_many(folder, entry.name),
                }
            }
        };
        self.walked.differences.change(visit, path, standing);
    }

    fn too_many(&mut self, folder: u32, name: &[u8]) {
        if self.walked.full.is_none() {
            let above = self.walked.paths.name(folder);
            let slash = if above.is_empty() { &b""[..] } else { b"/" };
            let path = [above, slash, name].concat();
            self.walked.full = Some(Issue::new(
                String::from_utf8_lossy(&path[..path.len().min(80)]),
                "the history holds more or longer paths than leakey follows; what lies under further ones was not looked at by path",
            ));
        }
    }
}
