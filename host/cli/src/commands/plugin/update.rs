use nix_ai_model_core::Result;
use nix_ai_model_core::plugin::{Receipt, Signature};
use nix_ai_model_core::{Error, Kind};
use nix_ai_model_runtime::Plugin;
use nix_ai_model_store::PluginFolder;
use nix_ai_model_wiring::Sources;
use serde::Serialize;

use super::consent::{Candidate, check_asked};
use super::grant::installed;
use super::words;
use crate::arguments::Update;
use crate::context::Context;

#[derive(Serialize)]
struct Updated {
    name: String,
    from: String,
    to: String,
    changed: bool,
}

pub(super) async fn run(update: &Update, context: &Context) -> Result<()> {
    let sources = context.sources()?;
    let folder = context.plugins()?;
    let receipts = if update.names.is_empty() {
        folder.receipts()?
    } else {
        update.names.iter().map(|name| installed(&folder, name)).collect::<Result<_>>()?
    };
    let mut updated = Vec::new();
    for receipt in receipts {
        updated.push(one(&receipt, update, &folder, &sources, context).await?);
    }
    context.output.result(&updated, |updated| {
        let line = |Updated { name, from, to, changed }: &Updated| match changed {
            true => format!("{name} {from} → {to}\n"),
            false => format!("{name} {from} is the newest\n"),
        };
        updated.iter().map(line).collect()
    })
}

async fn one(
    receipt: &Receipt,
    update: &Update,
    folder: &PluginFolder,
    sources: &Sources,
    context: &Context,
) -> Result<Updated> {
    let candidate = Candidate::fetch(&receipt.component.newest(), sources, context).await?;
    let Receipt { name, version, .. } = receipt;
    let to = candidate.manifest.version.to_string();
    let outcome =
        |changed| Updated { name: name.clone(), from: version.clone(), to: to.clone(), changed };
    if candidate.manifest.name != *name {
        return Err(Error::new(
            Kind::Refused,
            format!(
                "what {} holds now is plugin {}, not {name}",
                receipt.component, candidate.manifest.name
            ),
        )
        .with_hint("add it under its own name"));
    }
    if candidate.hash == receipt.hash {
        return Ok(outcome(false));
    }
    let (old, ..) = Plugin::inspect(&folder.component(receipt)?)?;
    let given = update.grants.grants();
    check_asked(&candidate.manifest, &given)?;
    candidate.compile(sources)?;
    let growth = candidate.manifest.growth(&old, &receipt.grants);
    let lost = receipt.signer.as_ref().filter(|_| candidate.signer() != receipt.signer);
    let mut sheet = candidate.sheet();
    sheet.line("instead of", &format!("{version} ({})", receipt.hash));
    if let Some(signer) = lost {
        sheet.line("no longer", &format!("signed by {}", words::by(signer)));
    }
    if growth.is_empty() {
        sheet.line("asks for", "nothing more");
    } else {
        sheet.lines("may now", &words::powers(&candidate.manifest.clone().within(&growth)));
    }
    let shrunk = receipt.grants.beyond(&candidate.manifest.asks());
    let shrunk = old.within(&shrunk);
    if !shrunk.asks().is_empty() {
        sheet.lines("no longer", &words::powers(&shrunk));
    }
    if lost.is_some() && update.consent.yes && !update.consent.allow_unsigned {
        return Err(Error::new(
            Kind::Refused,
            format!("plugin {name} is no longer signed by the key that signed it before"),
        )
        .with_hint(
            "find out why from its author; where that is as it should be, update without --yes",
        ));
    }
    // Nothing to agree to: the same author, and no more than before.
    let same =
        growth.is_empty() && lost.is_none() && matches!(candidate.signature, Signature::Trusted(_));
    if !same {
        candidate.consent(&growth, &given, &update.consent, &sheet, context)?;
    }
    let grants = receipt.grants.with(&growth).with(&given).within(&candidate.manifest.asks());
    let next = Receipt::new(name.clone(), to.clone(), candidate.pin(grants), candidate.signer());
    folder.replace(receipt, &next, Some(&candidate.acquired.component))?;
    Ok(outcome(true))
}
