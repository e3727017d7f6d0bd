//! Bytes that are not what was pinned.

use nix_ai_model_e2e::Scene;
use nix_ai_model_testkit::{Fault, Run};

use crate::{WRONG, arguments, assert_failed, assert_says, each, large, sha512, sri};

#[test]
fn a_hash_that_does_not_match_fails() {
    each("mismatch_fail", Scene::new, |bench| {
        let arguments =
            arguments(&bench.hash(), &format!("fileHashes.\"model.safetensors\" = \"{WRONG}\";"));
        assert_failed(&bench.build(&arguments), &["model.safetensors", "not what was promised"]);
    });
}

#[test]
fn a_pinned_hash_that_does_not_match_may_pass_with_a_warning() {
    each("mismatch_warn", Scene::new, |bench| {
        let warned = |hash: &str| {
            let more = format!(
                "fileHashes.\"model.safetensors\" = \"{WRONG}\"; onDownloadFailure.hashMismatch = \"warn\";"
            );
            bench.build(&arguments(hash, &more))
        };
        let right = sri(&bench.scene.fixture.bytes("model.safetensors"));
        let hash = bench.hash();
        let run = warned(&hash).succeeded();
        assert_says(&run, &["warning: \"model.safetensors\" is not what fileHashes pins", &right]);
        bench.assert_right();
        // What upstream says of its bytes is never waived, nor is the whole hash.
        bench.scene.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
        assert_failed(&warned(WRONG), &["not what was promised"]);
        bench.scene.hub.heal();
        assert_failed(&warned(WRONG), &["hash mismatch in fixed-output derivation", &hash]);
    });
}

#[test]
fn all_the_right_hashes_may_be_printed() {
    each("mismatch_update", Scene::new, |bench| {
        let files = ["README.md", "model.safetensors", "nested/größe-模型.txt"];
        let right = files.map(|path| sri(&bench.scene.fixture.bytes(path)));
        let updated = |hash: &str| {
            let more = format!(
                "fileHashes = {{ \"{}\" = \"{WRONG}\"; \"{}\" = \"{}\"; \"{}\" = \"{}\"; }}; \
                 onDownloadFailure.hashMismatch = \"update-hash\";",
                files[0],
                files[1],
                sha512(&bench.scene.fixture.bytes(files[1])),
                files[2],
                WRONG,
            );
            bench.build(&arguments(hash, &more))
        };
        let hash = bench.hash();
        let lines = |run: &Run| {
            for (path, hash) in [(files[0], &right[0]), (files[2], &right[2])] {
                assert_says(run, &[&format!("\"{path}\" = \"{hash}\";")]);
            }
        };
        let run = updated(&hash);
        assert_failed(&run, &["fileHashes = {", "paste", "not what fileHashes pins"]);
        lines(&run);
        assert!(!run.stderr.contains(&format!("hash = \"{hash}\"")), "it is right: {}", run.stderr);
        // Of the whole Nix says it too, and keeps what came.
        let run = updated(WRONG);
        assert_failed(&run, &[&format!("hash = \"{hash}\";"), "hash mismatch in fixed-output"]);
        lines(&run);
        bench.scene.hub.journal().clear();
        let _ = bench.build(&arguments(&hash, "")).succeeded();
        assert_eq!(bench.requests("/resolve/"), 0, "Nix kept what came");
    });
}

#[test]
fn what_was_fetched_with_a_wrong_pin_may_be_kept_too() {
    each("mismatch_persist", large, |bench| {
        let hash = bench.hash();
        let pinned = |sha256: &str| {
            let more = format!(
                "fileHashes.\"model.bin\" = \"{sha256}\"; \
                 onDownloadFailure = {{ action = \"persist\"; hashMismatch = \"update-hash\"; }};"
            );
            bench.cached(&arguments(&hash, &more))
        };
        let right = sri(&bench.scene.fixture.bytes("model.bin"));
        let pasted = format!("\"model.bin\" = \"{right}\";");
        assert_failed(&pinned(WRONG), &[&pasted, "bytes are kept in"]);
        bench.scene.hub.journal().clear();
        let _ = pinned(&right).succeeded();
        bench.assert_right();
        assert_eq!(bench.scene.hub.journal().bytes_sent("model.bin"), 0);
    });
}
