//! Documents of offices (ECMA-376: Word, Excel, Powerpoint; ODF): the text of paragraphs and cells, as a reader sees it. They are
//! members of archives.
//!
//! A paragraph is a line, however many elements its words are spread over, and the quotes that such programs make of plain ones are
//! plain again. Strings of a workbook stand in the order of their first use: after one that may be a name, the next is its value.

use super::inset::read_pieces;
use super::lines::LINES;
use super::xml::decode;
use super::{Entry, FileName, Format};
use crate::text::{Pieces, Span};

/// The format of the XML in such documents.
#[derive(Debug)]
pub(super) struct Office;

/// [`Office`] for [`super::FORMATS`].
pub(super) static OFFICE: Office = Office;

const DOCUMENTS: &[&str] = &[
    ".docx!/", ".docm!/", ".dotx!/", ".xlsx!/", ".xlsm!/", ".pptx!/", ".pptm!/", ".odt!/",
    ".ods!/", ".odp!/",
];
/// Elements whose end is the end of a line.
const LINES_END: &[&str] = &["p", "h", "is", "row", "table-cell"];
/// Elements that stand for a blank.
const BLANKS: &[&str] = &["tab", "s", "br"];
/// The element of a string of a workbook.
const STRING: &str = "si";
/// Longer strings name nothing.
const NAME: usize = 100;
/// The longest entity with its marks.
const ENTITY: usize = 10;

impl Format for Office {
    fn name(&self) -> &'static str {
        "office"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.extension == "xml"
            && DOCUMENTS
                .iter()
                .any(|document| file.path.contains(document))
    }

    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut reader = Reader::default();
        reader.read(text);
        let pieces = reader.pieces;
        read_pieces(&pieces, &LINES, Span::new(0, pieces.text().len()), sink);
    }
}

#[derive(Default)]
struct Reader {
    pieces: Pieces,
    /// The string of a workbook that is open, with its place, and the last one if it may be a name.
    string: Option<(String, Span)>,
    named: Option<(String, Span)>,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            let open = memchr::memchr(b'<', &bytes[at..]).map_or(text.len(), |by| at + by);
            self.words(text, Span::new(at, open));
            let close = memchr::memchr(b'>', &bytes[open..]).map_or(text.len(), |by| open + by + 1);
            self.tag(&text[open..close], close);
            at = close;
        }
        self.pieces.push_as("\n", Span::new(at, at));
    }

    fn tag(&mut self, tag: &str, end: usize) {
        let here = Span::new(end, end);
        let inner = tag.trim_start_matches(['<', '/']);
        let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && !"-:".contains(c));
        let name = &inner[..length.unwrap_or(inner.len())];
        let name = name.rsplit(':').next().unwrap_or(name);
        let closes = tag.starts_with("</");
        if name == STRING {
            if closes {
                self.end_string(here);
            } else {
                self.string = Some((String::new(), here));
            }
        } else if closes && LINES_END.contains(&name) {
            self.pieces.push_as("\n", here);
        } else if !closes && BLANKS.contains(&name) {
            self.pieces.push_as(" ", here);
        }
    }

    fn end_string(&mut self, here: Span) {
        let Some((text, span)) = self.string.take() else {
            return;
        };
        if let Some((name, place)) = self.named.take() {
            self.pieces.push_as(&name, place);
            self.pieces.push_as("=\"", here);
            self.pieces.push_as(&text, span);
            self.pieces.push_as("\"\n", here);
        }
        self.pieces.push_as("\n", here);
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let is_name = !text.is_empty() && text.len() <= NAME && text.chars().all(is_part);
        self.named = is_name.then_some((text, span));
    }

    /// Character data, with entities decoded and quotes made plain.
    fn words(&mut self, text: &str, span: Span) {
        let mut from = span.start;
        let mut at = span.start;
        while let Some(character) = span_rest(text, at, span.end).chars().next() {
            let mut length = character.len_utf8();
            let plain = match character {
                '\u{2018}' | '\u{2019}' | '\u{201a}' => Some("'".to_owned()),
                '\u{201c}' | '\u{201d}' | '\u{201e}' => Some("\"".to_owned()),
                '\u{a0}' | '\n' | '\r' => Some(" ".to_owned()),
                '&' => {
                    let rest = span_rest(text, at, span.end).as_bytes();
                    let end = memchr::memchr(b';', &rest[..rest.len().min(ENTITY)]);
                    length = end.map_or(1, |end| end + 1);
                    end.map(|_| decode(&text[at..at + length]).into_owned())
                }
                _ => None,
            };
            if let Some(plain) = plain {
                self.push(text, Span::new(from, at), None);
                self.push(text, Span::new(at, at + length), Some(&plain));
                from = at + length;
            }
            at += length;
        }
        self.push(text, Span::new(from, span.end), None);
    }

    fn push(&mut self, text: &str, span: Span, plain: Option<&str>) {
        if span.is_empty() {
            return;
        }
        if let Some((string, place)) = &mut self.string {
            string.push_str(plain.unwrap_or(span.of(text)));
            *place = if place.is_empty() {
                span
            } else {
                place.join(span)
            };
        }
        match plain {
            Some(plain) => self.pieces.push_as(plain, span),
            None => self.pieces.push(text, span),
        }
    }
}

fn span_rest(text: &str, at: usize, end: usize) -> &str {
    Span::new(at, end).of(text)
}
