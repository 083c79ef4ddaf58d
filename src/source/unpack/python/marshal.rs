//! Objects as `CPython` writes them to a file (`Python/marshal.c`), as far as a module's constants need them.

use std::rc::Rc;

use super::version::Version;

/// A value that was written.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// What ends a dictionary.
    Null,
    None,
    Bool(bool),
    Int(i64),
    /// `bytes`, and what Python 2 calls `str`.
    Bytes(Rc<[u8]>),
    Text(Rc<str>),
    /// A tuple, list or set.
    Items(Rc<[Object]>),
    Code(Rc<Code>),
    /// A value that can be no key and hold none: a number, an ellipsis, a slice.
    Other,
}

impl Object {
    /// The items of a tuple.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Items(items) => items,
            _ => &[],
        }
    }

    /// The text of a name; empty if it is longer than any name is. Python 2 has names in bytes.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Text(text) if text.len() <= LONGEST_NAME => text.to_string(),
            Self::Bytes(bytes) if bytes.len() <= LONGEST_NAME => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            _ => String::new(),
        }
    }
}

/// A module, class body or function.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) flags: i32,
    pub(super) bytes: Rc<[u8]>,
    pub(super) constants: Vec<Object>,
    pub(super) names: Vec<Object>,
    pub(super) locals: Vec<Object>,
    pub(super) name: String,
    pub(super) first_line: i32,
    pub(super) lines: Rc<[u8]>,
}

/// Names are copied wherever they are used.
const LONGEST_NAME: usize = 200;
/// Set in the type of an object that others may refer to.
const REFERRED: u8 = 0x80;
/// As deep as `CPython` itself goes is 2,000; constants of real modules do not go to a tenth of that.
const DEPTH: usize = 200;

/// Reads objects. An error says what is wrong.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    version: Version,
    referred: Vec<Object>,
    interned: Vec<Object>,
    depth: usize,
}

type Read<T> = Result<T, &'static str>;

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], version: Version) -> Self {
        Self {
            bytes,
            version,
            referred: Vec::new(),
            interned: Vec::new(),
            depth: 0,
        }
    }

    fn take(&mut self, length: usize) -> Read<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or("it is cut")?;
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Read<u8> {
        self.take(1).map(|taken| taken[0])
    }

    fn int(&mut self) -> Read<i32> {
        let taken = self.take(4)?;
        Ok(i32::from_le_bytes([taken[0], taken[1], taken[2], taken[3]]))
    }

    fn size(&mut self) -> Read<usize> {
        usize::try_from(self.int()?).map_err(|_| "a size in it is negative")
    }

    /// The next object.
    pub(super) fn object(&mut self) -> Read<Object> {
        if self.depth >= DEPTH {
            return Err("its constants are nested too deep");
        }
        self.depth += 1;
        let object = self.inner();
        self.depth -= 1;
        object
    }

    fn inner(&mut self) -> Read<Object> {
        let kind = self.byte()?;
        // An object is numbered when it begins.
        let number = (kind & REFERRED != 0).then(|| {
            self.referred.push(Object::Null);
            self.referred.len() - 1
        });
        let object = self.of_kind(kind & !REFERRED)?;
        if let Some(place) = number.and_then(|number| self.referred.get_mut(number)) {
            *place = object.clone();
        }
        Ok(object)
    }

    fn of_kind(&mut self, kind: u8) -> Read<Object> {
        Ok(match kind {
            b'0' => Object::Null,
            b'N' => Object::None,
            b'T' => Object::Bool(true),
            b'F' => Object::Bool(false),
            b'S' | b'.' | b'?' => Object::Other,
            b'i' => Object::Int(self.int()?.into()),
            b'I' | b'g' => self.other(8)?,
            b'y' => self.other(16)?,
            b'f' => {
                let length = self.byte()?;
                self.other(length.into())?
            }
            b'x' => {
                for _ in 0..2 {
                    let length = self.byte()?;
                    self.take(length.into())?;
                }
                Object::Other
            }
            b'l' => {
                let digits = self.int()?.unsigned_abs() as usize;
                self.other(digits.saturating_mul(2))?
            }
            b's' => {
                let size = self.size()?;
                Object::Bytes(self.take(size)?.into())
            }
            b't' if self.version.is_two() => {
                let size = self.size()?;
                let object = Object::Bytes(self.take(size)?.into());
                self.interned.push(object.clone());
                object
            }
            b'R' => {
                let number = self.size()?;
                (self.interned.get(number).cloned()).ok_or("it refers to what is not there")?
            }
            b'u' | b't' | b'a' | b'A' => {
                let size = self.size()?;
                self.text(size)?
            }
            b'z' | b'Z' => {
                let size = self.byte()?;
                self.text(size.into())?
            }
            b'r' => {
                let number = self.size()?;
                (self.referred.get(number).cloned()).ok_or("it refers to what is not there")?
            }
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.size()?;
                self.items(count)?
            }
            b')' => {
                let count = self.byte()?;
                self.items(count.into())?
            }
            b'{' => {
                while !matches!(self.object()?, Object::Null) {
                    self.object()?;
                }
                Object::Other
            }
            b':' => {
                self.items(3)?;
                Object::Other
            }
            b'c' => Object::Code(Rc::new(self.code()?)),
            _ => return Err("it holds an object of an unknown kind"),
        })
    }

    fn other(&mut self, length: usize) -> Read<Object> {
        self.take(length).map(|_| Object::Other)
    }

    fn text(&mut self, length: usize) -> Read<Object> {
        let text = String::from_utf8_lossy(self.take(length)?);
        Ok(Object::Text(text.as_ref().into()))
    }

    fn items(&mut self, count: usize) -> Read<Object> {
        // What a header promises is not taken for memory.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.object()?);
        }
        Ok(Object::Items(items.into()))
    }

    fn code(&mut self) -> Read<Code> {
        let version = self.version;
        // Numbers of arguments, of locals and of the stack.
        for _ in 0..version.counts() {
            self.int()?;
        }
        let flags = self.int()?;
        let bytes = self.raw()?;
        let constants = self.object()?.items().to_vec();
        let names = self.object()?.items().to_vec();
        let locals = self.object()?.items().to_vec();
        // Kinds of locals; before 3.11 free variables and cells.
        self.object()?;
        if !version.has_location_table() {
            self.object()?;
        }
        self.object()?;
        let name = self.object()?.name();
        if version.has_location_table() {
            self.object()?;
        }
        let first_line = self.int()?;
        let lines = self.raw()?;
        if version.has_location_table() {
            self.object()?;
        }
        Ok(Code {
            flags,
            bytes,
            constants,
            names,
            locals,
            name,
            first_line,
            lines,
        })
    }

    fn raw(&mut self) -> Read<Rc<[u8]>> {
        match self.object()? {
            Object::Bytes(bytes) => Ok(bytes),
            _ => Err("its code is no bytes"),
        }
    }
}
