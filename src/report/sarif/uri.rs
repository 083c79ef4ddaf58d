//! Paths as URI references.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// An `artifactLocation` (§3.4) for a path as reported.
///
/// A relative path stays relative to `%SRCROOT%`, the base GitHub resolves against the root of the repository. An
/// absolute one becomes a `file:` URI, without a base.
pub(super) fn artifact(path: &str) -> Value {
    match absolute(path) {
        Some(uri) => json!({"uri": uri}),
        None => json!({"uri": relative(path), "uriBaseId": "%SRCROOT%"}),
    }
}

/// The `file:` URI (RFC 8089) of an absolute path; `None` for a relative one.
fn absolute(path: &str) -> Option<String> {
    if cfg!(windows) {
        let mut chars = path.chars();
        let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && chars.next() == Some(':')
            && chars.next() == Some('/');
        if drive {
            return Some(format!("file:///{}", encoded(path, true)));
        }
        if let Some(share) = path.strip_prefix("//") {
            return Some(format!("file://{}", encoded(share, true)));
        }
    }
    path.starts_with('/')
        .then(|| format!("file://{}", encoded(path, true)))
}

/// A relative reference (RFC 3986, section 4.2), whose first segment may hold no colon.
fn relative(path: &str) -> String {
    match path.split_once('/') {
        Some((first, rest)) => format!("{}/{}", encoded(first, false), encoded(rest, true)),
        None => encoded(path, false),
    }
}

/// Percent-encodes everything but what a path may hold (`pchar` and `/` of RFC 3986, section 3.3).
fn encoded(path: &str, colon: bool) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b':' if !colon => out.push_str("%3A"),
            _ if b"-._~!$&'()*+,;=:@/".contains(&byte) => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_every_sort() {
        let uri = |path| artifact(path)["uri"].as_str().unwrap().to_owned();
        assert_eq!(uri("a b/ü%.py"), "a%20b/%C3%BC%25.py");
        assert_eq!(uri(":commit/1a2b"), "%3Acommit/1a2b");
        assert_eq!(uri("a:b"), "a%3Ab");
        assert_eq!(uri("x/a:b"), "x/a:b");
        assert_eq!(uri("lib.zip!/in/a.env"), "lib.zip!/in/a.env");
        assert_eq!(uri("/etc/a b#c?"), "file:///etc/a%20b%23c%3F");
        assert_eq!(uri("a\u{1b}\n"), "a%1B%0A");
    }

    #[test]
    fn only_relative_paths_have_a_base() {
        assert_eq!(artifact("a")["uriBaseId"], "%SRCROOT%");
        assert!(artifact("/a").get("uriBaseId").is_none());
    }
}
