#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_sdk::testing::{Answer, ScriptedHost};
use nix_ai_model_sdk::{FailureKind, Field, Method, Source as _, read_spec};
use serde_json::{Value, json};

use super::*;
use crate::GitLfs;

/// See fixtures/README.md.
macro_rules! recorded {
    ($name:literal) => {
        Answer::new(200, include_bytes!(concat!("../../fixtures/", $name)).as_slice())
    };
}

const COMMIT: &str = "c92a762aac7fe581bb79ab4c635f528abb872241";
const MODEL: &str = "5a3949ca84f738f57e5005ddb999bd80bbcded1eef362fcf31a8ff6e21a63915";
const OTHER: &str = "671bf4eed8c3b3a2f75a9c40ccbfe5f2e078e894fb85d63bfd98dc5ab232933c";
const SPEC: &str = r#"{"url": "https://git.example/org/model.git", "rev": "main"}"#;

const REPOSITORY: &str = "https://git.example/org/model.git";
const ADVERTISEMENT: &str = "https://git.example/org/model.git/info/refs?service=git-upload-pack";
const UPLOAD_PACK: &str = "https://git.example/org/model.git/git-upload-pack";
const BATCH: &str = "https://git.example/org/model.git/info/lfs/objects/batch";

/// A host whose server filters, up to its references.
fn server() -> ScriptedHost {
    ScriptedHost::new().get(ADVERTISEMENT, recorded!("advertisement"))
}

fn at_main() -> ScriptedHost {
    server().post(UPLOAD_PACK, recorded!("references-main")).post(UPLOAD_PACK, recorded!("commit"))
}

/// What an LFS server answers for one object.
fn object(oid: &str, action: &Value) -> Value {
    json!({"oid": oid, "size": 12, "authenticated": true, "actions": {"download": action}})
}

fn batch(objects: &[Value]) -> Answer {
    Answer::json(&json!({"transfer": "basic", "objects": objects}))
}

fn both() -> Answer {
    batch(&[
        object(MODEL, &json!({"href": "https://store.example/model?signed", "expires_in": 900})),
        object(
            OTHER,
            &json!({"href": "https://store.example/other", "header": {"Authorization": "Basic eA=="}}),
        ),
    ])
}

fn plan(host: &ScriptedHost, spec: &str) -> Result<Plan> {
    GitLfs::resolve(host, &read_spec(spec)?)
}

fn failure(host: &ScriptedHost, spec: &str) -> Failure {
    plan(host, spec).unwrap_err()
}

fn file<'a>(plan: &'a Plan, path: &str) -> &'a PlannedFile {
    plan.files.iter().find(|file| file.path == path).unwrap()
}

