//! Whose plugins the user installs.

use std::path::{Path, PathBuf};

use nix_ai_model_core::plugin::{Policy, TrustedKey, Unsigned};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::settings;
use serde::Deserialize;

use crate::environment::Environment;

/// The settings' file.
const FILE: &str = "plugins.toml";

/// What is in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    #[serde(default)]
    unsigned: Unsigned,
    #[serde(default, rename = "trusted-key")]
    trusted: Vec<Trusted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Trusted {
    name: String,
    key: Option<String>,
    /// From the folder of the settings' file.
    public_key_file: Option<PathBuf>,
}

/// The policy in the user's `plugins.toml`; the default one where there is none.
///
/// # Errors
/// [`Kind::Usage`] where it, or a key that it names, is malformed.
pub fn policy(environment: &Environment) -> Result<Policy> {
    let Ok(folder) = environment.config_dir() else { return Ok(Policy::default()) };
    let path = folder.join(FILE);
    let Some(text) = settings::text(&path)? else { return Ok(Policy::default()) };
    let shown = escape(&path.to_string_lossy());
    let settings: Settings = toml::from_str(&text).map_err(|error| {
        Error::new(Kind::Usage, format!("\"{shown}\" is not understood: {}", escape(error.message())))
            .with_hint("it may have unsigned = \"ask\", \"allow\" or \"refuse\", and [[trusted-key]] tables with name, and key or public-key-file")
    })?;
    let trusted = settings.trusted.iter().map(|trusted| trusted.read(&folder));
    let trusted = trusted
        .collect::<Result<_>>()
        .map_err(|error| error.within(format_args!("\"{shown}\"")))?;
    Ok(Policy { unsigned: settings.unsigned, trusted })
}

impl Trusted {
    fn read(&self, folder: &Path) -> Result<TrustedKey> {
        let usage = |why: &str| {
            Error::new(Kind::Usage, format!("the trusted key \"{}\" {why}", escape(&self.name)))
                .with_hint("give it either key or public-key-file")
        };
        let text = match (&self.key, &self.public_key_file) {
            (Some(key), None) => key.clone(),
            (None, Some(file)) => settings::text(&folder.join(file))?
                .ok_or_else(|| usage("names a public-key-file that is not there"))?,
            _ => return Err(usage("has no key, or two")),
        };
        TrustedKey::new(&self.name, &text)
    }
}
