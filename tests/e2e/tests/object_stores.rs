//! The sources s3, azure and gcs by the real binaries against real stores, and
//! against what the stores' own clients fetch.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::PathBuf;

use nix_ai_model_e2e::nix::{Nix, Store};
use nix_ai_model_e2e::{Scene, assert_failed, json};
use nix_ai_model_testkit::{Cut, Fixture, ObjectStore, Program, Relay, StoreKind, skip};

const NO_DIFFERENCE: Vec<String> = Vec::new();
const WRONG: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const KINDS: [StoreKind; 4] = [StoreKind::S3, StoreKind::S3s, StoreKind::Azure, StoreKind::Gcs];

/// A user, and a store with a model below `models/small/`.
struct Shop {
    kind: StoreKind,
    scene: Scene,
    store: ObjectStore,
}

impl Shop {
    /// Nothing, said loudly, where the store is not here.
    fn open(test: &str, kind: StoreKind, fixture: Fixture) -> Option<Self> {
        let Some(store) = ObjectStore::start(kind).unwrap() else {
            skip(test, &format!("the {kind:?} store is not here; cargo xtask test installs it"));
            return None;
        };
        let mut scene = Scene::with(fixture);
        let (key, secret) = ObjectStore::AWS;
        scene.environment.set("AWS_ACCESS_KEY_ID", key);
        scene.environment.set("AWS_SECRET_ACCESS_KEY", secret);
        let (account, key) = ObjectStore::AZURE;
        scene.environment.set("AZURE_STORAGE_ACCOUNT_NAME", account);
        scene.environment.set("AZURE_STORAGE_ACCOUNT_KEY", key);
        let folder = scene.environment.root().join("put");
        scene.fixture.write_to(&folder).unwrap();
        store.put("models", "small/", &folder);
        Some(Self { kind, scene, store })
    }

    fn source(&self) -> &'static str {
        match self.kind {
            StoreKind::S3 | StoreKind::S3s => "s3",
            StoreKind::Azure => "azure",
            StoreKind::Gcs => "gcs",
        }
    }

    fn bucket(&self) -> &'static str {
        if self.kind == StoreKind::Azure { "container" } else { "bucket" }
    }

    /// The JSON spec of a prefix, by way of this endpoint.
    fn spec(&self, endpoint: &str, prefix: &str) -> String {
        let (source, bucket) = (self.source(), self.bucket());
        let anonymous = self.kind == StoreKind::Gcs;
        format!(
            r#"{{"source":"{source}","{bucket}":"models","prefix":"{prefix}","endpoint":"{endpoint}","anonymous":{anonymous}}}"#
        )
    }

    /// The same as arguments of `fetchModel`.
    fn nix(&self, prefix: &str, hash: &str) -> String {
        let (source, bucket, endpoint) = (self.source(), self.bucket(), self.store.url());
        let anonymous = self.kind == StoreKind::Gcs;
        format!(
            "{{ source.{source} = {{ {bucket} = \"models\"; prefix = \"{prefix}\"; \
             endpoint = \"{endpoint}\"; anonymous = {anonymous}; }}; hash = \"{hash}\"; }}"
        )
    }

    fn prefetch(&self, endpoint: &str, prefix: &str) -> Program {
        let out = self.out();
        let arguments = ["prefetch", "-", "--out", out.to_str().unwrap()];
        self.scene.cli(arguments).input(self.spec(endpoint, prefix))
    }

    fn out(&self) -> PathBuf {
        self.scene.environment.root().join("fetched")
    }
}

fn each(test: &str, fixture: fn() -> Fixture, run: impl Fn(&Shop)) {
    for kind in KINDS {
        if let Some(shop) = Shop::open(test, kind, fixture()) {
            run(&shop);
        }
    }
}

