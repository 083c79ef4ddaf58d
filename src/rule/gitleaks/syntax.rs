//! Expressions in the syntax of Go (RE2) as expressions of the `regex` crates that mean the same.
//!
//! The two are close, and differ where it hurts: in Go `\w`, `\d`, `\s` and `\b` are about ASCII and `\s` knows no vertical tab, `{`
//! that begins no repetition is a letter like any other, a class knows neither nesting nor set operations, and `\Q…\E`, octal and
//! all escapes of punctuation are allowed. What Go refuses, such as back references and looking around, is refused here, too.

use std::fmt::Write as _;

/// Go allows no more repetitions of one thing.
const MOST_REPETITIONS: u32 = 1000;
/// Classes in brackets, `[:alnum:]`.
const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];
/// Digits, letters and blanks as Go's escapes of classes name them.
const PERL: [(char, &str); 3] = [('d', "0-9"), ('w', "0-9A-Za-z_"), ('s', r"\t\n\x0C\r\x20")];

/// The same expression in the syntax of the `regex` crates; the error says what Go would not take either.
pub(crate) fn translate(source: &str) -> Result<String, String> {
    let mut reader = Reader {
        rest: source.chars().collect(),
        at: 0,
        out: String::with_capacity(source.len() + 16),
    };
    while let Some(c) = reader.next() {
        match c {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '{' => reader.brace()?,
            '}' => reader.literal('}'),
            '.' | '|' | ')' | '*' | '+' | '?' | '^' | '$' => reader.out.push(c),
            other => reader.literal(other),
        }
    }
    Ok(reader.out)
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    out: String,
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.get(self.at).copied();
        self.at += usize::from(c.is_some());
        c
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = text
            .chars()
            .enumerate()
            .all(|(n, c)| self.peek(n) == Some(c));
        if there {
            self.at += text.chars().count();
        }
        there
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_control() {
            self.out.push(c);
        } else {
            let _ = write!(self.out, "\\x{{{:x}}}", u32::from(c));
        }
    }

    /// What follows a backslash, outside of a class.
    fn escape(&mut self) -> Result<(), String> {
        match self.peek(0) {
            Some('A') => self.take("\\A"),
            Some('z') => self.take("\\z"),
            // On bytes: what stands beside it may be any.
            Some('b') => self.take("(?-u:\\b)"),
            Some('B') => self.take("(?-u:\\B)"),
            Some('Q') => {
                self.at += 1;
                while !self.takes("\\E") {
                    let Some(c) = self.next() else { break };
                    self.literal(c);
                }
            }
            Some('p' | 'P') => {
                let name = self.property()?;
                self.out.push_str(&name);
            }
            Some(c) if let Some((set, negated)) = perl(c) => {
                self.at += 1;
                let not = if negated { "^" } else { "" };
                let _ = write!(self.out, "[{not}{set}]");
            }
            _ => {
                let c = self.character()?;
                self.literal(c);
            }
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        self.at += 1;
        self.out.push_str(text);
    }

    /// `\pN`, `\p{Greek}`, behind the backslash.
    fn property(&mut self) -> Result<String, String> {
        let mut text = String::from("\\");
        text.extend(self.next());
        match self.next() {
            Some('{') => {
                text.push('{');
                loop {
                    match self.next() {
                        Some('}') => break,
                        Some(c) => text.push(c),
                        None => return Err("`\\p{` is not closed".into()),
                    }
                }
                text.push('}');
            }
            Some(c) => text.push(c),
            None => return Err("`\\p` names no property".into()),
        }
        Ok(text)
    }

    /// A character that an escape stands for, behind the backslash.
    fn character(&mut self) -> Result<char, String> {
        let Some(c) = self.next() else {
            return Err("ends with a backslash".into());
        };
        Ok(match c {
            'a' => '\x07',
            'f' => '\x0c',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'v' => '\x0b',
            // One digit may be a back reference, except for 0.
            '0'..='7' if c == '0' || self.peek(0).is_some_and(|c| ('0'..='7').contains(&c)) => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    self.at += 1;
                    code = code * 8 + digit;
                }
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            'x' => {
                let mut digits = String::new();
                if self.takes("{") {
                    loop {
                        match self.next() {
                            Some('}') => break,
                            Some(c) => digits.push(c),
                            None => return Err("`\\x{` is not closed".into()),
                        }
                    }
                } else {
                    digits.extend(self.next());
                    digits.extend(self.next());
                }
                (u32::from_str_radix(&digits, 16).ok())
                    .and_then(char::from_u32)
                    .ok_or_else(|| format!("`\\x{digits}` is no character"))?
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            c => return Err(format!("`\\{c}` is no escape of Go's expressions")),
        })
    }

    /// A class, behind its bracket: written anew, with nothing in it that could be read as more than a character.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(c) = self.peek(0) else {
                return Err("a class is not closed by `]`".into());
            };
            if c == ']' && !first {
                self.at += 1;
                break;
            }
            first = false;
            if c == '[' && self.peek(1) == Some(':') && self.named()? {
                continue;
            }
            if c == '\\' {
                match self.peek(1) {
                    Some('p' | 'P') => {
                        self.at += 1;
                        let name = self.property()?;
                        self.out.push_str(&name);
                        continue;
                    }
                    Some(c) if let Some((set, negated)) = perl(c) => {
                        self.at += 2;
                        if negated {
                            let _ = write!(self.out, "[^{set}]");
                        } else {
                            self.out.push_str(set);
                        }
                        continue;
                    }
                    _ => {}
                }
            }
            let from = self.member()?;
            let to = if self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']') {
                self.at += 1;
                self.member()?
            } else {
                from
            };
            if to < from {
                return Err(format!("`{from}-{to}` is no range"));
            }
            let (from, to) = (u32::from(from), u32::from(to));
            let _ = if from == to {
                write!(self.out, "\\x{{{from:x}}}")
            } else {
                write!(self.out, "\\x{{{from:x}}}-\\x{{{to:x}}}")
            };
        }
        self.out.push(']');
        Ok(())
    }

    fn member(&mut self) -> Result<char, String> {
        match self.next() {
            Some('\\') => self.character(),
            Some(c) => Ok(c),
            None => Err("a class is not closed by `]`".into()),
        }
    }

    /// `[:alnum:]` in a class; `false` where it is none.
    fn named(&mut self) -> Result<bool, String> {
        let rest: String = self.rest[self.at..].iter().take(16).collect();
        let Some(end) = rest.find(":]") else {
            return Ok(false);
        };
        let name = &rest[..end + 2];
        let word = name[2..end].trim_start_matches('^');
        if !NAMES.contains(&word) {
            return Err(format!("`{name}` is no class"));
        }
        self.out.push_str(name);
        self.at += name.chars().count();
        Ok(true)
    }

    /// What follows an opening bracket: flags and names.
    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        if !self.takes("?") {
            return Ok(());
        }
        self.out.push('?');
        let around = matches!(self.peek(1), Some('=' | '!'));
        if self.takes("P<") || !around && self.takes("<") {
            self.out.push_str("P<");
            while let Some(c) = self.next() {
                self.out.push(c);
                if c == '>' {
                    return Ok(());
                }
            }
            return Err("the name of a group is not closed by `>`".into());
        }
        loop {
            match self.next() {
                Some(c @ ('i' | 'm' | 's' | 'U' | '-')) => self.out.push(c),
                Some(c @ (':' | ')')) => {
                    self.out.push(c);
                    return Ok(());
                }
                Some('=' | '!' | '<') => {
                    return Err(
                        "looks around (`(?=`, `(?!`, `(?<`), which Go's expressions cannot".into(),
                    );
                }
                _ => return Err("`(?` is followed by no flag of Go's expressions (`imsU`)".into()),
            }
        }
    }

    /// An opening brace: of a repetition, or a letter.
    fn brace(&mut self) -> Result<(), String> {
        let digits = |from: usize| {
            let rest = self.rest[from.min(self.rest.len())..].iter();
            rest.take_while(|c| c.is_ascii_digit()).collect::<String>()
        };
        let least = digits(self.at);
        let mut end = self.at + least.len();
        let mut most = least.clone();
        let comma = self.rest.get(end) == Some(&',');
        if comma {
            most = digits(end + 1);
            end += 1 + most.len();
        }
        if least.is_empty() || self.rest.get(end) != Some(&'}') {
            self.literal('{');
            return Ok(());
        }
        for count in [&least, &most] {
            if !count.is_empty() && count.parse().map_or(true, |n: u32| n > MOST_REPETITIONS) {
                return Err(format!(
                    "`{{{count}}}`: Go's expressions repeat {MOST_REPETITIONS} times at most"
                ));
            }
        }
        self.at = end + 1;
        let _ = if comma {
            write!(self.out, "{{{least},{most}}}")
        } else {
            write!(self.out, "{{{least}}}")
        };
        Ok(())
    }
}

