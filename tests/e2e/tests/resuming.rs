//! Downloads that were stopped, and several of one model.
#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_e2e::Scene;
use nix_ai_model_testkit::{Fault, Fixture, Gate};

const SIZE: u64 = 8 << 20;
/// So much comes before a connection breaks.
const BROKEN: u64 = 5 << 20;
/// One that is gathered, and one that is written.
const TWO_BLOCKS: u64 = 2 << 20;

fn scene() -> Scene {
    Scene::with(Fixture::new().pseudo_random("model.bin", SIZE))
}

fn sent(scene: &Scene) -> u64 {
    scene.hub.journal().bytes_sent("model.bin")
}

#[test]
fn a_killed_process_loses_two_blocks_at_most() {
    let scene = scene();
    let gate = Gate::new();
    scene.hub.inject(Fault::stall(BROKEN, &gate).on("*/model.bin").times(1));
    let out = scene.out();
    let spec = ["prefetch", "hf:org/name", "--out", out.to_str().unwrap()];
    let running = scene.cli(spec).start().unwrap();
    gate.block_until_reached();
    while scene.partials() < BROKEN {
        std::thread::yield_now();
    }
    running.kill().unwrap();
    assert_ne!(running.wait().unwrap().code, Some(0));
    gate.open();
    scene.hub.heal();
    scene.hub.journal().clear();
    let _ = scene.prefetch([]).succeeded();
    assert!(scene.fixture.differences(&out).unwrap().is_empty());
    assert!(sent(&scene) <= SIZE - BROKEN + TWO_BLOCKS, "{} bytes again", sent(&scene));
}

/// Nothing is published or pinned of a plain URL: the server's own name for the
/// file's state tells whether it is still the same.
#[test]
fn a_file_without_a_digest_goes_on_while_its_tag_is_the_same() {
    for changed in [false, true] {
        let scene = scene();
        let url = format!("{}/org/name/resolve/main/model.bin", scene.hub.url());
        let out = scene.out();
        let prefetch = |more: &[&str]| {
            let fixed = ["prefetch", &url, "--out", out.to_str().unwrap()];
            scene.cli(fixed).args(more).run().unwrap()
        };
        scene.hub.inject(Fault::close(BROKEN).on("*/model.bin"));
        assert_eq!(prefetch(&["--retries", "0"]).code, Some(10));
        scene.hub.heal();
        scene.hub.journal().clear();
        if changed {
            scene.hub.inject(Fault::etag("another state").on("*/model.bin"));
        }
        let _ = prefetch(&[]).succeeded();
        let differences = scene.fixture.differences(&out).unwrap();
        assert!(differences.is_empty(), "{differences:?}");
        let requests = scene.hub.journal().matching(|request| request.path().contains("model.bin"));
        assert!(requests.iter().all(|request| request.header("if-range").is_some() || changed));
        assert_eq!(sent(&scene) >= SIZE, changed, "{} bytes, changed: {changed}", sent(&scene));
    }
}

#[test]
fn two_processes_fetch_a_file_once() {
    let scene = scene();
    let gate = Gate::new();
    scene.hub.inject(Fault::stall(BROKEN, &gate).on("*/model.bin").times(1));
    let (one, other) = (scene.out(), scene.out().with_extension("other"));
    let start = |out: &std::path::Path| {
        let spec = ["prefetch", "hf:org/name", "--out", out.to_str().unwrap()];
        scene.cli(spec).start().unwrap()
    };
    let first = start(&one);
    gate.block_until_reached();
    let second = start(&other);
    // The second asks for the listing, and then for nothing.
    scene.hub.journal().block_until(|requests| {
        requests.iter().filter(|request| request.path().contains("/tree/")).count() == 2
    });
    gate.open();
    let _ = first.wait().unwrap().succeeded();
    let second = second.wait().unwrap().succeeded();
    for out in [&one, &other] {
        assert!(scene.fixture.differences(out).unwrap().is_empty());
    }
    assert_eq!(sent(&scene), SIZE, "{}", second.stderr);
}
