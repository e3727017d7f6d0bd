use serde::{Deserialize, Serialize};

use super::{Grants, Reference};
use crate::digest::{Algorithm, Digest, Hasher, Sri};
use crate::text::escape;
use crate::{Error, Kind, Result};

/// A component by its digest, and what it was granted: what a project's
/// `plugins.lock.json`, a receipt and Nix's `plugins.NAME` hold alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Where the component came from, and comes from again.
    pub component: Reference,
    /// SHA-256 of its bytes.
    pub hash: Sri,
    /// What it was granted.
    #[serde(default, skip_serializing_if = "Grants::is_empty")]
    pub grants: Grants,
    /// Variables that a Nix build lets through to it beside its settings: what
    /// its credentials are read from. Its manifest decides what is done with
    /// them; these give it no authority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
}

impl Pin {
    /// Checks that these are the bytes that consent was given to.
    ///
    /// # Errors
    /// [`Kind::HashMismatch`] where they are others.
    pub fn check(&self, name: &str, component: &[u8]) -> Result<()> {
        let found = Sri::new(digest_of(component))?;
        if found == self.hash {
            return Ok(());
        }
        Err(Error::new(
            Kind::HashMismatch,
            format!(
                "the component of plugin {} is not the one that was consented to: {found} instead of {}",
                escape(name), self.hash
            ),
        )
        .with_hint("consent is given to a digest; look at the new one with `nix-ai-model plugin inspect`, and add it again"))
    }
}

/// SHA-256 of a component.
pub(crate) fn digest_of(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(bytes);
    hasher.finish().remove(0)
}
