//! Checksums inside of tokens: what a provider put there so that a token can be told from a look-alike without asking.
//!
//! One file a scheme; a rule names it (`checksum = "github-crc32"`).

mod digits;
mod github;
mod gitlab;

/// A checksum that a rule can name.
#[derive(Clone, Copy, Debug)]
pub struct Checksum {
    /// The name, as in rule files.
    pub name: &'static str,
    /// Whether a whole token holds the checksum that belongs to it.
    holds: fn(&str) -> bool,
    /// Random characters of a token …
    random: usize,
    /// … and the token made of a prefix and them.
    make: fn(&str, &str) -> String,
}

impl Checksum {
    /// Whether `token`, with its prefix, holds the checksum that belongs to it.
    pub fn holds(self, token: &str) -> bool {
        (self.holds)(token)
    }

    /// A token with this prefix that holds its checksum; `draw` gives so many random letters and digits.
    pub fn make(self, prefix: &str, draw: impl FnOnce(usize) -> String) -> String {
        (self.make)(prefix, &draw(self.random))
    }
}

/// Every checksum.
pub const CHECKSUMS: &[Checksum] = &[
    Checksum {
        name: "github-crc32",
        holds: github::holds,
        random: github::RANDOM,
        make: github::make,
    },
    Checksum {
        name: "gitlab-crc32",
        holds: gitlab::holds,
        random: gitlab::RANDOM,
        make: gitlab::make,
    },
];

/// The checksum of this name.
pub fn named(name: &str) -> Option<Checksum> {
    CHECKSUMS
        .iter()
        .find(|checksum| checksum.name == name)
        .copied()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// xorshift64*: fixed seeds, so that the figures are the same on every machine.
    pub(crate) fn draw(seed: &mut u64, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length)
            .map(|_| {
                *seed ^= *seed >> 12;
                *seed ^= *seed << 25;
                *seed ^= *seed >> 27;
                let n = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
                char::from(alphabet[usize::try_from(n).unwrap() % alphabet.len()])
            })
            .collect()
    }

    /// A thousand tokens pass, and each fails with any one of its characters after the prefix changed.
    pub(crate) fn pass_and_fail(name: &str, mut token: impl FnMut(&mut u64) -> (String, usize)) {
        let checksum = named(name).unwrap();
        let mut seed = 20_211_124;
        for _ in 0..1000 {
            let (right, prefix) = token(&mut seed);
            assert!(checksum.holds(&right), "{right}");
            let at = prefix + usize::from(right.as_bytes()[prefix]) % (right.len() - prefix);
            let mut wrong = right.clone().into_bytes();
            wrong[at] = if wrong[at] == b'a' { b'b' } else { b'a' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(!checksum.holds(&wrong), "{right} and {wrong}");
        }
    }

    #[test]
    fn names() {
        assert!(named("github-crc32").is_some());
        assert!(named("nope").is_none());
        for checksum in CHECKSUMS {
            for text in [
                "",
                "_",
                "ghp_",
                "é",
                "glpat-é.01.2é34567890",
                ".",
                "ghp_ééééééééééééééé",
            ] {
                assert!(!checksum.holds(text), "{} {text}", checksum.name);
            }
        }
    }
}
