//! Which lines of a text a change added.
//!
//! Computed here from the two blobs, always: attributes such as `-diff` or `binary`, text conversion and filters of
//! the repository under scan have no say. Lines are those of the decoded text, so that UTF-16 counts as its reader
//! counts.

use std::borrow::Cow;
use std::collections::HashMap;

use git2::{DiffOptions, Patch};

use crate::text::{Decoded, decode};

/// Sorted, inclusive ranges of line numbers.
pub(super) type Ranges = Vec<(usize, usize)>;

/// All lines there can be.
pub(super) const ALL: (usize, usize) = (1, usize::MAX);

/// The lines of `new` that are not in `old`. Without an `old` text that can be read, all of them.
pub(super) fn lines(old: Option<&[u8]>, new: &[u8]) -> Ranges {
    let Some(old) = old.and_then(text) else {
        return vec![ALL];
    };
    let Some(new) = text(new) else {
        return Vec::new();
    };
    if old.is_empty() {
        return if new.is_empty() {
            Vec::new()
        } else {
            vec![ALL]
        };
    }
    // Should libgit2 not manage (a text of gigabytes), too much is looked at rather than too little.
    hunks(&old, &new).unwrap_or_else(|_| vec![ALL])
}

fn hunks(old: &[u8], new: &[u8]) -> Result<Ranges, git2::Error> {
    let mut options = DiffOptions::new();
    options
        .context_lines(0)
        .interhunk_lines(0)
        .force_text(true)
        .indent_heuristic(false);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options))?;
    let mut ranges = Ranges::new();
    for number in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(number)?;
        let (first, count) = (hunk.new_start() as usize, hunk.new_lines() as usize);
        if count > 0 {
            ranges.push((first, first + count - 1));
        }
    }
    Ok(ranges)
}

/// The lines that are in both.
pub(super) fn both(left: &[(usize, usize)], right: &[(usize, usize)]) -> Ranges {
    let mut out = Ranges::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(&(from, to)), Some(&(start, end))) = (left.get(i), right.get(j)) {
        let (first, last) = (from.max(start), to.min(end));
        if first <= last {
            out.push((first, last));
        }
        if to < end {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

/// The lines of a text with how often each stands there, to tell how much two texts share.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    lines: HashMap<u64, u32>,
    bytes: usize,
}

impl Sketch {
    /// `None` when `bytes` are no text.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let text = text(bytes)?;
        let mut lines = HashMap::new();
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            *lines.entry(weighed(line)).or_insert(0) += 1;
        }
        Some(Self {
            lines,
            bytes: text.len(),
        })
    }

    /// Whether at least half of the larger text stands in the other.
    pub(super) fn resembles(&self, other: &Self) -> Option<usize> {
        let most = self.bytes.max(other.bytes);
        if self.bytes.min(other.bytes) * 2 < most {
            return None;
        }
        let (few, many) = if self.lines.len() < other.lines.len() {
            (self, other)
        } else {
            (other, self)
        };
        // A sum: the order in which lines come does not matter.
        #[expect(clippy::iter_over_hash_type, reason = "a sum has no order")]
        let shared = {
            let mut shared = 0;
            for (line, &count) in &few.lines {
                let common = count.min(many.lines.get(line).copied().unwrap_or(0));
                shared += common as usize * (line & LENGTH) as usize;
            }
            shared
        };
        (shared * 2 >= most && shared > 0).then_some(shared)
    }
}

/// Low bits of a line's mark that hold its length.
const LENGTH: u64 = 0xfff;

/// A line's hash with its length (up to 4,095) in the low bits.
fn weighed(line: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in line {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash & !LENGTH) | (line.len() as u64).min(LENGTH)
}

/// The bytes whose line feeds are those of the decoded text.
fn text(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    match decode(bytes) {
        Decoded::Binary => None,
        // A single-byte text has the same lines decoded or not.
        Decoded::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
        Decoded::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_lines_only() {
        assert_eq!(lines(Some(b"a\nb\n"), b"a\nx\nb\ny\n"), [(2, 2), (4, 4)]);
        assert_eq!(lines(Some(b"a\nb\n"), b"a\n"), []);
        assert_eq!(lines(Some(b"a\n\0"), b"a\n"), [ALL]);
        assert_eq!(lines(None, b"a\n"), [ALL]);
    }

    #[test]
    fn a_merge_adds_what_no_parent_has() {
        assert_eq!(both(&[(1, 5), (9, 9)], &[(4, 9)]), [(4, 5), (9, 9)]);
        assert_eq!(both(&[ALL], &[(2, 3)]), [(2, 3)]);
        assert_eq!(both(&[], &[ALL]), []);
    }

    #[test]
    fn alike_means_half_of_the_larger() {
        let sketch = |text: &str| Sketch::new(text.as_bytes()).unwrap();
        let long = sketch("one\ntwo\nthree\nfour\n");
        assert!(
            long.resembles(&sketch("one\ntwo\nthree\nother\n"))
                .is_some()
        );
        assert!(
            long.resembles(&sketch("five\nsix\nseven\neight\n"))
                .is_none()
        );
        assert!(Sketch::new(b"\0").is_none());
    }
}
