use nix_ai_model_core::Result;
use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::plugin::{Grants, Signature, Signer};
use nix_ai_model_runtime::{Manifest, Plugin};
use serde::Serialize;

use super::words::{self, Sheet};
use crate::context::Context;

/// What is known of a plugin without running it.
#[derive(Serialize)]
struct Known {
    #[serde(flatten)]
    manifest: Manifest,
    digest: Sri,
    builtin: bool,
    imports: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<Signer>,
    /// Of an installed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Grants>,
}

pub(super) async fn run(plugin: &str, context: &Context) -> Result<()> {
    let known = known(plugin, context).await?;
    context.output.result(&known, text)
}

async fn known(plugin: &str, context: &Context) -> Result<Known> {
    if let Some(builtin) = nix_ai_model_builtin::plugins().iter().find(|b| b.name == plugin) {
        let known = of(builtin.component)?;
        return Ok(Known { builtin: true, ..known });
    }
    let folder = context.plugins()?;
    if let Some(receipt) = folder.receipt(plugin)? {
        let known = of(&folder.component(&receipt)?)?;
        let from = Some(receipt.component.to_string());
        return Ok(Known { from, signer: receipt.signer, grants: Some(receipt.grants), ..known });
    }
    let acquired = context.sources()?.acquire(&plugin.parse()?).await?;
    let policy = context.policy()?;
    let signer = match policy.judge(&acquired.component, &acquired.signatures)? {
        Signature::Trusted(signer) => Some(signer),
        Signature::Absent | Signature::Unknown => None,
    };
    let known = of(&acquired.component)?;
    Ok(Known { from: Some(acquired.reference.to_string()), signer, ..known })
}

fn of(component: &[u8]) -> Result<Known> {
    let (manifest, digest, imports) = Plugin::inspect(component)?;
    let digest = Sri::new(digest)?;
    Ok(Known { manifest, digest, builtin: false, imports, from: None, signer: None, grants: None })
}

fn text(known: &Known) -> String {
    let mut sheet = Sheet::new(&known.manifest);
    sheet.line("digest", &known.digest.to_string());
    if let Some(from) = &known.from {
        sheet.line("from", from);
    }
    if let Some(signer) = &known.signer {
        sheet.line("signed by", &words::by(signer));
    }
    sheet.line("licence", &known.manifest.license);
    if let Some(homepage) = &known.manifest.homepage {
        sheet.line("homepage", homepage);
    }
    match &known.grants {
        None => sheet.lines("may", &words::powers(&known.manifest)),
        Some(grants) => {
            let granted = known.manifest.clone().within(grants);
            let missing = known.manifest.clone().within(&known.manifest.asks().beyond(grants));
            sheet.lines("may", &words::powers(&granted));
            sheet.lines("may", &words::named(grants).into_iter().collect::<Vec<_>>());
            if missing.asks().is_empty() {
                &mut sheet
            } else {
                sheet.lines("may not", &words::powers(&missing))
            }
        }
    };
    sheet.line("imports", &known.imports.join(", "));
    sheet.text()
}
