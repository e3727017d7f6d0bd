//! A plugin that is ready to be called.

use std::sync::Arc;

use nix_ai_model_core::digest::{Algorithm, Digest, Hasher};
use nix_ai_model_core::ports::Artefacts;
use nix_ai_model_core::{Error, Kind as ErrorKind, Result};

use crate::artefact;
use crate::bindings::SourcePre;
use crate::bindings::scanner::ScannerPre;
use crate::component::{Outline, outline};
use crate::engine::Runtime;
use crate::host::Host;
use crate::manifest::{Kind, Manifest};
use crate::wasi;

/// A loaded plugin. Cheap to clone; every call gets a store of its own.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) runtime: Runtime,
    pub(crate) manifest: Arc<Manifest>,
    world: World,
    digest: Digest,
}

/// What a plugin exports, ready to be instantiated.
#[derive(Clone)]
enum World {
    Source(SourcePre<Host>),
    Scanner(ScannerPre<Host>),
}

impl Plugin {
    /// Checks a component, and loads its compiled artefact or compiles it.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where it is no plugin for this host, and says why.
    pub fn open(runtime: &Runtime, bytes: &[u8], artefacts: &dyn Artefacts) -> Result<Self> {
        let Outline { manifest, imports } = outline(bytes)?;
        let digest = digest(bytes);
        let component =
            artefact::load(&runtime.engine, &manifest.name, &digest.to_hex(), bytes, artefacts)?;
        let with_wasi = imports.iter().any(|import| import.starts_with(wasi::PREFIX));
        let world = runtime.linker(manifest.kind, with_wasi).and_then(|linker| {
            let instance = linker.instantiate_pre(&component)?;
            Ok(match manifest.kind {
                Kind::Source => World::Source(SourcePre::new(instance)?),
                Kind::Scanner => World::Scanner(ScannerPre::new(instance)?),
            })
        });
        let world = world.map_err(|error| {
            Error::new(
                ErrorKind::Refused,
                format!("plugin {} does not fit the interface that it names", manifest.name),
            )
            .with_hint("it was built against another version of the interface; build it again")
            .caused_by(error)
        })?;
        Ok(Self { runtime: runtime.clone(), manifest: Arc::new(manifest), world, digest })
    }

    /// The exports of a source.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where it is a scanner.
    pub(crate) fn source(&self) -> Result<&SourcePre<Host>> {
        match &self.world {
            World::Source(source) => Ok(source),
            World::Scanner(_) => Err(self.other("a scanner, not a source")),
        }
    }

    /// The exports of a scanner.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where it is a source.
    pub(crate) fn scanner(&self) -> Result<&ScannerPre<Host>> {
        match &self.world {
            World::Scanner(scanner) => Ok(scanner),
            World::Source(_) => Err(self.other("a source, not a scanner")),
        }
    }

    fn other(&self, what: &str) -> Error {
        Error::new(ErrorKind::Usage, format!("plugin {} is {what}", self.manifest.name))
            .with_hint("`nix-ai-model plugin list` shows the plugins that are there")
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the component.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The manifest, digest and imported interfaces of a component, without
    /// running or compiling it.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where it is no plugin.
    pub fn inspect(bytes: &[u8]) -> Result<(Manifest, Digest, Vec<String>)> {
        let outline = outline(bytes)?;
        Ok((outline.manifest, digest(bytes), outline.imports))
    }

    /// Compiles a component ahead of time and keeps the artefact.
    ///
    /// # Errors
    /// As [`Plugin::open`].
    pub fn compile(runtime: &Runtime, bytes: &[u8], artefacts: &dyn Artefacts) -> Result<Manifest> {
        let manifest = outline(bytes)?.manifest;
        let artefact = artefact::compile(&runtime.engine, &manifest.name, bytes)?;
        artefacts.save(&artefact::key(&digest(bytes).to_hex()), &artefact)?;
        Ok(manifest)
    }
}

fn digest(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(bytes);
    hasher.finish().remove(0)
}
