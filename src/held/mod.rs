//! Whether a repository holds, or ever held, given values: their bytes are looked for in every text and binary file, in the
//! forms in which keys are written down.
//!
//! Nothing here judges: what stands there need not be a key of any rule, nor take effect.

mod forms;
mod search;

pub use forms::Form;
pub use search::{Held, Place, Search};

/// Shorter values stand in any text by chance, and are guessed anyway.
pub const SHORTEST: usize = 8;
