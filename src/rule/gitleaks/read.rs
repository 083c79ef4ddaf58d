//! Files of gitleaks as written: names of fields in any case, and values of a type near to the one asked for, as gitleaks reads
//! them (viper and mapstructure, weakly typed).

use toml::{Table, Value};

/// A file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) extend: Extend,
    pub(super) rules: Vec<Rule>,
    pub(super) allowlists: Vec<Allow>,
    pub(super) min_version: String,
    /// Fields with an expression over all rules, which only betterleaks has.
    pub(super) expressions: Vec<&'static str>,
    /// Fields that nothing reads, with where they stand.
    pub(super) unknown: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Extend {
    pub(super) path: String,
    pub(super) url: String,
    pub(super) use_default: bool,
    pub(super) disabled_rules: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) path: String,
    pub(super) regex: String,
    pub(super) secret_group: i64,
    pub(super) entropy: f64,
    pub(super) keywords: Vec<String>,
    pub(super) allowlists: Vec<Allow>,
    pub(super) required: Vec<Required>,
    pub(super) skip_report: bool,
    /// Fields that decide what is found, which only betterleaks has.
    pub(super) expressions: Vec<&'static str>,
}

#[derive(Debug, Default)]
pub(super) struct Required {
    pub(super) id: String,
    pub(super) lines: Option<i64>,
    pub(super) columns: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Allow {
    pub(super) target_rules: Vec<String>,
    pub(super) condition: String,
    pub(super) commits: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) regex_target: String,
    pub(super) regexes: Vec<String>,
    pub(super) stopwords: Vec<String>,
}

/// Whether a file is one of gitleaks and not of leakey: by its tables, which have other names.
pub(crate) fn is_gitleaks(table: &Table) -> bool {
    let has = |names: &[&str]| {
        table
            .keys()
            .any(|key| names.contains(&key.to_lowercase().as_str()))
    };
    !has(&["rule", "framework", "published"])
        && has(&[
            "rules",
            "allowlist",
            "allowlists",
            "extend",
            "prefilter",
            "filter",
        ])
}

/// Reads a file; the error names the field.
pub(super) fn read(table: Table) -> Result<File, String> {
    let mut file = File::default();
    let mut top = Fields::new("", table);
    top.pass(&["title", "description", "betterleaksminversion"]);
    file.min_version = top.text("minversion")?;
    for name in ["prefilter", "filter"] {
        if !top.text(name)?.trim().is_empty() {
            file.expressions.push(name);
        }
    }
    if let Some(mut extend) = top.table("extend")? {
        file.extend = Extend {
            path: extend.text("path")?,
            url: extend.text("url")?,
            use_default: extend.truth("usedefault")?,
            disabled_rules: extend.list("disabledrules")?,
        };
        extend.end(&mut file.unknown);
    }
    for (mut rule, number) in top.tables("rules")?.into_iter().zip(1..) {
        let id = rule.text("id")?;
        rule.place = if id.trim().is_empty() {
            format!("rule number {number}: ")
        } else {
            format!("rule `{id}`: ")
        };
        let read = read_rule(&mut rule, id, &mut file.unknown)?;
        rule.end(&mut file.unknown);
        file.rules.push(read);
    }
    file.allowlists = allowlists(&mut top, &mut file.unknown)?;
    top.end(&mut file.unknown);
    Ok(file)
}

fn read_rule(rule: &mut Fields, id: String, unknown: &mut Vec<String>) -> Result<Rule, String> {
    rule.pass(&["tags"]);
    let mut out = Rule {
        id,
        description: rule.text("description")?,
        path: rule.text("path")?,
        regex: rule.text("regex")?,
        secret_group: rule.whole("secretgroup")?.unwrap_or(0),
        entropy: rule.number("entropy")?.unwrap_or(0.0),
        keywords: rule.list("keywords")?,
        skip_report: rule.truth("skipreport")?,
        allowlists: allowlists(rule, unknown)?,
        ..Rule::default()
    };
    for name in ["filter", "validate"] {
        if !rule.text(name)?.trim().is_empty() {
            out.expressions.push(name);
        }
    }
    if rule.truth("tokenefficiency")? {
        out.expressions.push("tokenEfficiency");
    }
    for mut beside in rule.tables("required")? {
        out.required.push(Required {
            id: beside.text("id")?,
            lines: beside.whole("withinlines")?,
            columns: beside.whole("withincolumns")?,
        });
        beside.end(unknown);
    }
    Ok(out)
}

