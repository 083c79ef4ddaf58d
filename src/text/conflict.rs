//! The marks that a merge leaves in a text where both sides changed it.

use std::borrow::Cow;

use memchr::memmem;

/// What a mark of a merge begins with, where there is one.
pub const OURS: &str = "<<<<<<< ";
const BASE: &str = "||||||| ";
const BETWEEN: &str = "=======";
const THEIRS: &str = ">>>>>>> ";

/// The text with blanks in place of those lines, so that both sides are read; offsets stay what they are. Marks that do not
/// come in their order are text (git's documentation of `git merge`, "How conflicts are presented").
pub(super) fn without_marks(text: Cow<'_, str>) -> Cow<'_, str> {
    let starts = text.starts_with(OURS) || memmem::find(text.as_bytes(), b"\n<<<<<<< ").is_some();
    if !starts {
        return text;
    }
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let span = (at, at + content.len());
        at += line.len();
        if content.starts_with(OURS) {
            open = vec![span];
        } else if (open.len() == 1 && content.starts_with(BASE))
            || (!open.is_empty() && content == BETWEEN)
        {
            open.push(span);
        } else if open.len() >= 2 && content.starts_with(THEIRS) {
            lines.append(&mut open);
            lines.push(span);
        }
    }
    if lines.is_empty() {
        return text;
    }
    let mut clean = text.into_owned();
    for (start, end) in lines {
        clean.replace_range(start..end, &" ".repeat(end - start));
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_their_order_are_blanks() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\r\n>>>>>>> branch\ne";
        let clean = without_marks(Cow::Borrowed(text));
        assert_eq!(clean.len(), text.len());
        let words: Vec<&str> = clean.split_whitespace().collect();
        assert_eq!(words, ["a", "b", "c", "d", "e"]);
        for (at, word) in clean.match_indices(char::is_alphabetic) {
            assert_eq!(&text[at..=at], word);
        }
    }

    #[test]
    fn other_lines_stay() {
        for text in [
            "Title\n=======\ntext",
            "<<<<<<< a\nb",
            "<<<<<<< a\n>>>>>>> b\n",
            "x <<<<<<< a\n=======\n>>>>>>> b",
        ] {
            assert_eq!(without_marks(Cow::Borrowed(text)), text);
        }
    }
}
