//! Models of a real MLflow server, logged by the real client, by the real
//! binary and real Nix.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests"
)]

use std::path::{Path, PathBuf};

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{Scene, assert_failed, binary, json};
use nix_ai_model_testkit::{
    Cut, Environment, Fixture, Mlflow, ObjectStore, Relay, Run, StoreKind, skip,
};
use serde_json::Value;

/// A server with models, and a user who knows it.
struct Registry {
    server: Mlflow,
    /// `[{"run": …, "model": "m-…"}, …]`, version by version.
    logged: Value,
    environment: Environment,
}

impl Registry {
    /// Where MLflow is not here, says so for `test`.
    fn start(test: &str, login: bool) -> Option<Self> {
        let Some(server) = Mlflow::start(login).unwrap() else {
            skip(test, "MLflow is not here; cargo xtask test installs it");
            return None;
        };
        let logged = server.log_models().unwrap();
        let mut environment = Environment::new().unwrap();
        environment.set("MLFLOW_TRACKING_URI", server.url());
        Some(Self { server, logged, environment })
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let program = self.environment.program(binary()).args(arguments);
        let set = |program, (name, value): &(&str, &str)| -> nix_ai_model_testkit::Program {
            nix_ai_model_testkit::Program::variable(program, name, value)
        };
        variables.iter().fold(program, set).run().unwrap()
    }

    fn out(&self, name: &str) -> PathBuf {
        self.environment.root().join(name)
    }

    fn prefetch(&self, reference: &str, out: &str, variables: &[(&str, &str)]) -> Run {
        let out = self.out(out);
        self.run(&["prefetch", reference, "--out", out.to_str().unwrap()], variables)
    }

    /// What the client fetches, without the file that it adds by itself.
    fn by_client(&self, uri: &str, out: &str) -> PathBuf {
        let out = self.out(out);
        self.server.download(uri, &out).unwrap();
        let _ = std::fs::remove_file(out.join("registered_model_meta"));
        out
    }
}

const LOGIN: [(&str, &str); 2] =
    [("MLFLOW_TRACKING_USERNAME", Mlflow::USER), ("MLFLOW_TRACKING_PASSWORD", Mlflow::PASSWORD)];

/// Every file below, with its bytes.
fn files(folder: &Path) -> Fixture {
    fn walk(folder: &Path, within: &str, found: Fixture) -> Fixture {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        entries.fold(found, |found, entry| {
            let path = format!("{within}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), found)
            } else {
                found.file(path, std::fs::read(entry.path()).unwrap())
            }
        })
    }
    walk(folder, "", Fixture::new())
}

fn assert_same(one: &Path, other: &Path) {
    let wanted = files(one);
    assert!(wanted.paths().len() > 2, "{:?}", wanted.paths());
    assert_eq!(wanted.differences(other).unwrap(), Vec::<String>::new());
}

/// Servers start slowly, so one with logins serves all that needs one.
#[test]
fn a_registry_is_read_as_its_client_reads_it() {
    let test = "a_registry_is_read_as_its_client_reads_it";
    let Some(registry) = Registry::start(test, true) else { return };
    what_is_fetched_is_what_the_client_fetches(&registry);
    what_moves_leads_to_one_pin(&registry);
    what_is_missing_is_said(&registry);
}

fn what_is_fetched_is_what_the_client_fetches(registry: &Registry) {
    let model = registry.logged[1]["model"].as_str().unwrap();
    let run = registry.logged[0]["run"].as_str().unwrap();
    let plain = format!("runs:/{run}/plain");
    for (name, reference, uri) in [
        ("version", "mlflow:my model/2", "models:/my model/2"),
        ("alias", "mlflow:my model@champion", "models:/my model@champion"),
        ("logged", &format!("mlflow:models:/{model}"), &format!("models:/{model}")),
        ("plain", &format!("mlflow:{plain}"), &plain),
    ] {
        let by_client = registry.by_client(uri, &format!("{name}-by-client"));
        // The client puts a run's folder into a folder of its name.
        let by_client = if name == "plain" { by_client.join("plain") } else { by_client };
        let fetched = registry.prefetch(reference, name, &LOGIN).succeeded();
        assert_same(&by_client, &registry.out(name));
        assert!(!fetched.stderr.contains(Mlflow::PASSWORD), "{}", fetched.stderr);
    }
    assert!(
        files(&registry.out("version"))
            .paths()
            .contains(&"artifacts/weights/nested/größe eins/a b+c=d.bin")
    );
}

