//! Numbers in the digits that checksums are written in.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `number` in base 62 (digits, then capitals, then small letters), filled up with zeros to `width`.
pub(super) fn base62(number: u32, width: usize) -> String {
    written(number, 62, width)
}

/// `number` in base 36 with small letters, filled up with zeros to `width`.
pub(super) fn base36(number: u32, width: usize) -> String {
    written(number, 36, width).to_ascii_lowercase()
}

fn written(mut number: u32, base: u32, width: usize) -> String {
    let mut out = Vec::new();
    while number > 0 || out.len() < width {
        let digit = usize::try_from(number % base).unwrap_or_default();
        out.push(char::from(DIGITS[digit]));
        number /= base;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_filled_up() {
        assert_eq!(base62(0, 6), "000000");
        assert_eq!(base62(61, 2), "0z");
        assert_eq!(base62(62 * 36, 3), "0a0");
        assert_eq!(base36(35, 2), "0z");
        assert_eq!(base36(u32::MAX, 7), "1z141z3");
        assert_eq!(base62(u32::MAX, 1), "4gfFC3");
    }
}
