//! GitLab's routable tokens: a prefix, a payload in base64url, `.`, since 18.0 a version and `.`, the length of the payload in
//! base 36 in two digits, and the CRC-32 of all that in base 36, in seven digits.
//!
//! `Authn::TokenField::Generator::RoutableToken` of GitLab 17.8 on;
//! <https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/>

use super::digits::base36;

/// Digits of the checksum.
const DIGITS: usize = 7;
/// Digits of the payload's length.
const LENGTH: usize = 2;

/// Characters of the payload of a token made here.
pub(super) const RANDOM: usize = 48;

/// Whether `token` ends with the checksum of what stands before it.
pub(super) fn holds(token: &str) -> bool {
    let parts = token
        .len()
        .checked_sub(DIGITS)
        .and_then(|end| token.split_at_checked(end));
    parts.is_some_and(|(checked, digits)| {
        checked.contains('.') && base36(crc32fast::hash(checked.as_bytes()), DIGITS) == digits
    })
}

/// A token of a prefix and a payload, with the version 01.
pub(super) fn make(prefix: &str, payload: &str) -> String {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let head = format!("{prefix}{payload}.01.{}", base36(length, LENGTH));
    let digits = base36(crc32fast::hash(head.as_bytes()), DIGITS);
    head + &digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::tests::{draw, pass_and_fail};

    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    #[test]
    fn generated_tokens_pass_and_changed_ones_fail() {
        for prefix in ["glpat-", "glrt-t1_"] {
            pass_and_fail("gitlab-crc32", |seed| {
                (make(prefix, &draw(seed, ALPHABET, RANDOM)), prefix.len())
            });
        }
    }
}