#[test]
fn what_is_fetched_is_what_the_stores_own_client_fetches() {
    each("objects", Fixture::small_model, |shop| {
        let run = shop.prefetch(shop.store.url(), "small/").run().unwrap().succeeded();
        let theirs = shop.scene.environment.root().join("theirs");
        shop.store.get("models", "small/", &theirs);
        assert_eq!(shop.scene.fixture.differences(&theirs).unwrap(), NO_DIFFERENCE);
        assert_eq!(shop.scene.fixture.differences(&shop.out()).unwrap(), NO_DIFFERENCE);
        let hashed = shop.scene.cli(["hash", theirs.to_str().unwrap()]).run().unwrap().succeeded();
        assert_eq!(run.stdout, hashed.stdout, "{:?}", shop.kind);
        assert!(!run.stderr.contains("s3cret") && !run.stderr.contains(ObjectStore::AZURE.1));
    });
}

#[test]
fn a_plan_pins_versions_tags_and_digests() {
    each("objects_plan", Fixture::small_model, |shop| {
        let resolve = shop.scene.cli(["resolve", "-", "--json"]);
        let spec = shop.spec(shop.store.url(), "small/");
        let plan = json(&resolve.input(spec).run().unwrap().succeeded());
        assert!(plan["pin"].as_str().unwrap().starts_with("sha256:"), "{plan}");
        let files = plan["files"].as_array().unwrap();
        let named = |name: &str| {
            files.iter().find(|file| file["path"].as_str().unwrap().ends_with(name)).unwrap()
        };
        let weights = named(".safetensors");
        let digests = weights["digests"].to_string();
        let object = &weights["object"];
        assert!(object["uri"].as_str().unwrap().contains("://models/small/"), "{object}");
        match shop.kind {
            StoreKind::S3 => {
                assert!(digests.contains("sha256:") && digests.contains("md5:"), "{digests}");
                assert!(object["version"].is_string() && object["etag"].is_string());
                assert!(named("config.json")["digests"].to_string().contains("crc32:"));
            }
            StoreKind::S3s => {
                assert!(digests.contains("sha256:") && object["etag"].is_string(), "{weights}");
            }
            StoreKind::Azure => {
                assert!(digests.contains("md5:") && object["etag"].is_string(), "{weights}");
            }
            StoreKind::Gcs => {
                assert!(digests.contains("crc32c:") && object["version"].is_string(), "{weights}");
            }
        }
    });
}

#[test]
fn short_forms_patterns_and_single_objects() {
    let Some(shop) = Shop::open("objects_short", StoreKind::S3, Fixture::small_model()) else {
        return;
    };
    let out = shop.out();
    let prefetch = |more: &[&str]| {
        let fixed = ["--out", out.to_str().unwrap()];
        let arguments = ["prefetch"].iter().chain(more).chain(&fixed).copied();
        let run = shop.scene.cli(arguments).variable("AWS_ENDPOINT_URL", shop.store.url());
        let run = run.run().unwrap().succeeded();
        let names: Vec<_> =
            std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        std::fs::remove_dir_all(&out).unwrap();
        (run, names)
    };
    let (_, names) = prefetch(&["s3://models/small/", "--include", "config.json"]);
    assert_eq!(names, ["config.json"]);
    // One object, named without a slash at its end; a folder without one is a folder too.
    let (run, names) = prefetch(&["s3://models/small/config.json", "--json"]);
    assert_eq!(names, ["config.json"]);
    assert_eq!(json(&run)["source"], "s3://models/small/config.json");
    let (run, names) = prefetch(&["s3://models/small", "--json"]);
    assert!(names.len() > 1);
    assert_eq!(json(&run)["source"], "s3://models/small/");
    assert_eq!(json(&run)["name"], "small");
}

#[test]
fn a_listing_of_several_pages_is_read_whole() {
    each("objects_pages", Fixture::new, |shop| {
        let count = 1050;
        shop.store.put_many("models", "many/", count);
        let _ = shop.prefetch(shop.store.url(), "many/").run().unwrap().succeeded();
        assert_eq!(std::fs::read_dir(shop.out()).unwrap().count(), count, "{:?}", shop.kind);
        let last = shop.out().join(format!("{:05}.txt", count - 1));
        assert_eq!(std::fs::read_to_string(last).unwrap(), (count - 1).to_string());
    });
}

