//! Texts: members as they are, and those that are made from what is no text.

use std::io::Read;

use super::names::Names;
use super::{Stop, Unpacker, damaged, python, sqlite};
use crate::finding::{Issue, Skip};
use crate::source::{Item, Scope};
use crate::text::decode::is_binary;

impl Unpacker<'_> {
    fn show(&mut self, names: &Names, bytes: &[u8], first_line: usize) {
        self.visitor.visit(Item {
            path: &names.path,
            logical: &names.logical,
            bytes,
            origin: self.origin,
            scope: Scope::Whole,
            first_line,
            version: self.version,
        });
    }

    pub(super) fn text(
        &mut self,
        head: &[u8],
        reader: &mut dyn Read,
        names: &Names,
    ) -> Result<(), Stop> {
        if is_binary(head) && !self.visitor.takes_binary(head) {
            self.visitor.count_bytes(head.len() as u64);
            if self.visitor.takes_names() {
                self.show(names, head, 1);
            } else {
                self.visitor.skip(Skip::Binary);
            }
            return Ok(());
        }
        let mut bytes = Vec::new();
        let read = reader.take(self.limits.member + 1).read_to_end(&mut bytes);
        self.visitor.count_bytes(bytes.len() as u64);
        if bytes.len() as u64 > self.limits.member {
            let what = format!(
                "has more than {} MB, of which the first were looked at; unpack it and scan the folder",
                self.limits.member >> 20
            );
            self.visitor.issue(Issue::new(names.path.as_str(), what));
        }
        self.show(names, &bytes, 1);
        read.map(|_| ()).map_err(|error| Stop::of(&error, names))
    }

    /// All that a reader gives, unless that is more than `most`.
    pub(super) fn whole(
        &mut self,
        reader: &mut dyn Read,
        most: u64,
        names: &Names,
    ) -> Result<Option<Vec<u8>>, Stop> {
        let mut bytes = Vec::new();
        let read = reader.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| Stop::of(&error, names))?;
        if bytes.len() as u64 <= most {
            return Ok(Some(bytes));
        }
        let what = format!("has more than {} MB and was not opened", most >> 20);
        self.visitor.issue(Issue::new(names.path.as_str(), what));
        Ok(None)
    }

    /// Counts what is opened, and shows it as it is to who looks for bytes: deleted rows are in it, too.
    fn raw(&mut self, bytes: &[u8], names: &Names) {
        self.visitor.count_bytes(bytes.len() as u64);
        if self.visitor.takes_raw() {
            self.show(names, bytes, 1);
        }
    }

    pub(super) fn database(&mut self, reader: &mut dyn Read, names: &Names) -> Result<(), Stop> {
        let most = self.limits.member.saturating_mul(8);
        let Some(bytes) = self.whole(reader, most, names)? else {
            return Ok(());
        };
        self.raw(&bytes, names);
        let mut full = false;
        let whole = sqlite::tables(&bytes, &mut |part| {
            // Names of columns are written once a row: what comes out is metered like anything unpacked.
            let left = self.bytes.get().checked_sub(part.text.len() as u64);
            full = left.is_none();
            self.bytes.set(left.unwrap_or(0));
            if !full {
                self.show(&names.table(part.table), part.text.as_bytes(), part.first);
            }
            !full
        });
        if full {
            return Err(Stop::Limit);
        }
        if !whole {
            damaged(
                &names.path,
                "a page of the database makes no sense",
                self.visitor,
            );
        }
        Ok(())
    }

    pub(super) fn module(&mut self, reader: &mut dyn Read, names: &Names) -> Result<(), Stop> {
        let Some(bytes) = self.whole(reader, python::LARGEST, names)? else {
            return Ok(());
        };
        self.raw(&bytes, names);
        let (text, fault) = python::text(&bytes);
        self.show(&names.source(), text.as_bytes(), 1);
        if let Some(fault) = fault {
            damaged(&names.path, fault, self.visitor);
        }
        Ok(())
    }
}
