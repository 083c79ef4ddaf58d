//! Writing, removing and telling hooks.
//!
//! A hook that is there already is renamed and called first; nothing is ever written over but a hook of leakey.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::script::{Hook, is_ours, script};

/// What `install` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The hook is new.
    Written,
    /// It is new and calls the one that was there, under the name it has now.
    Chained,
    /// A hook of leakey was there and calls another version or place of the program.
    Renewed,
    /// Nothing: it is there.
    None,
}

/// What `uninstall` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The hook is gone.
    Removed,
    /// The hook that was there before has its name back.
    Restored,
    /// Nothing: no hook of leakey is there.
    None,
    /// Nothing: another tool has written over the hook of leakey. The hook from before it lies beside it still.
    Replaced,
}

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// A hook of leakey.
    Installed {
        /// It calls the hook that was there before.
        chained: bool,
    },
    /// A hook of somebody else.
    Other {
        /// Its text names leakey.
        names_leakey: bool,
    },
    /// A file that git passes over, as it is not executable.
    Inert,
}

/// Why a hook cannot be written or removed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The name for the hook that was there before is taken.
    #[error(
        "{}: is there from an earlier installation, and {} was written over since; if nothing needs the former, move it away and try again",
        previous.display(), hook.display()
    )]
    Taken {
        /// The hook.
        hook: PathBuf,
        /// The hook from before it.
        previous: PathBuf,
    },
}

/// The files of one hook.
struct Place {
    hook: PathBuf,
    previous: PathBuf,
    content: Option<Vec<u8>>,
    has_previous: bool,
}

impl Place {
    fn new(folder: &Folder, hook: Hook) -> Result<Self, InstallError> {
        let (path, previous) = (
            folder.path.join(hook.name()),
            folder.path.join(hook.previous()),
        );
        let content = match fs::read(&path) {
            Ok(content) => Some(content),
            // A link to nothing is something that is there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => exists(&path).then(Vec::new),
            Err(error) => return Err(file(&path)(error)),
        };
        Ok(Self {
            has_previous: exists(&previous),
            hook: path,
            previous,
            content,
        })
    }

    fn ours(&self) -> bool {
        self.content.as_deref().is_some_and(is_ours)
    }
}

/// Makes `hook` call `program`, an absolute path; else, when nothing is there, the one on the search path.
pub fn install(folder: &Folder, hook: Hook, program: &Path) -> Result<Change, InstallError> {
    let place = Place::new(folder, hook)?;
    let text = script(hook, program);
    let change = match &place.content {
        Some(content) if content == text.as_bytes() && executable(&place.hook) => {
            return Ok(Change::None);
        }
        Some(_) if place.ours() => Change::Renewed,
        Some(_) => {
            if place.has_previous {
                return Err(InstallError::Taken {
                    hook: place.hook,
                    previous: place.previous,
                });
            }
            Change::Chained
        }
        None if place.has_previous => Change::Chained,
        None => Change::Written,
    };
    fs::create_dir_all(&folder.path).map_err(file(&folder.path))?;
    // Whole or not at all: git may run it at any time.
    let new = folder.path.join(format!("{}.new-leakey", hook.name()));
    let write = || {
        fs::write(&new, &text)?;
        make_executable(&new)
    };
    write().map_err(file(&new))?;
    if change == Change::Chained && place.content.is_some() {
        fs::rename(&place.hook, &place.previous).map_err(file(&place.hook))?;
    }
    fs::rename(&new, &place.hook).map_err(file(&place.hook))?;
    Ok(change)
}

/// Removes the hook of leakey, and gives the one that was there before its name back.
pub fn uninstall(folder: &Folder, hook: Hook) -> Result<Removal, InstallError> {
    let place = Place::new(folder, hook)?;
    if place.content.is_some() && !place.ours() {
        return Ok(if place.has_previous {
            Removal::Replaced
        } else {
            Removal::None
        });
    }
    if place.has_previous {
        // In one step where systems can.
        fs::rename(&place.previous, &place.hook).map_err(file(&place.previous))?;
        return Ok(Removal::Restored);
    }
    if place.content.is_none() {
        return Ok(Removal::None);
    }
    fs::remove_file(&place.hook).map_err(file(&place.hook))?;
    Ok(Removal::Removed)
}

/// Tells what is there.
pub fn state(folder: &Folder, hook: Hook) -> Result<State, InstallError> {
    let place = Place::new(folder, hook)?;
    Ok(match &place.content {
        None => State::Absent,
        Some(_) if !executable(&place.hook) => State::Inert,
        Some(_) if place.ours() => State::Installed {
            chained: place.has_previous,
        },
        Some(content) => State::Other {
            names_leakey: memchr::memmem::find(content, b"leakey").is_some(),
        },
    })
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> InstallError {
    let path = path.to_owned();
    |error| InstallError::File { path, error }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(unix)]
fn executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

/// Where files have no such mode, git goes by the first line.
#[cfg(not(unix))]
fn executable(_: &Path) -> bool {
    true
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
