//! The lines of a code frame, each cut to the width of the page around the secret, which is underlined.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

use super::super::sanitize::push_visible;
use super::Page;
use crate::finding::{Frame, FrameLine};

/// What stands for the part of a line that does not fit.
const CUT: &str = "...";

/// Columns of a tab.
const TAB: usize = 4;

/// One character of a line, as it is shown.
struct Cell {
    text: String,
    width: usize,
    marked: bool,
}

impl Page<'_> {
    /// Appends the frame, with an empty line of gutter before and after.
    pub(super) fn frame(&self, frame: &Frame, gutter: usize, out: &mut String) {
        let bar = self.paint.gutter(&format!("{:gutter$} |", ""));
        out.push_str(&bar);
        out.push('\n');
        let mut last = None;
        for line in &frame.lines {
            if last.is_some_and(|last| line.number > last + 1) {
                out.push_str(&self.paint.gutter(CUT));
                out.push('\n');
            }
            last = Some(line.number);
            let (text, marks) = fitted(line, self.width.saturating_sub(gutter + 3));
            let number = self.paint.gutter(&format!("{:>gutter$} |", line.number));
            out.push_str(format!("{number} {text}").trim_end_matches(' '));
            out.push('\n');
            if let Some((skip, carets)) = marks {
                let carets = self.paint.mark(&"^".repeat(carets));
                let _ = writeln!(out, "{bar} {:skip$}{carets}", "");
            }
        }
        out.push_str(&bar);
        out.push('\n');
    }
}

/// The text of a line in at most `room` columns, and the columns before and of its mark.
fn fitted(line: &FrameLine, room: usize) -> (String, Option<(usize, usize)>) {
    let cells = cells(line);
    let width = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
    let first = cells.iter().position(|cell| cell.marked);
    let after = cells.iter().rposition(|cell| cell.marked).map(|i| i + 1);

    let mut start = 0;
    let mut end = cells.len();
    if width(&cells) > room {
        // Leave out as much of the start as it takes to show the whole mark, but never the mark's own start.
        let (first, after) = (first.unwrap_or(0), after.unwrap_or(0));
        let needed = |start: usize| {
            let left = if start > 0 { CUT.len() } else { 0 };
            let right = if after < cells.len() { CUT.len() } else { 0 };
            left + width(&cells[start..after.max(start)]) + right
        };
        while start < first && needed(start) > room {
            start += 1;
        }
        let left = if start > 0 { CUT.len() } else { 0 };
        if left + width(&cells[start..]) > room {
            let mut used = left + CUT.len();
            end = start;
            while end < cells.len() && used + cells[end].width <= room {
                used += cells[end].width;
                end += 1;
            }
        }
    }

    let mut text = String::new();
    let (mut column, mut mark) = (0, None);
    if start > 0 {
        text.push_str(CUT);
        column = CUT.len();
    }
    for (i, cell) in cells.iter().enumerate().take(end).skip(start) {
        if cell.marked {
            let (_, columns) = mark.get_or_insert((column, 0));
            *columns += cell.width;
        } else if Some(i) == empty_mark(line) {
            mark = Some((column, 1));
        }
        text.push_str(&cell.text);
        column += cell.width;
    }
    if end < cells.len() {
        text.push_str(CUT);
    } else if line.mark.is_some() && mark.is_none() {
        mark = Some((column, 1));
    }
    (text, mark.map(|(skip, columns)| (skip, columns.max(1))))
}

/// The index of the character before which an empty mark stands.
fn empty_mark(line: &FrameLine) -> Option<usize> {
    let (start, end) = line.mark?;
    (start == end).then(|| {
        line.text
            .char_indices()
            .take_while(|&(i, _)| i < start)
            .count()
    })
}

fn cells(line: &FrameLine) -> Vec<Cell> {
    let (start, end) = line.mark.unwrap_or((0, 0));
    let cell = |(at, c): (usize, char)| {
        let mut text = String::new();
        if c == '\t' {
            text.extend(std::iter::repeat_n(' ', TAB));
        } else {
            push_visible(&mut text, c);
        }
        let width = text.chars().map(|c| c.width().unwrap_or(0)).sum();
        let marked = (start..end).contains(&at);
        Cell {
            text,
            width,
            marked,
        }
    };
    line.text.char_indices().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, mark: Option<(usize, usize)>, room: usize) -> (String, String) {
        let line = FrameLine {
            number: 1,
            text: text.into(),
            mark,
        };
        let (text, mark) = fitted(&line, room);
        let carets = mark.map_or(String::new(), |(skip, n)| " ".repeat(skip) + &"^".repeat(n));
        (text, carets)
    }

    fn both(text: &str, carets: &str) -> (String, String) {
        (text.into(), carets.into())
    }

    #[test]
    fn marks_stand_below_their_text() {
        assert_eq!(show("K='<x>'", Some((3, 6)), 80), both("K='<x>'", "   ^^^"));
        // Tabs take four columns, wide characters two, escapes what they show.
        assert_eq!(
            show("\t漢\u{1b}'<x>'", Some((6, 9)), 80),
            both("    漢\\u{1b}'<x>'", &(" ".repeat(13) + "^^^"))
        );
        assert_eq!(show("K=", Some((2, 2)), 80), both("K=", "  ^"));
        assert_eq!(show("K=''", Some((3, 3)), 80), both("K=''", "   ^"));
        assert_eq!(show("rest", None, 80), both("rest", ""));
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}'<x>'{}", "a".repeat(50), "b".repeat(50));
        let (shown, carets) = show(&text, Some((51, 54)), 20);
        assert_eq!(shown, "...aaaaaaaaaa'<x>...");
        assert_eq!(carets, format!("{}^^^", " ".repeat(14)));
        let (shown, carets) = show(&text, None, 20);
        assert_eq!(
            (shown.as_str(), carets.as_str()),
            ("aaaaaaaaaaaaaaaaa...", "")
        );
        let (shown, carets) = show(&"x".repeat(99), Some((0, 99)), 20);
        assert_eq!(shown, format!("{}...", "x".repeat(17)));
        assert_eq!(carets, "^".repeat(17));
    }

    #[test]
    fn marks_that_fit_nothing_do_no_harm() {
        assert_eq!(show("é", Some((1, 1)), 80).0, "é");
        assert_eq!(show("é", Some((7, 9)), 80).1, " ^");
        assert_eq!(show("", Some((0, 3)), 80).1, "^");
        assert_eq!(show("abc", Some((0, 3)), 0).0, "...");
    }
}
