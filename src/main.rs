//! The `leakey` command.

fn main() {}
