//! Commits, tags and trees as bytes: read without judgement, so that an odd object is still read.
//!
//! git and libgit2 refuse a commit over one malformed line; a scan must not. What cannot be made out here stays empty.

use git2::Oid;
use memchr::{memchr, memmem, memrchr};

use super::parents::Parents;
use crate::finding::CommitInfo;

/// What a scan needs of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit<'a> {
    pub(super) tree: Oid,
    pub(super) parents: Parents,
    pub(super) stamp: Stamp<'a>,
    pub(super) message: &'a [u8],
}

/// Who wrote it, and when it was committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp<'a> {
    /// `Name <mail>`.
    pub(super) author: &'a [u8],
    pub(super) seconds: i64,
    pub(super) offset_minutes: i32,
}

impl Stamp<'_> {
    /// The same as reports tell it.
    pub(super) fn info(&self, id: Oid) -> CommitInfo {
        CommitInfo {
            seconds: self.seconds,
            id: id.to_string(),
            offset_minutes: self.offset_minutes,
            author: String::from_utf8_lossy(self.author).into_owned(),
        }
    }
}

/// What a scan needs of an annotated tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) target: Oid,
    pub(super) name: &'a [u8],
    pub(super) message: &'a [u8],
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) kind: EntryKind,
    pub(super) name: &'a [u8],
    /// The bytes of its id.
    pub(super) id: &'a [u8],
}

impl<'a> Entry<'a> {
    /// An entry of what stands before the NUL in it, its mode and name, and of the bytes of its id. `None` when it has no mode.
    pub(super) fn new(head: &'a [u8], id: &'a [u8]) -> Option<Self> {
        // git writes few modes, and most entries are files and folders.
        if let Some(name) = head.strip_prefix(b"100644 ") {
            let kind = EntryKind::File;
            return Some(Self { kind, name, id });
        }
        if let Some(name) = head.strip_prefix(b"40000 ") {
            let kind = EntryKind::Tree;
            return Some(Self { kind, name, id });
        }
        let space = memchr(b' ', head)?;
        let mut mode = 0_u32;
        for &digit in &head[..space] {
            if !(b'0'..=b'7').contains(&digit) || mode > 0o7_777_777 {
                return None;
            }
            mode = mode * 8 + u32::from(digit - b'0');
        }
        Some(Self {
            kind: EntryKind::of(mode),
            name: &head[space + 1..],
            id,
        })
    }

    /// Its id.
    pub(super) fn oid(&self) -> Oid {
        Oid::from_bytes(self.id).unwrap_or(Oid::ZERO_SHA1)
    }
}

/// What an entry of a tree names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Tree,
    File,
    Link,
    Submodule,
}

impl EntryKind {
    /// The kind by the type bits of a mode; what git does not know counts as a file, so that it is looked at.
    pub(super) fn of(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o040_000 => Self::Tree,
            0o120_000 => Self::Link,
            0o160_000 => Self::Submodule,
            _ => Self::File,
        }
    }
}

/// Reads a commit. `None` when it names no tree.
pub(super) fn commit(data: &[u8]) -> Option<Commit<'_>> {
    let mut tree = None;
    let mut parents = Parents::default();
    let mut stamp = Stamp::default();
    let mut from = 0;
    // A head ends with an empty line, which is none of its own at the beginning.
    let message = loop {
        let end = memchr(b'\n', &data[from..]).map_or(data.len(), |by| from + by);
        let (name, value) = field(&data[from..end]);
        match name {
            b"tree" => tree = tree.or_else(|| id(value)),
            b"parent" => {
                if let Some(id) = id(value) {
                    parents.push(id);
                }
            }
            b"author" => stamp.author = person(value).0,
            b"committer" => (stamp.seconds, stamp.offset_minutes) = time(person(value).1),
            _ => {}
        }
        match data.get(end + 1..) {
            None => break &b""[..],
            Some([b'\n', message @ ..]) => break message,
            Some(_) if name == b"committer" => break split(&data[end..]).1,
            Some(_) => from = end + 1,
        }
    };
    Some(Commit {
        tree: tree?,
        parents,
        stamp,
        message,
    })
}

/// Reads an annotated tag. `None` when it names no target.
pub(super) fn tag(data: &[u8]) -> Option<Tag<'_>> {
    let (header, message) = split(data);
    let mut target = None;
    let mut name: &[u8] = b"";
    for line in lines(header) {
        match field(line) {
            (b"object", value) => target = target.or_else(|| id(value)),
            (b"tag", value) => name = value,
            _ => {}
        }
    }
    Some(Tag {
        target: target?,
        name,
        message,
    })
}

/// The entries of a tree, in its order. Ends early, with [`Entries::broken`] set, at bytes that are no entry.
#[derive(Clone, Debug)]
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    /// Bytes of the tree.
    size: usize,
    /// Bytes of an id.
    length: usize,
    broken: bool,
}

impl<'a> Entries<'a> {
    /// The entries in `data`, a tree in a store whose ids have so many bytes.
    pub(super) fn new(data: &'a [u8], width: usize) -> Self {
        Self {
            rest: data,
            size: data.len(),
            length: width,
            broken: false,
        }
    }

    /// The entries of a tree that was read.
    pub(super) fn of(tree: &'a git2::OdbObject<'_>) -> Self {
        Self::new(tree.data(), tree.id().as_bytes().len())
    }

