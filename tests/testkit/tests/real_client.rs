//! The hub is faithful where the real client cannot tell it from the real one.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use nix_ai_model_testkit::{
    Certificate, Environment, Fault, Fixture, Hub, HubBuilder, Kind, Place, Program, Proxy,
    Repository, Run, VENV_VARIABLE, python_program, skip,
};
use tempfile::TempDir;

/// The pins that the Python environment is made from.
const PINS: &str = include_str!("../client/requirements.txt");

/// A served fixture and the real client in an environment of its own.
struct Scene {
    fixture: Fixture,
    folder: TempDir,
    environment: Environment,
    client: std::path::PathBuf,
}

impl Scene {
    /// `None`, said loudly, where the client is not installed.
    fn new(test: &str, fixture: Fixture) -> Option<Self> {
        let Some(client) = python_program("hf") else {
            let reason = format!(
                "no hf client; make .local/venv from tests/testkit/client/requirements.txt or \
                 name one by {VENV_VARIABLE}"
            );
            skip(test, &reason);
            return None;
        };
        let folder = TempDir::new().unwrap();
        fixture.write_to(&folder.path().join("main")).unwrap();
        let mut environment = Environment::new().unwrap();
        for name in [
            "HF_HUB_DISABLE_XET",
            "HF_HUB_DISABLE_TELEMETRY",
            "HF_HUB_DISABLE_UPDATE_CHECK",
            "HF_HUB_DISABLE_PROGRESS_BARS",
            "DO_NOT_TRACK",
        ] {
            environment.set(name, "1");
        }
        Some(Self { fixture, folder, environment, client })
    }

    fn main(&self) -> std::path::PathBuf {
        self.folder.path().join("main")
    }

    fn model(&self) -> HubBuilder {
        Hub::builder().repository(Repository::model("org/name", self.main()))
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    fn download(&self, hub: &Hub, arguments: &[&str]) -> Program {
        self.environment
            .program(&self.client)
            .arg("download")
            .args(arguments)
            .arg("--local-dir")
            .arg(self.out())
            .variable("HF_ENDPOINT", hub.url())
    }

    /// Checks what was downloaded, without the client's own notes beside it.
    fn assert_has(&self, fixture: &Fixture) {
        assert_equal(fixture, &self.out());
    }
}

fn assert_equal(fixture: &Fixture, folder: &Path) {
    let notes = folder.join(".cache");
    if notes.exists() {
        std::fs::remove_dir_all(notes).unwrap();
    }
    assert_eq!(fixture.differences(folder).unwrap(), Vec::<String>::new());
}

fn assert_refused(run: &Run, error: &str) {
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains(error) || run.stdout.contains(error), "{run:#?}");
}

#[test]
fn the_client_is_the_pinned_one() {
    let Some(python) = python_program("python") else {
        return skip("the_client_is_the_pinned_one", "no Python environment");
    };
    let pin = PINS.lines().find_map(|line| line.strip_prefix("huggingface_hub==")).unwrap();
    let version = "import importlib.metadata as m; print(m.version('huggingface_hub'))";
    let run = Environment::new().unwrap().program(python).args(["-c", version]).run().unwrap();
    assert_eq!(run.succeeded().stdout.trim(), pin);
}

#[test]
fn a_whole_model_arrives() {
    let Some(scene) = Scene::new("a_whole_model_arrives", Fixture::small_model()) else { return };
    let hub = scene.model().token("hf_somebody").with_xet_hashes().start().unwrap();
    let program = scene.download(&hub, &["org/name"]).variable("HF_TOKEN", "hf_somebody");
    program.run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
    let large = hub.journal().matching(|request| request.place == Place::Cdn);
    assert_eq!(large.len(), 1, "the LFS file comes from the CDN: {large:?}");
    let with_token = hub.journal().matching(|request| request.has_credential());
    assert!(!with_token.is_empty(), "the endpoint gets the token");
    assert!(hub.leaked_credentials().is_empty());
}

#[test]
fn one_origin_serves_it_as_well() {
    let Some(scene) = Scene::new("one_origin_serves_it_as_well", Fixture::small_model()) else {
        return;
    };
    let hub = scene.model().without_cdn().without_resolve_cache().start().unwrap();
    scene.download(&hub, &["org/name"]).run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
    let redirected = |status| matches!(status, Some(300..400));
    assert!(hub.journal().matching(|request| redirected(request.status)).is_empty());
}

