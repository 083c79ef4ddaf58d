//! What a file that holds others is, told by its first bytes, and the decoders of packed streams.

use std::io::{self, BufReader, Read};

use super::{python, sqlite};
use crate::finding::Skip;

/// What holds others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// ZIP (PKWARE APPNOTE 4.3): wheels, jars, documents of offices.
    Zip,
    /// POSIX tar (IEEE 1003.1, `ustar`).
    Tar,
    /// One packed stream.
    Stream(Stream),
    /// A database of `SQLite`, with tables.
    Database,
    /// A compiled module of Python.
    Module,
}

/// Ways to pack one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// RFC 1952.
    Gzip,
    /// bzip2.
    Bzip2,
    /// The .xz file format 1.2.
    Xz,
    /// RFC 8878.
    Zstd,
}

/// Where tar says `ustar`.
const TAR_MARK: usize = 257;
/// Kilobytes that the decoder of xz may ask for: what `xz -9` needs, twice.
const XZ_MEMORY: u32 = 128 << 10;

impl Kind {
    /// The kind of what begins with `head`.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let stream = |stream| Some(Self::Stream(stream));
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => stream(Stream::Gzip),
            // The first block begins with the digits of pi; an empty stream with those of its root.
            [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                0x31,
                0x41,
                0x59,
                0x26,
                0x53,
                0x59,
                ..,
            ]
            | [
                b'B',
                b'Z',
                b'h',
                b'1'..=b'9',
                0x17,
                0x72,
                0x45,
                0x38,
                0x50,
                0x90,
                ..,
            ] => stream(Stream::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => stream(Stream::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => stream(Stream::Zstd),
            _ if sqlite::is_database(head) => Some(Self::Database),
            _ if python::is_module(head) => Some(Self::Module),
            _ if head
                .get(TAR_MARK..)
                .is_some_and(|rest| rest.starts_with(b"ustar")) =>
            {
                Some(Self::Tar)
            }
            _ => None,
        }
    }
}

impl Kind {
    /// Whether it holds others, and not texts of its own.
    pub(super) fn is_archive(self) -> bool {
        !matches!(self, Self::Database | Self::Module)
    }
}

impl Stream {
    /// What gives the unpacked bytes.
    pub(super) fn decoder<'r>(self, packed: &'r mut dyn Read) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MEMORY)),
            Self::Zstd => Box::new(
                ruzstd::decoding::StreamingDecoder::new(BufReader::new(packed))
                    .map_err(io::Error::other)?,
            ),
        })
    }
}

/// What is left out of a file that begins with `head` where nothing is opened; `None` for what need not be opened.
pub fn unopened(head: &[u8]) -> Option<Skip> {
    Kind::of(head).map(|kind| {
        if kind.is_archive() {
            Skip::Archive
        } else {
            Skip::Binary
        }
    })
}

/// Whether a file that begins with `head` can be opened: an archive, a database or a compiled module.
pub fn can_open(head: &[u8]) -> bool {
    Kind::of(head).is_some()
}
