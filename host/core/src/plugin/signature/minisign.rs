//! Signatures as `minisign -S` writes them.

use minisign_verify::{Error as Unverified, Signature};

use super::key::PublicKey;
use super::{TrustedKey, forged};
use crate::{Error, Kind, Result};

/// The trusted key that signed the component, where one did.
pub(super) fn signer<'a>(
    trusted: &'a [TrustedKey],
    component: &[u8],
    text: &str,
) -> Result<Option<&'a TrustedKey>> {
    let signature = Signature::decode(text).map_err(|error| {
        Error::new(Kind::Refused, "the plugin's minisign signature is malformed")
            .with_hint("sign the component with `minisign -S -m FILE`")
            .caused_by(error)
    })?;
    for own in trusted {
        let PublicKey::Minisign(key, _) = &own.key else { continue };
        match key.verify(component, &signature, false) {
            Ok(()) => return Ok(Some(own)),
            Err(Unverified::UnexpectedKeyId) => {}
            Err(error) => return Err(forged(own).caused_by(error)),
        }
    }
    Ok(None)
}
