//! In which order the entries of a pack lie, as git keeps it beside the index (gitformat-pack(5), "pack-*.rev files").

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// What such a file begins with: its sign, and the version.
const BEGIN: [u8; 8] = *b"RIDX\0\0\0\x01";

/// Bytes read at a time.
const PART: usize = 1 << 16;

/// The places in the index of `count` entries, in the order in which these lie in the pack. `None` where there is no such file, or it is not
/// about as many. It may say anything: whoever uses it has to look whether it is true.
pub(super) fn order(index: &Path, count: u32) -> Option<Vec<u32>> {
    let file = File::open(index.with_extension("rev")).ok()?;
    let size = u64::from(count) * 4;
    // Behind them stand two checksums.
    if !(size..size + 100).contains(&file.metadata().ok()?.len()) {
        return None;
    }
    let mut file = BufReader::with_capacity(PART, file);
    let mut head = [0; 12];
    file.read_exact(&mut head).ok()?;
    if !head.starts_with(&BEGIN) {
        return None;
    }
    let mut order = Vec::with_capacity(count as usize);
    let (mut part, mut file) = (vec![0; PART], file.take(size));
    while order.len() < count as usize {
        let left = (count as usize - order.len()) * 4;
        let part = part.get_mut(..left.min(PART))?;
        file.read_exact(part).ok()?;
        let places = part.as_chunks().0;
        order.extend(places.iter().map(|&place| u32::from_be_bytes(place)));
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_order_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (index, rev) = (folder.path().join("a.idx"), folder.path().join("a.rev"));
        assert_eq!(order(&index, 2), None);
        let mut bytes = [&BEGIN[..], &[0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]].concat();
        bytes.extend([7; 40]);
        std::fs::write(&rev, &bytes).unwrap();
        assert_eq!(order(&index, 2), Some(vec![1, 0]));
        assert_eq!(order(&index, 200), None);
        bytes[7] = 2;
        std::fs::write(&rev, &bytes).unwrap();
        assert_eq!(order(&index, 2), None);
    }
}
