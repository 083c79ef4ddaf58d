//! Examples of the rule files.

fn main() {}
