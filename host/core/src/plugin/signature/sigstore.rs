//! Sigstore bundles, of the form that `cosign sign-blob --key` writes: a
//! signature of the file by a key. Checked offline; the transparency log's
//! entries, where there are any, are not looked at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::key::PublicKey;
use super::{TrustedKey, forged, unfit};
use crate::plugin::pin::digest_of;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// What the media types of all versions begin with.
const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle";

/// The parts of a bundle that matter here. Later versions add others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    verification_material: Material,
    message_signature: Option<MessageSignature>,
    dsse_envelope: Option<Value>,
    /// What cosign 2 writes without `--new-bundle-format`.
    base64_signature: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    public_key: Option<Hint>,
    certificate: Option<Value>,
    x509_certificate_chain: Option<Value>,
}

/// Which key it was: SHA-256 of its DER in base64, by custom.
#[derive(Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageSignature {
    message_digest: Option<MessageDigest>,
    signature: String,
}

#[derive(Deserialize)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

/// The trusted key that signed the component, where one did.
pub(super) fn signer<'a>(
    trusted: &'a [TrustedKey],
    component: &[u8],
    text: &str,
) -> Result<Option<&'a TrustedKey>> {
    let (hint, signature) = parse(component, text)?;
    for own in trusted {
        let PublicKey::Spki(key) = &own.key else { continue };
        if key.verifies(component, &signature) {
            return Ok(Some(own));
        }
        if hint == STANDARD.encode(digest_of(key.der()).value()) {
            return Err(forged(own));
        }
    }
    Ok(None)
}

/// The hint at the key, and the signature.
fn parse(component: &[u8], text: &str) -> Result<(String, Vec<u8>)> {
    let bundle: Bundle =
        serde_json::from_str(text).map_err(|error| malformed().caused_by(error))?;
    if bundle.base64_signature.is_some() {
        return Err(malformed().caused_by("it is of the form from before the bundles"));
    }
    if !bundle.media_type.starts_with(MEDIA_TYPE) {
        let media_type = escape(&bundle.media_type);
        return Err(malformed().caused_by(format!("its media type is \"{media_type}\"")));
    }
    let Material { public_key, certificate, x509_certificate_chain } = bundle.verification_material;
    if certificate.is_some() || x509_certificate_chain.is_some() {
        return Err(Error::new(
            Kind::Refused,
            "the plugin's sigstore bundle is signed without a key, by a certificate of an identity",
        )
        .with_hint("a key is needed, which can be checked offline: ask its author to sign with `cosign sign-blob --key`"));
    }
    if bundle.dsse_envelope.is_some() {
        return Err(Error::new(
            Kind::Refused,
            "the plugin's sigstore bundle holds an attestation, not a signature of the component",
        )
        .with_hint(SIGN));
    }
    let (Some(Hint { hint }), Some(signed)) = (public_key, bundle.message_signature) else {
        return Err(malformed().caused_by("it names no key, or holds no signature"));
    };
    if let Some(MessageDigest { algorithm, digest }) = signed.message_digest {
        let own = STANDARD.encode(digest_of(component).value());
        if algorithm == "SHA2_256" && digest != own {
            return Err(unfit("the plugin's sigstore bundle is of another component"));
        }
    }
    let signature = STANDARD.decode(signed.signature);
    Ok((hint, signature.map_err(|error| malformed().caused_by(error))?))
}

const SIGN: &str = "sign the component with `cosign sign-blob --key KEY --new-bundle-format --bundle FILE.sigstore.json FILE`";

fn malformed() -> Error {
    Error::new(Kind::Refused, "the plugin's sigstore bundle is malformed").with_hint(SIGN)
}
