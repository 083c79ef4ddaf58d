//! Files that are nothing but a key: `config/master.key`, `secret_key.txt`.

use std::borrow::Cow;

use super::{Candidate, Document};
use crate::generator::shape;
use crate::rule::{Given, LARGEST_KEY_FILE, RuleSet};
use crate::text::Span;

pub(super) fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let text = document.text;
    let value = text.trim();
    if value.is_empty() || value.len() > LARGEST_KEY_FILE || value.contains(['\n', '\r']) {
        return;
    }
    let start = text.len() - text.trim_start().len();
    let span = Span::new(start, start + value.len());
    let shape = shape(value.as_bytes());
    let given = Given {
        path: document.path,
        prefix: None,
        parents: &[],
        value: Some(value.as_bytes()),
        generator: shape.generator,
        live: true,
    };
    let found = rules
        .whole_files(document.path)
        .find(|&(rule, when)| rules.when(rule, when).holds(&given));
    if let Some(rule) = found {
        let name = document.path.rsplit('/').next().unwrap_or(document.path);
        let value = Cow::Borrowed(value.as_bytes());
        sink(Candidate::alone(rule, name, value, shape, span));
    }
}
