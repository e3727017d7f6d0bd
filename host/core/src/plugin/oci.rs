//! Artefacts in registries of containers, after the OCI image and
//! distribution specs 1.1.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::digest::{Algorithm, Digest};
use crate::text::escape;
use crate::{Error, Kind, Result};

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index of manifests.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of the config of a WebAssembly artefact.
pub const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// The media type of a WebAssembly layer.
pub const LAYER: &str = "application/wasm";
/// What else is in use for it.
const LAYERS: [&str; 2] = [LAYER, "application/vnd.wasm.content.layer.v1+wasm"];
/// The annotation of a manifest that holds the layer's minisign signature.
pub const MINISIGN: &str = "org.nix-ai-models.signature.minisign";
/// The annotation of a manifest that holds the layer's sigstore bundle.
pub const SIGSTORE: &str = "org.nix-ai-models.signature.sigstore";

/// `oci://registry[:port]/name:tag[@sha256:…]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OciReference {
    registry: String,
    name: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl OciReference {
    /// Host and port of the registry.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tag or digest by which its manifest is asked for: the digest where
    /// there is one.
    pub fn version(&self) -> &str {
        self.digest.as_deref().or(self.tag.as_deref()).unwrap_or("latest")
    }

    /// The digest of its manifest as `sha256:…`, where it names one.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The same, pinned to the manifest with this digest, `sha256:…`.
    #[must_use]
    pub fn pinned(&self, digest: &str) -> Self {
        let by_digest = self.digest.is_some() && self.tag.is_none();
        let tag = (!by_digest).then(|| self.tag.clone().unwrap_or_else(|| "latest".to_owned()));
        Self { tag, digest: Some(digest.to_owned()), ..self.clone() }
    }

    /// Where a newer version would be: the tag without the digest, where
    /// there is a tag.
    #[must_use]
    pub fn newest(&self) -> Self {
        let digest = self.digest.clone().filter(|_| self.tag.is_none());
        Self { digest, ..self.clone() }
    }
}

impl FromStr for OciReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(Kind::Usage, format!("\"{}\" names no artefact: {why}", escape(text)))
                .with_hint("write it as oci://registry/name:tag, or with @sha256:… behind it")
        };
        let rest = text.strip_prefix("oci://").ok_or_else(|| malformed("it has no oci://"))?;
        let (registry, path) =
            rest.split_once('/').ok_or_else(|| malformed("it has no name behind the registry"))?;
        if !is_registry(registry) {
            return Err(malformed("its registry is no host with or without a port"));
        }
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => (path, Some(digest)),
            None => (path, None),
        };
        let (name, tag) = match path.split_once(':') {
            Some((name, tag)) => (name, Some(tag)),
            None => (path, None),
        };
        if name.len() > 255 || !name.split('/').all(is_component) {
            return Err(malformed(
                "its name is not lower-case letters and digits, joined by . _ - and /",
            ));
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(malformed("its tag is malformed"));
        }
        if digest.is_some_and(|digest| parse_digest(digest).is_none()) {
            return Err(malformed("its digest is not sha256: and 64 hexadecimal digits"));
        }
        Ok(Self {
            registry: registry.to_owned(),
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

impl fmt::Display for OciReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}/{}", self.registry, self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

fn is_registry(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    text.chars().all(plain)
        && Url::parse(&format!("https://{text}/"))
            .is_ok_and(|url| url.has_host() && url.path() == "/")
}

/// Letters and digits in lower case, joined by one `.`, one or two `_`, or
/// hyphens.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(word)
        && text.ends_with(word)
        && text
            .split(word)
            .all(|joint| matches!(joint, "" | "." | "_" | "__") || joint.chars().all(|c| c == '-'))
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && !text.is_empty()
        && !text.starts_with(['.', '-'])
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn parse_digest(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix("sha256:")?;
    if hex.chars().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    Digest::new(Algorithm::Sha256, &hex::decode(hex).ok()?).ok()
}

/// A blob, as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// `sha256:…`
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

impl Descriptor {
    /// The descriptor of these bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        let digest = format!("sha256:{}", super::pin::digest_of(bytes).to_hex());
        Self { media_type: media_type.to_owned(), digest, size: bytes.len() as u64 }
    }

    /// Checks that these are its bytes.
    ///
    /// # Errors
    /// [`Kind::HashMismatch`] where they are not.
    pub fn check(&self, bytes: &[u8]) -> Result<()> {
        let found = Self::of(&self.media_type, bytes);
        if found == *self {
            return Ok(());
        }
        Err(Error::new(
            Kind::HashMismatch,
            format!(
                "the registry's bytes are not those of its manifest: {} of {} bytes instead of {} of {}",
                found.digest, found.size, escape(&self.digest), self.size
            ),
        )
        .with_hint("the registry, or something on the way to it, is broken or hostile"))
    }
}

/// A manifest of a WebAssembly artefact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    /// What it is made of.
    pub config: Descriptor,
    /// The component, alone.
    layers: Vec<Descriptor>,
    /// Further words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of one component.
    pub fn new(
        config: Descriptor,
        layer: Descriptor,
        annotations: BTreeMap<String, String>,
    ) -> Self {
        let media_type = Some(MANIFEST.to_owned());
        Self { schema_version: 2, media_type, config, layers: vec![layer], annotations }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Kind::Refused`] where it is malformed, or not that of one WebAssembly
    /// component.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let refused =
            |why: &str| Error::new(Kind::Refused, format!("the artefact is no plugin: {why}"));
        let what: MediaType = serde_json::from_slice(bytes)
            .map_err(|error| refused("its manifest is not JSON").caused_by(error))?;
        if let Some(media_type) = what.media_type.filter(|media_type| media_type != MANIFEST) {
            return Err(refused(&format!("its manifest is of the type {}", escape(&media_type)))
                .with_hint("a plugin's manifest is one image manifest, not an index"));
        }
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| refused("its manifest is malformed").caused_by(error))?;
        if manifest.config.media_type != CONFIG {
            return Err(refused(&format!(
                "its config is of the type {}",
                escape(&manifest.config.media_type)
            ))
            .with_hint(format!("WebAssembly artefacts have {CONFIG}")));
        }
        let [layer] = &manifest.layers[..] else {
            return Err(refused(&format!(
                "it has {} layers instead of one",
                manifest.layers.len()
            )));
        };
        if !LAYERS.contains(&layer.media_type.as_str()) {
            return Err(refused(&format!(
                "its layer is of the type {}",
                escape(&layer.media_type)
            )));
        }
        if [&manifest.config, layer].iter().any(|blob| parse_digest(&blob.digest).is_none()) {
            return Err(refused("a digest is not sha256: and 64 hexadecimal digits"));
        }
        Ok(manifest)
    }

    /// The component.
    pub fn layer(&self) -> &Descriptor {
        // Both ways to make one see to it that there is exactly one.
        &self.layers[0]
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MediaType {
    #[serde(default)]
    media_type: Option<String>,
}

#[cfg(test)]
mod tests;
