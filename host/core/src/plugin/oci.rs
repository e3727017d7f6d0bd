//! Artefacts in registries of containers, after the OCI distribution spec.

use std::fmt;
use std::str::FromStr;

use crate::text::escape;
use crate::{Error, Kind, Result};

/// `registry[:port]/name:tag[@sha256:…]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OciReference {
    text: String,
}

impl OciReference {
    /// Where a newer version would be: the tag without the digest, where
    /// there is a tag.
    #[must_use]
    pub fn newest(&self) -> Self {
        match self.text.split_once('@') {
            Some((tagged, _))
                if tagged.rsplit('/').next().is_some_and(|name| name.contains(':')) =>
            {
                Self { text: tagged.to_owned() }
            }
            _ => self.clone(),
        }
    }
}

impl FromStr for OciReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix("oci://") {
            Some(rest) if rest.contains('/') => Ok(Self { text: rest.to_owned() }),
            _ => Err(Error::new(Kind::Usage, format!("\"{}\" names no artefact", escape(text)))
                .with_hint("write it as oci://registry/name:tag, or with @sha256:… behind it")),
        }
    }
}

impl fmt::Display for OciReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}", self.text)
    }
}
