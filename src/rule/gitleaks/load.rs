//! Files of gitleaks to [`Set`]s: what they extend is put below them, then everything is checked and compiled.

use std::collections::BTreeSet;

use toml::Table;

use super::allowlist::{Allowlist, Target};
use super::expression::Expression;
use super::keywords::Keywords;
use super::read::{self, Allow, File, Rule};
use super::refused::Told;
use super::{Beside, Detector, Set};

/// A file extends one that extends another; what that one extends is not read any more.
const DEEPEST: usize = 2;

/// A file to be extended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'p> {
    /// The default configuration of gitleaks.
    Default,
    /// The file of this path.
    Path(&'p str),
}

/// Finds what a file extends: name and text, or `None` for a default configuration that is not at hand.
pub(crate) type Find<'f> = dyn Fn(Base<'_>) -> Result<Option<(String, String)>, String> + 'f;

/// A file, loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) set: Set,
    pub(crate) told: Told,
    /// The files it extends: name and text.
    pub(crate) bases: Vec<(String, String)>,
}

/// What is wrong with a file: the rule, if it is about one, and what to do.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) file: String,
    pub(crate) rule: Option<String>,
    pub(crate) what: String,
}

/// Loads the file called `name`.
pub(crate) fn load(name: &str, table: Table, find: &Find<'_>) -> Result<Loaded, Wrong> {
    let (mut told, mut bases) = (Told::default(), Vec::new());
    let mut refused = BTreeSet::new();
    let file = assemble(name, table, 0, find, &mut told, &mut bases, &mut refused)?;
    let set = compile(name, file, &refused)?;
    Ok(Loaded { set, told, bases })
}

/// Reads a file and puts below it what it extends.
fn assemble(
    name: &str,
    table: Table,
    depth: usize,
    find: &Find<'_>,
    told: &mut Told,
    bases: &mut Vec<(String, String)>,
    refused: &mut BTreeSet<String>,
) -> Result<File, Wrong> {
    let wrong = |what: String| Wrong {
        file: name.to_owned(),
        rule: None,
        what,
    };
    let mut file = read::read(table).map_err(wrong)?;
    told.unread(name, &file);
    last_of_each_id(name, &mut file, told);
    for rule in &file.rules {
        for beside in &rule.required {
            if !file.rules.iter().any(|other| other.id == beside.id) {
                return Err(Wrong {
                    file: name.to_owned(),
                    rule: Some(rule.id.clone()),
                    what: format!("required: there is no rule `{}` in this file", beside.id),
                });
            }
        }
    }
    let all: BTreeSet<String> = file.rules.iter().map(|rule| rule.id.clone()).collect();
    told.refuse(name, &mut file);
    let kept: BTreeSet<String> = file.rules.iter().map(|rule| rule.id.clone()).collect();
    refused.extend(all.difference(&kept).cloned());
    if depth > 0
        && file
            .allowlists
            .iter()
            .any(|allow| !allow.target_rules.is_empty())
    {
        told.notice(name, "allowlists with `targetRules` are not read in a file that another extends, as gitleaks does not either");
        file.allowlists
            .retain(|allow| allow.target_rules.is_empty());
    }
    let extend = std::mem::take(&mut file.extend);
    if extend.use_default && !extend.path.is_empty() {
        return Err(wrong(
            "extend: `useDefault` and `path` exclude each other; leave one out".into(),
        ));
    }
    let wanted = match (extend.use_default, extend.path.as_str()) {
        (true, _) => Base::Default,
        (false, "") => return Ok(file),
        (false, path) => Base::Path(path),
    };
    if depth >= DEEPEST {
        told.notice(name, "what this file extends is not read, as gitleaks does not either: it is extended twice itself");
        return Ok(file);
    }
    let Some((base_name, text)) = find(wanted).map_err(|what| wrong(format!("extend: {what}")))?
    else {
        told.issue(
            name,
            "`extend.useDefault`: the rules of gitleaks' default configuration are missing, as leakey has no copy of it; take config/gitleaks.toml from gitleaks' repository and name it, too: --rules gitleaks.toml",
        );
        // What changes rules that are not there is of no use without them.
        let whole = |rule: &Rule| !rule.regex.is_empty() || !rule.path.is_empty();
        file.rules.retain(whole);
        refused.extend(
            file.allowlists
                .iter()
                .flat_map(|allow| allow.target_rules.clone()),
        );
        return Ok(file);
    };
    let table = toml::from_str(&text).map_err(|error| Wrong {
        file: base_name.clone(),
        rule: None,
        what: error.to_string(),
    })?;
    let base = assemble(&base_name, table, depth + 1, find, told, bases, refused)?;
    for id in &extend.disabled_rules {
        if !base.rules.iter().any(|rule| rule.id == *id) {
            told.notice(
                name,
                format!("extend.disabledRules: there is no rule `{id}` in {base_name}"),
            );
        }
    }
    bases.push((base_name, text));
    Ok(extended(file, base, &extend.disabled_rules))
}

