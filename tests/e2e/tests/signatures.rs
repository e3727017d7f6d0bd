//! Sigstore bundles of the form that `cosign sign-blob --key` writes, made with
//! a key of openssl: beside the file, beside the address, in a real registry.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix_ai_model_e2e::plugins::{ALL, MANIFEST, User};
use nix_ai_model_e2e::{assert_failed, json};
use nix_ai_model_testkit::{Answer, OciRegistry, ScriptedServer, skip};
use serde_json::json as value;

/// The user's settings below their home.
const POLICY: &str = ".config/nix-ai-model/plugins.toml";

/// A key pair in files, and what it signs.
struct Key(PathBuf);

impl Key {
    /// `None`, said loudly, where openssl is missing.
    fn new(user: &User, test: &str) -> Option<Self> {
        let key = Self(user.path("signer.key"));
        let made = Command::new("openssl")
            .args(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out"])
            .arg(&key.0)
            .output();
        let Ok(made) = made else {
            skip(test, "openssl is missing");
            return None;
        };
        assert!(made.status.success(), "{made:?}");
        key.openssl(&["pkey", "-pubout", "-out", key.public().to_str().unwrap(), "-in"], None);
        Some(key)
    }

    fn public(&self) -> PathBuf {
        self.0.with_extension("pub")
    }

    fn openssl(&self, arguments: &[&str], file: Option<&PathBuf>) -> Vec<u8> {
        let mut openssl = Command::new("openssl");
        let out = openssl.args(arguments).arg(&self.0).args(file).output().unwrap();
        assert!(out.status.success(), "{out:?}");
        out.stdout
    }

    /// The bundle of a file, as cosign names and writes it.
    fn bundle(&self, file: &PathBuf) -> String {
        let der = self.openssl(&["pkey", "-pubout", "-outform", "DER", "-in"], None);
        fs::write(self.0.with_extension("der"), der).unwrap();
        let digest = |file: &PathBuf| {
            let sha256 = ["dgst", "-sha256", "-binary"];
            Command::new("openssl").args(sha256).arg(file).output().unwrap().stdout
        };
        let hint = STANDARD.encode(digest(&self.0.with_extension("der")));
        let signature = self.openssl(&["dgst", "-sha256", "-sign"], Some(file));
        value!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": hint}},
            "messageSignature": {
                "messageDigest": {"algorithm": "SHA2_256", "digest": STANDARD.encode(digest(file))},
                "signature": STANDARD.encode(signature),
            },
        })
        .to_string()
    }
}

/// Trusts the key's file alone.
fn trust(user: &User, key: &Key) {
    fs::create_dir_all(user.path(POLICY).parent().unwrap()).unwrap();
    fs::copy(key.public(), user.path(POLICY).with_file_name("us.pub")).unwrap();
    let policy =
        "unsigned = \"refuse\"\n[[trusted-key]]\nname = \"Us\"\npublic-key-file = \"us.pub\"\n";
    fs::write(user.path(POLICY), policy).unwrap();
}

/// All grants, and no word of what is unsigned.
fn grants() -> Vec<&'static str> {
    ALL.iter().copied().filter(|flag| *flag != "--allow-unsigned").collect()
}

fn assert_signed(user: &User) {
    let inspected = json(&user.run(&["plugin", "inspect", "my-registry", "--json"]).succeeded());
    assert_eq!(inspected["signer"]["name"], "Us", "{inspected}");
    user.run(&["plugin", "remove", "my-registry"]).succeeded();
}

#[test]
fn a_bundle_beside_the_file_and_beside_the_address() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    let Some(key) = Key::new(&user, "a_bundle_beside_the_file_and_beside_the_address") else {
        return;
    };
    trust(&user, &key);
    assert_failed(&user.add(&plugin, &grants()), 16, &["not signed by a key that you trust"]);
    let bundle = key.bundle(&user.path(&plugin));
    for ending in [".sigstore.json", ".sigstore"] {
        let beside = user.path(&format!("p.wasm{ending}"));
        fs::write(&beside, &bundle).unwrap();
        user.add(&plugin, &grants()).succeeded();
        assert_signed(&user);
        fs::remove_file(beside).unwrap();
    }

    let component = fs::read(user.path(&plugin)).unwrap();
    let answered = bundle.clone();
    let server = ScriptedServer::encrypted(move |request| match request.path() {
        "/p.wasm" => Answer::bytes(component.clone()),
        "/p.wasm.sigstore.json" => Answer::bytes(answered.clone()),
        _ => Answer::status(404),
    })
    .unwrap();
    let url = format!("{}/p.wasm", server.url());
    let add = [&["plugin", "add", &url, "--allow-origin", server.url()], &grants()[..]].concat();
    let certificates = server.certificates().unwrap();
    user.cli(&add).variable("SSL_CERT_FILE", certificates).run().unwrap().succeeded();
    assert_signed(&user);

    // Another component under the same signature, and a signature without a key.
    fs::write(user.path("p.wasm.sigstore.json"), &bundle).unwrap();
    user.packed("p.wasm", &MANIFEST.replace("1.0.0", "1.0.1"));
    assert_failed(&user.add(&plugin, &grants()), 16, &["another component", "do not install"]);
    let keyless = bundle.replace("\"publicKey\":{\"hint\"", "\"certificate\":{\"rawBytes\"");
    assert_ne!(keyless, bundle);
    fs::write(user.path("p.wasm.sigstore.json"), keyless).unwrap();
    assert_failed(&user.add(&plugin, &grants()), 16, &["without a key", "--key"]);
    assert!(user.installed().is_empty());
}

#[test]
fn a_bundle_travels_with_the_artefact() {
    let test = "a_bundle_travels_with_the_artefact";
    let Some(registry) = OciRegistry::start(false).unwrap() else {
        skip(test, "docker-registry is missing");
        return;
    };
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    let Some(key) = Key::new(&user, test) else { return };
    trust(&user, &key);
    fs::write(user.path("p.wasm.sigstore.json"), key.bundle(&user.path(&plugin))).unwrap();
    let reference = format!("oci://{}/team/my-registry:1.0", registry.authority());
    let origin = registry.origin();
    let allowed = ["--allow-origin", &*origin];
    user.run(&[&["plugin", "publish", &plugin, &reference], &allowed[..]].concat()).succeeded();
    user.add(&reference, &[&grants()[..], &allowed[..]].concat()).succeeded();
    assert_signed(&user);
}

#[test]
fn a_trusted_key_that_is_none_is_named() {
    let user = User::new();
    let plugin = user.packed("p.wasm", MANIFEST);
    fs::create_dir_all(user.path(POLICY).parent().unwrap()).unwrap();
    for (key, words) in [
        ("public-key-file = \"nothing.pub\"", "not there"),
        ("key = \"nonsense\"", "no public key"),
        ("key = \"x\"\npublic-key-file = \"y\"", "no key, or two"),
        ("certificate = \"x\"", "certificate"),
    ] {
        let policy = format!("[[trusted-key]]\nname = \"Theirs\"\n{key}\n");
        fs::write(user.path(POLICY), policy).unwrap();
        assert_failed(&user.add(&plugin, &ALL), 2, &["plugins.toml", words]);
    }
}
