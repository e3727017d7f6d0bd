//! What goes wrong, goes wrong clearly: one message, the documented exit code,
//! nothing under a final name, no token in any output.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::{Scene, TOKEN, assert_failed};
use nix_ai_model_testkit::{Fault, Fixture, Gate, HubBuilder, Repository};

/// Fails as said, and leaves nothing under the final name.
fn assert_refused(scene: &Scene, more: &[&str], code: i32, words: &[&str]) {
    let out = scene.out();
    let fixed = ["prefetch", "huggingface:org/name", "--out", out.to_str().unwrap()];
    let run = scene.cli(fixed).args(more).variable("HF_TOKEN", TOKEN).run().unwrap();
    assert_failed(&run, code, words);
    assert!(!out.exists(), "something is under the final name");
}

fn scene(repository: impl FnOnce(Repository) -> Repository) -> Scene {
    Scene::serving(Fixture::small_model(), repository, HubBuilder::without_cdn)
}

#[test]
fn a_wrong_hash() {
    let wrong = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_refused(&Scene::new(), &["--expect", wrong], 14, &[wrong, "got sha256-"]);
}

#[test]
fn malformed_arguments() {
    let scene = Scene::new();
    assert_refused(&scene, &["--expect", "sha256-short"], 2, &["SRI"]);
    for (spec, word) in [
        ("org/name", "names no source"),
        ("nosuch:thing", "huggingface"),
        ("huggingface:a/b/c", "not a repository"),
        (r#"{"source":"huggingface"}"#, "names no source"),
    ] {
        assert_failed(&scene.cli(["prefetch", spec]).run().unwrap(), 2, &[word]);
    }
    let spec = r#"{"source":"huggingface","repo":"a/b","revison":"x"}"#;
    let run = scene.cli(["resolve", "-"]).input(spec).run().unwrap();
    assert_failed(&run, 2, &["revison", "revision"]);
}

#[test]
fn a_missing_repository_revision_or_file() {
    let scene = Scene::new();
    let failed = |spec: &str, words: &[&str]| {
        assert_failed(&scene.cli(["prefetch", spec, "--no-store"]).run().unwrap(), 11, words);
    };
    failed("hf:org/other", &["org/other", "HF_TOKEN"]);
    failed("hf:org/name@nosuch", &["no revision \"nosuch\""]);
    assert_refused(&scene, &["--include", "*.gguf"], 11, &["none of the 10 files", "resolve"]);
}

#[test]
fn an_empty_repository() {
    let scene = Scene::new();
    scene.hub.inject(Fault::empty_tree());
    assert_refused(&scene, &[], 11, &["holds no files"]);
}

#[test]
fn a_gated_private_or_disabled_repository() {
    assert_refused(&scene(Repository::gated_listing), &[], 12, &["gated", "ask for access"]);
    assert_refused(&scene(Repository::gated), &[], 12, &["owner", "ask for access"]);
    assert_refused(&scene(Repository::private), &[], 11, &["private"]);
    assert_refused(&scene(Repository::disabled), &[], 11, &["disabled"]);
    let run = scene(Repository::gated_listing).prefetch([]);
    assert_failed(&run, 12, &["HF_TOKEN"]);
}

#[test]
fn hostile_names_in_a_listing() {
    for (name, word) in [
        ("../x", "\"../x\""),
        ("/x", "absolute"),
        ("a\u{1b}[31m", "a\\u{1b}[31m"),
        ("CONFIG.json", "case"),
        ("config.json/x", "is a file and a folder"),
    ] {
        let scene = Scene::new();
        scene.hub.inject(Fault::extra_entry(name));
        assert_refused(&scene, &[], 16, &[word]);
    }
    let scene = Scene::new();
    scene.hub.inject(Fault::duplicate_entry("config.json"));
    assert_refused(&scene, &[], 16, &["twice"]);
}

#[test]
fn answers_that_are_no_json() {
    for (fault, word) in [
        (Fault::html(200), "a web page"),
        (Fault::half_body().on("/api/*"), "breaks off"),
        (Fault::text("application/json", "{\"sha\": 1}"), "unknown shape"),
    ] {
        let scene = Scene::new();
        scene.hub.inject(fault.on("/api/*"));
        assert_refused(&scene, &[], 10, &[word]);
    }
}

#[test]
fn a_wrong_byte_or_length() {
    let scene = Scene::new();
    scene.hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors"));
    assert_refused(&scene, &[], 14, &["model.safetensors", "sha256:"]);
    let scene = Scene::new();
    scene.hub.inject(Fault::lying_size("model.safetensors", 300_000));
    assert_refused(&scene, &[], 14, &["model.safetensors"]);
}

#[test]
fn a_redirect_to_where_nobody_sent_it() {
    for (location, word) in [
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("file:///etc/passwd", "file"),
        ("http://127.0.0.1:1/", "127.0.0.1"),
    ] {
        for path in ["/api/*", "*/model.safetensors"] {
            let scene = Scene::new();
            scene.hub.inject(Fault::redirect(location).on(path));
            assert_refused(&scene, &[], 16, &[word]);
            assert!(scene.hub.leaked_credentials().is_empty());
        }
    }
}

#[test]
fn a_redirect_that_goes_round() {
    let scene = Scene::new();
    scene.hub.inject(Fault::redirect_loop().on("*/model.safetensors"));
    let out = scene.out();
    let run = scene.cli(["prefetch", "hf:org/name", "--out", out.to_str().unwrap()]).run().unwrap();
    assert!(matches!(run.code, Some(10 | 16)), "{run:?}");
    assert!(!out.exists());
}

#[test]
fn a_compressed_answer() {
    let scene = Scene::new();
    scene.hub.inject(Fault::gzip_even_if_refused().on("*/model.safetensors"));
    let run = scene.prefetch([]);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(!scene.out().exists());
}

#[test]
fn a_target_that_is_there_or_cannot_be_written() {
    let scene = Scene::new();
    std::fs::create_dir(scene.out()).unwrap();
    assert_failed(&scene.prefetch([]), 2, &["already exists"]);
    assert!(scene.hub.journal().requests().is_empty(), "found out before anything is asked");
}

#[test]
fn a_cache_that_cannot_be_written() {
    let scene = Scene::new();
    let run = scene
        .cli(["prefetch", "hf:org/name", "--no-store"])
        .variable("NIX_AI_MODEL_CACHE_DIR", "/proc/nowhere")
        .run()
        .unwrap();
    assert_failed(&run, 13, &["/proc/nowhere"]);
}

#[test]
fn no_nix() {
    let scene = Scene::new();
    let run = scene.cli(["prefetch", "hf:org/name"]).variable("PATH", "/nowhere").run().unwrap();
    assert_failed(&run, 11, &["nix-store", "--no-store"]);
    assert!(scene.hub.journal().requests().is_empty(), "found out before anything is asked");
}

#[test]
fn a_store_that_does_not_take_the_model() {
    let scene = Scene::new();
    let programs = scene.environment.root().join("programs");
    std::fs::create_dir(&programs).unwrap();
    let script = "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho 'error: the store is full' >&2\nexit 1\n";
    std::fs::write(programs.join("nix-store"), script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(programs.join("nix-store"), mode).unwrap();
    let run = scene.cli(["prefetch", "hf:org/name"]).variable("PATH", &programs).run().unwrap();
    assert_failed(&run, 13, &["the store is full", "is kept in"]);
    let kept = run.stderr.split("is kept in ").nth(1).unwrap().split(':').next().unwrap();
    assert_eq!(scene.fixture.differences(kept.as_ref()).unwrap(), Vec::<String>::new());
}

#[test]
fn a_full_disk() {
    // A file system of two MiB, in a mount namespace of the program's own.
    let scene = Scene::with(Fixture::new().pseudo_random("model.bin", 8 << 20));
    let cache = scene.environment.root().join("small");
    std::fs::create_dir(&cache).unwrap();
    let script = "mount -t tmpfs -o size=2m tmpfs \"$1\" && shift && exec \"$@\"";
    let out = cache.join("out");
    let program =
        scene.environment.program("unshare").args(["-rm", "sh", "-c", script, "sh"]).arg(&cache);
    let run = program
        .arg(nix_ai_model_e2e::binary())
        .args(["prefetch", "hf:org/name", "--out", out.to_str().unwrap()])
        .variable("NIX_AI_MODEL_CACHE_DIR", cache.join("cache"))
        .run()
        .unwrap();
    assert_failed(&run, 13, &["bytes"]);
    assert!(
        scene.hub.journal().matching(|r| r.path().contains("/resolve/")).is_empty(),
        "before the first byte"
    );
}

#[test]
fn control_c() {
    let scene = Scene::with(Fixture::new().pseudo_random("model.bin", 4 << 20));
    let gate = Gate::new();
    scene.hub.inject(Fault::stall(1 << 20, &gate).on("*/model.bin"));
    let out = scene.out();
    let running =
        scene.cli(["prefetch", "hf:org/name", "--out", out.to_str().unwrap()]).start().unwrap();
    scene.hub.journal().block_until(|requests| {
        requests.iter().any(|r| r.path().ends_with("model.bin") && r.bytes_sent >= 1 << 20)
    });
    running.interrupt().unwrap();
    let run = running.wait().unwrap();
    gate.open();
    assert_failed(&run, 130, &["interrupted", "goes on"]);
    assert!(!out.exists());
}
