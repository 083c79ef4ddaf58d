//! From places in the code to lines of the source (`Objects/lnotab_notes.txt`, `InternalDocs/code_objects.md`).

use super::marshal::Code;
use super::version::Version;

/// The lines of a code: for each place from which on another line holds, that line.
pub(super) struct Lines(Vec<(usize, i64)>);

impl Lines {
    pub(super) fn of(code: &Code, version: Version) -> Self {
        let first = i64::from(code.first_line);
        Self(if version.has_location_table() {
            locations(&code.lines, first)
        } else if version.0 == 310 {
            ranges(&code.lines, first)
        } else {
            increments(&code.lines, first, version)
        })
    }

    /// The line of the instruction at a place.
    pub(super) fn at(&self, place: usize) -> i64 {
        let after = self.0.partition_point(|(from, _)| *from <= place);
        after.checked_sub(1).map_or(0, |at| self.0[at].1)
    }
}

/// To 3.9: how much place and line go up. Lines can go down since 3.6.
fn increments(table: &[u8], first: i64, version: Version) -> Vec<(usize, i64)> {
    let mut lines = vec![(0, first)];
    let (mut place, mut line) = (0, first);
    for pair in table.chunks_exact(2) {
        place += usize::from(pair[0]);
        line += if version.has_words() {
            i64::from(pair[1].cast_signed())
        } else {
            i64::from(pair[1])
        };
        lines.push((place, line));
    }
    lines
}

/// 3.10: how long a range is, and how much the line differs from the last; -128 where there is none.
fn ranges(table: &[u8], first: i64) -> Vec<(usize, i64)> {
    let mut lines = Vec::new();
    let (mut place, mut line) = (0, first);
    for pair in table.chunks_exact(2) {
        let by = pair[1].cast_signed();
        if by != i8::MIN {
            line += i64::from(by);
            lines.push((place, line));
        }
        place += usize::from(pair[0]);
    }
    lines
}

/// Since 3.11: entries that begin with a byte that has its highest bit set.
fn locations(table: &[u8], first: i64) -> Vec<(usize, i64)> {
    let mut lines = Vec::new();
    let (mut place, mut line) = (0, first);
    let mut at = 0;
    while let Some(&head) = table.get(at) {
        at += 1;
        let rest = table.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| **byte & 0x80 == 0).count();
        let by = match head >> 3 & 15 {
            13 | 14 => signed(&rest[..length]),
            by @ 10..=12 => i64::from(by) - 10,
            _ => 0,
        };
        line = line.saturating_add(by);
        if head >> 3 & 15 != 15 {
            lines.push((place, line));
        }
        place += 2 * (usize::from(head & 7) + 1);
        at += length;
    }
    lines
}

/// A number in pieces of six bits, the lowest first; its sign is the lowest bit.
fn signed(bytes: &[u8]) -> i64 {
    let mut value = 0_u64;
    for (&byte, shift) in bytes.iter().zip((0..48).step_by(6)) {
        value |= u64::from(byte & 63) << shift;
        if byte & 64 == 0 {
            break;
        }
    }
    let size = (value >> 1).cast_signed();
    if value & 1 == 1 { -size } else { size }
}
