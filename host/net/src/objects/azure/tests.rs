#![allow(clippy::unwrap_used, reason = "tests")]
use proptest::prelude::*;

use super::*;

fn container() -> Azure {
    Azure::new(&Url::parse("http://127.0.0.1:1/acc").unwrap(), "models")
}

fn blob(name: &str, more: &str) -> String {
    format!(
        "<Blob><Name>{name}</Name>{more}<Properties><Etag>0x1</Etag><Content-Length>3</Content-Length><Content-MD5>kAFQmDzST7DWlj99KOF/cg==</Content-MD5><BlobType>BlockBlob</BlobType></Properties></Blob>"
    )
}

fn listing(blobs: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><EnumerationResults ServiceEndpoint=\"x\" ContainerName=\"models\"><Prefix>m/</Prefix><Marker/><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
    )
}

#[test]
fn a_page_is_read() {
    let page = container().read_page(listing(&blob("m/a", "")).as_bytes()).unwrap();
    assert_eq!(page.next, None);
    assert_eq!(page.found[0].etag.as_deref(), Some("\"0x1\""));
    assert_eq!(page.found[0].digests[0].1, "900150983cd24fb0d6963f7d28e17f72");
    assert!(container().read_page(listing("").as_bytes()).unwrap().found.is_empty());
    for page in [&b"nonsense"[..], b"<html><body>log in</body></html>"] {
        assert_eq!(container().read_page(page).unwrap_err().kind(), Kind::Network);
    }
}

#[test]
fn only_the_current_version_counts() {
    let old = blob("m/a", "<VersionId>1</VersionId>");
    let new = blob("m/a", "<VersionId>2</VersionId><IsCurrentVersion>true</IsCurrentVersion>");
    let page = container().read_page(listing(&format!("{old}{new}")).as_bytes()).unwrap();
    assert_eq!(page.found.len(), 1);
    assert_eq!(page.found[0].version.as_deref(), Some("2"));
    let object = Object {
        uri: "az://models/m/a".parse().unwrap(),
        version: page.found[0].version.clone(),
        etag: None,
    };
    assert_eq!(
        container().bytes(&object).as_str(),
        "http://127.0.0.1:1/acc/models/m/a?versionid=2"
    );
}

proptest! {
    #[test]
    fn no_listing_panics(body in "(<(/)?(Blobs|Blob|Name|Properties|EnumerationResults)>|[a-z0-9&;]|\\PC){0,40}") {
        let _ = container().read_page(body.as_bytes());
    }
}
