//! How long runs of bytes are, told of eight at once: where they end cannot be foreseen, and a branch taken wrongly costs more than all of
//! this.

/// So many bytes are told at once.
pub(super) const WIDE: usize = 8;

/// The high bit of each byte.
const HIGH: u64 = of(0x80);

/// A byte, so many times.
const fn of(byte: u8) -> u64 {
    u64::from_le_bytes([byte; WIDE])
}

/// The bytes at a place, if there are so many.
fn chunk(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<WIDE>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// By their high bits, which of `bytes`, of which none has one, are in a range.
const fn within(bytes: u64, first: u8, last: u8) -> u64 {
    // What is added to a byte is never carried into the next.
    (bytes + of(0x80 - first)) & !(bytes + of(0x7f - last)) & HIGH
}

/// How many bytes come before the first whose high bit is set.
const fn before(bits: u64) -> usize {
    (bits.trailing_zeros() / u8::BITS) as usize
}

/// How many bytes from `at` on belong to names in every language: letters, digits, `_`, and what is not ASCII; never more than [`WIDE`]. `None`
/// so close to the end that this cannot be told.
#[inline]
pub(super) fn named(bytes: &[u8], at: usize) -> Option<usize> {
    let chunk = chunk(bytes, at)?;
    let low = chunk & !HIGH;
    let letter = within(low | of(0x20), b'a', b'z');
    let other = within(low, b'0', b'9') | within(low, b'_', b'_');
    Some(before((letter | other | chunk) & HIGH ^ HIGH))
}

/// How many bytes from `at` on neither have a meaning of their own in some literal nor are `close`; never more than [`WIDE`], and none
/// so close to the end that this cannot be told.
#[inline]
pub(super) fn plain(bytes: &[u8], at: usize, close: u8) -> usize {
    let Some(chunk) = chunk(bytes, at) else {
        return 0;
    };
    let low = chunk & !HIGH;
    let sign = within(low, b'#', b'$') | within(low, b'{', b'{') | within(low, b'\\', b'\\');
    let other = within(low, b'\n', b'\n') | within(low, close, close);
    before((sign | other) & !chunk)
}

/// How many spaces stand from `at` on; as with [`plain`].
#[inline]
pub(super) fn spaces(bytes: &[u8], at: usize) -> usize {
    let chunk = chunk(bytes, at);
    chunk.map_or(0, |chunk| before(chunk ^ of(b' ')))
}

/// How many spaces stand right before `at`; as with [`plain`].
#[inline]
pub(super) fn spaces_before(bytes: &[u8], at: usize) -> usize {
    let before = bytes
        .get(..at)
        .and_then(|before| before.last_chunk::<WIDE>());
    before.map_or(0, |chunk| {
        let other = u64::from_le_bytes(*chunk) ^ of(b' ');
        (other.leading_zeros() / u8::BITS) as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts in which each byte stands at each place, among others like it or not.
    fn each(mut sink: impl FnMut(&[u8], usize)) {
        for filling in *b"aZ0_ \xc3~" {
            for byte in 0..=u8::MAX {
                for at in 0..WIDE {
                    let mut text = [filling; WIDE];
                    text[at] = byte;
                    sink(&text, at);
                }
            }
        }
    }

    #[test]
    fn names_end_where_the_first_byte_is_none_of_theirs() {
        let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        each(|text, _| {
            let length = text.iter().take_while(|byte| belongs(byte)).count();
            assert_eq!(named(text, 0), Some(length), "{text:?}");
        });
        assert_eq!(named(b"abc def", 0), None);
        assert_eq!(named(b"abcdefgh", 1), None);
        assert_eq!(named(b"abcdefgh", 9), None);
        assert_eq!(named(b"-abcdefghi", 1), Some(WIDE));
    }

    #[test]
    fn what_is_plain_ends_where_the_first_byte_means_something() {
        use super::super::begin::Begin;
        use super::super::ruby::RUBY;

        let begin = Begin::new(&RUBY);
        each(|text, _| {
            for close in *b"\"'`" {
                let means = |byte: &u8| *byte == close || begin.of(*byte).is_sign();
                let length = text.iter().take_while(|byte| !means(byte)).count();
                assert_eq!(plain(text, 0, close), length, "{text:?}");
            }
        });
        assert_eq!(plain(b"plain", 0, b'"'), 0);
    }

    #[test]
    fn spaces_end_where_the_first_byte_is_none() {
        each(|text, _| {
            let length = text.iter().take_while(|&&byte| byte == b' ').count();
            assert_eq!(spaces(text, 0), length, "{text:?}");
            let length = text.iter().rev().take_while(|&&byte| byte == b' ').count();
            assert_eq!(spaces_before(text, WIDE), length, "{text:?}");
        });
        assert_eq!(spaces(b"    ", 0), 0);
        assert_eq!(spaces_before(b"    x", 4), 0);
        assert_eq!(spaces_before(b"x       y", 8), 7);
    }
}
