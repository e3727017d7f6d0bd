//! Who is told, and rows with one choice.

use nix_ai_model_e2e::{Scene, TOKEN};
use nix_ai_model_testkit::{Fault, Fixture, HubBuilder, Repository};

use crate::{WRONG, assert_failed, each, on_failure};

#[test]
fn rows_of_one_choice_fail_and_are_told() {
    let told = "notifyCommand = \"echo told: $MODEL_NAME $MODEL_ERROR_KIND $MODEL_EXIT_CODE\";";
    each("not_found", Scene::new, |bench| {
        bench.share();
        let missing = on_failure(WRONG, told).replace("org/name", "org/other");
        assert_failed(
            &bench.build(&missing),
            &["org/other", "notifyCommand: told: other not-found 11"],
        );
        assert_eq!(bench.requests("/resolve/"), 0);
    });
    let gated = || {
        Scene::serving(Fixture::small_model(), Repository::gated_listing, HubBuilder::without_cdn)
    };
    each("gated", gated, |bench| {
        bench.share();
        let run = bench.build(&on_failure(WRONG, told));
        assert_failed(&run, &["HF_TOKEN", "notifyCommand: told: name gated 12"]);
    });
}

#[test]
fn what_failed_reaches_a_command_and_is_never_run() {
    let hostile = "$(touch pwned) `touch pwned` '; touch pwned; '.bin";
    let scene = || Scene::with(Fixture::new().pseudo_random(hostile, 300_001));
    each("notify", scene, |bench| {
        let shared = bench.share();
        // It sees nothing of the build's own environment, a token least of all.
        let command = format!(
            "set; cd {shared}; printf '%s|' \\\"$MODEL_ERROR\\\" \\\"$MODEL_NAME\\\" > told; printf '\\\\033[31m'"
        );
        bench.scene.hub.inject(Fault::status(404).on("*.bin"));
        let arguments = on_failure(WRONG, &format!("notifyCommand = \"{command}\";"));
        let build = bench.program("raw", &arguments).variable("HF_TOKEN", TOKEN);
        let run = build.variable("https_proxy", "http://me:s3cret@127.0.0.1:9").run().unwrap();
        assert_failed(&run, &["notifyCommand: MODEL_EXIT_CODE=", "is not there", "\\u{1b}[31m"]);
        assert!(!run.stderr.contains("s3cret") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
        let told = std::fs::read_to_string(bench.shared.join("told")).unwrap();
        assert!(told.contains(hostile) && told.ends_with("|name|"), "{told}");
        let names = std::fs::read_dir(&bench.shared).unwrap().flatten().map(|e| e.file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["told"], "nothing else was run");
    });
}

#[test]
fn a_command_that_fails_hides_nothing() {
    each("notify_fails", Scene::new, |bench| {
        bench.share();
        bench.scene.hub.inject(Fault::status(404).on("*/config.json"));
        let run = bench.build(&on_failure(WRONG, "notifyCommand = \"echo why >&2; exit 3\";"));
        assert_failed(
            &run,
            &[
                "warning: notifyCommand: it ended with exit code 3",
                "why",
                "error: model name",
                "is not there",
            ],
        );
        bench.store.allow(&[]);
        let run = bench.build(&on_failure(WRONG, "notifyCommand = \"true\";"));
        assert_failed(&run, &["there is no shell at \"/bin/sh\"", "sandbox-paths", "is not there"]);
    });
}

#[test]
fn nixs_own_refusal_is_told_too() {
    each("notify_mismatch", Scene::new, |bench| {
        bench.share();
        let told = "notifyCommand = \"echo told: $MODEL_ERROR_KIND $MODEL_ERROR\";";
        let run = bench.build(&on_failure(WRONG, told));
        let hash = bench.hash();
        assert_failed(
            &run,
            &[
                "told: hash-mismatch model name",
                &format!("got {hash}"),
                "hash mismatch in fixed-output",
            ],
        );
        // One that is not known yet is no failure to tell.
        let run = bench.build(&on_failure("", told));
        assert_failed(&run, &[&hash]);
        assert!(!run.stderr.contains("told:"), "{}", run.stderr);
    });
}
