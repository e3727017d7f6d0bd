//! A guest of the ordinary toolchain loads, and WASI gives it nothing.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use nix_ai_model_core::plan::RawLocator;
use nix_ai_model_core::ports::Source as _;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Exceeded, Limits, Plugin, PluginSource, Runtime};
use nix_ai_model_test_guests::WASI;
use serde_json::{Value, json};

use super::doubles::{Behind, Shelf, User, source, spec, tight};

fn plugin(limits: Limits) -> Plugin {
    Plugin::open(&Runtime::new(limits).unwrap(), WASI, &Shelf::default()).unwrap()
}

/// What the guest found.
async fn found(
    limits: Limits,
    behind: HashMap<&'static str, Behind>,
    fields: Value,
) -> Result<String> {
    let (source, _) =
        source(&plugin(limits), behind, &User(HashMap::from([("WASI_TOKEN", "secret")])));
    let plan = source.resolve(&spec(fields)).await?;
    let RawLocator::Inline(text) = &plan.files[0].locator else { panic!("{plan:?}") };
    Ok(String::from_utf8(text.clone()).unwrap())
}

async fn ended(limits: Limits, act: &str) -> Error {
    found(limits, HashMap::new(), json!({"act": act})).await.unwrap_err()
}

fn registry() -> HashMap<&'static str, Behind> {
    HashMap::from([
        ("https://allowed.example/a", Behind::Answer(200, b"hello".to_vec())),
        ("https://allowed.example/away", Behind::Redirect("https://other.example/")),
        ("https://allowed.example/home", Behind::PrivateAddress),
        ("https://allowed.example/long", Behind::Answer(200, vec![b'x'; 200])),
    ])
}

async fn fetched(url: &str, headers: &[(&str, &str)]) -> String {
    let limits = Limits { response: 100, ..tight() };
    found(limits, registry(), json!({"act": "fetch", "url": url, "headers": headers}))
        .await
        .unwrap()
}

#[tokio::test]
async fn there_is_nothing_to_find() {
    assert_eq!(found(tight(), HashMap::new(), json!({"act": "look"})).await.unwrap(), "");
}

#[tokio::test]
async fn its_http_goes_through_the_door() {
    assert_eq!(fetched("https://allowed.example/a", &[]).await, "200 hello");
    for url in [
        "https://other.example/",
        "http://allowed.example/a",
        "http://127.0.0.1/",
        "https://allowed.example/away",
        "https://allowed.example/home",
        "https://allowed.example/long",
    ] {
        let answer = fetched(url, &[]).await;
        assert!(answer.contains("HttpRequestDenied"), "{url}: {answer}");
    }
}

#[tokio::test]
async fn it_names_a_credential_and_never_sees_it() {
    let plugin = plugin(tight());
    let user = User(HashMap::from([("WASI_TOKEN", "secret")]));
    let (source, door) = source(&plugin, registry(), &user);
    let headers = json!([["nix-ai-model-credential", "token"], ["accept", "text/plain"]]);
    let fields = json!({"act": "fetch", "url": "https://allowed.example/a", "headers": headers});
    source.resolve(&spec(fields)).await.unwrap();
    let asked = door.asked.lock().unwrap();
    assert_eq!(asked[0].credential.as_deref(), Some("token"));
    assert_eq!(asked[0].headers, [("accept".to_owned(), "text/plain".to_owned())]);
}

#[tokio::test]
async fn a_short_form_is_read_without_a_door() {
    let error =
        PluginSource::parse(&plugin(tight()), "https://allowed.example/a").await.unwrap_err();
    assert!(error.message().contains("HttpRequestDenied"), "{error}");
}

#[tokio::test]
async fn headers_with_line_breaks_do_not_leave_the_guest() {
    let answer = fetched("https://allowed.example/a", &[("x", "a\r\nhost: other.example")]).await;
    assert!(answer.contains("InvalidSyntax"), "{answer}");
}

#[tokio::test]
async fn waiting_meets_the_wall_clock() {
    let limits = Limits { wall: Duration::from_millis(300), ..tight() };
    let error = ended(limits, "sleep").await;
    assert_eq!(error.source().unwrap().downcast_ref(), Some(&Exceeded::Wall(limits.wall)));
}

#[tokio::test]
async fn chance_and_handles_are_bounded() {
    for act in ["random", "handles"] {
        let error = ended(tight(), act).await;
        assert_eq!(error.kind(), Kind::Refused, "{act}: {error}");
    }
}

#[tokio::test]
async fn what_it_writes_is_bounded_and_its_last_words_are_told() {
    assert_eq!(found(tight(), HashMap::new(), json!({"act": "flood"})).await.unwrap(), "written");
    let error = ended(tight(), "panic").await;
    assert!(error.message().contains("as it was told to"), "{error}");
    assert_eq!(ended(tight(), "exit").await.kind(), Kind::Refused);
}
