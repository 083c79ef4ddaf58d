//! Paths as reports show them.

use std::borrow::Cow;
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

/// Paths as reported, seen from a folder other than the one they are reported from: globs of a configuration file are
/// relative to its folder, whatever the current directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    absolute: String,
    relative: Relative,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Relative {
    /// Reported paths lie below the folder; this stands between.
    Below(String),
    /// The folder lies this far below.
    Above(String),
    /// They have nothing in common.
    Apart,
}

impl Base {
    /// The view from `folder` on paths that are reported relative to `from`; both absolute.
    pub fn new(folder: &Path, from: &Path) -> Self {
        let between = |path: &Path| {
            let mut text = slashes(path);
            if !text.is_empty() {
                text.push('/');
            }
            text
        };
        let relative = if let Ok(below) = from.strip_prefix(folder) {
            Relative::Below(between(below))
        } else if let Ok(below) = folder.strip_prefix(from) {
            Relative::Above(between(below))
        } else {
            Relative::Apart
        };
        let mut absolute = slashes(folder);
        if !absolute.ends_with('/') {
            absolute.push('/');
        }
        Self { absolute, relative }
    }

    /// `reported` relative to the folder; `None` when it lies elsewhere. Names of messages (`:commit/…`) stay.
    pub fn path<'p>(&self, reported: &'p str) -> Option<Cow<'p, str>> {
        if reported.starts_with(':') {
            return Some(reported.into());
        }
        if Path::new(reported).is_absolute() {
            return reported
                .strip_prefix(self.absolute.as_str())
                .map(Cow::Borrowed);
        }
        match &self.relative {
            Relative::Below(between) if between.is_empty() => Some(reported.into()),
            Relative::Below(between) => Some(format!("{between}{reported}").into()),
            Relative::Above(between) => reported.strip_prefix(between.as_str()).map(Cow::Borrowed),
            Relative::Apart => None,
        }
    }
}

/// `path` without `.` and with `..` taken away where it can be, without asking the file system.
pub fn normalized(path: &Path) -> PathBuf {
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
    fn a_base_sees_paths_from_its_own_folder() {
        let root = Path::new("/home/dev/shop");
        let below = Base::new(root, Path::new("/home/dev/shop/api"));
        assert_eq!(below.path("a.py").as_deref(), Some("api/a.py"));
        assert_eq!(below.path("/home/dev/shop/b.py").as_deref(), Some("b.py"));
        assert_eq!(below.path("/home/dev/shopping/b.py"), None);
        let above = Base::new(&root.join("api"), root);
        assert_eq!(above.path("api/a.py").as_deref(), Some("a.py"));
        assert_eq!(above.path("web/a.py"), None);
        assert_eq!(above.path(":commit/1").as_deref(), Some(":commit/1"));
        let apart = Base::new(Path::new("/srv"), root);
        assert_eq!(apart.path("a.py"), None);
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
