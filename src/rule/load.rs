//! Rule files to a [`RuleSet`]. Every error names file, rule and field.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::schema::{self, File};
use super::{Folded, Framework, Pattern, Published, Rule, RuleSet, Target, When};

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Not TOML, or not of the schema.
    #[error("{file}: {message}")]
    Syntax {
        /// The rule file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A rule that contradicts itself.
    #[error("{file}: rule `{rule}`: {message}")]
    Rule {
        /// The rule file.
        file: String,
        /// Id of the rule.
        rule: String,
        /// What is wrong, and the remedy.
        message: String,
    },
}

/// The rule files that are part of the program: name and text.
pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"))
}

/// Parses one rule file; `name` is for messages.
pub(crate) fn parse(name: &str, text: &str) -> Result<File, RuleError> {
    toml::from_str(text).map_err(|error| RuleError::Syntax {
        file: name.to_owned(),
        message: error.to_string(),
    })
}

/// Compiles rule files, given as name and text, in the order given.
pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<RuleSet, RuleError> {
    let parts = Parts::read(files, &BTreeSet::new())?;
    Ok(parts.build())
}

/// Rules compiled, not indexed yet.
pub(super) struct Parts {
    pub(super) rules: Vec<Rule>,
    frameworks: Vec<Framework>,
    published: Vec<(Vec<u8>, Published)>,
    pub(super) texts: Vec<(String, String)>,
    /// Ids of built-in rules that were left out, as others have them.
    pub(super) replaced: Vec<String>,
}

impl Parts {
    pub(super) fn build(self) -> RuleSet {
        RuleSet::new(self.rules, self.frameworks, self.published, &self.texts)
    }

    /// Compiles rule files. Built-in rules whose ids are `taken` are left out.
    pub(super) fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
        taken: &BTreeSet<&str>,
    ) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut frameworks = Vec::new();
        let mut published = Vec::new();
        let mut texts = Vec::new();
        let mut replaced = Vec::new();
        for (name, text) in files {
            let file = parse(name, text)?;
            // Those were checked by a test; compiling every expression takes longer than a small scan.
            let own = builtin_files().iter().any(|(_, known)| *known == text);
            texts.push((name.to_owned(), text.to_owned()));
            let framework = file.framework.map(|framework| {
                frameworks.push(Framework {
                    id: framework.id,
                    name: framework.name,
                    evidence: framework.evidence,
                    impact: framework.impact,
                    details: framework.details,
                    remedy: framework.remedy,
                    severity: framework.severity,
                    docs: framework.docs,
                });
                frameworks.len() - 1
            });
            for rule in file.rule {
                let fail = |message: String| RuleError::Rule {
                    file: name.to_owned(),
                    rule: rule.id.clone(),
                    message,
                };
                let is_taken = taken.contains(rule.id.as_str());
                if own && is_taken {
                    replaced.push(rule.id.clone());
                    continue;
                }
                if is_taken || rules.iter().any(|other| other.id == rule.id) {
                    return Err(fail(
                        "the id is used twice; ids are unique across all rule files".into(),
                    ));
                }
                if rule.id.is_empty()
                    || !rule
                        .id
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                {
                    return Err(fail(
                        "an id is kebab-case: lower-case letters, digits and `-`".into(),
                    ));
                }
                if rule.when.is_empty() {
                    return Err(fail("needs at least one [[rule.when]]".into()));
                }
                let when = rule
                    .when
                    .iter()
                    .map(|when| {
                        if !own {
                            check(when).map_err(&fail)?;
                        }
                        compile(when).map_err(&fail)
                    })
                    .collect::<Result<_, _>>()?;
                rules.push(Rule {
                    when,
                    framework,
                    file: name.to_owned(),
                    id: rule.id,
                    title: rule.title,
                    class: rule.class,
                    severity: rule.severity,
                    impact: rule.impact,
                    details: rule.details,
                    remedy: rule.remedy,
                    references: rule.references,
                    general: rule.general,
                });
            }
            for value in file.published {
                published.push((
                    value.value.into_bytes(),
                    Published {
                        place: value.place,
                        sample: value.sample,
                    },
                ));
            }
        }
        Ok(Self {
            rules,
            frameworks,
            published,
            texts,
            replaced,
        })
    }
}

fn fold_all(names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| Folded::of(name).text().to_owned())
        .collect()
}

/// Whether the expressions in a condition can be compiled.
fn check(when: &schema::When) -> Result<(), String> {
    for glob in when.files.iter().chain(&when.not_files) {
        globset::Glob::new(glob).map_err(|error| format!("files: `{glob}`: {error}"))?;
        if glob.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(format!(
                "files: `{glob}`: paths are lower-cased before they are matched; write it so"
            ));
        }
    }
    if let Some(source) = &when.value {
        super::whole(source).map_err(|error| format!("value: {error}"))?;
    }
    if let Some(source) = &when.pattern {
        Pattern::check(source)?;
    }
    Ok(())
}

