//! Names of keys, however they are spelled.
//!
//! `SECRET_KEY`, `secretKey`, `secret-key`, `app.secret_key` and `DJANGO_SECRET_KEY_PROD` are one name with things
//! around it. A name is folded to lower-case letters and digits with the word boundaries kept beside them; a rule's name
//! is found in it where it begins and ends at a boundary. Words before it are prefixes, which a rule may ask for or
//! refuse; words after it must be among the few that leave the thing a key (`_PROD`, `_OLD`, `_1`): `SECRET_KEY_PATH`
//! is no key.

use std::ops::Range;

/// Longer names are cut: no setting has one, minified code does.
const LONGEST: usize = 120;

/// Words that may follow a name and leave it the name of a value.
const SUFFIXES: &[&str] = &[
    "ascii",
    "b64",
    "backup",
    "base",
    "base64",
    "bin",
    "bytes",
    "const",
    "constant",
    "current",
    "def",
    "default",
    "defaults",
    "dev",
    "development",
    "digits",
    "example",
    "fallback",
    "fallbacks",
    "final",
    "first",
    "fixed",
    "for",
    "global",
    "hex",
    "hidden",
    "insecure",
    "key",
    "legacy",
    "list",
    "literal",
    "live",
    "local",
    "main",
    "new",
    "next",
    "old",
    "override",
    "phrase",
    "plain",
    "prev",
    "previous",
    "primary",
    "private",
    "prod",
    "production",
    "qa",
    "raw",
    "real",
    "sandbox",
    "second",
    "secondary",
    "secure",
    "seed",
    "shared",
    "stage",
    "staging",
    "str",
    "string",
    "temp",
    "test",
    "testing",
    "tests",
    "tmp",
    "uat",
    "utf8",
    "v",
    "val",
    "value",
    "values",
    "var",
];

/// Words before a name that make it something else: a question, a deed, a measure.
const NO_KEY_BEFORE: &[&str] = &[
    "allow",
    "allows",
    "check",
    "count",
    "disable",
    "does",
    "enable",
    "error",
    "generate",
    "get",
    "has",
    "hide",
    "invalid",
    "is",
    "len",
    "length",
    "max",
    "min",
    "missing",
    "no",
    "num",
    "public",
    "publishable",
    "regenerate",
    "require",
    "required",
    "requires",
    "rotate",
    "show",
    "validate",
    "verify",
    "with",
    "without",
];

/// Words that may stand unseparated before a name: `mysecretkey`, `flasksecretkey`.
const JOINED_BEFORE: &[&str] = &[
    "a", "admin", "api", "app", "auth", "django", "flask", "jwt", "master", "my", "our", "server",
    "session", "site", "the", "user", "web",
];

/// A name folded to lower-case letters and digits.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    text: String,
    /// Whether a word begins at each offset of `text`; one more than its length.
    begins: Vec<bool>,
}

/// What a byte is in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Lower,
    Upper,
    Digit,
    Other,
}

impl Sort {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Other,
        }
    }
}

impl Folded {
    /// Folds `name`.
    pub fn of(name: &str) -> Self {
        let mut folded = Self::default();
        folded.fold(name);
        folded
    }

    /// Folds `name` into the space this one holds.
    pub fn fold(&mut self, name: &str) {
        self.fold_bytes(name.as_bytes());
    }

    /// The same for a name in any encoding that keeps ASCII as it is.
    pub fn fold_bytes(&mut self, name: &[u8]) {
        self.text.clear();
        self.begins.clear();
        let bytes = &name[name.len().saturating_sub(LONGEST)..];
        self.text.reserve(bytes.len());
        self.begins.reserve(bytes.len() + 1);
        let mut last = Sort::Other;
        let mut rest = bytes.iter().map(|&byte| (byte, Sort::of(byte))).peekable();
        while let Some((byte, sort)) = rest.next() {
            let begins = match (sort, last) {
                (Sort::Other, _) => {
                    last = sort;
                    continue;
                }
                (Sort::Upper, Sort::Upper) => {
                    rest.peek().is_some_and(|(_, next)| *next == Sort::Lower)
                }
                (Sort::Lower, Sort::Upper) => false,
                _ => sort != last,
            };
            self.begins.push(begins);
            self.text.push(byte.to_ascii_lowercase() as char);
            last = sort;
        }
        self.begins.push(true);
    }

