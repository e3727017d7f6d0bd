#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_sdk::Method;
use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use serde_json::{Value, json};

use super::*;

const URL: &str = "https://lfs.example/x/objects/batch";

fn pointer(number: usize) -> Pointer {
    Pointer { oid: format!("{number:064x}"), size: 7 }
}

fn asked(host: &ScriptedHost, pointers: &[Pointer]) -> Result<HashMap<String, Download>> {
    let remote = Remote::new(host);
    let server = Server {
        remote: &remote,
        url: "https://lfs.example/x".to_owned(),
        repository: "https://git.example/r",
        named_by: Some("the file .lfsconfig"),
    };
    let wanted: Vec<Wanted<'_>> = pointers.iter().map(|pointer| ("a.bin", pointer)).collect();
    server.downloads(&wanted)
}

fn failure(answer: &Value) -> Failure {
    asked(&ScriptedHost::new().post(URL, Answer::json(answer)), &[pointer(1)]).unwrap_err()
}

#[test]
fn objects_are_asked_for_in_hundreds_and_once() {
    let mut pointers: Vec<Pointer> = (0..250).map(pointer).collect();
    pointers.extend((0..250).map(pointer));
    let answer = |numbers: std::ops::Range<usize>| {
        let object = |number| {
            let href = format!("https://store.example/{number}");
            json!({"oid": pointer(number).oid, "size": 7, "actions": {"download": {"href": href, "header": null}}})
        };
        Answer::json(&json!({"objects": numbers.map(object).collect::<Vec<_>>()}))
    };
    let host = [0..100, 100..200, 200..250]
        .into_iter()
        .fold(ScriptedHost::new(), |host, some| host.post(URL, answer(some)));
    let downloads = asked(&host, &pointers).unwrap();
    assert!(host.is_spent());
    assert_eq!(downloads.len(), 250);
    assert_eq!(downloads[&pointer(249).oid].url, "https://store.example/249");
    let request = &host.requests()[0];
    for name in ["Accept", "Content-Type"] {
        let field = request.headers.iter().find(|field| field.name == name).unwrap();
        assert_eq!(field.value, "application/vnd.git-lfs+json");
    }
}

#[test]
fn what_a_server_does_not_give_is_named() {
    let oid = pointer(1).oid;
    for (answer, kind, words) in [
        (
            json!({"objects": [{"oid": oid, "size": 7, "error": {"code": 404, "message": "Object does not exist"}}]}),
            FailureKind::NotFound,
            "Object does not exist",
        ),
        (
            json!({"objects": [{"oid": oid, "size": 7, "error": {"code": 403}}]}),
            FailureKind::Unauthorized,
            "403",
        ),
        (
            json!({"objects": [{"oid": oid, "size": 7, "error": {"code": 500}}]}),
            FailureKind::Network,
            "500",
        ),
        (json!({"objects": [{"oid": oid, "size": 7}]}), FailureKind::NotFound, "no address"),
        (
            json!({"objects": [{"oid": oid, "size": 7, "actions": {}}]}),
            FailureKind::NotFound,
            "no address",
        ),
        (
            json!({"objects": [{"oid": oid, "size": 8, "actions": {"download": {"href": "https://x"}}}]}),
            FailureKind::Network,
            "another size",
        ),
        (json!({"objects": []}), FailureKind::Network, "did not answer"),
        (json!({"transfer": "tus", "objects": []}), FailureKind::Unsupported, "basic"),
        (json!({"message": "?"}), FailureKind::Network, "unknown shape"),
    ] {
        let failure = failure(&answer);
        assert_eq!(failure.kind, kind, "{answer}: {}", failure.message);
        assert!(failure.message.contains(words), "{}", failure.message);
    }
}

#[test]
fn a_server_that_the_user_did_not_name_is_shown() {
    let denied = Failure::new(FailureKind::Denied, "plugin git-lfs asked for it");
    let host = ScriptedHost::new().answer(Method::Post, URL, Err(denied));
    let failure = asked(&host, &[pointer(1)]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied);
    assert!(
        failure.message.contains(".lfsconfig of https://git.example/r names https://lfs.example")
    );
    assert!(failure.hint.unwrap().contains("--allow-origin https://lfs.example"));
}

#[test]
fn a_server_says_why_it_refuses() {
    let answer = Answer::new(403, r#"{"message": "This repository is over its data quota"}"#);
    let failure = asked(&ScriptedHost::new().post(URL, answer), &[pointer(1)]).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert!(
        failure.message.ends_with("(This repository is over its data quota)"),
        "{}",
        failure.message
    );
}
