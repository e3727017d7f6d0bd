//! What goes wrong, and what the user hears of it.

use nix_ai_model_sdk::FailureKind;

use super::*;

const V3: &str = r#"{"modelName":"m","modelVersion":"3"}"#;
const ASKED: &str = "https://mlflow.example/api/2.0/mlflow/model-versions/get?name=m&version=3";
const NO_ALIAS: &str = include_str!("../../../fixtures/no-alias.json");
const NO_VERSION: &str = include_str!("../../../fixtures/no-version.json");

fn host() -> ScriptedHost {
    ScriptedHost::new().with_setting("MLFLOW_TRACKING_URI", "https://mlflow.example")
}

fn failing(status: u16, body: &str) -> ScriptedHost {
    host().get(ASKED, Answer::new(status, body))
}

#[test]
fn answers_are_told_apart() {
    let disabled =
        "Endpoint: /x disabled due to the mlflow server running with `--no-serve-artifacts`.";
    for (status, body, kind, word) in [
        (404, NO_VERSION, FailureKind::NotFound, "Models page"),
        (400, NO_ALIAS, FailureKind::NotFound, "aliases"),
        (
            400,
            r#"{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid Model Version stage: Foo."}"#,
            FailureKind::InvalidSpec,
            "",
        ),
        (
            400,
            r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"x"}"#,
            FailureKind::NotFound,
            "",
        ),
        (404, "<!doctype html>", FailureKind::Unsupported, "MLflow 3"),
        (
            404,
            r#"{"error_code":"ENDPOINT_NOT_FOUND","message":"x"}"#,
            FailureKind::Unsupported,
            "tracking URI",
        ),
        (
            401,
            "You are not authenticated.",
            FailureKind::Unauthorized,
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, none of which is set",
        ),
        (403, "Permission denied", FailureKind::Unauthorized, "Nix build"),
        (
            403,
            r#"{"error_code":"PERMISSION_DENIED","message":"x"}"#,
            FailureKind::Unauthorized,
            "Nix build",
        ),
        (429, "", FailureKind::RateLimited(None), "wait"),
        (503, disabled, FailureKind::Unsupported, "--serve-artifacts"),
        (503, "disabled in `--artifacts-only` mode", FailureKind::Unsupported, "trackingUri"),
        (501, "", FailureKind::Unsupported, ""),
        (500, "{}", FailureKind::Network, "later"),
        (502, "<html>", FailureKind::Network, "later"),
    ] {
        let failure = resolve(&failing(status, body), V3).unwrap_err();
        assert_eq!(failure.kind, kind, "{status} {body}: {}", failure.message);
        let hint = failure.hint.unwrap_or_default();
        assert!(hint.contains(word), "{status} {body}: {hint}");
        assert!(!failure.message.contains('<'), "{}", failure.message);
    }
}

#[test]
fn a_credential_that_is_not_accepted_is_named() {
    for (handle, word) in
        [("login", "MLFLOW_TRACKING_USERNAME and"), ("token", "MLFLOW_TRACKING_TOKEN")]
    {
        let failure = resolve(&failing(401, "").credential(handle), V3).unwrap_err();
        assert!(failure.message.contains("did not accept"), "{}", failure.message);
        assert!(failure.hint.unwrap().contains(word));
        let failure = resolve(&failing(403, "").credential(handle), V3).unwrap_err();
        assert!(failure.message.contains("does not let you read version 3"), "{}", failure.message);
    }
}

#[test]
fn no_version_in_a_stage_is_not_found() {
    let asked = "https://mlflow.example/api/2.0/mlflow/registered-models/get-latest-versions";
    let host = host().post(asked, Answer::new(200, "{}"));
    let failure = resolve(&host, r#"{"modelUri":"models:/m/Staging"}"#).unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("in stage \"Staging\""), "{}", failure.message);
}

#[test]
fn a_version_that_is_not_ready_is_not_fetched() {
    let body = r#"{"model_version":{"name":"m","version":"3","status":"PENDING_REGISTRATION"}}"#;
    let failure = resolve(&failing(200, body), V3).unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("PENDING_REGISTRATION"), "{}", failure.message);
}

#[test]
fn answers_of_no_known_shape_say_so() {
    for body in ["<html>log in</html>", "", "{}", r#"{"model_version":{"version":"x"}}"#] {
        let failure = resolve(&failing(200, body), V3).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Network, "{body}: {}", failure.message);
    }
}

#[test]
fn servers_that_cannot_be_asked_are_refused_without_showing_a_password() {
    for (uri, word) in [
        ("https://u:hunter2@mlflow.example", "MLFLOW_TRACKING_USERNAME"),
        ("https://mlflow.example/?t=hunter2", "https://mlflow.example.com"),
        ("sqlite:///hunter2.db", "mlflow server"),
        ("databricks://hunter2", "DATABRICKS_HOST"),
        ("databricks-uc://hunter2", "DATABRICKS_TOKEN"),
        ("", "http"),
    ] {
        let fields = format!(r#"{{"modelName":"m","modelVersion":"3","trackingUri":"{uri}"}}"#);
        let failure = resolve(&ScriptedHost::new(), &fields).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidSpec, "{uri}");
        assert!(!failure.message.contains("hunter2"), "{}", failure.message);
        assert!(failure.hint.as_ref().unwrap().contains(word), "{uri}: {:?}", failure.hint);
    }
    let failure = resolve(&ScriptedHost::new(), V3).unwrap_err();
    assert!(failure.hint.unwrap().contains("MLFLOW_TRACKING_URI"));
}

#[test]
fn unknown_fields_name_the_nearest_right_one() {
    let failure = resolve(&host(), r#"{"modelNam":"m"}"#).unwrap_err();
    assert_eq!(failure.hint.unwrap(), "did you mean \"modelName\"?");
}
