//! Readers around readers: one that stops when what is left of a shared allowance is used up, and one that can be looked into.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Cursor, Read};

/// Counts what is read against an allowance that others share.
pub(super) struct Metered<'m, R> {
    inner: R,
    left: &'m Cell<u64>,
}

impl<'m, R: Read> Metered<'m, R> {
    pub(super) fn new(inner: R, left: &'m Cell<u64>) -> Self {
        Self { inner, left }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 && !buffer.is_empty() {
            return Err(io::Error::other(UsedUp));
        }
        let room = usize::try_from(self.left.get()).map_or(buffer.len(), |n| n.min(buffer.len()));
        let read = self.inner.read(&mut buffer[..room])?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}

/// Up to `length` first bytes of a reader, and one that gives all of it again. An error on the way comes after what was read
/// before it: the beginning of what is damaged further on can be looked at.
pub(super) fn peeked(reader: &mut dyn Read, length: usize) -> (Vec<u8>, Peeked<'_>) {
    let mut head = Vec::new();
    let error = (&mut *reader)
        .take(length as u64)
        .read_to_end(&mut head)
        .err();
    let begun = Cursor::new(head.clone());
    let rest = Peeked {
        begun,
        error,
        reader,
    };
    (head, rest)
}

/// A reader whose first bytes were looked at.
pub(super) struct Peeked<'r> {
    begun: Cursor<Vec<u8>>,
    error: Option<io::Error>,
    reader: &'r mut dyn Read,
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.begun.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.reader.read(buffer),
        }
    }
}

/// The allowance is used up.
#[derive(Debug)]
struct UsedUp;

impl fmt::Display for UsedUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the limit on unpacked bytes was reached")
    }
}

impl std::error::Error for UsedUp {}

/// Whether an error, or one that it came from, says that an allowance was used up. Decoders wrap what their readers tell them.
pub(super) fn is_limit(error: &io::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|e| e as _);
    while let Some(error) = next {
        if error.is::<UsedUp>() {
            return true;
        }
        next = match error.downcast_ref::<io::Error>() {
            Some(inner) => inner.get_ref().map(|e| e as _),
            None => error.source(),
        };
    }
    false
}
