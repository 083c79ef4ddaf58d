//! Where the parts of a repository lie and which form they have, for those that libgit2 refuses over their configuration.

use std::path::{Path, PathBuf};

use git2::ObjectFormat;

/// The folders a repository is made of.
pub(super) struct Layout {
    pub(super) gitdir: PathBuf,
    pub(super) common: PathBuf,
    pub(super) workdir: Option<PathBuf>,
    pub(super) index: PathBuf,
}

impl Layout {
    /// The repository that holds `from`.
    pub(super) fn discover(from: &Path) -> Option<Self> {
        from.ancestors().find_map(|folder| {
            Self::of(folder, None).or_else(|| {
                let dot = folder.join(".git");
                if dot.is_file() {
                    let text = std::fs::read_to_string(&dot).ok()?;
                    let named = text.strip_prefix("gitdir:")?.trim();
                    Self::of(&folder.join(named), Some(folder))
                } else {
                    Self::of(&dot, Some(folder))
                }
            })
        })
    }

    /// The repository whose own folder is `gitdir`.
    pub(super) fn of(gitdir: &Path, workdir: Option<&Path>) -> Option<Self> {
        let common = match std::fs::read_to_string(gitdir.join("commondir")) {
            Ok(named) => gitdir.join(named.trim()),
            Err(_) => gitdir.to_owned(),
        };
        let complete = gitdir.join("HEAD").exists()
            && common.join("objects").is_dir()
            && common.join("refs").is_dir();
        complete.then(|| Self {
            index: gitdir.join("index"),
            gitdir: gitdir.to_owned(),
            common,
            workdir: workdir.map(Path::to_owned),
        })
    }
}

/// What a configuration says of the form of its repository (git-config(1), `extensions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// How ids are made.
    pub(super) format: ObjectFormat,
    /// Whether refs are kept in tables.
    pub(super) tables: bool,
    /// Whether the clone was made without some objects on purpose.
    pub(super) partial: bool,
    /// The first extension that changes the form in a way not known here.
    pub(super) unknown: Option<String>,
}

impl Form {
    /// Reads the text of a configuration.
    pub(super) fn of(config: &str) -> Self {
        let mut form = Self {
            format: ObjectFormat::Sha1,
            tables: false,
            partial: false,
            unknown: None,
        };
        let mut inside = false;
        for line in config.lines() {
            let mut line = line.trim();
            if let Some(section) = line.strip_prefix('[') {
                let (name, rest) = section.split_once(']').unwrap_or((section, ""));
                inside = name.trim().eq_ignore_ascii_case("extensions");
                line = rest.trim();
            }
            if inside && !line.is_empty() && !line.starts_with(['#', ';']) {
                form.extension(&line.to_ascii_lowercase());
            }
        }
        form
    }

    fn extension(&mut self, line: &str) {
        let (key, value) = line.split_once('=').unwrap_or((line, "true"));
        let value = value.split(['#', ';']).next().unwrap_or_default();
        let (key, value) = (key.trim(), value.trim().trim_matches('"'));
        match (key, value) {
            (
                "noop" | "noop-v1" | "preciousobjects" | "worktreeconfig" | "relativeworktrees",
                _,
            )
            | ("objectformat", "sha1")
            | ("refstorage", "files") => {}
            ("partialclone", _) => self.partial = true,
            ("objectformat", "sha256") => self.format = ObjectFormat::Sha256,
            ("refstorage", "reftable") => self.tables = true,
            _ => drop(self.unknown.get_or_insert_with(|| format!("{key}={value}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_extensions_that_are_understood_are_let_through() {
        let config = "[core]\n\trefstorage = x\n[extensions]\n\tpartialClone = origin\n\trefStorage = files\n";
        let form = Form::of(config);
        assert_eq!(
            (form.unknown, form.partial, form.tables),
            (None, true, false)
        );
        let config =
            "[extensions]\n objectFormat = \"sha256\" # new\n[Extensions] refstorage=reftable\n";
        let form = Form::of(config);
        assert_eq!((form.unknown, form.tables), (None, true));
        assert_eq!(form.format, ObjectFormat::Sha256);
        let config = "[extensions]\n refstorage = other\n new = 1\n";
        assert_eq!(
            Form::of(config).unknown.as_deref(),
            Some("refstorage=other")
        );
    }
}
