//! Whose plugins the user installs.

use nix_ai_model_core::plugin::Policy;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::settings;

use crate::environment::Environment;

/// The settings' file.
const FILE: &str = "plugins.toml";

/// The policy in the user's `plugins.toml`; the default one where there is none.
///
/// # Errors
/// [`Kind::Usage`] where it is malformed.
pub fn policy(environment: &Environment) -> Result<Policy> {
    let Ok(folder) = environment.config_dir() else { return Ok(Policy::default()) };
    let path = folder.join(FILE);
    let Some(text) = settings::text(&path)? else { return Ok(Policy::default()) };
    let shown = escape(&path.to_string_lossy());
    let policy: Policy = toml::from_str(&text).map_err(|error| {
        Error::new(Kind::Usage, format!("\"{shown}\" is not understood: {}", escape(error.message())))
            .with_hint("it may have unsigned = \"ask\", \"allow\" or \"refuse\", and [[trusted-key]] tables with name and key")
    })?;
    policy.check().map_err(|error| error.within(format_args!("\"{shown}\"")))?;
    Ok(policy)
}
