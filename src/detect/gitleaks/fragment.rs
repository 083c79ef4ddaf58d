//! The pieces in which gitleaks looks at a file: keywords, the ends of a text and what is required beside a match are about them.
//!
//! It reads 100 kB, then on to the next empty line, 25 kB further at most; what its buffer of 4 kB holds beyond that is the next
//! piece, so that in large files long and short ones take turns (gitleaks 8.30, `sources/file.go` and `sources/common.go`).

use std::ops::Range;

const READ: usize = 100_000;
const PEEK: usize = 25_000;
const BUFFER: usize = 4096;

/// The pieces of a text.
pub(super) fn fragments(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut buffered) = (0, 0);
    while start < text.len() {
        let rest = text.len() - start;
        let read = if buffered == 0 {
            READ.min(rest)
        } else {
            buffered
        };
        let mut end = start + read;
        buffered = 0;
        if !ends_in_empty_line(&text[start..end]) {
            let mut newlines = 0;
            loop {
                match text[end - 1] {
                    b'\n' => newlines += 1,
                    b' ' | b'\t' | b'\r' => {}
                    _ => newlines = 0,
                }
                if newlines >= 2 || end - start - read >= PEEK || end == text.len() {
                    break;
                }
                if buffered == 0 {
                    buffered = BUFFER.min(text.len() - end);
                }
                buffered -= 1;
                end += 1;
            }
        }
        out.push(start..end);
        start = end;
    }
    out
}

fn ends_in_empty_line(text: &[u8]) -> bool {
    let blanks = text
        .iter()
        .rev()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    blanks.filter(|b| **b == b'\n').count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_texts_are_one_piece() {
        assert!(fragments(b"").is_empty());
        assert_eq!(fragments(b"a\n\nb"), vec![0..4]);
    }

    #[test]
    fn large_ones_are_cut_at_empty_lines() {
        let mut text = vec![b'a'; READ + 10];
        text.extend(b"\n\n");
        text.extend(vec![b'b'; 200_000]);
        let cut = fragments(&text);
        assert_eq!(cut[0], 0..READ + 12);
        // What was in the buffer, and on from there as far as it looks.
        assert_eq!(cut[1], READ + 12..READ + BUFFER + PEEK);
        assert!(cut.windows(2).all(|two| two[0].end == two[1].start));
        assert_eq!(cut.last().map(|last| last.end), Some(text.len()));
    }
}
