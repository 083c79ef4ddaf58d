//! Compiled Python modules (`.pyc`, PEP 3147, PEP 552) as the source they say: what is given to names, on the lines of the source.
//!
//! `CPython` 2.7 and 3.0 to 3.14. Only statements that hold a string are written, so that a module becomes a short text that the
//! format for Python reads. Newer versions number their instructions anew; their files are an issue, never silence.

mod calls;
mod lines;
mod machine;
mod marshal;
mod op;
mod version;
mod write;

use std::rc::Rc;

use machine::Statement;
use marshal::{Code, Object, Reader};
use version::Version;
use write::{LINE, Written};

/// Larger files are not read.
pub(super) const LARGEST: u64 = 8 << 20;
/// What a visit to a code costs, in bytes of text.
const VISIT: usize = 64;
/// Functions in classes in functions.
const DEPTH: usize = 32;
/// Lines that a text has at most; what is said to stand further on follows the rest.
const LINES: i64 = 300_000;
/// Set in the flags of functions, whose locals have places (`CO_OPTIMIZED`).
const FUNCTION: i32 = 1;

/// Whether a file that begins with `head` is a compiled module.
pub(super) fn is_module(head: &[u8]) -> bool {
    Version::of(head).is_some()
}

/// The path of the source that a compiled module was made from (PEP 3147).
pub(super) fn source_path(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let folder = folder.strip_suffix("__pycache__").unwrap_or(folder);
    let folder = folder.trim_end_matches('/');
    match folder {
        "" => format!("{stem}.py"),
        _ => format!("{folder}/{stem}.py"),
    }
}

/// The text of a compiled module, and what kept the rest from being read.
pub(super) fn text(bytes: &[u8]) -> (String, Option<&'static str>) {
    let Some(version) = Version::of(bytes) else {
        return (String::new(), Some("it is no compiled module"));
    };
    if !version.is_known() {
        let what = "it was made by a version of Python whose instructions are not known";
        return (String::new(), Some(what));
    }
    let body = bytes.get(version.header()..).unwrap_or_default();
    let module = match Reader::new(body, version).object() {
        Ok(Object::Code(code)) => code,
        Ok(_) => return (String::new(), Some("it holds no code")),
        Err(why) => return (String::new(), Some(why)),
    };
    let mut walk = Walk {
        version,
        written: Written {
            left: (4 << 20) + bytes.len().saturating_mul(8),
        },
        found: Vec::new(),
    };
    let fault = walk.code(&module, &Scope::default()).err();
    let mut found = walk.found;
    found.sort_by_key(|(_, statement)| statement.line);
    (assemble(&found), fault)
}

/// What a statement stands in: its heads, each with its line.
type Scope = Rc<[(String, i64)]>;

struct Walk {
    version: Version,
    written: Written,
    found: Vec<(Scope, Statement)>,
}

impl Walk {
    fn code(&mut self, code: &Code, scope: &Scope) -> Result<(), &'static str> {
        if scope.len() > DEPTH {
            return Err("its functions are nested too deep");
        }
        let mut statements = Vec::new();
        let outcome = machine::statements(code, self.version, &mut self.written, &mut statements);
        let found = statements.into_iter();
        self.found
            .extend(found.map(|statement| (Rc::clone(scope), statement)));
        outcome?;
        for object in &code.constants {
            let Object::Code(inner) = object else {
                continue;
            };
            let head = if inner.flags & FUNCTION == 0 {
                format!("class {}:", inner.name)
            } else {
                format!("def {}():", inner.name)
            };
            let mut scope = scope.to_vec();
            // Parts without a name of their own, such as comprehensions, add no level.
            if !inner.name.contains('<') {
                scope.push((head, inner.first_line.into()));
            }
            // Codes refer to each other; each visit has its price.
            self.written.take(VISIT + inner.bytes.len())?;
            self.code(inner, &scope.into())?;
        }
        Ok(())
    }
}

