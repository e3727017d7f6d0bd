use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{FailureKind, Locator, Source as _};
use serde_json::json;

use crate::TinyRegistry;
use crate::spec::Spec;

const URL: &str = "https://registry.example/v1/models/tiny-bert";

fn spec() -> Spec {
    Spec { model: "tiny-bert".to_owned(), revision: None }
}

#[test]
fn the_files_of_a_model_are_planned() {
    let model = json!({
        "revision": "r1",
        "files": [{ "path": "a b.bin", "size": 3, "sha256": "00" }],
    });
    let host = ScriptedHost::new().get(URL, Answer::json(&model));
    let plan = TinyRegistry::resolve(&host, &spec()).expect("the host answers");
    assert_eq!((plan.reference.as_str(), plan.pin.as_str()), ("tiny-bert", "r1"));
    let Locator::Download(download) = &plan.files[0].locator else { panic!("{plan:?}") };
    assert_eq!(download.url, "https://registry.example/v1/files/tiny-bert/r1/a%20b.bin");
}

#[test]
fn the_token_is_named_where_there_is_one() {
    let host = ScriptedHost::new().credential("token").get(URL, Answer::new(401, ""));
    let failure = TinyRegistry::resolve(&host, &spec()).expect_err("it is refused");
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert_eq!(host.requests()[0].credential.as_deref(), Some("token"));
}

#[test]
fn urls_of_an_earlier_plan_are_made_again() {
    let paths = ["a/b.bin".to_owned()];
    let locators = TinyRegistry::locate(&ScriptedHost::new(), &spec(), "r1", &paths);
    let Ok([Locator::Download(download)]) = locators.as_deref() else { panic!("{locators:?}") };
    assert_eq!(download.url, "https://registry.example/v1/files/tiny-bert/r1/a/b.bin");
}
