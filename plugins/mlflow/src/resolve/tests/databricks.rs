//! Shapes of Databricks' published API. No workspace was asked.

use nix_ai_model_sdk::FailureKind;
use serde_json::{Value, json};

use super::*;

const BASE: &str = "https://adb-1.2.azuredatabricks.net";

fn host() -> ScriptedHost {
    ScriptedHost::new().with_setting("DATABRICKS_HOST", BASE).credential("databricks")
}

fn api(rest: &str) -> String {
    format!("{BASE}/api/2.0/mlflow/{rest}")
}

fn signed(path: &str) -> Value {
    json!({
        "signed_uri": format!("https://store.example/{path}?sig=1"),
        "headers": [{"name": "x-ms-version", "value": "1"}],
        "type": "AZURE_SAS_URI",
    })
}

fn workspace() -> ScriptedHost {
    let version = json!({"model_version": {
        "name": "m", "version": "3", "creation_timestamp": 1, "run_id": "r", "status": "READY",
        "source": "dbfs:/databricks/mlflow-tracking/1/r/artifacts/model",
    }});
    host().get(&api("model-versions/get?name=m&version=3"), Answer::json(&version))
}

const WORKSPACE: &str = r#"{"trackingUri":"databricks","modelName":"m","modelVersion":"3"}"#;

#[test]
fn a_workspaces_registry_signs_each_file() {
    let list = "model-versions/list-artifacts?name=m&version=3&path=";
    let sign = "model-versions/get-signed-download-uri?name=m&version=3&path=";
    let file = |path: &str| json!({"path": path, "is_dir": false, "file_size": 3});
    let first = json!({
        "files": [file("MLmodel"), {"path": "data", "is_dir": true}], "next_page_token": "t",
    });
    let host = workspace()
        .get(&api(list), Answer::json(&first))
        .get(&api(&format!("{list}&page_token=t")), Answer::json(&json!({"files": [file("z")]})))
        .get(&api(&format!("{list}data")), Answer::json(&json!({"files": [file("data/w.bin")]})))
        .get(&api(&format!("{sign}MLmodel")), Answer::json(&signed("MLmodel")))
        .get(&api(&format!("{sign}data%2Fw.bin")), Answer::json(&signed("data/w.bin")))
        .get(&api(&format!("{sign}z")), Answer::json(&signed("z")));
    let plan = resolve(&host, WORKSPACE).unwrap();
    let paths: Vec<_> = plan.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["MLmodel", "data/w.bin", "z"]);
    assert_eq!(urls(&plan)[1], "https://store.example/data/w.bin?sig=1");
    let first = download(&plan.files[0].locator);
    assert_eq!((first.headers[0].name.as_str(), &first.credential), ("x-ms-version", &None));
    assert!(
        host.requests().iter().all(|request| request.credential.as_deref() == Some("databricks"))
    );

    let host = workspace().get(&api(&format!("{sign}z")), Answer::json(&signed("fresh")));
    let fresh = locate(&host, WORKSPACE, &plan.pin, &["z"]).unwrap();
    assert_eq!(download(&fresh[0]).url, "https://store.example/fresh?sig=1");
}

fn unity(rest: &str) -> String {
    format!("{BASE}/api/2.1/unity-catalog/models/c.s.m{rest}")
}

fn with_files(host: ScriptedHost) -> ScriptedHost {
    let root = "/Models/c/s/m/3";
    let listing = json!({"contents": [
        {"path": format!("{root}/MLmodel"), "is_directory": false, "file_size": 3, "name": "MLmodel"},
        {"path": format!("{root}/a b"), "is_directory": true, "name": "a b"},
    ]});
    let below = json!({"contents": [{"path": format!("{root}/a b/w"), "is_directory": false, "file_size": 4}]});
    host.get(&format!("{BASE}/api/2.0/fs/directories{root}"), Answer::json(&listing))
        .get(&format!("{BASE}/api/2.0/fs/directories{root}/a%20b"), Answer::json(&below))
}

