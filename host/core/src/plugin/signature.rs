//! Signatures of components: whose plugins the user installs.

mod key;
mod minisign;
mod sigstore;

use serde::{Deserialize, Serialize};

use self::key::PublicKey;
use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// The files that stand beside a component, by what they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures {
    /// The text of a minisign signature.
    pub minisign: Option<String>,
    /// The JSON text of a sigstore bundle.
    pub sigstore: Option<String>,
}

impl Signatures {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.minisign.is_none() && self.sigstore.is_none()
    }
}

/// What is to be thought of a component's signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    Absent,
    /// There is one, by none of the trusted keys.
    Unknown,
    /// A trusted key signed these bytes.
    Trusted(Signer),
}

/// The trusted key that signed a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The user's name for the key.
    pub name: String,
    /// The public key, in base64.
    pub key: String,
}

/// A key that the user trusts to sign plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    name: String,
    key: PublicKey,
}

impl TrustedKey {
    /// Reads a key: the base64 that `minisign -G` prints, its whole `.pub`
    /// file, or PEM with a P-256 or Ed25519 key as `cosign` and `openssl` write
    /// it.
    ///
    /// # Errors
    /// [`Kind::Usage`] naming it where it is none.
    pub fn new(name: &str, text: &str) -> Result<Self> {
        if name.is_empty() || name.chars().any(is_hidden) {
            return Err(Error::new(
                Kind::Usage,
                "a trusted key has no name, or one with invisible characters",
            )
            .with_hint("give each [[trusted-key]] a name that you will know it by"));
        }
        Ok(Self { name: name.to_owned(), key: PublicKey::parse(name, text)? })
    }

    fn signer(&self) -> Signer {
        Signer { name: self.name.clone(), key: self.key.to_base64() }
    }
}

/// What is done about a component that no trusted key signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsigned {
    /// It may be installed, where the user says so for this one.
    #[default]
    Ask,
    /// It may be installed like any other.
    Allow,
    /// It may not be installed.
    Refuse,
}

/// Whose plugins are installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What is done about components that no trusted key signed.
    pub unsigned: Unsigned,
    /// The keys that are trusted.
    pub trusted: Vec<TrustedKey>,
}

impl Policy {
    /// Compares a component with the signatures beside it. One by a trusted key
    /// is enough.
    ///
    /// # Errors
    /// [`Kind::Refused`] where a signature is malformed or of a form that is
    /// not checked here, or names a trusted key and does not fit the bytes:
    /// somebody changed one of the two.
    pub fn judge(&self, component: &[u8], signatures: &Signatures) -> Result<Signature> {
        let mut signers = Vec::new();
        if let Some(text) = &signatures.minisign {
            signers.extend(minisign::signer(&self.trusted, component, text)?);
        }
        if let Some(text) = &signatures.sigstore {
            signers.extend(sigstore::signer(&self.trusted, component, text)?);
        }
        Ok(match signers.first() {
            Some(signer) => Signature::Trusted(signer.signer()),
            None if signatures.is_empty() => Signature::Absent,
            None => Signature::Unknown,
        })
    }
}

/// The failure of a signature that says it is a trusted key's, and is not.
fn forged(trusted: &TrustedKey) -> Error {
    unfit(&format!(
        "the plugin's signature by \"{}\" does not fit the component",
        escape(&trusted.name)
    ))
}

fn unfit(message: &str) -> Error {
    Error::new(Kind::Refused, message)
        .with_hint("one of the two was changed after it was signed; do not install it")
}

#[cfg(test)]
mod tests;
