//! What is no text: the texts in it.
//!
//! As the program `strings` does it, for ASCII and for UTF-16 as Windows has it. Lines are those of the bytes, so that a place is
//! the one that `grep -an` tells.

/// Shorter runs are no texts.
const SHORTEST: usize = 6;
/// Between two texts on one line. Neither name nor value goes across it.
const BETWEEN: &str = " ; ";

/// What pictures, fonts, sounds, films and catalogues of translations begin with, and how far from the beginning. They are as large as all
/// other files together, and hold no settings.
const MEDIA: &[(usize, &[u8])] = &[
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF8"),
    (0, b"\0\0\x01\0"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (8, b"WEBP"),
    (8, b"WAVE"),
    (8, b"AVI "),
    (4, b"ftyp"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"\0\x01\0\0\0"),
    (0, b"OTTO"),
    (0, b"ttcf"),
    (0, b"ID3"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"\x1a\x45\xdf\xa3"),
    (0, b"\xde\x12\x04\x95"),
    (0, b"\x95\x04\x12\xde"),
];

/// Whether a file that begins with `head` is one of these.
pub fn is_media(head: &[u8]) -> bool {
    // Asked of every file: the first byte decides nearly always.
    let begins = |(at, mark): &(usize, &[u8])| {
        head.get(*at) == mark.first() && head[*at..].starts_with(mark)
    };
    MEDIA.iter().any(begins)
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

/// The texts in UTF-16 in what is none, each on a line. They are looked for at every eighth byte, which no text of the length of a name
/// and a value steps over.
pub fn wide_strings(bytes: &[u8]) -> String {
    let is_unit = |at: usize| {
        let unit = bytes.get(at..at + 2);
        unit.is_some_and(|unit| is_printable(unit[0]) && unit[1] == 0)
    };
    let mut out = String::new();
    let (mut at, mut taken) = (0, 0);
    while let Some(four) = bytes.get(at..at + 4) {
        let [a, b, c, d] = [four[0], four[1], four[2], four[3]];
        let mut start = match (a, b, c, d) {
            (first, 0, second, 0) if is_printable(first) && is_printable(second) => at,
            (0, first, 0, second) if is_printable(first) && is_printable(second) => at + 1,
            _ => {
                at += 8;
                continue;
            }
        };
        while start >= taken + 2 && is_unit(start - 2) {
            start -= 2;
        }
        let mut end = start;
        while is_unit(end) {
            end += 2;
        }
        if end - start >= 2 * SHORTEST {
            let units = bytes.get(start..end).unwrap_or_default();
            out.extend(units.iter().step_by(2).copied().map(char::from));
            out.push('\n');
        }
        taken = end;
        at = end.max(at + 8);
    }
    out
}

/// The texts in what is none, on the lines of the bytes.
pub fn strings(bytes: &[u8]) -> String {
    let mut out = String::new();
    let between = |out: &mut String| {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(BETWEEN);
        }
    };
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        let length = rest.iter().take_while(|byte| is_printable(**byte)).count();
        let (text, mut behind) = rest.split_at(length);
        if length >= SHORTEST {
            between(&mut out);
            out.push_str(std::str::from_utf8(text).unwrap_or_default());
        } else if length == 1 && behind.first() == Some(&0) {
            let units = rest.chunks_exact(2);
            let count = units
                .take_while(|unit| unit[1] == 0 && is_printable(unit[0]))
                .count();
            if count >= SHORTEST {
                between(&mut out);
                let (wide, after) = rest.split_at(2 * count);
                out.extend(wide.iter().step_by(2).copied().map(char::from));
                behind = after;
            }
        } else if byte == b'\n' {
            out.push('\n');
            behind = &rest[1..];
        } else if length == 0 {
            let none = |byte: &&u8| !is_printable(**byte) && **byte != b'\n';
            behind = &rest[rest.iter().take_while(none).count()..];
        }
        rest = behind;
    }
    out
}

/// The last place at which bytes can be cut without cutting a text: behind an end of line, or before what is in no text.
pub fn seam(bytes: &[u8]) -> Option<usize> {
    let plain = |byte: u8| byte == 0 || is_printable(byte);
    let odd = bytes.iter().rposition(|byte| !plain(*byte));
    let pair = || bytes.windows(2).rposition(|two| two == [0, 0]);
    odd.or_else(pair).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_on_their_lines() {
        let mut bytes = b"\x7fELF\0\0\x01ab\nSECRET_KEY=abc\0short\0longer\n\xff\xfe".to_vec();
        for unit in "SECRET_KEY = 'x'".encode_utf16() {
            bytes.extend(unit.to_le_bytes());
        }
        assert_eq!(
            strings(&bytes),
            "\nSECRET_KEY=abc ; longer\nSECRET_KEY = 'x'"
        );
        assert_eq!(wide_strings(&bytes), "SECRET_KEY = 'x'\n");
        let narrow = b"\x7fELF\0\0\x01ab\nSECRET_KEY=abc\0";
        assert_eq!(wide_strings(narrow), "");
        // Wherever it begins, in either order of bytes, and beside others.
        let units: Vec<u8> = "KEY = 'abcdef'".bytes().flat_map(|b| [b, 0]).collect();
        for before in 0..20 {
            let odd = vec![7; before];
            let text = [&odd[..], &units, b"\xff\xff", &units].concat();
            assert_eq!(
                wide_strings(&text),
                "KEY = 'abcdef'\n".repeat(2),
                "{before}"
            );
            let big = [&odd[..], b"\0", &units].concat();
            assert_eq!(wide_strings(&big), "KEY = 'abcdef'\n", "{before}");
        }
    }

    #[test]
    fn cut_where_no_text_is() {
        assert_eq!(seam(b"abc\ndef"), Some(4));
        assert_eq!(seam(b"abc\0\0def"), Some(4));
        assert_eq!(seam(b"abc\0def"), None);
    }
}
