//! `prefetch`, `resolve` and `hash` by the real binary against the hub.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::{Scene, TOKEN, binary, json};
use nix_ai_model_testkit::{
    Certificate, Fault, Fixture, Gate, Hub, HubBuilder, Kind, Proxy, Repository, skip,
    workspace_root,
};

const NO_DIFFERENCE: Vec<String> = Vec::new();

#[test]
fn what_is_fetched_is_what_the_hub_has_and_the_hash_is_that_of_the_folder() {
    let scene = Scene::new();
    let run = scene.prefetch([]).succeeded();
    assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
    let out = scene.out();
    let hashed = scene.cli(["hash", out.to_str().unwrap()]).run().unwrap().succeeded();
    assert_eq!(run.stdout, hashed.stdout);
    assert!(run.stdout.starts_with("sha256-"));
    assert_eq!(scene.partials(), 0, "nothing is kept twice");
}

#[test]
fn a_real_model_is_fetched_whole() {
    let model = std::env::var_os("NIX_AI_MODEL_TEST_MODEL").map_or_else(
        || workspace_root().join(".local/hub/models/sentence-transformers/all-MiniLM-L6-v2"),
        std::path::PathBuf::from,
    );
    if !model.join("model.safetensors").exists() {
        return skip(
            "a_real_model_is_fetched_whole",
            "the model is not here; cargo xtask test fetches it",
        );
    }
    let hub = Hub::builder()
        .repository(Repository::model("org/real", &model))
        .without_cdn()
        .start()
        .unwrap();
    let scene = Scene::new();
    let prefetch =
        scene.cli(["prefetch", "hf:org/real", "--no-store"]).variable("HF_ENDPOINT", hub.url());
    let hashed = scene.cli(["hash", model.to_str().unwrap()]).run().unwrap().succeeded();
    assert_eq!(prefetch.run().unwrap().succeeded().stdout, hashed.stdout);
}

#[test]
fn sha512_is_the_folders_too() {
    let scene = Scene::new();
    let run = scene.prefetch(["--algorithm", "sha512"]).succeeded();
    let out = scene.out();
    let hashed = scene.cli(["hash", "--algorithm", "sha512", out.to_str().unwrap()]).run().unwrap();
    assert!(run.stdout.starts_with("sha512-"));
    assert_eq!(run.stdout, hashed.succeeded().stdout);
}

#[test]
fn json_says_pin_files_and_sizes() {
    let scene = Scene::new();
    let result = json(&scene.prefetch(["--json"]).succeeded());
    assert_eq!(result["pin"], scene.hub.commit(Kind::Model, "org/name", "main"));
    assert_eq!(result["source"], "huggingface:org/name@main");
    assert_eq!(result["name"], "name");
    assert_eq!(result["totalSize"], scene.fixture.size());
    assert_eq!(result["files"].as_array().unwrap().len(), scene.fixture.paths().len());
    assert!(
        result["files"].as_array().unwrap().iter().all(|file| file["sha256"]
            .as_str()
            .unwrap()
            .len()
            == 64)
    );
    assert!(result["storePath"].is_null());
}

