//! A candidate that is reported, as it goes into the report.

use super::{Examined, Scanner, Seen, gitleaks};
use crate::finding::{Frame, Occurrence, Suppression, fingerprint};
use crate::frame;
use crate::judge::Judged;
use crate::merge::Hit;
use crate::secret::Secret;
use crate::source::Item;

impl Scanner {
    /// What was found in `item`, where it stands in what was `seen` of it.
    pub(super) fn hit(
        &self,
        examined: &Examined<'_, '_>,
        judged: &Judged,
        seen: &Seen<'_>,
        item: &Item<'_>,
    ) -> Hit {
        let candidate = examined.candidate;
        let suppressed = examined.mark.filter(|_| self.comments).map(|mark| {
            let reason = frame::plain(mark.reason, seen.document.text, seen.secret);
            Suppression {
                by: "inline",
                reason: (!reason.is_empty()).then_some(reason),
                until: None,
            }
        });
        let rule = &self.rules.rules[candidate.rule.0];
        let framework = if rule.general {
            seen.framework(&self.rules)
        } else {
            rule.framework
        };
        let value = candidate.value.as_deref().unwrap_or_default();
        // What is found by its path alone may be secret from the first line to the last.
        let frame = if gitleaks::is_path(candidate) {
            Frame::default()
        } else {
            frame::build(candidate, seen.document.text, seen.lines, seen.secret)
        };
        Hit {
            rule: candidate.rule.0,
            framework,
            shape: candidate.shape,
            judged: judged.clone(),
            outer: candidate.outer.as_deref().map(str::to_owned),
            live: candidate.place == crate::format::Place::Live,
            value: Secret::new(value),
            occurrence: Occurrence {
                path: item.path.to_owned(),
                start: seen.lines.position(candidate.span.start),
                end: seen.lines.position(candidate.span.end),
                key: candidate.key.to_string(),
                fingerprint: fingerprint(&rule.id, &candidate.key, value, candidate.shape.bits),
                context: judged.context,
                origin: item.origin.origin().clone(),
                frame,
                suppressed,
            },
            version: item.version,
        }
    }
}
