#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::json;

use super::*;

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn references_are_read_and_written() {
    let digest = format!("sha256:{HEX}");
    for text in [
        "oci://registry.example/a/b_c/d--e:1.0".to_owned(),
        "oci://127.0.0.1:5000/plugin:latest".to_owned(),
        "oci://[::1]:5000/plugin".to_owned(),
        format!("oci://registry.example/plugin@{digest}"),
        format!("oci://registry.example/plugin:1@{digest}"),
    ] {
        assert_eq!(text.parse::<OciReference>().unwrap().to_string(), text);
    }
    let reference: OciReference = "oci://r.example/p:1".parse().unwrap();
    let pinned = reference.pinned(&digest);
    assert_eq!(pinned.to_string(), format!("oci://r.example/p:1@{digest}"));
    assert_eq!((pinned.version(), pinned.newest()), (digest.as_str(), reference));
    let bare: OciReference = "oci://r.example/p".parse().unwrap();
    assert_eq!(bare.version(), "latest");
    assert_eq!(bare.pinned(&digest).newest().version(), "latest");
}

#[test]
fn malformed_references_are_usage_errors() {
    for text in [
        "registry.example/p",
        "oci://registry.example",
        "oci:///p",
        "oci://a b/p",
        "oci://u@r/p",
        "oci://r.example/P",
        "oci://r.example/a//b",
        "oci://r.example/../v2",
        "oci://r.example/a._b",
        "oci://r.example/p:",
        "oci://r.example/p:-x",
        "oci://r.example/p@sha256:00",
        "oci://r.example/p@sha512:00",
        "oci://r.example/p?x=1",
        "oci://r.example/p#x",
        "oci://r.example:99999/p",
    ] {
        assert_eq!(text.parse::<OciReference>().unwrap_err().kind(), Kind::Usage, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_accepted_reads_back_the_same(text in "oci://[a-z.:0-9]{1,12}/[a-z0-9._/-]{1,12}(:[a-z0-9.-]{0,5})?(@sha256:[0-9a-f]{0,64})?") {
        if let Ok(reference) = text.parse::<OciReference>() {
            prop_assert_eq!(reference.to_string(), text);
        }
    }
}

fn blob(media_type: &str) -> serde_json::Value {
    json!({"mediaType": media_type, "digest": format!("sha256:{HEX}"), "size": 0})
}

#[test]
fn a_manifest_is_that_of_one_component() {
    let good = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": blob(CONFIG), "layers": [blob(LAYER)],
        "annotations": {"a": "b"}, "subject": null,
    });
    let manifest = Manifest::parse(good.to_string().as_bytes()).unwrap();
    manifest.layer().check(b"").unwrap();
    assert_eq!(manifest.layer().check(b"x").unwrap_err().kind(), Kind::HashMismatch);
    let same = Manifest::new(
        manifest.config.clone(),
        manifest.layer().clone(),
        manifest.annotations.clone(),
    );
    assert_eq!(same, manifest);
    for (key, value) in [
        ("mediaType", json!(INDEX)),
        ("config", blob("application/vnd.oci.image.config.v1+json")),
        ("layers", json!([])),
        ("layers", json!([blob(LAYER), blob(LAYER)])),
        ("layers", json!([blob("application/vnd.oci.image.layer.v1.tar+gzip")])),
        ("layers", json!([{"mediaType": LAYER, "digest": "sha256:../../x", "size": 1}])),
        ("config", json!(7)),
    ] {
        let mut other = good.clone();
        other[key] = value;
        let error = Manifest::parse(other.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{other}");
    }
    assert!(Manifest::parse(b"{").is_err());
}
