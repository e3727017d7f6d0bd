use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pin;
use crate::spec::is_source_name;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// A project's `plugins.lock.json`: pins by name, so that a build asks nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    /// Always 1.
    version: Version,
    /// The pins by the plugins' names.
    pub plugins: BTreeMap<String, Pin>,
}

/// The one version of the file's format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub(super) struct Version;

impl TryFrom<u64> for Version {
    type Error = String;

    fn try_from(version: u64) -> std::result::Result<Self, String> {
        match version {
            1 => Ok(Self),
            other => Err(format!("version {other} of the file is not known, only 1")),
        }
    }
}

impl From<Version> for u64 {
    fn from(_: Version) -> Self {
        1
    }
}

impl LockFile {
    /// Reads a lock file.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is malformed.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let malformed = |why: String| {
            Error::new(Kind::Usage, format!("the plugins' lock file is malformed: {why}"))
                .with_hint("`nix-ai-model plugin add REF --lock FILE` writes it")
        };
        let lock: Self =
            serde_json::from_slice(text).map_err(|error| malformed(escape(&error.to_string())))?;
        match lock.plugins.keys().find(|name| !is_source_name(name)) {
            Some(name) => Err(malformed(format!("\"{}\" is no plugin's name", escape(name)))),
            None => Ok(lock),
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        super::receipt::pretty(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const TEXT: &str = r#"{
  "version": 1,
  "plugins": {
    "my-registry": {
      "component": "oci://registry.example/my-registry:1.0",
      "hash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      "grants": {
        "http": [
          "https://models.example.com"
        ]
      },
      "variables": [
        "MY_REGISTRY_TOKEN"
      ]
    }
  }
}
"#;

    #[test]
    fn what_is_written_is_read() {
        let lock = LockFile::parse(TEXT.as_bytes()).unwrap();
        assert_eq!(lock.to_json(), TEXT);
        lock.plugins["my-registry"].check("my-registry", b"").unwrap();
        let error = lock.plugins["my-registry"].check("my-registry", b"other").unwrap_err();
        assert_eq!(error.kind(), Kind::HashMismatch);
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("my-registry\": {", "My Registry\": {"),
            ("\"hash\": \"sha256-", "\"hash\": \"sha512-"),
            ("\"grants\"", "\"grant\""),
            ("\"http\"", "\"htpp\""),
            ("https://models.example.com", "https://*"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT, "{from}");
            assert_eq!(LockFile::parse(text.as_bytes()).unwrap_err().kind(), Kind::Usage, "{to}");
        }
    }
}
