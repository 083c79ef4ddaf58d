//! The parents of a commit.

use std::ops::Deref;

use git2::Oid;

/// The ids of parents. Most commits have one, which takes no memory elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Parents {
    /// A first commit has none.
    #[default]
    None,
    One([Oid; 1]),
    More(Vec<Oid>),
}

impl Parents {
    /// A further parent.
    pub(super) fn push(&mut self, id: Oid) {
        match self {
            Self::None => *self = Self::One([id]),
            Self::One([first]) => *self = Self::More(vec![*first, id]),
            Self::More(all) => all.push(id),
        }
    }
}

impl Deref for Parents {
    type Target = [Oid];

    fn deref(&self) -> &[Oid] {
        match self {
            Self::None => &[],
            Self::One(one) => one,
            Self::More(all) => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_parents() {
        let mut parents = Parents::default();
        let mut ids = Vec::new();
        for byte in 0..4 {
            assert_eq!(*parents, ids[..]);
            let id = Oid::from_bytes(&[byte; 20]).unwrap();
            parents.push(id);
            ids.push(id);
        }
        assert_eq!(*parents, ids[..]);
    }
}
