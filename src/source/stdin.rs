//! One document from standard input.

use std::io::Read;

use super::select::Selection;
use super::unpack::{Limits, can_open, unopened, unpack};
use super::{Counted, Item, NewVisitor, Scope, Source, SourceError};
use crate::finding::{Origin, Skip, SourceKind};
use crate::text::decode::is_binary;

/// Standard input, or any reader, as one document.
#[derive(Clone, Debug)]
pub struct Stdin {
    /// The name that chooses the format and stands in reports.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How far an archive is opened; `None`: not at all.
    pub archives: Option<Limits>,
}

impl Stdin {
    /// Reads all of `reader`. `name` chooses the format; without one it is `<stdin>`.
    pub fn read(mut reader: impl Read, name: Option<&str>) -> Result<Self, SourceError> {
        let mut bytes = Vec::new();
        let name = name.unwrap_or("<stdin>").to_owned();
        reader.read_to_end(&mut bytes).map_err(|error| {
            SourceError::new(&name, format!("cannot read standard input: {error}"))
        })?;
        Ok(Self {
            name,
            bytes,
            archives: None,
        })
    }
}

impl Source for Stdin {
    fn drive(&self, new_visitor: &NewVisitor<'_>) -> Result<(), SourceError> {
        let mut visitor = new_visitor();
        visitor.count(Counted::File, self.bytes.len() as u64);
        let item = Item {
            path: &self.name,
            logical: &self.name,
            bytes: &self.bytes,
            origin: &Origin::plain(SourceKind::Stdin),
            scope: Scope::Whole,
            first_line: 1,
            version: None,
        };
        let size = self.bytes.len() as u64;
        match self.archives {
            Some(limits) if can_open(&self.bytes) => unpack(
                &mut self.bytes.as_slice(),
                size,
                &item,
                &Selection::default(),
                &limits,
                visitor.as_mut(),
            ),
            _ => match unopened(&self.bytes) {
                Some(skip) => visitor.skip(skip),
                None if is_binary(&self.bytes) && !visitor.takes_binary(&self.bytes) => {
                    visitor.skip(Skip::Binary);
                }
                None => visitor.visit(item),
            },
        }
        Ok(())
    }
}
