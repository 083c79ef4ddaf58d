//! Ranges of commits, each commit against its parents, so that a key added and removed inside the range is found.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use git2::{ObjectType, Odb, Oid};

use super::changes::{Change, Changes};
use super::graph::Graph;
use super::history::shallow_issue;
use super::object;
use super::open::Place;
use super::pump::pump;
use super::reader::show_text;
use super::revision;
use super::staged::show;
use super::trouble::{self, Trouble};
use super::walk::Walk;
use crate::finding::{Origin, SourceKind};
use crate::source::unpack::Limits;
use crate::source::{Counted, NewVisitor, Phase, Source, SourceError, Visitor};

/// The commits of one or more ranges.
#[derive(Clone, Debug)]
pub struct Range {
    /// The repository or a path inside it. For `.` git's own variables are obeyed, as its hooks need.
    pub path: PathBuf,
    /// `A..B`: what `B` leads to and `A` does not. A missing side means HEAD; a single revision means everything it
    /// leads to. `A` as 40 zeros, as git tells hooks of a new branch, means what no other ref holds.
    pub ranges: Vec<String>,
    /// What a push brings, as old and new ids. An old id that is not here, or zeros, means what no other ref holds.
    pub pushed: Vec<(String, String)>,
    /// Whether a shallow clone is good enough.
    pub allow_shallow: bool,
    /// How far archives are opened; `None`: not at all.
    pub archives: Option<Limits>,
    /// Number of threads; 0 means one for each processor.
    pub threads: usize,
}

impl Range {
    /// The commits of `ranges` in the repository at `path`.
    pub fn new(path: impl Into<PathBuf>, ranges: Vec<String>) -> Self {
        Self {
            path: path.into(),
            ranges,
            pushed: Vec::new(),
            allow_shallow: false,
            archives: None,
            threads: 0,
        }
    }
}

impl Source for Range {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let place = Place::new(&self.path);
        let repo = place.open()?;
        let odb = (repo.git.odb()).map_err(|error| place.error("open the object store", &error))?;
        let shallow: HashSet<Oid> = repo.shallow().into_iter().collect();
        let mut visitor = new_visitor();
        let mut graph = Graph::default();
        let mut commits = BTreeSet::new();
        let mut all = Vec::new();
        for text in &self.ranges {
            all.push((text.clone(), revision::range(&place, &repo, &odb, text)?));
        }
        for (old, new) in &self.pushed {
            let ends = revision::pushed(&place, &repo, &odb, old, new)?;
            all.push((format!("{old}..{new}"), ends));
        }
        for (text, ends) in &all {
            let mut walk = Walk::new(&odb, &shallow, &mut graph);
            commits.extend(walk.run(&ends.wanted, &ends.hidden));
            for (id, error) in walk.lost {
                let trouble = Trouble {
                    partial: repo.partial(),
                    error: &error,
                };
                visitor.issue(trouble.issue("commit", id, &format!("in the range {text}")));
            }
        }
        let tags: BTreeSet<Oid> = all.iter().flat_map(|(_, ends)| ends.tags.clone()).collect();
        for id in tags {
            show_tag(&odb, visitor.as_mut(), id);
        }
        let commits: Vec<usize> = commits.into_iter().collect();
        let edge = |&at: &usize| shallow.contains(&graph.id(at));
        if commits.iter().any(edge) {
            visitor.shallow();
            if !self.allow_shallow {
                visitor.issue(shallow_issue());
            }
        }
        // Its message and what it changed: more than one text a commit, how many is not known before.
        visitor.watch().enter(Phase::Texts, 0);
        drop((visitor, odb));
        let reader = Reader {
            partial: repo.partial(),
            archives: self.archives,
            graph: &graph,
        };
        pump(
            &place,
            self.threads,
            &commits,
            new_visitor,
            |odb, visitor, &at| {
                reader.show(odb, visitor, at);
            },
        )
    }
}

/// Shows the message of an annotated tag that a range ends in.
fn show_tag(odb: &Odb<'_>, visitor: &mut dyn Visitor, id: Oid) {
    // It was read before, on the way to its commit.
    let Ok(object) = trouble::read(odb, id, ObjectType::Tag) else {
        return;
    };
    if let Some(tag) = object::tag(object.data()) {
        let path = format!(":tag/{}", String::from_utf8_lossy(tag.name));
        let origin = Origin::plain(SourceKind::TagMessage);
        show_text(visitor, &path, tag.message, &origin);
    }
}

/// Reads commits and shows what each added.
struct Reader<'g> {
    partial: bool,
    archives: Option<Limits>,
    graph: &'g Graph,
}

impl Reader<'_> {
    fn show(&self, odb: &Odb<'_>, visitor: &mut dyn Visitor, at: usize) {
        let (Some(node), Some(info)) = (self.graph.get(at), self.graph.info(at)) else {
            return;
        };
        let own = self.graph.id(at);
        visitor.count(Counted::Commit, 0);
        let origin = |source| Origin {
            commit: Some(info.clone()),
            ..Origin::plain(source)
        };
        let mut trees = Vec::new();
        for &id in [own].iter().chain(&*node.parents) {
            match trouble::read(odb, id, ObjectType::Commit) {
                Ok(object) => {
                    let commit = object::commit(object.data());
                    if id == own {
                        let message = commit.as_ref().map_or(&b""[..], |commit| commit.message);
                        let path = format!(":commit/{id}");
                        show_text(visitor, &path, message, &origin(SourceKind::CommitMessage));
                    }
                    trees.extend(commit.map(|commit| commit.tree));
                }
                Err(error) => {
                    let place = format!("needed to tell what {own} changed");
                    visitor.issue(self.trouble(&error).issue("commit", id, &place));
                }
            }
        }
        let Some((&tree, parents)) = trees.split_first() else {
            return;
        };
        for (change, olds) in self.changes(odb, visitor, tree, parents) {
            let origin = origin(SourceKind::Commit);
            let known = (self.partial, self.archives);
            show(odb, known, visitor, &change, &olds, &origin);
        }
    }

    /// The files that differ from every parent, with what each parent had in their place.
    fn changes(
        &self,
        odb: &Odb<'_>,
        visitor: &mut dyn Visitor,
        tree: Oid,
        parents: &[Oid],
    ) -> Vec<(Change, Vec<Option<Oid>>)> {
        let mut compare = |parent| {
            let mut changes = Changes::between(odb, self.partial, parent, Some(tree));
            for issue in changes.issues.drain(..) {
                visitor.issue(issue);
            }
            changes.pair_renames(odb);
            changes.changed
        };
        let Some((&first, others)) = parents.split_first() else {
            let changed = compare(None).into_iter();
            return changed.map(|change| (change, vec![None])).collect();
        };
        let changed = compare(Some(first)).into_iter();
        let mut changed: Vec<_> = changed.map(|change| (vec![change.old], change)).collect();
        for &parent in others {
            if changed.is_empty() {
                break;
            }
            let other = compare(Some(parent)).into_iter();
            let other: HashMap<_, _> = other.map(|change| (change.path, change.old)).collect();
            changed.retain_mut(|(olds, change)| {
                let old = other.get(&change.path);
                olds.extend(old);
                old.is_some()
            });
        }
        changed
            .into_iter()
            .map(|(olds, change)| (change, olds))
            .collect()
    }

    fn trouble<'e>(&self, error: &'e git2::Error) -> Trouble<'e> {
        Trouble {
            partial: self.partial,
            error,
        }
    }
}
