#![allow(clippy::unwrap_used, reason = "tests")]
use proptest::prelude::*;

use super::*;

fn bucket() -> Gcs {
    Gcs::new(&GcsSettings::default(), "my.models")
}

#[test]
fn one_listing_tells_all() {
    let body = br#"{"items":[{"name":"m/a.bin","size":"3","crc32c":"Nks/tw==","md5Hash":"kAFQmDzST7DWlj99KOF/cg==","generation":"1795617656327072"},{"name":"m/composed","size":"0"}],"nextPageToken":"m/b"}"#;
    let page = bucket().read_page(body).unwrap();
    assert_eq!(page.next.as_deref(), Some("m/b"));
    let first = &page.found[0];
    assert_eq!((first.size, first.version.as_deref()), (3, Some("1795617656327072")));
    let digests: Vec<_> = first.digests.iter().map(|(_, hex)| hex.as_str()).collect();
    assert_eq!(digests, ["900150983cd24fb0d6963f7d28e17f72", "364b3fb7"]);
    assert!(page.found[1].digests.is_empty());
    assert!(bucket().read_page(b"{}").unwrap().found.is_empty());
    for body in [&b"<html>"[..], br#"{"items":[{"name":"a","size":"-1"}]}"#] {
        assert_eq!(bucket().read_page(body).unwrap_err().kind(), Kind::Network);
    }
}

#[test]
fn an_object_is_asked_for_by_its_generation() {
    let object = Object {
        uri: "gs://my.models/a/b c".parse().unwrap(),
        version: Some("7".to_owned()),
        etag: None,
    };
    assert_eq!(
        bucket().bytes(&object).as_str(),
        "https://storage.googleapis.com/storage/v1/b/my.models/o/a%2Fb%20c?alt=media&generation=7"
    );
}

proptest! {
    #[test]
    fn no_listing_panics(body in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = bucket().read_page(&body);
    }
}
