//! The one type that holds a secret value.
//!
//! It has no `Display` and no `Serialize`, and its `Debug` tells the length only, so that a value can
//! reach an output in one deliberate way: [`Secret::reveal`], used where `--show-secrets` was given and
//! where values are compared or hashed.

use std::fmt;

/// A secret value: the bytes an application would use as its key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(value.into())
    }

    /// The bytes. Callers answer for where they go.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The value as text, or `None` when it is not UTF-8.
    pub fn reveal_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The value for a report: text where it is UTF-8 (second field `None`), else lowercase hex (`Some("hex")`).
    pub fn reveal_encoded(&self) -> (String, Option<&'static str>) {
        match self.reveal_text() {
            Some(text) => (text.to_owned(), None),
            None => (hex(&self.0), Some("hex")),
        }
    }

    /// Length: in characters for text, in bytes for anything else.
    pub fn length(&self) -> usize {
        self.reveal_text()
            .map_or(self.0.len(), |text| text.chars().count())
    }

    /// A stand-in for reports and code frames: tells the length and nothing of the content.
    pub fn redacted(&self) -> String {
        format!("<{} characters>", self.length())
    }
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.redacted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_length_only() {
        let secret = Secret::new("hunter2hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(<14 characters>)");
    }

    #[test]
    fn bytes_that_are_no_text_are_hex() {
        let secret = Secret::new(vec![0xff, 0x00, 0x10]);
        assert_eq!(secret.reveal_encoded(), ("ff0010".into(), Some("hex")));
    }
}
