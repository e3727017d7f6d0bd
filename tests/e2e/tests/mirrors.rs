//! Mirrors that the user names, retries and rates, by the real command line.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::{Scene, TOKEN, assert_failed};
use nix_ai_model_testkit::{Fault, Fixture, Hub, HubBuilder, Repository};
use tempfile::TempDir;

const NO_DIFFERENCE: Vec<String> = Vec::new();

/// A second hub with the same model.
struct Mirror {
    hub: Hub,
    _folder: TempDir,
}

impl Mirror {
    fn of(fixture: &Fixture) -> Self {
        let folder = TempDir::new().unwrap();
        fixture.write_to(folder.path()).unwrap();
        let served = Repository::model("org/name", folder.path());
        let hub = Hub::builder().repository(served).without_cdn().start().unwrap();
        Self { hub, _folder: folder }
    }

    fn requests(&self) -> usize {
        self.hub.journal().requests().len()
    }
}

#[test]
fn a_mirror_serves_what_the_planned_place_does_not() {
    let scene = Scene::serving(
        Fixture::small_model(),
        |repository| repository.private().granted_to(TOKEN),
        HubBuilder::without_cdn,
    );
    let mirror = Mirror::of(&scene.fixture);
    let out = scene.out();
    let prefetch = || {
        let fixed = ["prefetch", "hf:org/name", "--retries", "0", "--out", out.to_str().unwrap()];
        scene.cli(fixed).args(["--mirror", mirror.hub.url()]).variable("HF_TOKEN", TOKEN)
    };
    let _ = prefetch().run().unwrap().succeeded();
    assert_eq!(mirror.requests(), 0, "the planned place comes first");
    std::fs::remove_dir_all(&out).unwrap();

    scene.hub.inject(Fault::status(503).on("*/resolve/*"));
    // The netrc file's login for hosts that it does not name is not for mirrors.
    let netrc = scene.environment.home().join(".netrc");
    std::fs::write(&netrc, "default login me password s3cret\n").unwrap();
    let run = prefetch().run().unwrap().succeeded();
    assert_eq!(scene.fixture.differences(&out).unwrap(), NO_DIFFERENCE);
    assert!(mirror.requests() >= scene.fixture.paths().len() - 1);
    assert!(mirror.hub.journal().matching(|request| request.has_credential()).is_empty());
    assert!(!run.stderr.contains(TOKEN));
    std::fs::remove_dir_all(&out).unwrap();

    // One that it names is.
    std::fs::write(&netrc, "machine 127.0.0.1 login me password s3cret\n").unwrap();
    let _ = prefetch().run().unwrap();
    assert!(!mirror.hub.journal().matching(|request| request.has_credential()).is_empty());
}

#[test]
fn mirrors_are_tried_in_order_and_the_digest_decides() {
    let scene = Scene::new();
    let (wrong, right) = (Mirror::of(&scene.fixture), Mirror::of(&scene.fixture));
    scene.hub.inject(Fault::status(404).on("*/model.safetensors"));
    wrong.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
    let run = scene.prefetch(["--mirror", wrong.hub.url(), "--mirror", right.hub.url()]);
    let run = run.succeeded();
    assert!(run.stderr.contains("not what was promised"), "{}", run.stderr);
    assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
    assert_eq!((wrong.requests(), right.requests()), (1, 1));
}

#[test]
fn wrong_bytes_everywhere_are_no_model() {
    let scene = Scene::new();
    let mirror = Mirror::of(&scene.fixture);
    for hub in [&scene.hub, &mirror.hub] {
        hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
    }
    let run = scene.prefetch(["--mirror", mirror.hub.url()]);
    assert_failed(&run, 14, &["model.safetensors", "not what was promised"]);
    assert!(!scene.out().exists());
}

#[test]
fn a_file_without_a_digest_is_not_taken_from_a_mirror() {
    let scene = Scene::new();
    let mirror = Mirror::of(&scene.fixture);
    let url = format!("{}/org/name/resolve/main/config.json", scene.hub.url());
    scene.hub.inject(Fault::status(404).on("*/config.json"));
    let run = scene.cli(["prefetch", &url, "--no-store", "--mirror", mirror.hub.url()]).run();
    let run = run.unwrap();
    assert_failed(&run, 11, &["mirrors are not asked for \"config.json\": no digest"]);
    assert_eq!(mirror.requests(), 0);
}

#[test]
fn retries_are_as_many_as_asked_for() {
    for (more, tries, words) in
        [(["--retries", "0"], 1, "status 503"), (["--retries", "2"], 3, "gave up after 3 tries")]
    {
        let scene = Scene::new();
        scene.hub.inject(Fault::status(503).on("*/model.safetensors"));
        let run = scene.prefetch(more.into_iter().chain(["--retry-delay", "0.01"]));
        assert_failed(&run, 10, &["model.safetensors", words]);
        let asked = scene.hub.journal().matching(|r| r.path().ends_with("model.safetensors"));
        assert_eq!(asked.len(), tries);
    }
}

#[test]
fn malformed_flags_are_said_before_anything_is_asked() {
    let scene = Scene::new();
    for (flag, value, words) in [
        ("--limit-rate", "10MB", &["--limit-rate", "\"10MB\" is no rate"][..]),
        ("--limit-rate", "0", &["\"0\" is no rate"]),
        ("--mirror", "mirror.example", &["--mirror", "is not a URL"]),
        ("--mirror", "https://me:s3cret@mirror.example", &["carries a user or password"]),
    ] {
        let run = scene.prefetch([flag, value]);
        assert_failed(&run, 2, words);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    }
    for (flag, value) in [("--retries", "101"), ("--retries", "-1"), ("--retry-delay", "x")] {
        assert_eq!(scene.prefetch([flag, value]).code, Some(2), "{flag} {value}");
    }
    assert!(scene.hub.journal().requests().is_empty());
    let run = scene.prefetch(["--limit-rate", "100M"]);
    let _ = run.succeeded();
}
