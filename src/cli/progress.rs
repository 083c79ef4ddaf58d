//! How far a scan is, on standard error: a line that is written over on a terminal, else a plain line now and then.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::report::{bytes, grouped};
use crate::source::{Mark, Phase, Watch};

/// How often the line of a terminal is written.
const REDRAWN: Duration = Duration::from_millis(100);
/// Quick scans show nothing.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often a line is written where no one may be watching.
const SAID: Duration = Duration::from_secs(15);
/// To the start of the line, and clear it (ECMA-48: EL).
const CLEAR: &str = "\r\x1b[K";

/// Shows progress until it is dropped.
pub(super) struct Shown {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Begins to show how far the scan is.
pub(super) fn show(watch: &Arc<Watch>) -> Shown {
    let (end, ended) = channel();
    let watch = Arc::clone(watch);
    let terminal = std::io::stderr().is_terminal();
    let run = move || {
        let begun = Instant::now();
        let mut phase = (watch.mark().phase, begun);
        let mut wait = if terminal { PATIENCE } else { SAID };
        let mut drawn = false;
        while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            wait = if terminal { REDRAWN } else { SAID };
            let mark = watch.mark();
            if mark.phase != phase.0 {
                phase = (mark.phase, Instant::now());
            }
            let text = line(&mark, phase.1.elapsed(), begun.elapsed());
            let mut err = std::io::stderr().lock();
            // What cannot be written is no reason to end a scan.
            let _ = if terminal {
                drawn = true;
                let width = terminal_size::terminal_size().map_or(80, |(width, _)| width.0);
                let room = usize::from(width).saturating_sub(1);
                let text: String = text.chars().take(room).collect();
                write!(err, "{CLEAR}{text}").and_then(|()| err.flush())
            } else {
                writeln!(err, "leakey: {text}")
            };
        }
        if drawn {
            let _ = write!(std::io::stderr(), "{CLEAR}");
        }
    };
    // Without a thread to spare there is no progress to be seen, and nothing else is lost.
    let thread = std::thread::Builder::new().spawn(run).ok();
    Shown {
        end: Some(end),
        thread,
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `searching: 12,345 of 45,678 objects, 27%, 123 MB, 45 MB/s, about 12 s left`
fn line(mark: &Mark, phase: Duration, all: Duration) -> String {
    let (doing, of) = match mark.phase {
        Phase::Opening => return "opening".into(),
        Phase::Commits => ("reading commits", "commits"),
        Phase::Trees => ("reading trees", "commits"),
        Phase::Texts => ("searching", "texts"),
    };
    let done = grouped(mark.done);
    let part = (mark.done.min(mark.total) * 100).checked_div(mark.total);
    let mut text = match part {
        Some(part) => format!("{doing}: {done} of {} {of}, {part}%", grouped(mark.total)),
        None => format!("{doing}: {done} {of}"),
    };
    let seconds = all.as_secs_f64();
    if mark.bytes > 0 && seconds > 0.0 {
        let rate = Duration::from_secs_f64(seconds).as_millis().max(1);
        let rate = u128::from(mark.bytes) * 1000 / rate;
        let rate = bytes(u64::try_from(rate).unwrap_or(u64::MAX));
        text = format!("{text}, {}, {rate}/s", bytes(mark.bytes));
    }
    // Of the first hundredth nothing can be told.
    if mark.total > 0 && mark.done * 100 > mark.total && mark.done < mark.total {
        let left = phase.as_millis() * u128::from(mark.total - mark.done) / u128::from(mark.done);
        text = format!("{text}, about {} s left", left.div_ceil(1000));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_people() {
        let second = Duration::from_secs(1);
        let mark = Mark {
            phase: Phase::Texts,
            done: 1500,
            total: 6000,
            bytes: 3_000_000,
        };
        assert_eq!(
            line(&mark, second, 2 * second),
            "searching: 1,500 of 6,000 texts, 25%, 3.0 MB, 1.5 MB/s, about 3 s left"
        );
        let mark = Mark {
            phase: Phase::Commits,
            done: 7,
            total: 0,
            bytes: 0,
        };
        assert_eq!(line(&mark, second, second), "reading commits: 7 commits");
        let more = Mark { total: 5, ..mark };
        assert_eq!(
            line(&more, second, second),
            "reading commits: 7 of 5 commits, 100%"
        );
    }
}
