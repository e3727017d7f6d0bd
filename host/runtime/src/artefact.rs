//! From a component's bytes to machine code, by way of the artefact cache.
//!
//! This is the one place in the project with `unsafe` code: wasmtime cannot
//! know where a compiled artefact comes from, so loading one is unsafe.

use nix_ai_model_core::ports::Artefacts;
use nix_ai_model_core::{Error, Kind, Result};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::tag;

/// The key of a component's artefact: a plain file name.
pub(crate) fn key(sha256: &str) -> String {
    format!("{sha256}-{}", tag())
}

/// Loads a component's artefact, or compiles and keeps it.
pub(crate) fn load(
    engine: &Engine,
    plugin: &str,
    sha256: &str,
    bytes: &[u8],
    artefacts: &dyn Artefacts,
) -> Result<Component> {
    let key = key(sha256);
    let mut unfit = None;
    if let Some(artefact) = artefacts.load(&key)? {
        match deserialize(engine, &artefact) {
            Ok(component) => return Ok(component),
            // Compiled by another build of the engine: of no use, and no threat.
            Err(error) => unfit = Some(error),
        }
    }
    if let Some(error) = &unfit {
        tracing::debug!(plugin, "its compiled artefact does not fit: {error:#}");
    }
    let artefact = compile(engine, plugin, bytes).map_err(|error| match unfit {
        Some(unfit) => error.caused_by(format!("the one there is does not fit: {unfit:#}")),
        None => error,
    })?;
    let component = deserialize(engine, &artefact).map_err(|error| {
        Error::new(Kind::Internal, format!("plugin {plugin} was compiled but does not load"))
            .caused_by(error)
    })?;
    artefacts.save(&key, &artefact)?;
    Ok(component)
}

#[allow(unsafe_code, reason = "wasmtime's deserialisation; see SAFETY")]
fn deserialize(engine: &Engine, artefact: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are either the output of `compile` in this process, or
    // come from an `Artefacts` store, whose contract is to hand out only what
    // it can vouch for: bytes this program wrote into a folder that no other
    // user can write, with a digest that matches. wasmtime itself checks that
    // version and settings fit.
    unsafe { Component::deserialize(engine, artefact) }
}

#[cfg(feature = "compiler")]
pub(crate) fn compile(engine: &Engine, plugin: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    engine.precompile_component(bytes).map_err(|error| {
        Error::new(Kind::Refused, format!("plugin {plugin} cannot be compiled"))
            .with_hint("the file is damaged, or uses WebAssembly features that plugins may not use")
            .caused_by(error)
    })
}

#[cfg(not(feature = "compiler"))]
pub(crate) fn compile(_: &Engine, plugin: &str, _: &[u8]) -> Result<Vec<u8>> {
    Err(Error::new(
        Kind::Refused,
        format!("plugin {plugin} has no compiled artefact for this builder"),
    )
    .with_hint(
        "the package is incomplete: `nix-ai-model plugin compile --to DIR` makes the artefacts, \
         and the builder looks for them in ../lib/nix-ai-model/artefacts beside its own folder",
    ))
}