/// The statements, which are sorted by line, as a text.
fn assemble(found: &[(Scope, Statement)]) -> String {
    let mut page = Page {
        text: String::new(),
        line: 1,
    };
    let mut open: &[(String, i64)] = &[];
    for (scope, statement) in found {
        let scope = &**scope;
        let same = (scope.iter().zip(open)).take_while(|(a, b)| a == b).count();
        for (depth, (head, line)) in scope.iter().enumerate().skip(same) {
            page.begin(*line, depth);
            page.text += head;
        }
        open = scope;
        page.begin(statement.line, scope.len());
        let mut parts = statement.expression.text.split(LINE);
        page.text += parts.next().unwrap_or_default();
        while let (Some(line), Some(text)) = (parts.next(), parts.next()) {
            page.down_to(line.parse().unwrap_or(0));
            page.text += text;
        }
    }
    page.text.push('\n');
    page.text
}

struct Page {
    text: String,
    line: i64,
}

impl Page {
    fn down_to(&mut self, line: i64) {
        while self.line < line.min(LINES) {
            self.text.push('\n');
            self.line += 1;
        }
    }

    /// Begins a statement on a line, or beside what stands there.
    fn begin(&mut self, line: i64, depth: usize) {
        self.down_to(line);
        if line > LINES {
            self.text.push('\n');
            self.line += 1;
        }
        match self.text.chars().next_back() {
            None | Some('\n') => self.text += &"    ".repeat(depth),
            Some(':') => self.text.push(' '),
            _ => self.text += "; ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SECRET_KEY = 'x7'` on line 7, as `CPython` 3.14 compiles it; made by hand from the description of the format.
    fn compiled() -> Vec<u8> {
        let mut out = b"\x2b\x0e\r\n".to_vec();
        out.extend([0; 12]);
        out.push(b'c');
        let text = |out: &mut Vec<u8>, text: &str| {
            out.extend([b'z', u8::try_from(text.len()).unwrap()]);
            out.extend(text.as_bytes());
        };
        let bytes = |out: &mut Vec<u8>, bytes: &[u8]| {
            out.push(b's');
            out.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            out.extend(bytes);
        };
        for number in [0_i32, 0, 0, 1, 0] {
            out.extend(number.to_le_bytes());
        }
        bytes(&mut out, &[128, 0, 82, 0, 116, 0, 82, 1, 35, 0]);
        out.extend([b')', 2]);
        text(&mut out, "x7");
        out.push(b'N');
        out.extend([b')', 1]);
        text(&mut out, "SECRET_KEY");
        out.extend([b')', 0]);
        bytes(&mut out, &[]);
        for name in ["settings.py", "<module>", "<module>"] {
            text(&mut out, name);
        }
        out.extend(1_i32.to_le_bytes());
        bytes(&mut out, &[0x80 | 13 << 3, 0, 0x80 | 13 << 3 | 3, 12]);
        bytes(&mut out, &[]);
        out
    }

    #[test]
    fn the_newest_version() {
        let (text, fault) = text(&compiled());
        assert_eq!(fault, None);
        assert_eq!(text, "\n\n\n\n\n\nSECRET_KEY = ('x7')\n");
    }

    #[test]
    fn damage_is_told_and_never_a_fault() {
        let whole = compiled();
        for at in 16..whole.len() {
            let (_, fault) = text(&whole[..at]);
            assert!(fault.is_some(), "{at}");
            for flip in [0x01, 0x55, 0x80, 0xff] {
                let mut odd = whole.clone();
                odd[at] ^= flip;
                let _ = text(&odd);
            }
        }
        let mut newer = whole;
        newer[..2].copy_from_slice(&3660_u16.to_le_bytes());
        assert!(text(&newer).1.is_some());
    }

    #[test]
    fn paths_of_sources() {
        for (path, source) in [
            ("a/__pycache__/settings.cpython-311.pyc", "a/settings.py"),
            ("__pycache__/settings.cpython-311.opt-1.pyc", "settings.py"),
            ("a/settings.pyc", "a/settings.py"),
        ] {
            assert_eq!(source_path(path), source);
        }
    }
}
