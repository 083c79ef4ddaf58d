//! Where reports go.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Exit;
use super::args::When;
use crate::finding::Report;
use crate::report::{OutputFormat, View};

/// Columns of a line when standard output is no terminal.
const PIPED_WIDTH: usize = 80;
/// Lines are not made longer than this, however wide the terminal.
const WIDEST: usize = 120;

/// Reads `FORMAT=FILE`.
pub(super) fn target(argument: &str) -> anyhow::Result<(OutputFormat, PathBuf)> {
    let Some((format, file)) = argument
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
    else {
        bail!("--output {argument}: write it as FORMAT=FILE, for example sarif=leakey.sarif");
    };
    let Some(format) = OutputFormat::parse(format) else {
        let known: Vec<_> = OutputFormat::ALL
            .iter()
            .map(|format| format.name())
            .collect();
        bail!(
            "--output {argument}: `{format}` is no format; known are: {}",
            known.join(", ")
        );
    };
    Ok((format, file.into()))
}

/// The time, in seconds since 1970: that of `SOURCE_DATE_EPOCH`
/// (<https://reproducible-builds.org/specs/source-date-epoch/>), so that a report can be made twice, else of the clock.
pub(super) fn clock() -> i64 {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok();
    let fixed = fixed.and_then(|seconds| seconds.parse().ok());
    fixed.unwrap_or_else(|| {
        let now = std::time::UNIX_EPOCH.elapsed();
        now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
    })
}

/// Whether standard output is to be coloured.
pub(super) fn color(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => matches!(
            anstream::AutoStream::choice(&io::stdout()),
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi
        ),
    }
}

/// Columns to fill.
pub(super) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return PIPED_WIDTH;
    }
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let columns =
        columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(PIPED_WIDTH).clamp(40, WIDEST)
}

/// Writes a text to standard output. A reader that went away is no error.
pub(super) fn say(text: &str) -> anyhow::Result<Exit> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(Exit::Clean),
    }
}

/// Writes a report to standard output. A reader that went away is no error.
pub(super) fn print(report: &Report, view: &View, format: OutputFormat) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = format
        .reporter()
        .write(report, view, &mut out)
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Writes a report to a file, which takes the place of an older one only when it is whole.
///
/// The new file is written beside the target under a name that did not exist: neither a file nor a link that someone left
/// there is written through. A device or pipe is written to as it is.
pub(super) fn write(
    report: &Report,
    view: &View,
    format: OutputFormat,
    file: &Path,
) -> anyhow::Result<()> {
    let name = || format!("cannot write {}", file.display());
    let plain = View {
        color: false,
        width: PIPED_WIDTH,
        ..view.clone()
    };
    let put = |out: File| {
        let mut out = BufWriter::new(out);
        format
            .reporter()
            .write(report, &plain, &mut out)
            .and_then(|()| out.flush())
    };
    let before = file.symlink_metadata().ok();
    let special = file
        .metadata()
        .is_ok_and(|data| !data.is_file() && !data.is_dir());
    if special {
        return File::options()
            .write(true)
            .open(file)
            .and_then(put)
            .with_context(name);
    }
    let (partial, out) = beside(file).with_context(name)?;
    let written = put(out)
        .and_then(|()| match &before {
            Some(data) if data.is_file() => std::fs::set_permissions(&partial, data.permissions()),
            _ => Ok(()),
        })
        .and_then(|()| std::fs::rename(&partial, file));
    if written.is_err() {
        // What is left of a failed attempt is of use to nobody; that it cannot be removed is no news.
        let _ = std::fs::remove_file(&partial);
    }
    written.with_context(name)
}

/// Writes a text to a file, as [`write`] does with a report.
pub(super) fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let name = || format!("cannot write {}", file.display());
    let (partial, mut out) = beside(file).with_context(name)?;
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| std::fs::rename(&partial, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    written.with_context(name)
}

/// A new, empty file in the folder of `file`.
fn beside(file: &Path) -> io::Result<(PathBuf, File)> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for attempt in 0..100 {
        let partial = file.with_file_name(format!(".{name}.{}-{attempt}.part", std::process::id()));
        match File::options().write(true).create_new(true).open(&partial) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|out| (partial, out)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
