//! Copies of what was unpacked before (RFC 1951, 3.2.3).

/// Bytes that are copied at once.
pub(super) const CHUNK: usize = 16;

/// Puts `length` bytes to `at` that stand so far before it; some behind them may be overwritten. `None` where nothing stands there, or there is
/// no room for [`CHUNK`] bytes more than these, and for two times as many at least.
#[inline]
pub(super) fn repeat(out: &mut [u8], at: usize, distance: usize, length: usize) -> Option<()> {
    let from = at.checked_sub(distance)?;
    if distance < CHUNK {
        return close(out, at, distance, length);
    }
    // Hardly any copy is longer.
    copy(out, from, at)?;
    copy(out, from + CHUNK, at + CHUNK)?;
    let mut done = 2 * CHUNK;
    while done < length {
        copy(out, from + done, at + done)?;
        done += CHUNK;
    }
    Some(())
}

/// The same where what is repeated may be less than what is copied at once.
#[inline(never)]
fn close(out: &mut [u8], at: usize, distance: usize, length: usize) -> Option<()> {
    if distance == 0 {
        return None;
    }
    let from = at.checked_sub(distance)?;
    // What comes again after some bytes does so after twice as many.
    let mut ahead = distance;
    while ahead < CHUNK {
        copy(out, from, from + ahead)?;
        ahead *= 2;
    }
    let mut done = 0;
    while ahead + done < distance + length {
        copy(out, from + done, from + ahead + done)?;
        done += CHUNK;
    }
    Some(())
}

#[inline]
fn copy(out: &mut [u8], from: usize, to: usize) -> Option<()> {
    let chunk = *out.get(from..)?.first_chunk::<CHUNK>()?;
    *out.get_mut(to..)?.first_chunk_mut()? = chunk;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distance_and_length() {
        let before: Vec<u8> = (0..40).collect();
        for distance in 0..60 {
            for length in 3..80 {
                let mut out = before.clone();
                out.resize(before.len() + length + 2 * CHUNK, 0);
                let made = repeat(&mut out, before.len(), distance, length);
                assert_eq!(made.is_some(), (1..=before.len()).contains(&distance));
                if made.is_some() {
                    let mut all = before.clone();
                    for _ in 0..length {
                        all.push(all[all.len() - distance]);
                    }
                    assert_eq!(out[..all.len()], all, "{distance} {length}");
                }
                for room in 0..out.len() {
                    let _ = repeat(&mut out[..room], before.len(), distance, length);
                }
            }
        }
    }
}
