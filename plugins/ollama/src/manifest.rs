//! The manifest of a model: what registries say of it.

use nix_ai_model_sdk::{Failure, Response, json};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::name::hex;

/// The largest manifest, in bytes; registries take none that is larger.
const LONGEST: usize = 4 << 20;

/// What a model is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct Manifest {
    /// `sha256:` and the digest of its bytes.
    pub digest: String,
    /// The blobs, the config among them as the last.
    pub blobs: Vec<Blob>,
}

/// One blob of a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Blob {
    /// What it is.
    pub role: Role,
    /// SHA-256 in hexadecimal.
    pub hex: String,
    /// Size in bytes.
    pub size: u64,
}

/// What a blob is to the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Role {
    /// What the manifest's `config` names.
    Config,
    /// A layer that has a file name of its own.
    Named(String),
    /// A layer of this media type.
    Layer(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Option<Vec<Descriptor>>,
    #[serde(default)]
    manifests: Option<IgnoredAny>,
}

/// Other fields are of no matter, `urls` that would lead elsewhere among them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default)]
    name: Option<String>,
}

impl Manifest {
    /// Reads a registry's answer.
    ///
    /// # Errors
    /// `network` where it is no manifest, `unsupported` where it is one of
    /// another kind.
    pub fn read(response: &Response) -> Result<Self> {
        let place = response.place();
        if response.body.len() > LONGEST {
            return Err(Failure::unsupported(format!(
                "the manifest at {place} is larger than {LONGEST} bytes"
            )));
        }
        let document: Document = json::read(response)?;
        if document.manifests.is_some() {
            return Err(Failure::unsupported(format!(
                "{place} is an index of several images, and not a model"
            )));
        }
        let Some(layers) = document.layers else {
            return Err(Failure::unsupported(format!("the manifest at {place} has no layers")));
        };
        let layers = layers.into_iter().map(|layer| layer.read(false, place));
        // Old models have an empty one.
        let config = document.config.filter(|config| !config.digest.is_empty());
        let config = config.map(|config| config.read(true, place));
        let blobs = layers.chain(config).collect::<Result<Vec<_>>>()?;
        let digest = digest(&response.body);
        let named = response.header("docker-content-digest");
        match named.filter(|named| hex(named).is_some_and(|_| **named != digest)) {
            Some(named) => Err(Failure::network(format!(
                "{place} answered with other bytes than those of {named}, which it names"
            ))
            .with_hint("something between here and the registry may change what it answers")),
            None => Ok(Self { digest, blobs }),
        }
    }
}

impl Descriptor {
    fn read(self, config: bool, place: &str) -> Result<Blob> {
        let Some(hex) = hex(&self.digest) else {
            return Err(Failure::unsupported(format!(
                "the manifest at {place} names a blob \"{}\", which is not sha256: and 64 digits",
                json::quoted(&self.digest)
            )));
        };
        let named = self.name.filter(|name| !name.is_empty());
        let role = match named {
            _ if config => Role::Config,
            Some(name) => Role::Named(name),
            None => Role::Layer(self.media_type),
        };
        Ok(Blob { role, hex: hex.to_owned(), size: self.size })
    }
}

/// `sha256:` and the digest of these bytes.
fn digest(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256:{digits}")
}
