//! What a rule file asks for and does not get: rules that are refused, and fields that nothing reads.

use crate::finding::{Issue, Notice};

use super::read::File;

/// The version of gitleaks whose behaviour is kept to.
pub(super) const VERSION: [u64; 3] = [8, 30, 1];

/// What has to be told of a rule file.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What would change findings: the scan is not the one that was asked for.
    pub(crate) issues: Vec<Issue>,
    /// What gitleaks does not heed either.
    pub(crate) notices: Vec<Notice>,
}

impl Told {
    pub(super) fn issue(&mut self, file: &str, what: impl Into<String>) {
        self.issues.push(Issue::new(file, what));
    }

    pub(super) fn notice(&mut self, file: &str, what: impl Into<String>) {
        self.notices.push(Notice {
            path: file.to_owned(),
            line: None,
            what: what.into(),
        });
    }

    /// Takes rules out of `file` that ask for what only betterleaks has, and those that need them.
    pub(super) fn refuse(&mut self, name: &str, file: &mut File) {
        for field in ["filter", "validate", "tokenEfficiency"] {
            let asks = |rule: &super::read::Rule| rule.expressions.contains(&field);
            let refused: Vec<String> = file
                .rules
                .iter()
                .filter(|rule| asks(rule))
                .map(|rule| rule.id.clone())
                .collect();
            if !refused.is_empty() {
                self.issue(
                    name,
                    format!(
                        "{} refused, as `{field}` belongs to the expression language of betterleaks, which leakey does not evaluate: {}; say the same with allowlists, or leave the field out",
                        counted(refused.len()),
                        refused.join(", ")
                    ),
                );
                file.rules.retain(|rule| !asks(rule));
                self.refuse_dependents(name, file, refused);
            }
        }
        for field in std::mem::take(&mut file.expressions) {
            self.issue(
                name,
                format!(
                    "the `{field}` over all rules is refused: it belongs to the expression language of betterleaks, which leakey does not evaluate; say the same with allowlists"
                ),
            );
        }
    }

    fn refuse_dependents(&mut self, name: &str, file: &mut File, mut gone: Vec<String>) {
        loop {
            let needs = |rule: &super::read::Rule| {
                rule.required.iter().any(|beside| gone.contains(&beside.id))
            };
            let also: Vec<String> = file
                .rules
                .iter()
                .filter(|rule| needs(rule))
                .map(|rule| rule.id.clone())
                .collect();
            if also.is_empty() {
                return;
            }
            self.issue(
                name,
                format!(
                    "{} refused, as what they require is: {}",
                    counted(also.len()),
                    also.join(", ")
                ),
            );
            file.rules.retain(|rule| !needs(rule));
            gone.extend(also);
        }
    }

    /// Tells of fields that nothing reads, and of a version that is not this one.
    pub(super) fn unread(&mut self, name: &str, file: &File) {
        for field in &file.unknown {
            self.notice(
                name,
                format!("{field} is not read, as gitleaks does not either"),
            );
        }
        if !file.extend.url.is_empty() {
            self.notice(
                name,
                "`extend.url` is not read, as gitleaks does not either; nothing is fetched",
            );
        }
        let version: Vec<u64> = (file.min_version.trim_start_matches('v').split('.'))
            .map_while(|part| part.parse().ok())
            .collect();
        if version.as_slice() > VERSION.as_slice() {
            let [a, b, c] = VERSION;
            self.notice(
                name,
                format!(
                    "`minVersion` asks for gitleaks {}; what leakey keeps to is {a}.{b}.{c}",
                    file.min_version
                ),
            );
        }
    }
}

fn counted(rules: usize) -> String {
    if rules == 1 {
        "a rule is".to_owned()
    } else {
        format!("{rules} rules are")
    }
}