/// Of rules with one id the last counts.
fn last_of_each_id(name: &str, file: &mut File, told: &mut Told) {
    let mut seen = BTreeSet::new();
    let mut rules: Vec<Rule> = Vec::new();
    for rule in std::mem::take(&mut file.rules).into_iter().rev() {
        if seen.insert(rule.id.clone()) {
            rules.push(rule);
        } else {
            told.notice(
                name,
                format!(
                    "rule `{}` stands in the file twice; the last one counts, as in gitleaks",
                    rule.id
                ),
            );
        }
    }
    rules.reverse();
    file.rules = rules;
}

/// `file` above `base`: what it says of a rule changes that rule, what it does not say stays.
fn extended(mut file: File, base: File, disabled: &[String]) -> File {
    for mut below in base.rules {
        if disabled.contains(&below.id) {
            continue;
        }
        let Some(above) = file.rules.iter_mut().find(|rule| rule.id == below.id) else {
            file.rules.push(below);
            continue;
        };
        let change = |text: &mut String, by: &mut String| {
            if !by.is_empty() {
                *text = std::mem::take(by);
            }
        };
        change(&mut below.description, &mut above.description);
        change(&mut below.regex, &mut above.regex);
        change(&mut below.path, &mut above.path);
        if above.entropy != 0.0 {
            below.entropy = above.entropy;
        }
        if above.secret_group != 0 {
            below.secret_group = above.secret_group;
        }
        below.keywords.append(&mut above.keywords);
        below.allowlists.append(&mut above.allowlists);
        *above = below;
    }
    file.allowlists.extend(base.allowlists);
    file
}

fn compile(name: &str, file: File, refused: &BTreeSet<String>) -> Result<Set, Wrong> {
    let about = |rule: &str, what: String| Wrong {
        file: name.to_owned(),
        rule: (!rule.is_empty()).then(|| rule.to_owned()),
        what,
    };
    let ids: Vec<String> = file.rules.iter().map(|rule| rule.id.clone()).collect();
    let mut rules = Vec::new();
    for rule in file.rules {
        let id = rule.id.clone();
        rules.push(detector(rule, &ids).map_err(|what| about(&id, what))?);
    }
    let mut allowlists = Vec::new();
    for allow in file.allowlists {
        let targets = allow.target_rules.clone();
        let list = || allowlist(&allow).map_err(|what| about("", format!("allowlists: {what}")));
        if targets.is_empty() {
            allowlists.push(list()?);
        }
        for target in targets {
            match rules.iter_mut().find(|rule| rule.id == target) {
                Some(rule) => rule.allowlists.push(list()?),
                None if refused.contains(&target) => {}
                None => {
                    return Err(about(
                        "",
                        format!("allowlists: targetRules: there is no rule `{target}`"),
                    ));
                }
            }
        }
    }
    Ok(Set {
        file: name.to_owned(),
        keywords: Keywords::new(&rules),
        rules,
        allowlists,
    })
}