/// `[[allowlists]]`, or the one `[allowlist]` of old, but not both.
fn allowlists(fields: &mut Fields, unknown: &mut Vec<String>) -> Result<Vec<Allow>, String> {
    let mut tables = fields.tables("allowlists")?;
    if let Some(old) = fields.table("allowlist")? {
        if !tables.is_empty() {
            return Err(format!(
                "{}`allowlist` is the old form and cannot stand beside `allowlists`; make it another of those",
                fields.place
            ));
        }
        tables.push(old);
    }
    let mut out = Vec::new();
    for mut table in tables {
        table.pass(&["description"]);
        out.push(Allow {
            target_rules: table.list("targetrules")?,
            condition: table.text("condition")?,
            commits: table.list("commits")?,
            paths: table.list("paths")?,
            regex_target: table.text("regextarget")?,
            regexes: table.list("regexes")?,
            stopwords: table.list("stopwords")?,
        });
        table.end(unknown);
    }
    Ok(out)
}

/// The fields of a table, taken one by one; what is left is not known.
struct Fields {
    /// Where it stands, for messages.
    place: String,
    fields: Vec<(String, Value)>,
}

impl Fields {
    fn new(place: impl Into<String>, table: Table) -> Self {
        Self {
            place: place.into(),
            fields: table.into_iter().collect(),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self
            .fields
            .iter()
            .position(|(key, _)| key.to_lowercase() == name)?;
        Some(self.fields.remove(at).1)
    }

    /// Takes fields that decide nothing.
    fn pass(&mut self, names: &[&str]) {
        for name in names {
            self.take(name);
        }
    }

    fn wrong(&self, name: &str, wanted: &str, value: &Value) -> String {
        format!(
            "{}{name}: is of type {}, where {wanted} belongs",
            self.place,
            value.type_str()
        )
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        match self.take(name) {
            None => Ok(String::new()),
            Some(value) => scalar(&value).ok_or_else(|| self.wrong(name, "a string", &value)),
        }
    }

    fn list(&mut self, name: &str) -> Result<Vec<String>, String> {
        let Some(value) = self.take(name) else {
            return Ok(Vec::new());
        };
        let texts = match &value {
            Value::String(text) if text.is_empty() => Some(Vec::new()),
            Value::String(text) => Some(text.split(',').map(str::to_owned).collect()),
            Value::Array(all) => all.iter().map(scalar).collect(),
            other => scalar(other).map(|text| vec![text]),
        };
        texts.ok_or_else(|| self.wrong(name, "a list of strings", &value))
    }

    fn number(&mut self, name: &str) -> Result<Option<f64>, String> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = scalar(&value).and_then(|text| text.trim().parse().ok());
        number
            .map(Some)
            .ok_or_else(|| self.wrong(name, "a number", &value))
    }

    fn whole(&mut self, name: &str) -> Result<Option<i64>, String> {
        let number = self.number(name)?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "fractions are cut, as gitleaks does"
        )]
        Ok(number.map(|number| number as i64))
    }

    fn truth(&mut self, name: &str) -> Result<bool, String> {
        let Some(value) = self.take(name) else {
            return Ok(false);
        };
        match scalar(&value).as_deref() {
            Some("true" | "1" | "t" | "T" | "TRUE" | "True") => Ok(true),
            Some("false" | "0" | "f" | "F" | "FALSE" | "False" | "") => Ok(false),
            _ => Err(self.wrong(name, "true or false", &value)),
        }
    }

    fn table(&mut self, name: &str) -> Result<Option<Self>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Table(table)) => {
                Ok(Some(Self::new(format!("{}{name}: ", self.place), table)))
            }
            Some(value) => Err(self.wrong(name, "a table", &value)),
        }
    }

    fn tables(&mut self, name: &str) -> Result<Vec<Self>, String> {
        let place = format!("{}{name}: ", self.place);
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Table(table)) => Ok(vec![Self::new(place, table)]),
            Some(Value::Array(all)) => {
                let tables = all.into_iter().map(|value| match value {
                    Value::Table(table) => Ok(Self::new(place.clone(), table)),
                    other => Err(self.wrong(name, "a list of tables", &other)),
                });
                tables.collect()
            }
            Some(value) => Err(self.wrong(name, "a list of tables", &value)),
        }
    }

    /// Tells of what was not taken.
    fn end(self, unknown: &mut Vec<String>) {
        let place = self.place;
        unknown.extend(
            self.fields
                .into_iter()
                .map(|(key, _)| format!("{place}`{key}`")),
        );
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}
