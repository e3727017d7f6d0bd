//! Scans and scripts as builds: the builder with attributes as Nix gives them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use nix_ai_model_testkit::{Environment, Run, workspace_root};
use serde_json::{Value, json};

/// A store of links and files, and the builder.
struct Scene {
    environment: Environment,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { environment: Environment::new().unwrap() };
        fs::create_dir_all(scene.path("raw/sub")).unwrap();
        fs::create_dir(scene.path("build")).unwrap();
        fs::write(scene.path("raw/config.json"), "{}").unwrap();
        fs::write(scene.path("raw/sub/weights.bin"), "weights").unwrap();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.environment.home().join(name)
    }

    fn build(&self, mut attributes: Value) -> Run {
        attributes["model"] = json!("m");
        attributes["outputs"] = json!({"out": self.path("out"), "results": self.path("results")});
        fs::write(self.path("build/.attrs.json"), attributes.to_string()).unwrap();
        self.environment
            .program(workspace_root().join("target/debug/nix-ai-model-builder"))
            .variable("NIX_BUILD_TOP", self.path("build"))
            .run()
            .unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }
}

#[test]
fn a_scan_that_passes_is_a_folder_of_reports() {
    let scene = Scene::new();
    let run = scene.build(json!({
        "operation": "scan", "raw": scene.path("raw"), "scanners": ["pickle-scan"],
        "custom": [{"name": "own", "command": "test -f \"$out/sub/weights.bin\" && test $MODEL_NAME = m"}],
    }));
    let log = run.succeeded().stderr;
    assert!(log.contains("passed: nothing found in 2 files"), "{log}");
    let report = scene.json("out/report.json");
    let names: Vec<_> =
        report["scanners"].as_array().unwrap().iter().map(|scanner| &scanner["name"]).collect();
    assert_eq!(names, ["pickle-scan", "custom/own"]);
    assert_eq!(report["verdict"], "passed");
    assert_eq!(scene.json("out/report.sarif")["version"], "2.1.0");
    assert!(!fs::read_to_string(scene.path("out/report.json")).unwrap().contains("/home"));
}

#[test]
fn a_scan_that_fails_fails_the_build_or_warns() {
    let scene = Scene::new();
    symlink("/etc/passwd", scene.path("raw/passwd")).unwrap();
    let scan = |strict: bool| {
        scene.build(json!({
            "operation": "scan", "raw": scene.path("raw"), "scanners": [], "strict": strict,
            "custom": [{"name": "own", "command": "echo bad news; exit 4"}],
        }))
    };
    let run = scan(true);
    assert_eq!(run.code, Some(15), "{run:?}");
    for words in [
        "file/link-outside",
        "custom/own",
        "bad news",
        "error: model m: the scan failed",
        "security.allow",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!scene.path("out").exists());
    let run = scan(false).succeeded();
    assert!(run.stderr.contains("warning: the scan failed"), "{}", run.stderr);
    assert_eq!(scene.json("out/report.json")["verdict"], "failed");
}

#[test]
fn files_that_are_fetched_one_by_one_are_scanned_by_their_paths() {
    let scene = Scene::new();
    let run = scene.build(json!({
        "operation": "scan", "parts": {"a/model.bin": scene.path("raw/sub/weights.bin")},
        "custom": [{"name": "own", "command": "test ! -L $out/a/model.bin; cat $out/a/model.bin; exit 1"}],
    }));
    assert_eq!(run.code, Some(15));
    assert!(run.stderr.contains("and said: weights"), "{}", run.stderr);
    let unknown = json!({"operation": "scan", "raw": scene.path("raw"), "scanners": ["none"]});
    assert_eq!(scene.build(unknown).code, Some(2));
}

#[test]
fn scripts_work_on_a_copy_and_their_ends_are_kept() {
    let scene = Scene::new();
    let scripts = |last: &str| {
        json!({
            "operation": "transform", "raw": scene.path("raw"),
            "scripts": [
                {"name": "convert", "script": "echo \"of $MODEL_NAME, $MODEL_SIZE bytes\"; echo new > $out/config.json; test -f $src/config.json"},
                {"name": "odd", "script": "exit 3", "onFailure": "warn"},
                {"name": "quiet", "script": "exit 4", "onFailure": "ignore"},
                {"name": "last", "script": last},
            ],
        })
    };
    let run = scene.build(scripts("true")).succeeded();
    assert!(run.stderr.contains("convert: of m, 9 bytes"), "{}", run.stderr);
    assert!(run.stderr.contains("warning: the script odd failed: it ended with exit code 3"));
    assert_eq!(fs::read_to_string(scene.path("out/config.json")).unwrap(), "new\n");
    assert_eq!(fs::read_to_string(scene.path("raw/config.json")).unwrap(), "{}");
    let results = scene.json("results");
    assert_eq!(results[1], json!({"name": "odd", "success": false, "exitCode": 3}));
    assert_eq!(results[3]["success"], true);
    // They go into the model's metadata.
    let results = scene.path("came-of-it");
    fs::rename(scene.path("results"), &results).unwrap();
    fs::rename(scene.path("out"), scene.path("transformed")).unwrap();
    scene
        .build(json!({
            "operation": "assemble", "raw": scene.path("transformed"), "results": results,
            "scanned": null, "metadata": {"name": "m", "source": "url:x"},
        }))
        .succeeded();
    let metadata = scene.json("out/.nix-ai-model-meta.json");
    assert_eq!(metadata["postDownloadResults"][0]["name"], "convert");
    fs::remove_dir_all(scene.path("out")).unwrap();
    let run = scene.build(scripts("echo why; exit 5"));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("the script last failed: it ended with exit code 5"));
    assert!(run.stderr.contains("last: why"), "{}", run.stderr);
}
