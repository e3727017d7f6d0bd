//! Digests as Nix writes them: `sha256-…=`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Algorithm, Digest};
use crate::text::escape;
use crate::{Error, Kind, Result};

/// A digest in the form of W3C Subresource Integrity, sha256 or sha512.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sri(Digest);

impl Sri {
    /// Wraps a digest.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the function is neither sha256 nor sha512.
    pub fn new(digest: Digest) -> Result<Self> {
        match digest.algorithm() {
            Algorithm::Sha256 | Algorithm::Sha512 => Ok(Self(digest)),
            other => Err(Error::new(
                Kind::Usage,
                format!("{} is no hash function for a pin", other.name()),
            )
            .with_hint("use sha256 or sha512")),
        }
    }

    /// The digest.
    pub fn digest(&self) -> &Digest {
        &self.0
    }
}

impl FromStr for Sri {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(Kind::Usage, format!("\"{}\" is not an SRI hash: {why}", escape(text)))
                .with_hint("write it as sha256-<44 characters of base64>, as `nix-ai-model prefetch` prints it")
        };
        let (name, value) = text.split_once('-').ok_or_else(|| malformed("it has no \"-\""))?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(malformed("only sha256 and sha512 are known")),
        };
        let value = STANDARD.decode(value).map_err(|_| malformed("its value is not base64"))?;
        let digest = Digest::new(algorithm, &value)
            .map_err(|_| malformed("its value has the wrong length"))?;
        Ok(Self(digest))
    }
}

impl fmt::Display for Sri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.algorithm().name(), STANDARD.encode(self.0.value()))
    }
}

impl Serialize for Sri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn malformed_ones_are_usage_errors() {
        for text in ["", "sha256", "sha256-", "sha256-xx", "md5-AAAA", "sha256-\u{1b}[31m"] {
            let error = text.parse::<Sri>().unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(!error.message().contains('\u{1b}'));
        }
    }

    proptest! {
        #[test]
        fn text_and_value_round_trip(value in proptest::collection::vec(any::<u8>(), 64)) {
            for digest in [
                Digest::new(Algorithm::Sha256, &value[..32]).unwrap(),
                Digest::new(Algorithm::Sha512, &value).unwrap(),
            ] {
                let sri = Sri::new(digest).unwrap();
                prop_assert_eq!(sri.to_string().parse::<Sri>().unwrap(), sri);
            }
        }
    }
}
