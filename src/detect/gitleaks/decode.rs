//! Texts with what is encoded in them decoded in its place, pass by pass, and the way back to where it stood.

use std::sync::Arc;

use super::encoding::encoded;

/// A range of bytes. Both ends count as part of it where ranges are compared.
pub(super) type Ends = (usize, usize);

/// A piece that was encoded.
#[derive(Debug)]
pub(super) struct Segment {
    /// The segments of the pass before.
    before: Arc<Vec<Segment>>,
    /// Where it stands in the text as it was.
    original: Ends,
    /// Where it stood in the pass before.
    encoded: Ends,
    /// Where it stands now.
    pub(super) decoded: Ends,
}

/// Whether two ranges overlap or touch.
fn touch(a: Ends, b: Ends) -> bool {
    b.0 <= a.1 && b.1 >= a.0
}

/// Decodes what is encoded in `text`, whose own segments are `before`; `None` where nothing is.
pub(super) fn pass(
    text: &[u8],
    before: &Arc<Vec<Segment>>,
) -> Option<(Vec<u8>, Arc<Vec<Segment>>)> {
    let pieces = encoded(text);
    if pieces.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut segments = Vec::with_capacity(pieces.len());
    let mut from = 0;
    for piece in pieces {
        out.extend_from_slice(&text[from..piece.start]);
        let start = out.len();
        out.extend_from_slice(&piece.decoded);
        let encoded = (piece.start, piece.end);
        segments.push(Segment {
            original: original(before, encoded),
            before: Arc::clone(before),
            encoded,
            decoded: (start, out.len()),
        });
        from = piece.end;
    }
    out.extend_from_slice(&text[from..]);
    Some((out, Arc::new(segments)))
}

/// The segments that a match overlaps: without any, it was met in the pass before.
pub(super) fn met(segments: &[Segment], matched: Ends) -> impl Iterator<Item = &Segment> {
    // They stand in order, apart from each other.
    let first = segments.partition_point(|segment| segment.decoded.1 < matched.0);
    segments[first..]
        .iter()
        .take_while(move |segment| touch(segment.decoded, matched))
}

/// Where a range of a pass stands in the text as it was.
pub(super) fn original(segments: &[Segment], range: Ends) -> Ends {
    let mut encoded: Option<Ends> = None;
    let mut before = None;
    for segment in met(segments, range) {
        if segment.decoded.0 <= range.0 && range.1 <= segment.decoded.1 {
            return segment.original;
        }
        // What hangs over on either side stands as it is beside the encoded piece.
        let over = |from: usize, by: usize| from.saturating_sub(by);
        let start = over(segment.encoded.0, segment.decoded.0.saturating_sub(range.0));
        let end = segment.encoded.1 + range.1.saturating_sub(segment.decoded.1);
        encoded =
            Some(encoded.map_or((start, end), |known| (known.0.min(start), known.1.max(end))));
        before = Some(&segment.before);
    }
    match (encoded, before) {
        (Some(encoded), Some(before)) => original(before, encoded),
        _ => range,
    }
}
