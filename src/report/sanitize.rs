//! Makes text from a scanned repository safe to show.
//!
//! File names, keys, lines and author names are chosen by whoever wrote the repository. Sent to a terminal as they
//! are, they can move the cursor, change the title, hide text or show it in another order ("Trojan Source",
//! CVE-2021-42574). Every such character is replaced by a visible escape; all others are left alone.

use std::borrow::Cow;

/// `text` with every control, direction and invisible character written as an escape such as `\u{1b}`.
///
/// Plain text comes back as it is, without a copy; so does text that went through here before.
///
/// ```
/// use leakey::report::sanitize;
/// assert_eq!(sanitize("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
/// assert_eq!(sanitize("plain, naïve, 漢字"), "plain, naïve, 漢字");
/// ```
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends `c`, as an escape where it is hostile.
pub(super) fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_hostile(c) => out.extend(c.escape_unicode()),
        _ => out.push(c),
    }
}

/// Whether a character acts on the terminal, on the order of the text, or cannot be seen at all.
///
/// Sources: Unicode general categories Cc and Cf (`DerivedGeneralCategory.txt`), the bidirectional controls of UAX
/// #9, line and paragraph separators, and the blank letters of UTS #39 (Hangul fillers, Braille blank is visible as
/// a space and stays).
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' // soft hyphen
            | '\u{34f}' // combining grapheme joiner
            | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' // Arabic and Syriac marks
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
            | '\u{180e}' // Mongolian vowel separator
            | '\u{200b}'..='\u{200f}' // zero width, direction marks
            | '\u{2028}'..='\u{202e}' // separators, direction embeddings and overrides
            | '\u{2060}'..='\u{206f}' // invisible operators, direction isolates
            | '\u{feff}' // byte order mark
            | '\u{fff9}'..='\u{fffb}' // interlinear annotation
            | '\u{1d173}'..='\u{1d17a}' // musical formatting
            | '\u{e0000}'..='\u{e0fff}' // tag characters, supplementary variation selectors
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_become_visible() {
        assert_eq!(sanitize("a\u{1b}]0;x\u{7}"), "a\\u{1b}]0;x\\u{7}");
        assert_eq!(sanitize("a\nb\r\tc"), "a\\nb\\r\\tc");
        assert_eq!(sanitize("\u{202e}gpj.exe"), "\\u{202e}gpj.exe");
        assert_eq!(sanitize("a\u{200b}\u{e0041}"), "a\\u{200b}\\u{e0041}");
        assert_eq!(sanitize("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn plain_text_is_borrowed_and_twice_is_once() {
        assert!(matches!(
            sanitize("größe/設定.py \\u{1b}"),
            Cow::Borrowed(_)
        ));
        let once = sanitize("a\u{1b}b").into_owned();
        assert_eq!(sanitize(&once), once);
    }
}
