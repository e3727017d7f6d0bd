//! `plugin test --record`: a registry is asked once, and its answers replay
//! from then on.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix_ai_model_e2e::assert_failed;
use nix_ai_model_e2e::plugins::{MANIFEST, User};
use nix_ai_model_testkit::{Answer, ScriptedServer};
use serde_json::{Value, json};

const SECRET: &str = "s3cret-of-the-user";

/// The origin is the user's, in the spec's field `url`; the token follows it.
fn manifest() -> String {
    MANIFEST.replace("[[credential]]", "origins-from = [{ field = \"url\" }]\n[[credential]]")
        + "follows-origin = true\n"
}

#[test]
fn a_registry_is_recorded_once_and_replayed_for_ever() {
    let mut user = User::new();
    user.0.set("MY_REGISTRY_TOKEN", SECRET);
    user.packed("p.wasm", &manifest());
    let changed = Arc::new(AtomicBool::new(false));
    let now = changed.clone();
    let server = ScriptedServer::start(move |_| {
        let body = if now.load(Ordering::Relaxed) { "{\"files\":22}" } else { "{\"files\":1}" };
        Answer::bytes(body)
            .header("Content-Type", "application/json")
            .header("Set-Cookie", "session=c00kie")
    })
    .unwrap();
    fs::create_dir(user.path("cases")).unwrap();
    let case = user.path("cases/a.json");
    let spec = json!({"act": "fetch", "url": format!("{}/v1/models", server.url())});
    fs::write(&case, json!({"spec": spec}).to_string()).unwrap();
    let test = |more: &[&str]| user.run(&[&["plugin", "test", "p.wasm"], more].concat());

    assert_failed(&test(&[]), 2, &["--record"]);
    assert!(server.journal().requests().is_empty(), "nothing is asked without --record");
    test(&["--record"]).succeeded();
    let asked = server.journal().requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some(&*format!("Bearer {SECRET}")));

    let text = fs::read_to_string(&case).unwrap();
    for hidden in [SECRET, "c00kie"] {
        assert!(!text.contains(hidden), "{hidden} is on record: {text}");
    }
    let recorded: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(recorded["credentials"], json!(["token"]));
    let exchange = &recorded["exchanges"][0];
    assert_eq!(exchange["request"]["credential"], "token");
    assert_eq!(exchange["response"]["json"], json!({"files": 1}));
    assert!(recorded["expect"]["plan"]["pin"].is_string(), "{text}");

    // The registry's new answer is seen where it is asked again, and not else.
    changed.store(true, Ordering::Relaxed);
    test(&[]).succeeded();
    assert_eq!(server.journal().requests().len(), 1, "a replay asks nobody");
    let run = test(&["--record"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("FAILED  a.json"), "{}", run.stdout);
    assert_eq!(server.journal().requests().len(), 2);
    drop(server);
    let run = test(&[]);
    assert!(run.stdout.contains("FAILED  a.json"), "the new answer is on record: {}", run.stdout);
    // What is expected is the author's to change.
    let mut case_now: Value = serde_json::from_slice(&fs::read(&case).unwrap()).unwrap();
    case_now.as_object_mut().unwrap().remove("expect");
    case_now["expect"] = recorded["expect"].clone();
    case_now["exchanges"] = recorded["exchanges"].clone();
    fs::write(&case, case_now.to_string()).unwrap();
    test(&[]).succeeded();
    // Without a network at all.
    let offline = user.0.program("unshare").args(["-rn"]).arg(nix_ai_model_e2e::binary());
    offline.args(["plugin", "test", "p.wasm"]).run().unwrap().succeeded();
}

#[test]
fn what_is_run_is_run_under_the_real_limits() {
    let user = User::new();
    user.packed("p.wasm", &manifest());
    fs::create_dir(user.path("cases")).unwrap();
    for (act, words) in [
        ("allocate", "bytes of memory"),
        ("recurse", "deeper than a stack"),
        ("flood-log", "200 lines of log"),
        ("flood-host", "10000 times"),
    ] {
        let expect = json!({"failure": {"kind": "denied", "contains": words}});
        let case = json!({"spec": {"act": act}, "expect": expect});
        fs::write(user.path(&format!("cases/{act}.json")), case.to_string()).unwrap();
    }
    user.run(&["plugin", "test", "p.wasm"]).succeeded();
}
