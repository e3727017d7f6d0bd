//! Third parties' plugins: added by consent, pinned, granted and removed; from
//! files, addresses and a real registry, with real signatures.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use nix_ai_model_e2e::plugins::{ALL, MANIFEST, User};
use nix_ai_model_e2e::{assert_failed, binary, json};
use nix_ai_model_test_guests::{CORE_MODULE, HOSTILE, NO_MANIFEST, with_manifest};
use nix_ai_model_testkit::{Hub, OciRegistry, skip};
use serde_json::json as value;

#[test]
fn what_is_added_is_shown_pinned_and_used() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    let shown = user.run(&["plugin", "inspect", &plugin]).succeeded().stdout;
    for words in [
        "read from https://allowed.example",
        "download from https://*.files.example",
        "use your credential \"token\" (the value of MY_REGISTRY_TOKEN) at https://allowed.example and nowhere else",
        "your netrc file",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }

    assert_failed(&user.add(&plugin, &[]), 2, &["no terminal", "--allow-credential 'token'"]);
    let part = user.add(&plugin, &["--yes", "--allow-http", "https://allowed.example"]);
    assert_failed(&part, 16, &["--allow-download 'https://*.files.example'", "--allow-unsigned"]);
    let stray = user.add(&plugin, &["--yes", "--allow-http", "https://other.example"]);
    assert_failed(&stray, 2, &["does not ask for", "https://other.example"]);
    assert!(user.installed().is_empty());

    user.add(&plugin, &ALL).succeeded();
    assert_eq!(user.installed(), ["my-registry"]);
    assert_failed(&user.add(&plugin, &ALL), 2, &["installed already"]);
    let spec = r#"{"source": "my-registry", "act": "behave"}"#;
    let run = user.0.program(binary()).args(["resolve", "-", "--json"]).input(spec).run().unwrap();
    assert_eq!(
        json(&run.succeeded())["source"].as_str().unwrap().split(':').next(),
        Some("my-registry")
    );
}

#[test]
fn what_is_revoked_is_gone_and_a_reinstall_inherits_nothing() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    user.add(&plugin, &ALL).succeeded();
    let hub = Hub::builder().start().unwrap();
    let ask = |url: &str| {
        let spec = value!({"source": "my-registry", "act": "fetch", "url": url}).to_string();
        user.0.program(binary()).args(["resolve", "-"]).input(spec).run().unwrap()
    };
    assert_failed(&ask(hub.url()), 16, &["not encrypted"]);
    let origin = hub.url().trim_end_matches('/');
    user.run(&["plugin", "grant", "my-registry", "--allow-named-origin", origin]).succeeded();
    ask(hub.url()).succeeded();
    user.run(&["plugin", "revoke", "my-registry", "--named-origin", origin]).succeeded();
    assert_failed(&ask(hub.url()), 16, &["not encrypted"]);
    let revoke =
        || user.run(&["plugin", "revoke", "my-registry", "--http", "https://allowed.example"]);
    revoke().succeeded();
    assert_failed(&ask("https://allowed.example/"), 16, &["may not reach"]);
    assert_failed(&revoke(), 2, &["was not granted"]);
    let more = user.run(&["plugin", "grant", "my-registry", "--allow-http", "https://x.example"]);
    assert_failed(&more, 2, &["does not ask for"]);
    user.run(&["plugin", "remove", "my-registry"]).succeeded();
    assert!(user.installed().is_empty());
    assert_failed(&user.run(&["plugin", "remove", "my-registry"]), 11, &["not installed"]);
    assert_failed(&user.run(&["plugin", "remove", "huggingface"]), 2, &["built in"]);
    assert_failed(&ask(hub.url()), 2, &["no source \"my-registry\""]);
    user.add(&plugin, &ALL).succeeded();
    let inspected = json(&user.run(&["plugin", "inspect", "my-registry", "--json"]).succeeded());
    assert!(inspected["grants"]["http"] == value!(["https://allowed.example"]), "{inspected}");
}

