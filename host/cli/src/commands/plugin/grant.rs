//! What an installed plugin was granted, changed by its user.

use nix_ai_model_core::plugin::{Grants, Receipt};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::Plugin;
use nix_ai_model_store::PluginFolder;
use nix_ai_model_wiring::is_builtin;

use super::consent::check_asked;
use super::words;
use crate::arguments::Revoked;
use crate::context::Context;

pub(super) fn grant(name: &str, given: &Grants, context: &Context) -> Result<()> {
    if given.is_empty() {
        return Err(Error::new(Kind::Usage, "nothing is named that is to be granted")
            .with_hint("name it with --allow-http, --allow-download, --allow-setting, --allow-credential or --allow-named-origin"));
    }
    let folder = context.plugins()?;
    let receipt = installed(&folder, name)?;
    let (manifest, ..) = Plugin::inspect(&folder.component(&receipt)?)?;
    check_asked(&manifest, given)?;
    let grants = receipt.grants.with(given);
    change(&folder, &receipt, grants, context)
}

pub(super) fn revoke(name: &str, revoked: &Revoked, context: &Context) -> Result<()> {
    let folder = context.plugins()?;
    let receipt = installed(&folder, name)?;
    if revoked.all {
        return change(&folder, &receipt, Grants::default(), context);
    }
    let taken = revoked.grants();
    let stray = taken.beyond(&receipt.grants);
    if taken.is_empty() || !stray.is_empty() {
        let what = if taken.is_empty() {
            "nothing is named that is to be revoked".to_owned()
        } else {
            format!("plugin {name} was not granted {}", stray.options().join(" "))
        };
        return Err(Error::new(Kind::Usage, what)
            .with_hint(format!("`nix-ai-model plugin inspect {name}` shows what it was granted")));
    }
    let grants = receipt.grants.beyond(&taken);
    change(&folder, &receipt, grants, context)
}

/// The receipt of a plugin that has to be installed.
pub(super) fn installed(folder: &PluginFolder, name: &str) -> Result<Receipt> {
    folder.receipt(name)?.ok_or_else(|| {
        if is_builtin(name) {
            return Error::new(Kind::Usage, format!("{name} is built in"))
                .with_hint("only plugins that were added can be changed or removed");
        }
        Error::new(Kind::NotFound, format!("plugin {} is not installed", escape(name)))
            .with_hint("`nix-ai-model plugin list` shows the plugins that are")
    })
}

fn change(
    folder: &PluginFolder,
    receipt: &Receipt,
    grants: Grants,
    context: &Context,
) -> Result<()> {
    let next = receipt.with_grants(grants);
    folder.replace(receipt, &next, None)?;
    let (manifest, ..) = Plugin::inspect(&folder.component(&next)?)?;
    context.output.result(&next, |next| {
        let mut powers = words::powers(&manifest.within(&next.grants));
        powers.extend(words::named(&next.grants));
        powers.iter().map(|power| format!("{} may {power}\n", next.name)).collect()
    })
}
