#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{Source as _, read_spec};
use serde_json::{Value, json};

use super::*;
use crate::Ollama;

/// Of the bytes "MIT".
const MIT: &str = "e5dcffe836b6ec8a58e492419b550e65fb8cbdc308503979e5dacb33ac7ea3b7";
const TAG: &str = "https://registry.ollama.ai/v2/library/tiny/manifests/latest";
/// As a real registry of containers gives it, an odd layer among the others.
const MANIFEST: &str = include_str!("../../fixtures/manifest.json");
const PIN: &str = "sha256:75a9ef3204a9792138ac2285fa3e01b6f867fedd6b19846c9c4ea3a37fa416c1";

fn plan(host: &ScriptedHost, fields: Value) -> Result<Plan> {
    Ollama::resolve(host, &read_spec(&fields.to_string())?)
}

fn tiny(host: &ScriptedHost) -> Result<Plan> {
    plan(host, json!({"model": "tiny"}))
}

fn answering(body: impl Into<Vec<u8>>) -> ScriptedHost {
    ScriptedHost::new().get(TAG, Answer::new(200, body))
}

fn layer(media_type: &str, digest: &str, size: Value) -> Value {
    json!({"mediaType": media_type, "digest": digest, "size": size})
}

fn with_layers(layers: Vec<Value>) -> String {
    json!({"schemaVersion": 2, "layers": layers}).to_string()
}

fn model(digest: &str) -> Value {
    layer("application/vnd.ollama.image.model", digest, json!(1))
}

fn url(file: &PlannedFile) -> &str {
    match &file.locator {
        Locator::Download(download) => &download.url,
        other => panic!("no download: {other:?}"),
    }
}

#[test]
fn a_manifest_becomes_files() {
    let plan = tiny(&answering(MANIFEST)).unwrap();
    assert_eq!((plan.pin.as_str(), plan.reference.as_str()), (PIN, "tiny:latest"));
    let paths: Vec<_> = plan.files.iter().map(|file| file.path.as_str()).collect();
    let odd = "sha256-41b3ab146fd067194352ee20901347a73366adfdf94122d428c3260a1b689ee2";
    assert_eq!(
        paths,
        ["manifest.json", "model.gguf", "license", "license-2", "params", odd, "config.json"]
    );
    assert!(
        matches!(&plan.files[0].locator, Locator::Inline(bytes) if bytes == MANIFEST.as_bytes())
    );
    let license = &plan.files[2];
    assert_eq!((license.size, license.digests[0].hex.as_str()), (Some(3), MIT));
    assert_eq!(
        url(license),
        format!("https://registry.ollama.ai/v2/library/tiny/blobs/sha256:{MIT}")
    );
    // The odd layer's own `urls` lead nowhere.
    assert!(url(&plan.files[5]).starts_with("https://registry.ollama.ai/v2/library/tiny/blobs/"));
}

#[test]
fn each_registry_has_its_address_and_its_credential() {
    for (fields, origin, path, handle, reference) in [
        (
            json!({"model": "hf.co/org/Repo:Q8_0"}),
            "https://huggingface.co",
            "org/Repo/manifests/Q8_0",
            "huggingface",
            "hf.co/org/Repo:Q8_0",
        ),
        (
            json!({"model": "a/b", "registry": "http://127.0.0.1:5000"}),
            "http://127.0.0.1:5000",
            "a/b/manifests/latest",
            "registry",
            "http://127.0.0.1:5000/a/b:latest",
        ),
        (
            json!({"model": "b", "registry": "https://r.example"}),
            "https://r.example",
            "library/b/manifests/latest",
            "registry",
            "r.example/library/b:latest",
        ),
    ] {
        let host =
            ScriptedHost::new().get(&format!("{origin}/v2/{path}"), Answer::new(200, MANIFEST));
        let plan = plan(&host, fields).unwrap();
        assert_eq!(plan.reference, reference);
        assert_eq!(host.requests()[0].credential.as_deref(), Some(handle));
        let Locator::Download(download) = &plan.files[1].locator else { panic!("no download") };
        assert!(download.url.starts_with(&format!("{origin}/v2/")), "{}", download.url);
        assert_eq!(download.credential.as_deref(), Some(handle));
    }
}