#[test]
fn folder_markers_are_passed_over_and_unclean_keys_refused() {
    let Some(shop) = Shop::open("objects_keys", StoreKind::S3, Fixture::small_model()) else {
        return;
    };
    shop.store.put_key("models", "small/", "");
    shop.store.put_key("models", "small/empty-folder/", "");
    let _ = shop.prefetch(shop.store.url(), "small/").run().unwrap().succeeded();
    assert_eq!(shop.scene.fixture.differences(&shop.out()).unwrap(), NO_DIFFERENCE);
    std::fs::remove_dir_all(shop.out()).unwrap();
    for (key, says) in [
        ("hostile1/a//b", "empty name"),
        ("hostile2/a\\b", "back slash"),
        ("hostile3/folder/", "empty name"),
        ("hostile4/\u{202e}x", "invisible"),
    ] {
        shop.store.put_key("models", key, "text");
        let prefix = &key[..9];
        let run = shop.prefetch(shop.store.url(), prefix).run().unwrap();
        assert_failed(&run, 16, &[says]);
    }
}

#[test]
fn an_upload_of_several_parts_has_no_digest_and_is_whole() {
    let Some(shop) = Shop::open("objects_parts", StoreKind::S3, Fixture::new()) else { return };
    let fixture = Fixture::new().pseudo_random("big.bin", 12 << 20);
    let folder = shop.scene.environment.root().join("parts");
    fixture.write_to(&folder).unwrap();
    shop.store.put_parts("models", "parts/big.bin", &folder.join("big.bin"));
    let spec = shop.spec(shop.store.url(), "parts/");
    let plan = shop.scene.cli(["resolve", "-", "--json"]).input(spec).run().unwrap().succeeded();
    let file = &json(&plan)["files"][0];
    assert_eq!(file["digests"].as_array().unwrap().len(), 0, "{file}");
    assert!(file["object"]["etag"].as_str().unwrap().ends_with("-3\""), "{file}");
    let _ = shop.prefetch(shop.store.url(), "parts/").run().unwrap().succeeded();
    assert_eq!(fixture.differences(&shop.out()).unwrap(), NO_DIFFERENCE);
}

#[test]
fn a_broken_connection_is_taken_up_where_it_broke() {
    let fixture = || Fixture::new().pseudo_random("model.safetensors", 4 << 20);
    each("objects_broken", fixture, |shop| {
        let relay =
            Relay::start(shop.store.url(), needle(shop.kind), 1 << 20, 2, Cut::Close).unwrap();
        let endpoint = relay.url(shop.store.url());
        let _ = shop.prefetch(&endpoint, "small/").run().unwrap().succeeded();
        assert_eq!(shop.scene.fixture.differences(&shop.out()).unwrap(), NO_DIFFERENCE);
        let ranges = relay.ranges();
        assert_eq!(ranges.len(), 3, "{ranges:?}");
        assert!(ranges[0] == "bytes=0-" && ranges[2] != "bytes=0-", "{ranges:?}");
    });
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let fixture = || Fixture::new().pseudo_random("model.safetensors", 8 << 20);
    each("objects_killed", fixture, |shop| {
        let relay =
            Relay::start(shop.store.url(), needle(shop.kind), 5 << 20, 1, Cut::Hold).unwrap();
        let endpoint = relay.url(shop.store.url());
        let killed = shop.prefetch(&endpoint, "small/").start().unwrap();
        relay.block_until(1);
        while shop.scene.partials() < 4 << 20 {
            std::thread::yield_now();
        }
        killed.kill().unwrap();
        assert_ne!(killed.wait().unwrap().code, Some(0));
        assert!(!shop.out().exists());
        let _ = shop.prefetch(&endpoint, "small/").run().unwrap().succeeded();
        assert_eq!(shop.scene.fixture.differences(&shop.out()).unwrap(), NO_DIFFERENCE);
        let ranges = relay.ranges();
        let from = ranges[1].trim_start_matches("bytes=").trim_end_matches('-');
        // One block was being gathered and one written.
        assert!(from.parse::<u64>().unwrap() >= 3 << 20, "{ranges:?}");
    });
}

/// What the head of a request for the bytes of the model holds.
fn needle(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Gcs => "alt=media",
        _ => "/model.safetensors",
    }
}