    /// Whether the tree held bytes that are no entry.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    /// The bytes that were not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Where the next entry begins, in bytes from the beginning of the tree.
    pub(super) fn at(&self) -> usize {
        self.size - self.rest.len()
    }

    /// Passes over so many bytes, which are whole entries.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn take(&mut self) -> Option<Entry<'a>> {
        let nul = memchr(0, self.rest)?;
        let id = self.rest.get(nul + 1..nul + 1 + self.length)?;
        let entry = Entry::new(&self.rest[..nul], id)?;
        self.rest = &self.rest[nul + 1 + self.length..];
        Some(entry)
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() || self.broken {
            return None;
        }
        let entry = self.take();
        self.broken = entry.is_none();
        entry
    }
}

fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match memmem::find(data, b"\n\n") {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (data, b""),
    }
}

fn lines(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    header.split(|&byte| byte == b'\n')
}

fn field(line: &[u8]) -> (&[u8], &[u8]) {
    // No name that is looked for is longer.
    match line.iter().take(10).position(|&byte| byte == b' ') {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => (line, b""),
    }
}

/// What eight hexadecimal digits stand for, all of them at the same time: a history holds millions.
fn eight(digits: [u8; 8]) -> Option<[u8; 4]> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(digits);
    let letters = word >> 6 & EACH;
    let values = (word & (EACH * 0x0f)) + letters * 9;
    // Digits are what is written for these values again, be it in capitals.
    let above_nine = (values + EACH * 6) >> 4 & EACH;
    let again = EACH * u64::from(b'0') + values + above_nine * 0x27;
    if again != word | letters << 5 || values & (EACH * 0x10) != 0 {
        return None;
    }
    let pairs = (values << 4 | values >> 8).to_le_bytes();
    Some([pairs[0], pairs[2], pairs[4], pairs[6]])
}

/// An object id in hex: of SHA-1 or of SHA-256.
pub(super) fn id(hex: &[u8]) -> Option<Oid> {
    let hex = hex.trim_ascii();
    if !matches!(hex.len(), 40 | 64) {
        return None;
    }
    let mut bytes = [0; 32];
    for (bytes, &digits) in bytes.as_chunks_mut().0.iter_mut().zip(hex.as_chunks().0) {
        *bytes = eight(digits)?;
    }
    Oid::from_bytes(bytes.get(..hex.len() / 2)?).ok()
}

/// Whether this is how git writes that there is no object.
pub(super) fn nothing(hex: &str) -> bool {
    id(hex.as_bytes()).is_some_and(|id| id.is_zero())
}

/// `Name <mail> seconds +hhmm` in its parts: who, and when.
fn person(value: &[u8]) -> (&[u8], &[u8]) {
    let end = memrchr(b'>', value).map_or(value.len(), |at| at + 1);
    value.split_at(end)
}

/// Seconds, and minutes from Greenwich.
fn time(when: &[u8]) -> (i64, i32) {
    let when = std::str::from_utf8(when).unwrap_or("");
    let mut parts = when.split_ascii_whitespace();
    let seconds = parts.next().and_then(|part| part.parse().ok());
    let zone = parts.next().and_then(|part| part.parse::<i32>().ok());
    // `+0530` read as the number 530: hours and minutes stand in the hundreds and below.
    let minutes = zone
        .filter(|zone| zone.abs() < 10_000)
        .map_or(0, |zone| zone / 100 * 60 + zone % 100);
    (seconds.unwrap_or(0), minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789012345678901234567890123456789";

    #[test]
    fn digits_are_read() {
        assert_eq!(eight(*b"09afAF5b"), Some([0x09, 0xaf, 0xaf, 0x5b]));
        for byte in 0..=u8::MAX {
            let value = char::from(byte).to_digit(16).filter(|_| byte < 128);
            for at in 0..8 {
                let mut digits = *b"00000000";
                digits[at] = byte;
                let read = eight(digits).map(u32::from_be_bytes);
                assert_eq!(read, value.map(|value| value << (28 - 4 * at)), "{byte}");
            }
        }
    }

    #[test]
    fn a_commit_in_its_parts() {
        let data = format!(
            "tree {ID}\nparent {ID}\nauthor A U <a@u> 1 +0100\ncommitter C <c@d> 1700000000 -0530\ngpgsig x\n y\n\nsubject\n\nbody\n"
        );
        let commit = commit(data.as_bytes()).unwrap();
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.stamp.author, b"A U <a@u>");
        assert_eq!(commit.stamp.seconds, 1_700_000_000);
        assert_eq!(commit.stamp.offset_minutes, -330);
        assert_eq!(commit.message, b"subject\n\nbody\n");
    }

    #[test]
    fn odd_commits_are_read_as_far_as_they_go() {
        assert!(commit(b"").is_none());
        assert!(commit(b"tree 01\n\nx").is_none());
        let data = format!("tree {ID}\nauthor nobody\ncommitter <> 99999999999999999999 +99999999");
        let commit = commit(data.as_bytes()).unwrap();
        assert_eq!((commit.stamp.seconds, commit.stamp.offset_minutes), (0, 0));
    }

    #[test]
    fn a_cut_tree_says_so() {
        let mut data = b"100644 a\0".to_vec();
        data.extend([7; 20]);
        data.extend(b"40000 b\0");
        let mut entries = Entries::new(&data, 20);
        assert_eq!(entries.next().unwrap().name, b"a");
        assert!(entries.next().is_none());
        assert!(entries.broken());
    }
}
