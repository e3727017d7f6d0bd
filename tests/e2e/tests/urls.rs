//! The source url by the real binaries: mirrors, and credentials by origin.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{Scene, TOKEN, assert_failed, json};
use nix_ai_model_testkit::{Fault, Fixture, HubBuilder, Run};

const FILE: &str = "org/name/resolve/main/model.safetensors";

/// The SHA-256 of the model's weights, in hexadecimal.
fn sha256(scene: &Scene) -> String {
    let run = scene.cli(["prefetch", "hf:org/name", "--no-store", "--json"]).run().unwrap();
    let files = json(&run.succeeded())["files"].clone();
    let weights =
        files.as_array().unwrap().iter().find(|file| file["path"] == "model.safetensors").unwrap();
    weights["sha256"].as_str().unwrap().to_owned()
}

fn url(scene: &Scene) -> String {
    format!("{}/{FILE}", scene.hub.url())
}

/// Fetches the first scene's file, the others being its mirrors.
fn prefetch(scene: &Scene, mirrors: &[String], sha256: &str) -> Run {
    let spec = format!(
        r#"{{"source":"url","urls":[{{"url":"{}","sha256":"{sha256}","mirrors":{}}}]}}"#,
        url(scene),
        serde_json::to_string(mirrors).unwrap(),
    );
    scene.cli(["prefetch", "-", "--no-store", "--json"]).input(spec).run().unwrap()
}

#[test]
fn mirrors_are_tried_in_order_and_the_digest_decides() {
    let (first, second, third) = (Scene::new(), Scene::new(), Scene::new());
    let sha256 = sha256(&first);
    let mirrors = [url(&second), url(&third)];
    let _ = prefetch(&first, &mirrors, &sha256).succeeded();
    assert!(second.hub.journal().requests().is_empty(), "the first one serves");

    first.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
    second.hub.inject(Fault::status(404));
    let run = prefetch(&first, &mirrors, &sha256).succeeded();
    assert_eq!(json(&run)["files"][0]["sha256"], sha256.as_str());
    assert!(run.stderr.contains("next mirror"), "{}", run.stderr);
    assert!(!third.hub.journal().requests().is_empty());

    third.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
    assert_failed(&prefetch(&first, &mirrors, &sha256), 14, &["not what was promised"]);
}

#[test]
fn a_mirror_goes_on_where_another_place_broke() {
    let (first, second) = (Scene::new(), Scene::new());
    let sha256 = sha256(&first);
    second.hub.journal().clear();
    first.hub.inject(Fault::close(100_000).on("*/model.safetensors").times(1));
    first.hub.inject(Fault::status(410).on("*/model.safetensors").after(1));
    let _ = prefetch(&first, &[url(&second)], &sha256).succeeded();
    let ranges: Vec<_> = second.hub.journal().requests();
    let range = ranges.last().unwrap().range().unwrap().to_owned();
    assert_ne!(range, "bytes=0-");
}

#[test]
fn what_one_place_announced_does_not_bind_its_mirrors() {
    let (first, second) = (Scene::new(), Scene::new());
    let sha256 = sha256(&first);
    first.hub.inject(Fault::html(200).on("*/model.safetensors"));
    let whole = prefetch(&second, &[], &sha256).succeeded();
    let by_mirror = prefetch(&first, &[url(&second)], &sha256).succeeded();
    assert_eq!(json(&by_mirror)["hash"], json(&whole)["hash"]);
}

#[test]
fn a_tree_that_is_not_what_was_pinned_is_fetched_anew() {
    let scene = Scene::with(Fixture::new().pseudo_random("model.safetensors", 5 << 20));
    let address = url(&scene);
    let hash = scene.cli(["prefetch", &address, "--no-store"]).run().unwrap().succeeded().stdout;
    scene.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors").times(1));
    let prefetch = || {
        let fetch = scene.cli(["prefetch", &address, "--no-store", "--expect", hash.trim()]);
        fetch.run().unwrap()
    };
    assert_failed(&prefetch(), 14, &["pinned"]);
    assert_eq!(prefetch().succeeded().stdout, hash);
}

