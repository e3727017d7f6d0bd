use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use super::oci::OciReference;
use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// Where a component is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reference {
    /// A file's path.
    File(String),
    /// A file behind an https URL; http where the user names the origin.
    Url(Url),
    /// An artefact in a registry of containers.
    Oci(OciReference),
}

impl Reference {
    /// Where a newer version would be: without the digest of an artefact.
    #[must_use]
    pub fn newest(&self) -> Self {
        match self {
            Self::Oci(reference) => Self::Oci(reference.newest()),
            other => other.clone(),
        }
    }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = |why: &str| {
            Error::new(Kind::Usage, format!("\"{}\" is no plugin: {why}", escape(text)))
                .with_hint("name a file, an https URL, or oci://registry/name:tag")
        };
        if text.is_empty() || text.chars().any(is_hidden) {
            return Err(malformed("it is empty or has invisible characters"));
        }
        match text.split_once("://") {
            None => Ok(Self::File(text.to_owned())),
            Some(("oci", _)) => text.parse().map(Self::Oci),
            Some(("https" | "http", _)) => {
                let url = Url::parse(text).map_err(|_| malformed("it is no URL"))?;
                if !url.username().is_empty() || url.password().is_some() {
                    return Err(malformed("its URL carries a user or password")
                        .with_hint("put the login into the netrc file instead"));
                }
                Ok(Self::Url(url))
            }
            Some(_) => Err(malformed("its scheme is not known")),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(path),
            Self::Url(url) => f.write_str(url.as_str()),
            Self::Oci(reference) => reference.fmt(f),
        }
    }
}

impl TryFrom<String> for Reference {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn each_form_is_told_apart() {
        assert!(matches!("./p.wasm".parse().unwrap(), Reference::File(_)));
        assert!(matches!("https://a.example/p.wasm".parse().unwrap(), Reference::Url(_)));
        assert!(matches!("oci://ghcr.io/a/p:1".parse().unwrap(), Reference::Oci(_)));
        for wrong in ["", "ftp://a/p", "https://u:p@a.example/p.wasm", "a\u{202e}b", "https://"] {
            assert_eq!(wrong.parse::<Reference>().unwrap_err().kind(), Kind::Usage, "{wrong}");
        }
    }
}
