//! Digests of passwords in the records of people: `{"userid": "1", "role": "user", "password": "<64 hex digits>"}`.
//!
//! What is stored of a password that someone typed is no password. The same under a name of a service's (`host`, `port`) is one:
//! many are made as hex digits.

use crate::format::{Entry, Slot, Value};
use crate::rule::Folded;

/// Hex digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 (RFC 1321, FIPS 180-4).
const LENGTHS: &[usize] = &[32, 40, 56, 64, 96, 128];
/// Names of a password that say no more than that it is one.
const PASSWORDS: &[&str] = &["password", "passwd", "passwort", "pwd", "pass"];
/// Names that stand in records of people …
const PERSONAL: &[&str] = &[
    "birthday",
    "birthdate",
    "email",
    "firstname",
    "fullname",
    "id",
    "isadmin",
    "lastname",
    "mail",
    "role",
    "roles",
    "userid",
];
/// … and in those of services.
const SERVICE: &[&str] = &[
    "database", "db", "dbname", "dsn", "endpoint", "engine", "host", "hostname", "port", "server",
    "service", "uri", "url",
];
/// Bytes to either side that are looked at: no more than what decides whether a name is asked for.
const REACH: usize = 240;

/// Whether an entry of `text` is such a digest; `None` where it is none whatever stands around it.
pub(super) fn is_digest(entry: &Entry<'_>, text: &str) -> Option<bool> {
    let Value::Literal(value) = &entry.value else {
        return None;
    };
    let item = matches!(entry.slot, Slot::Member | Slot::Keyword);
    if !item || !LENGTHS.contains(&value.len()) || !value.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    if !PASSWORDS.contains(&Folded::of(&entry.key).text()) {
        return None;
    }
    let (mut person, mut service) = (false, false);
    for name in names(around(text, entry.span.start)) {
        let name = Folded::of(name);
        person |= PERSONAL.contains(&name.text());
        service |= SERVICE.contains(&name.text());
    }
    Some(person && !service)
}

/// What stands in the same brackets as `at`, as far as it is close.
fn around(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let first = at.saturating_sub(REACH);
    let mut depth = 0_usize;
    let mut from = first;
    for (place, byte) in (first..at).zip(&bytes[first..at]).rev() {
        match byte {
            b')' | b'}' | b']' => depth += 1,
            b'(' | b'{' | b'[' if depth == 0 => {
                from = place + 1;
                break;
            }
            b'(' | b'{' | b'[' => depth -= 1,
            _ => {}
        }
    }
    let last = bytes.len().min(at + REACH);
    let mut depth = 0_usize;
    let mut to = last;
    for (place, byte) in (at..last).zip(&bytes[at..last]) {
        match byte {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' if depth == 0 => {
                to = place;
                break;
            }
            b')' | b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    while !text.is_char_boundary(from) {
        from += 1;
    }
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(from..to).unwrap_or("")
}

/// The names that something is given to: words before `:` or `=`, quoted or not.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    text.split([':', '=']).filter_map(move |before| {
        let before = before.trim_end().trim_end_matches(['"', '\'']);
        let start = before.rfind(|c: char| !in_name(c)).map_or(0, |at| at + 1);
        before.get(start..).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beside_a_value() {
        let text = "f({'id': 1}, {'User': {'role': \"é\", 'hash' : '@', 'n': [1]}, host=2)";
        let at = text.find('@').unwrap();
        let found: Vec<_> = names(around(text, at)).collect();
        assert_eq!(found, ["role", "hash", "n"]);
        let outside = text.find("host").unwrap();
        assert!(names(around(text, outside)).any(|name| name == "host"));
    }

    #[test]
    fn texts_of_any_sort_are_looked_at() {
        for text in ["", "é", "ééé)(", "((((", "))))"] {
            for at in 0..=text.len() {
                let _ = names(around(text, at)).count();
            }
        }
        let long = "é".repeat(REACH);
        for at in 0..long.len() {
            assert!(around(&long, at).len() <= 2 * REACH);
        }
    }
}
