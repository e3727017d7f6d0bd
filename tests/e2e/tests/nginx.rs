//! A hub behind the real nginx, and what the real client has from it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::HashSet;
use std::fs;

use nix_ai_model_e2e::binary;
use nix_ai_model_testkit::{
    Environment, Fixture, Hub, NginxHub, Repository, Serving, python_program, skip,
};

const TEST: &str = "what_nginx_serves_is_fetched_as_the_real_client_does";

#[test]
fn what_nginx_serves_is_fetched_as_the_real_client_does() {
    let Some(client) = python_program("hf") else {
        return skip(TEST, "no hf client; cargo xtask test makes .local/venv");
    };
    let mut environment = Environment::new().unwrap();
    let files = environment.root().join("served");
    let fixture = Fixture::small_model().pseudo_random("model.bin", 9_000_001);
    fixture.write_to(&files).unwrap();
    let hub = Hub::builder()
        .repository(Repository::model("org/name", &files))
        .without_cdn()
        .start()
        .unwrap();
    let Some(nginx) = NginxHub::start(&hub, "org/name", &files).unwrap() else {
        return skip(TEST, "nginx is not here; cargo xtask test installs it");
    };
    drop(hub);
    environment.set("HF_ENDPOINT", nginx.url());
    for name in ["HF_HUB_DISABLE_XET", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_UPDATE_CHECK"] {
        environment.set(name, "1");
    }
    let [ours, theirs] = ["ours", "theirs"].map(|name| environment.root().join(name));
    let prefetch = environment.program(binary()).args(["prefetch", "hf:org/name", "--out"]);
    let printed = prefetch.arg(&ours).run().unwrap().succeeded().stdout;
    let download = environment.program(client).args(["download", "org/name", "--local-dir"]);
    download.arg(&theirs).run().unwrap().succeeded();
    // The client's own notes.
    fs::remove_dir_all(theirs.join(".cache")).unwrap();
    let hashed = environment.program(binary()).arg("hash").arg(&theirs).run().unwrap();
    assert_eq!(hashed.succeeded().stdout, printed, "byte for byte, names and modes");
    assert_eq!(fixture.differences(&ours).unwrap(), Vec::<String>::new());
}

#[test]
fn many_small_files_share_few_connections() {
    let files = (0..500).map(|number| (format!("{number}.json"), number.to_string()));
    let fixture = files.fold(Fixture::new(), |fixture, (path, text)| fixture.file(path, text));
    for encrypted in [false, true] {
        let mut environment = Environment::new().unwrap();
        let served = environment.root().join("served");
        fixture.write_to(&served).unwrap();
        let repository = Repository::model("org/name", &served);
        let hub = Hub::builder().repository(repository).without_cdn().start().unwrap();
        let serving = Serving { encrypted, ..Serving::default() };
        let Some(nginx) = NginxHub::serving(&hub, "org/name", &served, serving).unwrap() else {
            return skip("small_files", "nginx is not here; cargo xtask test installs it");
        };
        environment.set("HF_ENDPOINT", nginx.url());
        nginx.authority().iter().for_each(|pem| environment.set("SSL_CERT_FILE", pem));
        let out = environment.root().join("out");
        let prefetch = environment.program(binary()).args(["prefetch", "hf:org/name", "--out"]);
        let _ = prefetch.arg(&out).run().unwrap().succeeded();
        assert_eq!(fixture.differences(&out).unwrap(), Vec::<String>::new());
        let answered = nginx.answered().unwrap();
        let connections: HashSet<u64> =
            answered.iter().map(|(connection, _)| *connection).collect();
        assert!(answered.len() >= 500);
        if encrypted {
            assert!(answered.iter().all(|(_, protocol)| protocol == "HTTP/2.0"));
            assert_eq!(connections.len(), 1, "one connection has them all");
        } else {
            // Kept alive, but for nginx's own limit of requests for each.
            assert!(connections.len() <= 24, "{} connections", connections.len());
        }
    }
}
