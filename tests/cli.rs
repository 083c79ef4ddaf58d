//! Command line cases: every file in `tests/cmd`, and the console blocks of the README.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what the program says into the cases; read the difference.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[test]
fn cases() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.toml")
        .case("README.md")
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .expect("[VERSION] is a name for a variable");
}