fn paths(plan: &Plan) -> Vec<&str> {
    let mut paths: Vec<_> = plan.files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

/// Bodies of requests, as text.
fn bodies(host: &ScriptedHost, url: &str) -> Vec<String> {
    let requests = host.requests();
    let bodies =
        requests.iter().filter(|request| request.url == url).filter_map(|one| one.body.as_ref());
    bodies.map(|body| String::from_utf8_lossy(body).into_owned()).collect()
}

#[test]
fn a_branch_becomes_a_plan_of_all_its_files() {
    let host = at_main().post(BATCH, both()).post(UPLOAD_PACK, recorded!("vocabulary"));
    let plan = plan(&host, SPEC).unwrap();
    assert!(host.is_spent());
    assert_eq!((&*plan.pin, &*plan.reference), (COMMIT, "https://git.example/org/model.git#main"));
    assert_eq!(
        paths(&plan),
        [
            ".gitattributes",
            "config.json",
            "empty.txt",
            "latest.bin",
            "model.bin",
            "run.sh",
            "vocab.txt",
            "weights/other.bin"
        ]
    );
    assert_eq!(host.lines(), ["left out path=away why=it leads out of the repository"]);

    let model = file(&plan, "model.bin");
    assert_eq!(model.digests, [Digest::new(Algorithm::Sha256, MODEL)]);
    assert_eq!((model.size, model.executable), (Some(12), false));
    let Locator::Download(download) = &model.locator else { panic!("{:?}", model.locator) };
    assert_eq!(download.url, "https://store.example/model?signed");
    let Locator::Download(download) = &file(&plan, "latest.bin").locator else { panic!() };
    assert_eq!(download.url, "https://store.example/other", "a link is what it leads to");
    let authorization = Field { name: "Authorization".to_owned(), value: "Basic eA==".to_owned() };
    assert_eq!((&download.headers[..], &download.credential), (&[authorization][..], &None));

    let run = file(&plan, "run.sh");
    assert!(run.executable);
    let Locator::Inline(bytes) = &run.locator else { panic!("{:?}", run.locator) };
    assert_eq!(bytes, b"#!/bin/sh\n");
    let vocabulary = file(&plan, "vocab.txt");
    let oid = "865b4315a19083200376270a2b7e350d07829de3";
    assert_eq!(vocabulary.digests, [Digest::new(Algorithm::GitBlobSha1, oid)]);
    let Locator::Inline(bytes) = &vocabulary.locator else { panic!("{:?}", vocabulary.locator) };
    assert!(bytes.ends_with(b"\n401\n"));
}

#[test]
fn what_is_asked_is_small() {
    let host = at_main().post(BATCH, both()).post(UPLOAD_PACK, recorded!("vocabulary"));
    plan(&host, SPEC).unwrap();
    let asked = bodies(&host, UPLOAD_PACK);
    assert!(asked[0].contains("ref-prefix refs/heads/main\n"), "{}", asked[0]);
    for words in [&format!("want {COMMIT}\n"), "deepen 1\n", "filter blob:limit=1024\n"] {
        assert!(asked[1].contains(words), "{}", asked[1]);
    }
    assert_eq!(asked[2].matches("want ").count(), 1, "{}", asked[2]);
    let batch: Value = serde_json::from_str(&bodies(&host, BATCH)[0]).unwrap();
    assert_eq!(batch["objects"].as_array().unwrap().len(), 2, "an object is asked for once");
    assert!(host.requests().iter().all(|request| request.credential.is_none()));
    let of_git = host.requests().into_iter().filter(|request| request.url.starts_with(UPLOAD_PACK));
    let version = Field { name: "Git-Protocol".to_owned(), value: "version=2".to_owned() };
    assert!(of_git.into_iter().all(|request| request.headers.contains(&version)));
}

#[test]
fn a_commit_needs_no_references_and_a_tag_stands_for_one() {
    let spec = |rev: &str| format!(r#"{{"url": "{REPOSITORY}", "rev": "{rev}", "lfsFiles": []}}"#);
    let end = |host: ScriptedHost| {
        host.post(UPLOAD_PACK, recorded!("commit")).post(UPLOAD_PACK, recorded!("vocabulary"))
    };
    let host = end(server());
    assert_eq!(plan(&host, &spec(COMMIT)).unwrap().pin, COMMIT);
    let host = end(server().post(UPLOAD_PACK, recorded!("references-v1")));
    assert_eq!(plan(&host, &spec("v1")).unwrap().pin, COMMIT);
    let host = end(server().post(UPLOAD_PACK, recorded!("references-HEAD")));
    let at_head = plan(&host, &format!(r#"{{"url": "{REPOSITORY}/", "lfsFiles": []}}"#)).unwrap();
    assert_eq!(
        (&*at_head.pin, &*at_head.reference),
        (COMMIT, "https://git.example/org/model.git#HEAD")
    );
}

#[test]
fn lfs_files_choose_among_those_in_lfs_alone() {
    let spec = |patterns: &str| {
        format!(r#"{{"url": "{REPOSITORY}", "rev": "{COMMIT}", "lfsFiles": {patterns}}}"#)
    };
    let one = batch(&[object(OTHER, &json!({"href": "https://store.example/other"}))]);
    let host = server()
        .post(UPLOAD_PACK, recorded!("commit"))
        .post(BATCH, one)
        .post(UPLOAD_PACK, recorded!("vocabulary"));
    let plan = plan(&host, &spec(r#"["weights/*", "*.json"]"#)).unwrap();
    let kept =
        [".gitattributes", "config.json", "empty.txt", "run.sh", "vocab.txt", "weights/other.bin"];
    assert_eq!(paths(&plan), kept);
    let host = server().post(UPLOAD_PACK, recorded!("commit"));
    let failure = failure(&host, &spec(r#"["*.safetensors"]"#));
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("\"*.safetensors\" matches no file"), "{}", failure.message);
}

#[test]
fn a_server_without_filters_gives_all_at_once() {
    let host = ScriptedHost::new()
        .get(ADVERTISEMENT, recorded!("advertisement-without-filter"))
        .post(UPLOAD_PACK, recorded!("references-main"))
        .post(UPLOAD_PACK, recorded!("commit-whole"))
        .post(BATCH, both());
    assert_eq!(plan(&host, SPEC).unwrap().files.len(), 8);
    assert!(!bodies(&host, UPLOAD_PACK)[1].contains("filter"));

    let too_long = Failure::new(FailureKind::Denied, "answered with more than 33554432 bytes");
    let host = ScriptedHost::new()
        .get(ADVERTISEMENT, recorded!("advertisement-without-filter"))
        .post(UPLOAD_PACK, recorded!("references-main"))
        .answer(Method::Post, UPLOAD_PACK, Err(too_long));
    let failure = failure(&host, SPEC);
    assert_eq!(failure.kind, FailureKind::Unsupported);
    assert!(failure.hint.unwrap().contains("uploadpack.allowFilter"));
}

#[test]
fn a_file_that_no_answer_can_hold_is_named() {
    let too_long =
        || Err(Failure::new(FailureKind::Denied, "answered with more than 33554432 bytes"));
    let host = at_main().post(BATCH, both()).answer(Method::Post, UPLOAD_PACK, too_long());
    let failure = failure(&host, SPEC);
    assert_eq!(failure.kind, FailureKind::Unsupported);
    assert!(failure.message.contains("\"vocab.txt\" is larger than 32 MiB"), "{}", failure.message);
}

#[test]
fn servers_of_another_kind_are_named() {
    for (answer, words) in [
        (recorded!("advertisement-of-protocol-0"), "protocol 2"),
        (Answer::new(200, "<!doctype html>"), "not a git repository"),
        (Answer::new(200, ""), "not a git repository"),
    ] {
        let failure = failure(&ScriptedHost::new().get(ADVERTISEMENT, answer), SPEC);
        assert_eq!(failure.kind, FailureKind::Unsupported);
        assert!(failure.message.contains(words), "{}", failure.message);
    }
}

#[test]
fn revisions_that_are_not_there_are_named() {
    let spec = |rev: &str| format!(r#"{{"url": "{REPOSITORY}", "rev": "{rev}"}}"#);
    let gone = failure(&server().post(UPLOAD_PACK, recorded!("references-gone")), &spec("gone"));
    assert_eq!(gone.kind, FailureKind::NotFound);
    assert!(gone.message.ends_with("has no branch or tag \"gone\""), "{}", gone.message);
    let both = failure(&server().post(UPLOAD_PACK, recorded!("references-both")), &spec("both"));
    assert_eq!(both.hint.unwrap(), "write refs/heads/both or refs/tags/both");
    let host = server().post(UPLOAD_PACK, recorded!("commit-that-is-not-there"));
    let commit = failure(&host, &spec(&"1".repeat(40)));
    assert_eq!(commit.kind, FailureKind::NotFound);
    assert!(commit.message.contains("has no commit 1111"), "{}", commit.message);
}

#[test]
fn a_login_is_sent_where_it_is_asked_for_and_not_before() {
    let asked = Answer::new(401, "");
    let host = ScriptedHost::new()
        .credential(crate::remote::LOGIN)
        .get(ADVERTISEMENT, asked.clone())
        .get(ADVERTISEMENT, recorded!("advertisement"))
        .post(UPLOAD_PACK, recorded!("references-main"))
        .post(UPLOAD_PACK, recorded!("commit"))
        .post(
            BATCH,
            batch(&[
                json!({"oid": MODEL, "size": 12, "actions": {"download": {"href": "https://git.example/lfs/model"}}}),
                json!({"oid": OTHER, "size": 12, "actions": {"download": {"href": "https://store.example/other"}}}),
            ]),
        )
        .post(UPLOAD_PACK, recorded!("vocabulary"));
    let plan = plan(&host, SPEC).unwrap();
    let credentials: Vec<_> =
        host.requests().into_iter().map(|request| request.credential).collect();
    assert_eq!(credentials[0], None);
    assert!(credentials[1..].iter().all(|one| one.as_deref() == Some("login")));
    let credential = |path: &str| match &file(&plan, path).locator {
        Locator::Download(download) => download.credential.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(credential("model.bin").as_deref(), Some("login"), "at the repository's own origin");
    assert_eq!(credential("weights/other.bin"), None);

    let without = failure(&ScriptedHost::new().get(ADVERTISEMENT, asked.clone()), SPEC);
    assert_eq!(without.kind, FailureKind::Unauthorized);
    assert!(without.hint.unwrap().contains("GIT_USERNAME and GIT_PASSWORD"));
    let wrong = ScriptedHost::new()
        .credential("login")
        .get(ADVERTISEMENT, asked.clone())
        .get(ADVERTISEMENT, asked);
    assert!(failure(&wrong, SPEC).message.contains("did not accept the login"));
}

#[test]
fn a_repository_that_moved_is_asked_where_it_is() {
    let moved = recorded!("advertisement")
        .from_url("https://git.example/new/model.git/info/refs?service=git-upload-pack");
    let host = ScriptedHost::new()
        .get(ADVERTISEMENT, moved)
        .post("https://git.example/new/model.git/git-upload-pack", recorded!("references-main"))
        .post("https://git.example/new/model.git/git-upload-pack", recorded!("commit"))
        .post("https://git.example/new/model.git/info/lfs/objects/batch", both())
        .post("https://git.example/new/model.git/git-upload-pack", recorded!("vocabulary"));
    assert_eq!(plan(&host, SPEC).unwrap().files.len(), 8);
}

#[test]
fn a_server_with_a_fault_is_asked_again() {
    let host = server()
        .post(UPLOAD_PACK, Answer::new(502, "<html>"))
        .answer(Method::Post, UPLOAD_PACK, Err(Failure::network("the connection broke")))
        .post(UPLOAD_PACK, recorded!("references-gone"));
    assert_eq!(failure(&host, SPEC).kind, FailureKind::NotFound);
    let host =
        (0..3).fold(ScriptedHost::new(), |host, _| host.get(ADVERTISEMENT, Answer::new(503, "")));
    assert_eq!(failure(&host, SPEC).kind, FailureKind::Network);
    for (status, kind) in [(404, FailureKind::NotFound), (403, FailureKind::Unauthorized)] {
        let host = ScriptedHost::new().get(ADVERTISEMENT, Answer::new(status, ""));
        assert_eq!(failure(&host, SPEC).kind, kind);
    }
    let crowded = Answer::new(429, "").header("retry-after", "7");
    let failure = failure(&ScriptedHost::new().get(ADVERTISEMENT, crowded), SPEC);
    assert_eq!(failure.kind, FailureKind::RateLimited(Some(7)));
}

#[test]
fn an_answer_that_is_no_pack_is_an_error() {
    for answer in
        ["", "0000", "000dpackfile\n0007\u{1}PA", "000dpackfile\n0007\u{1}PA0000", "<html>"]
    {
        let host = server()
            .post(UPLOAD_PACK, recorded!("references-main"))
            .post(UPLOAD_PACK, Answer::new(200, answer));
        assert_eq!(failure(&host, SPEC).kind, FailureKind::Network, "{answer}");
    }
}

#[test]
fn addresses_are_had_anew() {
    let host = server()
        .post(UPLOAD_PACK, recorded!("commit"))
        .post(BATCH, batch(&[object(OTHER, &json!({"href": "https://store.example/fresh"}))]));
    let spec = read_spec(SPEC).unwrap();
    let path = ["weights/other.bin".to_owned(), "latest.bin".to_owned()];
    // Only what is wanted is asked for, at the commit that was pinned.
    let one = GitLfs::locate(&host, &spec, COMMIT, &path[..1]).unwrap();
    assert_eq!(one, [Locator::Download(Download::new("https://store.example/fresh"))]);
    let asked: Value = serde_json::from_str(&bodies(&host, BATCH)[0]).unwrap();
    assert_eq!(asked["objects"], json!([{"oid": OTHER, "size": 12}]));
    assert!(host.is_spent());

    let host = server().post(UPLOAD_PACK, recorded!("commit"));
    let plain = GitLfs::locate(&host, &spec, COMMIT, &["vocab.txt".to_owned()]);
    assert_eq!(plain.unwrap_err().kind, FailureKind::NotFound);
    assert!(GitLfs::locate(&ScriptedHost::new(), &spec, "main", &path).is_err());
}

#[test]
fn a_servers_address_is_checked() {
    for (named, expected) in [
        ("https://lfs.example/x/", "https://lfs.example/x"),
        ("https://user:word@lfs.example/x", "https://lfs.example/x"),
        ("http://lfs.example:8080", "http://lfs.example:8080"),
    ] {
        assert_eq!(checked(named).unwrap(), expected);
    }
    for named in [
        "ssh://git@lfs.example/x",
        "git@lfs.example:x",
        "/x",
        "https://lfs.example/?x",
        "file:///x",
    ] {
        assert_eq!(checked(named).unwrap_err().kind, FailureKind::Unsupported, "{named}");
    }
}
