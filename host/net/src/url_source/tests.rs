#![allow(clippy::unwrap_used, reason = "tests")]
use nix_ai_model_core::plan::{Limits, Plan};
use nix_ai_model_core::spec::Selection;
use proptest::prelude::*;

use super::*;

const DIGITS: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn spec(urls: Value) -> Spec {
    Spec::from_json(json!({ "source": "url", "urls": urls })).unwrap()
}

async fn plan(urls: Value) -> Result<Plan> {
    let spec = spec(urls);
    let raw = UrlSource.resolve(&spec).await?;
    let grant = UrlSource::grant(&spec.fields)?;
    Plan::check("url", raw, &Selection::default(), &grant, Limits::default())
}

#[tokio::test]
async fn a_url_is_a_model_of_one_file() {
    let fields = UrlSource.parse("https://e.org/a/m%C3%B6del%20v1.bin?sig=s3cret#x").await.unwrap();
    let plan = plan(fields["urls"].clone()).await.unwrap();
    assert_eq!(plan.files[0].path.as_str(), "mödel v1.bin");
    assert_eq!(plan.source, "url:https://e.org/a/m%C3%B6del%20v1.bin");
    assert!(!serde_json::to_string(&plan).unwrap().contains("s3cret"));
}

#[tokio::test]
async fn what_a_plan_is_called_can_be_resolved_again() {
    let plan =
        plan(json!([{ "url": "https://e.org/a" }, { "url": "http://f.org:81/b" }])).await.unwrap();
    let short = nix_ai_model_core::spec::ShortForm::new(&plan.source).unwrap();
    assert_eq!(short.source, "url");
    let fields = UrlSource.parse(&short.reference).await.unwrap();
    assert_eq!(
        fields["urls"],
        json!([{ "url": "https://e.org/a" }, { "url": "http://f.org:81/b" }])
    );
}

#[tokio::test]
async fn digests_and_names_are_taken() {
    let sri = Sri::new(Digest::from_hex(Algorithm::Sha256, DIGITS).unwrap()).unwrap().to_string();
    let plan = plan(json!([
        { "url": "https://e.org/1", "sha256": DIGITS },
        { "url": "https://e.org/2", "sha256": sri },
        { "url": "https://e.org/", "hash": sri, "name": "sub/3" },
    ]))
    .await
    .unwrap();
    assert!(plan.files.iter().all(|file| file.digests[0].to_hex() == DIGITS));
    assert_eq!(plan.files[2].path.as_str(), "sub/3");
}

#[tokio::test]
async fn mirrors_stand_beside_their_url() {
    let entry = json!({
        "url": "https://e.org/a", "sha256": DIGITS,
        "mirrors": ["http://f.org:81/b", "https://g.org/c?sig=s3cret"],
    });
    let plan = plan(json!([entry])).await.unwrap();
    let urls: Vec<_> = plan.files[0].mirrors.iter().map(|mirror| mirror.url.as_str()).collect();
    assert_eq!(urls, ["http://f.org:81/b", "https://g.org/c?sig=s3cret"]);
    assert_eq!(plan.files[0].path.as_str(), "a");
    assert!(!serde_json::to_string(&plan).unwrap().contains("s3cret"));
}

#[tokio::test]
async fn the_pin_is_of_what_was_asked_for() {
    let pin = async |urls: Value| plan(urls).await.unwrap().pin;
    let one = json!([{ "url": "https://e.org/1", "sha256": DIGITS }]);
    assert_eq!(pin(one).await, format!("sha256:{DIGITS}"));
    let (a, b) = (json!({ "url": "https://e.org/a" }), json!({ "url": "https://e.org/b" }));
    let ab = pin(json!([a, b])).await;
    assert_eq!(ab, pin(json!([b, a])).await, "order does not matter");
    assert_ne!(ab, pin(json!([a])).await);
    let pinned = json!({ "url": "https://e.org/a", "sha256": DIGITS });
    assert_ne!(ab, pin(json!([pinned, b])).await);
}

#[tokio::test]
async fn the_grant_is_the_origins_that_were_named() {
    let spec = spec(json!([
        { "url": "https://e.org/a" }, { "url": "https://e.org/b" }, { "url": "http://f.org:81/c" },
    ]));
    let grant = UrlSource::grant(&spec.fields).unwrap();
    let named: Vec<_> = grant.named.iter().map(ToString::to_string).collect();
    assert_eq!(named, ["https://e.org", "http://f.org:81"]);
    assert!(grant.http.is_empty() && grant.download.is_empty());
}

#[tokio::test]
async fn malformed_specs_are_usage_errors() {
    for urls in [
        json!(null),
        json!([]),
        json!("https://e.org/a"),
        json!(["https://e.org/a"]),
        json!([{}]),
        json!([{ "url": 1 }]),
        json!([{ "url": "e.org/a" }]),
        json!([{ "url": "ftp://e.org/a" }]),
        json!([{ "url": "file:///etc/passwd" }]),
        json!([{ "url": "https://u:p@e.org/a" }]),
        json!([{ "url": "https://e.org/" }]),
        json!([{ "url": "https://e.org/a%2Fb" }]),
        json!([{ "url": "https://e.org/%00" }]),
        json!([{ "url": "https://e.org/a", "name": "../a" }]),
        json!([{ "url": "https://e.org/a", "sha256": "xyz" }]),
        json!([{ "url": "https://e.org/a", "hash": DIGITS }]),
        json!([{ "url": "https://e.org/a", "sha256": DIGITS, "hash": "sha256-" }]),
        json!([{ "url": "https://e.org/a", "sha255": DIGITS }]),
        json!([{ "url": "https://e.org/a", "mirrors": ["https://f.org/a"] }]),
        json!([{ "url": "https://e.org/a", "sha256": DIGITS, "mirrors": "https://f.org/a" }]),
        json!([{ "url": "https://e.org/a", "sha256": DIGITS, "mirrors": ["f.org/a"] }]),
    ] {
        let error = plan(urls.clone()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{urls}: {error}");
        assert!(error.hint().is_some(), "{urls}");
    }
    let error = UrlSource.parse("https://e.org/a and 3 more").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
}

proptest! {
    #[test]
    fn a_name_from_a_url_stays_in_the_folder(path in "[a-z.%/2FEe0]{0,20}") {
        if let Ok(url) = url(&format!("https://e.org/{path}"))
            && let Ok(name) = path_of(&url)
        {
            prop_assert_eq!(name.names().count(), 1);
        }
    }
}
