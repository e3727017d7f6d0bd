//! What a component's bytes say without being run.

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};

use crate::INTERFACE;
use crate::manifest::{Manifest, SECTION};
use crate::wasi;

/// The largest component, in bytes.
const LARGEST: usize = 64 << 20;
/// The longest manifest, in bytes.
const LONGEST_MANIFEST: usize = 64 << 10;
/// The version of WASI that is linked.
const WASI: &str = "0.2";
/// What the imports of our own interface begin with.
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
    imports.iter().try_for_each(|import| check_import(import))?;
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

/// An import is of our interface or of WASI, in a version that is spoken here.
fn check_import(import: &str) -> Result<()> {
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    let spoken = if name.starts_with(PACKAGE) {
        INTERFACE
    } else if let Some(rest) = name.strip_prefix(wasi::PREFIX)
        && rest.split_once('/').is_some_and(|(package, _)| wasi::PACKAGES.contains(&package))
    {
        WASI
    } else {
        return Err(foreign(import));
    };
    let same = version.strip_prefix(spoken).is_some_and(|patch| patch.starts_with('.'));
    if same {
        return Ok(());
    }
    Err(Error::new(
        Kind::Refused,
        format!(
            "the plugin imports \"{}\", and this host speaks version {spoken} of it",
            escape(import)
        ),
    )
    .with_hint("use a version of the plugin, or of nix-ai-model, that fits the other"))
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Refused, format!("this is not a plugin: {why}"))
}

fn foreign(import: &str) -> Error {
    Error::new(
        Kind::Refused,
        format!("the plugin imports \"{}\", which plugins do not get", escape(import)),
    )
    .with_hint(format!("plugins may import the interfaces of {PACKAGE} and of WASI {WASI} alone"))
}
