//! Errors of the network: tried again, failed at once, or kept.

use nix_ai_model_e2e::Scene;
use nix_ai_model_testkit::{Fault, Fixture, Gate, Hub, Repository};

use crate::{BROKEN, WRONG, arguments, assert_failed, assert_says, each, large, on_failure};

#[test]
fn network_errors_are_tried_again_three_times_and_then_fail() {
    each("network_retry", large, |bench| {
        let hash = bench.hash();
        bench.scene.hub.inject(Fault::status(503).on("*/model.bin"));
        let run = bench.build(&on_failure(&hash, "retryDelay = 0;"));
        assert_failed(&run, &["gave up after 4 tries", "model.bin", "status 503"]);
        assert_eq!(bench.requests("model.bin"), 4);
        bench.scene.hub.journal().clear();
        assert_failed(&bench.build(&on_failure(&hash, "maxRetries = 1; retryDelay = 0;")), &[]);
        assert_eq!(bench.requests("model.bin"), 2);
    });
}

#[test]
fn network_errors_may_fail_at_once() {
    each("network_fail", large, |bench| {
        let hash = bench.hash();
        bench.scene.hub.inject(Fault::close(BROKEN).on("*/model.bin"));
        let run = bench.cached(&on_failure(&hash, "networkError = \"fail\";"));
        assert_failed(&run, &["model.bin"]);
        assert_eq!((bench.requests("model.bin"), bench.kept()), (1, 0));
    });
}

#[test]
fn network_errors_may_keep_what_is_here() {
    each("network_persist", large, |bench| {
        let hash = bench.hash();
        let arguments = on_failure(&hash, "networkError = \"persist-partial\";");
        bench.scene.hub.inject(Fault::close(BROKEN).on("*/model.bin"));
        let run = bench.cached(&arguments);
        assert_failed(&run, &["bytes are kept in", "goes on from there"]);
        assert_eq!(bench.requests("model.bin"), 1);
        bench.assert_resumes(&arguments);
    });
}

#[test]
fn the_whole_download_may_be_tried_again() {
    each("retry", large, |bench| {
        let hash = bench.hash();
        let arguments = on_failure(&hash, "action = \"retry\"; maxRetries = 1; retryDelay = 0;");
        // Two requests a download: the second download's second one is answered.
        bench.scene.hub.inject(Fault::status(503).on("*/model.bin").times(3));
        let run = bench.build(&arguments).succeeded();
        assert_says(&run, &["the whole download", "gave up after 2 tries"]);
        assert_eq!(bench.requests("model.bin"), 4);
        bench.assert_right();

        bench.scene.hub.journal().clear();
        bench.scene.hub.inject(Fault::status(503).on("*/model.bin"));
        let other = arguments.replace(&hash, WRONG);
        assert_failed(&bench.build(&other), &["gave up after 2 tries"]);
        assert_eq!(bench.requests("model.bin"), 4);
    });
}

#[test]
fn so_many_files_are_in_flight_as_the_expression_says() {
    each(
        "parallel",
        || Scene::with(Fixture::many(20)),
        |bench| {
            let hash = bench.hash();
            let gate = Gate::new();
            bench.scene.hub.inject(Fault::stall(0, &gate).on("*/resolve/*"));
            let build = bench.program("raw", &arguments(&hash, "sharding.parallelDownloads = 9;"));
            let running = build.variable("NIX_AI_MODEL_JOBS", "1").start().unwrap();
            bench.scene.hub.journal().block_until(|requests| {
                requests.iter().filter(|request| request.path().contains("/resolve/")).count() >= 9
            });
            gate.open();
            let _ = running.wait().unwrap().succeeded();
        },
    );
}

#[test]
fn mirrors_serve_a_build() {
    each("mirrors", Scene::new, |bench| {
        let folder = tempfile::TempDir::new().unwrap();
        bench.scene.fixture.write_to(folder.path()).unwrap();
        let served = Repository::model("org/name", folder.path());
        let mirror = Hub::builder().repository(served).without_cdn().start().unwrap();
        let hash = bench.hash();
        bench.scene.hub.inject(Fault::status(503).on("*/resolve/*"));
        let more = format!(
            "mirrors = [ \"{}\" ]; onDownloadFailure.networkError = \"fail\";",
            mirror.url()
        );
        let _ = bench.build(&arguments(&hash, &more)).succeeded();
        bench.assert_right();
        assert!(mirror.leaked_credentials().is_empty());
    });
}

#[test]
fn the_rate_is_read() {
    each("rate", Scene::new, |bench| {
        let hash = bench.hash();
        let build = bench.program("raw", &arguments(&hash, "limitRate = \"1G\";"));
        let _ = build.variable("NIX_AI_MODEL_LIMIT_RATE", "1M").run().unwrap().succeeded();
        let wrong =
            bench.program("raw", &arguments(WRONG, "")).variable("NIX_AI_MODEL_LIMIT_RATE", "much");
        assert_failed(&wrong.run().unwrap(), &["NIX_AI_MODEL_LIMIT_RATE", "\"much\" is no rate"]);
    });
}
