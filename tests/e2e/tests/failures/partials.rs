//! What becomes of the bytes that are here, and a disk that is full.

use nix_ai_model_testkit::{Fault, Gate};

use crate::{
    BROKEN, CACHE, MIB, SIZE, WRONG, arguments, assert_failed, assert_says, each, large,
    on_failure, sri,
};

#[test]
fn what_is_here_is_removed_unless_it_is_to_be_kept() {
    each("clean", large, |bench| {
        let hash = bench.hash();
        bench.scene.hub.inject(Fault::close(BROKEN).on("*/model.bin").times(1));
        bench.scene.hub.inject(Fault::status(503).on("*/model.bin").after(1));
        let run = bench.cached(&on_failure(&hash, "maxRetries = 1; retryDelay = 0;"));
        assert_failed(&run, &["model.bin"]);
        assert!(!run.stderr.contains("are kept"), "{}", run.stderr);
        assert_eq!(bench.kept(), 0);
    });
}

#[test]
fn partials_are_kept_at_persist_path() {
    each("persist_path", large, |bench| {
        let hash = bench.hash();
        let shared = bench.share();
        let arguments = on_failure(
            &hash,
            &format!("action = \"persist\"; persistPath = \"{shared}\"; maxRetries = 0;"),
        );
        bench.scene.hub.inject(Fault::close(BROKEN).on("*/model.bin"));
        assert_failed(&bench.build(&arguments), &["bytes are kept in", shared]);
        let kept = bench.kept();
        assert!(kept >= BROKEN - MIB, "{kept} bytes are kept");
        bench.scene.hub.heal();
        bench.scene.hub.journal().clear();
        let _ = bench.build(&arguments).succeeded();
        bench.assert_right();
        let again = bench.scene.hub.journal().bytes_sent("model.bin");
        // One block was being gathered and one written when it ended.
        assert!(again <= SIZE - (BROKEN - 2 * MIB), "{again} bytes were fetched again");
    });
}

#[test]
fn a_single_file_goes_on_from_the_cache_too() {
    each("flat_persist", large, |bench| {
        let sha256 = sri(&bench.scene.fixture.bytes("model.bin"));
        let arguments = format!(
            "{{ source.url.urls = [ {{ url = \"{}/org/name/resolve/main/model.bin\"; \
             hash = \"{sha256}\"; }} ]; onDownloadFailure = {{ action = \"persist\"; maxRetries = 0; }}; }}",
            bench.scene.hub.url()
        );
        let build = || {
            let program = bench.program("model", &arguments);
            program.variable(CACHE, bench.share()).run().unwrap()
        };
        bench.scene.hub.inject(Fault::close(BROKEN).on("*/model.bin"));
        assert_failed(&build(), &["bytes are kept in"]);
        bench.scene.hub.heal();
        bench.scene.hub.journal().clear();
        let _ = build().succeeded();
        let again = bench.scene.hub.journal().bytes_sent("model.bin");
        // One block was being gathered and one written when it ended.
        assert!(again <= SIZE - (BROKEN - 2 * MIB), "{again} bytes were fetched again");
        let fetched = std::fs::read(bench.store.output("model").join("model.bin")).unwrap();
        assert!(fetched == bench.scene.fixture.bytes("model.bin"));
    });
}

#[test]
fn a_killed_build_goes_on_where_it_was() {
    each("killed", large, |bench| {
        let hash = bench.hash();
        let arguments = arguments(&hash, "");
        let gate = Gate::new();
        bench.scene.hub.inject(Fault::stall(BROKEN, &gate).on("*/model.bin").times(1));
        let build = bench.program("raw", &arguments).variable(CACHE, bench.share());
        let running = build.start().unwrap();
        gate.block_until_reached();
        while bench.kept() < BROKEN - MIB {
            std::thread::yield_now();
        }
        running.interrupt().unwrap();
        assert_ne!(running.wait().unwrap().code, Some(0));
        gate.open();
        bench.assert_resumes(&arguments);
    });
}

#[test]
fn a_folder_that_the_sandbox_lacks_is_said_and_done_without() {
    each("no_folder", large, |bench| {
        let hash = bench.hash();
        let missing = bench.scene.environment.root().join("missing");
        let missing = missing.to_str().unwrap();
        let run = bench.program("raw", &arguments(&hash, "")).variable(CACHE, missing).run();
        let hint = format!("extra-sandbox-paths = {missing}");
        assert_says(&run.unwrap().succeeded(), &[CACHE, "is not used", &hint]);
        bench.assert_right();

        bench.scene.hub.inject(Fault::status(503).on("*/model.bin"));
        let choices =
            format!("action = \"persist\"; persistPath = \"{missing}\"; networkError = \"fail\";");
        let run = bench.build(&on_failure(WRONG, &choices));
        assert_failed(
            &run,
            &["persistPath is not used", &hint, "nothing of a failed download is kept"],
        );
    });
}

#[test]
fn a_full_disk_fails_and_may_keep_what_is_here() {
    for choice in ["fail", "persist-partial"] {
        full_disk(choice);
    }
}

/// The builder itself, in a file system of 7 MiB with 5 of 8 MiB kept by an
/// earlier build.
fn full_disk(choice: &str) {
    let builder =
        nix_ai_model_testkit::workspace_root().join(".local/dist/bin/nix-ai-model-builder");
    if !builder.exists() {
        return nix_ai_model_testkit::skip("full_disk", "cargo xtask dist makes the builder");
    }
    let scene = large();
    scene.hub.inject(Fault::close(BROKEN).on("*/model.bin").times(1));
    let root = scene.environment.root();
    let attributes = |name: &str, on_failure: &str| {
        let text = format!(
            "{{\"outputs\": {{\"out\": \"{}\"}}, \"operation\": \"fetch\", \"model\": \"name\", \
             \"spec\": {{\"source\": \"huggingface\", \"repo\": \"org/name\"}}, \
             \"download\": {{\"onFailure\": {on_failure}}}}}",
            root.join("small/out").display()
        );
        let path = root.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let first = attributes("first.json", "{\"networkError\": \"persist-partial\"}");
    let second = attributes("second.json", &format!("{{\"diskFull\": \"{choice}\"}}"));
    let script = "mount -t tmpfs -o size=20m,mode=1777 tmpfs small && cd small && mkdir -m 1777 cache && \
        NIX_ATTRS_JSON_FILE=$1 $3; [ $? = 10 ] || exit 90; rm -rf out; \
        mount -o remount,size=7m \"$PWD\" || exit 91; \
        NIX_ATTRS_JSON_FILE=$2 $3; code=$?; rm -rf out; echo kept; find cache -type f -size +1M; exit $code";
    std::fs::create_dir(root.join("small")).unwrap();
    let program = scene.environment.program("unshare").args(["-rm", "sh", "-c", script, "sh"]);
    let run = program
        .args([first, second, builder])
        .variable(CACHE, root.join("small/cache"))
        .variable("NIX_AI_MODEL_ALLOW_ORIGINS", scene.hub.url())
        .folder(root)
        .run()
        .unwrap();
    assert_eq!(run.code, Some(13), "{run:?}");
    assert_says(&run, &["error: model name: ", "are free", "where the Nix store is"]);
    let kept = run.stdout.split_once("kept\n").unwrap().1;
    assert_eq!(kept.contains("cache/uid-"), choice == "persist-partial", "{run:?}");
}
