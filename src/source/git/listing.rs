//! The ids of a store whose objects are named by SHA-256. libgit2 (1.9) lists those of packs wrongly: it takes every id
//! for 20 bytes long. Reading them by their ids it does right.

use std::path::{Path, PathBuf};

use git2::Oid;
use gix_hash::Kind;

use crate::finding::Issue;

/// Calls `sink` for every id in the store at `objects` and in those it borrows from, packs in the order in which objects
/// lie in them, each id as often as there are copies. What cannot be listed is an issue.
pub(super) fn ids(objects: &Path, sink: &mut dyn FnMut(Oid), issues: &mut Vec<Issue>) {
    let mut stores = vec![objects.to_owned()];
    // One that is not there is told of elsewhere.
    stores.extend(
        gix_odb::alternate::resolve(objects.to_owned(), Path::new("/")).unwrap_or_default(),
    );
    for store in stores {
        for file in files(&store.join("pack")) {
            if file.extension().is_none_or(|extension| extension != "idx") {
                continue;
            }
            match gix_pack::index::File::at(&file, Kind::Sha256) {
                Ok(index) => {
                    let mut entries: Vec<_> = (index.iter())
                        .map(|entry| (entry.pack_offset, entry.oid))
                        .collect();
                    entries.sort_unstable();
                    let ids = entries.iter();
                    ids.filter_map(|(_, id)| Oid::from_bytes(id.as_slice()).ok())
                        .for_each(&mut *sink);
                }
                Err(_) => issues.push(Issue::new(
                    format!(
                        "objects/pack/{}",
                        file.file_name().unwrap_or_default().to_string_lossy()
                    ),
                    "the index of this pack is damaged, so that its objects cannot be listed; `git index-pack` on the pack writes it anew",
                )),
            }
        }
        for folder in files(&store) {
            let start = name(&folder);
            if start.len() == 2 {
                let ids = files(&folder).into_iter();
                ids.filter_map(|file| {
                    super::object::id(format!("{start}{}", name(&file)).as_bytes())
                })
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
