//! From a model's name to a plan.

use nix_ai_model_sdk::{
    Algorithm, Download, Failure, FailureKind, Field, Host, Locator, Plan, PlannedFile, Response,
};

use crate::Result;
use crate::answer::{ACCEPT, get};
use crate::layout;
use crate::manifest::Manifest;
use crate::name::{Name, hex};
use crate::spec::{OllamaSpec, Registry, reference};

/// The most bytes that a plan may hold inline.
const INLINE: usize = 1 << 20;

/// Reads the manifest and plans every blob that it names.
pub fn resolve(spec: &OllamaSpec, host: &dyn Host) -> Result<Plan> {
    let (registry, name) = spec.read()?;
    let base = format!("{}/v2/{}/{}", registry.origin(), name.namespace, name.model);
    let (url, response, manifest) = found(&base, &registry, &name, host)?;
    let mut files = vec![own(url, &registry, response, &manifest)];
    files.extend(layout::paths(&manifest.blobs).into_iter().map(|(path, blob)| {
        let download = Download::new(format!("{base}/blobs/sha256:{}", blob.hex))
            .credential(registry.credential());
        PlannedFile::download(path, download)
            .size(blob.size)
            .digest(Algorithm::Sha256, blob.hex.as_str())
    }));
    Ok(Plan { reference: reference(&registry, &name), pin: manifest.digest, files })
}

/// The manifest that the tag names. Where another one is asked for, the tag has
/// moved on; registries may still have the old one by its digest.
fn found(
    base: &str,
    registry: &Registry,
    name: &Name,
    host: &dyn Host,
) -> Result<(String, Response, Manifest)> {
    let ask = |reference: &str| {
        let url = format!("{base}/manifests/{reference}");
        let response = get(url.clone(), registry, name, host)?;
        let manifest = Manifest::read(&response)?;
        Ok::<_, Failure>((url, response, manifest))
    };
    let by_tag = ask(&name.tag)?;
    let Some(digest) = name.digest.as_ref().filter(|digest| **digest != by_tag.2.digest) else {
        return Ok(by_tag);
    };
    match ask(digest) {
        Ok(by_digest) if by_digest.2.digest == *digest => Ok(by_digest),
        Err(failure) if failure.kind != FailureKind::NotFound => Err(failure),
        _ => Err(Failure::not_found(format!(
            "{} has no {} any more: the tag is now @{}",
            registry.origin(),
            name.path(*registry == Registry::Public),
            by_tag.2.digest
        ))
        .with_hint("take the new digest, or the new hash, where the new model is wanted")),
    }
}

/// The file with the manifest's own bytes.
fn own(url: String, registry: &Registry, response: Response, manifest: &Manifest) -> PlannedFile {
    let mut download = Download::new(url).credential(registry.credential());
    download.headers.push(Field { name: "accept".to_owned(), value: ACCEPT.to_owned() });
    let size = response.body.len();
    let file = PlannedFile::download(layout::MANIFEST, download)
        .size(size as u64)
        .digest(Algorithm::Sha256, hex(&manifest.digest).unwrap_or_default());
    if size > INLINE {
        file
    } else {
        PlannedFile { locator: Locator::Inline(response.body), ..file }
    }
}

#[cfg(test)]
mod tests;
