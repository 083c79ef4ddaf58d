//! Places in a long line that are in no entry, whatever stands before them: what is read from there on is what the line gives.

use std::ops::Range;

use super::reader::{BLANK_LIMIT, LONGEST, NAME_LIMIT, Reader};

/// The byte that tells an entry stands so far before its literal at most.
const BEFORE_LITERAL: usize = NAME_LIMIT + 3 * BLANK_LIMIT;
/// So far before what is looked for a place is mostly found that is in no entry.
const NEAR: usize = 512;

/// The bytes that may tell an entry.
const TELLING: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"=:,-sS";
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = true;
        index += 1;
    }
    table
};

impl Reader<'_> {
    /// The first byte between two places that may tell an entry.
    pub(super) fn telling(&self, from: usize, to: usize) -> Option<usize> {
        let bytes = self.bytes.get(from..to)?;
        let tells = |&byte: &u8| TELLING[usize::from(byte)];
        bytes.iter().position(tells).map(|by| from + by)
    }

    /// A place not far before `at` that is in no entry.
    pub(super) fn free_before(&self, at: usize) -> Option<usize> {
        let near = || self.free(at.saturating_sub(NEAR)..at);
        let far = || self.free(at.saturating_sub(2 * LONGEST)..at);
        near().or_else(far)
    }

    /// A place there that is in no entry.
    fn free(&self, places: Range<usize>) -> Option<usize> {
        let mut end = self.end_of_all(places.start);
        let mut at = places.start;
        while let Some(next) = self.telling(at, places.end) {
            if next >= end {
                return Some(next);
            }
            if let Some(entry) = self.entry_at(next) {
                end = end.max(entry.statement.end);
            }
            at = next + 1;
        }
        (end < places.end).then_some(end)
    }

    /// Where the entries end that are told by bytes before `at`, or `at` where none goes on there. What is told further ahead than
    /// what opens a literal can be ended before what ends each of them was last.
    fn end_of_all(&self, at: usize) -> usize {
        let first = self.line.start.max(at.saturating_sub(LONGEST));
        let before = self.bytes.get(first..at).unwrap_or_default();
        let lasts = [
            memchr::memrchr(b'"', before),
            memchr::memrchr(b'\'', before),
            memchr::memrchr(b'`', before),
        ];
        let blank = memchr::memrchr2(b' ', b'\t', before);
        // Without a blank, what has no quotes may go on from anywhere; a literal in quotes that stand nowhere there does not.
        let last = lasts.into_iter().flatten().min().unwrap_or(before.len());
        let last = first + last.min(blank.unwrap_or(0));
        let mut from = first.max(last.saturating_sub(BEFORE_LITERAL));
        let mut end = at;
        while let Some(next) = self.telling(from, at) {
            if let Some(entry) = self.entry_at(next) {
                end = end.max(entry.statement.end);
            }
            from = next + 1;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dice::Dice;

    const PIECES: &[&str] = &[
        "a",
        "s",
        " ",
        "  ",
        "\"",
        "'",
        "`",
        "=",
        ":",
        ",",
        "-",
        "--name ",
        "setx A ",
        "\\",
        "b=c",
        "\"d\":\"e\",",
        "f('g', 'h')",
        "x",
        "é",
        "&",
        "?i=j&",
        "k: 'l'",
        "m=",
        "ENV=\"",
    ];

    #[test]
    fn what_is_read_from_a_free_place_is_what_the_line_gives() {
        let mut dice = Dice(5);
        let mut below = |most: usize| dice.below(most);
        let mut found = 0;
        for _ in 0..60 {
            let kinds = 1 + below(PIECES.len());
            let from = below(PIECES.len());
            let mut text = String::new();
            while text.len() < 60_000 {
                let piece = PIECES[(from + below(kinds)) % PIECES.len()];
                // Some literals are long.
                let times = if below(200) == 0 { below(3_000) } else { 1 };
                text.push_str(&piece.repeat(times));
            }
            let (reader, _) = Reader::new(&text, 0);
            let mut all = Vec::new();
            reader.read(0, text.len(), &mut |entry| all.push(entry.statement));
            for _ in 0..20 {
                let at = text.floor_char_boundary(31_000 + below(text.len() - 31_000));
                let Some(free) = reader.free_before(at) else {
                    continue;
                };
                found += 1;
                assert!(free <= at, "{free} {at}");
                let mut rest = Vec::new();
                reader.read(free, text.len(), &mut |entry| rest.push(entry.statement));
                assert!(all.ends_with(&rest), "{free} of:\n{text}");
                let before = &all[..all.len() - rest.len()];
                assert!(before.iter().all(|span| span.end <= free), "{free}");
            }
        }
        assert!(found > 100, "{found}");
    }
}
