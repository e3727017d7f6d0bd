#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{Algorithm, Failure, FailureKind, Locator, Plan, Source, read_spec};

use crate::HuggingFace;

const SHA: &str = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41";
const REVISION: &str = include_str!("../../fixtures/revision.json");
const TREE: &str = include_str!("../../fixtures/tree.json");
const API: &str = "https://huggingface.co/api/models/org/name";

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    headers
        .iter()
        .fold(Answer::new(status, body), |answer, (name, value)| answer.header(name, value))
}

fn resolve(host: &ScriptedHost, fields: &str) -> Result<Plan, Failure> {
    HuggingFace::resolve(host, &read_spec(fields)?)
}

fn tree_url() -> String {
    format!("{API}/tree/{SHA}?recursive=true")
}

fn hub() -> ScriptedHost {
    ScriptedHost::new().get(&format!("{API}/revision/main"), answer(200, &[], REVISION))
}

fn failing(status: u16, headers: &[(&str, &str)]) -> ScriptedHost {
    ScriptedHost::new().get(&format!("{API}/revision/main"), answer(status, headers, ""))
}

fn kind_and_hint(host: &ScriptedHost) -> (FailureKind, String) {
    let failure = resolve(host, r#"{"repo":"org/name"}"#).unwrap_err();
    (failure.kind, failure.hint.unwrap_or_default())
}

#[test]
fn a_branch_is_pinned_and_its_files_are_listed() {
    let host = hub().get(&tree_url(), answer(200, &[], TREE));
    let plan = resolve(&host, r#"{"repo":"org/name"}"#).unwrap();
    assert_eq!((plan.pin.as_str(), plan.reference.as_str()), (SHA, "org/name@main"));
    let paths: Vec<_> = plan.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["1_Pooling/config.json", "ünï codé.txt", "model.safetensors"]);
    let weights = &plan.files[2];
    assert_eq!((weights.size, weights.digests[0].algorithm), (Some(90868376), Algorithm::Sha256));
    assert_eq!(plan.files[0].digests[0].algorithm, Algorithm::GitBlobSha1);
    let Locator::Download(download) = &plan.files[1].locator else { panic!("no download") };
    assert_eq!(
        download.url,
        format!("https://huggingface.co/org/name/resolve/{SHA}/%C3%BCn%C3%AF%20cod%C3%A9.txt")
    );
    assert!(host.requests().iter().all(|request| request.credential.as_deref() == Some("token")));
}

#[test]
fn a_commit_needs_no_question() {
    let host = ScriptedHost::new().get(&tree_url(), answer(200, &[], TREE));
    let fields = format!(r#"{{"repo":"org/name","revision":"{SHA}"}}"#);
    assert_eq!(resolve(&host, &fields).unwrap().pin, SHA);
    assert_eq!(host.requests().len(), 1);
}

#[test]
fn pages_are_followed_by_their_cursor_alone() {
    let next = format!(
        "<https://elsewhere.example/tree/{SHA}?recursive=true&cursor=abc%3D>; rel=\"next\""
    );
    let second = format!("{API}/tree/{SHA}?recursive=true&cursor=abc%3D");
    let host = hub()
        .get(&tree_url(), answer(200, &[("link", &next)], TREE))
        .get(&second, answer(200, &[], "[]"));
    assert_eq!(resolve(&host, r#"{"repo":"org/name"}"#).unwrap().files.len(), 3);
}

#[test]
fn a_listing_that_goes_round_is_an_error() {
    let next = "<https://huggingface.co/x?recursive=true>; rel=\"next\"";
    let host = hub().get(&tree_url(), answer(200, &[("link", next)], "[]"));
    assert_eq!(kind_and_hint(&host).0, FailureKind::Network);
}

#[test]
fn datasets_spaces_mirrors_and_odd_revisions_have_their_own_addresses() {
    let revision = "https://mirror.example/hub/api/datasets/org/name/revision/refs%2Fpr%2F1";
    let tree =
        format!("https://mirror.example/hub/api/datasets/org/name/tree/{SHA}?recursive=true");
    let host = ScriptedHost::new()
        .with_setting("HF_ENDPOINT", "https://mirror.example/hub/")
        .get(revision, answer(200, &[], REVISION))
        .get(&tree, answer(200, &[], TREE));
    let plan = resolve(&host, r#"{"repo":"org/name","revision":"refs/pr/1","repoType":"dataset"}"#)
        .unwrap();
    assert_eq!(plan.reference, "datasets/org/name@refs/pr/1");
    let Locator::Download(download) = &plan.files[0].locator else { panic!("no download") };
    assert!(download.url.starts_with("https://mirror.example/hub/datasets/org/name/resolve/"));
}

#[test]
fn failures_are_told_apart() {
    for (status, headers, kind, word) in [
        (404, &[("x-error-code", "RevisionNotFound")][..], FailureKind::NotFound, "branches"),
        (401, &[("x-error-code", "RepoNotFound")], FailureKind::NotFound, "HF_TOKEN"),
        (401, &[], FailureKind::NotFound, "HF_TOKEN"),
        (404, &[], FailureKind::NotFound, "check the name"),
        (
            403,
            &[("x-error-code", "GatedRepo")],
            FailureKind::Gated,
            "https://huggingface.co/org/name",
        ),
        (
            403,
            &[("x-error-message", "Access to this resource is disabled.")],
            FailureKind::NotFound,
            "",
        ),
        (403, &[], FailureKind::Unauthorized, "read access"),
        (429, &[("ratelimit", "\"api\";r=0;t=55")], FailureKind::RateLimited(Some(55)), "HF_TOKEN"),
        (429, &[("retry-after", "7")], FailureKind::RateLimited(Some(7)), ""),
        (429, &[("ratelimit", "\"api\";r=3;t=55")], FailureKind::RateLimited(None), ""),
        (502, &[], FailureKind::Network, "later"),
    ] {
        let (got, hint) = kind_and_hint(&failing(status, headers));
        assert_eq!(got, kind, "{status} {headers:?}");
        assert!(hint.contains(word), "{status} {headers:?}: {hint}");
    }
    let (kind, hint) = kind_and_hint(&failing(401, &[]).credential("token"));
    assert_eq!(kind, FailureKind::NotFound);
    assert!(hint.contains("valid token"), "{hint}");
    let wrong = [("x-error-message", "Invalid credentials in Authorization header")];
    let (kind, hint) = kind_and_hint(&failing(401, &wrong).credential("token"));
    assert_eq!(kind, FailureKind::Unauthorized);
    assert!(hint.contains("HF_TOKEN"));
    assert_eq!(kind_and_hint(&failing(401, &wrong)).0, FailureKind::NotFound);
}

#[test]
fn a_next_page_without_a_cursor_is_not_the_end() {
    let next = [("link", "<https://huggingface.co/next>; rel=\"next\"")];
    let host = hub().get(&tree_url(), answer(200, &next, TREE));
    let failure = resolve(&host, r#"{"repo":"org/name"}"#).unwrap_err();
    assert!(failure.message.contains("without a cursor"), "{}", failure.message);
}

#[test]
fn a_file_without_a_digest_is_an_error() {
    let tree = r#"[{"type": "file", "path": "a", "size": 1}]"#;
    let host = hub().get(&tree_url(), answer(200, &[], tree));
    let failure = resolve(&host, r#"{"repo":"org/name"}"#).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network);
    assert!(failure.message.contains("\"a\" of org/name without size or digest"));
}

#[test]
fn an_endpoint_with_a_password_is_refused_and_not_shown() {
    for endpoint in ["https://u:hunter2@hub.example", "https://hub.example/?t=hunter2", "hunter2"] {
        let fields = format!(r#"{{"repo":"org/name","endpoint":"{endpoint}"}}"#);
        let by_field = resolve(&ScriptedHost::new(), &fields).unwrap_err();
        let host = ScriptedHost::new().with_setting("HF_ENDPOINT", endpoint);
        let by_setting = resolve(&host, r#"{"repo":"org/name"}"#).unwrap_err();
        for failure in [by_field, by_setting] {
            assert_eq!(failure.kind, FailureKind::InvalidSpec);
            assert!(!failure.message.contains("hunter2"), "{}", failure.message);
        }
    }
}

#[test]
fn a_kind_of_repository_is_no_organisation() {
    for repo in ["datasets/org/name", "datasets/name", "spaces/name"] {
        let fields = format!(r#"{{"repo":"{repo}"}}"#);
        let failure = resolve(&ScriptedHost::new(), &fields).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidSpec);
        assert!(failure.hint.unwrap().contains("repoType"));
    }
}

#[test]
fn answers_that_are_no_json_say_so() {
    for (body, word) in [
        ("<html>login</html>", "a web page"),
        ("{\"sha\": \"111", "breaks off"),
        ("", "nothing instead"),
        ("{}", "unknown shape"),
        (r#"{"sha":"main"}"#, "which is none"),
    ] {
        let host = ScriptedHost::new().get(&format!("{API}/revision/main"), answer(200, &[], body));
        let failure = resolve(&host, r#"{"repo":"org/name"}"#).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Network);
        assert!(failure.message.contains(word), "{}", failure.message);
    }
}

#[test]
fn unknown_fields_name_the_nearest_right_one() {
    let failure = resolve(&ScriptedHost::new(), r#"{"repo":"a/b","revison":"x"}"#).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidSpec);
    assert_eq!(failure.hint.unwrap(), "did you mean \"revision\"?");
}
