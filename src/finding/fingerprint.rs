//! The identity of a finding across scans, as `docs/output.md` defines it.

use sha2::{Digest, Sha256};

use crate::secret::hex;

/// Bits a value must be worth for its hash to be safe in a committed file.
const GUESSABLE_BELOW_BITS: f64 = 80.0;

/// The fingerprint: SHA-256 over `leakey/1`, the rule and the value, each followed by a NUL byte, of which
/// the first 128 bits are given as 32 hex digits.
///
/// A value worth less than 80 `bits` could be guessed from its hash. There, the rule, the key's name and the first
/// byte of SHA-256 of the value are hashed instead: enough to fire again when the value changes (255 times in 256),
/// too little to confirm a guess. No path, line or commit takes part.
pub fn fingerprint(rule: &str, key: &str, value: &[u8], bits: f64) -> String {
    if bits >= GUESSABLE_BELOW_BITS {
        hash128(&[b"leakey/1", rule.as_bytes(), value])
    } else {
        let first = Sha256::digest(value)[0];
        hash128(&[b"leakey/1", rule.as_bytes(), key.as_bytes(), &[first]])
    }
}

/// The first 128 bits of SHA-256 over the parts, each followed by a NUL byte, as 32 hex digits.
pub fn hash128(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hex(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strong_values_ignore_the_name_and_weak_ones_do_not_confirm_a_guess() {
        let strong = |key| fingerprint("r", key, b"value", 128.0);
        assert_eq!(strong("A"), strong("B"));
        assert_eq!(strong("A").len(), 32);
        let weak = |key, value: &[u8]| fingerprint("r", key, value, 20.0);
        assert_ne!(weak("A", b"dev"), weak("B", b"dev"));
        // Among 1,000 guesses several share the weak fingerprint: it tells no value apart for certain.
        let same = (0..1000)
            .filter(|n| weak("A", format!("guess{n}").as_bytes()) == weak("A", b"dev"))
            .count();
        assert!(same > 0);
    }
}
