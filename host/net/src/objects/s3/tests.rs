#![allow(clippy::unwrap_used, reason = "tests")]
use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const LIST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1</NextContinuationToken><Contents><Key>m/a &amp; b.bin</Key><LastModified>2026-11-25T14:40:55.000Z</LastModified><ETag>"900150983cd24fb0d6963f7d28e17f72"</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>m/</Key><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>0</Size></Contents><Name>bkt</Name><Prefix>m/</Prefix><MaxKeys>2</MaxKeys></ListBucketResult>"#;

fn bucket(endpoint: Option<&str>, name: &str) -> S3 {
    let endpoint = endpoint.map(|text| Url::parse(text).unwrap());
    S3::new(&S3Settings { endpoint, ..S3Settings::default() }, name).unwrap()
}

fn answer(headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Response {
        status: 200,
        headers: headers.collect(),
        body: Bytes::new(),
        final_url: Url::parse("https://s3.example/").unwrap(),
    }
}

#[test]
fn addresses_are_amazons_or_the_users() {
    let page = |endpoint, name| bucket(endpoint, name).page("a b/", None, false).to_string();
    assert_eq!(
        page(None, "models"),
        "https://models.s3.us-east-1.amazonaws.com/?list-type=2&prefix=a%20b%2F"
    );
    assert!(page(None, "my.models").starts_with("https://s3.us-east-1.amazonaws.com/my.models/?"));
    assert!(page(Some("http://127.0.0.1:9/s3"), "m").starts_with("http://127.0.0.1:9/s3/m/?"));
    let region = |region: &str| {
        S3::new(&S3Settings { region: Some(region.to_owned()), ..S3Settings::default() }, "m")
    };
    assert_eq!(
        region("cn-north-1").unwrap().base().as_str(),
        "https://m.s3.cn-north-1.amazonaws.com.cn/"
    );
    for hostile in ["evil.example/", "x@evil", "a.b", ""] {
        assert_eq!(region(hostile).err().unwrap().kind(), Kind::Usage, "{hostile}");
    }
}

#[test]
fn keys_are_asked_for_as_they_are() {
    let object = Object {
        uri: "s3://m/a//ünï #?%41+.json".parse().unwrap(),
        version: Some("v/1".to_owned()),
        etag: None,
    };
    assert_eq!(
        bucket(Some("http://h"), "m").bytes(&object).as_str(),
        "http://h/m/a//%C3%BCn%C3%AF%20%23%3F%2541%2B.json?versionId=v%2F1"
    );
}

#[test]
fn a_page_is_read() {
    let page = bucket(None, "m").read_page(LIST.as_bytes()).unwrap();
    assert_eq!(page.next.as_deref(), Some("t&1"));
    assert_eq!(page.found[0].key, "m/a & b.bin");
    assert_eq!(page.found[0].etag.as_deref(), Some("\"900150983cd24fb0d6963f7d28e17f72\""));
    assert_eq!((page.found[0].size, page.found.len()), (3, 2));
    let error = bucket(None, "m").read_page(b"<html>log in</html>x").unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
}

#[test]
fn only_digests_of_the_whole_are_digests() {
    let sha256 = ("x-amz-checksum-sha256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    let md5 = ("etag", "\"900150983cd24fb0d6963f7d28e17f72\"");
    let read = |headers: &[(&str, &str)]| {
        let all = [headers, &[("content-length", "3")]].concat();
        let found = bucket(None, "m").read_look("k", &answer(&all)).unwrap();
        found.digests.into_iter().map(|(algorithm, _)| algorithm.name()).collect::<Vec<_>>()
    };
    assert_eq!(read(&[sha256, md5]), ["sha256", "md5"]);
    assert_eq!(read(&[("x-amz-checksum-crc32", "NSRBwg=="), md5]), ["crc32", "md5"]);
    // A composite of parts, and a tag of several parts.
    assert!(
        read(&[("x-amz-checksum-sha256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=-2")])
            .is_empty()
    );
    assert!(read(&[sha256, ("x-amz-checksum-type", "COMPOSITE")]).is_empty());
    assert!(read(&[("etag", "\"d316408c159ea701ab954894bd3a92c2-2\"")]).is_empty());
    // Encrypted with a key of the user's.
    assert!(read(&[md5, ("x-amz-server-side-encryption", "aws:kms")]).is_empty());
    assert!(read(&[md5, ("x-amz-server-side-encryption-customer-algorithm", "AES256")]).is_empty());
    assert_eq!(read(&[md5, ("x-amz-server-side-encryption", "AES256")]), ["md5"]);
    // What moto says of an upload's request is no checksum of the object.
    let echo = (
        "x-amz-content-sha256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    assert!(read(&[echo]).is_empty());
    let express = bucket(None, "m--usw2-az1--x-s3");
    let found = express.read_look("k", &answer(&[md5, ("content-length", "3")])).unwrap();
    assert!(found.digests.is_empty());
}

#[test]
fn a_bucket_elsewhere_is_said() {
    let moved = Response { status: 301, ..answer(&[("x-amz-bucket-region", "eu-west-1")]) };
    let error = bucket(None, "m").complaint(&moved).unwrap();
    assert!(error.hint().unwrap().contains("AWS_REGION=eu-west-1"));
    assert!(bucket(None, "m").complaint(&answer(&[])).is_none());
}

proptest! {
    #[test]
    fn no_listing_panics(body in "(<(/)?(Contents|Key|Size|IsTruncated|ListBucketResult)>|[a-z0-9&;]|\\PC){0,40}") {
        let _ = bucket(None, "m").read_page(body.as_bytes());
    }

    #[test]
    fn a_key_survives_its_url(key in "[a-zA-Z0-9 /%?#+&=é~_-]{1,30}") {
        let Ok(uri) = format!("s3://m/{key}").parse() else { return Ok(()) };
        let object = Object { uri, version: None, etag: None };
        let url = bucket(Some("http://h"), "m").bytes(&object);
        let path = percent_encoding::percent_decode_str(url.path()).decode_utf8().unwrap();
        prop_assert_eq!(path.strip_prefix("/m/").unwrap(), key);
    }
}