#[test]
fn a_subset_arrives_alone() {
    let Some(scene) = Scene::new("a_subset_arrives_alone", Fixture::small_model()) else { return };
    let hub = scene.model().start().unwrap();
    let patterns = ["org/name", "--include", "*.json", "--include", "nested/*"];
    scene.download(&hub, &patterns).run().unwrap().succeeded();
    let chosen = |path: &str| path.ends_with(".json") || path.starts_with("nested/");
    scene.assert_has(&scene.fixture.clone().filtered(chosen));
    assert_eq!(hub.journal().bytes_sent("safetensors"), 0);
}

#[test]
fn datasets_and_spaces_have_their_own_addresses() {
    let fixture = Fixture::new().file("data/é.csv", "a,b\n").pseudo_random("big.parquet", 70_000);
    let test = "datasets_and_spaces_have_their_own_addresses";
    let Some(scene) = Scene::new(test, fixture) else { return };
    let hub = Hub::builder()
        .repository(Repository::dataset("org/name", scene.main()))
        .repository(Repository::space("org/name", scene.main()))
        .start()
        .unwrap();
    for kind in ["dataset", "space"] {
        scene.download(&hub, &["org/name", "--repo-type", kind]).run().unwrap().succeeded();
        scene.assert_has(&scene.fixture);
        std::fs::remove_dir_all(scene.out()).unwrap();
    }
    assert_refused(&scene.download(&hub, &["org/name"]).run().unwrap(), "not found");
}

#[test]
fn tags_refs_and_commits_name_revisions() {
    let test = "tags_refs_and_commits_name_revisions";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let older = scene.fixture.clone().file("config.json", "{}\n").without("README.md");
    let folder = scene.folder.path().join("older");
    older.write_to(&folder).unwrap();
    let repository = Repository::model("org/name", scene.main())
        .reference("v1.0", &folder)
        .reference("refs/pr/1", &folder);
    let hub = Hub::builder().repository(repository).start().unwrap();
    let commit = hub.commit(Kind::Model, "org/name", "v1.0");
    for revision in ["v1.0", "refs/pr/1", commit.as_str()] {
        scene.download(&hub, &["org/name", "--revision", revision]).run().unwrap().succeeded();
        scene.assert_has(&older);
        std::fs::remove_dir_all(scene.out()).unwrap();
    }
    let run = scene.download(&hub, &["org/name", "--revision", "v9"]).run().unwrap();
    assert_refused(&run, "Revision not found");
}

#[test]
fn the_cache_has_the_real_layout() {
    let test = "the_cache_has_the_real_layout";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let hub = scene.model().start().unwrap();
    let download = scene.environment.program(&scene.client).args(["download", "org/name"]);
    download.variable("HF_ENDPOINT", hub.url()).run().unwrap().succeeded();
    let cache = scene.environment.cache().join("huggingface/hub/models--org--name");
    let commit = std::fs::read_to_string(cache.join("refs/main")).unwrap();
    assert_eq!(commit, hub.commit(Kind::Model, "org/name", "main"));
    assert_equal(&scene.fixture, &cache.join("snapshots").join(commit));
}

#[test]
fn more_than_a_thousand_files_take_pages() {
    let test = "more_than_a_thousand_files_take_pages";
    let Some(scene) = Scene::new(test, Fixture::many(1001)) else { return };
    let hub = scene.model().page_size(400).without_resolve_cache().start().unwrap();
    scene.download(&hub, &["org/name"]).run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
    let pages = hub.journal().matching(|request| request.path().contains("/tree/"));
    assert_eq!(pages.len(), 3, "1001 files and 11 folders, 400 a page");
}

#[test]
fn a_gated_repository_is_for_members() {
    let test = "a_gated_repository_is_for_members";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let repository = Repository::model("org/name", scene.main()).gated().granted_to("hf_member");
    let hub = Hub::builder().repository(repository).token("hf_guest").start().unwrap();
    let refusals = || hub.journal().matching(|request| request.status >= Some(400));
    assert_refused(&scene.download(&hub, &["org/name"]).run().unwrap(), "requires approval");
    assert!(refusals().iter().any(|request| request.status == Some(401)));
    let guest = scene.download(&hub, &["org/name"]).variable("HF_TOKEN", "hf_guest");
    assert_refused(&guest.run().unwrap(), "requires approval");
    assert!(refusals().iter().any(|request| request.status == Some(403)));
    let member = scene.download(&hub, &["org/name"]).variable("HF_TOKEN", "hf_member");
    member.run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
}

