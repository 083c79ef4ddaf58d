//! Comments.

use super::token::{Kind, Lexer};
use crate::text::Span;

impl Lexer<'_, '_> {
    /// A comment at the cursor; with one that ends with its line, those in the lines below.
    pub(super) fn comment(&mut self) -> bool {
        for (open, close) in self.language.block_comments {
            if self.starts(self.at, open) {
                let from = self.at + open.len();
                let end = memchr::memmem::find(&self.bytes[from..], close.as_bytes())
                    .map_or(self.bytes.len(), |by| from + by + close.len());
                self.out.comments.push(Span::new(self.at, end));
                self.at = end;
                return true;
            }
        }
        for open in self.language.line_comments {
            if self.starts(self.at, open) {
                let end = self.line_end(self.at);
                if let Some(close) = self.island {
                    self.in_island(close, end);
                } else {
                    self.comment_to(end);
                    while self.goes_on_below(open) {}
                }
                return true;
            }
        }
        false
    }

    /// The comment from the cursor to the end of its line.
    fn comment_to(&mut self, line: usize) {
        let carried = line > self.at && self.bytes.get(line - 1) == Some(&b'\r');
        let end = line - usize::from(carried);
        self.out.comments.push(Span {
            start: self.at,
            end,
        });
        self.at = end;
    }

    /// The comment from the cursor to the end of its line, or of the island that `close` ends.
    fn in_island(&mut self, close: &str, line: usize) {
        let rest = &self.text[self.at..line];
        let closed = close.starts_with('?').then(|| rest.find(close)).flatten();
        self.comment_to(closed.map_or(line, |by| self.at + by));
    }

    /// Reads the next line, too, where nothing stands in it but a comment that begins with `open`: they mostly follow each other.
    fn goes_on_below(&mut self, open: &str) -> bool {
        if self.bytes.get(self.at) != Some(&b'\n') {
            return false;
        }
        let at = self.behind_blanks(self.at + 1);
        if self.resume.is_some() || !self.starts(at, open) || self.may_be_other(at) {
            return false;
        }
        self.push(Kind::Newline, 1);
        self.at = at;
        let end = self.line_end(at);
        self.comment_to(end);
        true
    }

    /// Whether what begins like a comment in a line may be something else.
    fn may_be_other(&self, at: usize) -> bool {
        let meaning = self.bytes.get(at).map(|&byte| self.begin.of(byte));
        let blocks = self.language.block_comments;
        meaning.is_none_or(|meaning| meaning.is_rare() || meaning.is_line_comment())
            || blocks.iter().any(|(open, _)| self.starts(at, open))
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::token::{Tokens, tokens};
    use super::super::{lua::LUA, php::PHP, python::PYTHON, ruby::RUBY};
    use crate::text::Span;
    use crate::text::dice::Dice;

    const LINES: &[&str] = &[
        "# one",
        "  # two",
        "// three",
        "-- four",
        "--[[ five",
        "six ]]",
        "/* seven */",
        "# eight\r",
        "=begin",
        "=end",
        "x = 'nine' # ten",
        "# ?> <p> <?php # eleven",
        "x = <<A # twelve",
        "A",
        "#[Thirteen]",
        "#!fourteen",
        "",
        "'''",
        "# '''",
    ];

    /// The texts of all tokens and comments, without what parts these.
    fn told(text: &str, tokens: &Tokens) -> [Vec<String>; 2] {
        let plain = |span: Span| span.of(text).replace('\u{c}', "").trim().to_owned();
        let list = tokens.list.iter().map(|token| plain(token.span));
        let comments = tokens.comments.iter().map(|&span| plain(span));
        [list.collect(), comments.collect()]
    }

    #[test]
    fn comments_that_follow_each_other_are_told_like_others() {
        let mut dice = Dice(3);
        let languages: [&Language; 4] = [&LUA, &PHP, &PYTHON, &RUBY];
        let mut followed = 0;
        for _ in 0..5000 {
            let count = 1 + dice.below(6);
            let lines: Vec<&str> = (0..count).map(|_| LINES[dice.below(LINES.len())]).collect();
            let together = lines.join("\n");
            // A form feed is a blank, but none that stands between comments.
            let part = |line: &&str| {
                let parted = line.trim_start().starts_with(['#', '/', '-']);
                format!("{}{line}", if parted { "\u{c}" } else { "" })
            };
            let apart = lines.iter().map(part).collect::<Vec<_>>().join("\n");
            for language in languages {
                let one = told(&together, &tokens(&together, language));
                let other = told(&apart, &tokens(&apart, language));
                assert_eq!(one, other, "{together:?}");
                followed += usize::from(one[1].len() > 2);
            }
        }
        assert!(followed > 100, "{followed}");
    }
}
