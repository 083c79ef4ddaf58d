//! Walking trees: how each differs from the one seen last under the same path.
//!
//! Every tree is decoded once for each path it stands under, and then only the entries that differ from the tree seen
//! last under that path are looked at: a commit costs what it changed. A walk needs nothing from another one, so that several can be made
//! at the same time, each of some of the roots.
//!
//! Many roots are walked together, folder by folder: what is needed for one tree is still at hand for the next one of the same folder, and
//! ids are looked up many at a time.

use std::collections::BTreeSet;
use std::rc::Rc;

use git2::{ObjectType, Odb, Oid};

use super::differences::{Differences, Standing};
use super::differing::{Difference, Differing, Start, Tree};
use super::history::entry::Kind;
use super::history::objects::Objects;
use super::idtable::NONE;
use super::inventory::{IdMap, Inventory, PairSet, pair};
use super::met::Met;
use super::object::{Entry, EntryKind};
use super::paths::{Paths, TOP};
use super::trouble::{self, Trouble};
use crate::finding::Issue;
use crate::source::Watch;

/// Roots that are walked together.
const TOGETHER: usize = 4096;
/// Trees that are looked at before the first of them is read.
const TOUCHED: usize = 16;
/// Entries whose ids are looked up together, or some more.
const LOOKED_UP: usize = 256;

/// What a walk reads from.
pub(super) struct Store<'a, 'o, 'p> {
    pub(super) odb: &'a Odb<'o>,
    pub(super) objects: &'a mut Objects<'p>,
    pub(super) partial: bool,
    pub(super) inventory: &'a Inventory,
    /// Space used again from walk to walk.
    pub(super) met: &'a mut Met,
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

/// An entry that differs, while the number of what stands there is still to be found.
#[derive(Clone, Copy)]
struct Differs {
    visit: u32,
    path: u32,
    /// `None` where nothing stands any more. Only links, files and trees have an id.
    kind: Option<EntryKind>,
}

struct Walk<'w, 'a, 'o, 'p> {
    store: &'w mut Store<'a, 'o, 'p>,
    walked: Walked,
    strangers: IdMap<u32>,
    /// The tree seen last under each path.
    last: Vec<Option<Tree>>,
    /// The trees that are still to be visited, by folder: their numbers and the visits, in the order of these.
    waiting: Vec<Vec<(u32, u32)>>,
    /// The folders of these.
    next: Vec<u32>,
    differs: Vec<Differs>,
    /// The ids of those that have one, one after the other.
    ids: Vec<u8>,
    /// Space used again.
    numbers: Vec<u32>,
    starts: Vec<Start>,
}

/// Walks the trees `roots` until the scan is stopped.
pub(super) fn walk(store: &mut Store<'_, '_, '_>, roots: &[(Oid, u32)], watch: &Watch) -> Walked {
    let count = store.inventory.len() as usize;
    store.met.clear(count);
    let mut walk = Walk {
        store,
        walked: Walked {
            known: vec![false; count],
            ..Walked::default()
        },
        strangers: IdMap::default(),
        last: Vec::new(),
        waiting: Vec::new(),
        next: Vec::new(),
        differs: Vec::new(),
        ids: Vec::new(),
        numbers: Vec::new(),
        starts: Vec::new(),
    };
    for roots in roots.chunks(TOGETHER) {
        walk.roots(roots, watch);
        if watch.stopped() {
            break;
        }
        watch.step(roots.len() as u64, 0);
    }
    walk.walked
}

impl Walk<'_, '_, '_, '_> {
    fn roots(&mut self, roots: &[(Oid, u32)], watch: &Watch) {
        let each = || roots.iter().map(|(id, _)| id.as_bytes());
        let mut numbers = std::mem::take(&mut self.numbers);
        self.store.inventory.lookup_all(each(), &mut numbers);
        for (&number, id) in numbers.iter().zip(each()) {
            let number = match number {
                NONE => self.stranger(id),
                number => number,
            };
            let visit = self.meet(number, TOP);
            self.walked.roots.push(visit);
        }
        self.numbers = numbers;
        while !self.next.is_empty() {
            let mut level = std::mem::take(&mut self.next);
            level.sort_unstable();
            for folder in level {
                if watch.stopped() {
                    return;
                }
                let mut visits = match self.waiting.get_mut(folder as usize) {
                    Some(waiting) => std::mem::take(waiting),
                    None => continue,
                };
                for (&(number, visit), at) in visits.iter().zip(0..) {
                    if at % TOUCHED == 0 {
                        let next = visits.iter().skip(at).take(TOUCHED);
                        self.store.objects.touch(next.map(|next| next.0));
                    }
                    self.visit(number, folder, visit);
                    if self.differs.len() >= LOOKED_UP {
                        self.settle();
                    }
                }
                self.settle();
                visits.clear();
                self.waiting[folder as usize] = visits;
            }
        }
    }

