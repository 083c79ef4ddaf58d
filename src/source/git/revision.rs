//! What people and hooks write for a range of commits, made into object ids.

use git2::{ObjectType, Odb, Oid};

use super::object::{self, nothing};
use super::open::{Place, Repo};
use super::trouble;
use crate::source::SourceError;

/// The ends of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// What they lead to is in the range …
    pub(super) wanted: Vec<Oid>,
    /// … unless one of these leads to it.
    pub(super) hidden: Vec<Oid>,
    /// Annotated tags on the way to what is wanted, whose messages are in the range too.
    pub(super) tags: Vec<Oid>,
}

/// Reads `A..B`, `..B`, `A..` or a single revision.
pub(super) fn range(
    place: &Place,
    repo: &Repo,
    odb: &Odb<'_>,
    text: &str,
) -> Result<Ends, SourceError> {
    if text.contains("...") {
        let what = format!(
            "the range `{text}` has three dots; write `A..B`: everything B leads to and A does not"
        );
        return Err(SourceError::new(place.name(), what));
    }
    let commit = |name: &str| {
        let name = if name.is_empty() { "HEAD" } else { name };
        resolve(repo, odb, name).map_err(|why| {
            let what = format!(
                "the revision `{name}` of the range `{text}` names no commit here: {why}; check its spelling, or fetch more history (`git fetch --unshallow`, in CI a checkout of depth 0)"
            );
            SourceError::new(place.name(), what)
        })
    };
    let Some((from, to)) = text.split_once("..") else {
        return Ok(Ends {
            wanted: vec![commit(text)?],
            hidden: Vec::new(),
            tags: Vec::new(),
        });
    };
    // A branch that is being deleted brings nothing.
    if nothing(to) {
        return Ok(Ends {
            wanted: Vec::new(),
            hidden: Vec::new(),
            tags: Vec::new(),
        });
    }
    let wanted = vec![commit(to)?];
    let hidden = if nothing(from) {
        elsewhere(repo, odb)
    } else {
        vec![commit(from)?]
    };
    Ok(Ends {
        wanted,
        hidden,
        tags: Vec::new(),
    })
}

/// Reads the old and the new id of a ref that is pushed.
///
/// An old id that is not here was never fetched, as before a forced push: what the remotes have takes its place.
pub(super) fn pushed(
    place: &Place,
    repo: &Repo,
    odb: &Odb<'_>,
    old: &str,
    new: &str,
) -> Result<Ends, SourceError> {
    let known = object::id(old.as_bytes()).filter(|id| !id.is_zero() && odb.exists(*id));
    let zeros = Oid::ZERO_SHA1.to_string();
    let old = if known.is_some() { old } else { &zeros };
    let mut ends = range(place, repo, odb, &format!("{old}..{new}"))?;
    let mut next = object::id(new.as_bytes());
    while let Some(id) = next.take() {
        if let Ok(found) = trouble::read(odb, id, ObjectType::Tag) {
            ends.tags.push(id);
            next = object::tag(found.data()).map(|tag| tag.target);
        }
    }
    Ok(ends)
}

/// What others have: on a server all refs, in a clone those of its remotes.
fn elsewhere(repo: &Repo, odb: &Odb<'_>) -> Vec<Oid> {
    let refs = repo.refs().all();
    let server = repo.workdir.is_none();
    let names = refs
        .named
        .into_iter()
        .filter(|(name, _)| name.starts_with(if server { "refs/" } else { "refs/remotes/" }));
    names.filter_map(|(_, id)| peel(odb, id).ok()).collect()
}

fn resolve(repo: &Repo, odb: &Odb<'_>, name: &str) -> Result<Oid, String> {
    if let Some(id) = object::id(name.as_bytes()) {
        return peel(odb, id);
    }
    if name.starts_with('-') {
        return Err("it looks like an option".into());
    }
    if repo.whole {
        let found = repo.git.revparse_single(name);
        let found = found.map_err(|error| error.message().trim_end_matches('.').to_owned())?;
        return peel(odb, found.id());
    }
    // Refs are read without libgit2 here; what is asked of the commit they name, as in `HEAD~2`, it can tell by the id.
    let (stem, steps) = name.split_at(name.find(['~', '^']).unwrap_or(name.len()));
    let refs = repo.refs().all();
    let places = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
    let stem = if stem == "@" { "HEAD" } else { stem };
    let mut found = (places.iter()).map(|place| refs.named.get(&format!("{place}{stem}")));
    let id = match found.find_map(|id| id) {
        Some(id) if steps.is_empty() => return peel(odb, *id),
        Some(id) => id.to_string(),
        None if stem.len() > 3 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()) => stem.into(),
        None => {
            return Err("in this kind of repository only ids, names of refs, and `~` and `^` after them are understood".into());
        }
    };
    let found = repo.git.revparse_single(&format!("{id}{steps}"));
    let found = found.map_err(|error| error.message().trim_end_matches('.').to_owned())?;
    peel(odb, found.id())
}

/// The commit that `id` is or leads to through tags.
fn peel(odb: &Odb<'_>, mut id: Oid) -> Result<Oid, String> {
    loop {
        let object = odb.read(id);
        let object = object.map_err(|error| error.message().trim_end_matches('.').to_owned())?;
        match object.kind() {
            ObjectType::Commit => return Ok(id),
            ObjectType::Tag => match object::tag(object.data()) {
                Some(tag) => id = tag.target,
                None => return Err("the tag is malformed".into()),
            },
            other => return Err(format!("it is a {other}")),
        }
    }
}
