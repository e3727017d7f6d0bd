use super::Index;
use crate::testing::{fails, found};

#[test]
fn lists_are_judged_by_the_files_that_they_name() {
    for (json, bad) in [
        (
            r#"{"metadata":{"total_size":1},"weight_map":{"a":"model-00001-of-00002.safetensors"}}"#,
            false,
        ),
        (r#"{"weight_map":{"a":"../../x.bin"}}"#, true),
        (r#"{"weight_map":{"a":"/tmp/x.bin"}}"#, true),
        (r#"{"weight_map":{"a":1,"b":["/tmp"]}}"#, false),
        (
            r#"{"fileFormatVersion":"1.0.0","itemInfoEntries":{"A":{"path":"com.apple.CoreML/model.mlmodel"}}}"#,
            false,
        ),
        (
            r#"{"itemInfoEntries":{"A":{"author":"x","path":"../../../etc/passwd"}},"rootModelIdentifier":"A"}"#,
            true,
        ),
        (r#"{"weight_map":{"a":"x.bin"}} {"weight_map":{"a":"../x.bin"}}"#, true),
        (r#"{"a":{"weight_map":{"a":"../x.bin"}}}"#, false),
        (r#"{"itemInfoEntries":{"path":"../x"}}"#, false),
        (r#"{"weight_map": broken"#, false),
    ] {
        assert_eq!(
            fails(&found(&Index, "model.safetensors.index.json", json.as_bytes())),
            bad,
            "{json}"
        );
        assert_eq!(fails(&found(&Index, "Manifest.json", json.as_bytes())), bad, "{json}");
    }
}
