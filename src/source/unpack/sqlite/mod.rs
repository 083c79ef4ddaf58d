//! `SQLite` databases (<https://sqlite.org/fileformat2.html>): their tables as texts with a line for each row.
//!
//! The file is read as it is; a journal or write-ahead log beside it is not, and neither are deleted rows. Of a row its texts are
//! written, each under the name of its column. Where a column is one for values, such as `value`, the text goes under what the
//! column before it holds: in a table of settings that is the name of the setting.

mod pages;
mod record;
mod schema;

use pages::{MAGIC, Pages};

/// Whether a file that begins with `head` is a database.
pub(super) fn is_database(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// A text is handed on when it is so long.
const PART: usize = 8 << 20;
/// Longer texts name nothing.
const NAME: usize = 100;
/// Last words in the names of columns whose texts go under what stands beside them.
const VALUES: &[&str] = &[
    "value", "val", "v", "data", "content", "contents", "text", "body", "payload", "setting",
    "string",
];

/// Last words in the names of columns that hold names.
const NAMES: &[&str] = &[
    "name",
    "key",
    "k",
    "option",
    "parameter",
    "param",
    "variable",
    "var",
    "setting",
    "slug",
    "code",
];

/// Some rows of a table.
pub(super) struct Part<'t> {
    pub(super) table: &'t str,
    /// The number of the first row, from 1.
    pub(super) first: usize,
    /// A line for each row.
    pub(super) text: &'t str,
}

/// Calls `sink` for the tables of a database; `false` from it ends the reading. Gives whether all of it made sense.
pub(super) fn tables(bytes: &[u8], sink: &mut dyn FnMut(Part<'_>) -> bool) -> bool {
    let Some(mut pages) = Pages::new(bytes) else {
        return false;
    };
    let mut tables = Vec::new();
    // `type, name, tbl_name, rootpage, sql`
    pages.rows(1, 0, &mut |pages, row| {
        let Some(texts) = record::texts(row, pages.encoding) else {
            pages.damaged = true;
            return true;
        };
        let text = |at: usize| texts.get(at).cloned().flatten().unwrap_or_default();
        let root = record::number(row, 3).filter(|root| *root > 0);
        if let Some(root) = root.filter(|_| text(0) == "table") {
            tables.push((text(1), root, schema::columns(&text(4))));
        }
        true
    });
    for (table, root, columns) in tables {
        let mut lines = Lines::default();
        let goes_on = pages.rows(root, 0, &mut |pages, row| {
            let texts = record::texts(row, pages.encoding);
            pages.damaged |= texts.is_none();
            lines.push(&texts.unwrap_or_default(), &columns);
            lines.text.len() < PART || lines.flush(&table, sink)
        });
        if !goes_on || !lines.flush(&table, sink) {
            break;
        }
    }
    !pages.damaged
}

/// Rows that were not handed on.
#[derive(Default)]
struct Lines {
    text: String,
    before: usize,
    rows: usize,
}

impl Lines {
    fn flush(&mut self, table: &str, sink: &mut dyn FnMut(Part<'_>) -> bool) -> bool {
        let goes_on = self.text.is_empty()
            || sink(Part {
                table,
                first: self.before + 1,
                text: &self.text,
            });
        self.before = self.rows;
        self.text.clear();
        goes_on
    }

    fn push(&mut self, texts: &[Option<String>], columns: &[String]) {
        // What a column of names holds comes before what stands beside the value by chance.
        let (mut named, mut sure) = (None, false);
        for (at, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            let column = columns.get(at).map_or("", String::as_str);
            let key = named.filter(|_| is_one_of(column, VALUES));
            let column = if is_session(column, columns) {
                "session_id"
            } else {
                column
            };
            write(key.unwrap_or(column), text, &mut self.text);
            let names = is_one_of(column, NAMES);
            if is_name(text) && (names || !sure) {
                (named, sure) = (Some(text.as_str()), names);
            }
        }
        self.text.push('\n');
        self.rows += 1;
    }
}

/// `name: "text", `; a text of several lines, or with all quotes in it, stands as it is.
fn write(name: &str, text: &str, out: &mut String) {
    let quote = ['"', '\'', '`']
        .into_iter()
        .find(|quote| !text.contains(*quote));
    let blank = |c: char| c.is_control();
    match quote.filter(|_| !text.contains(blank)) {
        Some(quote) => {
            out.push_str(&name.replace(blank, " "));
            out.push_str(": ");
            out.push(quote);
            out.push_str(text);
            out.push(quote);
        }
        None => out.extend(text.chars().map(|c| if blank(c) { ' ' } else { c })),
    }
    out.push_str(", ");
}

/// Whether the last word of a column's name is one of these.
fn is_one_of(column: &str, words: &[&str]) -> bool {
    let lower = column.to_ascii_lowercase();
    let word = lower.rsplit(['_', '-', ' ', '.']).next();
    word.is_some_and(|word| words.contains(&word))
}

/// Whether a column is that of the ids in Django's table of sessions (`django/contrib/sessions/base_session.py`), which are called keys
/// there.
fn is_session(column: &str, columns: &[String]) -> bool {
    column == "session_key" && columns.iter().any(|other| other == "session_data")
}

fn is_name(text: &str) -> bool {
    text.len() <= NAME
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-:/".contains(c))
}
