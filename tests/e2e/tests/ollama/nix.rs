//! By real Nix, the oldest version that must work and the newest.

use std::path::Path;

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{Scene, json};
use nix_ai_model_testkit::{OciRegistry, OllamaModel, Run, basic};
use serde_json::Value;

use super::{NO_DIFFERENCE, Shop, registry};

const WRONG: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Runs with each version of Nix, each with a registry and a user of its own.
fn each(test: &str, run: impl Fn(&Shop, &Store<'_>)) {
    for nix in Nix::versions(test) {
        let Some(shop) = Shop::open(test, OllamaModel::small()) else { return };
        if let Some(store) = Store::new(test, &nix, &shop.scene) {
            run(&shop, &store);
        }
    }
}

fn pinned(registry: &OciRegistry, model: &str, hash: &str) -> String {
    let registry = registry.origin();
    format!(
        "{{ source.ollama = {{ model = \"{model}\"; registry = \"{registry}\"; }}; hash = \"{hash}\"; }}"
    )
}

fn hash(shop: &Shop) -> String {
    let spec = shop.short_form();
    let run = shop.scene.cli(["prefetch", &spec, "--no-store"]).run().unwrap();
    run.succeeded().stdout.trim().to_owned()
}

fn assert_build_failed(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains("pa55word"), "a login shows: {}", run.stderr);
}

#[test]
fn a_model_is_built_and_is_an_ollama_store() {
    each("ollama_build", |shop, store| {
        let arguments = pinned(&shop.registry, "tiny", &hash(shop));
        let _ = store.build("raw", &arguments).succeeded();
        let raw = store.output("raw");
        assert_eq!(shop.model.files().differences(&raw).unwrap(), NO_DIFFERENCE);
        let _ = store.build("model", &arguments).succeeded();
        let meta = std::fs::read(store.output("model").join(".nix-ai-model-meta.json")).unwrap();
        let meta: Value = serde_json::from_slice(&meta).unwrap();
        assert_eq!(meta["source"], shop.short_form());

        let _ = store.build("ollamaStore", &arguments).succeeded();
        assert_is_store(shop, &store.output("ollamaStore"));
    });
}

/// As Ollama reads one: the manifest by four names, every blob by its digest.
fn assert_is_store(shop: &Shop, folder: &Path) {
    let host = shop.registry.authority();
    let manifest = folder.join(format!("manifests/{host}/library/tiny/latest"));
    assert_eq!(std::fs::read(&manifest).unwrap(), shop.model.manifest());
    for place in ["manifests", "blobs"].map(|name| folder.join(name)) {
        assert!(!place.is_symlink() && place.is_dir());
    }
    for (digest, bytes) in shop.model.blobs() {
        let blob = folder.join(format!("blobs/sha256-{digest}"));
        assert_eq!(std::fs::read(blob).unwrap(), bytes);
    }
}

#[test]
fn a_second_build_asks_nobody() {
    for nix in Nix::versions("ollama_second_build") {
        let Some(shop) = Shop::open("ollama_second_build", OllamaModel::small()) else { return };
        let Some(store) = Store::new("ollama_second_build", &nix, &shop.scene) else { return };
        let arguments = pinned(&shop.registry, "tiny", &hash(&shop));
        let _ = store.build("ollamaStore", &arguments).succeeded();
        drop(shop.registry);
        let _ = store.build("ollamaStore", &arguments).succeeded();
    }
}

#[test]
fn prefetch_into_the_store_makes_the_build_a_no_op() {
    for nix in Nix::versions("ollama_prefetch") {
        let Some(shop) = Shop::open("ollama_prefetch", OllamaModel::small()) else { return };
        let Some(store) = Store::new("ollama_prefetch", &nix, &shop.scene) else { return };
        let root = shop.scene.environment.root();
        let run = shop
            .scene
            .cli(["prefetch", &shop.short_form(), "--json"])
            .variable("NIX_CONF_DIR", root.join("conf"))
            .variable("NIX_REMOTE", root.join("store"))
            .run()
            .unwrap()
            .succeeded();
        let result = json(&run);
        let path = result["storePath"].as_str().unwrap();
        assert!(store.on_disk(path.as_ref()).join("model.gguf").exists());
        let arguments = pinned(&shop.registry, "tiny", result["hash"].as_str().unwrap());
        // There is nobody left to ask.
        drop(shop.registry);
        let _ = store.build("raw", &arguments).succeeded();
    }
}

#[test]
fn what_is_wrong_or_missing_is_said_in_the_build_log() {
    each("ollama_wrong", |shop, store| {
        let build = |model: &str| store.build("model", &pinned(&shop.registry, model, WRONG));
        assert_build_failed(&build("tiny"), &["hash mismatch", &hash(shop)]);
        assert_build_failed(&build("tiny:none"), &["no", "tiny:none", "manifest unknown", "hint:"]);
    });
}

#[test]
fn a_login_reaches_a_build_by_its_environment() {
    for nix in Nix::versions("ollama_login") {
        let Some(registry) = registry("ollama_login", true) else { return };
        let login = OciRegistry::LOGIN;
        let model = OllamaModel::small();
        model.push(registry.authority(), "library/tiny", "latest", Some(&basic(login))).unwrap();
        let scene = Scene::new();
        let Some(store) = Store::new("ollama_login", &nix, &scene) else { return };
        let arguments = pinned(&registry, "tiny", WRONG);
        let missing = store.build("model", &arguments);
        assert_build_failed(&missing, &["OLLAMA_REGISTRY_LOGIN", "Nix build"]);
        let build =
            store.program(["build", "--print-build-logs"]).args(store.model("model", &arguments));
        let wrong_hash = build.variable("OLLAMA_REGISTRY_LOGIN", login).run().unwrap();
        assert_build_failed(&wrong_hash, &["hash mismatch"]);
    }
}
