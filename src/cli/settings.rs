//! The layers of settings: configuration file, environment and arguments, as they are found.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::args::{self, Chosen, Extra};
use super::remark;
use crate::config::{self, Layer, Named, Profile, Settings, environment};
use crate::source::paths::{Naming, normalized, slashes};

/// The settings in force, the configuration file among them and whether the user named it.
pub(super) fn settings(
    chosen: &Chosen,
    extra: &Extra,
    current: &Path,
    trusted_up_to: Option<&Path>,
) -> anyhow::Result<(Settings, Option<(PathBuf, bool)>)> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        name.starts_with(environment::PREFIX).then_some(())?;
        Some((name, value.to_string_lossy().into_owned()))
    });
    let (environment, remarks) = environment::read(variables, current)?;
    for text in remarks {
        remark(&text);
    }
    let named = chosen
        .config
        .clone()
        .or_else(|| std::env::var_os("LEAKEY_CONFIG").map(PathBuf::from))
        .filter(|path| !path.as_os_str().is_empty() && !chosen.no_config);
    let naming = Naming::new(current);
    let mut layers = Vec::new();
    let mut file = None;
    if let Some(path) = named {
        let absolute = normalized(&current.join(&path));
        let name = slashes(&path);
        let Some(layer) = config::file::read(&absolute, &name)? else {
            bail!("{name}: has no table [tool.leakey]");
        };
        layers.push(layer);
        file = Some((absolute, true));
    } else if !chosen.no_config
        && let Some(root) = trusted_up_to
        && let Some((path, layer)) = config::discover(current, root, |path| naming.reported(path))?
    {
        layers.push(layer);
        file = Some((path, false));
    }
    layers.push(environment);
    layers.push(arguments(chosen, extra, current));
    Ok((Settings::new(layers), file))
}

fn arguments(chosen: &Chosen, extra: &Extra, current: &Path) -> Layer {
    let named = |ids: &[String], option: &str| -> Vec<Named> {
        let named = |id: &String| Named {
            id: id.clone(),
            place: option.to_owned(),
        };
        ids.iter().map(named).collect()
    };
    let given = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
    let only = named(&chosen.only_rule, "--only-rule");
    let kinds: Vec<_> = chosen.fail_on.iter().map(|&kind| kind.into()).collect();
    Layer {
        from: "the command line".to_owned(),
        folder: current.to_owned(),
        profile: chosen.profile.map(Profile::from),
        include: given(&chosen.include),
        exclude: chosen.exclude.clone(),
        only_rules: (!only.is_empty()).then_some(only),
        disable_rules: named(&chosen.disable_rule, "--disable-rule"),
        fail_on: (!kinds.is_empty()).then_some(kinds),
        rules: chosen.rules.clone(),
        builtin_rules: chosen.no_builtin_rules.then_some(false),
        baseline: chosen.baseline.as_ref().map(|path| current.join(path)),
        strict_suppressions: chosen.strict_suppressions.then_some(true),
        allow_shallow: extra.allow_shallow.then_some(true),
        threads: chosen.threads,
        allow: Vec::new(),
    }
}

impl From<args::Profile> for Profile {
    fn from(profile: args::Profile) -> Self {
        match profile {
            args::Profile::Hook => Self::Hook,
            args::Profile::Ci => Self::Ci,
            args::Profile::Audit => Self::Audit,
        }
    }
}