fn detector(rule: Rule, ids: &[String]) -> Result<Detector, String> {
    if rule.id.trim().is_empty() {
        return Err(format!(
            "a rule has no `id`{}",
            if rule.description.is_empty() {
                String::new()
            } else {
                format!(": {}", rule.description)
            }
        ));
    }
    let expression = |field: &str, source: &str| {
        let read = |source| Expression::new(source).map_err(|what| format!("{field}: {what}"));
        (!source.is_empty()).then(|| read(source)).transpose()
    };
    let (regex, path) = (
        expression("regex", &rule.regex)?,
        expression("path", &rule.path)?,
    );
    if regex.is_none() && path.is_none() {
        return Err("needs a `regex` or a `path`; without both it finds nothing".into());
    }
    let groups = regex.as_ref().map_or(usize::MAX, Expression::groups);
    let secret_group = usize::try_from(rule.secret_group).unwrap_or(0);
    if secret_group > groups {
        return Err(format!(
            "secretGroup: there is no group {secret_group}; `regex` has {groups}"
        ));
    }
    let list = |allow| allowlist(allow).map_err(|what| format!("allowlists: {what}"));
    let beside = |beside: read::Required| Beside {
        // A rule that was there and is disabled is never found.
        rule: ids
            .iter()
            .position(|id| *id == beside.id)
            .unwrap_or(usize::MAX),
        id: beside.id,
        lines: beside.lines,
        columns: beside.columns,
    };
    Ok(Detector {
        regex,
        path,
        secret_group,
        rule: usize::MAX,
        description: rule.description,
        entropy: rule.entropy,
        keywords: rule
            .keywords
            .iter()
            .map(|keyword| keyword.to_lowercase())
            .collect(),
        allowlists: rule.allowlists.iter().map(list).collect::<Result<_, _>>()?,
        required: rule.required.into_iter().map(beside).collect(),
        skip_report: rule.skip_report,
        id: rule.id,
    })
}

fn allowlist(allow: &Allow) -> Result<Allowlist, String> {
    let all = match allow.condition.to_uppercase().as_str() {
        "AND" | "&&" => true,
        "" | "OR" | "||" => false,
        _ => {
            return Err(format!(
                "condition: `{}` is none; write `AND` or `OR`",
                allow.condition
            ));
        }
    };
    let target = match allow.regex_target.as_str() {
        "" | "secret" => Target::Secret,
        "match" => Target::Match,
        "line" => Target::Line,
        other => {
            return Err(format!(
                "regexTarget: `{other}` is none; write `secret`, `match` or `line`"
            ));
        }
    };
    if [
        &allow.commits,
        &allow.paths,
        &allow.regexes,
        &allow.stopwords,
    ]
    .iter()
    .all(|list| list.is_empty())
    {
        return Err("one is empty; it needs `commits`, `paths`, `regexes` or `stopwords`".into());
    }
    // Each must be an expression of its own. Joined, flags of one hold for those after it, and they do so in gitleaks.
    let joined = |field: &str, all: &[String]| {
        for source in all {
            Expression::new(source).map_err(|what| format!("{field}: `{source}`: {what}"))?;
        }
        let join = || {
            Expression::new(&format!("(?:{})", all.join("|")))
                .map_err(|what| format!("{field}: {what}"))
        };
        (!all.is_empty()).then(join).transpose()
    };
    let lower = |all: &[String]| all.iter().map(|word| word.to_lowercase()).collect();
    Ok(Allowlist {
        all,
        target,
        paths: joined("paths", &allow.paths)?,
        regexes: joined("regexes", &allow.regexes)?,
        commits: allow
            .commits
            .iter()
            .map(|id| id.trim().to_lowercase())
            .collect(),
        stopwords: lower(&allow.stopwords),
    })
}