fn what_moves_leads_to_one_pin(registry: &Registry) {
    let run = registry.logged[0]["run"].as_str().unwrap();
    let plain = format!("runs:/{run}/plain");
    let pin = |reference: &str| {
        let plan = json(&registry.run(&["resolve", reference, "--json"], &LOGIN).succeeded());
        plan["pin"].as_str().unwrap().to_owned()
    };
    let first = pin("mlflow:my model/1");
    assert_eq!(first, pin("mlflow:my model@champion"));
    assert_eq!(first, pin("mlflow:my model/Production"));
    assert_eq!(pin("mlflow:my model/latest"), pin("mlflow:my model/2"));
    assert_ne!(first, pin("mlflow:my model/2"));
    let one = format!("mlflow:{plain}/weights.bin");
    assert!(pin(&one).starts_with(&plain));
}

fn what_is_missing_is_said(registry: &Registry) {
    for (reference, word) in [
        ("mlflow:my model/9", "no version 9 of model \"my model\""),
        ("mlflow:nothing/1", "no version 1 of model \"nothing\""),
        ("mlflow:my model@nobody", "no alias \"nobody\""),
        ("mlflow:my model/Staging", "in stage \"Staging\""),
        ("mlflow:models:/m-0123456789abcdef0123456789abcdef", "no logged model m-0123"),
        ("mlflow:runs:/0123456789abcdef0123456789abcdef/x", "no run 0123"),
    ] {
        assert_failed(&registry.run(&["resolve", reference], &LOGIN), 11, &[word]);
    }
    assert_failed(&registry.run(&["resolve", "mlflow:my model"], &LOGIN), 2, &["name/3"]);
    let unset = registry.run(&["resolve", "mlflow:my model/1"], &[]);
    assert_failed(
        &unset,
        12,
        &["MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD", "Nix build"],
    );
    let wrong = [LOGIN[0], ("MLFLOW_TRACKING_PASSWORD", "hunter2")];
    let wrong = registry.run(&["resolve", "mlflow:my model/1"], &wrong);
    assert_failed(&wrong, 12, &["did not accept", "MLFLOW_TRACKING_PASSWORD"]);
    assert!(!wrong.stderr.contains("hunter2"));
    let nowhere = [("MLFLOW_TRACKING_URI", "sqlite:///runs.db")];
    assert_failed(&registry.run(&["resolve", "mlflow:m/1"], &nowhere), 2, &["MLFLOW_TRACKING_URI"]);
    let databricks = [("MLFLOW_TRACKING_URI", "databricks")];
    assert_failed(&registry.run(&["resolve", "mlflow:m/1"], &databricks), 2, &["DATABRICKS_HOST"]);
}

/// And one without logins all else.
#[test]
fn a_registry_without_logins_is_read() {
    let Some(registry) = Registry::start("a_registry_without_logins_is_read", false) else {
        return;
    };
    a_download_that_breaks_goes_on(&registry);
    what_lies_in_an_object_store_comes_from_there(&registry);
}

fn a_download_that_breaks_goes_on(registry: &Registry) {
    let whole = registry.prefetch("mlflow:my model/1", "whole", &[]).succeeded();
    let url = registry.server.url();
    let relay = Relay::start(url, "weights.bin", 1 << 20, 2, Cut::Close).unwrap();
    let through = relay.url(url);
    let through = [("MLFLOW_TRACKING_URI", through.as_str())];
    let broken = registry.prefetch("mlflow:my model/1", "broken", &through).succeeded();
    let ranges = relay.ranges();
    assert_eq!(ranges.len(), 3, "{ranges:?}");
    assert!(ranges[1..].iter().all(|range| !range.starts_with("bytes=0-")), "{ranges:?}");
    assert_eq!(broken.stdout, whole.stdout);
    assert_same(&registry.out("whole"), &registry.out("broken"));
}

