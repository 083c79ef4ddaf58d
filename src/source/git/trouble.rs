//! Reading an object, and the words for one that cannot be read.

use git2::{ObjectType, Odb, Oid};

use crate::finding::Issue;

/// An object that cannot be had, in the words of an [`Issue`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble<'a> {
    /// Whether the clone was made without some objects on purpose.
    pub(super) partial: bool,
    /// The error libgit2 gave.
    pub(super) error: &'a git2::Error,
}

impl Trouble<'_> {
    /// An issue about the object `id`, a `kind` such as `blob`; `place` says what needs it.
    pub(super) fn issue(self, kind: &str, id: Oid, place: &str) -> Issue {
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(" ({place})")
        };
        let what = if self.error.code() != git2::ErrorCode::NotFound {
            let why = self.error.message().trim_end_matches(['.', '\n']);
            format!(
                "the object{place} cannot be read: {why}; `git fsck` tells what else is damaged, and a fresh clone repairs it"
            )
        } else if self.partial {
            format!(
                "the object{place} is not in this partial clone; fetch it with `git fetch --refetch --no-filter`"
            )
        } else {
            format!(
                "the object{place} is missing; `git fsck` tells what else is, and a fetch or a fresh clone brings it back"
            )
        };
        Issue::new(format!(":{kind}/{id}"), what)
    }
}

/// An issue about an object whose bytes make no sense.
pub(super) fn malformed(kind: &str, id: Oid) -> Issue {
    Issue::new(
        format!(":{kind}/{id}"),
        "the object is malformed and was read in part only; `git fsck` tells more",
    )
}

/// Reads `id`, which must be of the kind `want`.
pub(super) fn read<'o>(
    odb: &'o Odb<'_>,
    id: Oid,
    want: ObjectType,
) -> Result<git2::OdbObject<'o>, git2::Error> {
    let object = odb.read(id)?;
    if object.kind() == want {
        Ok(object)
    } else {
        Err(git2::Error::from_str(&format!(
            "it is a {} where a {want} is expected",
            object.kind()
        )))
    }
}