#[test]
fn what_may_not_be_seen_is_not_found() {
    let test = "what_may_not_be_seen_is_not_found";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let hub = Hub::builder()
        .repository(Repository::model("org/private", scene.main()).private())
        .repository(Repository::model("org/disabled", scene.main()).disabled())
        .token("hf_guest")
        .start()
        .unwrap();
    for id in ["org/private", "org/missing"] {
        let anonymous = scene.download(&hub, &[id]).run().unwrap();
        assert_refused(&anonymous, "not found");
        let guest = scene.download(&hub, &[id]).variable("HF_TOKEN", "hf_guest").run().unwrap();
        assert_refused(&guest, "not found");
    }
    let disabled = scene.download(&hub, &["org/disabled"]).run().unwrap();
    assert_refused(&disabled, "Access to this resource is disabled.");
    let wrong = scene.download(&hub, &["org/private"]).variable("HF_TOKEN", "hf_wrong");
    assert_refused(&wrong.run().unwrap(), "Invalid credentials in Authorization header");
}

#[test]
fn an_old_name_leads_to_the_new_one() {
    let test = "an_old_name_leads_to_the_new_one";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let repository = Repository::model("org/name", scene.main()).renamed_from("org/former");
    let hub = Hub::builder().repository(repository).start().unwrap();
    scene.download(&hub, &["org/former"]).run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
}

#[test]
fn a_cut_connection_is_resumed_by_a_range() {
    let test = "a_cut_connection_is_resumed_by_a_range";
    // The client writes 10 MiB at a time and resumes behind the last of them.
    let (size, cut, written) = (25_000_000, 22_000_000, 20 * 1024 * 1024);
    let fixture = Fixture::new().pseudo_random("model.safetensors", size);
    let Some(scene) = Scene::new(test, fixture) else { return };
    let hub = scene.model().start().unwrap();
    hub.inject(Fault::close(cut).on("*/model.safetensors").times(1));
    scene.download(&hub, &["org/name"]).run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
    let large = hub.journal().matching(|request| request.place == Place::Cdn);
    let seen: Vec<_> = large.iter().map(|request| (request.status, request.bytes_sent)).collect();
    assert_eq!(seen, [(Some(200), cut), (Some(206), size - written)]);
}

#[test]
fn a_rate_limit_is_waited_for() {
    let Some(scene) = Scene::new("a_rate_limit_is_waited_for", Fixture::small_model()) else {
        return;
    };
    let hub = scene.model().start().unwrap();
    hub.inject(Fault::rate_limited(1).on("*/tree/*").times(1));
    scene.download(&hub, &["org/name"]).run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
    let trees = hub.journal().matching(|request| request.path().contains("/tree/"));
    assert_eq!(trees[0].status, Some(429));
}

#[test]
fn https_is_trusted_by_its_authority_alone() {
    let test = "https_is_trusted_by_its_authority_alone";
    let Some(scene) = Scene::new(test, Fixture::small_model()) else { return };
    let hub = scene.model().tls(Certificate::trusted()).start().unwrap();
    let run = scene.download(&hub, &["org/name"]).run().unwrap();
    assert_refused(&run, "CERTIFICATE_VERIFY_FAILED");
    let authority = hub.authority().unwrap();
    let trusting = scene.download(&hub, &["org/name"]).variable("SSL_CERT_FILE", authority);
    trusting.run().unwrap().succeeded();
    scene.assert_has(&scene.fixture);
}

#[test]
fn a_proxy_leads_to_any_name() {
    let Some(scene) = Scene::new("a_proxy_leads_to_any_name", Fixture::small_model()) else {
        return;
    };
    let certificate = Certificate::for_names(["hub.example", "127.0.0.1"]);
    let hub = scene.model().tls(certificate).start().unwrap();
    let proxy = Proxy::builder()
        .credentials("somebody", "secret")
        .route("hub.example:443", hub.url())
        .start()
        .unwrap();
    let through = |url: String| {
        scene
            .download(&hub, &["org/name"])
            .variable("HF_ENDPOINT", "https://hub.example")
            .variable("SSL_CERT_FILE", hub.authority().unwrap())
            .variable("https_proxy", url)
            .run()
            .unwrap()
    };
    assert_refused(&through(proxy.url()), "407");
    through(proxy.url_with_credentials()).succeeded();
    scene.assert_has(&scene.fixture);
    let tunnels = proxy.journal().matching(|request| request.target == "hub.example:443");
    assert!(tunnels.iter().any(|request| request.status == Some(200)), "{tunnels:?}");
}
