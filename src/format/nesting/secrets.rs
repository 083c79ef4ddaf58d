//! Whether a text may hold a Secret of Kubernetes, which is told from others by a word before or behind its values: what holds such a
//! word has to be read as a whole.

/// What a Secret has under [`KEY`].
const KIND: &[u8] = b"Secret";
/// The key that tells of it.
const KEY: &[u8] = b"kind";

/// Whether the member `kind` of some map in `text` may be `Secret`, in any syntax with maps in maps.
pub(in crate::format) fn has_secrets(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut keys = memchr::memmem::find_iter(bytes, KEY);
    keys.any(|at| stands_alone(bytes, at, KEY))
        && memchr::memmem::find_iter(bytes, KIND)
            .any(|at| stands_alone(bytes, at, KIND) && may_be_kind(&bytes[..at]))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a word is no part of a longer one.
fn stands_alone(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    // `"\nkind"`
    let escape = at >= 2 && bytes[at - 2] == b'\\';
    let behind = bytes.get(at + word.len());
    (escape || !before.is_some_and(is_word)) && !behind.is_some_and(|&byte| is_word(byte))
}

/// Whether what stands behind `before` may be the value of `kind`. Of what goes under another key, or follows other words, that is known.
fn may_be_kind(before: &[u8]) -> bool {
    let line = before
        .rsplit(|&byte| byte == b'\n')
        .next()
        .unwrap_or(before);
    let line = unquoted(line);
    let Some((&last, rest)) = line.split_last() else {
        return true;
    };
    if last == b':' {
        let rest = unquoted(rest);
        let length = rest.iter().rev().take_while(|&&byte| is_word(byte)).count();
        let key = &rest[rest.len() - length..];
        return key.is_empty() || key == KEY;
    }
    // `!tag Secret`, `&anchor Secret`
    let word = line.rsplit(u8::is_ascii_whitespace).next().unwrap_or(line);
    let marked = word.iter().any(|byte| matches!(byte, b'!' | b'&'));
    marked || !is_word(last)
}

/// What stands before blanks, and a quote among them.
fn unquoted(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_end();
    let quote = matches!(line.last(), Some(b'"' | b'\''));
    line[..line.len() - usize::from(quote)].trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_by_its_kind() {
        for text in [
            "kind: Secret\ndata:\n  a: b",
            "{\"kind\": \"Secret\"}",
            "{kind: Secret}",
            "{'kind' : 'Secret'}",
            "kind:\n  Secret",
            "kind: !!str Secret",
            "kind: &a Secret",
            "x: &a Secret\nkind: *a",
            "x: &a 'Secret'\nkind: *a",
            "x: &a\n  Secret\nkind: *a",
            "- &a Secret\n- kind: *a",
            "? kind\n: Secret",
            "{x: [&a Secret], kind: *a}",
            "kind: ${KIND:-Secret}",
            "kind = \"Secret\"",
            "\"kind\": /* so */ \"Secret\"",
            "# kind: Secret",
        ] {
            assert!(has_secrets(text), "{text}");
        }
        for text in [
            "kind:\n  title: Secret\n",
            "{\"kind\":1,\"title\":\"Secret\"}",
            "kind: SecretList",
            "kinds: Secret",
            "kind: a\ntext: The Secret of it",
            "text: what kind of Secret",
        ] {
            assert!(!has_secrets(text), "{text}");
        }
    }
}
