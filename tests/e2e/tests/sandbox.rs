//! What a plugin may not do, tried by hostile plugins in the real program. The
//! table in docs/explanation/sandbox.md says which test shows which promise.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::net::UdpSocket;

use nix_ai_model_e2e::assert_failed;
use nix_ai_model_e2e::plugins::{ALL, MANIFEST, User};
use nix_ai_model_test_guests::WASI;
use nix_ai_model_testkit::{Answer, HostileRegistry, Lie, ScriptedServer};
use serde_json::json;

/// As [`MANIFEST`], and the user may name an origin in the spec's field `url`.
fn naming() -> String {
    MANIFEST.replace("[[credential]]", "origins-from = [{ field = \"url\" }]\n[[credential]]")
}

/// Asks for nothing.
const NOTHING: &str = "name = \"my-registry\"\nversion = \"1.0.0\"\nkind = \"source\"\n\
    interface = \"0.1\"\ndescription = \"Asks for nothing.\"\nlicense = \"MIT\"\n";

fn user_with(manifest: &str) -> User {
    let user = User::new();
    let plugin = user.packed("p.wasm", manifest);
    user.add(&plugin, &ALL[..if manifest == NOTHING { 2 } else { 8 }]).succeeded();
    user
}

/// A server that nobody may reach.
fn bait() -> ScriptedServer {
    ScriptedServer::start(|_| Answer::bytes("secret")).unwrap()
}

fn assert_untouched(bait: &ScriptedServer) {
    assert!(bait.journal().requests().is_empty(), "{:?}", bait.journal().requests());
}

#[test]
fn a_guests_request_ends_at_the_door() {
    let (user, bait) = (user_with(MANIFEST), bait());
    for url in [bait.url(), "https://other.example/", "file:///etc/passwd"] {
        assert_failed(&user.resolve(json!({"act": "fetch", "url": url}), &[]), 16, &["hint"]);
    }
    assert_untouched(&bait);
}

#[test]
fn a_redirect_of_metadata_ends_at_the_door() {
    let (user, bait) = (user_with(&naming()), bait());
    let to = bait.url().to_owned();
    let server = ScriptedServer::start(move |_| Answer::redirect(&to)).unwrap();
    let run = user.resolve(json!({"act": "fetch", "url": server.url()}), &[]);
    assert_failed(&run, 16, &["a redirect from"]);
    assert_eq!(server.journal().requests().len(), 1);
    assert_untouched(&bait);
}

/// Downloads what a plan of `my-registry` names.
fn prefetch(user: &User, mut fields: serde_json::Value) -> nix_ai_model_testkit::Run {
    fields["source"] = "my-registry".into();
    let out = user.path("out");
    let program = user.cli(&["prefetch", "-", "--out", out.to_str().unwrap()]);
    let run = program.input(fields.to_string()).run().unwrap();
    assert!(run.code == Some(0) || !out.exists(), "something is under the final name");
    run
}

#[test]
fn a_plans_downloads_end_at_the_door() {
    let bait = bait();
    let url = format!("{}/file", bait.url());
    let user = user_with(MANIFEST);
    assert_failed(&user.resolve(json!({"act": "plan", "url": url}), &[]), 16, &[]);
    let user = user_with(&naming());
    let to = url.clone();
    let server = ScriptedServer::start(move |request| match request.path() {
        "/expired" => Answer::status(403),
        _ => Answer::redirect(&to),
    })
    .unwrap();
    let at = |path: &str| format!("{}{path}", server.url());
    let redirected = prefetch(&user, json!({"act": "plan", "url": at("/moved")}));
    assert_failed(&redirected, 16, &["a redirect from"]);
    let located = json!({"act": "plan", "url": at("/expired"), "fresh": url});
    assert_failed(&prefetch(&user, located), 16, &[]);
    assert_untouched(&bait);
}

#[test]
fn objects_that_were_not_asked_for_are_refused() {
    let user = user_with(MANIFEST);
    for uri in ["s3://bucket/key", "gs://bucket/key", "az://account/key", "file:///etc/passwd"] {
        let run = prefetch(&user, json!({"act": "object", "url": uri}));
        assert_ne!(run.code, Some(0), "{uri}");
        assert!(run.stderr.contains("error: "), "{uri}: {}", run.stderr);
    }
}

