//! Which files are wanted: `--include`, `--exclude` and the same keys of a configuration file.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::paths::Base;
use super::{Counted, Item, NewVisitor, Source, SourceError, Visitor};
use crate::finding::{Issue, Skip};

/// A glob that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{glob}` is no glob: {why}")]
pub struct GlobError {
    /// As written.
    pub glob: String,
    /// What is wrong with it.
    pub why: String,
}

/// Globs as in .gitignore: one without `/` matches names at any depth, and one that matches a folder matches all below it.
pub fn globs<'g>(sources: impl IntoIterator<Item = &'g String>) -> Result<GlobSet, GlobError> {
    let mut set = GlobSetBuilder::new();
    let fail = |glob: &str, error: &globset::Error| GlobError {
        glob: glob.to_owned(),
        why: error.kind().to_string(),
    };
    for source in sources {
        let pattern = source.trim_start_matches("./").trim_end_matches('/');
        let anywhere = if pattern.contains('/') {
            pattern.trim_start_matches('/').to_owned()
        } else {
            format!("**/{pattern}")
        };
        for glob in [anywhere.clone(), format!("{anywhere}/**")] {
            set.add(
                GlobBuilder::new(&glob)
                    .literal_separator(true)
                    .build()
                    .map_err(|error| fail(source, &error))?,
            );
        }
    }
    set.build().map_err(|error| fail("", &error))
}

/// The globs of one place, and the folder they are relative to.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The folder; `None`: the current directory, or outside of it the PATH that was given.
    pub base: Option<Base>,
    /// Only files that match one of these, if given.
    pub include: Option<GlobSet>,
    /// No files or folders that match one of these.
    pub exclude: GlobSet,
}

impl Layer {
    fn path<'p>(&self, reported: &'p str, logical: &'p str) -> Option<std::borrow::Cow<'p, str>> {
        match &self.base {
            Some(base) => base.path(reported),
            None => Some(logical.into()),
        }
    }
}

/// What is wanted by all layers. Messages of commits and tags always are.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    layers: Vec<Layer>,
}

impl Selection {
    /// What all of these want; layers without a glob are left out.
    pub fn new(layers: impl IntoIterator<Item = Layer>) -> Self {
        let says = |layer: &Layer| layer.include.is_some() || !layer.exclude.is_empty();
        Self {
            layers: layers.into_iter().filter(says).collect(),
        }
    }

    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Whether a file or folder is left out, by its names as reported and as judged.
    pub fn excludes(&self, reported: &str, logical: &str) -> bool {
        self.layers.iter().any(|layer| {
            layer
                .path(reported, logical)
                .is_some_and(|path| layer.exclude.is_match(&*path))
        })
    }

    /// Whether a file is among those asked for. Globs say nothing of files outside of their folder.
    pub fn includes(&self, reported: &str, logical: &str) -> bool {
        self.layers.iter().all(|layer| {
            let path = layer.path(reported, logical);
            let (Some(include), Some(path)) = (&layer.include, path) else {
                return true;
            };
            include.is_match(&*path)
        })
    }
}

/// A source, less what is not wanted of it: for those that read from git, where leaving out a folder saves no walk.
pub struct Selected {
    /// What is read.
    pub source: Box<dyn Source>,
    /// What of it is wanted.
    pub selection: Selection,
}

impl Source for Selected {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let selection = &self.selection;
        self.source.drive(&|| {
            Box::new(Sieve {
                selection,
                visitor: new_visitor(),
            })
        })
    }
}

struct Sieve<'s, 'v> {
    selection: &'s Selection,
    visitor: Box<dyn Visitor + Send + 'v>,
}

impl Visitor for Sieve<'_, '_> {
    fn visit(&mut self, item: Item<'_>) {
        if self.wants(item.path, item.logical) {
            self.visitor.visit(item);
        } else {
            self.visitor.skip(Skip::Filtered);
        }
    }

    fn count(&mut self, what: Counted, bytes: u64) {
        self.visitor.count(what, bytes);
    }

    fn count_bytes(&mut self, bytes: u64) {
        self.visitor.count_bytes(bytes);
    }

    fn skip(&mut self, why: Skip) {
        self.visitor.skip(why);
    }

    fn issue(&mut self, issue: Issue) {
        self.visitor.issue(issue);
    }

    fn takes_names(&self) -> bool {
        self.visitor.takes_names()
    }

    fn wants(&self, path: &str, logical: &str) -> bool {
        // Members can be left out; it is archives that are asked for.
        let outer = |path: &'_ str| path.find("!/").unwrap_or(path.len());
        path.starts_with(':')
            || !self.selection.excludes(path, logical)
                && self
                    .selection
                    .includes(&path[..outer(path)], &logical[..outer(logical)])
    }

    fn takes_binary(&self, head: &[u8]) -> bool {
        self.visitor.takes_binary(head)
    }

    fn past(&mut self, past: Box<dyn super::Past + Send>) {
        self.visitor.past(past);
    }

    fn watch(&self) -> std::sync::Arc<super::Watch> {
        self.visitor.watch()
    }

    fn shallow(&mut self) {
        self.visitor.shallow();
    }
}
