//! Records: the values of a row (<https://sqlite.org/fileformat2.html>, section 2.1).

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::pages::{Encoding, varint};

/// The texts of a record by the number of their column; what is no text is `None`. Blobs that are text are among them.
pub(super) fn texts(record: &[u8], encoding: Encoding) -> Option<Vec<Option<String>>> {
    let mut at = 0;
    let head = usize::try_from(varint(record, &mut at)?).ok()?;
    let mut body = head;
    let mut texts = Vec::new();
    while at < head.min(record.len()) {
        let kind = varint(record, &mut at)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let end = body.checked_add(usize::try_from(length).ok()?)?;
        let value = record.get(body..end)?;
        texts.push(
            (kind >= 12)
                .then(|| text(value, kind % 2 == 1, encoding))
                .flatten(),
        );
        body = end;
    }
    Some(texts)
}

/// The number that a column holds, where it is a small one.
pub(super) fn number(record: &[u8], column: usize) -> Option<usize> {
    let mut at = 0;
    let head = usize::try_from(varint(record, &mut at)?).ok()?;
    let mut body = head;
    for which in 0..=column {
        let kind = varint(record, &mut at)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            _ => (kind.checked_sub(12)?) / 2,
        };
        let length = usize::try_from(length).ok()?;
        if which == column {
            return match kind {
                9 => Some(1),
                1..=4 => {
                    let bytes = record.get(body..body.checked_add(length)?)?;
                    Some(
                        bytes
                            .iter()
                            .fold(0, |sum, &byte| sum << 8 | usize::from(byte)),
                    )
                }
                _ => None,
            };
        }
        body = body.checked_add(length)?;
    }
    None
}

fn text(value: &[u8], is_text: bool, encoding: Encoding) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    if is_text {
        return Some(match encoding {
            Encoding::Utf8 => String::from_utf8_lossy(value).into_owned(),
            Encoding::Little => UTF_16LE.decode_without_bom_handling(value).0.into_owned(),
            Encoding::Big => UTF_16BE.decode_without_bom_handling(value).0.into_owned(),
        });
    }
    let text = std::str::from_utf8(value).ok()?;
    let control = |c: char| c.is_control() && !c.is_whitespace();
    (!text.contains(control)).then(|| text.to_owned())
}
