//! A registry of containers that lies.

use std::io;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::record::{Journal, Request};
use crate::scripted::{Answer, ScriptedServer};

/// The repository and tag under which the component is.
const NAME: &str = "team/plugin";

/// What it lies about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Nothing.
    None,
    /// Names another digest for the manifest than that of its bytes.
    ManifestDigest,
    /// Gives another component than the manifest names.
    Layer,
    /// Gives another config than the manifest names.
    Config,
    /// Says that the component is one byte shorter than it is.
    SmallerSize,
    /// Says that the component is one byte longer than it is.
    LargerSize,
    /// Says that the component is of two gigabytes.
    HugeSize,
    /// Ends in the middle of the component.
    Truncated,
    /// Sends on to an address of the local network for the component.
    PrivateRedirect,
    /// Sends on to itself by plain http for the manifest, at another port.
    ManifestElsewhere,
    /// Asks for a token, to be had at an address of the local network.
    PrivateRealm,
    /// Names a digest that leads out of the repository.
    PathForDigest,
    /// Gives an index in the place of a manifest.
    Index,
    /// Gives a manifest without an end.
    EndlessManifest,
}

impl Lie {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::ManifestDigest,
        Self::Layer,
        Self::Config,
        Self::SmallerSize,
        Self::LargerSize,
        Self::HugeSize,
        Self::Truncated,
        Self::PrivateRedirect,
        Self::ManifestElsewhere,
        Self::PrivateRealm,
        Self::PathForDigest,
        Self::Index,
        Self::EndlessManifest,
    ];
}

/// The registry; plain http, on loopback.
#[derive(Debug)]
pub struct HostileRegistry {
    server: ScriptedServer,
    digest: String,
}

impl HostileRegistry {
    /// Serves this component, and lies.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(component: &[u8], lie: Lie) -> io::Result<Self> {
        let config = json!({"architecture": "wasm", "os": "wasip2"}).to_string().into_bytes();
        let manifest = manifest(component, &config, lie).to_string().into_bytes();
        let named = digest(&manifest);
        let component = component.to_vec();
        let server = ScriptedServer::start(move |request| {
            answer(request, lie, &manifest, &config, &component)
        })?;
        Ok(Self { server, digest: named })
    }

    /// `oci://…:1.0`
    pub fn reference(&self) -> String {
        format!("oci://{}/{NAME}:1.0", self.server.authority())
    }

    /// The same, pinned to the digest of the manifest that it gives.
    pub fn pinned(&self) -> String {
        format!("{}@{}", self.reference(), self.digest)
    }

    /// The origin.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// What it was asked.
    pub fn journal(&self) -> &Journal {
        self.server.journal()
    }
}

fn manifest(component: &[u8], config: &[u8], lie: Lie) -> Value {
    let length = component.len() as u64;
    let size = match lie {
        Lie::SmallerSize => length - 1,
        Lie::LargerSize => length + 1,
        Lie::HugeSize => 2 << 30,
        _ => length,
    };
    let layer = match lie {
        Lie::PathForDigest => "../../../other/blobs/sha256:00".to_owned(),
        _ => digest(component),
    };
    let kind = if lie == Lie::Index { "index" } else { "manifest" };
    json!({
        "schemaVersion": 2,
        "mediaType": format!("application/vnd.oci.image.{kind}.v1+json"),
        "config": {
            "mediaType": "application/vnd.wasm.config.v0+json",
            "digest": digest(config),
            "size": config.len(),
        },
        "layers": [{"mediaType": "application/wasm", "digest": layer, "size": size}],
    })
}

fn answer(request: &Request, lie: Lie, manifest: &[u8], config: &[u8], component: &[u8]) -> Answer {
    let path = request.path();
    if path.contains("/manifests/") {
        return match lie {
            Lie::PrivateRealm => Answer::status(401).header(
                "WWW-Authenticate",
                "Bearer realm=\"http://169.254.169.254/token\",service=\"x\"",
            ),
            Lie::ManifestElsewhere => Answer::redirect("http://127.0.0.1:1/manifest"),
            Lie::EndlessManifest => Answer::zeros(1 << 40).without_length(),
            Lie::ManifestDigest => {
                let other = [manifest, b" "].concat();
                Answer::bytes(other).header("Docker-Content-Digest", digest(manifest))
            }
            _ => Answer::bytes(manifest),
        };
    }
    if path.ends_with(&digest(config)) {
        return Answer::bytes(if lie == Lie::Config { b"{}" } else { config });
    }
    match lie {
        Lie::Layer => {
            let mut other = component.to_vec();
            other[component.len() / 2] ^= 1;
            Answer::bytes(other)
        }
        Lie::Truncated => {
            Answer::bytes(&component[..component.len() / 2]).declaring(component.len() as u64)
        }
        Lie::PrivateRedirect => Answer::redirect("https://169.254.169.254/component"),
        Lie::HugeSize => Answer::zeros(2 << 30),
        _ => Answer::bytes(component),
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
