//! What `wkg oci push` publishes is a plugin that can be added: an artefact of
//! exactly the form that it was recorded in, put into a real registry by hand.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use nix_ai_model_e2e::plugins::{ALL, MANIFEST, User};
use nix_ai_model_testkit::{OciRegistry, skip};

/// The manifest's form, and the config's; the digests and sizes are filled in.
const FORM: &str = include_str!("../fixtures/wkg-0.16.1-manifest.json");
const CONFIG: &str = include_str!("../fixtures/wkg-0.16.1-config.json");
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// A request without a client's opinion: status, and where it leads.
fn send(registry: &OciRegistry, head: &str, kind: &str, body: &[u8]) -> (u16, Option<String>) {
    let mut stream = TcpStream::connect(registry.authority()).unwrap();
    let authority = registry.authority();
    let head = format!(
        "{head} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: "));
    (status, location.map(str::to_owned))
}

fn put_blob(registry: &OciRegistry, digest: &str, bytes: &[u8]) {
    let (status, location) =
        send(registry, "POST /v2/team/plugin/blobs/uploads/", "text/plain", b"");
    assert_eq!(status, 202);
    let location = location.unwrap();
    let place = location.strip_prefix(&registry.origin()).unwrap_or(&location);
    let head = format!("PUT {place}&digest={digest}");
    assert_eq!(send(registry, &head, "application/octet-stream", bytes).0, 201);
}

fn digest(user: &User, bytes: &[u8]) -> String {
    let path = user.path("blob");
    fs::write(&path, bytes).unwrap();
    let summed = Command::new("sha256sum").arg(path).output().unwrap().stdout;
    format!("sha256:{}", std::str::from_utf8(&summed[..64]).unwrap())
}

#[test]
fn what_wkg_publishes_is_added() {
    let Some(registry) = OciRegistry::start(false).unwrap() else {
        skip("what_wkg_publishes_is_added", "docker-registry is missing");
        return;
    };
    let user = User::new();
    let component = fs::read(user.path(&user.packed("p.wasm", MANIFEST))).unwrap();
    let layer = digest(&user, &component);
    let config = CONFIG.trim_end().replace("LAYER", &layer);
    let config_digest = digest(&user, config.as_bytes());
    put_blob(&registry, &layer, &component);
    put_blob(&registry, &config_digest, config.as_bytes());
    let manifest = FORM
        .trim_end()
        .replace("\"LAYER_SIZE\"", &component.len().to_string())
        .replace("\"CONFIG_SIZE\"", &config.len().to_string())
        .replace("LAYER", &layer)
        .replace("CONFIG", &config_digest);
    let put = "PUT /v2/team/plugin/manifests/1.0.0";
    assert_eq!(send(&registry, put, MANIFEST_TYPE, manifest.as_bytes()).0, 201);

    let reference = format!("oci://{}/team/plugin:1.0.0", registry.authority());
    let origin = registry.origin();
    user.add(&reference, &[&["--allow-origin", &origin], &ALL[..]].concat()).succeeded();
    assert_eq!(user.installed(), ["my-registry"]);
    user.resolve(serde_json::json!({"act": "behave"}), &[]).succeeded();
}
