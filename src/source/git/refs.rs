//! Refs, HEADs and reflogs as files.
//!
//! Read by hand because one broken ref must not hide the others, and because this works in repositories whose
//! configuration libgit2 refuses. Refs kept in another way (reftable) are refused when the repository is opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::Oid;

use super::object;
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

/// The commit that is checked out in the work tree of `gitdir`.
pub(super) fn head(gitdir: &Path, common: &Path) -> Head {
    let mut name = "HEAD".to_owned();
    // As deep as git follows symbolic refs.
    for depth in 0..6 {
        let folder = if depth == 0 { gitdir } else { common };
        let text = match std::fs::read(folder.join(&name)) {
            Ok(text) => text,
            Err(_) if depth == 0 => return Head::Broken,
            Err(_) => {
                return packed(common)
                    .named
                    .get(&name)
                    .map_or(Head::Unborn, |&id| Head::At(id));
            }
        };
        match parse(&text) {
            Some(Value::Id(id)) => return Head::At(id),
            Some(Value::Symbolic(target)) => name = target,
            None => return Head::Broken,
        }
    }
    Head::Broken
}

/// All refs of the repository, and the HEAD of every work tree.
pub(super) fn all(gitdir: &Path, common: &Path) -> Refs {
    let mut refs = packed(common);
    for path in files(&common.join("refs")) {
        let name = name_of(&path, common);
        // A lock is what another git process has not finished yet.
        if name.ends_with(".lock") {
            continue;
        }
        match std::fs::read(&path).ok().as_deref().map(parse) {
            Some(Some(Value::Id(id))) => {
                refs.named.insert(name, id);
            }
            Some(Some(Value::Symbolic(_))) => {
                refs.named.remove(&name);
            }
            _ => refs.issues.push(broken(&name)),
        }
    }
    let mut heads = vec![("HEAD".to_owned(), gitdir.to_owned())];
    if gitdir != common {
        heads.push(("main-worktree/HEAD".into(), common.to_owned()));
    }
    heads.extend(worktrees(common).into_iter().map(|folder| {
        let name = format!("{}/HEAD", name_of(&folder, common));
        (name, folder)
    }));
    for (name, folder) in heads {
        match head(&folder, common) {
            Head::At(id) => {
                refs.named.insert(name, id);
            }
            Head::Unborn => {}
            Head::Broken => refs.issues.push(broken(&name)),
        }
    }
    refs
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

/// Every reflog there is, of refs that are gone too.
pub(super) fn reflogs(common: &Path) -> (Vec<Reflog>, Vec<Issue>) {
    let mut logs = Vec::new();
    let mut issues = Vec::new();
    let linked = worktrees(common);
    let roots = std::iter::once(common.to_owned()).chain(linked);
    for root in roots {
        for path in files(&root.join("logs")) {
            let below = path.strip_prefix(root.join("logs")).unwrap_or(&path);
            let name = if root == common {
                slashes(below)
            } else {
                format!("{}/{}", name_of(&root, common), slashes(below))
            };
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
    for line in text.split(|&byte| byte == b'\n') {
        // `#` heads the file; `^` tells what the tag before it leads to.
        if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"^") {
            continue;
        }
        match (line.get(..40).and_then(object::id), line.get(41..)) {
            (Some(id), Some(name)) => {
                let name = String::from_utf8_lossy(name.trim_ascii_end());
                refs.named.insert(name.into_owned(), id);
            }
            _ => refs.issues.push(broken(&String::from_utf8_lossy(line))),
        }
    }
    refs
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
