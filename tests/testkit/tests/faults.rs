//! Each fault does on the wire what it says.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod raw;

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use nix_ai_model_testkit::{Fault, Fixture, Gate, Hub, Journal, Repository};
use raw::{Answer, ask, get, send};
use tempfile::TempDir;

const SIZE: u64 = 300_001;

struct Scene {
    folder: TempDir,
    hub: Hub,
}

impl Scene {
    /// A hub whose large file comes without redirects.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Fixture::small_model().write_to(folder.path()).unwrap();
        let repository = Repository::model("org/name", folder.path());
        let builder = Hub::builder().repository(repository);
        let hub = builder.without_cdn().without_resolve_cache().start().unwrap();
        Self { folder, hub }
    }

    fn with(fault: Fault) -> Self {
        let scene = Self::new();
        scene.hub.inject(fault);
        scene
    }

    fn model(&self) -> String {
        format!("{}/org/name/resolve/main/model.safetensors", self.hub.url())
    }

    fn tree_url(&self) -> String {
        format!("{}/api/models/org/name/tree/main?recursive=true", self.hub.url())
    }

    fn range(&self, range: &str) -> Answer {
        ask("GET", &self.model(), &[("Range", range)])
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("model.safetensors")).unwrap()
    }

    fn journal(&self) -> &Journal {
        self.hub.journal()
    }

    /// The paths of the listing, and the size of the large file in it.
    fn tree(&self) -> (Vec<String>, Option<u64>) {
        let entries = get(&self.tree_url()).json().as_array().unwrap().clone();
        let large = entries.iter().find(|entry| entry["path"] == "model.safetensors");
        let size = large.and_then(|entry| entry["lfs"]["size"].as_u64());
        let path = |entry: &serde_json::Value| entry["path"].as_str().unwrap().to_owned();
        (entries.iter().map(path).collect(), size)
    }
}

#[test]
fn other_answers_take_the_place_of_the_right_one() {
    let scene = Scene::with(Fault::html(502).on("/api/*").times(1));
    let page = get(&scene.tree_url());
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html; charset=utf-8")));
    assert_eq!(get(&scene.tree_url()).status, 200, "once only");
    scene.hub.inject(Fault::rate_limited(55).on("/api/*").after(1).times(1));
    assert_eq!(get(&scene.tree_url()).status, 200, "the first is let through");
    let limited = get(&scene.tree_url());
    assert_eq!((limited.status, limited.header("ratelimit")), (429, Some("\"api\";r=0;t=55")));
    scene.hub.inject(Fault::retry_after(503, "7"));
    let busy = get(&scene.tree_url());
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    scene.hub.heal();
    assert_eq!(get(&scene.tree_url()).status, 200);
}

#[test]
fn redirects_lead_anywhere() {
    let scene = Scene::new();
    for target in ["http://169.254.169.254/", "file:///etc/passwd", "https://other.example/x"] {
        scene.hub.inject(Fault::redirect(target).on("*/model.safetensors"));
        let answer = get(&scene.model());
        assert_eq!((answer.status, answer.location()), (302, target));
        scene.hub.heal();
    }
    scene.hub.inject(Fault::redirect_loop());
    let answer = get(&scene.model());
    assert_eq!(
        (answer.status, answer.location()),
        (302, "/org/name/resolve/main/model.safetensors")
    );
}

#[test]
fn half_a_json_is_no_json() {
    let scene = Scene::with(Fault::half_body().on("*/tree/*"));
    let answer = get(&scene.tree_url());
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
}

#[test]
fn lengths_lie() {
    let scene = Scene::with(Fault::length_too_long(10).on("*/model.safetensors"));
    let answer = get(&scene.model());
    assert_eq!(answer.header("content-length"), Some("300011"));
    assert_eq!(answer.body.len() as u64, SIZE);
    scene.hub.heal();
    scene.hub.inject(Fault::length_too_short(10).on("*/model.safetensors"));
    let answer = get(&scene.model());
    assert_eq!(answer.header("content-length"), Some("299991"));
    assert_eq!(answer.body.len() as u64, SIZE);
}

#[test]
fn one_byte_is_wrong_in_whatever_range_has_it() {
    let scene = Scene::with(Fault::wrong_byte(280_000).on("*/model.safetensors"));
    let right = scene.bytes();
    let wrong = get(&scene.model()).body;
    let differing: Vec<_> = (0..right.len()).filter(|at| right[*at] != wrong[*at]).collect();
    assert_eq!(differing, [280_000]);
    assert!(scene.range("bytes=0-279999").body == right[..280_000]);
    assert!(scene.range("bytes=280000-").body[0] != right[280_000]);
}

