//! Refs, HEADs and reflogs, as files or in tables.
//!
//! Read by hand because one broken ref must not hide the others, and because this works in repositories whose
//! configuration libgit2 refuses.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::Oid;

use super::object;
use super::reftable::Stack;
use crate::finding::Issue;
use crate::source::paths::slashes;

/// What HEAD says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A commit (or something that leads to one).
    At(Oid),
    /// No commit yet.
    Unborn,
    /// Neither.
    Broken,
}

/// Every ref by its name, HEADs of all work trees among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Refs {
    /// Ref to the object it names.
    pub(super) named: BTreeMap<String, Oid>,
    /// Refs that name nothing readable.
    pub(super) issues: Vec<Issue>,
}

/// A reflog.
#[derive(Clone, Debug, Default)]
pub(super) struct Reflog {
    /// The ref it belongs to.
    pub(super) name: String,
    /// The messages, newest first, a line each.
    pub(super) messages: Vec<u8>,
    /// Old and new ids, each once.
    pub(super) ids: Vec<Oid>,
}

/// Where a repository keeps its refs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shelf<'r> {
    /// `HEAD` and what else belongs to one work tree.
    pub(super) gitdir: &'r Path,
    /// What all work trees share.
    pub(super) common: &'r Path,
    /// Whether refs are kept in tables.
    pub(super) tables: bool,
}

impl Shelf<'_> {
    /// The commit that is checked out.
    pub(super) fn head(self) -> Head {
        if !self.tables {
            return head(&|name, own| {
                let folder = if own { self.gitdir } else { self.common };
                std::fs::read(folder.join(name)).ok().or_else(|| {
                    let id = if own {
                        None
                    } else {
                        packed_ref(self.common, name)
                    };
                    id.map(|id| id.to_string().into_bytes())
                })
            });
        }
        let own = tables(self.gitdir, "");
        let shared = (self.gitdir != self.common).then(|| tables(self.common, ""));
        head_in_tables(&own, shared.as_ref().unwrap_or(&own))
    }

    /// All refs of the repository, and the HEAD of every work tree.
    pub(super) fn all(self) -> Refs {
        let mut refs = if self.tables {
            self.tabled()
        } else {
            self.filed()
        };
        let head = self.head();
        refs.note("HEAD", &head);
        refs
    }

    fn filed(self) -> Refs {
        let Self { common, .. } = self;
        let mut refs = packed(common);
        let linked = worktrees(common);
        let folders = std::iter::once(common).chain(linked.iter().map(PathBuf::as_path));
        for path in folders.flat_map(|folder| files(&folder.join("refs"))) {
            let name = name_of(&path, common);
            // A lock is what another git process has not finished yet.
            if name.ends_with(".lock") {
                continue;
            }
            match std::fs::read(&path).ok() {
                Some(text) => refs.add(name, &text),
                None => refs.issues.push(broken(&name)),
            }
        }
        for (name, folder) in self.homes(&linked) {
            let home = Shelf {
                gitdir: &folder,
                common,
                tables: false,
            };
            refs.note(&format!("{name}HEAD"), &home.head());
        }
        refs
    }

    fn tabled(self) -> Refs {
        let shared = tables(self.common, "");
        let mut refs = Refs::default();
        // Beside HEAD and what begins with `refs/` there are notes of git's to itself, such as ORIG_HEAD, which hold nothing.
        let real = |name: &str| name.starts_with("refs/");
        for (name, text) in shared.refs.iter().filter(|(name, _)| real(name)) {
            refs.add(name.clone(), text);
        }
        for (prefix, folder) in self.homes(&worktrees(self.common)) {
            let own = tables(&folder, &prefix);
            for (name, text) in own.refs.iter().filter(|(name, _)| real(name)) {
                refs.add(format!("{prefix}{name}"), text);
            }
            refs.note(&format!("{prefix}HEAD"), &head_in_tables(&own, &shared));
            refs.issues.extend(own.issues);
        }
        refs.issues.extend(shared.issues);
        refs
    }

    /// The other work trees, with what the names of their refs begin with.
    fn homes(self, linked: &[PathBuf]) -> Vec<(String, PathBuf)> {
        let mut homes = Vec::new();
        if self.gitdir != self.common {
            homes.push(("main-worktree/".to_owned(), self.common.to_owned()));
        }
        homes.extend(linked.iter().map(|folder| {
            let name = format!("{}/", name_of(folder, self.common));
            (name, folder.clone())
        }));
        homes
    }

    /// Every reflog there is, of refs that are gone too.
    pub(super) fn reflogs(self) -> (Vec<Reflog>, Vec<Issue>) {
        let common = self.common;
        let mut logs = Vec::new();
        let mut issues = Vec::new();
        let linked = worktrees(common);
        let roots = std::iter::once(common.to_owned()).chain(linked);
        for root in roots {
            let prefix = if root == common {
                String::new()
            } else {
                format!("{}/", name_of(&root, common))
            };
            // A table that cannot be read was an issue when refs were read from it.
            if self.tables {
                let stack = tables(&root, &prefix);
                let entries = stack.logs.iter();
                logs.extend(entries.map(|(name, text)| reflog(format!("{prefix}{name}"), text)));
            }
            for path in files(&root.join("logs")) {
                let below = path.strip_prefix(root.join("logs")).unwrap_or(&path);
                let name = format!("{prefix}{}", slashes(below));
                match std::fs::read(&path) {
                    Ok(text) => logs.push(reflog(name, &text)),
                    Err(error) => issues.push(Issue::new(
                        format!(":reflog/{name}"),
                        format!("cannot read the reflog: {error}"),
                    )),
                }
            }
        }
        (logs, issues)
    }
}