#[test]
fn patterns_choose_files() {
    let scene = Scene::new();
    let _ = scene
        .prefetch(["--include", "*.json", "--include", "nested/", "--exclude", "*#*"])
        .succeeded();
    let kept = scene.fixture.clone().filtered(|path| {
        (path.ends_with(".json") || path.starts_with("nested/")) && !path.contains('#')
    });
    assert_eq!(kept.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
}

#[test]
fn resolve_lists_without_fetching() {
    let scene = Scene::new();
    let plan = json(&scene.cli(["resolve", "hf:org/name", "--json"]).run().unwrap().succeeded());
    assert_eq!(plan["files"].as_array().unwrap().len(), scene.fixture.paths().len());
    assert!(
        scene.hub.journal().matching(|request| request.path().contains("/resolve/")).is_empty()
    );
    let text = scene.cli(["resolve", "hf:org/name"]).run().unwrap().succeeded().stdout;
    assert!(text.contains("model.safetensors") && text.contains("10 files"), "{text}");
}

#[test]
fn a_json_spec_is_the_same_as_the_short_form() {
    let scene = Scene::new();
    let spec =
        r#"{"source":"huggingface","repo":"org/name","revision":"main","files":["config.json"]}"#;
    let by_json = scene.cli(["prefetch", "-", "--no-store"]).input(spec).run().unwrap().succeeded();
    let by_text = scene
        .cli(["prefetch", "huggingface:org/name", "--include", "config.json", "--no-store"])
        .run()
        .unwrap()
        .succeeded();
    assert_eq!(by_json.stdout, by_text.stdout);
}

#[test]
fn large_files_come_from_another_origin_without_the_token() {
    let scene = Scene::serving(Fixture::small_model(), |r| r.gated().granted_to(TOKEN), |hub| hub);
    let allowed = scene.hub.cdn_url().to_owned();
    let out = scene.out();
    let run = scene
        .cli([
            "prefetch",
            "hf:org/name",
            "--allow-origin",
            &allowed,
            "--out",
            out.to_str().unwrap(),
        ])
        .variable("HF_TOKEN", TOKEN)
        .run()
        .unwrap()
        .succeeded();
    assert!(!run.stderr.contains(TOKEN));
    assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
    assert!(scene.hub.leaked_credentials().is_empty());
}

#[test]
fn a_token_is_read_from_the_file_that_a_variable_names() {
    let scene = Scene::serving(
        Fixture::small_model(),
        |r| r.private().granted_to(TOKEN),
        HubBuilder::without_cdn,
    );
    let file = scene.environment.home().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let run = scene
        .cli(["prefetch", "hf:org/name", "--no-store"])
        .variable("HF_TOKEN_PATH", &file)
        .run()
        .unwrap();
    let _ = run.succeeded();
}

#[test]
fn datasets_and_revisions_have_their_own_addresses() {
    let folder = tempfile::TempDir::new().unwrap();
    let (main, old) = (Fixture::new().file("a.txt", "new"), Fixture::new().file("a.txt", "old"));
    main.write_to(&folder.path().join("main")).unwrap();
    old.write_to(&folder.path().join("old")).unwrap();
    let data = Repository::dataset("org/data", folder.path().join("main"))
        .reference("refs/pr/1", folder.path().join("old"));
    let hub = Hub::builder().repository(data).start().unwrap();
    let scene = Scene::new();
    let out = folder.path().join("out");
    let _ = scene
        .cli(["prefetch", "hf:datasets/org/data@refs/pr/1", "--out", out.to_str().unwrap()])
        .variable("HF_ENDPOINT", hub.url())
        .run()
        .unwrap()
        .succeeded();
    assert_eq!(old.differences(&out).unwrap(), NO_DIFFERENCE);
}

#[test]
fn a_listing_of_several_pages_is_read_whole() {
    let scene = Scene::serving(Fixture::many(250), |r| r, |hub| hub.without_cdn().page_size(100));
    let _ = scene.prefetch([]).succeeded();
    assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
}

#[test]
fn https_is_trusted_by_the_certificate_that_a_variable_names() {
    let scene = Scene::serving(
        Fixture::small_model(),
        |r| r,
        |hub| hub.without_cdn().tls(Certificate::trusted()),
    );
    let authority = scene.hub.authority().unwrap().to_owned();
    let prefetch = || scene.cli(["prefetch", "hf:org/name", "--no-store"]);
    assert_eq!(prefetch().run().unwrap().code, Some(10), "a strange authority is not trusted");
    let _ = prefetch().variable("SSL_CERT_FILE", authority).run().unwrap().succeeded();
}

#[test]
fn a_proxy_is_used_where_one_is_set() {
    let scene = Scene::new();
    let proxy = Proxy::builder().credentials("me", "secret").start().unwrap();
    let run = scene
        .cli(["prefetch", "hf:org/name", "--no-store"])
        .variable("http_proxy", proxy.url_with_credentials())
        .run()
        .unwrap()
        .succeeded();
    assert!(!proxy.journal().requests().is_empty());
    assert!(!run.stderr.contains("secret"));
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let size = 8 << 20;
    let scene =
        Scene::with(Fixture::new().file("config.json", "{}").pseudo_random("model.bin", size));
    let gate = Gate::new();
    scene.hub.inject(Fault::stall(5 << 20, &gate).on("*/model.bin").times(1));
    let out = scene.out();
    let killed =
        scene.cli(["prefetch", "hf:org/name", "--out", out.to_str().unwrap()]).start().unwrap();
    scene.hub.journal().block_until(|requests| {
        requests.iter().any(|r| r.path().ends_with("model.bin") && r.bytes_sent >= 5 << 20)
    });
    while scene.partials() < 4 << 20 {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    assert_ne!(killed.wait().unwrap().code, Some(0));
    assert!(!out.exists());
    gate.open();
    scene.hub.journal().clear();
    let _ = scene.prefetch([]).succeeded();
    assert_eq!(scene.fixture.differences(&out).unwrap(), NO_DIFFERENCE);
    let again = scene.hub.journal().bytes_sent("model.bin");
    // One block was being gathered and one written.
    assert!(again <= size - (3 << 20), "{again} bytes were fetched again");
}

#[test]
fn a_broken_connection_is_taken_up_where_it_broke() {
    let scene = Scene::with(Fixture::new().pseudo_random("model.bin", 4 << 20));
    scene.hub.inject(Fault::close(1 << 20).on("*/model.bin").times(2));
    let _ = scene.prefetch([]).succeeded();
    assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
    let ranges: Vec<_> = scene
        .hub
        .journal()
        .matching(|request| request.path().ends_with("model.bin"))
        .iter()
        .filter_map(|request| request.range().map(str::to_owned))
        .collect();
    assert!(ranges.len() >= 3 && ranges.last().unwrap() != "bytes=0-", "{ranges:?}");
}

#[test]
fn servers_that_ignore_or_demand_ranges_are_borne_with() {
    for fault in [
        Fault::range_ignored(),
        Fault::range_required(1 << 20),
        Fault::status(503).times(2),
        Fault::rate_limited(1).times(1),
    ] {
        let scene = Scene::with(Fixture::new().pseudo_random("model.bin", 2 << 20));
        scene.hub.inject(fault.on("*/model.bin"));
        let _ = scene.prefetch([]).succeeded();
        assert_eq!(scene.fixture.differences(&scene.out()).unwrap(), NO_DIFFERENCE);
    }
}

#[test]
fn memory_does_not_grow_with_the_model() {
    let scene = Scene::with(
        Fixture::new()
            .pseudo_random("a.safetensors", 200 << 20)
            .pseudo_random("b.safetensors", 200 << 20)
            .pseudo_random("c.safetensors", 100 << 20),
    );
    // The peak of the only child.
    let time = "import resource,subprocess,sys\nr=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL)\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\nsys.exit(r.returncode)";
    let run = scene
        .environment
        .program("python3")
        .args([
            "-c",
            time,
            binary().to_str().unwrap(),
            "prefetch",
            "hf:org/name",
            "--no-store",
            "--jobs",
            "8",
        ])
        .run()
        .unwrap()
        .succeeded();
    let kib: u64 = run.stdout.trim().parse().unwrap();
    assert!(kib <= 96 << 10, "{kib} KiB at the peak");
}

#[test]
fn urls_are_a_source_too() {
    let scene = Scene::new();
    let url = format!("{}/org/name/resolve/main/config.json", scene.hub.url());
    let run = scene.cli(["prefetch", &url, "--no-store", "--json"]).run().unwrap().succeeded();
    assert_eq!(json(&run)["files"][0]["path"], "config.json");
}

#[test]
fn progress_goes_to_standard_error_and_can_be_silenced() {
    let scene = Scene::new();
    let run = scene.cli(["prefetch", "hf:org/name", "--no-store"]).run().unwrap().succeeded();
    assert!(run.stderr.contains("huggingface:org/name@main: 10 files"), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 1);
    let quiet =
        scene.cli(["-q", "prefetch", "hf:org/name", "--no-store"]).run().unwrap().succeeded();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn progress_can_be_had_as_json() {
    let scene = Scene::with(Fixture::new().file("a.json", "{}").pseudo_random("b.bin", 3 << 20));
    scene.hub.inject(Fault::close(1 << 20).on("*/b.bin").times(1));
    let run = scene.prefetch(["--json-progress"]).succeeded();
    let events: Vec<serde_json::Value> = run
        .stderr
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("planned")[0]["totalSize"], (3 << 20) + 2);
    let last = of("progress").into_iter().rfind(|event| event["file"] == "b.bin").unwrap();
    assert_eq!((&last["done"], &last["total"]), (&(3 << 20).into(), &(3 << 20).into()));
    assert!(of("retrying")[0]["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(of("verified").len(), 2);
}

#[test]
fn a_limit_holds_for_all_files_together() {
    let fixture = (0..4).fold(Fixture::new(), |fixture, number| {
        fixture.pseudo_random(format!("{number}.bin"), 512 << 10)
    });
    let scene = Scene::with(fixture);
    let began = std::time::Instant::now();
    let _ = scene.prefetch(["--limit-rate", "2M"]).succeeded();
    // Two megabytes, but for the burst at the beginning.
    assert!(began.elapsed() >= std::time::Duration::from_millis(800));
}
