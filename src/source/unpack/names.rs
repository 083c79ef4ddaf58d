//! What members are called.

use super::python;

/// The names of something, as reported and as judged.
pub(super) struct Names {
    pub(super) path: String,
    pub(super) logical: String,
}

impl Names {
    /// Those of a member. What it calls itself decides nothing but its name in reports: nothing is written.
    pub(super) fn member(&self, name: &str) -> Self {
        let name = name.replace('\\', "/");
        let name = name.trim_start_matches("./").trim_start_matches('/');
        Self {
            path: format!("{}!/{name}", self.path),
            logical: format!("{}!/{name}", self.logical),
        }
    }

    /// That of what one stream is packed into: its own without the ending.
    pub(super) fn unpacked(&self) -> Self {
        let file = self.logical.rsplit('/').next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        self.member(stem)
    }

    /// Those of the rows of a table. What the table is called says nothing of a syntax.
    pub(super) fn table(&self, name: &str) -> Self {
        let table = self.member(name);
        Self {
            logical: format!("{}.rows", table.logical),
            path: table.path,
        }
    }

    /// Those of what a compiled module was made from: it is reported as itself and judged as its source.
    pub(super) fn source(&self) -> Self {
        Self {
            path: self.path.clone(),
            logical: python::source_path(&self.logical),
        }
    }
}
