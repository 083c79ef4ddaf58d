//! Texts that stand encoded in others: base64 and hex digits, wrapped over lines too, and escapes of addresses, of strings and of HTML.
//!
//! Only the way there and back is known here; whether what comes out is of interest is decided elsewhere. Everything is linear in
//! the length of the text. [`may_hold`] is asked of every text, and so is made of what vector instructions do: what is encoded, name
//! and all, has no blank, quote, bracket or dot for as long as it goes, and few texts have sixteen bytes in a row like that.

mod escapes;
mod run;

use crate::text::Pieces;

/// A text that was decoded.
#[derive(Debug)]
pub(crate) struct Hidden {
    /// It, and the way back to where it stands.
    pub(crate) pieces: Pieces,
    /// Whether all of it was encoded, as in base64; else it has parts that stand there as they are.
    pub(crate) whole: bool,
}

/// Bytes looked at at once …
const BLOCK: usize = 16;
/// … and from how far to how far.
const STEP: usize = 32;

/// Whether a name may stand in `bytes` (of any encoding that keeps ASCII as it is) with all of it encoded.
pub(crate) fn may_hold(bytes: &[u8]) -> bool {
    next(bytes, 0, true) != Next::Nothing
}

/// What comes next in a text.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// A run of digits that seems to stand for text.
    Digits(run::Place),
    /// A run of escapes.
    Escapes,
    Nothing,
}

/// The next run from `first` on, where none goes on; of escapes, if those are looked for.
fn next(bytes: &[u8], first: usize, escapes: bool) -> Next {
    // Where the last run that was looked at is known to reach.
    let mut known = None;
    let mut look = |at: usize, block: &[u8; BLOCK]| {
        if run::is_digits(block) {
            let from = known.unwrap_or(first);
            known = Some(at + BLOCK);
            run::beginning(bytes, from, at, from > first).map_or(Next::Nothing, Next::Digits)
        } else if escapes && escapes::begins(block) && escapes::is_run(&bytes[at..], BLOCK) {
            Next::Escapes
        } else {
            Next::Nothing
        }
    };
    let chunks = bytes.get(first..).unwrap_or_default().chunks_exact(STEP);
    let rest = chunks.remainder();
    for (number, chunk) in chunks.enumerate() {
        let Some(block) = chunk.first_chunk::<BLOCK>() else {
            break;
        };
        if is_dense(block) {
            let found = look(first + number * STEP, block);
            if found != Next::Nothing {
                return found;
            }
        }
    }
    let last = rest.first_chunk::<BLOCK>();
    last.map_or(Next::Nothing, |block| look(bytes.len() - rest.len(), block))
}

/// Whether there is no blank, quote, round bracket or dot in a block. No branch: it is one comparison of vectors.
fn is_dense(block: &[u8; BLOCK]) -> bool {
    let loose = block.iter().fold(0, |loose, &byte| {
        loose
            | u8::from(byte < b'#')
            | u8::from(byte.wrapping_sub(b'\'') < 4)
            | u8::from(byte == b'.')
    });
    loose == 0
}

/// Calls `sink` for each text that stands encoded in `text`.
pub(crate) fn find(text: &str, sink: &mut dyn FnMut(Hidden)) {
    let pieces = escapes::lines(text);
    if !pieces.text().is_empty() {
        sink(Hidden {
            pieces,
            whole: false,
        });
    }
    let mut at = 0;
    while let Next::Digits(place) = next(text.as_bytes(), at, false) {
        let (end, pieces) = run::read(text, place);
        if let Some(pieces) = pieces {
            sink(Hidden {
                pieces,
                whole: true,
            });
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::text::Span;

    fn found(text: &str) -> Vec<(String, Span)> {
        let mut all = Vec::new();
        find(text, &mut |hidden| {
            let whole = Span::new(0, hidden.pieces.text().len());
            all.push((hidden.pieces.text().to_owned(), hidden.pieces.map(whole)));
        });
        all
    }

    #[test]
    fn base64_in_its_dresses() {
        let plain = "SECRET_KEY = 'abcd?>~abcd'\nDEBUG = False\nSHOP = 'my shop'\n";
        let digits = STANDARD.encode(plain);
        assert!(digits.contains("+YWJ") && digits.ends_with('='));
        let (first, second) = digits.split_at(52);
        for (encoded, before) in [
            (digits.clone(), ""),
            (digits.replace('+', "-").replace('/', "_"), "data = "),
            (digits.trim_end_matches('=').to_owned(), "data = "),
            (format!("{first}\n{second}"), "a: |\n"),
            (format!("{first}\r\n  {second}"), "a: |\n  "),
            (format!("{first}\"\n  \"{second}"), "x = ("),
            (format!("{first}\\n{second}"), "{\"a\": \""),
        ] {
            let text = format!("{before}{encoded}\" }}\n");
            let end = before.len() + encoded.trim_end_matches('=').len();
            let span = Span::new(before.len(), end);
            assert_eq!(found(&text), [(plain.to_owned(), span)], "{text}");
            assert!(may_hold(text.as_bytes()), "{text}");
        }
        // Wherever it begins.
        for at in 0..64 {
            let text = format!("{}{digits}", " ".repeat(at));
            assert!(may_hold(text.as_bytes()), "{at}");
            let least = format!("{} {} x", " ".repeat(at), &digits[..48]);
            assert_eq!(found(&least).len(), 1, "{at}");
        }
    }

    #[test]
    fn hex_digits() {
        let digits = "5345435245545f4b4559203d2027616263646566303132333435";
        let text = format!("x = 0x{digits}");
        let span = Span::new(6, text.len());
        assert_eq!(
            found(&text),
            [("SECRET_KEY = 'abcdef012345".to_owned(), span)]
        );
        let wrapped = format!("{digits}\n3637\n");
        assert_eq!(found(&wrapped)[0].0, "SECRET_KEY = 'abcdef01234567");
    }

    #[test]
    fn escapes() {
        for (text, plain) in [
            ("a?b=SECRET_KEY%3D%22abcd%22", "a?b=SECRET_KEY=\"abcd\""),
            ("\\u0053\\u0045\\u0043 = 1", "SEC = 1"),
            ("K\\x3d'a'", "K='a'"),
            ("KEY = &#39;a&quot;b&#x27;", "KEY = 'a\"b'"),
            (
                "'key' =&gt; 'v' &unknown; &amp;",
                "'key' => 'v' &unknown; &",
            ),
        ] {
            assert!(
                found(text)[0].0.starts_with(&format!("{plain}\n")),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "a/path/to/some/file/that/is/long/enough.txt",
            "def test_should_do_something_with_a_long_name_indeed():",
            "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
            "100%dd and \\n and a && b &amp; c &lt; \\u00e9 %20",
            "&",
            "%",
            "\\",
            "\\u",
            "&#",
            "&#99999999999;",
            "%4",
            "\\x4",
        ] {
            assert_eq!(found(text), [], "{text}");
            assert!(!may_hold(text.as_bytes()), "{text}");
        }
    }
}
