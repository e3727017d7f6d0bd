use std::path::{Path, PathBuf};

use nix_ai_model_core::Result;
use nix_ai_model_runtime::{Limits, Plugin, Runtime};
use nix_ai_model_store::ArtefactFolder;
use nix_ai_model_wiring::component_file;

use crate::context::Context;

pub(super) fn run(components: &[PathBuf], to: &Path, context: &Context) -> Result<()> {
    let runtime = Runtime::new(Limits::default())?;
    let artefacts = ArtefactFolder::package(to.to_owned());
    let mut compiled = Vec::new();
    if components.is_empty() {
        for builtin in nix_ai_model_builtin::plugins() {
            compiled.push(Plugin::compile(&runtime, builtin.component, &artefacts)?.name);
        }
    }
    for path in components {
        compiled.push(Plugin::compile(&runtime, &component_file(path)?, &artefacts)?.name);
    }
    context
        .output
        .result(&compiled, |names| format!("compiled {} to {}", names.join(", "), to.display()))
}
