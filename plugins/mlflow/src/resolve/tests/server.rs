//! Against answers of a real MLflow server.

use nix_ai_model_sdk::FailureKind;
use serde_json::json;

use super::*;

const BASE: &str = "https://mlflow.example/base";
const MODEL: &str = "m-e8d2dc7719ec483ea9ecacf814e2b5df";
const RUN: &str = "cee032e53a284006af04b38d1a2ce354";
const VERSION: &str = include_str!("../../../fixtures/model-version.json");
const DOWNLOAD_URI: &str = include_str!("../../../fixtures/download-uri.json");
const LOGGED: &str = include_str!("../../../fixtures/logged-model.json");
const RUN_ANSWER: &str = include_str!("../../../fixtures/run.json");
const LISTING: &str = include_str!("../../../fixtures/listing.json");
const INFO: &str = include_str!("../../../fixtures/server-info.json");
const V3: &str = r#"{"modelName":"my-model","modelVersion":"1"}"#;

fn server() -> ScriptedHost {
    ScriptedHost::new().with_setting("MLFLOW_TRACKING_URI", &format!("{BASE}/"))
}

fn api(rest: &str) -> String {
    format!("{BASE}/api/2.0/mlflow/{rest}")
}

fn artifacts(rest: &str) -> String {
    format!("{BASE}/api/2.0/mlflow-artifacts/{rest}")
}

/// With `artifacts` an empty folder.
fn listed(host: ScriptedHost, root: &str) -> ScriptedHost {
    let path = |below: &str| format!("artifacts?path={}", root.replace('/', "%2F") + below);
    host.get(&format!("{BASE}/api/3.0/mlflow/server-info"), recorded(INFO))
        .get(&artifacts(&path("")), recorded(LISTING))
        .get(&artifacts(&path("%2Fartifacts")), recorded("{}"))
}

fn of_version(host: ScriptedHost) -> ScriptedHost {
    let asked = "model-versions/get-download-uri?name=my-model&version=1";
    let host = host.get(&api(asked), recorded(DOWNLOAD_URI));
    listed(host, &format!("0/models/{MODEL}/artifacts"))
}

fn with_version() -> ScriptedHost {
    server().get(&api("model-versions/get?name=my-model&version=1"), recorded(VERSION))
}

#[test]
fn a_version_is_pinned_and_listed() {
    let host = of_version(with_version()).credential("token");
    let plan = resolve(&host, V3).unwrap();
    assert!(host.is_spent());
    assert_eq!(plan.reference, "my-model/1");
    let pin = plan.pin.clone();
    assert!(pin.starts_with("models:/my-model/1;created="), "{pin}");
    assert!(pin.contains(&format!(";run={RUN};model={MODEL};files=sha256:")), "{pin}");
    assert_eq!(plan.files[0].path, "MLmodel");
    assert!(plan.files.iter().all(|file| file.size.is_some() && file.digests.is_empty()));
    let first = download(&plan.files[0].locator);
    assert_eq!(first.url, artifacts(&format!("artifacts/0/models/{MODEL}/artifacts/MLmodel")));
    assert_eq!(first.credential.as_deref(), Some("token"));
    assert!(host.requests().iter().all(|request| request.credential.as_deref() == Some("token")));
    assert_eq!(resolve(&of_version(with_version()), V3).unwrap().pin, pin, "it stays");
}

#[test]
fn alias_stage_and_latest_lead_to_the_same_pin() {
    let pin = resolve(&of_version(with_version()), V3).unwrap().pin;
    let by_alias = server()
        .get(&api("registered-models/alias?name=my-model&alias=champion"), recorded(VERSION));
    let plan =
        resolve(&of_version(by_alias), r#"{"modelName":"my-model","modelAlias":"champion"}"#)
            .unwrap();
    assert_eq!((plan.reference.as_str(), &plan.pin), ("my-model@champion", &pin));
    let version: serde_json::Value = serde_json::from_str(VERSION).unwrap();
    let old = json!({"name": "my-model", "version": "0"});
    let newest = json!({"model_versions": [old, version["model_version"]]});
    for (fields, body) in [
        (r#"{"modelUri":"models:/my-model/latest"}"#, json!({"name": "my-model"})),
        (
            r#"{"modelUri":"models:/my-model/Production"}"#,
            json!({"name": "my-model", "stages": ["Production"]}),
        ),
    ] {
        let asked = api("registered-models/get-latest-versions");
        let host = of_version(server().post(&asked, Answer::json(&newest)));
        assert_eq!(resolve(&host, fields).unwrap().pin, pin);
        let sent = host.requests()[0].body.clone().unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&sent).unwrap(), body);
    }
}

#[test]
fn a_login_comes_before_a_token_and_nothing_is_named_without_one() {
    for (handles, named) in [
        (&["login", "token"][..], Some("login")),
        (&["token"], Some("token")),
        (&["databricks"], None),
    ] {
        let host =
            handles.iter().fold(of_version(with_version()), |host, handle| host.credential(handle));
        let plan = resolve(&host, V3).unwrap();
        assert_eq!(download(&plan.files[0].locator).credential.as_deref(), named);
        assert!(host.requests().iter().all(|request| request.credential.as_deref() == named));
    }
}