#[test]
fn what_is_missing_is_not_found() {
    each("objects_missing", Fixture::small_model, |shop| {
        let run = shop.prefetch(shop.store.url(), "other/").run().unwrap();
        assert_failed(&run, 11, &["other/"]);
        let run = shop.prefetch(shop.store.url(), "small/other.bin").run().unwrap();
        assert_failed(&run, 11, &["small/other.bin"]);
        let spec = shop.spec(shop.store.url(), "small/").replace("\"models\"", "\"nothing-here\"");
        let run = shop.scene.cli(["prefetch", "-", "--no-store"]).input(spec).run().unwrap();
        assert_failed(&run, 11, &["nothing-here"]);
    });
}

#[test]
fn a_missing_or_wrong_credential_is_named() {
    let Some(shop) = Shop::open("objects_credential", StoreKind::Azure, Fixture::small_model())
    else {
        return;
    };
    let prefetch = || shop.prefetch(shop.store.url(), "small/");
    let run = prefetch().without_variable("AZURE_STORAGE_ACCOUNT_KEY").run().unwrap();
    assert_failed(&run, 12, &["AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "Nix"]);
    let wrong = "d3Jvbmcta2V5LXRoYXQtaXMtbm90LXRoZS1yaWdodC1vbmU=";
    let run = prefetch().variable("AZURE_STORAGE_ACCOUNT_KEY", wrong).run().unwrap();
    assert_failed(&run, 12, &["403", "AZURE_STORAGE_ACCOUNT_KEY"]);
    assert!(!run.stderr.contains(wrong), "{}", run.stderr);
    let run = prefetch().variable("AZURE_STORAGE_ACCOUNT_KEY", "not base64!").run().unwrap();
    assert_failed(&run, 12, &[]);
}

#[test]
fn a_private_address_is_reached_only_where_the_user_named_it() {
    let Some(shop) = Shop::open("objects_private", StoreKind::S3, Fixture::small_model()) else {
        return;
    };
    // A store answers for itself: it sends nobody on.
    let hub = shop.scene.hub.url().to_owned();
    shop.scene.hub.inject(nix_ai_model_testkit::Fault::redirect(shop.store.url()));
    let run = shop.prefetch(&hub, "small/").run().unwrap();
    assert_failed(&run, 16, &["redirect", "not followed"]);
}

#[test]
fn every_store_is_built_from_and_the_second_build_asks_nobody() {
    for nix in Nix::versions("objects_build") {
        for kind in KINDS {
            let Some(shop) = Shop::open("objects_build", kind, Fixture::small_model()) else {
                continue;
            };
            let Some(store) = Store::new("objects_build", &nix, &shop.scene) else { return };
            let run = shop.prefetch(shop.store.url(), "small/").run().unwrap().succeeded();
            let hash = run.stdout.trim();
            let _ = store.build("model", &shop.nix("small/", hash)).succeeded();
            let built = store.output("model");
            assert_eq!(
                std::fs::read(built.join("config.json")).unwrap(),
                std::fs::read(shop.out().join("config.json")).unwrap()
            );
            let wrong = store.build("raw", &shop.nix("small/", WRONG));
            assert_ne!(wrong.code, Some(0));
            assert!(wrong.stderr.contains(hash), "it says the right hash: {}", wrong.stderr);
            let missing = store.build("raw", &shop.nix("other/", WRONG));
            assert!(missing.stderr.contains("hint:"), "{}", missing.stderr);
            let arguments = shop.nix("small/", hash);
            drop(shop.store);
            let _ = store.build("model", &arguments).succeeded();
        }
    }
}

#[test]
fn a_build_without_a_credential_says_how_it_gets_one() {
    for nix in Nix::versions("objects_build_credential") {
        let Some(shop) =
            Shop::open("objects_build_credential", StoreKind::S3, Fixture::small_model())
        else {
            return;
        };
        let Some(store) = Store::new("objects_build_credential", &nix, &shop.scene) else { return };
        let build = store.program(["build", "--print-build-logs"]);
        let run = build
            .args(store.model("raw", &shop.nix("small/", WRONG)))
            .without_variable("AWS_ACCESS_KEY_ID")
            .without_variable("AWS_SECRET_ACCESS_KEY")
            .run()
            .unwrap();
        assert_ne!(run.code, Some(0));
        for word in ["AWS_SHARED_CREDENTIALS_FILE", "extra-sandbox-paths"] {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
    }
}
