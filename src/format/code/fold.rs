//! Expressions to constants: every value an expression can have that stands in the text.
//!
//! `get('X') or 'a'` can be `'a'`; `'a' if c else 'b'` can be both; `'a' 'b'` and `'a' + 'b'` are one value;
//! `secrets.token_hex()` is none. The folder walks tokens once, left to right, and gives up on what it does not know:
//! what it returns is right, what it leaves out is opaque.

use std::borrow::Cow;

use super::calls;
use super::cursor::{Cursor, LONGEST_SKIP, is_word};
use super::operand::operand;
use super::template;
use super::token::{Kind, Op};
use crate::format::Limit;
use crate::text::Span;

/// Nesting beyond this is not read: each level takes room on the stack.
pub(super) const DEEPEST: usize = 64;
/// An expression gives at most so many values.
pub(super) const MOST_VALUES: usize = 10_000;

/// Alternatives on both sides of an operator give no more values than this.
const MOST_JOINED: usize = 16;
/// A value that is computed from others has no more bytes than this.
pub(super) const LONGEST_COMPUTED: usize = 8192;

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

/// How the values of an expression hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// The expression is one constant and nothing else.
    One,
    /// It can be each of them, or something else.
    #[default]
    Any,
    /// It is a list, and these are its items.
    List,
    /// It is a list, and these are some of its items.
    Items,
}

impl Form {
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::List | Self::Items)
    }
}

/// The outcome of folding.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded<'t> {
    pub values: Vec<Constant<'t>>,
    pub form: Form,
    /// A limit that kept a part of it from being read, and the token at which.
    pub cut: Option<(Limit, usize)>,
}

impl<'t> Folded<'t> {
    pub(super) fn one(constant: Constant<'t>) -> Self {
        Self {
            values: vec![constant],
            form: Form::One,
            cut: None,
        }
    }

    pub(super) fn list(values: Vec<Constant<'t>>, form: Form) -> Self {
        let mut list = Self::default();
        list.also(Self {
            values,
            form,
            cut: None,
        });
        list.form = form;
        list
    }

    /// The one constant it is.
    pub(super) fn one_value(&self) -> Option<&Constant<'t>> {
        self.values.first().filter(|_| self.form == Form::One)
    }

    /// The same values, of an expression that can be something else too.
    pub(super) fn or_else(mut self) -> Self {
        if self.form == Form::One {
            self.form = Form::Any;
        }
        self
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
        self.form = if self.form.is_list() || other.form.is_list() {
            Form::Items
        } else {
            Form::Any
        };
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
            folded = expression(cursor, depth + 1).or_else();
        } else if cursor.op(Op::Question) {
            // `c ? a : b`: what was folded so far is the condition.
            cursor.next();
            folded = expression(cursor, depth + 1).or_else();
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
    let mut folded = conjunction(cursor, depth);
    while cursor.op(Op::Or) || cursor.word("or") {
        cursor.next();
        cursor.skip_newlines();
        let mut right = conjunction(cursor, depth);
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

/// `a and b`, `a && b`: what decides is no value.
fn conjunction<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let mut folded = negation(cursor, depth);
    while cursor.word("and") || cursor.kind() == Some(Kind::Op(Op::Other)) && cursor.text() == "&&"
    {
        cursor.next();
        cursor.skip_newlines();
        let right = negation(cursor, depth).or_else();
        let cut = folded.cut.or(right.cut);
        folded = Folded { cut, ..right };
    }
    folded
}

/// `not a`, `!a`: no text, whatever `a` is.
fn negation<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let mut negated = false;
    while cursor.word("not") || cursor.kind() == Some(Kind::Op(Op::Other)) && cursor.text() == "!" {
        negated = true;
        cursor.next();
    }
    let folded = joined(cursor, depth);
    if negated { Folded::opaque() } else { folded }
}

/// `a + b`, `a . b`, `a <> b`.
fn joined<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let mut folded = term(cursor, depth);
    while cursor.op(Op::Plus)
        || cursor.op(Op::Join)
        || (cursor.language.dot_joins && cursor.op(Op::Dot))
    {
        cursor.next();
        cursor.skip_newlines();
        let right = term(cursor, depth);
        folded = join(folded, right);
    }
    if cursor.joins_on() {
        // Another operator: a comparison, arithmetic.
        return if cursor.skip_expression() {
            Folded::opaque()
        } else {
            Folded::cut(Limit::Count(LONGEST_SKIP), cursor.at())
        };
    }
    folded
}

/// An operand, with the literals beside it that are one with it, and what fills it in: `'a' 'b'`, `'%s' % a`, `'a' * 2`.
fn term<'t>(cursor: &mut Cursor<'t, '_>, depth: usize) -> Folded<'t> {
    let mut folded = operand(cursor, depth);
    while cursor.language.adjacent_join
        && folded.form == Form::One
        && matches!(cursor.kind(), Some(Kind::Str(_)))
    {
        let right = operand(cursor, depth);
        folded = join(folded, right);
    }
    while folded.form == Form::One && cursor.kind() == Some(Kind::Op(Op::Other)) {
        folded = match cursor.text() {
            "%" => template::percent(cursor, &folded, depth),
            "*" => template::repeated(cursor, folded),
            _ => break,
        };
    }
    folded
}

/// What two expressions are behind each other.
pub(super) fn join<'t>(mut left: Folded<'t>, right: Folded<'t>) -> Folded<'t> {
    if left.form.is_list() || right.form.is_list() {
        let whole = left.form == Form::List && right.form == Form::List;
        left.also(right);
        left.form = if whole { Form::List } else { Form::Items };
        return left;
    }
    let cut = left.cut.or(right.cut.filter(|_| left.form == Form::One));
    let several = left.values.len() * right.values.len();
    if several == 0 || several > MOST_JOINED {
        // What is not known of one side alone may still be a constant.
        return Folded {
            cut,
            ..Folded::default()
        };
    }
    let form = match (left.form, right.form) {
        (Form::One, Form::One) => Form::One,
        _ => Form::Any,
    };
    let (first, rest) = (left.values.len() == 1, left.values);
    let values = if first && right.values.len() == 1 {
        rest.into_iter()
            .zip(&right.values)
            .map(|(a, b)| behind(a, b))
            .collect()
    } else {
        rest.iter()
            .flat_map(|a| right.values.iter().map(|b| behind(a.clone(), b)))
            .collect()
    };
    bounded(Folded { values, form, cut })
}

/// Puts a constant behind another one.
fn behind<'t>(mut a: Constant<'t>, b: &Constant<'t>) -> Constant<'t> {
    a.bytes.to_mut().extend_from_slice(&b.bytes);
    if a.origin.is_none() && b.origin.is_none() {
        a.span = a.span.join(b.span);
    }
    a.lookup = a.lookup.or_else(|| b.lookup.clone());
    a
}

/// What is put together from values that stand elsewhere may double with every statement.
fn bounded(folded: Folded<'_>) -> Folded<'_> {
    let long = folded
        .values
        .iter()
        .find(|value| value.origin.is_some() && value.bytes.len() > LONGEST_COMPUTED);
    match long {
        Some(value) => Folded::cut(Limit::Length(LONGEST_COMPUTED), value.token),
        None => folded,
    }
}
