use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{FailureKind, Source as _};
use serde_json::json;

use crate::{Registry, Spec};

const URL: &str = "https://my-registry.example/models/tiny-bert";

fn spec() -> Spec {
    Spec {
        model: "tiny-bert".to_owned(),
    }
}

#[test]
fn the_files_of_a_model_are_planned() {
    let file = json!({ "path": "a.bin", "size": 3, "sha256": "00", "url": "https://h/a" });
    let model = json!({ "revision": "r1", "files": [file] });
    let host = ScriptedHost::new().get(URL, Answer::json(&model));
    let plan = Registry::resolve(&host, &spec()).expect("the host answers");
    assert_eq!(plan.pin, "r1");
    assert_eq!(plan.files[0].path, "a.bin");
}

#[test]
fn a_model_that_is_not_there_is_said() {
    let host = ScriptedHost::new().get(URL, Answer::new(404, ""));
    let failure = Registry::resolve(&host, &spec()).expect_err("there is none");
    assert_eq!(failure.kind, FailureKind::NotFound);
}
