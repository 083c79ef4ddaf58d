//! Formats: text to [`Entry`]s, that is, names with the values given to them.
//!
//! A [`Format`] knows the syntax of its files and nothing of rules. It never fails: from a half-broken, templated or
//! cut file it gives the entries it can see, and where it stops short it gives a [`Value::Unread`]. What a value *is* (after unescaping, joining, decoding) is decided here;
//! what it is *worth* is decided in `judge`.
//!
//! A new syntax is one file here, one line in [`FORMATS`] and a folder in `fixtures/formats/`.

pub mod code;
mod comment;
pub mod common;
pub mod cut;
mod dockerfile;
mod dotenv;
mod encoded;
mod entry;
mod escape;
mod hcl;
mod hocon;
mod ini;
mod inset;
mod interpolation;
mod json;
mod lines;
mod makefile;
mod markdown;
mod nesting;
mod notebook;
mod office;
mod patch;
mod properties;
mod remark;
mod rows;
mod scalar;
mod shell;
mod shellwords;
pub(crate) mod sought;
mod spots;
mod systemd;
mod toml;
mod trail;
mod withins;
mod xml;
mod yaml;

pub use entry::{Entry, Limit, Place, Slot, Value};
pub use remark::{Comment, Sureness};
pub(crate) use spots::inside as spots_inside;

use std::ops::Range;

use cut::Cut;

/// A syntax in which names are given values.
pub trait Format: Sync {
    /// Its name, as shown by `leakey explain`.
    fn name(&self) -> &'static str;

    /// Whether files of this name are written in it.
    fn claims(&self, file: &FileName<'_>) -> bool;

    /// Calls `sink` for each entry, in the order of their values. Spans are byte offsets in `text`.
    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>));

    /// The same where it is known that nothing is of interest but entries with their name, or a name of what they stand in, at one
    /// of `spots` (sorted); others may be told, too.
    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        let _ = spots;
        self.entries(text, sink);
    }

    /// How its texts are cut into pieces that are read apart from each other; `None` where they are not.
    fn cut(&'static self) -> Option<&'static dyn Cut> {
        None
    }

    /// Whether words that may stand anywhere in `text` have a say in how the pieces of it are read.
    fn looks_around(&self, text: &str) -> bool {
        let _ = text;
        false
    }

    /// Whether it is known of the name at `name`, whole but for quotes and what they hold beside it, that nothing that can be told is
    /// given to it there, by the bytes beside it and whatever stands elsewhere.
    fn is_idle(&self, bytes: &[u8], name: &Range<usize>) -> bool {
        let _ = (bytes, name);
        false
    }

    /// For each of `places`, which are byte offsets in order: the comment it lies in. What is told here accepts findings, so
    /// text that only may be a comment is none.
    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<Comment>> {
        remark::around(text, places, &remark::ANY)
    }

    /// The same syntax without the texts of other formats inside of it, for texts that stand in such a one themselves.
    fn leaf(&'static self) -> Option<&'static dyn Format> {
        None
    }
}

/// All formats; the first that claims a file reads it. The last claims every file.
pub static FORMATS: &[&dyn Format] = &[
    &patch::PATCH,
    &code::PYTHON,
    &code::JAVASCRIPT,
    &code::RUBY,
    &code::PHP,
    &code::GO,
    &code::JAVA,
    &code::KOTLIN,
    &code::SCALA,
    &code::GROOVY,
    &code::CSHARP,
    &code::ELIXIR,
    &code::RUST,
    &code::SWIFT,
    &code::DART,
    &code::LUA,
    &code::PERL,
    &dotenv::DOTENV,
    &dockerfile::DOCKERFILE,
    &systemd::SYSTEMD,
    &yaml::COMPOSE,
    &yaml::YAML,
    &json::JSON,
    &toml::TOML,
    &hocon::HOCON,
    &properties::PROPERTIES,
    &ini::INI,
    &office::OFFICE,
    &xml::XML,
    &hcl::HCL,
    &notebook::NOTEBOOK,
    &ini::CONF,
    &shell::SHELL,
    &makefile::MAKEFILE,
    &makefile::JUSTFILE,
    &markdown::MARKDOWN,
    &lines::LINES,
];

/// The format that reads files of this name.
pub fn choose(file: &FileName<'_>) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.claims(file))
}

/// Suffixes after the extension that say nothing of the syntax.
const VARIANTS: &[&str] = &[
    "bak",
    "backup",
    "ci",
    "default",
    "defaults",
    "dev",
    "development",
    "disabled",
    "dist",
    "docker",
    "ejs",
    "erb",
    "example",
    "examples",
    "gotmpl",
    "in",
    "j2",
    "jinja",
    "jinja2",
    "local",
    "new",
    "old",
    "orig",
    "original",
    "prod",
    "production",
    "rej",
    "sample",
    "save",
    "stage",
    "staging",
    "template",
    "test",
    "testing",
    "tmp",
    "tmpl",
    "tpl",
];

/// A path taken apart for [`Format::claims`]; lower-cased, with `/` between the parts.
#[derive(Clone, Copy, Debug)]
pub struct FileName<'a> {
    /// The whole path.
    pub path: &'a str,
    /// The last part.
    pub name: &'a str,
    /// What follows the last dot of the name, without the dot; empty where there is none or it begins the name.
    pub extension: &'a str,
    /// The last part without what marks variants, which many formats ask for.
    base: &'a str,
}

impl<'a> FileName<'a> {
    /// Takes a lower-cased path apart.
    pub fn new(path: &'a str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        };
        Self {
            path,
            name,
            extension,
            base: base_of(name),
        }
    }

    /// Whether the extension is one of these.
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        extensions.contains(&self.extension)
    }

    /// The name without what marks templates, samples, backups and variants: `values.yaml.j2` is `values.yaml`,
    /// `.env.prod.example` is `.env`, `config.yml~` is `config.yml`.
    pub fn base_name(&self) -> &'a str {
        self.base
    }

    /// The extension of [`base_name`](Self::base_name).
    pub fn base_extension(&self) -> &'a str {
        match self.base_name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        }
    }
}

/// The name of a file without what marks templates, samples, backups and variants.
fn base_of(name: &str) -> &str {
    let mut name = name.trim_end_matches('~');
    while let Some((stem, suffix)) = name.rsplit_once(['.', '-', '_']) {
        // A name that is all suffix, such as `.local`, stays.
        if stem.trim_matches(['.', '-', '_']).is_empty() || !VARIANTS.contains(&suffix) {
            break;
        }
        name = stem;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::FileName;

    #[test]
    fn suffixes_of_templates_and_backups_are_no_extension() {
        for (path, name, extension) in [
            ("chart/values.yaml.j2", "values.yaml", "yaml"),
            (".env.prod.example", ".env", ""),
            ("a/config.yml~", "config.yml", "yml"),
            ("app.ini-dist", "app.ini", "ini"),
            ("settings.json.bak", "settings.json", "json"),
            ("prod.env", "prod.env", "env"),
            ("my-template.toml", "my-template.toml", "toml"),
            (".local", ".local", ""),
        ] {
            let file = FileName::new(path);
            assert_eq!(file.base_name(), name, "{path}");
            assert_eq!(file.base_extension(), extension, "{path}");
        }
    }
}