fn what_lies_in_an_object_store_comes_from_there(registry: &Registry) {
    let test = "what_lies_in_an_object_store_comes_from_there";
    let Some(store) = ObjectStore::start(StoreKind::S3).unwrap() else {
        return skip(test, "the S3 store is not here; cargo xtask test installs it");
    };
    let model = Fixture::small_model();
    let folder = registry.out("put");
    model.write_to(&folder).unwrap();
    store.put("models", "stored/1/", &folder);
    let register = "import mlflow; client = mlflow.MlflowClient(); \
        client.create_registered_model('stored'); \
        client.create_model_version('stored', 's3://models/stored/1')";
    registry.server.client("python", ["-c", register]).unwrap();
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AK"),
        ("AWS_SECRET_ACCESS_KEY", "s3cretKeyThatMustNotShow"),
        ("AWS_ENDPOINT_URL", store.url()),
    ];
    let fetched = registry.prefetch("mlflow:stored/1", "stored", &keys).succeeded();
    assert_eq!(model.differences(&registry.out("stored")).unwrap(), Vec::<String>::new());
    assert!(fetched.stderr.contains("objects=s3://models/stored/1/"), "{}", fetched.stderr);
}

#[test]
fn what_only_the_server_can_read_is_refused() {
    let test = "what_only_the_server_can_read_is_refused";
    let Some(server) = Mlflow::start_local().unwrap() else {
        return skip(test, "MLflow is not here; cargo xtask test installs it");
    };
    server.log_models().unwrap();
    let environment = Environment::new().unwrap();
    let run = environment
        .program(binary())
        .args(["resolve", "mlflow:my model/1"])
        .variable("MLFLOW_TRACKING_URI", server.url());
    assert_failed(&run.run().unwrap(), 1, &["a folder of its own machine", "--serve-artifacts"]);
}

#[test]
fn nix_builds_what_prefetch_hashed() {
    let test = "nix_builds_what_prefetch_hashed";
    let Some(registry) = Registry::start(test, true) else { return };
    let prefetched = registry.prefetch("mlflow:my model/1", "prefetched", &LOGIN).succeeded();
    let hash = prefetched.stdout.trim();
    for nix in Nix::versions(test) {
        let scene = Scene::new();
        let Some(store) = Store::new(test, &nix, &scene) else { continue };
        let build = |attribute: &str, version: &str, hash: &str, login: bool| {
            let arguments = format!(
                "{{ source.mlflow = {{ trackingUri = \"{}\"; modelName = \"my model\"; {version} }}; hash = \"{hash}\"; }}",
                registry.server.url()
            );
            let program = store.program(["build", "--print-build-logs"]);
            let program = program.args(store.model(attribute, &arguments));
            let set = LOGIN.iter().filter(|_| login);
            set.fold(program, |program, (name, value)| program.variable(name, value)).run().unwrap()
        };
        let third = "modelVersion = 1;";
        let missing = build("raw", third, hash, false);
        assert_ne!(missing.code, Some(0));
        assert!(missing.stderr.contains("MLFLOW_TRACKING_USERNAME"), "{}", missing.stderr);
        let absent = build("raw", "modelAlias = \"nobody\";", hash, true);
        assert!(absent.stderr.contains("no alias \"nobody\""), "{}", absent.stderr);

        let _ = build("raw", third, hash, true).succeeded();
        assert_same(&registry.out("prefetched"), &store.output("raw"));
        let _ = build("model", "modelAlias = \"champion\";", hash, true).succeeded();
        let again = build("raw", third, hash, false).succeeded();
        assert!(!again.stderr.contains("building"), "it is in the store: {}", again.stderr);

        let wrong = hash.replace(&hash[7..11], "AAAA");
        let wrong = build("raw", third, &wrong, true);
        assert_ne!(wrong.code, Some(0));
        assert!(wrong.stderr.contains(hash), "it says the right one: {}", wrong.stderr);
    }
}
