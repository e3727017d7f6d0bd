//! `lib.fetchModel` by real Nix, the oldest version that must work and the
//! newest, sandbox on, through the project's own builder.
#![allow(clippy::disallowed_types, reason = "tests run the real Nix")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{Scene, TOKEN, json};
use nix_ai_model_testkit::{Fault, Fixture, HubBuilder, Repository, Run};

const NO_DIFFERENCE: Vec<String> = Vec::new();

/// Runs with each version of Nix, on a scene of its own.
fn each(test: &str, scene: impl Fn() -> Scene, run: impl Fn(&Scene, &Store<'_>)) {
    for nix in Nix::versions(test) {
        let scene = scene();
        if let Some(store) = Store::new(test, &nix, &scene) {
            run(&scene, &store);
        }
    }
}

fn hash(scene: &Scene) -> String {
    let run =
        scene.cli(["prefetch", "hf:org/name", "--no-store"]).variable("HF_TOKEN", TOKEN).run();
    run.unwrap().succeeded().stdout.trim().to_owned()
}

fn pinned(hash: &str) -> String {
    format!("{{ source.huggingface.repo = \"org/name\"; hash = \"{hash}\"; }}")
}

fn assert_build_failed(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains(TOKEN), "a token shows: {}", run.stderr);
}

#[test]
fn a_model_is_built_with_the_hash_that_prefetch_prints() {
    each("nix_build", Scene::new, |scene, store| {
        let hash = hash(scene);
        let _ = store.build("raw", &pinned(&hash)).succeeded();
        let raw = scene.fixture.differences(&store.output("raw")).unwrap();
        assert_eq!(
            raw, NO_DIFFERENCE,
            "the fixed output holds what upstream gave, and nothing else"
        );
        let _ = store.build("model", &pinned(&hash)).succeeded();
        let model = store.output("model");
        let meta = std::fs::read_to_string(model.join(".nix-ai-model-meta.json")).unwrap();
        let meta: serde_json::Value = serde_json::from_str(&meta).unwrap();
        assert_eq!((&meta["name"], &meta["hash"]), (&"name".into(), &hash.clone().into()));
        assert_eq!(meta["source"], "huggingface:org/name@main");
        assert_eq!(meta["totalSize"], scene.fixture.size());
        assert_eq!(
            std::fs::read(model.join("config.json")).unwrap(),
            std::fs::read(store.output("raw").join("config.json")).unwrap()
        );

        scene.hub.journal().clear();
        let _ = store.build("model", &pinned(&hash)).succeeded();
        assert!(scene.hub.journal().requests().is_empty(), "a second build asks nobody");
    });
}

#[test]
fn a_hugging_face_cache_has_the_clients_own_layout() {
    each("hf_cache", Scene::new, |scene, store| {
        let commit = json(
            &scene.cli(["prefetch", "hf:org/name", "--no-store", "--json"]).run().unwrap(),
        )["pin"]
            .clone();
        let commit = commit.as_str().unwrap();
        let arguments = format!(
            "{{ source.huggingface = {{ repo = \"org/name\"; revision = \"{commit}\"; }}; hash = \"{}\"; }}",
            hash(scene)
        );
        let _ = store.build("hfCache", &arguments).succeeded();
        let snapshot = store.output("hfCache").join("models--org--name/snapshots").join(commit);
        let weights = std::fs::metadata(snapshot.join("model.safetensors")).unwrap();
        assert_eq!(weights.len(), 300_001);
        let by_branch = pinned(&hash(scene));
        let _ = store.build("hfCache", &by_branch).succeeded();
        let cache = store.output("hfCache").join("models--org--name");
        let named = std::fs::read_to_string(cache.join("refs/main")).unwrap();
        assert_eq!(named.len(), 40, "a commit without a newline");
        assert!(cache.join("snapshots").join(named).join("nested/größe-模型.txt").exists());
    });
}

#[test]
fn each_file_can_be_an_output_of_its_own() {
    each("file_hashes", Scene::new, |scene, store| {
        let run = scene
            .cli(["prefetch", "hf:org/name", "--no-store", "--json"])
            .run()
            .unwrap()
            .succeeded();
        let files = json(&run)["files"].as_array().unwrap().clone();
        let hashes: String = files
            .iter()
            .map(|file| {
                format!("{} = \"sha256:{}\"; ", file["path"], file["sha256"].as_str().unwrap())
            })
            .collect();
        let arguments = format!(
            "{{ source.huggingface.repo = \"org/name\"; fileHashes = {{ {} }}; }}",
            sri(&hashes)
        );
        let _ = store.build("model", &arguments).succeeded();
        let model = store.output("model");
        for path in scene.fixture.paths() {
            assert!(std::fs::metadata(model.join(path)).unwrap().is_file(), "{path}");
        }
    });
}