#[test]
fn unity_catalog_has_versions_aliases_and_no_stages() {
    let version = json!({
        "model_name": "m", "catalog_name": "c", "schema_name": "s", "version": 3, "id": "i",
        "status": "READY", "created_at": 1, "run_id": "r",
    });
    let latest = json!({"model_versions": [{"version": 1}, {"version": 3}, {"version": 2}]});
    let spec =
        |rest: &str| format!(r#"{{"trackingUri":"databricks-uc","modelName":"c.s.m",{rest}}}"#);
    let by_version = || host().get(&unity("/versions/3"), Answer::json(&version));
    let pins: Vec<String> = [
        (by_version(), r#""modelVersion":"3""#),
        (
            host().get(&unity("/aliases/champion"), Answer::json(&version)),
            r#""modelAlias":"champion""#,
        ),
        (
            by_version().get(&unity("/versions"), Answer::json(&latest)),
            r#""modelVersion":"latest""#,
        ),
    ]
    .into_iter()
    .map(|(host, rest)| {
        let plan = resolve(&with_files(host), &spec(rest)).unwrap();
        assert_eq!(urls(&plan)[1], format!("{BASE}/api/2.0/fs/files/Models/c/s/m/3/a%20b/w"));
        assert_eq!(download(&plan.files[0].locator).credential.as_deref(), Some("databricks"));
        plan.pin
    })
    .collect();
    assert!(pins[0].starts_with("models:/c.s.m/3;created=1;run=r;files="), "{}", pins[0]);
    assert!(pins.iter().all(|pin| *pin == pins[0]));
    let failure = resolve(&host(), &spec(r#""modelStage":"Production""#)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidSpec);
    assert!(failure.message.contains("has none"), "{}", failure.message);
    let short = spec(r#""modelVersion":"3""#).replace("c.s.m", "m");
    assert!(resolve(&host(), &short).unwrap_err().hint.unwrap().contains("catalog.schema.model"));
    let failure =
        locate(&by_version(), &spec(r#""modelVersion":"3""#), &pins[0], &["MLmodel"]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unsupported);
}

#[test]
fn logged_models_and_runs_are_signed_in_batches() {
    let model = json!({"model": {"info": {
        "model_id": "m-1", "name": "model", "creation_timestamp_ms": 1,
        "artifact_uri": "dbfs:/databricks/mlflow-tracking/1/logged_models/m-1/artifacts",
    }}});
    let names: Vec<String> = (0..150).map(|number| format!("f{number:03}")).collect();
    let files: Vec<Value> =
        names.iter().map(|name| json!({"path": name, "file_size": 1})).collect();
    // In another order than was asked for.
    let answer = |names: &[String]| {
        let one = |name: &String| {
            let mut info = signed(name);
            info["path"] = json!(name);
            json!({"model_id": "m-1", "credential_info": info})
        };
        Answer::json(&json!({"credentials": names.iter().rev().map(one).collect::<Vec<_>>()}))
    };
    let sign = api("logged-models/m-1/artifacts/credentials-for-download");
    let host = host()
        .get(&api("logged-models/m-1"), Answer::json(&model))
        .get(
            &api("logged-models/m-1/artifacts/directories?artifact_directory_path="),
            Answer::json(&json!({ "files": files })),
        )
        .post(&sign, answer(&names[..100]))
        .post(&sign, answer(&names[100..]));
    let plan =
        resolve(&host, r#"{"trackingUri":"databricks-uc","modelUri":"models:/m-1"}"#).unwrap();
    assert_eq!(plan.files.len(), 150);
    assert_eq!(urls(&plan)[149], "https://store.example/f149?sig=1");
}

#[test]
fn a_run_keeps_its_path_below_its_artifacts() {
    let run = json!({"run": {"info": {
        "run_id": "r", "artifact_uri": "dbfs:/databricks/mlflow-tracking/1/r/artifacts",
    }}});
    let file = json!({"files": [{"path": "plain/w", "is_dir": false, "file_size": 1}]});
    let signed = json!({"credential_infos": [signed("w")]});
    let list = api("artifacts/list?run_id=r&path=plain");
    let host = host()
        .get(&api("runs/get?run_id=r"), Answer::json(&run))
        .get(&list, Answer::json(&file))
        .post(&api("artifacts/credentials-for-read"), Answer::json(&signed));
    let plan =
        resolve(&host, r#"{"trackingUri":"databricks","modelUri":"runs:/r/plain"}"#).unwrap();
    assert_eq!(plan.files[0].path, "w");
    let sent: Value =
        serde_json::from_slice(host.requests().last().unwrap().body.as_ref().unwrap()).unwrap();
    assert_eq!(sent, json!({"run_id": "r", "path": ["plain/w"]}));
}

#[test]
fn without_a_workspace_or_token_it_is_said_what_is_missing() {
    let failure = resolve(&ScriptedHost::new(), WORKSPACE).unwrap_err();
    assert!(failure.hint.unwrap().contains("DATABRICKS_HOST"));
    let denied = Answer::new(403, r#"{"error_code":"PERMISSION_DENIED","message":"x"}"#);
    let host = ScriptedHost::new()
        .with_setting("DATABRICKS_HOST", BASE)
        .get(&api("model-versions/get?name=m&version=3"), denied);
    let failure = resolve(&host, WORKSPACE).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert!(failure.hint.unwrap().starts_with("set DATABRICKS_TOKEN"));
}
