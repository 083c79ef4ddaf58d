//! Tables in braces that can be passed over without a look at each of their values.

use super::Reader;

impl Reader<'_> {
    /// Where the table in braces ends that begins at `at`, if all it holds are strings of which none matters.
    pub(super) fn behind_cold(&self, at: usize) -> Option<usize> {
        let end = plain_table(self.text.as_bytes(), at)?;
        self.nesting.is_all_cold(at, end).then_some(end)
    }
}

/// Where a table in braces ends that begins at `at` and is nothing but bare keys with strings in which no backslash stands, on one line:
/// `{file = "a", hash = "b"}`.
fn plain_table(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&b| b == b' ').count()
    };
    let mut at = blanks(at + 1);
    loop {
        let rest = bytes.get(at..)?;
        let key = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
            .count();
        let equals = blanks(at + key);
        let open = blanks(equals + 1);
        if key == 0 || bytes.get(equals) != Some(&b'=') || bytes.get(open) != Some(&b'"') {
            return None;
        }
        let value = bytes.get(open + 1..)?;
        let length = memchr::memchr3(b'"', b'\\', b'\n', value)?;
        if value[length] != b'"' {
            return None;
        }
        at = blanks(open + length + 2);
        match bytes.get(at)? {
            b',' => at = blanks(at + 1),
            b'}' => return Some(at + 1),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_tables_hold_strings_alone() {
        let end = |text: &str| plain_table(text.as_bytes(), 0);
        for text in [
            "{a=\"b\"}",
            "{file = \"a, }\", hash-1 = \"sha:b\"}",
            "{ a = \"\" }",
        ] {
            assert_eq!(end(&format!("{text}, {{")), Some(text.len()), "{text}");
        }
        for text in [
            "{}",
            "{a = 1}",
            "{a = \"b\", }",
            "{a = = \"b\"}",
            "{a.b = \"c\"}",
            "{a = \"b\\\"c\"}",
            "{a = \"b\nc\"}",
            "{a = \"b\" # }",
            "{a = \"\"\"b\"\"\"}",
            "{a = 'b'}",
            "{a = \"b",
        ] {
            assert_eq!(end(text), None, "{text}");
        }
    }
}
