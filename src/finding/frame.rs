//! The lines shown with a finding, with every secret already taken out.

/// A code frame. It is redacted when it is built: no report has to remember to do so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The lines, in order; the number of the first is the occurrence's start line.
    pub lines: Vec<FrameLine>,
}

/// One line of a [`Frame`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameLine {
    /// Line number, from 1.
    pub number: usize,
    /// The line, redacted, cut to a readable length, not yet escaped for a terminal.
    pub text: String,
    /// Byte range in `text` that stands for the secret; `None` on lines that only continue it.
    pub mark: Option<(usize, usize)>,
}
