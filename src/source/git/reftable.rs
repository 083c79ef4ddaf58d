//! Refs and reflogs kept as tables: the reftable format, versions 1 and 2 (git's
//! Documentation/technical/reftable.adoc).
//!
//! A stack of tables is read from the oldest to the newest; what a newer one says of a ref takes the place of what older
//! ones said. Of reflogs every entry still in any table is kept, of refs that are gone too. Indexes inside tables only
//! speed up look-ups and are passed over. No crate that is kept up reads the format today.

use std::collections::BTreeMap;
use std::path::Path;

use git2::Oid;
use gix_zlib::{Inflate, Status};
use libdeflater::Crc;

use crate::finding::Issue;

/// What a ref holds, as in a file of its own: an id in hex or `ref: ` and a name.
pub(super) type Text = Vec<u8>;

/// All tables of a folder, as one.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// Refs by name.
    pub(super) refs: BTreeMap<String, Text>,
    /// Of each ref the lines of its reflog, oldest first, as the files of reflogs hold them.
    pub(super) logs: BTreeMap<String, Vec<u8>>,
    /// Tables that could not be read, in whole or in part.
    pub(super) issues: Vec<Issue>,
}

/// A record of a log, to be sorted by ref and time.
type Logged = ((String, u64), Vec<u8>);

impl Stack {
    /// Reads the tables in `folder`; `name` is how reports name it.
    pub(super) fn read(folder: &Path, name: &str) -> Self {
        let mut stack = Self::default();
        let list = match std::fs::read_to_string(folder.join("tables.list")) {
            Ok(list) => list,
            Err(error) => {
                stack.issue(
                    &format!("{name}/tables.list"),
                    &format!("it cannot be read: {error}"),
                );
                return stack;
            }
        };
        let mut logs: BTreeMap<(String, u64), Vec<u8>> = BTreeMap::new();
        for table in list.lines().filter(|line| !line.is_empty()) {
            let place = format!("{name}/{table}");
            // A table lies in the folder of its list.
            let bytes = match Path::new(table).components().count() {
                1 => std::fs::read(folder.join(table)).map_err(|error| error.to_string()),
                _ => Err("its name leads elsewhere".to_owned()),
            };
            let outcome = bytes.and_then(|bytes| {
                let table = Table::new(&bytes).ok_or("its head or its end is damaged")?;
                let whole = table.refs(&mut stack.refs);
                let logged = table.logs(&mut |(key, line)| drop(logs.insert(key, line)));
                (whole && logged)
                    .then_some(())
                    .ok_or_else(|| "it is damaged and was read in part only".to_owned())
            });
            if let Err(why) = outcome {
                stack.issue(&place, &why);
            }
        }
        for ((name, _), line) in logs {
            stack.logs.entry(name).or_default().extend(line);
        }
        stack
    }

    fn issue(&mut self, place: &str, why: &str) {
        let what = format!(
            "refs are kept in this table, and {why}; `git refs verify` and `git fsck` tell more, a fresh clone repairs it"
        );
        self.issues.push(Issue::new(place, what));
    }
}

/// One table.
struct Table<'t> {
    bytes: &'t [u8],
    /// Bytes of the head, which the first block shares.
    head: usize,
    /// Bytes of an id.
    id: usize,
    /// Blocks of refs are filled up to this size; 0: they are not.
    block: usize,
    /// Where refs end, and where logs begin and end.
    refs_end: usize,
    logs: (usize, usize),
}