#[test]
fn an_update_asks_where_it_asks_for_more() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    user.add(&plugin, &ALL).succeeded();
    let unchanged = user.run(&["plugin", "update"]).succeeded();
    assert!(unchanged.stdout.contains("is the newest"), "{}", unchanged.stdout);

    let wider = MANIFEST.replace("1.0.0", "2.0.0").replace(
        "[\"https://allowed.example\"]",
        "[\"https://allowed.example\", \"https://more.example\"]",
    );
    user.packed("p.wasm", &wider);
    let asked = user.run(&["plugin", "update", "my-registry"]);
    assert_failed(
        &asked,
        2,
        &["may now      read from https://more.example", "--allow-http 'https://more.example'"],
    );
    let version = || {
        json(&user.run(&["plugin", "inspect", "my-registry", "--json"]).succeeded())["version"]
            .clone()
    };
    assert_eq!(version(), "1.0.0", "nothing changed");
    let more =
        ["plugin", "update", "--yes", "--allow-unsigned", "--allow-http", "https://more.example"];
    user.run(&more).succeeded();
    assert_eq!(version(), "2.0.0");

    let moved = wider.replace("2.0.0", "3.0.0").replace("\"MY_REGISTRY_TOKEN\"", "\"HF_TOKEN\"");
    user.packed("p.wasm", &moved);
    let asked = user.run(&["plugin", "update", "--yes", "--allow-unsigned"]);
    assert_failed(&asked, 16, &["--allow-credential 'token'"]);
}

#[test]
fn what_is_no_plugin_changes_nothing() {
    let user = User::new();
    let truncated = &HOSTILE[..HOSTILE.len() / 2];
    let builtin = with_manifest(NO_MANIFEST, &MANIFEST.replace("my-registry", "huggingface"));
    let unknown = with_manifest(NO_MANIFEST, &format!("filesystem = [\"/\"]\n{MANIFEST}"));
    let wildcard =
        with_manifest(NO_MANIFEST, &MANIFEST.replace("https://allowed.example\"]", "https://*\"]"));
    let future = with_manifest(NO_MANIFEST, &MANIFEST.replace("\"0.1\"", "\"0.2\""));
    for (bytes, words) in [
        (truncated, "damaged"),
        (CORE_MODULE, "core module"),
        (NO_MANIFEST, "no manifest"),
        (&builtin, "built in"),
        (&unknown, "filesystem"),
        (&wildcard, "star"),
        (&future, "0.2"),
        (b"hello", "no WebAssembly"),
    ] {
        fs::write(user.path("p.wasm"), bytes).unwrap();
        assert_failed(&user.add("p.wasm", &ALL), 16, &[words]);
    }
    let huge = fs::File::create(user.path("p.wasm")).unwrap();
    huge.set_len(2 << 30).unwrap();
    assert_failed(&user.add("p.wasm", &ALL), 2, &["longer than"]);
    assert_failed(&user.add("nothing.wasm", &ALL), 11, &["no component file"]);
    assert_failed(&user.add("oci://nowhere", &ALL), 2, &["oci://registry/name:tag"]);
    assert!(user.installed().is_empty());
}

#[test]
fn a_home_that_cannot_be_written_is_named() {
    let mut user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    fs::write(user.path("file"), "").unwrap();
    let folder = user.path("file/below");
    user.0.set("NIX_AI_MODEL_DATA_DIR", folder);
    assert_failed(&user.add(&plugin, &ALL), 13, &["file/below"]);
}

#[test]
fn a_swapped_component_is_not_run() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    user.add(&plugin, &ALL).succeeded();
    let components = fs::read_dir(user.path(".local/share/nix-ai-model/plugins/components"));
    let component = components.unwrap().next().unwrap().unwrap().path();
    fs::write(component, with_manifest(NO_MANIFEST, MANIFEST)).unwrap();
    let run = user.run(&["resolve", "my-registry:x"]);
    assert_failed(&run, 14, &["not the one that was consented to"]);
}

