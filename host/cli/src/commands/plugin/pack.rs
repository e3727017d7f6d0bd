use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Plugin, pack};
use nix_ai_model_store::{document, settings};
use nix_ai_model_wiring::component_file;
use serde::Serialize;

use crate::arguments::Pack;
use crate::context::Context;

#[derive(Serialize)]
struct Packed {
    name: String,
    version: String,
    hash: Sri,
    file: String,
}

pub(super) fn run(arguments: &Pack, context: &Context) -> Result<()> {
    let component = component_file(&arguments.component)?;
    let manifest = settings::text(&arguments.manifest)?.ok_or_else(|| {
        let shown = escape(&arguments.manifest.to_string_lossy());
        Error::new(Kind::NotFound, format!("there is no manifest \"{shown}\""))
            .with_hint("name it with --manifest; docs/plugins/manifest.md says what is in it")
    })?;
    let packed = pack(&component, &manifest)?;
    let (manifest, digest, _) = Plugin::inspect(&packed)?;
    let file = arguments.out.clone().unwrap_or_else(|| format!("{}.wasm", manifest.name).into());
    document::replace(&file, &packed)?;
    let packed = Packed {
        name: manifest.name,
        version: manifest.version.to_string(),
        hash: Sri::new(digest)?,
        file: file.to_string_lossy().into_owned(),
    };
    context.output.result(&packed, |packed| {
        format!(
            "{} {} is in {} ({})",
            packed.name,
            packed.version,
            escape(&packed.file),
            packed.hash
        )
    })
}