impl<'t> Table<'t> {
    fn new(bytes: &'t [u8]) -> Option<Self> {
        let mut head = Cursor(bytes);
        if head.take(4)? != b"REFT" {
            return None;
        }
        let version = head.number(1)?;
        let block = head.size(3)?;
        head.take(16)?;
        let (head, id) = match version {
            1 => (24, 20),
            2 => (
                28,
                match head.take(4)? {
                    b"sha1" => 20,
                    b"s256" => 32,
                    _ => return None,
                },
            ),
            _ => return None,
        };
        let end = bytes.len().checked_sub(head + 44)?;
        let footer = bytes.get(end..)?;
        let (checked, sum) = footer.split_at(footer.len() - 4);
        let mut crc = Crc::new();
        crc.update(checked);
        if crc.sum().to_be_bytes() != sum || !checked.starts_with(bytes.get(..head)?) {
            return None;
        }
        let mut places = Cursor(checked.get(head..)?);
        let ref_index = places.size(8)?;
        let objects = places.size(8)? >> 5;
        let object_index = places.size(8)?;
        let mut logs = places.size(8)?;
        let log_index = places.size(8)?;
        let first = *bytes.get(head).filter(|_| head < end).unwrap_or(&0);
        if first == b'g' {
            logs = 0;
        }
        let some = |place: &usize| *place > 0;
        let refs_end = [ref_index, objects, object_index, logs, end]
            .into_iter()
            .filter(some)
            .min();
        let logs = match (first == b'g' || logs > 0, log_index) {
            (false, _) => (end, end),
            (true, 0) => (logs, end),
            (true, index) => (logs, index),
        };
        Some(Self {
            bytes: bytes.get(..end)?,
            head,
            id,
            block,
            refs_end: if first == b'r' { refs_end?.min(end) } else { 0 },
            logs: (logs.0, logs.1.min(end)),
        })
    }

    /// Adds its refs to those of older tables; says whether all could be read.
    fn refs(&self, refs: &mut BTreeMap<String, Text>) -> bool {
        let mut at = 0;
        while at < self.refs_end {
            let skip = if at == 0 { self.head } else { 0 };
            let Some((b'r', size)) = self.block_at(at + skip) else {
                return false;
            };
            let Some(records) =
                records(self.bytes.get(at..at + size).unwrap_or_default(), skip + 4)
            else {
                return false;
            };
            if self.ref_block(records, refs).is_none() {
                return false;
            }
            let next = at + size;
            let filled = self.block >= size && self.bytes.get(next).is_none_or(|&byte| byte == 0);
            at = if filled { at + self.block } else { next };
        }
        true
    }

    fn ref_block(&self, records: &[u8], refs: &mut BTreeMap<String, Text>) -> Option<()> {
        let mut cursor = Cursor(records);
        let mut key = Vec::new();
        while !cursor.0.is_empty() {
            let kind = cursor.key(&mut key)?;
            cursor.varint()?;
            let name = String::from_utf8_lossy(&key).into_owned();
            let text = match kind {
                0 => {
                    refs.remove(&name);
                    continue;
                }
                1 => hex(cursor.take(self.id)?),
                2 => {
                    let id = hex(cursor.take(self.id)?);
                    cursor.take(self.id)?;
                    id
                }
                3 => {
                    let length = usize::try_from(cursor.varint()?).ok()?;
                    [b"ref: ", cursor.take(length)?].concat()
                }
                _ => return None,
            };
            refs.insert(name, text);
        }
        Some(())
    }

    /// Gives the entries of its reflogs; says whether all could be read.
    fn logs(&self, sink: &mut dyn FnMut(Logged)) -> bool {
        let (mut at, end) = self.logs;
        let mut block = Vec::new();
        while at < end {
            let skip = if at == 0 { self.head } else { 0 };
            let Some((b'g', size)) = self.block_at(at + skip) else {
                return false;
            };
            // The size is that of the block unpacked, with its head.
            let Some(unpacked) = size.checked_sub(skip + 4) else {
                return false;
            };
            block.clear();
            block.resize(unpacked, 0);
            let packed = self.bytes.get(at + skip + 4..end).unwrap_or_default();
            let read = match Inflate::default().once(packed, &mut block) {
                Ok((Status::StreamEnd, read, made)) if made == unpacked => read,
                _ => return false,
            };
            let entries = records(&block, 0).map(|records| self.log_block(records, sink));
            if entries.flatten().is_none() || read == 0 {
                return false;
            }
            at += skip + 4 + read;
        }
        true
    }

