//! The `leakey` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A scan takes and gives back small pieces of memory by the million, on several threads: see ADR 13.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    leakey::cli::run()
}