fn compile(when: &schema::When) -> Result<When, String> {
    let targets = usize::from(!when.names.is_empty())
        + usize::from(!when.calls.is_empty())
        + usize::from(!when.armor.is_empty())
        + usize::from(when.pattern.is_some())
        + usize::from(when.whole_file);
    if targets != 1 {
        return Err(
            "a `when` needs exactly one of `names`, `calls`, `armor`, `pattern`, `whole-file`"
                .into(),
        );
    }
    if when.pattern.is_none()
        && (!when.anchors.is_empty() || when.reach > 0 || when.checksum.is_some())
    {
        return Err("`anchors`, `reach` and `checksum` go with `pattern`".into());
    }
    let target = if when.whole_file {
        if when.files.is_empty() {
            return Err("`whole-file` needs `files`".into());
        }
        Target::WholeFile
    } else if let Some(source) = &when.pattern {
        let checksum = when.checksum.as_deref();
        Target::Pattern(Pattern::new(source, &when.anchors, when.reach, checksum)?)
    } else if !when.armor.is_empty() {
        Target::Armor(when.armor.clone())
    } else if !when.calls.is_empty() {
        let calls = when.calls.iter().map(|call| {
            call.rsplit_once('#')
                .and_then(|(name, at)| Some((Folded::of(name).text().to_owned(), at.parse().ok()?)))
                .ok_or_else(|| {
                    format!("`{call}`: a call is written `function#position`, counted from 0")
                })
        });
        Target::Calls(calls.collect::<Result<_, _>>()?)
    } else {
        Target::Names(fold_all(&when.names))
    };
    for shape in &when.shapes {
        if !crate::generator::NAMES.contains(&shape.as_str()) {
            return Err(format!(
                "shapes: `{shape}` is no generator; known are: {}",
                crate::generator::NAMES.join(", ")
            ));
        }
    }
    Ok(When {
        target,
        written: when.names.iter().chain(&when.calls).cloned().collect(),
        written_parents: when.parents.clone(),
        files: when.files.clone(),
        file_set: OnceLock::new(),
        not_files: when.not_files.clone(),
        not_file_set: OnceLock::new(),
        prefixes: fold_all(&when.prefixes),
        not_prefixes: fold_all(&when.not_prefixes),
        bare: when.bare,
        parents: fold_all(&when.parents),
        shapes: when.shapes.clone(),
        value: when.value.clone(),
        value_regex: OnceLock::new(),
        live: when.live,
        random: when.random,
        min_length: when.min_length,
        split: when.split,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        load([("x.toml", text)])
            .map(|_| ())
            .unwrap_err()
            .to_string()
    }

    const HEAD: &str = "[[rule]]\nid='a-b'\ntitle='t'\nclass='signing-key'\nseverity='high'\nimpact='i'\nremedy='r'\n";

    #[test]
    fn errors_name_file_rule_and_field() {
        assert!(error("nonsense = 1").contains("x.toml"));
        let twice = format!("{HEAD}[[rule.when]]\nnames=['a']\ncalls=['f#0']\n");
        assert!(error(&twice).contains("rule `a-b`: a `when` needs exactly one"));
        let shape = format!("{HEAD}[[rule.when]]\nnames=['a']\nshapes=['nope']\n");
        assert!(error(&shape).contains("`nope` is no generator"));
        let call = format!("{HEAD}[[rule.when]]\ncalls=['f']\n");
        assert!(error(&call).contains("function#position"));
        for (when, told) in [
            ("pattern='tok_[a-z]+'", "needs `anchors`"),
            ("pattern='t[a-z]+'\nanchors=['t']", "`t` stands everywhere"),
            ("pattern='tok_['\nanchors=['tok_']", "pattern: "),
            (
                "pattern='tok_'\nanchors=['tok_']\nchecksum='x'",
                "known are: github-crc32",
            ),
            (
                "pattern='tok_'\nanchors=['tok_']\nreach=101",
                "no more than 100",
            ),
            ("names=['a']\nanchors=['tok_']", "go with `pattern`"),
        ] {
            let found = error(&format!("{HEAD}[[rule.when]]\n{when}\n"));
            assert!(found.contains(told), "{found}");
        }
    }

    #[test]
    fn builtin_rules_load() {
        load(builtin_files().iter().copied()).unwrap();
    }

    #[test]
    fn expressions_of_builtin_rules_compile() {
        for (name, text) in builtin_files() {
            for when in parse(name, text).unwrap().rule.iter().flat_map(|r| &r.when) {
                check(when).unwrap();
            }
        }
    }
}
