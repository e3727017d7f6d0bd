//! Signatures of components, as `minisign` makes them.

use minisign_verify::{Error as Unverified, PublicKey, Signature as Minisign};
use serde::{Deserialize, Serialize};

use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// What is to be thought of a component's signature.
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedKey {
    /// The user's name for it.
    pub name: String,
    /// The public key in base64, as `minisign -G` prints it.
    pub key: String,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// What is done about components that no trusted key signed.
    #[serde(default)]
    pub unsigned: Unsigned,
    /// The keys that are trusted.
    #[serde(default, rename = "trusted-key")]
    pub trusted: Vec<TrustedKey>,
}

impl Policy {
    /// Checks the keys.
    ///
    /// # Errors
    /// [`Kind::Usage`] naming the one that is malformed.
    pub fn check(&self) -> Result<()> {
        for trusted in &self.trusted {
            if trusted.name.is_empty() || trusted.name.chars().any(is_hidden) {
                return Err(malformed(
                    "a trusted key has no name, or one with invisible characters",
                ));
            }
            trusted.public()?;
        }
        Ok(())
    }

    /// Compares a component with the text of its signature's file.
    ///
    /// # Errors
    /// [`Kind::Refused`] where a signature is malformed, or names a trusted key
    /// and does not fit the bytes: somebody changed one of the two.
    pub fn judge(&self, component: &[u8], signature: Option<&str>) -> Result<Signature> {
        let Some(text) = signature else { return Ok(Signature::Absent) };
        let signature = Minisign::decode(text).map_err(|error| {
            Error::new(Kind::Refused, "the plugin's signature is malformed")
                .with_hint("sign the component with `minisign -S -m FILE`")
                .caused_by(error)
        })?;
        for trusted in &self.trusted {
            match trusted.public()?.verify(component, &signature, false) {
                Ok(()) => {
                    let TrustedKey { name, key } = trusted.clone();
                    return Ok(Signature::Trusted(Signer { name, key }));
                }
                Err(Unverified::UnexpectedKeyId) => {}
                Err(error) => {
                    return Err(Error::new(
                        Kind::Refused,
                        format!(
                            "the plugin's signature by \"{}\" does not fit the component",
                            escape(&trusted.name)
                        ),
                    )
                    .with_hint("one of the two was changed after it was signed; do not install it")
                    .caused_by(error));
                }
            }
        }
        Ok(Signature::Unknown)
    }
}

impl TrustedKey {
    fn public(&self) -> Result<PublicKey> {
        PublicKey::from_base64(&self.key).map_err(|error| {
            malformed(&format!("the key \"{}\" is no minisign public key", escape(&self.name)))
                .caused_by(error)
        })
    }
}

fn malformed(why: &str) -> Error {
    Error::new(Kind::Usage, format!("the settings of plugins are malformed: {why}"))
        .with_hint("a key is the second line of the .pub file that `minisign -G` writes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Made by minisign 0.11 over the bytes `component`.
    const KEY: &str = "RWRi2jLhMTpQaG4JeiyiTiZY60bs734RpWs9ghOpCJl9h9y32q4wmmpO";
    const SIGNATURE: &str = "untrusted comment: signature from minisign secret key
RURi2jLhMTpQaA+r7+SF//SPivS5pRj7UbAo7pArUdakOuqIeaUqRJd0GzMv2p6d5IDna2TZan+yITsrnwaddVCPLyl0ovdBHwI=
trusted comment: timestamp:1795537863\tfile:p.wasm\thashed
RT8xVEdbIxFMbvBSurrv5JkfIx31XdGFOFoaNaEbsFw0khu6ODZ0jQf8VKdtYBVwj2LkQTh8E4X8UiMo7CrqCQ==
";
    const OTHER_KEY: &str = "RWTeocF42HrCibeIiKRN4EmbNKfNmU51LAoEtyKH1/cqt5r0ANCkvCdO";

    fn policy(keys: &[&str]) -> Policy {
        let trusted = keys.iter().map(|key| TrustedKey { name: "us".into(), key: (*key).into() });
        let policy = Policy { unsigned: Unsigned::Ask, trusted: trusted.collect() };
        policy.check().unwrap();
        policy
    }

    #[test]
    fn a_signature_is_trusted_unknown_absent_or_broken() {
        let both = policy(&[OTHER_KEY, KEY]);
        let signer = Signer { name: "us".into(), key: KEY.into() };
        assert_eq!(both.judge(b"component", Some(SIGNATURE)).unwrap(), Signature::Trusted(signer));
        assert_eq!(both.judge(b"component", None).unwrap(), Signature::Absent);
        let other = policy(&[OTHER_KEY]);
        assert_eq!(other.judge(b"component", Some(SIGNATURE)).unwrap(), Signature::Unknown);
        let comment = SIGNATURE.replace("file:p.wasm", "file:q.wasm");
        for (bytes, text) in
            [(&b"changed"[..], SIGNATURE), (b"component", &comment), (b"component", "nonsense")]
        {
            assert_eq!(both.judge(bytes, Some(text)).unwrap_err().kind(), Kind::Refused, "{text}");
        }
    }

    #[test]
    fn a_malformed_key_is_named() {
        let trusted = vec![TrustedKey { name: "theirs".into(), key: "RWnothing".into() }];
        let error = Policy { trusted, ..Policy::default() }.check().unwrap_err();
        assert!(error.message().contains("theirs"), "{error}");
    }
}
