//! What a source or plugin may reach, and with which credentials.

use crate::object::Scheme;
use crate::origin::{Origin, OriginPattern};
use crate::secret::Secret;

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
    /// Whether any https origin with public addresses may serve downloads: for
    /// a source whose every URL the user wrote, and whose servers redirect to
    /// wherever they keep their bytes.
    pub public_downloads: bool,
    /// Kinds of object store whose objects plans may name. The host fetches
    /// them by the user's own settings; their origins are none of this grant's.
    pub objects: Vec<Scheme>,
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
            || self.download.iter().any(|pattern| pattern.allows(origin))
    }

    /// Whether the user named `origin`.
    pub fn is_named(&self, origin: &Origin) -> bool {
        self.named.contains(origin)
    }

    /// The credential with this handle.
    pub fn credential(&self, handle: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.handle == handle)
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
}
