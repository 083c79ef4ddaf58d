//! What several test programs share.

pub(crate) mod repo;
