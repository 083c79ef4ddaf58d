//! Git as a source.
