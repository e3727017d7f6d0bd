//! A hub behind the real nginx, and what the real client has from it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use nix_ai_model_e2e::binary;
use nix_ai_model_testkit::{Environment, Fixture, Hub, NginxHub, Repository, python_program, skip};

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
