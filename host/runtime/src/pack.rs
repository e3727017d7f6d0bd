//! Puts a manifest into a component, so that the two cannot be parted.

use nix_ai_model_core::{Error, Kind, Result};
use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Chunk, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::manifest::{Manifest, SECTION};
use crate::plugin::Plugin;

/// How the custom sections begin in which a core module tells its interface.
const INTERFACE_SECTION: &str = "component-type";

/// A plugin of a component, or of a core module that tells its interface as
/// wit-bindgen's do, and a manifest, which takes the place of one that is
/// there. The same input makes the same bytes.
///
/// # Errors
/// [`Kind::Refused`] where the manifest is malformed, and where the component
/// is damaged or no plugin of this interface.
pub fn pack(component: &[u8], manifest: &str) -> Result<Vec<u8>> {
    Manifest::parse(manifest)?;
    let mut packed = if Parser::is_core_wasm(component) {
        component_of(component)?
    } else {
        without_manifest(component)?
    };
    let section = CustomSection { name: SECTION.into(), data: manifest.as_bytes().into() };
    section.append_to_component(&mut packed);
    Plugin::inspect(&packed)?;
    Ok(packed)
}

/// The component that a core module says it is one half of.
fn component_of(module: &[u8]) -> Result<Vec<u8>> {
    if !tells_its_interface(module)? {
        return Err(refused("it is a core module that does not tell its interface").with_hint(
            "build it with wit-bindgen, or into a component, as for the target wasm32-wasip2",
        ));
    }
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode());
    encoded.map_err(|error| {
        refused("no component can be made of its core module")
            .with_hint("build it into a component, as for the target wasm32-wasip2")
            .caused_by(format!("{error:#}"))
    })
}

fn tells_its_interface(module: &[u8]) -> Result<bool> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CustomSection(section) = payload.map_err(damaged)?
            && section.name().starts_with(INTERFACE_SECTION)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The component's own sections but for manifests. What is nested in it is
/// taken as it is.
fn without_manifest(component: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(component.len());
    let mut parser = Parser::new(0);
    let mut rest = component;
    loop {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true).map_err(damaged)? else {
            return Err(refused("it breaks off"));
        };
        let nested = match &payload {
            Payload::ModuleSection { unchecked_range, .. }
            | Payload::ComponentSection { unchecked_range, .. } => unchecked_range.len(),
            _ => 0,
        };
        let whole = consumed.saturating_add(nested);
        let Some((section, after)) = rest.split_at_checked(whole) else {
            return Err(refused("it breaks off"));
        };
        match payload {
            Payload::End(_) => return Ok(kept),
            Payload::CustomSection(custom) if custom.name() == SECTION => {}
            _ => kept.extend_from_slice(section),
        }
        rest = after;
    }
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Refused, format!("this cannot be packed: {why}"))
}

fn damaged(error: wasmparser::BinaryReaderError) -> Error {
    refused("it is damaged or no WebAssembly").caused_by(error)
}

#[cfg(test)]
mod tests;
