//! Paths as reports show them.

use std::path::{Component, Path, PathBuf};

/// Turns paths into the two forms a scan needs: as reported, and as judged.
#[derive(Clone, Debug)]
pub struct Naming {
    current: PathBuf,
}

impl Naming {
    /// Paths are reported relative to `current`, the current directory, where they lie below it.
    pub fn new(current: impl Into<PathBuf>) -> Self {
        Self {
            current: current.into(),
        }
    }

    /// `path` as reported: relative to the current directory when below it, else absolute; with `/`; no leading `./`.
    pub fn reported(&self, path: &Path) -> String {
        let absolute = normalized(&self.current.join(path));
        match absolute.strip_prefix(&self.current) {
            Ok(below) if below.as_os_str().is_empty() => ".".into(),
            Ok(below) => slashes(below),
            Err(_) => slashes(&absolute),
        }
    }

    /// `path` as judged: below the current directory, relative to it; else relative to `root`, the argument it was
    /// found under, with the name of the root itself when the root is the file.
    pub fn logical(&self, root: &Path, path: &Path) -> String {
        let absolute = normalized(&self.current.join(path));
        if let Ok(below) = absolute.strip_prefix(&self.current) {
            return slashes(below);
        }
        let root = normalized(&self.current.join(root));
        match absolute.strip_prefix(&root) {
            Ok(below) if !below.as_os_str().is_empty() => slashes(below),
            _ => {
                // A file named on its own: the folder it stands in still tells something (`settings/prod.py`).
                let mut parts: Vec<_> = absolute.components().rev().take(2).collect();
                parts.reverse();
                slashes(&parts.iter().collect::<PathBuf>())
            }
        }
    }
}

/// `path` without `.` and with `..` taken away where it can be, without asking the file system.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A path with `/` between its parts; bytes that are no UTF-8 become U+FFFD.
pub fn slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn reported_is_relative_below_the_current_directory_only() {
        let naming = Naming::new("/home/dev/shop");
        assert_eq!(naming.reported(Path::new("./a/../b.py")), "b.py");
        assert_eq!(
            naming.reported(Path::new("/home/dev/shop/a/b.py")),
            "a/b.py"
        );
        assert_eq!(
            naming.reported(Path::new("../other/b.py")),
            "/home/dev/other/b.py"
        );
    }

    #[test]
    fn judged_without_what_lies_above_the_root() {
        let naming = Naming::new("/home/dev/shop");
        let root = Path::new("/tmp/tests/project");
        assert_eq!(
            naming.logical(root, Path::new("/tmp/tests/project/a/settings.py")),
            "a/settings.py"
        );
        let file = Path::new("/tmp/tests/project/settings.py");
        assert_eq!(naming.logical(file, file), "project/settings.py");
    }
}