#[test]
fn a_digest_is_the_manifests_own() {
    let pinned =
        |host: &ScriptedHost, pin: &str| plan(host, json!({"model": format!("tiny@{pin}")}));
    let plan = pinned(&answering(MANIFEST), PIN).unwrap();
    assert_eq!((plan.pin.as_str(), plan.reference), (PIN, format!("tiny:latest@{PIN}")));

    // The tag has moved on, and the registry still has the old manifest.
    let by_digest = TAG.replace("latest", PIN);
    let moved = answering(with_layers(vec![]));
    let kept = moved.get(&by_digest, Answer::new(200, MANIFEST));
    assert_eq!(pinned(&kept, PIN).unwrap().pin, PIN);

    // Or has it no more, or gives something else under its name.
    for (answer, kind) in [
        (Answer::new(404, ""), FailureKind::NotFound),
        (
            Answer::new(200, with_layers(vec![model(&format!("sha256:{MIT}"))])),
            FailureKind::NotFound,
        ),
        (Answer::new(503, ""), FailureKind::Network),
    ] {
        let host = answering(with_layers(vec![])).get(&by_digest, answer);
        let failure = pinned(&host, PIN).unwrap_err();
        assert_eq!(failure.kind, kind, "{}", failure.message);
        if kind == FailureKind::NotFound {
            assert!(failure.message.contains("the tag is now @sha256:"), "{}", failure.message);
        }
    }
}

#[test]
fn a_registry_that_contradicts_itself_is_not_believed() {
    let header = |digest: &str| {
        let answer = Answer::new(200, MANIFEST).header("docker-content-digest", digest);
        tiny(&ScriptedHost::new().get(TAG, answer))
    };
    header(PIN).unwrap();
    // Other functions than sha256 say nothing here.
    header("sha512:0").unwrap();
    assert_eq!(header(&format!("sha256:{MIT}")).unwrap_err().kind, FailureKind::Network);
}

#[test]
fn hostile_manifests_are_refused() {
    let sha512 = format!("sha512:{}", "0".repeat(128));
    let whole = format!("sha256:{MIT}");
    for (body, kind, words) in [
        ("<html>".to_owned(), FailureKind::Network, "a web page"),
        ("{\"layers\": [".to_owned(), FailureKind::Network, "breaks off"),
        ("{}".to_owned(), FailureKind::Unsupported, "has no layers"),
        ("{\"layers\": null}".to_owned(), FailureKind::Unsupported, "has no layers"),
        (json!({"manifests": []}).to_string(), FailureKind::Unsupported, "index"),
        (json!({"layers": {}}).to_string(), FailureKind::Network, "unknown shape"),
        (with_layers(vec![model(&sha512)]), FailureKind::Unsupported, "not sha256"),
        (with_layers(vec![model("sha256:../../x")]), FailureKind::Unsupported, "../../x"),
        (with_layers(vec![model(&whole.to_uppercase())]), FailureKind::Unsupported, "not sha256"),
        (with_layers(vec![layer("x", &whole, json!(-1))]), FailureKind::Network, "unknown shape"),
        (with_layers(vec![layer("x", &whole, json!(1.5))]), FailureKind::Network, "unknown shape"),
        (with_layers(vec![json!({"digest": whole})]), FailureKind::Network, "unknown shape"),
        (" ".repeat((4 << 20) + 1), FailureKind::Unsupported, "larger than"),
    ] {
        let failure = tiny(&answering(body)).unwrap_err();
        assert_eq!(failure.kind, kind, "{}", failure.message);
        assert!(failure.message.contains(words), "{}", failure.message);
    }
}

