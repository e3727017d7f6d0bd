//! What is fetched, pinned, resumed and refused.

use std::process::Command;

use nix_ai_model_e2e::{assert_failed, json};
use nix_ai_model_testkit::{Fault, Gate, Gateway, OllamaModel, python_program, skip};
use serde_json::json as value;

use super::{NO_DIFFERENCE, Shop, short_form};

#[test]
fn what_is_fetched_is_what_the_registry_has() {
    let Some(shop) = Shop::open("what_is_fetched", OllamaModel::small()) else { return };
    let result = json(&shop.prefetch(&shop.short_form()).succeeded());
    assert_eq!(shop.model.files().differences(&shop.out()).unwrap(), NO_DIFFERENCE);
    assert_eq!(result["pin"], shop.model.digest());
    assert_eq!(result["source"], shop.short_form());
    assert_eq!(result["name"], "tiny-latest");
    let out = shop.out();
    let hashed = shop.scene.cli(["hash", out.to_str().unwrap()]).run().unwrap().succeeded();
    assert_eq!(result["hash"], hashed.stdout.trim());
}

#[test]
fn fields_and_short_form_are_the_same() {
    let Some(shop) = Shop::open("fields_and_short_form", OllamaModel::small()) else { return };
    let resolve = |input: &str| {
        let run = shop.scene.cli(["resolve", "-", "--json"]).input(input).run();
        run.unwrap()
    };
    let fields = |model: &str, registry: Option<&str>| {
        value!({"source": "ollama", "model": model, "registry": registry}).to_string()
    };
    let named = resolve(&fields("tiny", Some(&shop.registry.origin()))).succeeded();
    let short = shop.scene.cli(["resolve", &shop.short_form(), "--json"]).run().unwrap();
    assert_eq!(json(&named), json(&short.succeeded()));

    let unnamed = resolve(&fields("r.example:5000/library/tiny", None));
    assert_failed(&unnamed, 2, &["registry = \"https://r.example:5000\"", "library/tiny:latest"]);
    assert_failed(&resolve(&fields("a//b", None)), 2, &["not a model's name"]);
    // Nobody named plain http.
    let secured = format!("ollama:{}/library/tiny", shop.registry.authority());
    let run = shop.scene.cli(["resolve", &secured]).run().unwrap();
    assert_failed(&run, 10, &[&format!("https://{}", shop.registry.authority())]);
}

#[test]
fn bytes_are_those_of_another_client() {
    let Some(shop) = Shop::open("other_client", OllamaModel::small()) else { return };
    let curl = |what: &str| {
        let url = format!("{}/v2/library/tiny/{what}", shop.registry.origin());
        let manifests = "accept: application/vnd.docker.distribution.manifest.v2+json";
        let curl = Command::new("curl").args(["-sSf", "-H", manifests, &url]).output().ok()?;
        assert!(curl.status.success(), "{}", String::from_utf8_lossy(&curl.stderr));
        Some(curl.stdout)
    };
    let Some(manifest) = curl("manifests/latest") else {
        return skip("other_client", "curl is not here; cargo xtask test installs it");
    };
    let result = json(&shop.prefetch(&shop.short_form()).succeeded());
    for file in result["files"].as_array().unwrap() {
        let (path, digest) = (file["path"].as_str().unwrap(), file["sha256"].as_str().unwrap());
        let theirs = match path {
            "manifest.json" => manifest.clone(),
            _ => curl(&format!("blobs/sha256:{digest}")).unwrap(),
        };
        assert_eq!(std::fs::read(shop.out().join(path)).unwrap(), theirs, "{path}");
    }
}

#[test]
fn weights_are_read_by_the_formats_own_reader() {
    let Some(shop) = Shop::open("gguf", OllamaModel::small()) else { return };
    let Some(python) = python_program("python").filter(|_| python_program("gguf-dump").is_some())
    else {
        return skip("gguf", "gguf is not in the tests' environment; cargo xtask test makes it");
    };
    shop.prefetch(&shop.short_form()).succeeded();
    let script = "import sys\nfrom gguf import GGUFReader\nr=GGUFReader(sys.argv[1])\nprint(r.get_field('general.architecture').contents(), [(t.name, float(t.data.sum())) for t in r.tensors])";
    let run = shop.scene.environment.program(python).args(["-c", script]);
    let run = run.arg(shop.out().join("model.gguf")).run().unwrap().succeeded();
    assert_eq!(run.stdout.trim(), "llama [('token_embd.weight', 2016.0)]");
}

#[test]
fn a_pin_outlives_its_tag() {
    let Some(shop) = Shop::open("pin", OllamaModel::small()) else { return };
    let pinned = format!("{}@{}", shop.short_form(), shop.model.digest());
    let newer = OllamaModel::small().layer("license", "license-3", "A third one");
    newer.push(shop.registry.authority(), "library/tiny", "latest", None).unwrap();
    let result = json(&shop.prefetch(&pinned).succeeded());
    assert_eq!(result["pin"], shop.model.digest());
    assert_eq!(shop.model.files().differences(&shop.out()).unwrap(), NO_DIFFERENCE);

    let gone = format!("{}@sha256:{}", shop.short_form(), "0".repeat(64));
    let run = shop.scene.cli(["resolve", &gone]).run().unwrap();
    assert_failed(&run, 11, &["any more", &newer.digest()]);
}

