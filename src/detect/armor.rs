//! Private keys in PEM armor (RFC 7468, and the older forms with headers), on lines of their own or as one string with
//! `\n` between its parts.

use std::borrow::Cow;

use memchr::memmem;

use super::{Candidate, Document};
use crate::generator::Shape;
use crate::rule::{Given, RuleSet};
use crate::text::Span;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &[u8] = b"-----";
/// A label is no longer than this.
const LONGEST_LABEL: usize = 64;
/// Base64 characters of the shortest private key there is (Ed25519 in PKCS#8: 48 bytes).
const SHORTEST_BODY: usize = 60;

/// Whether armor may begin or end at one of the places where something may be: each label is looked for with its dashes.
pub(super) fn is_near(text: &str, spots: &[u32]) -> bool {
    spots.iter().any(|&spot| {
        let rest = text.as_bytes().get(spot as usize..).unwrap_or_default();
        let label = &rest[..rest.len().min(LONGEST_LABEL + DASHES.len())];
        memmem::find(label, DASHES).is_some()
    })
}

pub(super) fn detect<'t>(
    rules: &RuleSet,
    document: &Document<'t>,
    sink: &mut dyn FnMut(Candidate<'t>),
) {
    let text = document.text;
    let mut begins = memmem::find_iter(text.as_bytes(), BEGIN.as_bytes()).peekable();
    while let Some(start) = begins.next() {
        // A key ends before another one begins.
        let next = begins.peek().copied().unwrap_or(text.len());
        let rest = &text[start + BEGIN.len()..next];
        let Some(label_end) = rest.bytes().take(LONGEST_LABEL).position(|b| b == b'-') else {
            continue;
        };
        let label = &rest[..label_end];
        let Some(rule) = rules.armor(label) else {
            continue;
        };
        let close = format!("-----END {label}-----");
        let Some(end) = memmem::find(rest.as_bytes(), close.as_bytes()) else {
            continue;
        };
        let span = Span::new(start, start + BEGIN.len() + end + close.len());
        let value = span
            .of(text)
            .replace("\\r", "")
            .replace("\\n", "\n")
            .replace('\r', "");
        let lines = value.lines().map(str::trim);
        let body: usize = lines
            .filter(|line| !line.is_empty() && !line.contains("-----") && !line.contains(':'))
            .map(|line| {
                line.bytes()
                    .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
                    .count()
            })
            .sum();
        let shape = if body >= SHORTEST_BODY {
            Shape {
                generator: "base64",
                random: true,
                bits: 6.0 * body as f64,
            }
        } else {
            Shape {
                generator: "human",
                random: false,
                bits: 0.0,
            }
        };
        let given = Given {
            path: document.path,
            prefix: None,
            parents: &[],
            value: Some(value.as_bytes()),
            generator: shape.generator,
            live: true,
        };
        if rules.when(rule.0, rule.1).holds(&given) {
            let value = Cow::Owned(value.into_bytes());
            sink(Candidate::alone(rule, label, value, shape, span));
        }
    }
}
