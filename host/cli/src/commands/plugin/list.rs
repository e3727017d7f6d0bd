use nix_ai_model_core::Result;
use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::plugin::Reference;
use nix_ai_model_runtime::Plugin;
use nix_ai_model_wiring::Plugins;
use serde::Serialize;

use crate::context::Context;

/// A plugin that a command of this user may use.
#[derive(Serialize)]
struct Listed {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    hash: Sri,
    from: From,
}

/// How it came here.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum From {
    BuiltIn,
    Pinned(Reference),
    Installed(Reference),
}

pub(super) fn run(context: &Context) -> Result<()> {
    let mut plugins = Vec::new();
    for builtin in nix_ai_model_builtin::plugins() {
        let (manifest, digest, _) = Plugin::inspect(builtin.component)?;
        plugins.push(Listed {
            name: manifest.name,
            version: Some(manifest.version.to_string()),
            hash: Sri::new(digest)?,
            from: From::BuiltIn,
        });
    }
    if let Some(lock) = &context.plugins_lock {
        for (name, plugin) in Plugins::lock(lock)? {
            let from = From::Pinned(plugin.pin.component);
            plugins.push(Listed { name, version: None, hash: plugin.pin.hash, from });
        }
    }
    for receipt in context.plugins()?.receipts()? {
        plugins.push(Listed {
            name: receipt.name,
            version: Some(receipt.version),
            hash: receipt.hash,
            from: From::Installed(receipt.component),
        });
    }
    context.output.result(&plugins, |plugins| plugins.iter().map(line).collect())
}

fn line(plugin: &Listed) -> String {
    let from = match &plugin.from {
        From::BuiltIn => "built in".to_owned(),
        From::Pinned(from) => format!("pinned, from {from}"),
        From::Installed(from) => format!("installed from {from}"),
    };
    let version = plugin.version.as_deref().unwrap_or("-");
    format!("{} {version}  {from}\n", plugin.name)
}