#[test]
fn wasi_opens_no_way_to_the_network() {
    let (user, bait) = (User::new(), bait());
    let plugin = user.packed_of(WASI, "p.wasm", MANIFEST);
    user.add(&plugin, &ALL).succeeded();
    let out = user.path("out/file");
    let found = |fields| {
        prefetch(&user, fields).succeeded();
        let found = fs::read_to_string(&out).unwrap();
        fs::remove_dir_all(user.path("out")).unwrap();
        found
    };
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_nonblocking(true).unwrap();
    let datagrams = udp.local_addr().unwrap().to_string();
    for address in [bait.authority(), &datagrams] {
        assert_eq!(found(json!({"act": "connect", "url": address})), "");
    }
    assert!(udp.recv(&mut [0; 8]).is_err(), "a datagram came");
    let url = bait.url();
    let host = json!([["host", "allowed.example"], ["transfer-encoding", "chunked"]]);
    for headers in [json!([]), host] {
        let answer = found(json!({"act": "fetch", "url": url, "headers": headers}));
        assert!(["Denied", "Forbidden"].iter().any(|no| answer.contains(no)), "{answer}");
    }
    assert_untouched(&bait);
}

#[test]
fn an_installation_ends_at_the_door() {
    let (user, bait) = (User::new(), bait());
    let to = bait.url().to_owned();
    let server = ScriptedServer::encrypted(move |_| Answer::redirect(&to)).unwrap();
    let certificates = server.certificates().unwrap().to_str().unwrap().to_owned();
    let add = |reference: &str, more: &[&str]| {
        let arguments = [&["plugin", "add", reference], more, &ALL].concat();
        user.cli(&arguments).variable("SSL_CERT_FILE", &certificates).run().unwrap()
    };
    let url = format!("{}/p.wasm", server.url());
    assert_failed(&add(&url, &[]), 16, &["--allow-origin"]);
    assert!(server.journal().requests().is_empty(), "a private address that nobody named");
    assert_failed(&add(&url, &["--allow-origin", server.url()]), 16, &["a redirect from"]);

    let component = fs::read(user.path(&user.packed("p.wasm", MANIFEST))).unwrap();
    let registry = HostileRegistry::start(&component, Lie::None).unwrap();
    assert_failed(&add(&registry.reference(), &[]), 16, &["--allow-origin"]);
    assert!(registry.journal().requests().is_empty());
    assert_untouched(&bait);
    assert!(user.installed().is_empty());
}

#[test]
fn a_manifest_that_lies_gets_what_it_says() {
    let (user, bait) = (user_with(NOTHING), bait());
    let asked = json!({"act": "fetch", "url": "https://allowed.example/"});
    assert_failed(&user.resolve(asked, &[]), 16, &["plugin my-registry"]);
    assert_failed(&user.resolve(json!({"act": "plan", "url": bait.url()}), &[]), 16, &[]);
    let plan = prefetch(&user, json!({"act": "look"}));
    plan.succeeded();
    // No credential, no setting: not even whether there is one.
    assert_eq!(fs::read_to_string(user.path("out/file")).unwrap(), "false false  ");
    assert_untouched(&bait);
    user.run(&["plugin", "remove", "my-registry"]).succeeded();
    for (key, other) in [("\"source\"", "\"scanner\""), ("my-registry", "huggingface")] {
        let plugin = user.path("lie.wasm");
        let manifest = NOTHING.replace(key, other);
        fs::write(user.path("plugin.toml"), manifest).unwrap();
        let pack = ["plugin", "pack", "component.wasm", "-o", plugin.to_str().unwrap()];
        let run = user.run(&pack);
        let run = if run.code == Some(0) { user.add("lie.wasm", &ALL[..2]) } else { run };
        assert_failed(&run, 16, &[]);
    }
    assert!(user.installed().is_empty());
}

#[test]
fn a_plan_stays_in_its_folder() {
    let user = user_with(MANIFEST);
    for path in ["../evil", "/tmp/evil", "a/../../evil", "a\u{1b}[2J", "a\\..\\b\0", ""] {
        let run = prefetch(&user, json!({"act": "path", "url": path}));
        assert_failed(&run, 16, &[]);
    }
    assert!(!user.path("evil").exists() && !user.0.root().join("evil").exists());
}

#[test]
fn a_compiled_artefact_that_was_changed_is_not_run() {
    let user = user_with(MANIFEST);
    let compiled = user.0.cache().join("nix-ai-model/artefacts");
    let artefact = |entry: &fs::DirEntry| !entry.path().to_string_lossy().ends_with(".sha256");
    let files: Vec<_> =
        fs::read_dir(&compiled).unwrap().map(Result::unwrap).filter(artefact).collect();
    assert!(!files.is_empty());
    let mut good = Vec::new();
    for file in &files {
        let mut bytes = fs::read(file.path()).unwrap();
        good.push(bytes.clone());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(file.path(), bytes).unwrap();
    }
    user.resolve(json!({"act": "behave"}), &[]).succeeded();
    let again: Vec<_> = files.iter().filter_map(|file| fs::read(file.path()).ok()).collect();
    assert!(again.iter().any(|bytes| good.contains(bytes)), "it was compiled anew");
}
