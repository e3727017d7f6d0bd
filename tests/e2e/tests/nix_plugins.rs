//! Third parties' plugins in Nix builds, by the oldest version of Nix that must
//! work and the newest: compiled in one derivation, run in another, and nobody
//! is asked.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use nix_ai_model_e2e::Scene;
use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_test_guests::HOSTILE;
use nix_ai_model_testkit::{Fixture, OciRegistry, Run, skip};
use serde_json::Value;

/// Hash of no bytes at all.
const OTHER: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const UNKNOWN: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A project with a plugin in it, and the lock file that pins it.
struct Project<'a> {
    scene: &'a Scene,
    /// SHA-256 of the component.
    hash: String,
}

impl<'a> Project<'a> {
    fn new(scene: &'a Scene) -> Self {
        fs::write(scene.environment.home().join("hostile.wasm"), HOSTILE).unwrap();
        let origin = scene.hub.url().trim_end_matches('/');
        let grants = ["--yes", "--allow-unsigned", "--allow-http", "https://allowed.example"];
        let more = ["--allow-download", "https://files.example", "--allow-setting"];
        let rest = ["HOSTILE_SETTING", "--allow-credential", "token", "--allow-named-origin"];
        let add = ["plugin", "add", "./hostile.wasm", "--lock", "plugins.lock.json"];
        let add = scene.cli([&add[..], &grants, &more, &rest, &[origin]].concat());
        add.run().unwrap().succeeded();
        let lock: Value = serde_json::from_slice(&fs::read(Self::path(scene)).unwrap()).unwrap();
        let pin = &lock["plugins"]["hostile"];
        assert_eq!(pin["variables"], serde_json::json!(["HOSTILE_TOKEN"]));
        Self { scene, hash: pin["hash"].as_str().unwrap().to_owned() }
    }

    fn path(scene: &Scene) -> PathBuf {
        scene.environment.home().join("plugins.lock.json")
    }

    fn lock(&self) -> String {
        Self::path(self.scene).display().to_string()
    }

    fn component(&self) -> String {
        self.scene.environment.home().join("hostile.wasm").display().to_string()
    }

    /// The hash that the model has for one who asks on the command line.
    fn prefetched(&self, spec: &Value, variables: &[(&str, &str)]) -> String {
        let lock = self.lock();
        let run = self.scene.cli(["prefetch", "-", "--no-store", "--plugins-lock", &lock]);
        let run = variables.iter().fold(run, |run, (name, value)| run.variable(name, value));
        run.input(spec.to_string()).run().unwrap().succeeded().stdout.trim().to_owned()
    }

    /// `plugins.hostile` with these attributes beside component and hash.
    fn pinned(&self, more: &str) -> String {
        let (component, hash) = (self.component(), &self.hash);
        format!("plugins.hostile = {{ component = {component}; hash = \"{hash}\"; {more} }};")
    }

    /// The grants that reach the hub.
    fn reaching(&self) -> String {
        let origin = self.scene.hub.url().trim_end_matches('/');
        format!("grants = {{ origins = [ \"{origin}\" ]; credentials = [ \"token\" ]; }};")
    }

    fn fetch(&self, file: &str) -> Value {
        let url = format!("{}/org/name/resolve/main/{file}", self.scene.hub.url());
        serde_json::json!({"source": "hostile", "act": "fetch", "url": url})
    }
}

/// The arguments of `fetchModel` for a spec of fields.
fn model(spec: &Value, hash: &str, more: &str) -> String {
    let spec = spec.to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("{{ source = builtins.fromJSON \"{spec}\"; hash = \"{hash}\"; {more} }}")
}

fn each(test: &str, scene: impl Fn() -> Scene, run: impl Fn(&Project<'_>, &Store<'_>)) {
    for nix in Nix::versions(test) {
        let scene = scene();
        if let Some(store) = Store::with_command_line(test, &nix, &scene) {
            run(&Project::new(&scene), &store);
        }
    }
}

fn assert_refused(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
}

fn built(store: &Store<'_>, arguments: &str) -> String {
    let _ = store.build("model", arguments).succeeded();
    fs::read_to_string(store.output("model").join("file")).unwrap()
}

#[test]
fn a_model_is_built_through_a_pinned_plugin() {
    each("nix_plugins", Scene::new, |project, store| {
        let spec = project.fetch("config.json");
        let hash = project.prefetched(&spec, &[]);
        let arguments = model(&spec, &hash, &project.pinned(&project.reaching()));
        assert!(built(store, &arguments).contains("bert"));

        project.scene.hub.journal().clear();
        let _ = store.build("model", &arguments).succeeded();
        let lock = project.lock();
        let by_lock = model(&spec, &hash, &format!("plugins = {lock};"));
        let _ = store.build("raw", &by_lock).succeeded();
        assert!(project.scene.hub.journal().requests().is_empty(), "the output was there");

        // Another model through the lock file alone, and one by its short form.
        let spec = project.fetch("README.md");
        let hash = project.prefetched(&spec, &[]);
        assert!(
            built(store, &model(&spec, &hash, &format!("plugins = {lock};"))).contains("made-up")
        );
        let spec = serde_json::json!({"source": "hostile:behave", "files": ["f*"]});
        let hash = project.prefetched(&spec, &[]);
        let short = format!(
            "{{ source = \"hostile:behave\"; files = [ \"f*\" ]; hash = \"{hash}\"; plugins = {lock}; }}"
        );
        assert_eq!(built(store, &short), "");
    });
}

