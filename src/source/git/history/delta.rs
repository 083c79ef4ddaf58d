//! Deltas: an object as ranges copied from another and bytes in between (gitformat-pack(5), "Deltified representation").

use super::entry::LARGEST;
use super::fault::Fault;
use crate::text::Copied;

/// Applies `delta` to `base`. `out` and `copied` are cleared and filled; the copies come in the order of the result, and what
/// lies between them was inserted.
pub(super) fn apply(
    delta: &[u8],
    base: &[u8],
    out: &mut Vec<u8>,
    copied: &mut Vec<Copied>,
) -> Result<(), Fault> {
    out.clear();
    copied.clear();
    follow(delta, base, out, copied).ok_or_else(|| Fault::damaged("its delta is malformed"))
}

fn follow(
    mut delta: &[u8],
    base: &[u8],
    out: &mut Vec<u8>,
    copied: &mut Vec<Copied>,
) -> Option<()> {
    let from = size(&mut delta)?;
    let to = size(&mut delta)?;
    if from != base.len() as u64 || to > LARGEST {
        return None;
    }
    let to = usize::try_from(to).ok()?;
    // A delta of few bytes can claim any size: memory is taken as it fills.
    out.reserve(to.min(base.len() + delta.len()));
    while let Some((&op, rest)) = delta.split_first() {
        delta = rest;
        if op & 0x80 == 0 {
            let inserted = delta.get(..usize::from(op))?;
            if op == 0 || out.len() + inserted.len() > to {
                return None;
            }
            out.extend_from_slice(inserted);
            delta = &delta[inserted.len()..];
            continue;
        }
        let mut field = |bits: u8, count: u8| {
            let mut value = 0_usize;
            for at in 0..count {
                if op >> (bits + at) & 1 == 1 {
                    let (&byte, rest) = delta.split_first()?;
                    delta = rest;
                    value |= usize::from(byte) << (8 * at);
                }
            }
            Some(value)
        };
        let from = field(0, 4)?;
        let length = match field(4, 3)? {
            0 => 0x1_0000,
            length => length,
        };
        let bytes = base.get(from..from.checked_add(length)?)?;
        if out.len() + length > to {
            return None;
        }
        match copied.last_mut() {
            Some(last) if last.to + last.length == out.len() && last.from + last.length == from => {
                last.length += length;
            }
            _ => copied.push(Copied {
                from,
                to: out.len(),
                length,
            }),
        }
        out.extend_from_slice(bytes);
    }
    (out.len() == to).then_some(())
}

/// A size in groups of seven bits, the lowest first.
fn size(delta: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, rest) = delta.split_first()?;
        *delta = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(delta: &[u8], base: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), Fault> {
        let (mut out, mut copied) = (vec![9], vec![]);
        apply(delta, base, &mut out, &mut copied)?;
        Ok((out, copied))
    }

    #[test]
    fn copies_and_insertions() {
        let delta = [6, 7, 0x90, 2, 0x91, 2, 2, 2, b'x', b'y', 0x91, 5, 1];
        let (out, copied) = run(&delta, b"abcdef").unwrap();
        assert_eq!(out, b"abcdxyf");
        let copy = |from, to, length| Copied { from, to, length };
        assert_eq!(copied, [copy(0, 0, 4), copy(5, 6, 1)]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for delta in [
            &[][..],
            &[6],
            &[5, 1, 1, b'x'],
            &[6, 2, 1, b'x'],
            &[6, 1, 2, b'x', b'y'],
            &[6, 1, 0],
            &[6, 2, 0x91, 5, 2],
            &[6, 1, 2, b'x'],
            &[6, 1, 0x91],
            &[0xff; 12],
        ] {
            assert!(run(delta, b"abcdef").is_err(), "{delta:?}");
        }
    }
}
