//! Units of systemd and Podman: `Environment=` lists; commands of `Exec…=`; other settings under their section.

use std::borrow::Cow;

use super::rows::{row, trim};
use super::scalar::{Literal, Scalar};
use super::shell::{commands, words};
use super::{Entry, FileName, Format, Place, Slot, Value, comment};
use crate::text::Span;

/// The format of unit files.
#[derive(Debug)]
pub(super) struct Systemd;

/// [`Systemd`] for [`super::FORMATS`].
pub(super) static SYSTEMD: Systemd = Systemd;

const UNITS: &[&str] = &[
    "service",
    "socket",
    "timer",
    "target",
    "mount",
    "slice",
    "container",
    "pod",
    "kube",
];

impl Format for Systemd {
    fn name(&self) -> &'static str {
        "systemd"
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        UNITS.contains(&file.base_extension())
            // Drop-ins: `shop.service.d/override.conf`.
            || (file.base_extension() == "conf"
                && UNITS
                    .iter()
                    .any(|unit| file.path.contains(&format!(".{unit}.d/"))))
    }

    fn entries<'t>(&self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        let mut section: Vec<Cow<'t, str>> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let (line, next) = row(text, at);
            let mut content = trim(text, line);
            at = next;
            match text
                .as_bytes()
                .get(content.start)
                .filter(|_| !content.is_empty())
            {
                None => {}
                Some(b'#' | b';') => commented(text, content, &section, sink),
                Some(b'[') => {
                    let inside = content.of(text).trim_start_matches('[');
                    section = vec![Cow::Borrowed(inside.trim_end_matches(']'))];
                }
                Some(_) => {
                    while content.of(text).ends_with('\\') && at < text.len() {
                        let (line, next) = row(text, at);
                        at = next;
                        if !trim(text, line).of(text).starts_with(['#', ';']) {
                            content.end = line.end;
                        }
                        if !line.of(text).trim_end().ends_with('\\') {
                            break;
                        }
                    }
                    setting(text, content, &section, Place::Live, sink);
                }
            }
        }
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<super::Comment>> {
        super::remark::around(text, places, &super::remark::LEADING)
    }
}

fn commented<'t>(
    text: &'t str,
    line: Span,
    section: &[Cow<'t, str>],
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let body = line.of(text).trim_start_matches(['#', ';', ' ', '\t']);
    if body.starts_with("Environment=") || body.starts_with("Exec") {
        let span = Span::new(line.end - body.len(), line.end);
        setting(text, span, section, Place::Comment, sink);
    } else {
        comment::scan(text, line, section, &|raw| Cow::Borrowed(raw), sink);
    }
}

fn setting<'t>(
    text: &'t str,
    line: Span,
    section: &[Cow<'t, str>],
    place: Place,
    sink: &mut dyn FnMut(Entry<'t>),
) {
    let Some((name, value)) = line.of(text).split_once('=') else {
        return;
    };
    let name = name.trim_end();
    let value = trim(text, Span::new(line.end - value.len(), line.end));
    let mut give = |mut entry: Entry<'t>| {
        let inner = std::mem::take(&mut entry.parents);
        entry.parents = section.to_vec();
        entry.parents.push(Cow::Borrowed(name));
        entry.parents.extend(inner);
        // `%` begins a specifier.
        if let Value::Literal(bytes) = &entry.value
            && let Ok(text) = std::str::from_utf8(bytes)
            && text.contains("%%")
        {
            entry.value = Value::owned(text.replace("%%", "%"));
        }
        sink(entry);
    };
    match name {
        "Environment" | "DefaultEnvironment" => words(text, value, place, &mut give),
        _ if name.starts_with("Exec") || name == "PodmanArgs" => {
            commands(text, value, place, &mut give);
        }
        _ => {
            let scalar = Scalar::read(text, Literal::bare(value), Cow::Borrowed);
            let key = Cow::Borrowed(name);
            sink(scalar.entry(key, section.to_vec(), Slot::Assign, place, line.start));
        }
    }
}