/// `sha256:HEX` as SRI, by Python, which every machine of the tests has.
fn sri(text: &str) -> String {
    let script = "import base64,re,sys\nprint(re.sub(r'sha256:([0-9a-f]{64})',lambda m:'sha256-'+base64.b64encode(bytes.fromhex(m[1])).decode(),sys.argv[1]))";
    let output = std::process::Command::new("python3").args(["-c", script, text]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn urls_are_built_too() {
    each("url", Scene::new, |scene, store| {
        let url = format!("{}/org/name/resolve/main/config.json", scene.hub.url());
        let run = scene.cli(["prefetch", &url, "--no-store", "--json"]).run().unwrap().succeeded();
        let sha256 = json(&run)["files"][0]["sha256"].clone();
        let arguments = format!(
            "{{ source.url.urls = [ {{ url = \"{url}\"; sha256 = {sha256}; }} ]; name = \"config\"; }}"
        );
        let _ = store.build("model", &arguments).succeeded();
        let fetched = std::fs::read_to_string(store.output("model").join("config.json")).unwrap();
        assert!(fetched.contains("bert"));
    });
}

#[test]
fn a_wrong_hash_says_the_right_one() {
    each("wrong_hash", Scene::new, |scene, store| {
        let wrong = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_build_failed(
            &store.build("model", &pinned(wrong)),
            &["hash mismatch", &hash(scene)],
        );
    });
}

#[test]
fn what_is_missing_gated_or_wrong_is_said_in_the_build_log() {
    let right = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    each("missing", Scene::new, |_, store| {
        let missing = pinned(right).replace("org/name", "org/other");
        assert_build_failed(
            &store.build("model", &missing),
            &["model other", "org/other", "hint:"],
        );
    });
    let gated = || {
        Scene::serving(Fixture::small_model(), Repository::gated_listing, HubBuilder::without_cdn)
    };
    each("gated", gated, |_, store| {
        assert_build_failed(&store.build("model", &pinned(right)), &["gated", "HF_TOKEN"]);
    });
    each("wrong_byte", Scene::new, |scene, store| {
        scene.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
        assert_build_failed(
            &store.build("model", &pinned(right)),
            &["model.safetensors", "not what was promised"],
        );
    });
}

#[test]
fn a_token_reaches_a_build_by_its_environment_and_shows_nowhere() {
    let private = || {
        Scene::serving(
            Fixture::small_model(),
            |r| r.private().granted_to(TOKEN),
            HubBuilder::without_cdn,
        )
    };
    each("token", private, |scene, store| {
        let arguments = pinned(&hash(scene));
        let build =
            store.program(["build", "--print-build-logs"]).args(store.model("model", &arguments));
        let run = build.variable("HF_TOKEN", TOKEN).run().unwrap().succeeded();
        assert!(!run.stderr.contains(TOKEN) && !run.stdout.contains(TOKEN));
    });
}

#[test]
fn progress_is_nixs_own() {
    each("progress", Scene::new, |scene, store| {
        let arguments = pinned(&hash(scene));
        let build = store.program(["build", "--log-format", "internal-json"]);
        let run = build.args(store.model("raw", &arguments)).run().unwrap().succeeded();
        let transfers = run
            .stderr
            .lines()
            .filter(|line| line.contains("\"type\":101") && line.contains("/resolve/"));
        assert_eq!(transfers.count(), scene.fixture.paths().len(), "{}", run.stderr);
    });
}

#[test]
fn prefetch_into_the_store_makes_the_build_a_no_op() {
    each("prefetch_into_store", Scene::new, |scene, store| {
        let import = scene
            .cli(["prefetch", "hf:org/name", "--json"])
            .variable("NIX_CONF_DIR", scene.environment.root().join("conf"))
            .variable("NIX_REMOTE", scene.environment.root().join("store"))
            .run()
            .unwrap()
            .succeeded();
        let result = json(&import);
        let path = result["storePath"].as_str().unwrap();
        assert!(store.on_disk(path.as_ref()).join("config.json").exists());
        scene.hub.journal().clear();
        let _ = store.build("raw", &pinned(result["hash"].as_str().unwrap())).succeeded();
        assert!(scene.hub.journal().requests().is_empty(), "the fixed output was there");
    });
}
