//! Expressions to constants: every value an expression can have that stands in the text.
//!
//! `get('X') or 'a'` can be `'a'`; `'a' if c else 'b'` can be both; `'a' 'b'` and `'a' + 'b'` are one value;
//! `secrets.token_hex()` is none. The folder walks tokens once, left to right, and gives up on what it does not know:
//! what it returns is right, what it leaves out is opaque.

use std::borrow::Cow;

use super::calls;
use super::cursor::{Cursor, LONGEST_SKIP, is_word};
use super::operand::operand;
use super::token::{Kind, Op};
use crate::format::Limit;
use crate::text::Span;

/// Nesting beyond this is not read: each level takes room on the stack.
pub(super) const DEEPEST: usize = 64;
/// An expression gives at most so many values.
pub(super) const MOST_VALUES: usize = 10_000;

/// A constant an expression can have.
#[derive(Clone, Debug)]
pub(super) struct Constant<'t> {
    pub bytes: Cow<'t, [u8]>,
    /// From the first to the last literal, without their quotes.
    pub span: Span,
    /// Index of the first literal's token.
    pub token: usize,
    /// The name that is looked up first.
    pub lookup: Option<Cow<'t, str>>,
    /// Statement of the constant it was read from.
    pub origin: Option<Span>,
}

/// The outcome of folding.
#[derive(Debug, Default)]
pub(super) struct Folded<'t> {
    pub values: Vec<Constant<'t>>,
    /// Whether the expression is one constant and nothing else.
    pub pure: bool,
    /// A limit that kept a part of it from being read, and the token at which.
    pub cut: Option<(Limit, usize)>,
}

impl<'t> Folded<'t> {
    pub(super) fn one(constant: Constant<'t>) -> Self {
        Self {
            values: vec![constant],
            pure: true,
            cut: None,
        }
    }

    pub(super) fn several(values: Vec<Constant<'t>>) -> Self {
        Self {
            values,
            pure: false,
            cut: None,
        }
    }

    /// Not read from token `at` on.
    pub(super) fn cut(limit: Limit, at: usize) -> Self {
        Self {
            cut: Some((limit, at)),
            ..Self::default()
        }
    }

    /// The values are those of a look-up of this name, where they are of none yet.
    pub(super) fn look_up(&mut self, name: Option<&Cow<'t, str>>) {
        for value in &mut self.values {
            if value.lookup.is_none() {
                value.lookup = name.cloned();
            }
        }
    }

    pub(super) fn opaque() -> Self {
        Self::default()
    }

    pub(super) fn also(&mut self, other: Self) {
        self.pure = false;
        self.cut = self.cut.or(other.cut);
        self.values.extend(other.values);
        if let Some(first) = self.values.get(MOST_VALUES) {
            self.cut = self.cut.or(Some((Limit::Count(MOST_VALUES), first.token)));
            self.values.truncate(MOST_VALUES);
        }
    }
}

/// Folds the expression at the cursor, which is left after it.
pub(super) fn expression<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    if depth > DEEPEST {
        let at = cursor.at();
        cursor.skip_expression();
        return Folded::cut(Limit::Nesting(DEEPEST), at);
    }
    let begin = cursor.clone();
    let mut folded = alternatives(cursor, depth);
    loop {
        if cursor.word("if") || cursor.word("unless") {
            // `a if c else b`; Ruby's `a if c` has no else.
            cursor.next();
            if !cursor.skip_until_word("else") {
                folded.also(Folded::cut(Limit::Count(LONGEST_SKIP), cursor.at()));
            }
            if cursor.word("else") {
                cursor.next();
                let mut other = expression(cursor, depth + 1);
                other.look_up(lookup_before_or(&begin).as_ref());
                folded.also(other);
            }
        } else if (cursor.op(Op::Arrow) && !cursor.language.arrow_pairs)
            || (cursor.op(Op::Member) && cursor.text() == "->")
        {
            // `() => a`, `() -> a`: what was folded so far are the parameters.
            cursor.next();
            folded = expression(cursor, depth + 1);
            folded.pure = false;
        } else if cursor.op(Op::Question) {
            // `c ? a : b`: what was folded so far is the condition.
            cursor.next();
            folded = expression(cursor, depth + 1);
            if cursor.op(Op::Colon) {
                cursor.next();
                folded.also(expression(cursor, depth + 1));
            }
        } else {
            return folded;
        }
    }
}

