//! The columns of a table, from the statement that made it (`sqlite_schema.sql`).

/// Words that begin what is no column.
const CONSTRAINTS: &[&str] = &["constraint", "primary", "unique", "check", "foreign"];

/// The names of the columns in `CREATE TABLE name (…)`, in order.
pub(super) fn columns(sql: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut expects, mut at) = (0_usize, false, 0);
    while let Some(character) = sql[at..].chars().next() {
        let start = at;
        at += character.len_utf8();
        match character {
            '(' => {
                depth += 1;
                expects |= depth == 1;
            }
            ')' if depth <= 1 => break,
            ')' => depth -= 1,
            ',' => expects |= depth == 1,
            '"' | '`' | '\'' | '[' => {
                let close = if character == '[' { ']' } else { character };
                let inner = &sql[at..];
                let end = inner.find(close).unwrap_or(inner.len());
                if expects && depth == 1 {
                    names.push(inner[..end].to_owned());
                    expects = false;
                }
                at += (end + 1).min(inner.len());
            }
            _ if expects && depth == 1 && !character.is_whitespace() => {
                let inner = &sql[start..];
                let end = inner.find(|c: char| c.is_whitespace() || ",()".contains(c));
                let name = &inner[..end.unwrap_or(inner.len())];
                if !CONSTRAINTS.contains(&name.to_ascii_lowercase().as_str()) {
                    names.push(name.to_owned());
                }
                expects = false;
                at = start + name.len();
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn names_of_columns() {
        for (sql, names) in [
            (
                "CREATE TABLE a (id INTEGER, name TEXT)",
                &["id", "name"][..],
            ),
            (
                "CREATE TABLE \"a (b\" (\"key,x\" varchar(3, 4) NOT NULL, [v w], UNIQUE (x, y))",
                &["key,x", "v w"],
            ),
            (
                "CREATE TABLE a(`k`,v DEFAULT (1), PRIMARY KEY(k))",
                &["k", "v"],
            ),
            ("CREATE TABLE a(é,b", &["é", "b"]),
            ("CREATE VIRTUAL", &[]),
        ] {
            assert_eq!(columns(sql), names, "{sql}");
        }
    }
}