#[test]
fn a_project_pins_its_plugins() {
    let user = User::new();
    fs::create_dir(user.path("project")).unwrap();
    let plugin = user.packed("project/p.wasm", MANIFEST);
    let lock = ["--lock", "project/plugins.lock.json"];
    user.add(&plugin, &[&ALL[..], &lock[..]].concat()).succeeded();
    assert!(user.installed().is_empty(), "the project's, not the user's");
    let text = fs::read_to_string(user.path("project/plugins.lock.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(written["plugins"]["my-registry"]["component"], "./p.wasm");
    assert_eq!(written["plugins"]["my-registry"]["grants"]["credentials"], value!(["token"]));

    let spec = r#"{"source": "my-registry", "act": "behave"}"#;
    let resolve = |lock: &str| {
        let arguments = ["resolve", "-", "--plugins-lock", lock];
        user.0.program(binary()).args(arguments).input(spec).run().unwrap()
    };
    resolve("project/plugins.lock.json").succeeded();
    user.packed("project/p.wasm", &MANIFEST.replace("1.0.0", "1.0.1"));
    assert_failed(&resolve("project/plugins.lock.json"), 14, &["my-registry"]);
    assert_failed(&resolve("project/nothing.json"), 11, &["no lock file"]);
    fs::write(user.path("project/plugins.lock.json"), "{}").unwrap();
    assert_failed(&resolve("project/plugins.lock.json"), 2, &["malformed"]);
}

#[test]
fn published_signed_and_pulled_from_a_real_registry() {
    let Some(registry) = OciRegistry::start(true).unwrap() else {
        skip("published_signed_and_pulled_from_a_real_registry", "docker-registry is missing");
        return;
    };
    let mut user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    let reference = format!("oci://{}/team/my-registry:1.0", registry.authority());
    let allowed = ["--allow-origin", &registry.origin()].map(str::to_owned);
    let allowed = allowed.each_ref().map(String::as_str);
    let publish = |user: &User| {
        user.run(&[&["plugin", "publish", &plugin, &reference], &allowed[..]].concat())
    };
    assert_failed(&publish(&user), 12, &["docker login"]);
    let login = base64::engine::general_purpose::STANDARD.encode(OciRegistry::LOGIN);
    let config = value!({"auths": {registry.authority(): {"auth": login}}});
    fs::create_dir(user.path("docker")).unwrap();
    fs::write(user.path("docker/config.json"), config.to_string()).unwrap();
    user.0.set("DOCKER_CONFIG", user.path("docker"));
    // Plain http is only for origins that the user names.
    let unnamed = user.run(&["plugin", "publish", &plugin, &reference]);
    assert_failed(&unnamed, 16, &["--allow-origin"]);

    let Some(key) = sign(&user.path("p.wasm")) else { return };
    publish(&user).succeeded();
    let policy =
        format!("unsigned = \"refuse\"\n[[trusted-key]]\nname = \"Us\"\nkey = \"{key}\"\n");
    fs::create_dir_all(user.path(".config/nix-ai-model")).unwrap();
    fs::write(user.path(".config/nix-ai-model/plugins.toml"), policy).unwrap();
    let grants: Vec<&str> =
        ALL.iter().copied().filter(|flag| *flag != "--allow-unsigned").collect();
    user.add(&reference, &[&grants, &allowed[..]].concat()).succeeded();
    let inspected = json(&user.run(&["plugin", "inspect", "my-registry", "--json"]).succeeded());
    assert_eq!(inspected["signer"]["name"], "Us");
    let from = inspected["from"].as_str().unwrap();
    assert!(from.starts_with(&format!("{reference}@sha256:")), "{from}");
    // By digest alone as well, into a lock file that another user's run reads.
    let by_digest = from.replace(":1.0@", "@");
    let lock = ["--lock", "plugins.lock.json"];
    user.add(&by_digest, &[&grants[..], &allowed[..], &lock[..]].concat()).succeeded();
    user.run(&["plugin", "remove", "my-registry"]).succeeded();
    let spec = r#"{"source": "my-registry", "act": "behave"}"#;
    let arguments = ["resolve", "-", "--plugins-lock", "plugins.lock.json"];
    let arguments = arguments.iter().copied().chain(allowed);
    user.0.program(binary()).args(arguments).input(spec).run().unwrap().succeeded();

    // The tag moves on to what nobody signed.
    fs::remove_file(user.path("p.wasm.minisig")).unwrap();
    user.packed("p.wasm", &MANIFEST.replace("1.0.0", "1.1.0"));
    publish(&user).succeeded();
    let unsigned = user.add(&reference, &[&grants, &allowed[..]].concat());
    assert_failed(&unsigned, 16, &["not signed by a key that you trust"]);
    user.add(&by_digest, &[&grants, &allowed[..]].concat()).succeeded();
}

/// Signs a file with a new key of the real minisign, and returns the public key.
fn sign(file: &Path) -> Option<String> {
    let folder = file.parent().unwrap();
    let minisign =
        |arguments: &[&str]| Command::new("minisign").args(arguments).current_dir(folder).output();
    let Ok(made) = minisign(&["-G", "-W", "-p", "key.pub", "-s", "key"]) else {
        skip("published_signed_and_pulled_from_a_real_registry", "minisign is missing");
        return None;
    };
    assert!(made.status.success(), "{made:?}");
    let signed = minisign(&["-S", "-W", "-s", "key", "-m", file.to_str().unwrap()]).unwrap();
    assert!(signed.status.success(), "{signed:?}");
    Some(fs::read_to_string(folder.join("key.pub")).unwrap().lines().nth(1).unwrap().to_owned())
}
