//! `nix-ai-model scan`: words, codes, reports, and what a folder can do to it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use nix_ai_model_e2e::plugins::User;
use nix_ai_model_e2e::{Scene as Model, assert_failed, binary, json};
use nix_ai_model_test_guests::SCANNER;
use nix_ai_model_testkit::{Fixture, Run};
use serde_json::Value;

const MANIFEST: &str = "name = \"test-scan\"\nversion = \"1.0.0\"\nkind = \"scanner\"\n\
    interface = \"0.1\"\ndescription = \"Does what files say.\"\nlicense = \"MIT\"\n";

/// A user with a scanner that does what a file that begins with `act ` says,
/// and a folder to scan.
struct Scene {
    user: User,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { user: User::new() };
        fs::create_dir(scene.user.path("model")).unwrap();
        let plugin = scene.user.packed_of(SCANNER, "scanner.wasm", MANIFEST);
        scene.user.add(&plugin, &["--yes", "--allow-unsigned"]).succeeded();
        scene
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let scene = Self::new();
        for (name, content) in files {
            fs::write(scene.file(name), content).unwrap();
        }
        scene
    }

    fn file(&self, name: &str) -> PathBuf {
        self.user.path("model").join(name)
    }

    fn scan(&self, more: &[&str]) -> Run {
        self.user.run(&[&["scan", "model", "--scanner", "test-scan"], more].concat())
    }

    fn report(&self, more: &[&str]) -> Value {
        json(&self.scan(&[&["--json"], more].concat()))
    }
}

/// Path, rule and level of what a report tells.
fn told(report: &Value) -> Vec<[&str; 3]> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| ["path", "rule", "level"].map(|key| told[key].as_str().unwrap()))
        .collect()
}

