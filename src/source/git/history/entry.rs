//! The head of an entry in a pack, and how the object begins that follows it (gitformat-pack(5)).

use flate2::{Decompress, FlushDecompress};

use crate::text::decode::SNIFF;

/// Larger objects are left to libgit2.
pub(super) const LARGEST: u64 = 1 << 30;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::git) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
    /// Not known: what it is made from was not found.
    Unknown,
}

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// A whole object.
    Whole(Kind),
    /// What changed from the entry so many bytes before.
    Before(u64),
    /// What changed from the object of this id.
    From(&'a [u8]),
}

/// An entry, still packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'a> {
    pub(super) form: Form<'a>,
    /// Bytes after unpacking.
    pub(super) size: u64,
    /// Compressed bytes; what follows them is ignored.
    pub(super) data: &'a [u8],
}

/// Reads the head of an entry. `None` when there is none.
pub(super) fn parse(bytes: &[u8], id_length: usize) -> Option<Packed<'_>> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut size = u64::from(first & 15);
    let mut more = first & 0x80 != 0;
    let mut shift = 4;
    while more {
        let (&byte, tail) = rest.split_first()?;
        rest = tail;
        if shift > 56 {
            return None;
        }
        size |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        more = byte & 0x80 != 0;
    }
    let form = match first >> 4 & 7 {
        1 => Form::Whole(Kind::Commit),
        2 => Form::Whole(Kind::Tree),
        3 => Form::Whole(Kind::Blob),
        4 => Form::Whole(Kind::Tag),
        6 => {
            let (&byte, tail) = rest.split_first()?;
            rest = tail;
            let mut distance = u64::from(byte & 0x7f);
            let mut more = byte & 0x80 != 0;
            while more {
                let (&byte, tail) = rest.split_first()?;
                rest = tail;
                distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
                more = byte & 0x80 != 0;
            }
            Form::Before(distance)
        }
        7 => {
            let id = rest.get(..id_length)?;
            rest = &rest[id_length..];
            Form::From(id)
        }
        _ => return None,
    };
    Some(Packed {
        form,
        size,
        data: rest,
    })
}

/// Unpacks the first [`SNIFF`] bytes of a whole object into `out`, whose former content is lost. `None` where it is not
/// longer than twice as much, or these bytes are damaged.
pub(super) fn begin(
    packed: &Packed<'_>,
    inflater: &mut Decompress,
    out: &mut Vec<u8>,
) -> Option<()> {
    let long = packed.size > 2 * SNIFF as u64 && packed.size <= LARGEST;
    if !matches!(packed.form, Form::Whole(_)) || !long {
        return None;
    }
    out.resize(SNIFF, 0);
    inflater.reset(true);
    let flush = FlushDecompress::None;
    inflater.decompress(packed.data, out, flush).ok()?;
    (inflater.total_out() == SNIFF as u64).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_form() {
        let whole = parse(&[0x3b, 1, 2], 20).unwrap();
        assert_eq!((whole.form, whole.size), (Form::Whole(Kind::Blob), 11));
        assert_eq!(whole.data, [1, 2]);
        let long = parse(&[0x9f, 0x81, 0x01], 20).unwrap();
        assert_eq!(
            (long.form, long.size),
            (Form::Whole(Kind::Commit), 15 + (1 << 4) + (1 << 11))
        );
        assert_eq!(
            parse(&[0x61, 0x80, 0x00], 20).unwrap().form,
            Form::Before(128)
        );
        let id = [7; 20];
        let mut from = vec![0x71];
        from.extend(id);
        assert_eq!(parse(&from, 20).unwrap().form, Form::From(&id));
    }

    #[test]
    fn damaged_heads() {
        for bytes in [
            &[][..],
            &[0x80],
            &[0x00],
            &[0x50],
            &[0x60],
            &[0x71, 1, 2],
            &[0xb0; 30],
        ] {
            assert!(parse(bytes, 20).is_none(), "{bytes:?}");
        }
    }
}
