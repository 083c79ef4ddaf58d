//! What a code gives to names, worked out by going through its instructions with a stack of expressions.
//!
//! Nothing is run, and no jump is followed: an instruction that is not known leaves an empty stack, and what is taken from
//! an empty stack is unknown. Only statements with a string in them are of use here.

use super::lines::Lines;
use super::marshal::{Code, Object};
use super::op::{self, Op};
use super::version::Version;
use super::write::{Expression, Written};

/// A statement: the code of the source it stands for, and the line of its first instruction's.
pub(super) struct Statement {
    pub(super) line: i64,
    pub(super) expression: Expression,
}

#[derive(Clone)]
pub(super) enum Item {
    /// The place beside something called.
    Null,
    Const(Object, i64),
    Text(Expression),
    Unknown,
}

/// Goes through one code. An error says which limit was reached; what came before it stays.
pub(super) fn statements(
    code: &Code,
    version: Version,
    written: &mut Written,
    out: &mut Vec<Statement>,
) -> Result<(), &'static str> {
    let lines = Lines::of(code, version);
    let mut machine = Machine {
        code,
        version,
        written,
        out,
        stack: Vec::new(),
        keywords: None,
        line: code.first_line.into(),
    };
    let bytes = &code.bytes;
    let (mut at, mut more) = (0, 0_usize);
    while let Some(&number) = bytes.get(at) {
        machine.line = lines.at(at);
        let op = op::of(number, version);
        let (argument, length) = if version.has_words() {
            (usize::from(bytes.get(at + 1).copied().unwrap_or(0)), 2)
        } else if number >= 90 {
            let low = usize::from(bytes.get(at + 1).copied().unwrap_or(0));
            let high = usize::from(bytes.get(at + 2).copied().unwrap_or(0));
            (low | high << 8, 3)
        } else {
            (0, 1)
        };
        let argument = more | argument;
        at += length;
        more = 0;
        match op {
            Some(Op::Extended) => {
                let by = if version.has_words() { 8 } else { 16 };
                more = argument << by & 0xff_ffff;
            }
            Some(op) => machine.step(op, argument)?,
            None => machine.stack.clear(),
        }
    }
    Ok(())
}

pub(super) struct Machine<'c, 'w> {
    code: &'c Code,
    version: Version,
    pub(super) written: &'w mut Written,
    out: &'w mut Vec<Statement>,
    stack: Vec<Item>,
    keywords: Option<Object>,
    line: i64,
}

pub(super) type Step = Result<(), &'static str>;

/// More than any expression leaves on the stack.
const STACK: usize = 4096;

impl Machine<'_, '_> {
    pub(super) fn pop(&mut self) -> Item {
        self.stack.pop().unwrap_or(Item::Unknown)
    }

    pub(super) fn push(&mut self, item: Item) {
        if self.stack.len() >= STACK {
            self.stack.clear();
        }
        self.stack.push(item);
    }

