//! Where the parts of a repository lie, for those that libgit2 refuses over their configuration.

use std::path::{Path, PathBuf};

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

/// The first extension of a configuration that changes the format in a way not known here.
pub(super) fn unknown_extension(config: &str) -> Option<String> {
    const KNOWN: [&str; 7] = [
        "noop",
        "noop-v1",
        "partialclone",
        "preciousobjects",
        "worktreeconfig",
        "relativeworktrees",
        "objectformat=sha1",
    ];
    let mut inside = false;
    config.lines().find_map(|line| {
        let line = line.trim().to_ascii_lowercase();
        if line.starts_with('[') {
            inside = line.starts_with("[extensions]");
            return None;
        }
        let (key, value) = line.split_once('=').unwrap_or((&line, ""));
        let (key, value) = (key.trim(), value.trim().trim_matches('"'));
        let pair = format!("{key}={value}");
        (inside
            && !key.is_empty()
            && !key.starts_with(['#', ';'])
            && !KNOWN.contains(&key)
            && !KNOWN.contains(&pair.as_str())
            && pair != "refstorage=files")
            .then_some(pair)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_extensions_that_change_nothing_here_are_let_through() {
        let config = "[core]\n\trefstorage = x\n[extensions]\n\tpartialClone = origin\n\trefStorage = files\n";
        assert_eq!(unknown_extension(config), None);
        let config = "[extensions]\npartialclone = origin\n objectFormat = sha256\n";
        assert_eq!(
            unknown_extension(config).as_deref(),
            Some("objectformat=sha256")
        );
    }
}
