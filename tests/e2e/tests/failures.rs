//! Every row of the error matrix, its default and its choices, by real Nix with
//! the sandbox on.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::{Path, PathBuf};

use nix_ai_model_e2e::nix::{Nix, Store, shell};
use nix_ai_model_e2e::{Scene, TOKEN};
use nix_ai_model_testkit::{Fault, Fixture, Gate, Hub, HubBuilder, Program, Repository, Run};

const NO_DIFFERENCE: Vec<String> = Vec::new();
const WRONG: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const MIB: u64 = 1 << 20;
const SIZE: u64 = 8 * MIB;
/// So much comes before a connection breaks.
const BROKEN: u64 = 5 * MIB;
const CACHE: &str = "NIX_AI_MODEL_CACHE_DIR";

/// A store with each version of Nix, and a folder that builds may be given.
struct Bench<'a> {
    scene: &'a Scene,
    store: &'a Store<'a>,
    shared: PathBuf,
}

fn each(test: &str, scene: impl Fn() -> Scene, run: impl Fn(&Bench<'_>)) {
    for nix in Nix::versions(test) {
        let scene = scene();
        let Some(store) = Store::new(test, &nix, &scene) else { continue };
        let shared = scene.environment.root().join("shared");
        std::fs::create_dir(&shared).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o1777);
        std::fs::set_permissions(&shared, mode).unwrap();
        run(&Bench { scene: &scene, store: &store, shared });
    }
}

/// One small file and a large one.
fn large() -> Scene {
    Scene::with(Fixture::new().file("config.json", "{}").pseudo_random("model.bin", SIZE))
}

impl Bench<'_> {
    fn hash(&self) -> String {
        let run = self.scene.cli(["prefetch", "hf:org/name", "--no-store"]).run().unwrap();
        let hash = run.succeeded().stdout.trim().to_owned();
        self.scene.hub.journal().clear();
        hash
    }

    /// Gives builds the shared folder, and a shell.
    fn share(&self) -> &str {
        let shared = self.shared.to_str().unwrap();
        self.store.allow(&[shared, &shell()]);
        shared
    }

    fn program(&self, attribute: &str, arguments: &str) -> Program {
        let arguments = self.store.model(attribute, arguments);
        self.store.program(["build", "--print-build-logs"]).args(arguments)
    }

    fn build(&self, arguments: &str) -> Run {
        self.program("raw", arguments).run().unwrap()
    }

    /// With the shared folder as the cache.
    fn cached(&self, arguments: &str) -> Run {
        self.program("raw", arguments).variable(CACHE, self.share()).run().unwrap()
    }

    fn requests(&self, part: &str) -> usize {
        self.scene.hub.journal().matching(|request| request.path().contains(part)).len()
    }

    fn kept(&self) -> u64 {
        bytes_below(&self.shared)
    }

    fn assert_right(&self) {
        let raw = self.store.output("raw");
        assert_eq!(self.scene.fixture.differences(&raw).unwrap(), NO_DIFFERENCE);
    }

    /// The next build goes on from what is kept.
    fn assert_resumes(&self, arguments: &str) {
        let kept = self.kept();
        assert!(kept >= BROKEN - MIB, "{kept} bytes are kept");
        self.scene.hub.heal();
        self.scene.hub.journal().clear();
        let _ = self.cached(arguments).succeeded();
        self.assert_right();
        let again = self.scene.hub.journal().bytes_sent("model.bin");
        // One block was being gathered and one written when it ended.
        assert!(again <= SIZE - (BROKEN - 2 * MIB), "{again} bytes were fetched again");
    }
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => bytes_below(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}

fn arguments(hash: &str, more: &str) -> String {
    format!("{{ source.huggingface.repo = \"org/name\"; hash = \"{hash}\"; {more} }}")
}

fn on_failure(hash: &str, choices: &str) -> String {
    arguments(hash, &format!("onDownloadFailure = {{ {choices} }};"))
}

#[track_caller]
fn assert_says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains(TOKEN), "a token shows: {}", run.stderr);
}

#[track_caller]
fn assert_failed(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_says(run, words);
}

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
    assert_says(&run, &["error: model name: ", "are free"]);
    let kept = run.stdout.split_once("kept\n").unwrap().1;
    assert_eq!(kept.contains("cache/uid-"), choice == "persist-partial", "{run:?}");
}

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

/// The hash in SRI form, as the command line prints it.
fn sri(bytes: &[u8]) -> String {
    by_python("sha256", bytes)
}

fn sha512(bytes: &[u8]) -> String {
    by_python("sha512", bytes)
}

fn by_python(function: &str, bytes: &[u8]) -> String {
    let environment = nix_ai_model_testkit::Environment::new().unwrap();
    let script = "import base64,hashlib,sys\nd=hashlib.new(sys.argv[1],sys.stdin.buffer.read()).digest()\nprint(sys.argv[1]+'-'+base64.b64encode(d).decode())";
    let python = environment.program("python3").args(["-c", script, function]);
    python.input(bytes).run().unwrap().succeeded().stdout.trim().to_owned()
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
