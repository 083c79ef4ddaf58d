//! Exit codes. API: documented, tested, the same for every format.

use std::process::ExitCode;

use crate::finding::Report;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Complete, and nothing that counts.
    Clean = 0,
    /// At least one finding that counts, complete or not.
    Findings = 1,
    /// Could not run, or is not complete.
    Trouble = 2,
}

impl Exit {
    /// The exit a report asks for. `exit_zero` turns findings, never trouble, into zero.
    pub fn of(report: &Report, exit_zero: bool) -> Self {
        match (report.counting() > 0, report.complete()) {
            (true, _) if !exit_zero => Self::Findings,
            (_, false) => Self::Trouble,
            _ => Self::Clean,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Trouble => 2,
        })
    }
}