    /// The letters and digits.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words_in(0..self.text.len())
    }

    fn words_in(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        let mut start = range.start;
        std::iter::from_fn(move || {
            if start >= range.end {
                return None;
            }
            let end = (start + 1..range.end)
                .find(|&at| self.begins[at])
                .unwrap_or(range.end);
            let word = &self.text[start..end];
            start = end;
            Some(word)
        })
    }

    /// Whether this is `name`, folded, with or without words before it: `SIMPLE_JWT` ends with `jwt`, `pyjwt` does not.
    pub fn ends_with(&self, name: &str) -> bool {
        self.text.ends_with(name) && self.leads_to(self.text.len() - name.len()).is_some()
    }

    /// Where the words before `start` end, if a name can begin there: at a boundary, or behind one of a few words that are
    /// written unseparated.
    fn leads_to(&self, start: usize) -> Option<usize> {
        if !self.begins[start] {
            let word_start = (0..start).rev().find(|&at| self.begins[at])?;
            JOINED_BEFORE
                .binary_search(&&self.text[word_start..start])
                .ok()?;
        }
        Some(start)
    }

    /// Judges a rule's name found at `found`: the words before it when the whole is still the name of a key.
    pub fn judge(&self, found: Range<usize>) -> Option<Prefix<'_>> {
        if found.end > self.text.len() || !self.begins[found.end] {
            return None;
        }
        let keeps = |word: &str| {
            SUFFIXES.binary_search(&word).is_ok() || word.bytes().all(|b| b.is_ascii_digit())
        };
        if !self.words_in(found.end..self.text.len()).all(keeps) {
            return None;
        }
        let before = self.leads_to(found.start)?;
        let prefix = Prefix {
            folded: self,
            end: before,
        };
        if prefix
            .words()
            .any(|word| NO_KEY_BEFORE.binary_search(&word).is_ok())
        {
            return None;
        }
        Some(prefix)
    }
}

/// The words that stand before a rule's name.
#[derive(Clone, Copy, Debug)]
pub struct Prefix<'f> {
    folded: &'f Folded,
    end: usize,
}

impl<'f> Prefix<'f> {
    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &'f str> + use<'f> {
        self.folded.words_in(0..self.end)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.end == 0
    }

    /// Whether `words`, folded and joined, stand at word boundaries among the prefix words: `aws`, `pay pal`.
    pub fn holds(&self, joined: &str) -> bool {
        let text = &self.folded.text.as_bytes()[..self.end];
        let begins = |at: usize| at == self.end || self.folded.begins[at];
        (joined.len()..=text.len()).any(|end| {
            let at = end - joined.len();
            begins(at) && begins(end) && &text[at..end] == joined.as_bytes()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(ident: &str, name: &str) -> Option<String> {
        let folded = Folded::of(ident);
        let at = folded.text().find(name)?;
        let prefix = folded.judge(at..at + name.len())?;
        Some(prefix.words().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn lists_are_sorted() {
        assert!(SUFFIXES.is_sorted());
        assert!(NO_KEY_BEFORE.is_sorted());
        assert!(JOINED_BEFORE.is_sorted());
    }

    #[test]
    fn spellings() {
        for ident in [
            "SECRET_KEY",
            "secretKey",
            "secret-key",
            "SecretKey",
            "secretkey",
            "SECRET_KEY_PROD",
            "SECRET_KEY2",
        ] {
            assert_eq!(find(ident, "secretkey").as_deref(), Some(""), "{ident}");
        }
        assert_eq!(
            find("DJANGO_SECRET_KEY", "secretkey").as_deref(),
            Some("django")
        );
        assert_eq!(find("A12_SECRET_KEY", "secretkey").as_deref(), Some("a 12"));
        assert_eq!(find("mysecretkey", "secretkey").as_deref(), Some("my"));
        assert_eq!(
            find("app.JWTSecretKey", "secretkey").as_deref(),
            Some("app jwt")
        );
    }

    #[test]
    fn other_things() {
        for ident in [
            "SECRET_KEY_PATH",
            "SECRET_KEY_SETTING_NAME",
            "has_secret_key",
            "secretkeyword",
            "nosecretkey",
            "public_secret_key",
        ] {
            assert_eq!(find(ident, "secretkey"), None, "{ident}");
        }
    }
}
