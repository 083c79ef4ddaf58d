//! Text inside XML and HTML.

use super::sanitize;

/// `text` as the content of an element or of an attribute in double quotes, in XML 1.0 and HTML alike.
///
/// Hostile characters become visible escapes first, so that none is left that XML 1.0 forbids (section 2.2).
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in sanitize(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_end_what_holds_it() {
        assert_eq!(
            escaped("<a b=\"c\" d='e'>&amp;]]>"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;]]&gt;"
        );
        assert_eq!(escaped("a\u{1b}\u{ffff}\n"), "a\\u{1b}\\u{ffff}\\n");
    }
}
