//! Ctrl-C, and being told to end: the report so far is written, and says that it is not all.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Exit, remark};
use crate::source::Watch;

/// Ends the scan early at the first interruption, and the process at the second.
pub(super) fn heed(watch: &Arc<Watch>) {
    let watch = Arc::clone(watch);
    let before = AtomicBool::new(false);
    let handler = move || {
        if before.swap(true, Ordering::Relaxed) {
            end();
        }
        watch.stop();
        // Not at the end of the line that shows progress.
        if std::io::stderr().is_terminal() {
            eprintln!();
        }
        remark("interrupted; writing the report so far (once more: end at once)");
    };
    // Where it cannot be heeded, an interruption ends the process, as it does everywhere.
    let _ = ctrlc::set_handler(handler);
}

#[expect(
    clippy::exit,
    reason = "who interrupts twice wants the process to end, not to wait for its threads"
)]
fn end() -> ! {
    std::process::exit(Exit::Trouble as i32)
}
