//! Calls: what is called, and with which arguments.

use super::machine::{Item, Machine, Step};
use super::marshal::Object;
use super::write::Expression;

impl Machine<'_, '_> {
    /// What is called, of the two places for it.
    pub(super) fn callee(&mut self) -> Result<Expression, &'static str> {
        let (first, second) = (self.pop(), self.pop());
        self.write(if matches!(first, Item::Null) {
            second
        } else {
            first
        })
    }

    /// The arguments of a call, the last of which have names.
    pub(super) fn arguments(
        &mut self,
        count: usize,
        names: &[Object],
    ) -> Result<Vec<Expression>, &'static str> {
        let mut arguments = self.several(count)?;
        let first = arguments.len().saturating_sub(names.len());
        for (at, name) in (first..arguments.len()).zip(names) {
            arguments[at] = self.keyword(&name.name(), &arguments[at].clone())?;
        }
        Ok(arguments)
    }

    pub(super) fn keyword(
        &mut self,
        name: &str,
        value: &Expression,
    ) -> Result<Expression, &'static str> {
        self.written.join(&[&Self::raw(format!("{name}=")), value])
    }

    pub(super) fn called(&mut self, called: &Expression, arguments: &[Expression]) -> Step {
        let open = self.written.join(&[called, &Self::raw("(")])?;
        let list = self.written.list(&open, arguments, ")")?;
        self.push(Item::Text(list));
        Ok(())
    }
}
