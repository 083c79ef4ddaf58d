//! Pages of a database file and the trees they form (<https://sqlite.org/fileformat2.html>, sections 1.3 to 1.6).

/// What every database begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// Trees are no deeper: `SQLite` itself ends at 20 (`BTCURSOR_MAX_DEPTH`).
const DEPTH: usize = 20;

const TABLE_LEAF: u8 = 0x0d;
const TABLE_INTERIOR: u8 = 0x05;
const INDEX_LEAF: u8 = 0x0a;
const INDEX_INTERIOR: u8 = 0x02;

/// A big-endian number of two bytes.
fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 2)?;
    Some(usize::from(u16::from_be_bytes([bytes[0], bytes[1]])))
}

/// A big-endian number of four bytes.
fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).ok()
}

/// A number of one to nine bytes at `at`, which is moved behind it (section 1.6, "varint").
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for count in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if count == 8 {
            return Some(value << 8 | u64::from(byte));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// How text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Little,
    Big,
}

/// A database in memory. Every page is read once at the most, so that trees with cycles end.
pub(super) struct Pages<'b> {
    bytes: &'b [u8],
    size: usize,
    /// Bytes of a page that are used.
    usable: usize,
    pub(super) encoding: Encoding,
    seen: Vec<bool>,
    /// Whether something did not make sense.
    pub(super) damaged: bool,
}

impl<'b> Pages<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Option<Self> {
        let size = match short(bytes, 16)? {
            1 => 65_536,
            size if size.is_power_of_two() && size >= 512 => size,
            _ => return None,
        };
        let reserved = usize::from(*bytes.get(20)?);
        let encoding = match long(bytes, 56)? {
            2 => Encoding::Little,
            3 => Encoding::Big,
            _ => Encoding::Utf8,
        };
        // The least that the format allows.
        let usable = size.checked_sub(reserved).filter(|usable| *usable >= 480)?;
        Some(Self {
            bytes,
            size,
            usable,
            encoding,
            seen: vec![false; bytes.len().div_ceil(size) + 1],
            damaged: false,
        })
    }

    /// A page by its number, from 1, which was not read before. The last one may be cut.
    fn page(&mut self, number: usize) -> Option<&'b [u8]> {
        let seen = self.seen.get_mut(number).filter(|seen| !**seen)?;
        *seen = true;
        let start = number.checked_sub(1)?.checked_mul(self.size)?;
        self.bytes
            .get(start..self.bytes.len().min(start + self.size))
    }

    /// Calls `sink` with the payload of each row under a page, in order; `false` from it ends the walk.
    pub(super) fn rows(
        &mut self,
        root: usize,
        depth: usize,
        sink: &mut dyn FnMut(&mut Self, &[u8]) -> bool,
    ) -> bool {
        let Some(page) = self.page(root).filter(|_| depth < DEPTH) else {
            self.damaged = true;
            return true;
        };
        self.of_page(page, if root == 1 { 100 } else { 0 }, depth, sink)
            .unwrap_or_else(|| {
                self.damaged = true;
                true
            })
    }

    fn of_page(
        &mut self,
        page: &'b [u8],
        head: usize,
        depth: usize,
        sink: &mut dyn FnMut(&mut Self, &[u8]) -> bool,
    ) -> Option<bool> {
        let kind = *page.get(head)?;
        let interior = matches!(kind, TABLE_INTERIOR | INDEX_INTERIOR);
        if !interior && !matches!(kind, TABLE_LEAF | INDEX_LEAF) {
            return None;
        }
        let cells = short(page, head + 3)?;
        let first = head + if interior { 12 } else { 8 };
        for cell in 0..cells {
            let mut at = short(page, first + 2 * cell)?;
            if interior {
                let below = long(page, at)?;
                at += 4;
                if !self.rows(below, depth + 1, sink) {
                    return Some(false);
                }
            }
            if kind == TABLE_INTERIOR {
                continue;
            }
            match self.payload(page, at, kind == TABLE_LEAF) {
                Some(payload) => {
                    if !sink(self, &payload) {
                        return Some(false);
                    }
                }
                // Others on the page may be whole.
                None => self.damaged = true,
            }
        }
        let goes_on = !interior || self.rows(long(page, head + 8)?, depth + 1, sink);
        Some(goes_on)
    }

    /// The payload of a cell, with what lies on pages of its own (section 1.5, "Cell Payload Overflow Pages").
    fn payload(&mut self, page: &[u8], mut at: usize, table: bool) -> Option<Vec<u8>> {
        let length = usize::try_from(varint(page, &mut at)?).ok()?;
        if table {
            varint(page, &mut at)?;
        }
        let usable = self.usable;
        let most = if table {
            usable - 35
        } else {
            (usable - 12) * 64 / 255 - 23
        };
        if length <= most {
            return page.get(at..at + length).map(<[u8]>::to_vec);
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (usable - 4);
        let local = if fitting <= most { fitting } else { least };
        let mut payload = page.get(at..at + local)?.to_vec();
        let mut next = long(page, at + local)?;
        while payload.len() < length {
            let page = self.page(next)?;
            let room = (length - payload.len()).min(usable - 4);
            payload.extend_from_slice(page.get(4..4 + room)?);
            next = long(page, 0)?;
        }
        Some(payload)
    }
}
