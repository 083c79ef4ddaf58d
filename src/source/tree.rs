//! Files on disk.
//!
//! Hidden files are seen: a `.env` is one. Files inside `.git` never are. Dependency folders, symbolic links and special
//! files are left out and counted. In the profiles hook and ci, so is what git ignores, unless it is tracked all the same:
//! a `.env` added by force is exactly what a scanner is for. A path given by name is always read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::ignored::Ignored;
use super::paths::{Naming, slashes};
use super::select::Selection;
use super::unpack::{Limits, unopened, unpack};
use super::{Counted, Item, NewVisitor, Phase, Scope, Source, SourceError, Visitor};
use crate::finding::{Issue, Origin, Skip, SourceKind};
use crate::text::binary::seam;
use crate::text::decode::is_binary;

/// Folders of other people's code, by name.
const DEPENDENCIES: &[&str] = &[
    ".bundle",
    ".eggs",
    ".gradle",
    ".m2",
    ".nox",
    ".pnpm-store",
    ".terraform",
    ".tox",
    ".venv",
    ".yarn",
    "__pypackages__",
    "bower_components",
    "dist-packages",
    "elm-stuff",
    "jspm_packages",
    "node_modules",
    "Pods",
    "site-packages",
    "target",
    "vendor",
    "venv",
    "virtualenv",
];
/// A file that makes a folder a Python environment (PEP 405). It is asked for in folders with `env` in their names.
const PYTHON_ENVIRONMENT: &str = "pyvenv.cfg";
/// What is read first, to tell binary files from text.
const FIRST_READ: usize = 64 << 10;
/// Larger files are read in parts that end with a line.
const PART: usize = 16 << 20;

/// Files and folders on disk.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What to read.
    pub paths: Vec<PathBuf>,
    /// How paths are reported.
    pub naming: Naming,
    /// Whether files that git ignores are read, too.
    pub ignored_too: bool,
    /// How far archives are opened; `None`: not at all.
    pub archives: Option<Limits>,
    /// Which of them are wanted.
    pub selection: Selection,
    /// Number of threads.
    pub threads: usize,
}

impl Source for Tree {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let mut roots = Vec::new();
        {
            let mut visitor = new_visitor();
            visitor.watch().enter(Phase::Texts, 0);
            for path in &self.paths {
                match path.metadata() {
                    Ok(data) if data.is_dir() => roots.push(path.clone()),
                    Ok(data) if data.is_file() => {
                        Reader::new(self, path).file(path, visitor.as_mut());
                    }
                    Ok(_) => visitor.issue(Issue::new(
                        self.naming.reported(path),
                        "is a pipe, socket or device; give its content to --stdin",
                    )),
                    Err(error) => {
                        let what =
                            format!("cannot be read: {error}; check the path and its permissions");
                        visitor.issue(Issue::new(self.naming.reported(path), what));
                    }
                }
            }
        }
        for root in &roots {
            self.walk(root, new_visitor);
        }
        Ok(())
    }
}

impl Tree {
    fn walk(&self, root: &Path, new_visitor: &NewVisitor<'_>) {
        let ignored = (!self.ignored_too).then(|| Ignored::new(root));
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .follow_links(false)
            .threads(self.threads)
            .build_parallel();
        walk.run(|| {
            let mut visitor = new_visitor();
            let mut reader = Reader::new(self, root);
            let ignored = ignored.as_ref();
            let watch = visitor.watch();
            Box::new(move |entry| {
                if watch.stopped() {
                    return WalkState::Quit;
                }
                match entry {
                    Ok(entry) => return self.entry(&entry, ignored, &mut reader, visitor.as_mut()),
                    Err(error) => visitor.issue(walk_issue(&self.naming, &error)),
                }
                WalkState::Continue
            })
        });
    }