#[test]
fn mirrors_without_a_digest_are_refused() {
    let scene = Scene::new();
    let spec =
        format!(r#"{{"source":"url","urls":[{{"url":"{0}","mirrors":["{0}"]}}]}}"#, url(&scene));
    let run = scene.cli(["prefetch", "-", "--no-store"]).input(spec).run().unwrap();
    assert_failed(&run, 2, &["mirrors", "sha256"]);
}

/// A hub that wants a token, and a file that says where it is.
fn private() -> (Scene, PathBuf, PathBuf) {
    let scene = Scene::serving(
        Fixture::small_model(),
        |repository| repository.private().granted_to(TOKEN),
        HubBuilder::without_cdn,
    );
    let root = scene.environment.root().to_owned();
    let (settings, token) = (root.join("credentials.toml"), root.join("token"));
    write(&token, TOKEN, 0o640);
    let text = format!(
        "[[credential]]\norigin = \"{}\"\nbearer-file = \"{}\"\n",
        scene.hub.url(),
        token.display()
    );
    write(&settings, &text, 0o644);
    (scene, settings, token)
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn an_origins_credential_is_sent_to_it() {
    let (scene, settings, token) = private();
    let address = url(&scene);
    let prefetch = || scene.cli(["prefetch", &address, "--no-store"]);
    assert_failed(&prefetch().run().unwrap(), 12, &["credentials.toml"]);
    let run = prefetch().variable("NIX_AI_MODEL_CREDENTIALS", &settings).run().unwrap();
    assert!(!run.succeeded().stderr.contains(TOKEN));

    // The user's own folder of settings is looked at too.
    let own = scene.environment.home().join(".config/nix-ai-model");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::copy(&settings, own.join("credentials.toml")).unwrap();
    let _ = prefetch().run().unwrap().succeeded();

    write(&token, "another", 0o600);
    assert_failed(&prefetch().run().unwrap(), 12, &[token.to_str().unwrap(), "valid"]);
    write(&token, TOKEN, 0o644);
    assert_failed(&prefetch().run().unwrap(), 2, &[token.to_str().unwrap(), "everyone"]);
    std::fs::remove_file(&token).unwrap();
    assert_failed(&prefetch().run().unwrap(), 12, &[token.to_str().unwrap(), "not set"]);
    let gone = scene.environment.root().join("gone.toml");
    let run = prefetch().variable("NIX_AI_MODEL_CREDENTIALS", &gone).run().unwrap();
    assert_failed(&run, 2, &["gone.toml", "extra-sandbox-paths"]);
}

#[test]
fn a_build_is_given_mirrors_and_credentials() {
    for nix in Nix::versions("url_credentials") {
        let (scene, settings, token) = private();
        let Some(store) = Store::new("url_credentials", &nix, &scene) else { return };
        let prefetch = scene.cli(["prefetch", "hf:org/name", "--no-store", "--json"]);
        let run = prefetch.variable("HF_TOKEN", TOKEN).run().unwrap().succeeded();
        let files = json(&run)["files"].clone();
        let weights = files
            .as_array()
            .unwrap()
            .iter()
            .find(|file| file["path"] == "model.safetensors")
            .unwrap()
            .clone();
        let hub = scene.hub.url();
        let arguments = format!(
            "{{ source.url.urls = [ {{ url = \"{hub}/nothing/here.bin\"; name = \"model.safetensors\"; \
             sha256 = {}; mirrors = [ \"{}\" ]; }} ]; }}",
            weights["sha256"],
            url(&scene)
        );
        let paths = format!("{} {}", settings.display(), token.display());
        let build =
            store.program(["build", "--print-build-logs", "--option", "sandbox-paths", &paths]);
        let run = build
            .args(store.model("model", &arguments))
            .variable("NIX_AI_MODEL_CREDENTIALS", &settings)
            .run()
            .unwrap()
            .succeeded();
        assert!(!run.stderr.contains(TOKEN));
        let built = std::fs::metadata(store.output("model").join("model.safetensors")).unwrap();
        assert_eq!(Some(built.len()), weights["size"].as_u64());
    }
}
