//! The report for people: a code frame per finding, what the key allows and what to do, and a summary.
//!
//! ASCII only, so that it reads the same in a terminal, a log and an e-mail; colour is added on top and carries
//! nothing that the words do not say.

mod block;
mod frame;
mod paint;
mod summary;
mod wrap;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Reporter, View};
use crate::finding::{Finding, Report};
use paint::Paint;

/// Narrowest layout; below it, lines are left to the terminal to wrap.
const MIN_WIDTH: usize = 40;

/// Writes text.
pub(super) struct Text;

/// What every part of the text needs.
struct Page<'v> {
    view: &'v View,
    paint: Paint,
    width: usize,
}

impl Reporter for Text {
    fn write(&self, report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let page = Page {
            view,
            paint: Paint::new(view.color),
            width: view.width.max(MIN_WIDTH),
        };
        // Ten keys of one framework need its advice once.
        let mut given = BTreeMap::new();
        for finding in report.findings.iter().filter(|f| page.shows(f)) {
            let advice = (&finding.impact, &finding.remedy);
            let before = given.get(&advice).copied();
            out.write_all(page.finding(finding, before).as_bytes())?;
            out.write_all(b"\n")?;
            given.entry(advice).or_insert(finding);
        }
        out.write_all(page.summary(report).as_bytes())
    }
}

impl Page<'_> {
    /// Accepted findings are shown on request only; the summary counts them.
    fn shows(&self, finding: &Finding) -> bool {
        self.view.verbose || finding.suppressed.is_none()
    }
}
