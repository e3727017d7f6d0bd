//! What a source or plugin may reach, and with which credentials.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::origin::{Origin, OriginPattern};
use crate::secret::Secret;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// The authority that one run of a source has. Made by the binaries from a
/// manifest and the user's settings; enforced by the egress door.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// Who it is granted to, for messages: `plugin huggingface`.
    pub holder: String,
    /// Origins whose metadata may be read.
    pub http: Vec<OriginPattern>,
    /// Origins that plans may name and downloads may be redirected to.
    pub download: Vec<OriginPattern>,
    /// Origins that the *user* named. They serve for both, and only they may
    /// be plain http or have private addresses.
    pub named: Vec<Origin>,
    /// Origins of mirrors that the user named, for downloads alone. They too may
    /// be plain http or have private addresses.
    pub mirrors: Vec<Origin>,
    /// Whether any https origin with public addresses may serve downloads: for
    /// a source whose servers keep their bytes wherever they like.
    pub public_downloads: bool,
    /// Object stores whose objects plans may name. The host fetches them with
    /// the user's own credentials.
    pub objects: Vec<ObjectStore>,
    /// Credentials by handle.
    pub credentials: Vec<Credential>,
}

impl Grant {
    /// Whether metadata may be read from `origin`.
    pub fn allows_http(&self, origin: &Origin) -> bool {
        self.named.contains(origin) || self.http.iter().any(|pattern| pattern.allows(origin))
    }

    /// Whether bytes may be fetched from `origin`.
    pub fn allows_download(&self, origin: &Origin) -> bool {
        (self.public_downloads && origin.is_encrypted())
            || self.allows_http(origin)
            || self.mirrors.contains(origin)
            || self.download.iter().any(|pattern| pattern.allows(origin))
    }

    /// Whether the user named `origin`, be it as a mirror.
    pub fn is_named(&self, origin: &Origin) -> bool {
        self.named.contains(origin) || self.mirrors.contains(origin)
    }

    /// The credential with this handle.
    pub fn credential(&self, handle: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.handle == handle)
    }
}

/// A kind of object store, by the scheme of its objects' URIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectStore {
    /// Amazon S3, and what speaks like it: `s3://bucket/key`.
    S3,
    /// Google Cloud Storage: `gs://bucket/name`.
    Gs,
    /// Azure Blob Storage: `az://container/name`.
    Az,
}

impl ObjectStore {
    const ALL: [Self; 3] = [Self::S3, Self::Gs, Self::Az];

    /// The scheme: `s3`, `gs` or `az`.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
            Self::Az => "az",
        }
    }
}

impl fmt::Display for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme())
    }
}

impl FromStr for ObjectStore {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|store| store.scheme() == text).ok_or_else(|| {
            Error::new(Kind::Usage, format!("\"{}\" is not an object store", escape(text)))
                .with_hint("the object stores are s3, gs and az")
        })
    }
}

/// A credential, and the only place it may go.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The manifest's name for it.
    pub handle: String,
    /// The one origin it may be sent to.
    pub audience: Origin,
    /// How it is sent.
    pub injection: Injection,
    /// Its value, where the user has set one.
    pub secret: Option<Secret>,
    /// Where a value would be read from, for messages: `HF_TOKEN`.
    pub read_from: Vec<String>,
}

/// How a credential is put into a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    /// `Authorization: Bearer {value}`.
    Bearer,
    /// `Authorization: Basic {base64(value)}`, value being `user:password`.
    Basic,
    /// A header of this name with the value.
    Header(String),
    /// As a registry of containers asks for it: by the token challenge, or by
    /// Basic. The value is `user:password`; without one the token is anybody's.
    RegistryToken,
    /// A certificate and its key (PEM), shown on encrypted connections to the
    /// audience whatever else a request carries.
    ClientCertificate,
}
