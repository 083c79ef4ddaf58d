//! Colours, or none.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

/// Wraps text in ANSI styles where the view asks for colour.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    color: bool,
}

impl Paint {
    pub(super) fn new(color: bool) -> Self {
        Self { color }
    }

    fn style(self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// The name of a severity.
    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Critical | Severity::High => AnsiColor::BrightRed,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low => AnsiColor::Cyan,
            Severity::Note => AnsiColor::Green,
        };
        self.style(color.on_default().bold(), text)
    }

    /// The title of a finding, and anything else that should stand out.
    pub(super) fn strong(self, text: &str) -> String {
        self.style(Style::new().bold(), text)
    }

    /// Line numbers, arrows and bars.
    pub(super) fn gutter(self, text: &str) -> String {
        self.style(AnsiColor::BrightBlue.on_default().bold(), text)
    }

    /// The place of the secret.
    pub(super) fn mark(self, text: &str) -> String {
        self.style(AnsiColor::BrightRed.on_default().bold(), text)
    }

    /// Less important words.
    pub(super) fn dim(self, text: &str) -> String {
        self.style(Style::new().dimmed(), text)
    }

    /// That nothing is wrong.
    pub(super) fn good(self, text: &str) -> String {
        self.style(AnsiColor::Green.on_default(), text)
    }

    /// That something went wrong.
    pub(super) fn bad(self, text: &str) -> String {
        self.style(AnsiColor::BrightRed.on_default().bold(), text)
    }
}