    fn entry(
        &self,
        entry: &DirEntry,
        ignored: Option<&Ignored>,
        reader: &mut Reader<'_>,
        visitor: &mut dyn Visitor,
    ) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if entry.depth() > 0
            && let Some(skip) = self.left_out(entry, kind.is_dir(), ignored, reader)
        {
            visitor.skip(skip);
            return WalkState::Skip;
        }
        if kind.is_dir() {
            if let Some(ignored) = ignored
                && let Err(issue) = ignored.enter(path)
            {
                visitor.issue(Issue::new(self.naming.reported(path), issue));
            }
        } else if kind.is_symlink() {
            visitor.skip(Skip::SymbolicLink);
        } else if kind.is_file() {
            let unwanted = !self.selection.is_empty() && {
                let (reported, logical) = reader.names(path);
                !self.selection.includes(&reported, &logical)
            };
            if unwanted {
                visitor.skip(Skip::Filtered);
            } else {
                reader.file(path, visitor);
            }
        } else {
            visitor.skip(Skip::Special);
        }
        WalkState::Continue
    }

    fn left_out(
        &self,
        entry: &DirEntry,
        folder: bool,
        ignored: Option<&Ignored>,
        reader: &Reader<'_>,
    ) -> Option<Skip> {
        let name = entry.file_name().to_str().unwrap_or("");
        if name == ".git" {
            return Some(Skip::GitFolder);
        }
        if folder
            && (DEPENDENCIES.contains(&name)
                || (name.contains("env") && entry.path().join(PYTHON_ENVIRONMENT).exists()))
        {
            return Some(Skip::DependencyFolder);
        }
        if !self.selection.is_empty() {
            let (reported, logical) = reader.names(entry.path());
            if self.selection.excludes(&reported, &logical) {
                return Some(Skip::Filtered);
            }
        }
        ignored
            .filter(|ignored| ignored.holds(entry.path(), folder))
            .map(|_| Skip::GitIgnored)
    }
}

fn walk_issue(naming: &Naming, error: &ignore::Error) -> Issue {
    let path = match error {
        ignore::Error::WithPath { path, .. } => naming.reported(path),
        ignore::Error::WithDepth { err, .. } => return walk_issue(naming, err),
        _ => ".".into(),
    };
    let reason = error
        .io_error()
        .map_or_else(|| error.to_string(), io::Error::to_string);
    Issue::new(
        path,
        format!("cannot be read: {reason}; check its permissions"),
    )
}

/// Reads files into space that is used again.
struct Reader<'t> {
    tree: &'t Tree,
    root: PathBuf,
    /// The root as written and as reported: what lies below it is named by them.
    names: [String; 2],
    buffer: Vec<u8>,
    origin: Origin,
}

impl<'t> Reader<'t> {
    fn new(tree: &'t Tree, root: &Path) -> Self {
        Self {
            tree,
            names: [slashes(root), tree.naming.reported(root)],
            root: root.to_owned(),
            buffer: Vec::new(),
            origin: Origin::plain(SourceKind::Worktree),
        }
    }

    /// A path as reported and as judged.
    fn names(&self, path: &Path) -> (String, String) {
        let naming = &self.tree.naming;
        self.named(path)
            .unwrap_or_else(|| (naming.reported(path), naming.logical(&self.root, path)))
    }

    fn file(&mut self, path: &Path, visitor: &mut dyn Visitor) {
        if let Err(error) = self.read(path, visitor) {
            let what = format!("cannot be read: {error}; check its permissions");
            visitor.issue(Issue::new(self.tree.naming.reported(path), what));
        }
    }