#[test]
fn models_of_tensors_keep_their_names() {
    let model = OllamaModel::small()
        .named("tensor", "text_encoder/model.embed.weight", "tensor")
        .named("json", "model_index.json", "{}");
    let Some(shop) = Shop::open("tensors", model) else { return };
    shop.prefetch(&shop.short_form()).succeeded();
    assert_eq!(shop.model.files().differences(&shop.out()).unwrap(), NO_DIFFERENCE);
}

#[test]
fn what_is_missing_is_said() {
    let Some(shop) = Shop::open("missing", OllamaModel::small()) else { return };
    let origin = shop.registry.origin();
    for (name, words) in [
        ("library/tiny:none", ["no", "manifest unknown"]),
        ("library/other", ["no", "other:latest"]),
        ("Library/tiny", ["no", "Library/tiny:latest"]),
    ] {
        assert_failed(&shop.prefetch(&format!("ollama:{origin}/{name}")), 11, &words);
    }
    let wrong = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let spec = shop.short_form();
    let run = shop.scene.cli(["prefetch", &spec, "--no-store", "--expect", wrong]).run().unwrap();
    assert_failed(&run, 14, &[wrong, "got sha256-"]);
}

#[test]
fn a_broken_download_goes_on_where_it_was() {
    let size = 6 << 20;
    let Some(shop) = Shop::open("broken", OllamaModel::large(size)) else { return };
    let gateway = Gateway::to(shop.registry.authority()).unwrap();
    gateway.inject(Fault::close(1 << 20).on("*/blobs/*").times(2));
    shop.prefetch(&short_form(&gateway.origin())).succeeded();
    assert_eq!(shop.model.files().differences(&shop.out()).unwrap(), NO_DIFFERENCE);
    assert!(gateway.journal().requests().iter().any(|request| request.range().is_some()));
    assert!(gateway.journal().bytes_sent("/blobs/") <= size + (1 << 20));
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let size = 8 << 20;
    let Some(shop) = Shop::open("killed", OllamaModel::large(size)) else { return };
    let gateway = Gateway::to(shop.registry.authority()).unwrap();
    let gate = Gate::new();
    gateway.inject(Fault::stall(5 << 20, &gate).on("*/blobs/*").times(1));
    let spec = short_form(&gateway.origin());
    let out = shop.out();
    let arguments = ["prefetch", &spec, "--out", out.to_str().unwrap()];
    let killed = shop.scene.cli(arguments).start().unwrap();
    gateway
        .journal()
        .block_until(|requests| requests.iter().any(|request| request.bytes_sent >= 5 << 20));
    while shop.scene.partials() < 4 << 20 {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    assert_ne!(killed.wait().unwrap().code, Some(0));
    assert!(!out.exists());
    gate.open();
    gateway.journal().clear();
    shop.prefetch(&spec).succeeded();
    assert_eq!(shop.model.files().differences(&out).unwrap(), NO_DIFFERENCE);
    let again = gateway.journal().bytes_sent("/blobs/");
    // One block was being gathered and one written.
    assert!(again <= size - (3 << 20), "{again} bytes were fetched again");
}

#[test]
fn registries_that_lie_are_found_out() {
    let Some(shop) = Shop::open("lies", OllamaModel::large(1 << 20)) else { return };
    let gateway = Gateway::to(shop.registry.authority()).unwrap();
    let spec = short_form(&gateway.origin());
    gateway.inject(Fault::wrong_byte(70_000).on("*/blobs/*"));
    assert_failed(&shop.prefetch(&spec), 14, &["model.gguf", "not what was promised"]);
    gateway.heal();

    let lie = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut manifest = serde_json::from_slice(&shop.model.manifest()).unwrap();
        edit(&mut manifest);
        gateway.heal();
        let answer = Fault::text("application/json", manifest.to_string());
        gateway.inject(answer.on("*/manifests/*"));
        shop.prefetch(&spec)
    };
    let smaller = lie(&|manifest| manifest["layers"][0]["size"] = value!(5));
    assert_failed(&smaller, 14, &["model.gguf"]);
    let outside = lie(&|manifest| manifest["layers"][0]["name"] = value!("../../x"));
    assert_failed(&outside, 16, &["../../x"]);
    let twice = lie(&|manifest| {
        manifest["layers"][0]["name"] = value!("a");
        manifest["config"]["name"] = value!("a");
        let layer = manifest["config"].clone();
        manifest["layers"].as_array_mut().unwrap().push(layer);
    });
    assert_failed(&twice, 16, &["lists \"a\" twice"]);
    let huge = lie(&|manifest| manifest["layers"][0]["size"] = value!(u64::MAX));
    assert_failed(&huge, 16, &["add up to more"]);
    let foreign = lie(&|manifest| {
        manifest["layers"][0]["urls"] = value!(["http://169.254.169.254/"]);
    });
    foreign.succeeded();
    let weights = std::fs::read(shop.out().join("model.gguf")).unwrap();
    assert_eq!(weights, shop.model.blobs()[0].1);
}
