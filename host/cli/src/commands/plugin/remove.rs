use nix_ai_model_core::Result;
use serde::Serialize;

use super::grant::installed;
use crate::context::Context;

#[derive(Serialize)]
struct Removed<'a> {
    name: &'a str,
}

pub(super) fn run(name: &str, context: &Context) -> Result<()> {
    let folder = context.plugins()?;
    // One whose receipt is malformed is removed too; one that is not there is
    // an error.
    if let Ok(receipt) = folder.receipt(name) {
        let receipt = receipt.map_or_else(|| installed(&folder, name), Ok)?;
        context.sources()?.artefacts().forget(&receipt.hash.digest().to_hex())?;
    }
    folder.remove(name)?;
    context.output.result(&Removed { name }, |removed| {
        format!("{} is removed, and all that was granted to it", removed.name)
    })
}