#[test]
fn what_is_found_fails_and_says_what_to_do() {
    let scene =
        Scene::with(&[("a.bin", "act danger"), ("b.bin", "act oddity"), ("c.bin", "plain")]);
    let run = scene.scan(&[]);
    assert_eq!(run.code, Some(15), "{run:?}");
    for words in [
        "a.bin  sha256 ",
        "critical  test/danger at byte 4\n",
        "it asks for it",
        "do not ask",
        "failed: 1 critical, 1 low in 3 files; 1 not judged, as no scanner knows their format",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert!(run.stdout.find("a.bin").unwrap() < run.stdout.find("b.bin").unwrap());
    assert!(!run.stdout.contains('\u{1b}'), "no colours but on a terminal");
    for words in ["error: the scan failed: 1 finding in 1 file", "--allow", "--fail-on"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    let colours = scene.scan(&["--color", "always"]);
    assert!(colours.stdout.contains("\u{1b}["));
    let quiet = scene.scan(&["-q"]);
    assert_eq!((quiet.code, quiet.stdout.lines().count()), (Some(15), 1), "{quiet:?}");
}

#[test]
fn the_level_decides() {
    let scene = Scene::with(&[("a.bin", "act oddity")]);
    for (level, code) in [("never", 0), ("critical", 0), ("high", 0), ("low", 15), ("note", 15)] {
        assert_eq!(scene.scan(&["--fail-on", level]).code, Some(code), "{level}");
    }
    fs::write(scene.file("b.bin"), "act panic").unwrap();
    for (level, code) in [("never", 0), ("critical", 15), ("unjudged", 15)] {
        assert_eq!(scene.scan(&["--fail-on", level]).code, Some(code), "{level}");
    }
    let never = scene.scan(&["--fail-on", "never"]).succeeded().stdout;
    assert!(never.contains("passed, failing on never: 1 unjudged, 1 low in 2 files"), "{never}");
    let run = scene.scan(&["--fail-on", "bad"]);
    assert_eq!((run.code, run.stderr.contains("or never")), (Some(2), true), "{run:?}");
}

#[test]
fn a_scanner_that_misbehaves_costs_one_files_verdict() {
    let scene = Scene::with(&[
        ("allocates", "act allocate"),
        ("danger", "act danger"),
        ("fails", "act fail"),
        ("foreign", "act foreign-finding"),
        ("leaves-out", "act leave-out"),
        ("nothing", "plain"),
        ("panics", "act panic"),
        ("recurses", "act recurse"),
    ]);
    let report = scene.report(&[]);
    let stopped = |path| [path, "scan/stopped", "unjudged"];
    assert_eq!(
        told(&report),
        [
            stopped("allocates"),
            ["danger", "test/danger", "critical"],
            stopped("fails"),
            stopped("foreign"),
            stopped("leaves-out"),
            ["leaves-out", "test/danger", "low"],
            stopped("panics"),
            stopped("recurses"),
        ]
    );
    assert_eq!(report["unrecognised"], serde_json::json!(["nothing"]));
    assert_eq!(report["files"]["scanned"], 8);
    assert_eq!(report["scanners"][0]["name"], "test-scan");
    assert_eq!(report["scanners"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(report["verdict"], "failed");
    assert_eq!(scene.scan(&["--json"]).stdout, scene.scan(&["--json"]).stdout);
}

#[test]
fn what_is_allowed_passes_with_its_reason() {
    let scene = Scene::with(&[("a.bin", "act danger")]);
    let report = scene.report(&[]);
    let sha256 = report["findings"][0]["sha256"].as_str().unwrap();
    let entry =
        |rest: &str| format!("[[allow]]\nsha256 = \"{sha256}\"\nrule = \"test/danger\"\n{rest}");
    let allow = scene.user.path("allow.toml");
    let with = |text: String| {
        fs::write(&allow, text).unwrap();
        scene.scan(&["--allow", "allow.toml"])
    };
    let run = with(entry("reason = \"ours\"\nexpires = \"2999-01-31\"\n")).succeeded();
    assert!(run.stdout.contains("allowed until 2999-01-31: ours"), "{}", run.stdout);
    assert!(run.stdout.contains("passed: nothing found in 1 file, 1 allowed"), "{}", run.stdout);
    let run = with(entry("reason = \"ours\"\nexpires = \"2020-01-31\"\n"));
    assert_eq!(run.code, Some(15));
    assert!(run.stdout.contains("until 2020-01-31 is over and no longer allows"), "{}", run.stdout);
    let other = entry("reason = \"ours\"\n").replace("test/danger", "test/other");
    let run = with(format!("{}{other}", entry("reason = \"ours\"\n"))).succeeded();
    assert!(run.stdout.contains("allows nothing that was found"), "{}", run.stdout);
    assert_failed(&with(entry("")), 2, &["allow.toml", "reason"]);
    assert_failed(&with(entry("reason = \"\"")), 2, &["allow.toml", "entry 1"]);
    fs::remove_file(&allow).unwrap();
    assert_failed(&scene.scan(&["--allow", "allow.toml"]), 11, &["allow.toml"]);
}

#[test]
fn sarif_is_written_beside_the_report() {
    let scene = Scene::with(&[("a b.bin", "act danger")]);
    let run = scene.scan(&["--sarif", "out.sarif"]);
    assert_eq!(run.code, Some(15));
    let sarif: Value =
        serde_json::from_slice(&fs::read(scene.user.path("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "test/danger");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.bin");
    assert_eq!(sarif["runs"][0]["invocations"][0]["exitCode"], 15);
    assert_failed(&scene.scan(&["--sarif", "no/such/folder/x"]), 13, &["no/such/folder"]);
}

#[test]
fn nothing_in_a_folder_ends_the_scan_and_nothing_leaks() {
    let scene = Scene::with(&[("z.bin", "act danger")]);
    fs::write(scene.user.path("secret"), "act behave: my secret words").unwrap();
    symlink("../secret", scene.file("out")).unwrap();
    symlink("nowhere", scene.file("dangling")).unwrap();
    symlink("/etc/passwd", scene.file("absolute")).unwrap();
    symlink(".", scene.file("self")).unwrap();
    symlink("z.bin", scene.file("again.bin")).unwrap();
    fs::write(scene.file("\u{202e}nib.exe"), "").unwrap();
    fs::write(
        scene.user.path("model").join(std::ffi::OsStr::from_bytes(b"\xff.bin")),
        "act oddity",
    )
    .unwrap();
    let pipe = scene.file("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let sparse = fs::File::create(scene.file("sparse")).unwrap();
    sparse.set_len(100 << 30).unwrap();
    let report = scene.report(&[]);
    assert_eq!(
        told(&report),
        [
            ["\\xff.bin", "file/foreign-name", "low"],
            ["\\xff.bin", "test/oddity", "low"],
            ["absolute", "file/link-outside", "high"],
            ["again.bin", "test/danger", "critical"],
            ["dangling", "file/link-dangling", "unjudged"],
            ["out", "file/link-outside", "high"],
            ["pipe", "file/special", "high"],
            ["z.bin", "test/danger", "critical"],
            ["\u{202e}nib.exe", "file/hidden-name", "medium"],
        ]
    );
    for run in [scene.scan(&[]), scene.scan(&["--json"])] {
        assert!(!run.stdout.contains("secret words") && !run.stdout.contains("root:"));
        assert!(!run.stdout.contains('\u{202e}'), "{}", run.stdout);
    }
}

#[test]
fn files_and_several_paths_are_scanned_too() {
    let scene = Scene::with(&[("a.bin", "act danger"), ("b.bin", "act oddity")]);
    let run = scene.user.run(&["scan", "model/b.bin", "--scanner", "test-scan", "--json"]);
    assert_eq!(told(&json(&run.succeeded())), [["b.bin", "test/oddity", "low"]]);
    let run = scene.user.run(&["scan", "model/a.bin", "model", "--scanner", "test-scan", "--json"]);
    let report = json(&run);
    let paths: Vec<_> = told(&report).iter().map(|[path, ..]| *path).collect();
    assert_eq!(paths, ["model/a.bin", "model/b.bin"], "what is named twice is told once");
    assert_failed(&scene.user.run(&["scan", "nowhere"]), 11, &["nowhere"]);
    assert_failed(
        &scene.user.run(&["scan", "model", "--scanner", "none"]),
        2,
        &["no scanner \"none\"", "pickle-scan"],
    );
    assert_failed(
        &scene.user.run(&["scan", "model", "--scanner", "huggingface"]),
        2,
        &["a source, not a scanner"],
    );
}

#[test]
fn built_in_scanners_go_by_their_sets() {
    let scene = Scene::with(&[("a.txt", "plain")]);
    let scanners = |more: &[&str]| -> Vec<String> {
        let run = scene.user.run(&[&["scan", "model", "--json"], more].concat()).succeeded();
        let report = json(&run);
        let names = report["scanners"].as_array().unwrap().iter();
        names.map(|scanner| scanner["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(scanners(&[]), ["code-scan", "model-scan", "pickle-scan"]);
    assert_eq!(scanners(&["--scanner", "pickle"]), ["pickle-scan"]);
    assert_eq!(
        scanners(&["--scanner", "model", "--scanner", "model-scan", "--scanner", "test-scan"]),
        ["model-scan", "code-scan", "test-scan"]
    );
}

#[test]
fn a_command_scans_too() {
    let mut scene = Scene::with(&[("a.txt", "plain")]);
    scene.user.0.set("MY_SECRET_TOKEN", "hunter2");
    let custom = |command: &str| scene.scan(&["--custom", &format!("own={command}")]);
    let run = custom("test -f \"$out/a.txt\" && test \"$MODEL_SIZE\" = 5").succeeded();
    assert!(run.stdout.contains("passed"), "{}", run.stdout);
    let run = custom("env; echo \"it is $MODEL_NAME\"; exit 3");
    assert_eq!(run.code, Some(15));
    assert!(run.stdout.contains("high      custom/own"), "{}", run.stdout);
    assert!(run.stdout.contains("it ended with exit code 3, and said: "), "{}", run.stdout);
    assert!(run.stdout.contains("it is model") && !run.stdout.contains("hunter2"));
    let run = custom("/no/such/program $out");
    assert_eq!(run.code, Some(15));
    assert!(run.stdout.contains("unjudged  custom/own"), "{}", run.stdout);
    for malformed in ["own", "Own=true", "own= "] {
        assert_eq!(scene.scan(&["--custom", malformed]).code, Some(2), "{malformed}");
    }
}

#[test]
fn many_small_files_are_scanned() {
    let scene = Scene::new();
    for number in 0..2_000 {
        let content = if number % 500 == 0 { "act oddity" } else { "plain" };
        fs::write(scene.file(&format!("{number:04}")), content).unwrap();
    }
    let report = scene.report(&[]);
    let paths: Vec<_> = told(&report).iter().map(|[path, ..]| *path).collect();
    assert_eq!(paths, ["0000", "0500", "1000", "1500"]);
    assert_eq!(report["files"]["unrecognised"], 1_996);
    assert_eq!(report["unrecognised"].as_array().unwrap().len(), 1_000);
}

#[test]
fn a_download_is_scanned_before_it_is_published() {
    let files = Fixture::new()
        .file("a.txt", "plain")
        .file("sub/b.bin", "act danger")
        .file("sub/c.bin", "act danger");
    let model = Model::with(files);
    let home = model.environment.home();
    fs::write(home.join("plugin.toml"), MANIFEST).unwrap();
    fs::write(home.join("component.wasm"), SCANNER).unwrap();
    model.cli(["plugin", "pack", "component.wasm", "-o", "s.wasm"]).run().unwrap().succeeded();
    let add = ["plugin", "add", "s.wasm", "--yes", "--allow-unsigned"];
    model.cli(add).run().unwrap().succeeded();
    let run = model.prefetch(["--scan", "--scanner", "test-scan"]);
    assert_failed(
        &run,
        15,
        &["sub/b.bin", "test/danger", "the scan failed: 2 findings in 2 files", "--allow"],
    );
    assert!(!model.out().exists(), "nothing is published");
    assert!(model.partials() > 0, "what was fetched is kept");
    let run = model.prefetch(["--scan", "--scanner", "test-scan", "--fail-on", "never", "--json"]);
    let prefetched = json(&run.succeeded());
    assert_eq!(prefetched["scan"]["totals"]["critical"], 2);
    assert_eq!(prefetched["scan"]["files"]["unrecognised"], 1);
    assert!(model.out().join("sub/b.bin").exists());
    fs::remove_dir_all(model.out()).unwrap();
    let run = model.prefetch(["--scan"]).succeeded();
    assert!(run.stderr.contains("passed: nothing found in 3 files"), "{}", run.stderr);
}

#[test]
fn bounds_on_addresses_are_lived_within_or_named() {
    let scene = Scene::with(&[("a.txt", "plain"), ("b.txt", "plain")]);
    let within = |gib: u64| {
        let scan = "exec \"$0\" scan model --scanner test-scan";
        let script = format!("ulimit -v {} && {scan}", gib << 20);
        scene.user.0.program("/bin/sh").args(["-c", &script]).arg(binary()).run().unwrap()
    };
    within(6).succeeded();
    let run = within(3);
    assert_eq!(run.code, Some(15), "{run:?}");
    assert!(run.stdout.contains("plugin test-scan has no room for its sandbox"), "{run:?}");
}