/// `a or b`, `a || b`, `a ?? b`.
fn alternatives<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let lookup = lookup_before_or(cursor);
    let mut folded = joined(cursor, depth);
    while cursor.op(Op::Or) || cursor.word("or") {
        cursor.next();
        cursor.skip_newlines();
        let mut right = joined(cursor, depth);
        right.look_up(lookup.as_ref());
        folded.also(right);
    }
    folded
}

/// The name looked up by an expression that begins at the cursor: `process.env.X`, `os.environ['X']`, `ENV['X']`,
/// `getenv('X')`.
pub(super) fn lookup_before_or<'t>(cursor: &Cursor<'t, '_>) -> Option<Cow<'t, str>> {
    let mut ahead = cursor.clone();
    let mut last = None;
    let mut environment = false;
    for _ in 0..10 {
        match ahead.kind()? {
            Kind::Name if is_word(ahead.text(), &["as", "or", "if"]) => break,
            Kind::Name => {
                let name = ahead.text();
                environment |= calls::is_environment(name);
                last = environment
                    .then_some(Cow::Borrowed(name))
                    .filter(|name| !calls::is_environment(name));
            }
            Kind::Op(Op::Dot | Op::Member) => {}
            // `(process.env.X as string) || …`, `$ENV{X} // …`
            Kind::Open(b'(') if ahead.at() == cursor.at() => {}
            Kind::Open(_) => {
                let brace = ahead.kind() == Some(Kind::Open(b'{'));
                ahead.next();
                return match ahead.kind() {
                    Some(Kind::Name) if !(brace && environment) => None,
                    _ => ahead
                        .key()
                        .filter(|name| calls::is_setting_name(name))
                        .map(Cow::Borrowed),
                };
            }
            _ => break,
        }
        ahead.next();
    }
    last
}

/// `a + b`, `a . b`, `a <> b`, `'a' 'b'`.
fn joined<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let mut folded = operand(cursor, depth);
    loop {
        let adjacent = cursor.language.adjacent_join
            && folded.pure
            && matches!(cursor.kind(), Some(Kind::Str(_)));
        let operator = cursor.op(Op::Plus)
            || cursor.op(Op::Join)
            || (cursor.language.dot_joins && cursor.op(Op::Dot));
        if operator {
            cursor.next();
            cursor.skip_newlines();
        } else if !adjacent {
            break;
        }
        let right = operand(cursor, depth);
        folded = match (folded.pure, right.pure) {
            (true, true) => join(folded, right),
            // What is not known of one side alone may still be a constant.
            _ => Folded {
                cut: folded.cut.or(right.cut.filter(|_| folded.pure)),
                ..Folded::default()
            },
        };
    }
    if cursor.joins_on() {
        // Another operator: a comparison, a format, arithmetic.
        return if cursor.skip_expression() {
            Folded::opaque()
        } else {
            Folded::cut(Limit::Count(LONGEST_SKIP), cursor.at())
        };
    }
    folded
}

fn join<'t>(mut left: Folded<'t>, right: Folded<'t>) -> Folded<'t> {
    if let (Some(a), Some(b)) = (left.values.first_mut(), right.values.into_iter().next()) {
        a.bytes.to_mut().extend_from_slice(&b.bytes);
        if a.origin.is_none() && b.origin.is_none() {
            a.span = a.span.join(b.span);
        }
    }
    left
}