#[test]
fn what_was_not_granted_is_refused_in_a_build() {
    each("nix_plugins_refusals", Scene::new, |project, store| {
        let spec = project.fetch("config.json");
        let build = |more: &str| store.build("model", &model(&spec, UNKNOWN, more));
        let unreachable = project.pinned("grants = { http = [ ]; credentials = [ \"token\" ]; };");
        assert_refused(&build(&unreachable), &["failed with exit code 16", "model hostile"]);
        let spec = serde_json::json!({"source": "hostile", "act": "fetch", "url": "https://allowed.example/"});
        let revoked = model(&spec, UNKNOWN, &unreachable);
        assert_refused(
            &store.build("model", &revoked),
            &["failed with exit code 16", "may not reach", "https://allowed.example"],
        );
    });
}

#[test]
fn another_component_than_the_pinned_one_is_not_run() {
    each("nix_plugins_swapped", Scene::new, |project, store| {
        let spec = project.fetch("config.json");
        let component = project.component();
        let pin = |component: &str, hash: &str| {
            format!(
                "plugins.hostile = {{ component = {component}; hash = \"{hash}\"; {} }};",
                project.reaching()
            )
        };
        let build = |pin: &str| store.build("model", &model(&spec, UNKNOWN, pin));
        let evaluated = build(&pin(&component, OTHER));
        assert_refused(&evaluated, &["not the one that was consented to", &project.hash, OTHER]);
        // What another derivation makes is not looked at before it is there.
        let made = format!("\"${{builtins.path {{ path = {component}; name = \"made\"; }}}}\"");
        let ran = build(&pin(&made, OTHER));
        assert_refused(&ran, &["not the one that was consented to", "failed with exit code 14"]);
        let right = project.prefetched(&spec, &[]);
        let arguments = model(&spec, &right, &pin(&made, &project.hash));
        assert!(built(store, &arguments).contains("bert"));
        let damaged = "(builtins.toFile \"p.wasm\" \"no plugin\")";
        assert_refused(&build(&pin(damaged, OTHER)), &["this is not a plugin", "hostile-compiled"]);
    });
}

#[test]
fn settings_and_credentials_reach_the_build_by_their_variables() {
    each("nix_plugins_variables", Scene::new, |project, store| {
        let spec = serde_json::json!({"source": "hostile", "act": "look"});
        let variables = [("HOSTILE_TOKEN", "secret-of-the-test"), ("HOSTILE_SETTING", "set")];
        let hash = project.prefetched(&spec, &variables);
        let arguments = model(&spec, &hash, &format!("plugins = {};", project.lock()));
        let build = store.program(["build", "--print-build-logs"]);
        let build = build.args(store.model("model", &arguments));
        let build =
            variables.iter().fold(build, |build, (name, value)| build.variable(name, value));
        let run = build.run().unwrap().succeeded();
        let seen = fs::read_to_string(store.output("model").join("file")).unwrap();
        assert_eq!(seen, "true false set ");
        assert!(!run.stderr.contains("secret-of-the-test"));
    });
}

#[test]
fn a_component_is_fetched_by_a_derivation_of_its_own() {
    let Some(registry) = OciRegistry::start(false).unwrap() else {
        skip("a_component_is_fetched_by_a_derivation_of_its_own", "docker-registry is missing");
        return;
    };
    let served = || Scene::with(Fixture::small_model().file("hostile.wasm", HOSTILE));
    each("nix_plugins_fetched", served, |project, store| {
        let scene = project.scene;
        let reference = format!("oci://{}/team/hostile:1.0", registry.authority());
        let hub = scene.hub.url().trim_end_matches('/').to_owned();
        let allowed = [registry.origin(), hub.clone()].join(",");
        let publish = ["plugin", "publish", "./hostile.wasm", &reference];
        scene
            .cli(publish)
            .variable("NIX_AI_MODEL_ALLOW_ORIGINS", &allowed)
            .run()
            .unwrap()
            .succeeded();
        let build = |file: &str, component: &str, hash: &str, of_model: &str| {
            let pin =
                format!("component = \"{component}\"; hash = \"{hash}\"; {}", project.reaching());
            let arguments =
                model(&project.fetch(file), of_model, &format!("plugins.hostile = {{ {pin} }};"));
            let build = store.program(["build", "--print-build-logs"]);
            build
                .args(store.model("model", &arguments))
                .variable("NIX_AI_MODEL_ALLOW_ORIGINS", &allowed)
                .run()
                .unwrap()
        };
        let wrong = build("config.json", &reference, OTHER, UNKNOWN);
        assert_refused(&wrong, &["hash mismatch", "hostile.wasm.drv", &project.hash]);
        let hash = project.prefetched(&project.fetch("config.json"), &[]);
        let _ = build("config.json", &reference, &project.hash, &hash).succeeded();
        let model = fs::read_to_string(store.output("model").join("file")).unwrap();
        assert!(model.contains("bert"));

        // One component is one store path, wherever it comes from: the registry's is there.
        let nowhere = "oci://127.0.0.1:1/team/hostile:1.0";
        let readme = project.prefetched(&project.fetch("README.md"), &[]);
        let _ = build("README.md", nowhere, &project.hash, &readme).succeeded();
        let missing = build("README.md", nowhere, OTHER, UNKNOWN);
        assert_refused(&missing, &["plugin hostile", "127.0.0.1:1", "failed with exit code 16"]);

        let address = format!("{hub}/org/name/resolve/main/hostile.wasm");
        let wrong = build("config.json", &address, UNKNOWN, UNKNOWN);
        assert_refused(&wrong, &["hash mismatch", &project.hash]);
    });
}
