//! `security` and `postDownload` of `fetchModel`, by real Nix, sandbox on.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_core::digest::{Algorithm, Hasher};
use nix_ai_model_e2e::nix::{Nix, Store, shell};
use nix_ai_model_e2e::{Scene, TOKEN};
use nix_ai_model_testkit::{Fixture, Run};
use serde_json::Value;

/// What a pickle looks like that would run a command; this one is inert.
const PICKLE: &[u8] = b"\x80\x02cposix\nsystem\nX\x0a\0\0\0echo inert\x85R.";

fn small() -> Fixture {
    let header = br#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
    let length = (header.len() as u64).to_le_bytes();
    let weights = [&length[..], header, b"\0"].concat();
    Fixture::new().file("config.json", "{}\n").file("model.safetensors", weights)
}

fn harmless() -> Scene {
    Scene::with(small())
}

fn hostile() -> Scene {
    Scene::with(small().file("weights.bin", PICKLE))
}

/// Runs with each version of Nix, on a scene of its own, with a shell for what
/// the user brings.
fn each(test: &str, scene: impl Fn() -> Scene, run: impl Fn(&Store<'_>, &dyn Fn(&str) -> String)) {
    for nix in Nix::versions(test) {
        let scene = scene();
        let Some(store) = Store::new(test, &nix, &scene) else { continue };
        store.allow(&[&shell()]);
        let prefetch =
            scene.cli(["prefetch", "hf:org/name", "--no-store"]).variable("HF_TOKEN", TOKEN);
        let hash = prefetch.run().unwrap().succeeded().stdout.trim().to_owned();
        run(&store, &|more| {
            format!("{{ source.huggingface.repo = \"org/name\"; hash = \"{hash}\"; {more} }}")
        });
    }
}

fn assert_refused(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
}

fn json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_harmless_model_is_scanned_and_built() {
    each("security_harmless", harmless, |store, model| {
        let scanned = model("security = { };");
        let _ = store.build("model", &scanned).succeeded();
        let _ = store.build("scan", &scanned).succeeded();
        let report = json(&store.output("scan").join("report.json"));
        assert_eq!(report["verdict"], "passed", "{report}");
        let scanners = report["scanners"].as_array().unwrap();
        let names: Vec<_> = scanners.iter().map(|scanner| &scanner["name"]).collect();
        assert_eq!(names, ["pickle-scan", "model-scan", "code-scan"]);
        let sarif = json(&store.output("scan").join("report.sarif"));
        assert_eq!(sarif["version"], "2.1.0");
        let about = json(&store.output("model").join(".nix-ai-model-meta.json"));
        assert_eq!(about["scan"]["verdict"], "passed", "{about}");
    });
}

#[test]
fn a_hostile_model_cannot_be_built() {
    each("security_hostile", hostile, |store, model| {
        let scanned = model("security = { };");
        let _ = store.build("raw", &scanned).succeeded();
        for attribute in ["model", "hfCache", "scan"] {
            assert_refused(
                &store.build(attribute, &scanned),
                &["weights.bin", "posix.system", "critical", "security.allow"],
            );
        }
        // Nor by the files one by one, nor by a script that would load them.
        let script = "security = { }; postDownload.scripts = [ { name = \"load\"; script = \"echo LOADED\"; } ];";
        let run = store.build("model", &model(script));
        assert_refused(&run, &["posix.system"]);
        assert!(!run.stderr.contains("LOADED"), "{}", run.stderr);
        // Without the set that knows pickles nobody finds it.
        let _ = store.build("model", &model("security.enablePickleScan = false;")).succeeded();
    });
}

#[test]
fn what_is_known_may_pass_and_is_told() {
    each("security_allowed", hostile, |store, model| {
        let mut hasher = Hasher::new([Algorithm::Sha256], None);
        hasher.update(PICKLE);
        let digest = hasher.finish()[0].to_hex();
        let allow = |rule: &str| {
            model(&format!(
                "security.allow = [ {{ sha256 = \"{digest}\"; rule = \"{rule}\"; reason = \"a test of ours\"; }} ];"
            ))
        };
        assert_refused(&store.build("model", &allow("pickle/other")), &["posix.system"]);
        let _ = store.build("model", &allow("pickle/dangerous-call")).succeeded();
        let lenient = model("security.failOnScanError = false;");
        let run = store.build("scan", &lenient).succeeded();
        assert!(run.stderr.contains("posix.system"), "{}", run.stderr);
        let report = json(&store.output("scan").join("report.json"));
        assert_eq!(report["verdict"], "failed", "{report}");
    });
}

#[test]
fn commands_scan_too() {
    each("security_custom", harmless, |store, model| {
        let custom = |command: &str| {
            model(&format!(
                "security.customScanners = [ {{ name = \"av\"; command = \"{command}\"; }} ];"
            ))
        };
        let _ = store.build("model", &custom("test -f $out/config.json")).succeeded();
        let run = store.build("model", &custom("echo INFECTED; exit 1"));
        assert_refused(&run, &["INFECTED", "custom/av"]);
    });
}

#[test]
fn scripts_work_on_a_copy_and_their_results_are_kept() {
    each("post_download", harmless, |store, model| {
        let scripts = "postDownload.scripts = [ \
            { name = \"convert\"; script = \"read line < $src/config.json; echo $line > $out/copy.json; echo $MODEL_NAME $MODEL_SIZE > $out/told; echo changed > $out/config.json\"; } \
            { name = \"grumble\"; script = \"echo grumbling; exit 3\"; onFailure = \"warn\"; } ];";
        let arguments = model(scripts);
        let run = store.build("model", &arguments).succeeded();
        assert!(run.stderr.contains("grumbling"), "{}", run.stderr);
        let built = store.output("model");
        let read = |name: &str| std::fs::read_to_string(built.join(name)).unwrap();
        assert_eq!(read("config.json"), "changed\n");
        let told = read("told");
        assert!(told.starts_with("name ") && !told.ends_with(" 0\n"), "{told}");
        let _ = store.build("raw", &arguments).succeeded();
        let raw = std::fs::read_to_string(store.output("raw").join("config.json")).unwrap();
        assert_eq!(read("copy.json"), raw, "what was fetched is as it was");
        let about = json(&built.join(".nix-ai-model-meta.json"));
        let results = about["postDownloadResults"].as_array().unwrap();
        let ended: Vec<_> = results.iter().map(|one| (&one["name"], &one["exitCode"])).collect();
        assert_eq!(ended, [(&"convert".into(), &0.into()), (&"grumble".into(), &3.into())]);
    });
}

#[test]
fn a_script_that_fails_ends_the_build() {
    each("post_download_fails", harmless, |store, model| {
        let run = store.build(
            "model",
            &model(
                "postDownload.scripts = [ { name = \"check\"; script = \"echo why; exit 7\"; } ];",
            ),
        );
        assert_refused(&run, &["check", "exit code 7", "why"]);
    });
}
