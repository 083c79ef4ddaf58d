//! Hooks of git: what git tells them about a push, where they lie, and writing and removing those that call leakey.

mod folder;
mod install;
mod script;
mod updates;

pub use folder::{Folder, FolderError, Owner};
pub use install::{Change, InstallError, Removal, State, install, state, uninstall};
pub use script::Hook;
pub use updates::{HookError, Update, pre_push, pre_receive};
