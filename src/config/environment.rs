//! Settings from environment variables, `LEAKEY_` before the name of the key.

use std::path::Path;

use super::layer::{Layer, Named};
use super::{ConfigError, Profile, kind, suggest};

/// What every name begins with.
pub const PREFIX: &str = "LEAKEY_";

/// The variables that are read.
pub const VARIABLES: [&str; 13] = [
    "LEAKEY_ALLOW_SHALLOW",
    "LEAKEY_BASELINE",
    "LEAKEY_BUILTIN_RULES",
    "LEAKEY_CONFIG",
    "LEAKEY_DISABLE_RULES",
    "LEAKEY_EXCLUDE",
    "LEAKEY_FAIL_ON",
    "LEAKEY_INCLUDE",
    "LEAKEY_ONLY_RULES",
    "LEAKEY_PROFILE",
    "LEAKEY_RULES",
    "LEAKEY_STRICT_SUPPRESSIONS",
    "LEAKEY_THREADS",
];

/// Settings from the environment, given as pairs; an empty variable is none. Also gives remarks on names that look like
/// misspellings.
pub fn read(
    variables: impl IntoIterator<Item = (String, String)>,
    current: &Path,
) -> Result<(Layer, Vec<String>), ConfigError> {
    let mut layer = Layer {
        from: "the environment".to_owned(),
        folder: current.to_owned(),
        ..Layer::default()
    };
    let mut remarks = Vec::new();
    let mut variables: Vec<_> = variables
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    variables.sort();
    for (name, value) in variables {
        set(&mut layer, &name, &value, &mut remarks)
            .map_err(|what| ConfigError::new(&name, what))?;
    }
    Ok((layer, remarks))
}

fn set(
    layer: &mut Layer,
    name: &str,
    value: &str,
    remarks: &mut Vec<String>,
) -> Result<(), String> {
    let list = || {
        value
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    let words = || list().map(str::to_owned).collect::<Vec<_>>();
    let named = || {
        list()
            .map(|id| Named {
                id: id.to_owned(),
                place: name.to_owned(),
            })
            .collect()
    };
    match name {
        "LEAKEY_PROFILE" => {
            layer.profile = Some(Profile::parse(value).ok_or_else(|| {
                format!(
                    "`{value}` is no profile{}",
                    suggest::remedy(value, Profile::NAMES)
                )
            })?);
        }
        "LEAKEY_INCLUDE" => layer.include = Some(words()),
        "LEAKEY_EXCLUDE" => layer.exclude = words(),
        "LEAKEY_ONLY_RULES" => layer.only_rules = Some(named()),
        "LEAKEY_DISABLE_RULES" => layer.disable_rules = named(),
        "LEAKEY_FAIL_ON" => layer.fail_on = Some(list().map(kind).collect::<Result<_, _>>()?),
        "LEAKEY_RULES" => layer.rules = list().map(|path| layer.folder.join(path)).collect(),
        "LEAKEY_BASELINE" => layer.baseline = Some(layer.folder.join(value)),
        "LEAKEY_BUILTIN_RULES" => layer.builtin_rules = Some(truth(value)?),
        "LEAKEY_STRICT_SUPPRESSIONS" => layer.strict_suppressions = Some(truth(value)?),
        "LEAKEY_ALLOW_SHALLOW" => layer.allow_shallow = Some(truth(value)?),
        "LEAKEY_THREADS" => {
            layer.threads =
                Some(value.parse().map_err(|_| {
                    format!("`{value}` is no number of threads; give one from 1 on")
                })?);
        }
        // What file to read was settled before; other names may belong to other programs, unless they look like ours.
        other => {
            if let Some(known) = nearest(other)
                && known != other
            {
                remarks.push(format!("{other} is not read; did you mean {known}?"));
            }
        }
    }
    Ok(())
}

/// The prefix says nothing: what follows it has to be alike.
fn nearest(name: &str) -> Option<&'static str> {
    let own = |name: &'static str| name.trim_start_matches(PREFIX);
    let word = name.trim_start_matches(PREFIX);
    let near = suggest::nearest(word, VARIABLES.into_iter().map(own))?;
    VARIABLES.into_iter().find(|known| own(known) == near)
}

fn truth(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("`{value}` is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<(Layer, Vec<String>), ConfigError> {
        read([(name.to_owned(), value.to_owned())], Path::new("/x"))
    }

    #[test]
    fn variables_are_read_and_misspellings_told() {
        assert_eq!(
            with("LEAKEY_EXCLUDE", "a, b").unwrap().0.exclude,
            ["a", "b"]
        );
        assert!(with("LEAKEY_PROFILE", "").unwrap().0.profile.is_none());
        assert_eq!(with("LEAKEY_FAILON", "leak").unwrap().1.len(), 1);
        assert!(with("LEAKEY_VERSION", "1.0").unwrap().1.is_empty());
        let error = with("LEAKEY_STRICT_SUPPRESSIONS", "maybe").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("LEAKEY_STRICT_SUPPRESSIONS: `maybe`")
        );
    }
}
