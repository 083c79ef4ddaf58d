//! What no ref leads to: commits, trees, what is staged, and blobs on their own.

use std::collections::{BTreeSet, HashSet};

use git2::ObjectType;

use super::history::entry::Kind;
use super::object::{self, EntryKind};
use super::survey::Survey;
use super::{refs, trouble};
use crate::finding::Issue;
use crate::source::SourceError;

impl Survey<'_> {
    /// Records what no ref leads to: commits first, then trees, then the index, then blobs.
    pub(super) fn leftovers(&mut self) -> Result<(), SourceError> {
        let (mut trees, mut blobs) = (BTreeSet::new(), Vec::new());
        for id in self.found.inventory.unknown() {
            if self.watch.stopped() {
                return Ok(());
            }
            let number = self.found.inventory.number(id);
            let kind = match self.objects.kind(number) {
                Some(kind) => Ok(kind),
                None => (self.odb.read_header(id)).map(|(_, kind)| match kind {
                    ObjectType::Commit => Kind::Commit,
                    ObjectType::Tag => Kind::Tag,
                    ObjectType::Tree => Kind::Tree,
                    _ => Kind::Blob,
                }),
            };
            match kind {
                Ok(Kind::Commit | Kind::Tag) => {
                    self.follow(id, false, "");
                }
                Ok(Kind::Tree) => drop(trees.insert(id)),
                Ok(_) => blobs.push(id),
                Err(error) => self.trouble("object", id, &error, "nothing leads to it"),
            }
        }
        self.record_commits(self.found.reachable)?;
        trees.retain(|&id| !self.found.inventory.knows(id));
        // A folder inside another that nothing leads to is shown below that one.
        let mut inner = HashSet::new();
        for &id in &trees {
            if let Ok(object) = trouble::read(self.odb, id, ObjectType::Tree) {
                inner.extend(object::Entries::of(&object).map(|entry| entry.oid()));
            }
        }
        let outer = trees.into_iter().filter(|id| !inner.contains(id));
        self.record_trees(outer.collect(), false)?;
        self.indexes();
        for id in blobs {
            let number = self.found.inventory.number(id);
            if self.found.inventory.know(number) {
                self.found.bare.push((number, false));
            }
        }
        Ok(())
    }

    /// Gives staged blobs the paths under which they are staged, in every work tree.
    fn indexes(&mut self) {
        let mut indexes = vec![("index".to_owned(), self.repo.index())];
        for folder in refs::worktrees(&self.repo.common) {
            let path = folder.join("index");
            if path.exists() && folder != self.repo.gitdir {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                indexes.push((format!("worktrees/{name}/index"), self.repo.index_at(&path)));
            }
        }
        for (name, index) in indexes {
            let index = match index {
                Ok(index) => index,
                Err(error) => {
                    let text = error.message().trim_end_matches(['.', '\n']);
                    let what = format!(
                        "cannot read the index: {text}; staged files were looked at without their paths"
                    );
                    self.found.issues.push(Issue::new(name, what));
                    continue;
                }
            };
            for entry in index.iter().filter(|entry| !entry.id.is_zero()) {
                let kind = EntryKind::of(entry.mode);
                let Some(path) = self.found.files.paths.number(&entry.path) else {
                    continue;
                };
                let number = if kind == EntryKind::Submodule {
                    0
                } else {
                    let number = self.found.inventory.number(entry.id);
                    self.found.inventory.know(number);
                    number
                };
                self.found.files.stage(kind, number, path);
            }
        }
    }
}