    fn log_block(&self, records: &[u8], sink: &mut dyn FnMut(Logged)) -> Option<()> {
        let mut cursor = Cursor(records);
        let mut key = Vec::new();
        while !cursor.0.is_empty() {
            let kind = cursor.key(&mut key)?;
            let (name, when) = key.split_at(key.len().checked_sub(9)?);
            // Newest first: the time is counted down.
            let time = !Cursor(when.get(1..)?).number(8)?;
            match kind {
                0 => continue,
                1 => {}
                _ => return None,
            }
            let (old, new) = (cursor.take(self.id)?, cursor.take(self.id)?);
            let mut line = [&hex(old)[..], b" ", &hex(new), b" "].concat();
            let person = cursor.text()?;
            line.extend_from_slice(person);
            line.extend_from_slice(b" <");
            line.extend_from_slice(cursor.text()?);
            let seconds = cursor.varint()?;
            cursor.take(2)?;
            line.extend_from_slice(format!("> {seconds} +0000\t").as_bytes());
            let message = cursor.text()?.trim_ascii_end();
            // In a file a message is one line; here nothing keeps it from being several.
            line.extend(message.iter().map(|&byte| match byte {
                b'\n' => b' ',
                byte => byte,
            }));
            line.push(b'\n');
            let name = String::from_utf8_lossy(name).into_owned();
            sink(((name, time), line));
        }
        Some(())
    }

    /// Kind and size of the block whose head is at `at`.
    fn block_at(&self, at: usize) -> Option<(u8, usize)> {
        let mut cursor = Cursor(self.bytes.get(at..)?);
        let kind = u8::try_from(cursor.number(1)?).ok()?;
        Some((kind, cursor.size(3)?)).filter(|&(_, size)| size > 4)
    }
}

/// The records of a block: what lies between its head and the restart points at its end.
fn records(block: &[u8], head: usize) -> Option<&[u8]> {
    let count = Cursor(block.get(block.len().checked_sub(2)?..)?).size(2)?;
    let end = block.len().checked_sub(2 + 3 * count)?;
    block.get(head..end)
}

fn hex(id: &[u8]) -> Text {
    Oid::from_bytes(id).map_or_else(|_| Text::new(), |id| id.to_string().into_bytes())
}

/// Reads from the front; `None` at the end.
struct Cursor<'c>(&'c [u8]);

impl<'c> Cursor<'c> {
    fn take(&mut self, count: usize) -> Option<&'c [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    /// A number of `count` bytes, the highest first.
    fn number(&mut self, count: usize) -> Option<u64> {
        let bytes = self.take(count)?.iter();
        Some(bytes.fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn size(&mut self, count: usize) -> Option<usize> {
        usize::try_from(self.number(count)?).ok()
    }

    /// A number of as many bytes as it needs, as offsets in packs are written.
    fn varint(&mut self) -> Option<u64> {
        let mut byte = self.number(1)?;
        let mut value = byte & 0x7f;
        while byte & 0x80 != 0 {
            byte = self.number(1)?;
            value = value.checked_add(1)?.checked_mul(128)? | byte & 0x7f;
        }
        Some(value)
    }

    fn text(&mut self) -> Option<&'c [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        self.take(length)
    }

    /// Makes `key` the next one, which shares its start with the one before; gives the kind of the record.
    fn key(&mut self, key: &mut Vec<u8>) -> Option<u64> {
        let shared = usize::try_from(self.varint()?).ok()?;
        let (length, kind) = {
            let word = self.varint()?;
            (usize::try_from(word >> 3).ok()?, word & 7)
        };
        if shared > key.len() {
            return None;
        }
        key.truncate(shared);
        key.extend_from_slice(self.take(length)?);
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_too_odd() {
        for length in 0..80 {
            let mut bytes = b"REFT\x01\0\x10\0".to_vec();
            bytes.resize(length, b'r');
            assert!(Table::new(&bytes).is_none(), "{length}");
        }
        assert_eq!(Cursor(&[0x80, 0x00]).varint(), Some(128));
        assert_eq!(Cursor(&[0xff; 20]).varint(), None);
        assert_eq!(records(&[0, 9], 0), None);
    }
}