/// The set of `\d`, `\w`, `\s`, and whether the letter means all others.
fn perl(c: char) -> Option<(&'static str, bool)> {
    let lower = c.to_ascii_lowercase();
    let (_, set) = PERL.iter().find(|(name, _)| *name == lower)?;
    Some((set, c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::super::expression::compile;
    use super::*;

    fn finds(source: &str, text: &str) -> Option<String> {
        let regex = compile(&translate(source).unwrap()).unwrap();
        regex.find(text).map(|found| text[found.range()].to_owned())
    }

    #[test]
    fn go_means_ascii_by_its_classes() {
        assert_eq!(finds(r"\w+", "éab_é").as_deref(), Some("ab_"));
        assert_eq!(finds(r"[^\W\d]+", "1ab2").as_deref(), Some("ab"));
        assert_eq!(finds(r"\d", "٣"), None);
        assert_eq!(finds(r"\s", "\x0b"), None);
        assert_eq!(finds(r"é\b", "éa").as_deref(), Some("é"));
        assert_eq!(finds(r"[[:alnum:]_]+", "-a1_").as_deref(), Some("a1_"));
        assert_eq!(finds(r"a.c", "aéc").as_deref(), Some("aéc"));
        assert_eq!(finds(r"(?i)k", "\u{212a}").as_deref(), Some("\u{212a}"));
    }

    #[test]
    fn what_go_reads_otherwise() {
        assert_eq!(
            finds(r"^\$(?:\d+|{\d+})$", "${12}").as_deref(),
            Some("${12}")
        );
        assert_eq!(finds(r"a{,2}", "a{,2}").as_deref(), Some("a{,2}"));
        assert_eq!(finds(r"a{2,3}", "aaaa").as_deref(), Some("aaa"));
        assert_eq!(finds(r"[a[]+", "[a").as_deref(), Some("[a"));
        assert_eq!(finds(r"[]a&&b~-]+", "]a&b~-").as_deref(), Some("]a&b~-"));
        assert_eq!(finds(r"\Qa.b\E+", "a.bb").as_deref(), Some("a.bb"));
        assert_eq!(
            finds(r"\x41\101\x{42}\_\/", "AAB_/").as_deref(),
            Some("AAB_/")
        );
        assert_eq!(finds(r"a\z", "a\n"), None);
        assert_eq!(finds(r"(?P<x>a)(?<y>b)", "ab").as_deref(), Some("ab"));
        assert_eq!(finds(r"(?-i:A)(?i)b", "AB").as_deref(), Some("AB"));
        assert_eq!(finds(r"[\x60'\x22 #]", "`").as_deref(), Some("`"));
    }

    #[test]
    fn what_go_refuses() {
        for source in [
            r"(?=a)", r"(?<!a)", r"\1", r"(?x)a", r"a{1001}", r"\Z", r"[a", r"a\", r"[[:x:]]",
            r"[z-a]",
        ] {
            assert!(translate(source).is_err(), "{source}");
        }
    }
}