    pub(super) fn write(&mut self, item: Item) -> Result<Expression, &'static str> {
        match item {
            Item::Null | Item::Unknown => Ok(Expression::unknown()),
            Item::Const(object, line) => self.written.constant(&object, line, self.version),
            Item::Text(expression) => Ok(expression),
        }
    }

    fn popped(&mut self) -> Result<Expression, &'static str> {
        let item = self.pop();
        self.write(item)
    }

    /// The last `count` items, as written.
    pub(super) fn several(&mut self, count: usize) -> Result<Vec<Expression>, &'static str> {
        let mut items = Vec::new();
        for _ in 0..count.min(self.stack.len()) {
            items.push(self.popped()?);
        }
        items.reverse();
        Ok(items)
    }

    fn join(&mut self, parts: &[&Expression]) -> Step {
        let joined = self.written.join(parts)?;
        self.push(Item::Text(joined));
        Ok(())
    }

    pub(super) fn raw(text: impl Into<String>) -> Expression {
        Expression::raw(text)
    }

    fn name(names: &[Object], at: usize) -> Expression {
        Self::raw(names.get(at).map_or_else(String::new, Object::name))
    }

    fn statement(&mut self, parts: &[&Expression]) -> Step {
        if parts.iter().any(|part| part.tells) {
            let expression = self.written.join(parts)?;
            self.out.push(Statement {
                line: self.line,
                expression,
            });
        }
        Ok(())
    }

    fn gives(&mut self, target: &Expression, value: &Expression) -> Step {
        // What brackets hold may go over several lines.
        let (equals, close) = (Self::raw(" = ("), Self::raw(")"));
        if value.tells && !target.text.is_empty() {
            self.statement(&[target, &equals, value, &close])?;
        }
        Ok(())
    }

    /// Names as the argument of an instruction tells them: since 3.11 a bit of it says whether a place comes along.
    fn with_place(&self, op: Op, argument: usize) -> (usize, bool) {
        let since = match op {
            Op::Global => 311,
            Op::Attr => 312,
            Op::Method => return (argument, true),
            _ => 999,
        };
        if self.version.0 >= since {
            (argument >> 1, argument & 1 == 1)
        } else {
            (argument, false)
        }
    }

    fn step(&mut self, op: Op, argument: usize) -> Step {
        let code = self.code;
        match op {
            Op::Skip | Op::Extended => {}
            Op::Null => self.push(Item::Null),
            Op::Small => self.push(Item::Const(Object::Other, self.line)),
            Op::Const => {
                let object = code.constants.get(argument).cloned();
                self.push(object.map_or(Item::Unknown, |object| Item::Const(object, self.line)));
            }
            Op::Name => self.push(Item::Text(Self::name(&code.names, argument))),
            Op::Fast => self.push(Item::Text(Self::name(&code.locals, argument))),
            Op::Global => {
                let (at, place) = self.with_place(op, argument);
                if place {
                    self.push(Item::Null);
                }
                self.push(Item::Text(Self::name(&code.names, at)));
            }
            Op::Attr | Op::Method => {
                let (at, place) = self.with_place(op, argument);
                let of = self.popped()?;
                if place {
                    self.push(Item::Null);
                }
                let (dot, name) = (Self::raw("."), Self::name(&code.names, at));
                self.join(&[&of, &dot, &name])?;
            }
            Op::Copy => {
                let depth = if self.version.0 >= 311 { argument } else { 1 };
                let at = self.stack.len().checked_sub(depth.max(1));
                let item = at.and_then(|at| self.stack.get(at)).cloned();
                self.push(item.unwrap_or(Item::Unknown));
            }
            Op::Pop => {
                if let Item::Text(call) = self.pop() {
                    self.statement(&[&call])?;
                }
            }
            Op::StoreName | Op::StoreFast => {
                let names = if op == Op::StoreName {
                    &code.names
                } else {
                    &code.locals
                };
                let target = Self::name(names, argument);
                let value = self.popped()?;
                if !matches!(
                    target.text.as_str(),
                    "__doc__" | "__module__" | "__qualname__"
                ) {
                    self.gives(&target, &value)?;
                }
            }
            Op::StoreAttr => {
                let (of, value) = (self.popped()?, self.popped()?);
                let dot = Self::raw(".");
                let target = self
                    .written
                    .join(&[&of, &dot, &Self::name(&code.names, argument)])?;
                self.gives(&target, &value)?;
            }
            Op::StoreSubscript => {
                let (key, of, value) = (self.popped()?, self.popped()?, self.popped()?);
                let target = self
                    .written
                    .join(&[&of, &Self::raw("["), &key, &Self::raw("]")])?;
                self.gives(&target, &value)?;
            }
            Op::List | Op::Set | Op::Tuple => {
                let items = self.several(argument)?;
                let (open, close) = if op == Op::Tuple {
                    ("(", ",)")
                } else {
                    ("[", "]")
                };
                self.listed(open, &items, close)?;
            }
            Op::Map => {
                let pairs = if self.version.0 >= 305 { argument } else { 0 };
                let items = self.several(pairs.saturating_mul(2))?;
                let items = self.pairs(&items)?;
                self.listed("{", &items, "}")?;
            }
            Op::ConstKeyMap => {
                let Item::Const(keys, line) = self.pop() else {
                    self.stack.clear();
                    return Ok(());
                };
                let values = self.several(argument)?;
                let mut items = Vec::new();
                for (key, value) in keys.items().iter().zip(values) {
                    items.push(self.written.constant(key, line, self.version)?);
                    items.push(value);
                }
                let items = self.pairs(&items)?;
                self.listed("{", &items, "}")?;
            }
            Op::StoreMap | Op::MapAdd => {
                let (first, second) = (self.popped()?, self.popped()?);
                // Since 3.8 the key is pushed first.
                let pair = if op == Op::MapAdd && self.version.0 >= 308 {
                    [second, first]
                } else {
                    [first, second]
                };
                let pair = self.pairs(&pair)?;
                self.added(if op == Op::MapAdd { argument } else { 1 }, &pair, '}')?;
            }
            Op::Extend | Op::Update => {
                let (more, close) = (self.popped()?, if op == Op::Extend { ']' } else { '}' });
                self.added(argument, &more.unpacked(), close)?;
            }
            Op::Subscript => {
                let (key, of) = (self.popped()?, self.popped()?);
                self.join(&[&of, &Self::raw("["), &key, &Self::raw("]")])?;
            }
            Op::Binary => {
                let (right, left) = (self.popped()?, self.popped()?);
                // Only sums of strings say what the value is: 0 and 13 are `+` and `+=`, 26 is a subscript since 3.14.
                match (self.version.0 < 311, argument) {
                    (true, _) | (false, 0 | 13) => {
                        self.join(&[&left, &Self::raw(" + "), &right])?;
                    }
                    (false, 26) => {
                        self.join(&[&left, &Self::raw("["), &right, &Self::raw("]")])?;
                    }
                    _ => self.push(Item::Unknown),
                }
            }
            Op::CallFunction => {
                let old = self.version.0 < 306;
                let (positional, named) = if old {
                    (argument & 0xff, argument >> 8 & 0xff)
                } else {
                    (argument, 0)
                };
                let keywords = self.several(named * 2)?;
                let mut arguments = self.several(positional)?;
                for pair in keywords.chunks_exact(2) {
                    arguments.push(self.keyword(&pair[0].bare(), &pair[1])?);
                }
                let called = self.popped()?;
                self.called(&called, &arguments)?;
            }
            Op::CallNamed => {
                let names = self.pop();
                let names = if let Item::Const(names, _) = &names {
                    names.items()
                } else {
                    &[]
                };
                let arguments = self.arguments(argument, names)?;
                let called = if self.version.0 < 311 {
                    self.popped()?
                } else {
                    self.callee()?
                };
                self.called(&called, &arguments)?;
            }
            Op::Call | Op::CallMethod => {
                let names = self.keywords.take();
                let names = names.as_ref().map_or(&[][..], Object::items);
                let arguments = self.arguments(argument, names)?;
                let called = self.callee()?;
                self.called(&called, &arguments)?;
            }
            Op::KeywordNames => self.keywords = code.constants.get(argument).cloned(),
            Op::Return => {
                let value = self.popped()?;
                self.statement(&[&Self::raw("return ("), &value, &Self::raw(")")])?;
                self.stack.clear();
            }
            Op::ReturnConst => {
                let object = code.constants.get(argument).cloned();
                let value =
                    self.write(object.map_or(Item::Unknown, |o| Item::Const(o, self.line)))?;
                self.statement(&[&Self::raw("return ("), &value, &Self::raw(")")])?;
            }
            Op::Import => {
                self.pop();
                self.pop();
                self.push(Item::Unknown);
            }
            Op::ImportFrom | Op::BuildClass => self.push(Item::Unknown),
        }
        Ok(())
    }

    fn listed(&mut self, open: &str, items: &[Expression], close: &str) -> Step {
        let list = self.written.list(&Self::raw(open), items, close)?;
        self.push(Item::Text(list));
        Ok(())
    }

    fn pairs(&mut self, items: &[Expression]) -> Result<Vec<Expression>, &'static str> {
        let colon = Self::raw(": ");
        let pairs = items.chunks_exact(2);
        pairs
            .map(|pair| self.written.join(&[&pair[0], &colon, &pair[1]]))
            .collect()
    }

    /// Adds to a list or map that stands so deep in the stack.
    fn added(&mut self, depth: usize, items: &[Expression], close: char) -> Step {
        let Some(at) = self.stack.len().checked_sub(depth.max(1)) else {
            return Ok(());
        };
        if let Some(Item::Text(list)) = self.stack.get_mut(at) {
            let length = list.add(items, close);
            self.written.take(length)?;
        }
        Ok(())
    }
}
