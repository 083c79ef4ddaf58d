//! Where git looks for the hooks of a repository, and whose folder that is.

use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::ByteSlice;

/// The folder of a repository's hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is; it need not exist.
    pub path: PathBuf,
    /// Who else uses it.
    pub owner: Owner,
    /// Whether the repository has no work tree, as on a server.
    pub bare: bool,
}

/// Whose a folder of hooks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Of this repository and its work trees alone.
    Repository,
    /// Of husky, which writes it anew.
    Husky,
    /// Of the project: files in it are tracked, so everyone who works on it gets them.
    Project,
    /// Of every repository of a user or machine, or at least of none alone.
    Shared,
}

/// Why the folder cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// git is missing.
    #[error("cannot run git: {0}; hooks need it")]
    NoGit(std::io::Error),
    /// git refuses.
    #[error("git: {0}")]
    Git(String),
    /// A path that this system cannot express.
    #[error("git gives a path that is not UTF-8")]
    Path,
}

impl Folder {
    /// Finds the folder for the repository around `current`. Asks git itself, with its environment and configuration.
    pub fn find(current: &Path) -> Result<Self, FolderError> {
        let ask = |question: &[&str]| git(current, question);
        let path = |question: &[&str]| -> Result<PathBuf, FolderError> {
            let answer = ask(question)?;
            let answer = answer.strip_suffix(b"\n").unwrap_or(&answer);
            let path = answer.to_path().map_err(|_| FolderError::Path)?;
            Ok(current.join(path))
        };
        let bare = ask(&["rev-parse", "--is-bare-repository"])?.starts_with(b"true");
        let common = resolved(&path(&["rev-parse", "--git-common-dir"])?);
        let top = if bare {
            None
        } else {
            Some(resolved(&path(&["rev-parse", "--show-toplevel"])?))
        };
        // Relative ones start where git runs hooks (git-config(1)).
        let start = top.as_ref().unwrap_or(&common);
        let setting = configured(current)?;
        let unset = setting.is_none();
        let (folder, own) = match setting {
            Some((path, own)) => (start.join(path), own),
            None => (common.join("hooks"), true),
        };
        let real = resolved(&folder);
        let inside = |root: &PathBuf| real.starts_with(root);
        // Before it is set up in a clone, husky shows by its folder alone.
        let husky = |top: &PathBuf| unset && top.join(".husky").is_dir();
        let owner = if real.iter().any(|part| part == ".husky") || top.as_ref().is_some_and(husky) {
            Owner::Husky
        } else if own && inside(&common) {
            Owner::Repository
        } else if own && top.as_ref().is_some_and(inside) {
            let tracked = git(start, &["ls-files", "-z", "--", &real.to_string_lossy()])?;
            if tracked.is_empty() {
                Owner::Repository
            } else {
                Owner::Project
            }
        } else {
            Owner::Shared
        };
        Ok(Self {
            path: folder,
            owner,
            bare,
        })
    }
}

/// `core.hooksPath`, and whether the repository itself sets it.
fn configured(current: &Path) -> Result<Option<(PathBuf, bool)>, FolderError> {
    let mut command = command(current);
    command.args(["config", "-z", "--show-scope", "--type=path"]);
    let output = command.args(["--get", "core.hooksPath"]).output();
    let output = output.map_err(FolderError::NoGit)?;
    match output.status.code() {
        Some(0) => {}
        Some(1) => return Ok(None),
        _ => return Err(refusal(&output.stderr)),
    }
    let mut parts = output.stdout.split(|&byte| byte == 0);
    let (scope, path) = (parts.next(), parts.next());
    let path = path.unwrap_or_default().to_path();
    let path = path.map_err(|_| FolderError::Path)?;
    let own = matches!(scope, Some(b"local" | b"worktree"));
    Ok(Some((path.to_owned(), own)))
}

fn command(current: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(current).env("LC_ALL", "C");
    // A folder may have `*` in its name.
    command.env("GIT_LITERAL_PATHSPECS", "1");
    command
}

fn git(current: &Path, arguments: &[&str]) -> Result<Vec<u8>, FolderError> {
    let output = command(current).args(arguments).output();
    let output = output.map_err(FolderError::NoGit)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(refusal(&output.stderr))
    }
}

fn refusal(stderr: &[u8]) -> FolderError {
    FolderError::Git(String::from_utf8_lossy(stderr).trim_end().to_owned())
}

/// The path with its symbolic links followed, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let mut ancestors = path.ancestors();
    let found = ancestors.find_map(|above| Some((above, above.canonicalize().ok()?)));
    match found {
        Some((above, real)) => match path.strip_prefix(above) {
            // Joining nothing would add a separator at the end.
            Ok(rest) if rest.as_os_str().is_empty() => real,
            Ok(rest) => real.join(rest),
            Err(_) => path.to_owned(),
        },
        None => path.to_owned(),
    }
}