#[test]
fn a_logged_model_is_its_own_pin() {
    let host = server().get(&api(&format!("logged-models/{MODEL}")), recorded(LOGGED));
    let host = listed(host, &format!("0/models/{MODEL}/artifacts"));
    let plan = resolve(&host, &format!(r#"{{"modelUri":"models:/{MODEL}"}}"#)).unwrap();
    assert_eq!(plan.reference, format!("models:/{MODEL}"));
    assert!(plan.pin.starts_with(&format!("models:/{MODEL};created=")), "{}", plan.pin);
}

fn with_run() -> ScriptedHost {
    server().get(&api(&format!("runs/get?run_id={RUN}")), recorded(RUN_ANSWER))
}

#[test]
fn a_runs_path_leads_to_the_model_that_it_logged_or_to_its_artifacts() {
    let host = with_run().get(&api(&format!("logged-models/{MODEL}")), recorded(LOGGED));
    let host = listed(host, &format!("0/models/{MODEL}/artifacts"));
    let plan = resolve(&host, &format!(r#"{{"modelUri":"runs:/{RUN}/model"}}"#)).unwrap();
    assert!(plan.pin.contains(&format!(";model={MODEL};files=")), "{}", plan.pin);

    let host = with_run().get(&api(&format!("logged-models/{MODEL}")), recorded(LOGGED));
    let host = listed(host, &format!("0/{RUN}/artifacts/plain"));
    let plan = resolve(&host, &format!(r#"{{"modelUri":"runs:/{RUN}/plain"}}"#)).unwrap();
    assert!(plan.pin.starts_with(&format!("runs:/{RUN}/plain;files=")), "{}", plan.pin);

    let host = listed(with_run(), &format!("0/{RUN}/artifacts"));
    assert!(!resolve(&host, &format!(r#"{{"modelUri":"runs:/{RUN}"}}"#)).unwrap().files.is_empty());
}

#[test]
fn one_file_of_a_run_is_fetched_alone() {
    let logged = || recorded(LOGGED);
    let run = || recorded(RUN_ANSWER);
    let root = format!("0%2F{RUN}%2Fartifacts%2Fplain");
    let info = format!("{BASE}/api/3.0/mlflow/server-info");
    let host = with_run()
        .get(&api(&format!("runs/get?run_id={RUN}")), run())
        .get(&api(&format!("logged-models/{MODEL}")), logged())
        .get(&api(&format!("logged-models/{MODEL}")), logged())
        .get(&info, recorded(INFO))
        .get(&info, recorded(INFO))
        .get(&artifacts(&format!("artifacts?path={root}%2Fconda.yaml")), recorded("{}"))
        .get(&artifacts(&format!("artifacts?path={root}")), recorded(LISTING));
    let plan =
        resolve(&host, &format!(r#"{{"modelUri":"runs:/{RUN}/plain/conda.yaml"}}"#)).unwrap();
    assert_eq!(plan.files.len(), 1);
    assert_eq!(urls(&plan), [artifacts(&format!("artifacts/0/{RUN}/artifacts/plain/conda.yaml"))]);
}

#[test]
fn old_servers_keep_models_among_a_runs_artifacts() {
    // MLflow 2: no model id, a source below the run, no information on itself.
    let version = json!({"model_version": {
        "name": "my-model", "version": "1", "creation_timestamp": 1, "current_stage": "None",
        "source": format!("mlflow-artifacts:/0/{RUN}/artifacts/model"), "run_id": RUN,
        "status": "READY", "run_link": "",
    }});
    let uri = json!({"artifact_uri": format!("mlflow-artifacts:/0/{RUN}/artifacts/model")});
    let path = format!("artifacts?path=0%2F{RUN}%2Fartifacts%2Fmodel");
    let host = server()
        .get(&api("model-versions/get?name=my-model&version=1"), Answer::json(&version))
        .get(&api("model-versions/get-download-uri?name=my-model&version=1"), Answer::json(&uri))
        .get(&format!("{BASE}/api/3.0/mlflow/server-info"), Answer::new(404, "<!doctype html>"))
        .get(
            &artifacts(&path),
            Answer::json(
                &json!({"files": [{"path": "MLmodel", "is_dir": false, "file_size": "3"}]}),
            ),
        );
    let plan = resolve(&host, V3).unwrap();
    assert_eq!(plan.files[0].size, Some(3));
    assert!(plan.pin.contains(&format!(";created=1;run={RUN};files=")), "{}", plan.pin);
}

fn stored_at(uri: &str) -> ScriptedHost {
    let answer = Answer::json(&json!({ "artifact_uri": uri }));
    with_version().get(&api("model-versions/get-download-uri?name=my-model&version=1"), answer)
}

#[test]
fn what_lies_in_object_stores_is_left_to_the_host() {
    for (uri, object) in [
        ("s3://bucket/a/b", "s3://bucket/a/b/"),
        ("gs://bucket/a/b/", "gs://bucket/a/b/"),
        ("wasbs://c@acc.blob.core.windows.net/a", "az://c@acc.blob.core.windows.net/a/"),
        ("abfss://c@acc.dfs.core.windows.net", "az://c@acc.dfs.core.windows.net/"),
    ] {
        let plan = resolve(&stored_at(uri), V3).unwrap();
        assert_eq!((plan.files.len(), plan.files[0].path.as_str()), (1, ""));
        let Locator::Object(found) = &plan.files[0].locator else { panic!("no object") };
        assert_eq!(found, object);
        assert!(plan.pin.ends_with(&format!(";objects={object}")), "{}", plan.pin);
    }
}

#[test]
fn other_places_say_what_to_do() {
    for (uri, word) in [
        ("file:///srv/mlruns/0/x", "--serve-artifacts"),
        ("/srv/mlruns/0/x", "--serve-artifacts"),
        ("./mlruns/0/x", "--serve-artifacts"),
        ("hdfs://host/x", "--serve-artifacts"),
        ("dbfs:/x", "--serve-artifacts"),
        ("https://elsewhere.example/x", "--serve-artifacts"),
        ("s3:///x", "--serve-artifacts"),
    ] {
        let failure = resolve(&stored_at(uri), V3).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unsupported, "{uri}: {}", failure.message);
        assert!(failure.hint.unwrap().contains(word), "{uri}");
    }
    let failure = resolve(&stored_at("mlflow-artifacts:/0/../../x"), V3).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network);
}

#[test]
fn artifacts_may_be_served_elsewhere() {
    for (uri, service) in [
        (
            "mlflow-artifacts://artifacts.example:8080/0/x",
            "https://artifacts.example:8080/api/2.0/mlflow-artifacts",
        ),
        (
            "http://a.example/p/api/2.0/mlflow-artifacts/artifacts/0/x",
            "http://a.example/p/api/2.0/mlflow-artifacts",
        ),
    ] {
        let host = stored_at(uri)
            .get(&format!("{BASE}/api/3.0/mlflow/server-info"), recorded(INFO))
            .get(&format!("{service}/artifacts?path=0%2Fx"), recorded(LISTING))
            .get(&format!("{service}/artifacts?path=0%2Fx%2Fartifacts"), recorded("{}"));
        let plan = resolve(&host, V3).unwrap();
        assert_eq!(urls(&plan)[0], format!("{service}/artifacts/0/x/MLmodel"));
    }
}

const LARGE: u64 = 40 << 20;

fn presigned(file: &str) -> Answer {
    Answer::json(&json!({
        "url": format!("https://bucket.example/{file}?signature=1"),
        "headers": {"x-amz-x": "1"}, "file_size": LARGE,
    }))
}

#[test]
fn large_files_come_by_presigned_urls_where_the_server_wants_that() {
    let info = json!({"multipart_downloads_enabled": true});
    let listing = json!({"files": [
        {"path": "large.bin", "is_dir": false, "file_size": LARGE},
        {"path": "small.txt", "is_dir": false, "file_size": 1},
    ]});
    let host = stored_at("mlflow-artifacts:/0/x")
        .get(&format!("{BASE}/api/3.0/mlflow/server-info"), Answer::json(&info))
        .get(&artifacts("artifacts?path=0%2Fx"), Answer::json(&listing))
        .get(&artifacts("presigned/0/x/large.bin"), presigned("large.bin"))
        .credential("login");
    let plan = resolve(&host, V3).unwrap();
    let large = download(&plan.files[0].locator);
    assert_eq!(
        (large.url.as_str(), &large.credential),
        ("https://bucket.example/large.bin?signature=1", &None)
    );
    assert_eq!((large.headers[0].name.as_str(), large.headers[0].value.as_str()), ("x-amz-x", "1"));
    assert_eq!(download(&plan.files[1].locator).credential.as_deref(), Some("login"));
}

#[test]
fn an_expired_url_is_asked_for_again_by_the_pin() {
    let pin = resolve(&of_version(with_version()), V3).unwrap().pin;
    let located = || {
        with_version()
            .get(
                &api("model-versions/get-download-uri?name=my-model&version=1"),
                recorded(DOWNLOAD_URI),
            )
            .get(&format!("{BASE}/api/3.0/mlflow/server-info"), recorded(INFO))
    };
    let url = artifacts(&format!("presigned/0/models/{MODEL}/artifacts/a%20b"));
    let host = located().get(&url, presigned("a"));
    // Whatever the alias says by now, the version is the pin's.
    let by_alias = r#"{"modelName":"my-model","modelAlias":"champion"}"#;
    let fresh = locate(&host, by_alias, &pin, &["a b"]).unwrap();
    assert_eq!(download(&fresh[0]).url, "https://bucket.example/a?signature=1");

    let none = Answer::new(501, r#"{"error_code": "NOT_IMPLEMENTED", "message": "not supported"}"#);
    let failure = locate(&located().get(&url, none), V3, &pin, &["a b"]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unsupported);

    let host = located();
    let failure = locate(&host, V3, &pin.replace("created=", "created=9"), &["a b"]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("was replaced"), "{}", failure.message);
}
