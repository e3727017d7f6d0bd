use serde::{Deserialize, Serialize};

use super::lock::Version;
use super::{Grants, Pin, Reference, Signer};
use crate::digest::Sri;
use crate::spec::is_source_name;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// What is kept of an installed plugin: the user's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    receipt: Version,
    /// The plugin's name.
    pub name: String,
    /// The plugin's own version.
    pub version: String,
    /// Where the component came from.
    pub component: Reference,
    /// SHA-256 of its bytes.
    pub hash: Sri,
    /// Who signed it, where a trusted key did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// What it was granted.
    #[serde(default)]
    pub grants: Grants,
}

impl Receipt {
    /// The receipt for a pin.
    pub fn new(name: String, version: String, pin: Pin, signer: Option<Signer>) -> Self {
        let Pin { component, hash, grants, variables: _ } = pin;
        Self { receipt: Version, name, version, component, hash, signer, grants }
    }

    /// Reads the receipt of the plugin `name`.
    ///
    /// # Errors
    /// [`Kind::Refused`] where it is malformed or another plugin's.
    pub fn parse(name: &str, text: &[u8]) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(
                Kind::Refused,
                format!("the receipt of plugin {} is malformed: {why}", escape(name)),
            )
            .with_hint(format!(
                "remove the plugin with `nix-ai-model plugin remove {}` and add it again",
                escape(name)
            ))
        };
        let receipt: Self =
            serde_json::from_slice(text).map_err(|error| malformed(&escape(&error.to_string())))?;
        if receipt.name != name || !is_source_name(name) {
            return Err(malformed("it names another plugin"));
        }
        Ok(receipt)
    }

    /// The same with other grants.
    #[must_use]
    pub fn with_grants(&self, grants: Grants) -> Self {
        Self { grants, ..self.clone() }
    }

    /// The pin in it.
    pub fn pin(&self) -> Pin {
        Pin {
            component: self.component.clone(),
            hash: self.hash.clone(),
            grants: self.grants.clone(),
            variables: Vec::new(),
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        pretty(self)
    }
}

pub(super) fn pretty(value: &impl Serialize) -> String {
    // All keys are texts, so nothing can fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let pin = Pin {
            component: "./p.wasm".parse().unwrap(),
            hash: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".parse().unwrap(),
            grants: Grants::default(),
            variables: Vec::new(),
        };
        let receipt = Receipt::new("hub".into(), "1.0.0".into(), pin, None);
        let text = receipt.to_json();
        assert_eq!(Receipt::parse("hub", text.as_bytes()).unwrap(), receipt);
        assert_eq!(Receipt::parse("bub", text.as_bytes()).unwrap_err().kind(), Kind::Refused);
        let other = text.replace("\"version\"", "\"versions\"");
        assert!(Receipt::parse("hub", other.as_bytes()).is_err());
        let half = &text.as_bytes()[..text.len() / 2];
        assert!(Receipt::parse("hub", half).unwrap_err().hint().unwrap().contains("plugin remove"));
    }
}