#[test]
fn a_fault_without_effect_is_not_counted() {
    let scene = Scene::with(Fault::wrong_byte(280_000).on("*/model.safetensors").times(1));
    let right = scene.bytes();
    assert!(scene.range("bytes=0-1000").body == right[..=1000]);
    assert!(ask("HEAD", &scene.model(), &[]).body.is_empty());
    assert!(get(&scene.model()).body != right);
    assert!(get(&scene.model()).body == right);
}

#[test]
fn compression_drops_ranges() {
    let scene = Scene::with(Fault::gzip().on("*/model.safetensors"));
    let refused = [("Range", "bytes=5-9"), ("Accept-Encoding", "identity")];
    assert_eq!(ask("GET", &scene.model(), &refused).status, 206);
    scene.hub.heal();
    scene.hub.inject(Fault::gzip_even_if_refused().on("*/model.safetensors"));
    let answer = ask("GET", &scene.model(), &refused);
    assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("gzip")));
    let mut plain = Vec::new();
    GzDecoder::new(dechunk(&answer.body).as_slice()).read_to_end(&mut plain).unwrap();
    assert!(plain == scene.bytes());
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = std::str::from_utf8(&bytes[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return plain;
        }
        plain.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
}

#[test]
fn ranges_are_ignored_or_required() {
    let scene = Scene::with(Fault::range_ignored().on("*/model.safetensors"));
    let whole = scene.range("bytes=5-9");
    assert_eq!((whole.status, whole.body.len() as u64), (200, SIZE));
    scene.hub.heal();
    scene.hub.inject(Fault::range_required(100_000));
    assert_eq!(get(&scene.model()).status, 400);
    assert_eq!(scene.range("bytes=0-").status, 206);
    assert_eq!(get(&scene.model().replace("model.safetensors", "config.json")).status, 200);
}

#[test]
fn an_entity_tag_changes_midway() {
    let scene = Scene::with(Fault::etag("other").on("*/model.safetensors").after(1));
    let first = scene.range("bytes=0-9");
    let second = scene.range("bytes=10-19");
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_eq!(second.header("etag"), Some("\"other\""));
}

#[test]
fn a_connection_is_closed_to_the_byte() {
    let scene = Scene::with(Fault::close(70_001).on("*/model.safetensors").times(1));
    let cut = get(&scene.model());
    assert_eq!(cut.header("content-length"), Some("300001"));
    assert!(cut.body == scene.bytes()[..70_001]);
    scene.journal().block_until(|requests| requests.iter().any(|it| it.bytes_sent == 70_001));
    assert!(get(&scene.model()).body == scene.bytes());
}

#[test]
fn a_stall_lasts_until_the_gate_is_opened() {
    let gate = Gate::new();
    let scene = Scene::with(Fault::stall(70_001, &gate).on("*/model.safetensors"));
    let mut stream = send("GET", &scene.model(), &[]);
    gate.block_until_reached();
    assert_eq!(scene.journal().bytes_sent("model.safetensors"), 70_001);
    assert!(!scene.journal().requests()[0].complete);
    gate.open();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.ends_with(&scene.bytes()));
    assert_eq!(gate.reached(), 1);
}

#[test]
fn a_drip_is_slow_but_right() {
    let pause = Duration::from_millis(1);
    let scene = Scene::with(Fault::drip(50_000, pause).on("*/model.safetensors"));
    let started = std::time::Instant::now();
    assert!(get(&scene.model()).body == scene.bytes());
    assert!(started.elapsed() >= pause * 7, "a pause before each of seven pieces");
}

#[test]
fn listings_lie() {
    let scene = Scene::new();
    let honest = scene.tree().0;
    for name in ["../x", "/x", "a\u{1b}[31m", "CONFIG.json"] {
        scene.hub.inject(Fault::extra_entry(name));
        let (mut paths, _) = scene.tree();
        assert_eq!(paths.pop().as_deref(), Some(name));
        assert_eq!(paths, honest);
        scene.hub.heal();
    }
    scene.hub.inject(Fault::duplicate_entry("config.json"));
    assert_eq!(scene.tree().0.iter().filter(|path| *path == "config.json").count(), 2);
    scene.hub.inject(Fault::lying_size("model.safetensors", 1));
    assert_eq!(scene.tree().1, Some(1));
    scene.hub.inject(Fault::empty_tree());
    assert!(scene.tree().0.is_empty());
}