#[test]
fn a_flood_of_layers_is_named_in_time() {
    let layers = (0..20_000).map(|n| {
        layer("application/vnd.ollama.image.license", &format!("sha256:{n:064x}"), json!(1))
    });
    let plan = tiny(&answering(with_layers(layers.collect()))).unwrap();
    assert_eq!(plan.files.len(), 20_001);
    assert_eq!(plan.files.last().unwrap().path, "license-20000");
    // Too much to be inline, it is fetched once more, and has to be the same.
    assert!(url(&plan.files[0]).ends_with("/manifests/latest"));
    assert_eq!(plan.files[0].digests[0].hex, plan.pin["sha256:".len()..]);
    let same = model(&format!("sha256:{MIT}"));
    assert_eq!(tiny(&answering(with_layers(vec![same; 20_000]))).unwrap().files.len(), 2);
}

#[test]
fn tensors_keep_their_names() {
    let named = |name: &str, kind: &str| {
        let mut layer = layer(
            &format!("application/vnd.ollama.image.{kind}"),
            &format!("sha256:{MIT}"),
            json!(3),
        );
        layer["name"] = json!(name);
        layer
    };
    let layers =
        vec![named("text_encoder/model.embed.weight", "tensor"), named("model_index.json", "json")];
    let plan = tiny(&answering(with_layers(layers))).unwrap();
    assert_eq!(plan.files[1].path, "text_encoder/model.embed.weight");
    assert_eq!(plan.files[2].path, "model_index.json");
    // A hostile one goes to the host's check as it is.
    let plan = tiny(&answering(with_layers(vec![named("../x", "tensor")]))).unwrap();
    assert_eq!(plan.files[1].path, "../x");
}

#[test]
fn failures_are_told_apart() {
    let unknown = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#;
    for (status, body, kind, words) in [
        (404, unknown, FailureKind::NotFound, "no tiny:latest: manifest unknown"),
        (404, "404 page not found\n", FailureKind::NotFound, "no tiny:latest"),
        (400, r#"{"error":"not a valid tag"}"#, FailureKind::NotFound, ": not a valid tag"),
        (401, "", FailureKind::Unauthorized, "does not let everyone read"),
        (403, r#"{"errors":[{"code":"DENIED"}]}"#, FailureKind::Unauthorized, ": DENIED"),
        (429, "", FailureKind::RateLimited(Some(7)), "too many"),
        (500, "[]", FailureKind::Network, "status 500"),
    ] {
        let answer = Answer::new(status, body).header("retry-after", "7");
        let failure = tiny(&ScriptedHost::new().get(TAG, answer)).unwrap_err();
        assert_eq!(failure.kind, kind, "{status}");
        assert!(failure.message.contains(words), "{}", failure.message);
        assert!(failure.hint.is_some(), "{status}");
    }
}

#[test]
fn a_missing_login_says_where_it_is_read_from() {
    let hint = |fields: Value, url: &str, handle: Option<&str>| {
        let host = ScriptedHost::new().get(url, Answer::new(401, ""));
        let host = handle.into_iter().fold(host, ScriptedHost::credential);
        plan(&host, fields).unwrap_err().hint.unwrap()
    };
    let named = json!({"model": "a/b", "registry": "https://r.example"});
    let at = "https://r.example/v2/a/b/manifests/latest";
    assert!(hint(named.clone(), at, None).contains("set OLLAMA_REGISTRY_LOGIN to user:password"));
    assert!(hint(named, at, Some("registry")).contains("wrong or has no access"));
    let hub = json!({"model": "hf.co/a/b"});
    let at = "https://huggingface.co/v2/a/b/manifests/latest";
    assert!(hint(hub.clone(), at, None).contains("set HF_TOKEN"));
    assert!(hint(hub, at, Some("huggingface")).contains("valid token"));
}

#[test]
fn unknown_fields_name_the_nearest_right_one() {
    let failure = plan(&ScriptedHost::new(), json!({"model": "a", "regisrty": "x"})).unwrap_err();
    assert_eq!(failure.hint.unwrap(), "did you mean \"registry\"?");
}
