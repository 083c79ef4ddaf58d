//! Loose objects. libgit2 (1.9) lists the ids of a SHA-256 store wrongly; reading them by their ids it does right.

use std::path::{Path, PathBuf};

use git2::Oid;

/// Calls `sink` for the id, of so many bytes, of every loose object in the store at `objects` and in those it borrows from.
pub(super) fn loose(objects: &Path, width: usize, sink: &mut dyn FnMut(Oid)) {
    let mut stores = vec![objects.to_owned()];
    // One that is not there is told of elsewhere.
    stores.extend(
        gix_odb::alternate::resolve(objects.to_owned(), Path::new("/")).unwrap_or_default(),
    );
    for store in stores {
        for folder in files(&store) {
            let start = name(&folder);
            if start.len() == 2 {
                let ids = files(&folder).into_iter();
                ids.filter_map(|file| {
                    super::object::id(format!("{start}{}", name(&file)).as_bytes())
                })
                .filter(|id| id.as_bytes().len() == width)
                .for_each(&mut *sink);
            }
        }
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What a folder holds, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder);
    let mut files: Vec<_> = entries
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files
}
