//! Texts that are put together from pieces of another, with the way back to it.

use super::Span;

/// A text put together from pieces of another.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// Where it begins here.
    at: usize,
    /// Where it stands in the other text.
    source: Span,
    /// Whether it is the same text there.
    verbatim: bool,
}

impl Pieces {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a span of `text` as it is.
    pub(crate) fn push(&mut self, text: &str, source: Span) {
        self.pieces.push(Piece {
            at: self.text.len(),
            source,
            verbatim: true,
        });
        self.text.push_str(source.of(text));
    }

    /// Adds a text that stands for `source`.
    pub(crate) fn push_as(&mut self, decoded: &str, source: Span) {
        self.pieces.push(Piece {
            at: self.text.len(),
            source,
            verbatim: false,
        });
        self.text.push_str(decoded);
    }

    fn start(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.at <= at);
        self.source(index, at, |source| source.start)
    }

    fn end(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.at < at);
        self.source(index, at, |source| source.end)
    }

    fn source(&self, index: usize, at: usize, edge: fn(Span) -> usize) -> usize {
        let Some(piece) = index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index))
        else {
            return self.pieces.first().map_or(0, |piece| piece.source.start);
        };
        if piece.verbatim {
            (piece.source.start + (at - piece.at)).min(piece.source.end)
        } else {
            edge(piece.source)
        }
    }

    /// Where a span of the text put together stands in the other.
    pub(crate) fn map(&self, span: Span) -> Span {
        let start = self.start(span.start);
        if span.is_empty() {
            return Span::new(start, start);
        }
        Span::new(start, self.end(span.end))
    }

    /// Whether a span of it is the same text in the other, in one piece.
    pub(crate) fn is_verbatim(&self, span: Span) -> bool {
        let first = self.pieces.partition_point(|piece| piece.at <= span.start);
        let after = self.pieces.partition_point(|piece| piece.at < span.end);
        first == after && first > 0 && self.pieces[first - 1].verbatim
    }
}
