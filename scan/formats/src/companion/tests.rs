use proptest::prelude::*;

use super::Companion;
use crate::testing::{fails, found};

#[test]
fn what_lies_outside_is_told() {
    for bad in [
        r#"{"weightsManifest": [{"paths": ["http://a.example/b?u=1"]}]}"#,
        r#"{"weightsManifest": [{"weights": [], "paths": ["a.bin", "../../etc/passwd"]}]}"#,
        r#"{"model": {"decoder": {"filename": "../../x.onnx", "session_options": {}}}}"#,
        r#"{"model": {"decoder": {"session_options": {"custom_ops_library": "/tmp/x.so"}}}}"#,
        r#"{"model_type": "llama", "model_lib": "/tmp/x.so"}"#,
        r#"{"layer": {"@class": "com.sun.rowset.JdbcRowSetImpl", "dataSourceName": "ldap://x"}}"#,
        r#"{"modelTopology": {"node": [{"name": "w", "op": "WriteFile"}]}, "weightsManifest": []}"#,
        r#"{"graph": {"initializer": [{"externalData": [{"key": "location", "value": "/etc/passwd"}]}]}}"#,
    ] {
        assert!(fails(&found(&Companion, "model.json", bad.as_bytes())), "{bad}");
    }
    for good in [
        r#"{"weightsManifest": [{"paths": ["group1-shard1of1.bin"]}]}"#,
        r#"{"model": {"decoder": {"filename": "model.onnx", "session_options": {"provider_options": [{"qnn": {"backend_path": "QnnHtp.dll"}}]}}}}"#,
        r#"{"model_type": "llama", "model_lib": "llama_q4f16_1"}"#,
        r#"{"graph": {"initializer": [{"externalData": [{"key": "location", "value": "model.onnx.data"}]}]}}"#,
    ] {
        assert_eq!(found(&Companion, "model.json", good.as_bytes()), [], "{good}");
    }
}

#[test]
fn chunks_that_are_pickles_are_told() {
    let plain = r#"{"compressor": null, "dtype": "|O", "filters": [{"id": "pickle"}]}"#;
    let all = found(&Companion, "x/.zarray", plain.as_bytes());
    assert!(all.len() == 1 && !fails(&all), "{all:?}");
    let packed = r#"{"compressor": {"id": "blosc"}, "filters": [{"id": "pickle"}]}"#;
    assert!(fails(&found(&Companion, "x/.zarray", packed.as_bytes())));
}

proptest! {
    #[test]
    fn any_text_does_no_harm(text in "[a-z{}\":\\[\\], ]{0,200}") {
        found(&Companion, "genai_config.json", text.as_bytes());
    }
}
