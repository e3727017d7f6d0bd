//! What a component's bytes say without being run.

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};

use crate::manifest::{Manifest, SECTION};

/// The largest component, in bytes.
const LARGEST: usize = 64 << 20;
/// The longest manifest, in bytes.
const LONGEST_MANIFEST: usize = 64 << 10;
/// What every import of a plugin begins with.
const PACKAGE: &str = "nix-ai-model:plugin/";

/// What was read.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) manifest: Manifest,
    /// Names of imported interfaces.
    pub(crate) imports: Vec<String>,
}

/// Reads manifest and imports of a component, and refuses what is none.
pub(crate) fn outline(bytes: &[u8]) -> Result<Outline> {
    if bytes.len() > LARGEST {
        return Err(refused(&format!("it has {} bytes, more than {LARGEST}", bytes.len())));
    }
    let mut manifest = None;
    let mut imports = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload
            .map_err(|error| refused("it is damaged or no WebAssembly").caused_by(error))?
        {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(refused("it is a core module, not a component")
                    .with_hint("make a component of it with `wasm-tools component new`"));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => {
                if manifest.is_some() {
                    return Err(refused("it has two manifests"));
                }
                manifest = Some(section.data());
            }
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import
                        .map_err(|error| refused("its imports are damaged").caused_by(error))?;
                    if import.ty.kind() == ComponentExternalKind::Instance {
                        imports.push(import.name.name.to_owned());
                    } else {
                        return Err(foreign(import.name.name));
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(import) = imports.iter().find(|import| !import.starts_with(PACKAGE)) {
        return Err(foreign(import));
    }
    let manifest = manifest.ok_or_else(|| {
        refused("it has no manifest")
            .with_hint(format!("a plugin's plugin.toml is in its custom section \"{SECTION}\""))
    })?;
    if manifest.len() > LONGEST_MANIFEST {
        return Err(refused("its manifest is longer than 64 KiB"));
    }
    let text = std::str::from_utf8(manifest).map_err(|_| refused("its manifest is not UTF-8"))?;
    Ok(Outline { manifest: Manifest::parse(text)?, imports })
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Refused, format!("this is not a plugin: {why}"))
}

fn foreign(import: &str) -> Error {
    Error::new(
        Kind::Refused,
        format!("the plugin imports \"{}\", which plugins do not get", escape(import)),
    )
    .with_hint(format!("plugins may import the interfaces of {PACKAGE} alone"))
}
