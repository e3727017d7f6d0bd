use nix_ai_model_scan_walk::Level;

use super::TorchServe;
use crate::testing::{fails, found};

fn judged(model: &str) -> Vec<(String, Level)> {
    let text = format!(r#"{{"runtime":"python","model":{{{model}}},"archiverVersion":"0.12.0"}}"#);
    found(&TorchServe, "MANIFEST.json", text.as_bytes())
}

#[test]
fn handlers_and_paths_are_judged() {
    for bad in [
        r#""handler":"os:system","serializedFile":"m.pt""#,
        r#""handler":"h.py; echo inert","serializedFile":"m.pt""#,
        r#""handler":"image_classifier","serializedFile":"../../m.pt""#,
        r#""handler":"image_classifier","serializedFile":"m.pt","extraFiles":["a","/etc/hosts"]"#,
        r#""handler":"image_classifier","modelFile":"http://a.example/m.py""#,
    ] {
        assert!(fails(&judged(bad)), "{bad}");
    }
    let usual = r#""modelName":"m","handler":"image_classifier","serializedFile":"m.pt""#;
    assert_eq!(judged(usual), []);
    let own = r#""handler":"handler.py:Handler","modelFile":"model.py","extraFiles":"a.json,b.py""#;
    assert!(!judged(own).is_empty() && !fails(&judged(own)), "{:?}", judged(own));
    // Manifests of web pages have the same name.
    assert_eq!(found(&TorchServe, "manifest.json", br#"{"name": "page", "icons": []}"#), []);
}
