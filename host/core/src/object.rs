//! Objects in stores, as URIs name them.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::grant::ObjectStore;
use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// The longest key that the stores take, in bytes.
const KEY: usize = 1024;
/// What follows the account in the host of an Azure URI.
const AZURE_HOSTS: [&str; 2] = [".blob.core.windows.net", ".dfs.core.windows.net"];

/// A place in an object store: `s3://bucket/key`, `gs://bucket/key`,
/// `az://container/key` or, with its account,
/// `az://container@account.blob.core.windows.net/key`, which may also begin
/// with `wasbs` or `abfss`. The key is taken as it is written: nothing in it is
/// decoded. One that is empty or ends in `/` stands for all objects below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectUri {
    /// Whose store it is.
    pub store: ObjectStore,
    /// The Azure account, where the URI names it.
    pub account: Option<String>,
    /// The bucket or container: letters, digits, `.`, `-`, `_` and `$`.
    pub bucket: String,
    /// The key, or the prefix of keys.
    pub key: String,
}

impl ObjectUri {
    /// Checks the parts of a URI.
    ///
    /// # Errors
    /// [`Kind::Usage`] saying which part is malformed.
    pub fn new(store: ObjectStore, account: Option<&str>, bucket: &str, key: &str) -> Result<Self> {
        let malformed = |what: &str, text: &str| {
            Err(Error::new(Kind::Usage, format!("\"{}\" is no {what}", escape(text))))
        };
        let is_name = |text: &str| {
            (1..=255).contains(&text.len())
                && !text.starts_with('.')
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-$".contains(c))
        };
        if !is_name(bucket) {
            return malformed("name of a bucket or container", bucket);
        }
        if let Some(account) = account
            && !(account.len() <= 64
                && account.chars().all(|c| c.is_ascii_alphanumeric())
                && !account.is_empty())
        {
            return malformed("name of an Azure storage account", account);
        }
        if key.len() > KEY || key.chars().any(is_hidden) {
            return malformed("key: it is longer than 1024 bytes or unprintable", key);
        }
        // On the way to a server these would be resolved as steps in a path.
        if key.split('/').any(|name| matches!(name, "." | "..")) {
            return malformed("key that can be asked for: it steps through \".\" or \"..\"", key);
        }
        Ok(Self {
            store,
            account: account.map(str::to_owned),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The same store, another key. The key is a store's own word and is
    /// checked where it becomes a path.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// Whether it stands for all objects below it.
    pub fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }
}

impl FromStr for ObjectUri {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(Kind::Usage, format!("\"{}\" is not an s3, gs or az URI", escape(text)))
                .with_hint("write it as s3://bucket/prefix/, gs://bucket/prefix/ or az://container/prefix/")
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(malformed)?;
        let (place, key) = rest.split_once('/').unwrap_or((rest, ""));
        let store = match scheme {
            "s3" | "s3a" | "s3n" => ObjectStore::S3,
            "gs" => ObjectStore::Gs,
            "az" | "azure" | "wasb" | "wasbs" | "abfs" | "abfss" => ObjectStore::Az,
            _ => return Err(malformed()),
        };
        let (bucket, host) = match place.split_once('@') {
            Some((bucket, host)) if store == ObjectStore::Az => (bucket, Some(host)),
            Some(_) => return Err(malformed()),
            None => (place, None),
        };
        let account = match host {
            None => None,
            Some(host) => Some(
                AZURE_HOSTS
                    .iter()
                    .find_map(|suffix| host.strip_suffix(suffix))
                    .ok_or_else(malformed)?,
            ),
        };
        Self::new(store, account, bucket, key)
    }
}

impl fmt::Display for ObjectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.store, self.bucket)?;
        if let Some(account) = &self.account {
            write!(f, "@{account}{}", AZURE_HOSTS[0])?;
        }
        write!(f, "/{}", self.key)
    }
}

impl Serialize for ObjectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An object at one state of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Object {
    /// Where it is. Never a folder.
    pub uri: ObjectUri,
    /// The store's name for this state of it, where the store keeps older ones
    /// (S3 and Azure: version, Google: generation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its entity tag as `If-Match` takes it, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uris_are_read_and_written() {
        for (text, written) in [
            ("s3://bucket/a/b.bin", "s3://bucket/a/b.bin"),
            ("s3a://bucket/a/", "s3://bucket/a/"),
            ("gs://my.bucket_1", "gs://my.bucket_1/"),
            ("az://models/x%41 ?#", "az://models/x%41 ?#"),
            ("wasbs://c@acc1.blob.core.windows.net/a/", "az://c@acc1.blob.core.windows.net/a/"),
            ("abfss://c@acc1.dfs.core.windows.net/a", "az://c@acc1.blob.core.windows.net/a"),
        ] {
            assert_eq!(text.parse::<ObjectUri>().unwrap().to_string(), written);
        }
        assert!("s3://b/".parse::<ObjectUri>().unwrap().is_folder());
        assert!(!"s3://b/a".parse::<ObjectUri>().unwrap().is_folder());
    }

    #[test]
    fn what_is_no_uri_is_said() {
        for text in [
            "",
            "s3:bucket",
            "s3:///key",
            "s3://u@bucket/key",
            "s3://buc ket/key",
            "s3://../key",
            "s3://a:1/key",
            "az://c@evil.example/key",
            "az://c@a.b.blob.core.windows.net/key",
            "az://c@.blob.core.windows.net/key",
            "https://bucket/key",
            "s3://bucket/a\u{1b}b",
            "s3://bucket/a/../b/",
        ] {
            assert_eq!(text.parse::<ObjectUri>().unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_alike(text in "(s3|gs|az|wasbs)://[a-z@./-]{0,30}\\PC{0,20}") {
            if let Ok(uri) = text.parse::<ObjectUri>() {
                prop_assert_eq!(uri.to_string().parse::<ObjectUri>().unwrap(), uri);
            }
        }
    }
}
