//! Public keys, in the forms that signing tools print them in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::PublicKey as MinisignKey;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};

use crate::text::escape;
use crate::{Error, Kind, Result};

/// What stands before an uncompressed point of P-256 in its
/// `SubjectPublicKeyInfo`.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Bytes of that point.
const P256_POINT: usize = 65;
/// What stands before the bytes of an Ed25519 key.
const ED25519_PREFIX: &[u8] =
    &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// Bytes of that key.
const ED25519_KEY: usize = 32;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// Of minisign, and its base64.
    Minisign(MinisignKey, String),
    /// Of anything that writes PEM.
    Spki(SpkiKey),
}

/// A `SubjectPublicKeyInfo` of P-256 or Ed25519, in DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpkiKey(Vec<u8>);

impl PublicKey {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(Kind::Usage, format!("the trusted key \"{}\" {why}", escape(name)))
                .with_hint("a key is the text of the .pub file that `minisign -G`, `cosign generate-key-pair` or `openssl pkey -pubout` writes")
        };
        if text.contains("-----BEGIN") {
            return SpkiKey::from_pem(text).map(Self::Spki).map_err(malformed);
        }
        // minisign's file has a line of comment above the key.
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        if let Some(key) = STANDARD.decode(line).ok().and_then(SpkiKey::from_der) {
            return Ok(Self::Spki(key));
        }
        MinisignKey::from_base64(line)
            .map(|key| Self::Minisign(key, line.to_owned()))
            .map_err(|error| malformed("is no public key of minisign, and no PEM").caused_by(error))
    }

    /// The key in one line, as [`PublicKey::parse`] reads it.
    pub(super) fn to_base64(&self) -> String {
        match self {
            Self::Minisign(_, base64) => base64.clone(),
            Self::Spki(key) => STANDARD.encode(&key.0),
        }
    }
}

impl SpkiKey {
    fn from_pem(text: &str) -> std::result::Result<Self, &'static str> {
        let inner = text
            .split_once("-----BEGIN PUBLIC KEY-----")
            .and_then(|(_, rest)| rest.split_once("-----END PUBLIC KEY-----"))
            .ok_or("is PEM of something else than one public key")?
            .0;
        let base64: String = inner.split_ascii_whitespace().collect();
        let der = STANDARD.decode(base64).map_err(|_| "is PEM with malformed base64")?;
        Self::from_der(der).ok_or("is of a kind that is not checked here; P-256 and Ed25519 are")
    }

    fn from_der(der: Vec<u8>) -> Option<Self> {
        let key = Self(der);
        key.parts().is_some().then_some(key)
    }

    fn parts(&self) -> Option<(&'static dyn VerificationAlgorithm, &[u8])> {
        let point = self.0.strip_prefix(P256).filter(|key| key.len() == P256_POINT);
        if let Some(point) = point {
            return Some((&ECDSA_P256_SHA256_ASN1, point));
        }
        let key = self.0.strip_prefix(ED25519_PREFIX).filter(|key| key.len() == ED25519_KEY)?;
        Some((&ED25519, key))
    }

    /// The DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.0
    }

    /// Whether it signed these bytes.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parts().is_some_and(|(algorithm, key)| {
            UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
        })
    }
}