    /// The number of an object that is not in the inventory.
    fn stranger(&mut self, id: &[u8]) -> u32 {
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
        let differences = &mut self.walked.differences;
        let (waiting, next) = (&mut self.waiting, &mut self.next);
        self.store.met.visit(number, folder, || {
            let (visit, at) = (differences.begin(folder), folder as usize);
            if waiting.len() <= at {
                waiting.resize_with(at + 1, Vec::new);
            }
            if waiting[at].is_empty() {
                next.push(folder);
            }
            waiting[at].push((number, visit));
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

    fn visit(&mut self, number: u32, folder: u32, visit: u32) {
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
        let (width, starts) = (
            self.store.inventory.width(),
            std::mem::take(&mut self.starts),
        );
        let mut differing = Differing::new(&last, &object, width, starts);
        while let Some(difference) = differing.next() {
            match difference {
                Difference::There(entry, path) => {
                    let path = path.or_else(|| self.walked.paths.under(folder, entry.name));
                    match path {
                        Some(path) => {
                            differing.note(path);
                            self.there(visit, path, &entry);
                        }
                        None => self.too_many(folder, entry.name),
                    }
                }
                Difference::Gone(name, path) => {
                    let path = path.or_else(|| self.walked.paths.find(folder, name));
                    let gone = path.map(|path| Differs {
                        visit,
                        path,
                        kind: None,
                    });
                    self.differs.extend(gone);
                }
            }
        }
        if differing.broken() {
            let issue = trouble::malformed("tree", self.id(number));
            self.walked.issues.push(issue);
        }
        let starts = differing.into_starts();
        let unused;
        (unused, self.starts) = last.into_parts();
        self.store.objects.give_back(unused);
        self.last[at] = Some(Tree::new(object, starts));
    }

    fn there(&mut self, visit: u32, path: u32, entry: &Entry<'_>) {
        let kind = Some(entry.kind);
        if entry.kind == EntryKind::Submodule {
            self.walked.submodules.insert(path);
        } else {
            self.ids.extend_from_slice(entry.id);
        }
        self.differs.push(Differs { visit, path, kind });
    }

    /// Finds the numbers of what differs, and notes it.
    fn settle(&mut self) {
        let (mut numbers, differs) = (
            std::mem::take(&mut self.numbers),
            std::mem::take(&mut self.differs),
        );
        let (ids, width) = (std::mem::take(&mut self.ids), self.store.inventory.width());
        let each = ids.chunks_exact(width);
        (self.store.inventory).lookup_all(each.clone(), &mut numbers);
        // All of it lies anywhere: memory is waited for once, not for each.
        self.store.met.touch(&numbers);
        let known = numbers
            .iter()
            .map(|&number| self.walked.known.get(number as usize));
        std::hint::black_box(known.flatten().fold(false, |all, known| all ^ known));
        let paths = differs.iter().map(|differs| differs.path);
        self.walked.differences.touch(paths);
        let mut found = numbers.iter().zip(each);
        for &Differs { visit, path, kind } in &differs {
            let mut number = || match found.next() {
                Some((&NONE, id)) => self.stranger(id),
                found => found.map_or(NONE, |found| *found.0),
            };
            let standing = match kind {
                None | Some(EntryKind::Submodule) => Standing::NOTHING,
                Some(EntryKind::Tree) => {
                    let number = number();
                    Standing::tree(self.meet(number, path))
                }
                Some(kind @ (EntryKind::File | EntryKind::Link)) => {
                    let number = number();
                    self.know(number);
                    let link = kind == EntryKind::Link;
                    if link {
                        self.walked.links.insert(pair(number, path));
                    }
                    let Some(standing) = Standing::blob(number, link) else {
                        let name = self.walked.paths.name(path).to_vec();
                        self.full(&name);
                        continue;
                    };
                    standing
                }
            };
            self.walked.differences.change(visit, path, standing);
        }
        (self.numbers, self.differs, self.ids) = (numbers, differs, ids);
        self.differs.clear();
        self.ids.clear();
    }

    fn too_many(&mut self, folder: u32, name: &[u8]) {
        let above = self.walked.paths.name(folder);
        let slash = if above.is_empty() { &b""[..] } else { b"/" };
        self.full(&[above, slash, name].concat());
    }

    fn full(&mut self, path: &[u8]) {
        if self.walked.full.is_none() {
            self.walked.full = Some(Issue::new(
                String::from_utf8_lossy(&path[..path.len().min(80)]),
                "the history holds more or longer paths than leakey follows; what lies under further ones was not looked at by path",
            ));
        }
    }
}
