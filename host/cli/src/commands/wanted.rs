//! From the command line's SPEC to a source that is ready.
#![allow(clippy::disallowed_methods, reason = "a spec may come by standard input")]

use std::io::Read as _;

use nix_ai_model_core::pattern::Pattern;
use nix_ai_model_core::spec::{Spec, Written};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::settings;
use nix_ai_model_wiring::{Ready, Sources, Transfers};

use crate::arguments::Wanted;
use crate::context::Context;

/// The longest JSON spec, in bytes.
const LONGEST: u64 = 1 << 20;

/// The spec, and its source under its grant.
pub(super) async fn ready(
    wanted: &Wanted,
    transfers: Transfers,
    context: &Context,
) -> Result<(Spec, Ready)> {
    let sources = context.sources_moving(transfers)?;
    let mut spec = spec(&wanted.spec, &sources).await?;
    for (patterns, texts) in [
        (&mut spec.selection.include, &wanted.include),
        (&mut spec.selection.exclude, &wanted.exclude),
    ] {
        for text in texts {
            patterns.push(Pattern::new(text)?);
        }
    }
    let ready = sources.ready(&spec).await?;
    Ok((spec, ready))
}

async fn spec(text: &str, sources: &Sources) -> Result<Spec> {
    let json = match text.strip_prefix('@') {
        Some(path) => settings::text(path.as_ref())?
            .ok_or_else(|| Error::new(Kind::Usage, format!("there is no file \"{path}\"")))?,
        None if text == "-" => standard_input()?,
        None => return sources.parse(text).await,
    };
    let value = serde_json::from_str(&json)
        .map_err(|error| Error::new(Kind::Usage, format!("the spec is not JSON: {error}")))?;
    sources.read(Written::from_json(value)?).await
}

fn standard_input() -> Result<String> {
    let mut json = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut json);
    read.map_err(|error| {
        Error::new(Kind::Usage, "the spec on standard input cannot be read").caused_by(error)
    })?;
    Ok(json)
}
