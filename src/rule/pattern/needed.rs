//! What every match of an expression holds, and what none does: where it stands, hardly anything that begins like a match is one.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A set of bytes.
type Bytes = [bool; 256];

/// A byte that is in every match of an expression, and the bytes that may be in one.
#[derive(Clone, Debug)]
pub(super) struct Needed {
    byte: u8,
    may: Box<Bytes>,
}

impl Needed {
    /// What matches of an expression over bytes need besides `anchors`, with one of which each begins. `None` where that is nothing.
    pub(super) fn of(source: &str, anchors: &[String]) -> Option<Self> {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = parser.parse(source).ok()?;
        let in_anchor = |byte: u8| {
            anchors
                .iter()
                .any(|anchor| anchor.as_bytes().contains(&byte))
        };
        let must = must(&hir);
        let byte = (0..=u8::MAX).find(|&byte| must[usize::from(byte)] && !in_anchor(byte))?;
        let mut may = Box::new([false; 256]);
        add(&hir, &mut may);
        Some(Self { byte, may })
    }

    /// How many bytes of `rest` tell that no match begins with it; `None` where one may. One more than there are, where only its end tells.
    pub(super) fn lacks(&self, rest: &[u8]) -> Option<usize> {
        let tells = |&byte: &u8| byte == self.byte || !self.may[usize::from(byte)];
        let Some(place) = rest.iter().position(tells) else {
            return Some(rest.len() + 1);
        };
        (rest.get(place) != Some(&self.byte)).then_some(place + 1)
    }
}

/// Adds the bytes that may be in a match.
fn add(hir: &Hir, may: &mut Bytes) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            for &byte in &literal.0 {
                may[usize::from(byte)] = true;
            }
        }
        HirKind::Class(class) => each(class, |byte| may[usize::from(byte)] = true),
        HirKind::Repetition(repetition) => add(&repetition.sub, may),
        HirKind::Capture(capture) => add(&capture.sub, may),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                add(part, may);
            }
        }
    }
}

/// The bytes that are in every match.
fn must(hir: &Hir) -> Bytes {
    let mut must = [false; 256];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(_) => add(hir, &mut must),
        HirKind::Class(class) => {
            let mut count = 0;
            each(class, |_| count += 1);
            if count == 1 {
                add(hir, &mut must);
            }
        }
        HirKind::Repetition(repetition) if repetition.min == 0 => {}
        HirKind::Repetition(repetition) => must = self::must(&repetition.sub),
        HirKind::Capture(capture) => must = self::must(&capture.sub),
        HirKind::Concat(parts) => {
            for part in parts.iter().map(self::must) {
                must.iter_mut()
                    .zip(part)
                    .for_each(|(one, other)| *one |= other);
            }
        }
        HirKind::Alternation(parts) => {
            must = [!parts.is_empty(); 256];
            for part in parts.iter().map(self::must) {
                must.iter_mut()
                    .zip(part)
                    .for_each(|(one, other)| *one &= other);
            }
        }
    }
    must
}

/// Calls `sink` for the bytes of a class; for all, where it is one of characters that take several.
fn each(class: &Class, mut sink: impl FnMut(u8)) {
    match class {
        Class::Bytes(class) => {
            for range in class.ranges() {
                (range.start()..=range.end()).for_each(&mut sink);
            }
        }
        Class::Unicode(class) => {
            for range in class.ranges() {
                match (u8::try_from(range.start()), u8::try_from(range.end())) {
                    (Ok(start), Ok(end)) if end.is_ascii() => (start..=end).for_each(&mut sink),
                    _ => (0..=u8::MAX).for_each(&mut sink),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(source: &str, anchor: &str, text: &str) -> Option<bool> {
        let needed = Needed::of(source, &[anchor.to_owned()])?;
        Some(needed.lacks(text.as_bytes()).is_none())
    }

    #[test]
    fn what_a_match_needs() {
        let url = r"https?://(?P<user>[a-z]{0,9}):[a-z]+@(?:[a-z]|\[)";
        for (text, may) in [
            ("http://a:b@c", true),
            ("http://@", true),
            ("http://a/b c@d", false),
            ("http://abc", false),
            ("http://", false),
            ("http://A@", false),
        ] {
            assert_eq!(stands(url, "http://", text), Some(may), "{text}");
        }
        assert_eq!(stands("a(?:bx|xc)", "a", "abc"), Some(false));
        assert_eq!(stands("a(?:bx|xc)", "a", "abx"), Some(true));
        assert_eq!(stands("a[b-z]*", "a", "a"), None);
        assert_eq!(stands("ab?", "a", "a"), None);
        assert_eq!(stands("a(?:b|c)", "a", "a"), None);
        assert_eq!(stands("a(?i:b)", "a", "ab"), None);
        // Characters of several bytes may be any bytes.
        assert_eq!(stands("a(?u:[é-í])x", "a", "aéx"), Some(true));
    }

    #[test]
    fn no_match_is_missed() {
        let sources = [
            "a[bc]{1,3}d",
            "a(?:b+|c)d",
            "ab{0,2}(?:cd|dc)",
            "a.{0,2}d[ab]?",
        ];
        let mut left_out = 0;
        for source in sources {
            let regex = regex::bytes::Regex::new(&format!("^(?:{source})")).unwrap();
            let needed = Needed::of(source, &["a".to_owned()]).unwrap();
            for number in 0..4_usize.pow(5) {
                let digit = |place: u32| b"abcd"[number / 4_usize.pow(place) % 4];
                let text: Vec<u8> = (0..5).map(digit).collect();
                let text = [b"a", &*text].concat();
                let lacks = needed.lacks(&text);
                assert!(
                    lacks.is_none() || !regex.is_match(&text),
                    "{source} {text:?}"
                );
                left_out += usize::from(lacks.is_some());
                // What follows has no say in it.
                let told = lacks.and_then(|count| text.get(..count));
                if let Some(told) = told {
                    let other = [told, b"abcd"].concat();
                    assert_eq!(needed.lacks(&other), lacks, "{source} {text:?}");
                }
            }
        }
        assert!(left_out > 100, "{left_out}");
    }
}
