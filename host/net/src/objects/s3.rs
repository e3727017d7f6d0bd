//! S3, and what speaks like it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::object::Object;
use nix_ai_model_core::ports::{Method, Request, Response};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Deserialize;
use url::Url;

use super::settings::S3Settings;
use super::store::{Api, Found, Page, below, header, length, with_query};

/// The region that AWS's tools take where none is set.
const REGION: &str = "us-east-1";
/// Checksums that the store may tell, best first.
const CHECKSUMS: [(&str, Algorithm); 5] = [
    ("x-amz-checksum-sha256", Algorithm::Sha256),
    ("x-amz-checksum-sha1", Algorithm::Sha1),
    ("x-amz-checksum-crc64nvme", Algorithm::Crc64Nvme),
    ("x-amz-checksum-crc32c", Algorithm::Crc32c),
    ("x-amz-checksum-crc32", Algorithm::Crc32),
];

/// One bucket.
pub(super) struct S3 {
    /// The bucket's own address.
    base: Url,
    /// Amazon's one-zone buckets have tags that are no digests.
    express: bool,
}

/// The region that requests are signed for.
pub(super) fn region(settings: &S3Settings) -> &str {
    settings.region.as_deref().unwrap_or(REGION)
}

impl S3 {
    /// # Errors
    /// [`Kind::Usage`] where bucket or region are none that could be in a URL.
    pub(super) fn new(settings: &S3Settings, bucket: &str) -> Result<Self> {
        let express = bucket.ends_with("--x-s3");
        let base = match &settings.endpoint {
            Some(endpoint) => below(endpoint, bucket),
            None => address(region(settings), bucket)?,
        };
        Ok(Self { base, express })
    }

    /// Where it is.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }
}

/// Amazon's address of a bucket. A name with dots in it is in no certificate,
/// so that it goes into the path.
fn address(region: &str, bucket: &str) -> Result<Url> {
    let plain = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !plain(region) {
        return Err(Error::new(Kind::Usage, format!("\"{}\" is no region", escape(region)))
            .with_hint("write it as us-east-1"));
    }
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let text = if plain(bucket) {
        format!("https://{bucket}.s3.{region}.{domain}/")
    } else {
        format!("https://s3.{region}.{domain}/{bucket}/")
    };
    Url::parse(&text)
        .map_err(|_| Error::new(Kind::Usage, format!("\"{}\" is no bucket's name", escape(bucket))))
}

impl Api for S3 {
    fn page(&self, prefix: &str, after: Option<&str>, _: bool) -> Url {
        let mut pairs = vec![("list-type", "2"), ("prefix", prefix)];
        pairs.extend(after.map(|after| ("continuation-token", after)));
        with_query(below(&self.base, ""), &pairs)
    }

    fn read_page(&self, body: &[u8]) -> Result<Page> {
        let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
        let Listing::ListBucketResult(list) =
            quick_xml::de::from_str(text).map_err(|_| unreadable())?;
        let found = list.contents.into_iter().map(|entry| Found {
            key: entry.key,
            size: entry.size,
            etag: entry.etag.map(|tag| quoted(&tag)),
            ..Found::default()
        });
        Ok(Page { found: found.collect(), next: list.next.filter(|_| list.truncated) })
    }

    fn look(&self, key: &str) -> Request {
        Request {
            method: Method::Head,
            url: below(&self.base, key),
            headers: vec![("x-amz-checksum-mode".to_owned(), "ENABLED".to_owned())],
            body: None,
            credential: None,
        }
    }

    fn read_look(&self, key: &str, answer: &Response) -> Result<Found> {
        let etag = header(answer, "etag").map(quoted);
        let version = header(answer, "x-amz-version-id").filter(|version| *version != "null");
        Ok(Found {
            key: key.to_owned(),
            size: length(answer)?,
            digests: digests(answer, etag.as_deref().filter(|_| !self.express)),
            version: version.map(str::to_owned),
            etag,
        })
    }

    fn bytes(&self, object: &Object) -> Url {
        let url = below(&self.base, &object.uri.key);
        match &object.version {
            Some(version) => with_query(url, &[("versionId", version)]),
            None => url,
        }
    }

    fn looks_close(&self) -> bool {
        true
    }

    fn complaint(&self, answer: &Response) -> Option<Error> {
        let region = header(answer, "x-amz-bucket-region")?;
        let elsewhere = matches!(answer.status, 301 | 307 | 400);
        elsewhere.then(|| {
            let region = escape(region);
            Error::new(Kind::Usage, format!("the bucket is in the region {region}"))
                .with_hint(format!("set region = \"{region}\", or AWS_REGION={region}"))
        })
    }
}

/// What the store knows of the bytes. A checksum with a hyphen is one of the
/// parts' checksums; an entity tag is the MD5 only of what was put in one piece
/// and not encrypted with a key of one's own.
fn digests(answer: &Response, etag: Option<&str>) -> Vec<(Algorithm, String)> {
    let composite = header(answer, "x-amz-checksum-type") == Some("COMPOSITE");
    let told = CHECKSUMS.iter().filter(|_| !composite).filter_map(|(name, algorithm)| {
        let value = STANDARD.decode(header(answer, name)?).ok()?;
        (value.len() == algorithm.length()).then(|| (*algorithm, hex::encode(value)))
    });
    let encryption = header(answer, "x-amz-server-side-encryption");
    let keyed = encryption.is_some_and(|how| how != "AES256")
        || header(answer, "x-amz-server-side-encryption-customer-algorithm").is_some();
    let md5 = etag.map(|tag| tag.trim_matches('"')).filter(|tag| {
        !keyed && tag.len() == 32 && tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    });
    told.chain(md5.map(|md5| (Algorithm::Md5, md5.to_owned()))).collect()
}

/// As `If-Match` wants it.
fn quoted(tag: &str) -> String {
    if tag.starts_with('"') || tag.starts_with("W/") {
        tag.to_owned()
    } else {
        format!("\"{tag}\"")
    }
}

fn unreadable() -> Error {
    Error::new(Kind::Network, "it is no listing of an S3 bucket").with_hint(
        "check that the endpoint is an S3 server, and that no key has control characters",
    )
}

/// By the name of its root: another page is not an empty bucket.
#[derive(Deserialize)]
enum Listing {
    ListBucketResult(List),
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "IsTruncated", default)]
    truncated: bool,
    #[serde(rename = "NextContinuationToken", default)]
    next: Option<String>,
    #[serde(rename = "Contents", default)]
    contents: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Size")]
    size: u64,
    #[serde(rename = "ETag", default)]
    etag: Option<String>,
}

#[cfg(test)]
mod tests;