    fn read(&mut self, path: &Path, visitor: &mut dyn Visitor) -> io::Result<()> {
        let mut file = File::open(path)?;
        self.buffer.clear();
        read_up_to(&mut file, &mut self.buffer, FIRST_READ)?;
        visitor.count(Counted::File, self.buffer.len() as u64);
        if let Some(skip) = unopened(&self.buffer) {
            if let Some(limits) = self.tree.archives {
                return self.archive(path, &mut file, &limits, visitor);
            }
            if !visitor.takes_binary(&self.buffer) {
                visitor.skip(skip);
                return Ok(());
            }
        }
        if !visitor.takes_binary(&self.buffer) && is_binary(&self.buffer) {
            if visitor.takes_names() {
                self.visit(path, self.buffer.len(), 1, visitor);
            } else {
                visitor.skip(Skip::Binary);
            }
            return Ok(());
        }
        if self.buffer.len() < FIRST_READ {
            self.visit(path, self.buffer.len(), 1, visitor);
            return Ok(());
        }
        let before = self.buffer.len();
        read_up_to(&mut file, &mut self.buffer, PART)?;
        visitor.count_bytes((self.buffer.len() - before) as u64);
        if self.buffer.len() < PART {
            self.visit(path, self.buffer.len(), 1, visitor);
        } else {
            self.parts(path, &mut file, visitor)?;
        }
        // Space that one large file took is not kept for all the small ones.
        if self.buffer.capacity() > PART / 8 {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// An archive, whose first bytes are in the buffer.
    fn archive(
        &self,
        path: &Path,
        file: &mut File,
        limits: &Limits,
        visitor: &mut dyn Visitor,
    ) -> io::Result<()> {
        let size = file.metadata()?.len();
        let (reported, logical) = self.names(path);
        let item = Item {
            path: &reported,
            logical: &logical,
            bytes: &[],
            origin: &self.origin,
            scope: Scope::Whole,
            first_line: 1,
            version: None,
        };
        let mut whole = self.buffer.as_slice().chain(file);
        unpack(
            &mut whole,
            size,
            &item,
            &self.tree.selection,
            limits,
            visitor,
        );
        Ok(())
    }

    /// A large file, part by part; the first is in the buffer.
    fn parts(&mut self, path: &Path, file: &mut File, visitor: &mut dyn Visitor) -> io::Result<()> {
        let mut line = 1;
        let mut cut = false;
        let binary = is_binary(&self.buffer);
        while !self.buffer.is_empty() {
            let full = self.buffer.len() >= PART;
            let line_end = memchr::memrchr(b'\n', &self.buffer).map(|at| at + 1);
            let seam = || seam(&self.buffer).filter(|_| binary);
            let end = match line_end.or_else(seam) {
                _ if !full => self.buffer.len(),
                Some(end) => end,
                None => {
                    cut = true;
                    self.buffer.len()
                }
            };
            self.visit(path, end, line, visitor);
            line += memchr::memchr_iter(b'\n', &self.buffer[..end]).count();
            self.buffer.drain(..end);
            let before = self.buffer.len();
            read_up_to(file, &mut self.buffer, PART)?;
            visitor.count_bytes((self.buffer.len() - before) as u64);
        }
        if cut {
            let what = format!(
                "has a line of more than {} MB, which was searched in pieces; a value across two pieces would be missed",
                PART >> 20
            );
            visitor.issue(Issue::new(self.tree.naming.reported(path), what));
        }
        Ok(())
    }

    fn visit(&self, path: &Path, end: usize, first_line: usize, visitor: &mut dyn Visitor) {
        let (reported, logical) = self.names(path);
        visitor.visit(Item {
            path: &reported,
            logical: &logical,
            bytes: &self.buffer[..end],
            origin: &self.origin,
            scope: Scope::Whole,
            first_line,
            version: None,
        });
    }

    /// The names of a file below the root, put together from those of the root: every file of a tree is named, most for
    /// nothing.
    fn named(&self, path: &Path) -> Option<(String, String)> {
        let [written, reported] = &self.names;
        let whole = slashes(path);
        let below = whole
            .strip_prefix(written.as_str())?
            .trim_start_matches('/');
        if below.is_empty() {
            return None;
        }
        let join = |folder: &str| {
            if folder == "." {
                below.to_owned()
            } else {
                format!("{}/{below}", folder.trim_end_matches('/'))
            }
        };
        // Outside of the current directory files are judged by what lies below the root alone.
        let logical = if reported.starts_with('/') || reported.contains(':') {
            below.to_owned()
        } else {
            join(reported)
        };
        Some((join(reported), logical))
    }
}

/// Reads until `buffer` holds `length` bytes or the file ends.
fn read_up_to(file: &mut File, buffer: &mut Vec<u8>, length: usize) -> io::Result<()> {
    let missing = length.saturating_sub(buffer.len());
    file.take(missing as u64).read_to_end(buffer)?;
    Ok(())
}
