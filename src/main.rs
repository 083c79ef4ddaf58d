//! The `leakey` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    leakey::cli::run()
}