impl Refs {
    fn add(&mut self, name: String, text: &[u8]) {
        match parse(text) {
            Some(Value::Id(id)) => {
                self.named.insert(name, id);
            }
            // What it names is listed itself.
            Some(Value::Symbolic(_)) => {
                self.named.remove(&name);
            }
            None => self.issues.push(broken(&name)),
        }
    }

    fn note(&mut self, name: &str, head: &Head) {
        match head {
            Head::At(id) => {
                self.named.insert(name.to_owned(), *id);
            }
            Head::Unborn => {}
            Head::Broken => self.issues.push(broken(name)),
        }
    }
}

/// Follows HEAD; `read` gives what a ref holds, in a work tree's own place or where all share it.
fn head(read: &dyn Fn(&str, bool) -> Option<Vec<u8>>) -> Head {
    let mut name = "HEAD".to_owned();
    // As deep as git follows symbolic refs.
    for depth in 0..6 {
        let Some(text) = read(&name, depth == 0) else {
            return if depth == 0 {
                Head::Broken
            } else {
                Head::Unborn
            };
        };
        match parse(&text) {
            Some(Value::Id(id)) => return Head::At(id),
            Some(Value::Symbolic(target)) => name = target,
            None => return Head::Broken,
        }
    }
    Head::Broken
}

fn head_in_tables(own: &Stack, shared: &Stack) -> Head {
    head(&|name, first| {
        let stack = if first { own } else { shared };
        stack.refs.get(name).cloned()
    })
}

fn tables(folder: &Path, prefix: &str) -> Stack {
    Stack::read(&folder.join("reftable"), &format!("{prefix}reftable"))
}

/// The folders of linked work trees.
pub(super) fn worktrees(common: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir(common.join("worktrees"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    folders.retain(|folder: &PathBuf| folder.is_dir());
    folders.sort();
    folders
}

enum Value {
    Id(Oid),
    Symbolic(String),
}

fn parse(text: &[u8]) -> Option<Value> {
    if let Some(target) = text.strip_prefix(b"ref:") {
        let target = String::from_utf8_lossy(target.trim_ascii()).into_owned();
        // A ref is a relative path without a way up.
        let outside = target.starts_with('/') || target.split('/').any(|part| part == "..");
        return (!outside && !target.is_empty()).then_some(Value::Symbolic(target));
    }
    let word = text.split(u8::is_ascii_whitespace).next()?;
    object::id(word).map(Value::Id)
}

fn packed(common: &Path) -> Refs {
    let mut refs = Refs::default();
    let text = match std::fs::read(common.join("packed-refs")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return refs,
        Err(error) => {
            let what = format!("cannot read the refs in it: {error}");
            refs.issues.push(Issue::new("packed-refs", what));
            return refs;
        }
    };
    let mut named = Vec::new();
    for line in packed_lines(&text) {
        match packed_line(line).and_then(|(id, name)| Some((object::id(id)?, name))) {
            Some((id, name)) => named.push((name.into_owned(), id)),
            None => refs.issues.push(broken(&String::from_utf8_lossy(line))),
        }
    }
    // Of two lines of one name the last counts.
    refs.named = named.into_iter().collect();
    refs
}

/// One of the packed refs. There may be very many of them, of which most are not even made out.
fn packed_ref(common: &Path, name: &str) -> Option<Oid> {
    let text = std::fs::read(common.join("packed-refs")).ok()?;
    let named = packed_lines(&text).filter_map(packed_line);
    let named = named.filter(|named| named.1 == name);
    named.filter_map(|(id, _)| object::id(id)).last()
}

fn packed_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|&byte| byte == b'\n');
    // `#` heads the file; `^` tells what the tag before it leads to.
    lines.filter(|line| !matches!(line.first(), None | Some(b'#' | b'^')))
}

/// The id in a line, as it is written, and the name.
fn packed_line(line: &[u8]) -> Option<(&[u8], Cow<'_, str>)> {
    let at = memchr::memchr(b' ', line)?;
    let name = String::from_utf8_lossy(line[at + 1..].trim_ascii_end());
    Some((&line[..at], name))
}

fn reflog(name: String, text: &[u8]) -> Reflog {
    let mut log = Reflog {
        name,
        ..Reflog::default()
    };
    let lines: Vec<_> = text.split(|&byte| byte == b'\n').collect();
    for line in lines.iter().rev().filter(|line| !line.is_empty()) {
        let (head, message) = match memchr::memchr(b'\t', line) {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (*line, &b""[..]),
        };
        log.messages.extend_from_slice(message);
        log.messages.push(b'\n');
        let ids = head.splitn(3, |&byte| byte == b' ').take(2);
        log.ids.extend(ids.filter_map(object::id));
    }
    log.ids.retain(|id| !id.is_zero());
    log.ids.sort_unstable();
    log.ids.dedup();
    log
}

fn broken(name: &str) -> Issue {
    Issue::new(
        name,
        "the ref is broken and names no object; `git fsck` tells more, `git update-ref -d` removes it",
    )
}

fn name_of(path: &Path, common: &Path) -> String {
    slashes(path.strip_prefix(common).unwrap_or(path))
}

/// All files below `folder`, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => found.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reflog_reads_newest_first() {
        let (old, new) = ("0".repeat(40), "1".repeat(40));
        let text = format!(
            "{old} {new} A <a@b> 1 +0000\tcommit: one\n{new} {new} A <a@b> 2 +0000\n{new} {new} A <a@b> 3 +0000\tcommit: three\n"
        );
        let log = reflog("HEAD".into(), text.as_bytes());
        assert_eq!(log.messages, b"commit: three\n\ncommit: one\n");
        assert_eq!(log.ids.len(), 1);
    }
}
