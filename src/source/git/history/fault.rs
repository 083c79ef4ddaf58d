//! Why an object cannot be had from a pack.

/// What is stored makes no sense; why. Such an object is read again by libgit2, which may know another copy and else gives
/// the error that is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault(&'static str);

impl Fault {
    /// A damaged object.
    pub(super) fn damaged(why: &'static str) -> Self {
        Self(why)
    }
}
